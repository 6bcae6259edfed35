"""Embedders measured over open text: alone by exact cosine, and within the product's search beside keywords only.

    python -m tests.bench_embedder docs/results/embedder.json [--embedder NAME ...] [--sets NAME ...] [--sample 600]
                                   [--alone-only] [--no-reference]

An embedder is named as in the setting `embedder`; the default is the one that is set. Alone, it is also compared with
MiniLM on every set that MiniLM understands. A set whose languages an embedder does not know is not asked of it. The
sets (tests/retrieval_sets.py) are for scoring only: tune on what tests/bench_fusion.py reads. Reads the open text from
ANDON_SHARED_DATA, or ../shared/data beside the repository.

In the product a target counts at the place of its first hit among ten hits; alone among all targets.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from assistant.build import open_library
from assistant.settings import ROOT, read_settings
from index.embedders.embedder import Embedder, EmbedderMissing, Reading, TextKind, Vectors
from index.library import Library
from index.options import IndexOptions
from tests.retrieval_sets import (
    NOT_FOUND,
    SETS,
    RetrievalSet,
    figures,
    is_target,
    manuals_of,
    passages_of,
    ranks_by_cosine,
)

REFERENCE = "minilm"
HITS = 10
AT_ONCE = 64  # texts, as in index.ingest.build
WARM_UP = 8  # texts embedded before the clock counts


class Remembering:
    """An embedder that embeds a text once; ``seconds`` and ``texts`` tell what that took, by kind, the first calls left
    out: they load the model."""

    def __init__(self, embedder: Embedder) -> None:
        self.name, self.dim, self.languages = embedder.name, embedder.dim, embedder.languages
        self.word_dim = embedder.word_dim
        self._embedder = embedder
        self._held: dict[tuple[str, TextKind], Reading] = {}
        self.query_seconds: list[float] = []
        self.passage_seconds = 0.0
        self.passages = 0

    def load(self) -> None:
        self._embedder.load()

    def warm_up(self) -> None:
        for kind in ("passage", "query"):
            for number in range(WARM_UP):
                self._embedder.embed([f"warm up {number}"], kind)

    def embed(self, texts: Sequence[str], kind: TextKind) -> Vectors:
        held = [reading.vector for reading in self.read(texts, kind)]
        return np.stack(held) if held else np.zeros((0, self.dim), dtype=np.float32)

    def read(self, texts: Sequence[str], kind: TextKind) -> list[Reading]:
        new = [text for text in dict.fromkeys(texts) if (text, kind) not in self._held]
        if new:
            start = time.perf_counter()
            readings = self._embedder.read(new, kind)
            self._count(kind, len(new), time.perf_counter() - start)
            self._held.update({(text, kind): reading for text, reading in zip(new, readings, strict=True)})
        return [self._held[text, kind] for text in texts]

    def _count(self, kind: TextKind, texts: int, seconds: float) -> None:
        if kind == "query":
            self.query_seconds.append(seconds / texts)
        else:
            self.passage_seconds += seconds
            self.passages += texts

    def speed(self) -> dict[str, Any]:
        """Milliseconds for one question alone, and passages a second in batches."""
        return {
            "query_ms_median": round(1000 * statistics.median(self.query_seconds), 2) if self.query_seconds else None,
            "passages_per_second": round(self.passages / self.passage_seconds, 1) if self.passages else None,
            "passages": self.passages,
        }


def main() -> None:
    args = arguments()
    data = Path(os.environ.get("ANDON_SHARED_DATA") or ROOT.parent / "shared" / "data")
    if not data.is_dir():
        sys.exit(f"The open text is not at {data}; set ANDON_SHARED_DATA.")
    names = list(dict.fromkeys(args.embedder or [read_settings().embedder]))
    embedders = {name: made for name in names if (made := make(name)) is not None}
    reference, why_not = (None, "not asked for") if args.no_reference else make_reference(embedders)
    report: dict[str, Any] = {"sample": args.sample, "reference": why_not or REFERENCE, "sets": {}}
    for name in args.sets or SETS:
        one = SETS[name](data).sampled(args.sample if name == "jsquad" else 0)
        report["sets"][name] = measure(one, embedders, reference, args.alone_only)
        print(json.dumps({name: report["sets"][name]}, ensure_ascii=False), flush=True)
    used = embedders if reference is None else {**embedders, REFERENCE: reference}
    report["speed"] = {name: embedder.speed() for name, embedder in used.items()}
    args.result.parent.mkdir(parents=True, exist_ok=True)
    args.result.write_text(json.dumps(report, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(report["speed"], ensure_ascii=False, indent=2))


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("result", type=Path)
    parser.add_argument("--embedder", action="append", help="as in the setting; may be given several times")
    parser.add_argument("--sets", nargs="+", choices=list(SETS))
    parser.add_argument("--sample", type=int, default=600, help="questions of JSQuAD; 0 asks all")
    parser.add_argument("--alone-only", action="store_true", help="leave the product's search out")
    parser.add_argument("--no-reference", action="store_true", help="leave the comparison with MiniLM out: it is slow")
    return parser.parse_args()


def make(name: str) -> Remembering | None:
    """The embedder that the product would use with that setting, loaded; None for "none"."""
    with (
        tempfile.TemporaryDirectory() as folder,
        open_library(read_settings(data=Path(folder), embedder=name), write=True) as library,
    ):
        embedder = library.embedder
    if embedder is None:
        return None
    made = Remembering(embedder)
    made.warm_up()
    return made


def make_reference(embedders: dict[str, Remembering]) -> tuple[Remembering | None, str]:
    """MiniLM, or None and why it is not here."""
    if REFERENCE in embedders:
        return embedders[REFERENCE], ""
    try:
        return make(REFERENCE), ""
    except EmbedderMissing as missing:
        return None, f"no comparison with MiniLM: {missing}"


def measure(
    one: RetrievalSet, embedders: dict[str, Remembering], reference: Remembering | None, alone_only: bool
) -> dict[str, Any]:
    """All figures of one set."""
    asked = {name: embedder for name, embedder in embedders.items() if knows(embedder, one)}
    row: dict[str, Any] = {
        "questions": len(one.questions), "targets": len(one.targets), "asked_in": one.asked_in,
        "written_in": one.written_in, "alone": {name: alone(one, embedder) for name, embedder in asked.items()},
    }  # fmt: skip
    if reference is not None and knows(reference, one):
        base = row["alone"].setdefault(REFERENCE, alone(one, reference))
        row["ratio_to_minilm"] = {
            name: {key: round(value / base[key], 3) for key, value in found.items() if base[key]}
            for name, found in row["alone"].items()
            if name != REFERENCE
        }
    if not alone_only:
        row["in_product"] = {"none": in_product(one, None)}
        row["in_product"].update({name: in_product(one, embedder) for name, embedder in asked.items()})
    return row


def knows(embedder: Embedder, one: RetrievalSet) -> bool:
    return {one.asked_in, one.written_in} <= embedder.languages


def alone(one: RetrievalSet, embedder: Embedder) -> dict[str, Any]:
    """By exact cosine over all targets, questions embedded one by one as the product does."""
    owners, texts = [], []
    for number, target in enumerate(one.targets):
        passages = passages_of(target, one.written_in)
        owners += [number] * len(passages)
        texts += passages
    parts = [embedder.embed(texts[at : at + AT_ONCE], "passage") for at in range(0, len(texts), AT_ONCE)]
    questions = np.concatenate([embedder.embed([asked.text], "query") for asked in one.questions])
    return figures(ranks_by_cosine(questions, np.concatenate(parts), owners, [q.target for q in one.questions]))


def in_product(one: RetrievalSet, embedder: Embedder | None) -> dict[str, Any]:
    """By the product's search over a fresh index of the set, and how long a search took (ms, median; the questions'
    vectors were made before)."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with Library(IndexOptions(folder / "index", embedder="none"), write=True, embedder=embedder) as library:
            for manual, text in manuals_of(one.targets).items():
                file = folder / manual
                file.write_text(text, encoding="utf-8")
                library.add(file)
            ranks, seconds = [], []
            for asked in one.questions:
                start = time.perf_counter()
                hits = library.search(asked.text, HITS).hits
                seconds.append(time.perf_counter() - start)
                target = one.targets[asked.target]
                ranks.append(next((n for n, hit in enumerate(hits, 1) if is_target(hit, target)), NOT_FOUND))
    return {**figures(ranks), "search_ms_median": round(1000 * statistics.median(seconds), 1)}


if __name__ == "__main__":
    main()
