"""Safety requests: hand-written requests -> the measure beside the rules (models/andon-safety.json), for one embedder.

    python -m training.safety.requests [--embedder FILE] [--requests FILE ...] [--out FILE]

Run it after the embedder was trained again, for another embedder, or with a site's own requests beside those of
training/safety/requests.txt, in the form that its head describes.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.refusals.safety import harmless, unsafe_request
from assistant.refusals.safety_measure import ROLE, as_searched, features
from index.embedders.embedder import Embedder, make_embedder
from index.errors import IndexFailed
from training.catalogue import Entry, put_entry
from training.embedder.asked import read_asked_facts
from training.errors import CorpusMissing, TrainingFailed
from training.safety.logistic import Column, Rows, balanced, fit, fold_of

ROOT = Path(__file__).resolve().parents[2]
REQUESTS = ROOT / "training/safety/requests.txt"
EMBEDDER = ROOT / "models/andon-embed-ja-en.onnx"
OUT = ROOT / "models/andon-safety.json"
L2 = 0.3  # of 0.03, 0.1, 0.3, 1 and 3 about the best by blocks, with the vector alone; 1 is as good
FOLDS = 10
MOST_WRONG = 0.01  # of the harmless neighbours, in cross-validation
MOST_ORDINARY = 0.005  # of ordinary questions, which are most of what is asked
ORDINARY = 1500  # so many questions of training/facts are harmless rows, too (docs/log/safety.md)
ORDINARY_COUNTS = 0.3  # each as this share of a hand-written row: they are easier
RUNS = 2048  # places of letter runs beside the vector (docs/log/safety.md)
DIGITS = 4
_SIGNS = {"x": True, "o": False}


@dataclass(frozen=True, slots=True)
class Request:
    """One request; those of a ``block`` are near neighbours."""

    text: str
    unsafe: bool
    block: int


@dataclass(frozen=True, slots=True)
class Rated:
    """``rows`` (n, dim) as the measure sees them: of ``requests``, then of so many ``ordinary`` questions, all
    harmless, with what is ``unsafe`` (n,) and how much each ``counts`` (n,)."""

    requests: Sequence[Request]
    ordinary: int
    rows: Rows
    unsafe: NDArray[np.bool_]
    counts: Column


def rate(requests: Sequence[Request], ordinary: int, rows: Rows) -> Rated:
    unsafe = np.array([request.unsafe for request in requests])
    counts = np.concatenate([balanced(unsafe), np.full(ordinary, ORDINARY_COUNTS, np.float32)])
    return Rated(requests, ordinary, rows, np.concatenate([unsafe, np.zeros(ordinary, bool)]), counts)


def read_requests(files: Sequence[Path] = (REQUESTS,)) -> list[Request]:
    """All requests of ``files``. Raises CorpusMissing where a file is missing, or a line is not as its head says, or
    one of the two kinds is not there."""
    found: list[Request] = []
    block = 0
    for file in files:
        block += 1
        if not file.is_file():
            raise CorpusMissing(f"There are no requests at {file}.", "Check the path.")
        for number, line in enumerate(file.read_text("utf-8").splitlines(), start=1):
            sign, _, text = line.partition(" ")
            if not line.strip():
                block += 1
            elif sign in _SIGNS and text.strip():
                found.append(Request(text.strip(), _SIGNS[sign], block))
            elif not line.startswith("#"):
                raise CorpusMissing(f"{file.name}, line {number}: {line[:60]!r} begins with neither x nor o.", "")
    if {request.unsafe for request in found} != {True, False} or len({r.block for r in found}) < FOLDS:
        raise CorpusMissing(f"Both kinds of requests and {FOLDS} blocks are needed.", "See training/requests.")
    return found


def ordinary_questions(count: int) -> list[str]:
    """``count`` questions of training/facts, the same ones each time."""
    asked = {question for fact in read_asked_facts() for said in fact.questions.values() for question in said}
    return sorted(asked, key=lambda question: hashlib.sha256(question.encode()).hexdigest())[:count]


def rows_of(embedder: Embedder, questions: Sequence[str]) -> Rows:
    """(n, dim) as the measure sees single questions."""

    def row(question: str) -> Rows:
        text = as_searched(question)
        return features(embedder.embed([text], "query")[0], text, RUNS)

    with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        return np.stack(list(pool.map(row, questions)))


def train(embedder: Embedder, requests: Sequence[Request], ordinary: Sequence[str]) -> dict[str, object]:
    """What the file holds: the fit over all rows, the threshold, and what both were worth on blocks left out."""
    rows = rows_of(embedder, [*(request.text for request in requests), *ordinary])
    rated = rate(requests, len(ordinary), rows)
    left_out, ordinary_left_out = cross_validated(rated)
    unsafe = rated.unsafe[: len(requests)]
    exempt = np.array([harmless(request.text) for request in requests])
    threshold = max(
        threshold_of(left_out[~unsafe & ~exempt], int(MOST_WRONG * (~unsafe).sum())),
        threshold_of(ordinary_left_out, int(MOST_ORDINARY * len(ordinary))),
    )
    shares, offset = fit(rows @ rows.T, rated.unsafe, rated.counts, L2)
    by_rules = np.array([unsafe_request(request.text) is not None for request in requests])
    by_measure = (left_out > threshold) & ~exempt
    return {
        "embedder": embedder.name,
        "runs": RUNS,
        "weights": [round(float(weight), DIGITS) for weight in shares @ rows],
        "offset": round(offset, DIGITS),
        "threshold": round(threshold, DIGITS),
        "cross_validated": {
            "folds": FOLDS, "blocks": len({request.block for request in requests}),
            "unsafe": int(unsafe.sum()), "harmless": int((~unsafe).sum()), "ordinary": len(ordinary),
            "refused_by_measure": _share(by_measure[unsafe]),
            "refused_by_rules": _share(by_rules[unsafe]),
            "refused_by_either": _share((by_rules | by_measure)[unsafe]),
            "wrongly_by_measure": _share(by_measure[~unsafe]),
            "wrongly_by_rules": _share(by_rules[~unsafe]),
            "wrongly_by_either": _share((by_rules | by_measure)[~unsafe]),
            "ordinary_wrongly_by_measure": _share(ordinary_left_out > threshold),
            "ranked_right": round(float((left_out[unsafe][:, None] > left_out[~unsafe]).mean()), 4),
        },
    }  # fmt: skip


def cross_validated(rated: Rated, seed: int = 0) -> tuple[Column, Column]:
    """The score of each request and of each ordinary question by a fit that saw nothing of its block."""
    fold = fold_of([request.block for request in rated.requests], FOLDS, seed)
    fold = np.concatenate([fold, np.arange(rated.ordinary) % FOLDS])
    products = rated.rows @ rated.rows.T
    found = np.zeros(len(fold), np.float32)
    for number in range(FOLDS):
        seen, left_out = fold != number, fold == number
        shares, offset = fit(products[np.ix_(seen, seen)], rated.unsafe[seen], rated.counts[seen], L2)
        found[left_out] = products[np.ix_(left_out, seen)] @ shares + offset
    return found[: len(rated.requests)], found[len(rated.requests) :]


def threshold_of(harmless_scores: Column, most: int) -> float:
    """The lowest threshold above which at most ``most`` of the scores lie."""
    return float(np.sort(harmless_scores)[::-1][min(most, len(harmless_scores) - 1)])


def _share(refused: NDArray[np.bool_]) -> float:
    return round(float(refused.mean()), 4) if len(refused) else 0.0


def main(argv: Sequence[str] | None = None) -> int:
    """The console entry. Writes the file and its entry in the catalogue beside it, and prints the figures."""
    parser = argparse.ArgumentParser(prog="python -m training.safety.requests", description=__doc__)
    parser.add_argument("--embedder", default=str(EMBEDDER), help="an .onnx file or a sentence-transformers folder")
    parser.add_argument("--requests", type=Path, nargs="*", default=[], help="files of a site's own requests")
    parser.add_argument("--out", type=Path, default=OUT)
    given = parser.parse_args(argv)
    try:
        embedder = make_embedder(given.embedder)
        if embedder is None:
            raise CorpusMissing("Without an embedder there is nothing to measure.", "Name one with --embedder.")
        found = train(embedder, read_requests([REQUESTS, *given.requests]), ordinary_questions(ORDINARY))
    except (TrainingFailed, IndexFailed) as reason:
        sys.stderr.write(f"{reason}\n")
        return 1
    fresh = given.out.with_suffix(".new")
    fresh.write_text(json.dumps(found, indent=1).replace(",\n  ", ", ") + "\n", "utf-8")
    fresh.replace(given.out)
    source = "trained here: python -m training.safety.requests"
    put_entry(given.out.parent / "models.toml", Entry("andon-safety", ROLE, given.out, "Apache-2.0", source))
    sys.stdout.write(json.dumps({"embedder": found["embedder"], **_figures(found)}) + "\n")
    return 0


def _figures(found: dict[str, object]) -> dict[str, object]:
    told = found["cross_validated"]
    assert isinstance(told, dict)
    return told


if __name__ == "__main__":
    sys.exit(main())
