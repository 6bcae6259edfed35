"""How search grows with 1,000 to 1,000,000 synthetic passages: time to build, disk, memory, ms a question by stage.

    python -m tests.bench_scale RESULT.json [--sizes 1000 10000 100000] [--vectors-up-to 100000] [--folder FOLDER]

The passages are those of tests/scale_corpus.py and go through the product's own tables (Truth.put_manual,
KeptVectors.add, WordRows.put); with --folder they are made once, and asking two sizes takes a minute. Some things are
made quicker than the product does them: lines that come again are cut into terms once ("the same tables" says whether
the tables of the least size are those that the product makes), the vectors are mixed of those of a few hundred
passages, with noise, and the word vectors are those of one of these.
Questions are embedded by the real embedder. Every size is asked in a process of its own, each question once, after one
round of ``WARM`` other questions; times are wall time of a machine that should have nothing else to do; "of all cores"
is processor time, for one that has. Linux only: memory is read from /proc.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

import index.search.searcher as searching
import index.truth.stored_rows as storing
from assistant.build import open_embedder
from assistant.heap import settle
from assistant.settings import ROOT, read_settings
from index.embedders.embedder import Vectors
from index.embedders.word_vectors import packed
from index.ingest.build import embedding_text
from index.options import IndexOptions
from index.truth.term_form import renew
from index.truth.truth import Truth
from index.truth.word_rows import WordRows
from index.vectors.kept_vectors import KeptVectors
from tests.scale_corpus import A_MANUAL, Asked, manual, questions

EMBEDDED = 240  # passages by the real embedder; all vectors are mixed of theirs
WARM = 40  # questions of the same kinds, asked first
STAGES = {
    "understand": (searching, "understand"),
    "codes": (searching, "look_up_codes"),
    "keywords": (searching, "search_keywords"),
    "embed": (None, "embed"),
    "vectors": (KeptVectors, "nearest"),
    "words": (searching.Searcher, "_word_matches"),
    "relevance": (searching.Searcher, "_relevances"),
    "beside": (searching, "look_beside"),
}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("result", type=Path)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1000, 10_000, 100_000])
    parser.add_argument(
        "--vectors-up-to", type=int, default=100_000, help="larger sizes go by keywords and codes alone"
    )
    parser.add_argument("--folder", type=Path, help="keep the indexes here, and use those that are there")
    parser.add_argument("--ask", type=Path, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.ask:
        args.result.write_text(json.dumps(ask(args.ask)), encoding="utf-8")
        return
    with tempfile.TemporaryDirectory() as made:
        folder = args.folder or Path(made)
        report: dict[str, Any] = {"the same tables": same_tables(Path(made)), "sizes": []}
        for size in args.sizes:
            row = build(folder / str(size), size, size <= args.vectors_up_to)
            answered = Path(made) / "asked.json"
            command = [sys.executable, "-m", "tests.bench_scale", str(answered), "--ask", str(folder / str(size))]
            subprocess.run(command, cwd=ROOT, check=True)
            report["sizes"].append({**row, **json.loads(answered.read_text(encoding="utf-8"))})
            print(json.dumps(report["sizes"][-1], ensure_ascii=False), flush=True)
            args.result.write_text(json.dumps(report, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def build(folder: Path, size: int, with_vectors: bool) -> dict[str, Any]:
    """An index of ``size`` passages; seconds and megabytes. One that is there is completed as a start does it, and
    tells no seconds."""
    done, options = folder / "built.json", IndexOptions(folder)
    truth = Truth(options.database)
    renew(truth)
    if done.is_file():
        truth.close()
        embedder = open_embedder(read_settings())
        assert embedder is not None
        if options.vectors.exists():
            KeptVectors(options, embedder.name, write=True).close()
        return _kept(options, json.loads(done.read_text(encoding="utf-8")))
    spent: dict[str, float] = defaultdict(float)
    with _lines_cut_once():
        for number in range(size // A_MANUAL):
            made, passages = manual(number)
            with _timed(spent, "tables"):
                truth.put_manual(made, ".pdf", passages)
    truth.close()
    row: dict[str, Any] = {"passages": size, "tables_s": round(spent["tables"], 1)}
    row["tables_mb"] = _megabytes([options.database, Path(f"{options.database}-wal")])
    if with_vectors:
        _fill(options, size, spent)
        row |= {
            "vectors_s": round(spent["vectors"], 1),
            "vectors_mb": _megabytes(options.vectors.rglob("*")),
            "vector_file_mb": _megabytes(options.vector_file.rglob("*")),
        }
        whole = _megabytes([options.database, Path(f"{options.database}-wal")])
        row |= {"words_s": round(spent["words"], 1), "words_mb": round(whole - row["tables_mb"], 1)}
    done.write_text(json.dumps(row), encoding="utf-8")
    return row


def _kept(options: IndexOptions, then: dict[str, Any]) -> dict[str, Any]:
    """Megabytes of an index that was there, as it is now; what it took to make was told ``then``."""
    row = {name: value for name, value in then.items() if not name.endswith("_s")}
    whole = _megabytes([options.database, Path(f"{options.database}-wal")])
    row["tables_mb"] = round(whole - row.get("words_mb", 0.0), 1)
    if options.vector_file.exists():
        row["vector_file_mb"] = _megabytes(options.vector_file.rglob("*"))
    return row


def _fill(options: IndexOptions, size: int, spent: dict[str, float]) -> None:
    embedder = open_embedder(read_settings())
    assert embedder is not None
    store = KeptVectors(options, embedder.name, write=True)
    first = [(made, passages[: EMBEDDED // 4]) for made, passages in map(manual, range(4))]
    read = {
        lang: [
            reading
            for made, some in first if made.lang == lang
            for reading in embedder.read([embedding_text(made.title, p) for p in some], "passage")
        ]
        for lang in ("ja", "en")
    }  # fmt: skip
    pool = {lang: np.stack([reading.vector for reading in readings]) for lang, readings in read.items()}
    truth, chance = Truth(options.database), np.random.default_rng(1)
    words = WordRows(truth, embedder.name)
    for number in range(size // A_MANUAL):
        made, passages = manual(number)
        own = _mixed(pool[made.lang], len(passages), chance)
        with _timed(spent, "vectors"):
            store.add([p.id for p in passages], own, [made.id] * len(passages), made.lang)
        like = chance.integers(len(read[made.lang]), size=len(passages))
        with _timed(spent, "words"):
            words.put({p.id: packed(read[made.lang][n].words) for p, n in zip(passages, like, strict=True)})
    store.close()
    truth.close()


def _mixed(pool: Vectors, count: int, chance: np.random.Generator) -> Vectors:
    """Unit vectors near those of ``pool``: one, some of another, and noise."""
    near, other = (pool[chance.integers(len(pool), size=count)] for _ in range(2))
    rows = near + 0.5 * other + chance.normal(0.0, 0.5 / np.sqrt(pool.shape[1]), near.shape)
    unit: Vectors = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    return unit


def ask(folder: Path) -> dict[str, Any]:
    """Milliseconds a question by stage and by kind of question; what the process has in memory."""
    options = IndexOptions(folder)
    truth, embedder = Truth(options.database), open_embedder(read_settings())
    assert embedder is not None
    store = KeptVectors(options, embedder.name, write=False) if options.vectors.exists() else None
    spent: dict[str, float] = defaultdict(float)
    searcher = searching.Searcher(truth, store, embedder)
    for stage, (owner, name) in STAGES.items():
        _measure(owner or type(embedder), name, stage, spent)
    for one in questions(seed="warm", count=WARM):
        searcher.search(one.text)
    settle()  # as the service does
    rows: list[tuple[Asked, dict[str, float]]] = []
    for one in questions():
        spent.clear()
        begun = time.process_time()
        with _timed(spent, "total"):
            searcher.search(one.text)
        spent["total, of all cores"] = time.process_time() - begun
        rows.append((one, {stage: seconds * 1000 for stage, seconds in spent.items()}))
    stages = ("total", "total, of all cores", *STAGES)
    kinds = sorted({one.kind for one, _ in rows})
    return {
        "questions": len(rows),
        "milliseconds": {stage: _spread([row.get(stage, 0.0) for _, row in rows]) for stage in stages},
        "total_by_kind": {kind: _spread([row["total"] for one, row in rows if one.kind == kind]) for kind in kinds},
        "resident_mb": _status_mb("VmRSS"),
        "most_resident_mb": _status_mb("VmHWM"),
    }


def same_tables(folder: Path) -> bool:
    """Whether the quick way makes the very tables that the product makes, for 1,000 passages."""
    made = []
    for quick in (False, True):
        truth = Truth(folder / f"same-{quick}" / "andon.sqlite3")
        with _lines_cut_once() if quick else _as_it_is():
            for number in range(1000 // A_MANUAL):
                one, passages = manual(number)
                truth.put_manual(one, ".pdf", passages)
        made.append([
            [tuple(row) for row in truth.db.execute(f"SELECT rowid, * FROM {table} ORDER BY rowid")]
            for table in ("manual", "revision", "passage", "code", "keyword", "counted_terms")
        ])  # fmt: skip
        truth.close()
    return bool(made[0] == made[1])


@contextmanager
def _lines_cut_once() -> Iterator[None]:
    """A bank's sentence comes a hundred times; its terms are the same each time."""
    real: Callable[[str], list[str]] = vars(storing)["terms"]
    line_terms = lru_cache(1 << 18)(lambda line: tuple(real(line)))
    vars(storing)["terms"] = lambda text: [term for line in text.split("\n") for term in line_terms(line)]
    try:
        yield
    finally:
        vars(storing)["terms"] = real


@contextmanager
def _as_it_is() -> Iterator[None]:
    yield


@contextmanager
def _timed(spent: dict[str, float], stage: str) -> Iterator[None]:
    begun = time.perf_counter()
    yield
    spent[stage] += time.perf_counter() - begun


def _measure(owner: Any, name: str, stage: str, spent: dict[str, float]) -> None:
    real: Callable[..., Any] = getattr(owner, name)

    def timed(*args: Any, **named: Any) -> Any:
        with _timed(spent, stage):
            return real(*args, **named)

    setattr(owner, name, timed)


def _spread(values: Sequence[float]) -> dict[str, float]:
    p50, p95, p99 = np.percentile(values, [50, 95, 99])
    return {"mean": round(statistics.mean(values), 2), "p50": round(p50, 2), "p95": round(p95, 2), "p99": round(p99, 2)}


def _megabytes(paths: Iterable[Path]) -> float:
    held: list[int] = [path.stat().st_size for path in paths if path.is_file()]
    return round(sum(held) / 1e6, 1)


def _status_mb(field: str) -> float:
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return round(int(next(line for line in lines if line.startswith(field)).split()[1]) / 1024, 1)


if __name__ == "__main__":
    main()
