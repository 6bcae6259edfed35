"""Bench of mining: how many mined rejections are secretly right, by our rule and the paper's; 100,000 entries timed.

The planted equivalents (tests/data/faq_equivalents_test.txt: 200 answers told a second time in other words) lie among
entries of other facts in an index of their own; its embedder gives the vectors and its collection holds each row of the
table. Weights and thresholds come from the development half (--fit prints them anew). Run:

    python -m tests.bench_mining docs/results/mining.json
    python -m tests.bench_mining --fit
    python -m tests.bench_mining --many 100000    # this alone; peak_mb is the whole process, vectors included
"""

from __future__ import annotations

import csv
import json
import random
import resource
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from planted_faq import PlantedFaq, read_planted  # noqa: E402

from assistant.evaluation.measures import percentile  # noqa: E402
from index.embedders.embedder import make_embedder  # noqa: E402
from index.library import Library  # noqa: E402
from index.options import IndexOptions  # noqa: E402
from training.data.equivalence import OFFSET, SIGNS, WEIGHTS, Equivalence  # noqa: E402
from training.data.faq_table import FaqEntry  # noqa: E402
from training.data.index_vectors import IndexVectors, index_vectors  # noqa: E402
from training.data.nearest import nearest  # noqa: E402
from training.mining.mine import Mined, mine  # noqa: E402
from training.mining.options import RULES, MiningOptions  # noqa: E402
from training.two_choice.statistics import wilson  # noqa: E402

MANY = 100_000
DIM = 640  # of the bundled embedder
STEPS: dict[str, dict[str, Any]] = {
    "ours": {},
    "without the filter of equivalents": {"doubtful": None},
    "without the window": {"margin": None, "floor": None},
    "without reciprocity": {"reciprocal": False},
    "without the product rule": {"other_products": True},
    "without filter, window and reciprocity": {"doubtful": None, "margin": None, "floor": None, "reciprocal": False},
}


def indexed(faq: PlantedFaq, folder: Path) -> tuple[IndexVectors, dict[str, Any]]:
    """The set's vectors from an index that its table was uploaded to, and what that index holds."""
    for lang, header in (("en", ("question", "answer", "machine")), ("ja", ("質問", "回答", "機種"))):
        with (folder / f"faq-{lang}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(header)
            writer.writerows((e.question, e.answer, e.product) for e in faq.entries if e.lang == lang)
    embedder = make_embedder(str(ROOT / "models/andon-embed-ja-en.onnx"))
    with Library(IndexOptions(folder / "index"), write=True, embedder=embedder) as library:
        for lang in ("en", "ja"):
            library.add(folder / f"faq-{lang}.csv")
        vectors = index_vectors(faq.entries, library)
        passages = sum(manual.passages for manual in library.manuals())
    return vectors, {"passages": passages, "embedder": vectors.embedder, "counted": dict(vectors.counted)}


def measured(faq: PlantedFaq, mined: Mined) -> dict[str, Any]:
    """How many mined rejections are planted equivalents of the right answer."""
    taken = [one for one in mined.rejections if one.kind == "mined"]
    wrong = [one for one in taken if faq.equivalent(one.place, one.source)]
    low, high = wilson(len(wrong), len(taken))
    groups = {}
    for place, group in enumerate(mined.groups.of):
        groups.setdefault(group, set()).add(faq.fact[place])
    return {
        "mined": len(taken),
        "questions": len({one.place for one in taken}),
        "equivalents": len(wrong),
        "share": round(len(wrong) / len(taken), 4) if taken else None,
        "interval": [round(low, 4), round(high, 4)],
        "groups_of_two_facts": sum(len(facts) > 1 for facts in groups.values()),
        "examples": [[faq.entries[one.place].answer, one.text] for one in wrong[:5]],
        "report": mined.report.as_json(),
    }


def many(count: int, dim: int = DIM) -> tuple[list[FaqEntry], IndexVectors]:
    """``count`` entries of made-up words with vectors in clusters, through the same code as real ones."""
    rng, random_vectors = random.Random(1), np.random.default_rng(1)
    words = ["".join(rng.choices("abcdefghijklmnopqrstuvwxyz", k=rng.randint(3, 9))) for _ in range(20_000)]
    centres = random_vectors.standard_normal((count // 20, dim), dtype=np.float32)
    entries = []
    for n in range(count):
        said = " ".join(rng.choices(words, k=rng.randint(8, 24)))
        asked = " ".join([*said.split()[:4], *rng.choices(words, k=5)])
        answer = f"{said} {rng.randint(1, 500)} {rng.choice(('mm', 'N·m', 'bar', 's'))}."
        entries.append(FaqEntry(str(n), f"{asked}?", answer, "en", f"doc {n % 200}", f"m{n % 50}"))

    def vectors() -> Any:
        raw = random_vectors.standard_normal((count, dim), dtype=np.float32)
        raw *= np.float32(0.8)
        raw += centres[np.arange(count) % len(centres)]
        raw /= np.linalg.norm(raw, axis=1, keepdims=True)
        return raw

    questions, answers = vectors(), vectors()
    answers *= np.float32(0.3)
    answers += np.float32(0.7) * questions
    answers /= np.linalg.norm(answers, axis=1, keepdims=True)
    stored = dict(enumerate(answers))
    return entries, IndexVectors("synthetic", questions, answers, stored, {"synthetic": 2 * count})


def timed(count: int) -> dict[str, Any]:
    entries, vectors = many(count)
    began, before = time.monotonic(), time.process_time()
    mined = mine(entries, vectors, MiningOptions(other_products=True))
    seconds, processor = time.monotonic() - began, time.process_time() - before
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    rows = np.random.default_rng(2).choice(count, size=500, replace=False)
    exact = np.argsort(-(vectors.questions[rows] @ vectors.answers.T), axis=1)
    near = nearest(vectors.questions, vectors.answers, 30).places
    found = [len(set(near[row].tolist()) & set([int(n) for n in own if n != row][:10])) / 10
             for row, own in zip(rows, exact[:, :12], strict=True)]  # fmt: skip
    return {
        "entries": count, "dim": DIM, "seconds": round(seconds, 1), "processor_s": round(processor), "peak_mb": peak,
        "mined": mined.report.kinds["mined"],
        "share_of_the_ten_nearest_found": round(float(np.mean(found)), 3),
        "candidates": mined.report.candidates,
    }  # fmt: skip


def fit(l2: float = 1.0) -> None:
    """Print weights of the equivalence signs fitted to the development half, by Newton's steps."""
    faq = read_planted("dev")
    with tempfile.TemporaryDirectory() as folder:
        vectors, _ = indexed(faq, Path(folder))
    signs, truth = [], []
    for lang in ("ja", "en"):
        places = [place for place, entry in enumerate(faq.entries) if entry.lang == lang]
        questions, answers = vectors.questions[places], vectors.answers[places]
        pairs = {(min(i, int(j)), max(i, int(j)))
                 for one, other in ((questions, answers), (questions, questions), (answers, answers))
                 for i, row in enumerate(nearest(one, other, 20).places) for j in row}  # fmt: skip
        listed = sorted(pairs)
        signs.append(Equivalence([faq.entries[place] for place in places], questions, answers).signs(listed))
        truth += [faq.equivalent(places[i], places[j]) for i, j in listed]
    rows = np.column_stack([np.concatenate(signs), np.ones(len(truth))])
    true = np.array(truth, float)
    weights = np.zeros(rows.shape[1])
    held = np.diag([l2] * len(SIGNS) + [1e-6])
    for _ in range(60):
        likely = 1 / (1 + np.exp(-rows @ weights))
        slope = rows.T @ (likely - true) + held @ weights
        weights -= np.linalg.solve((rows * (likely * (1 - likely))[:, None]).T @ rows + held, slope)
    likely = 1 / (1 + np.exp(-rows @ weights))
    print(dict(zip((*SIGNS, "offset"), weights.round(3).tolist(), strict=True)))
    for bound in (0.001, 0.003, 0.01, 0.05, 0.5, 0.9):
        held_back = float((likely[true == 1] >= bound).mean()), float((likely[true == 0] >= bound).mean())
        print(f"from {bound}: {held_back[0]:.3f} of the equivalents, {held_back[1]:.4f} of the others")
    print("lowest equivalents:", [round(percentile(likely[true == 1].tolist(), p), 4) for p in (0, 2, 5, 10, 50)])


def main(arguments: Sequence[str]) -> None:
    if "--fit" in arguments:
        fit()
        return
    if "--many" in arguments:
        print(json.dumps(timed(int(arguments[arguments.index("--many") + 1]))))
        return
    report: dict[str, Any] = {
        "what": "mining",
        "repeat": "python -m tests.bench_mining docs/results/mining.json",
        "weights": dict(zip(SIGNS, WEIGHTS, strict=True)) | {"offset": OFFSET},
    }
    for half in ("test", "dev"):
        faq = read_planted(half)
        with tempfile.TemporaryDirectory() as folder:
            vectors, index = indexed(faq, Path(folder))
        part: dict[str, Any] = {"entries": len(faq.entries), "planted": faq.planted, "index": index}
        part["rules"] = {rule: measured(faq, mine(faq.entries, vectors, MiningOptions(rule=rule))) for rule in RULES}
        steps = {name: measured(faq, mine(faq.entries, vectors, MiningOptions(**off))) for name, off in STEPS.items()}
        part["steps"] = {name: {key: found[key] for key in ("mined", "questions", "equivalents", "share")}
                         for name, found in steps.items()}  # fmt: skip
        report[half] = part
        for rule, found in part["rules"].items():
            print(half, rule, found["mined"], found["equivalents"], found["share"], found["interval"])
    target = next((Path(argument) for argument in arguments if argument.endswith(".json")), None)
    write(report, target)
    if "--quick" not in arguments:
        report["many"] = timed(MANY)
        print(report["many"])
        write(report, target)


def write(report: dict[str, Any], target: Path | None) -> None:
    if target is not None:
        target.write_text(json.dumps(report, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
