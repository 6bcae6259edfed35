"""The file of vectors against Chroma: processor time of a question, and which of the nearest each of them finds.

    python -m tests.bench_vectors docs/results/vectors.json INDEX [INDEX ...]

An INDEX is the folder of an index with vectors, such as tests/bench_scale.py keeps with --folder. Where its file of
vectors is not there, it is made, and the time told. Questions are vectors of 40 passages spread over the index, with
noise; each is asked for the 60 nearest of Japanese and of English manuals, as a search does, and the truth is what
comparing all vectors in float64 gives. Milliseconds are processor time of this process for both languages, the median
of five rounds in turns: other programs may run meanwhile.
"""

from __future__ import annotations

import argparse
import json
import os
import sqlite3
import statistics
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

os.environ["OPENBLAS_NUM_THREADS"] = "1"

import numpy as np

from index.embedders.embedder import Vectors
from index.options import IndexOptions
from index.search.neighbours import Neighbours
from index.search.searcher import CANDIDATES
from index.vectors.kept_vectors import KeptVectors
from index.vectors.store_state import FILE

QUESTIONS, ROUNDS = 40, 5
LANGS = ("en", "ja")
Found = list[list[str]]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("result", type=Path)
    parser.add_argument("indexes", type=Path, nargs="+")
    args = parser.parse_args()
    report = [measured(folder) for folder in args.indexes]
    args.result.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(report, indent=1))


def measured(folder: Path) -> dict[str, Any]:
    options = IndexOptions(folder)
    with sqlite3.connect(options.vectors / FILE) as db:
        (embedder,) = db.execute("SELECT str_value FROM collection_metadata WHERE key = 'embedder'").fetchone()
    begun = time.process_time()
    kept = KeptVectors(options, embedder, write=True)
    opened_s = round(time.process_time() - begun, 2)
    with kept.record() as chroma:
        asked = _questions(kept)
        sides: dict[str, Neighbours] = {"Chroma": chroma, "file": kept}
        spent: dict[str, list[float]] = {name: [] for name in sides}
        for _ in range(ROUNDS + 1):
            for name, side in sides.items():
                begun = time.process_time()
                for vector in asked:
                    _nearest(side, vector)
                spent[name].append((time.process_time() - begun) * 1000 / len(asked))
        truth = _truth(kept, asked)
        missed = {
            name: sum(len(set(true) - set(_nearest(side, vector)[n]))
                      for vector, trues in zip(asked, truth, strict=True) for n, true in enumerate(trues))
            for name, side in sides.items()
        }  # fmt: skip
    files = [path.stat().st_size for path in options.vector_file.iterdir()]
    report = {
        "passages": kept.count(), "dim": len(asked[0]), "questions": len(asked),
        "opened_s": opened_s, "file_mb": round(sum(files) / 1e6, 1), "files": len(files),
        "ms": {name: round(statistics.median(times[1:]), 2) for name, times in spent.items()},
        "nearest": sum(len(true) for trues in truth for true in trues), "missed": missed,
    }  # fmt: skip
    kept.close()
    return report


def _questions(kept: KeptVectors) -> list[Vectors]:
    ids = sorted(kept.ids())
    held, chance = kept.vectors(ids[:: len(ids) // QUESTIONS][:QUESTIONS]), np.random.default_rng(0)
    noisy = [vector + chance.normal(0, 0.6 / np.sqrt(len(vector)), len(vector)) for vector in held.values()]
    return [(vector / np.linalg.norm(vector)).astype(np.float32) for vector in noisy]


def _nearest(side: Neighbours, vector: Vectors) -> Found:
    return [[i for i, _ in side.nearest(vector, CANDIDATES, lang=lang)] for lang in LANGS]


def _truth(kept: KeptVectors, asked: Sequence[Vectors]) -> list[Found]:
    file = kept._file
    assert file is not None
    ids: dict[str, list[str]] = {lang: [] for lang in LANGS}
    cosines: dict[str, list[Any]] = {lang: [] for lang in LANGS}
    questions = np.stack(asked).astype(np.float64).T
    for lang, passages, _, vectors in file.batches():
        ids[lang] += passages
        cosines[lang].append(vectors.astype(np.float64) @ questions)
    found: list[Found] = [[] for _ in asked]
    for lang in LANGS:
        all_of = np.vstack(cosines[lang])
        for number, own in enumerate(found):
            own.append([ids[lang][at] for at in np.argsort(-all_of[:, number])[:CANDIDATES]])
    return found


if __name__ == "__main__":
    main()
