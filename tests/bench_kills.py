"""kill -9 at random moments of add, replace, delete, rebuild and a change of embedder: what is there afterwards.

    python -m tests.bench_kills docs/results/kills.json [--times 100] [--seed 0] [--embedder tiny|bundled]

A process makes one change to a copy of an index of real manuals (demo PDFs, and open ones where they lie beside the
repository; with --passages 1050 Chroma writes its HNSW files too) and is killed. Half of the moments are spread evenly
over the undisturbed duration of the change, half lie at random within a phase: copy of the original, embedding, vectors
added, SQLite transaction, vectors deleted or opened, the file of vectors written. Then the index is opened again as the
service does; every fourth time that process is killed too, and another finishes. Each time the content (every column of
manuals, revisions, passages, keywords and codes) must be that of an undisturbed run, or the state before; the deep
check of andon index verify must find nothing; search must find by keyword and vector. Exits with 1 if
anything else came out.

The embedder "tiny" adds up random rows through the same ONNX runtime: 100 kills take minutes instead of hours.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from dataclasses import asdict, dataclass, field, replace
from multiprocessing.context import ForkServerContext
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]
DEMO = ROOT / "demo/manuals"
KINDS = ("add", "replace", "delete", "rebuild", "switch")
QUESTION = "safety door motor stop"
ANSWER_S = 900.0


@dataclass
class Kill:
    """One kill, what it hit and what came of it: ``outcome`` is "before", "after" (both at the moment of the kill) or
    "resumed": finished when it was opened again."""

    kind: str
    seed: int
    at_s: float = 0.0
    aimed_at: str = ""
    phase: str = ""
    killed_again: bool = False
    outcome: str = ""
    resumed_s: float = 0.0
    wrong: list[str] = field(default_factory=list)


class Bench:
    def __init__(self, folder: Path, embedder: str, passages: int) -> None:
        from killed_changes import Change, content

        self._content = content
        self._folder = folder
        self._template = folder / "template"
        first, second = _embedders(folder, embedder)
        self._context: ForkServerContext = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(["killed_changes", "chromadb", "onnxruntime", "tokenizers"])
        self.passages, self._manuals = _fill(self._template, first, passages)
        self._before = content(self._template)
        known = {"folder": self._template, "embedder": first, "source": DEMO / "cf40.pdf", "phase": folder / "phase"}
        self._changes = {
            "add": Change("add", name="cf40.pdf", **known),
            "replace": Change("replace", name="lc5.pdf", **known),
            "delete": Change("delete", name="sc200.pdf", **known),
            "rebuild": Change("rebuild", name="", **known),
            "switch": replace(Change("switch", name="", **known), embedder=second),
        }
        self._after: dict[str, str] = {}
        self._phases: dict[str, dict[str, float]] = {}
        self.duration_s: dict[str, float] = {}

    def undisturbed(self) -> None:
        """Each change once without a kill: its content, its duration and how long each phase lasted in it."""
        for kind in KINDS:
            change, process, hear = self._started(kind)
            begun, last, spent = time.monotonic(), time.monotonic(), Counter[str]()
            while not hear.poll(0.0005):
                now = time.monotonic()
                spent[self._phase(change)] += now - last
                last = now
            assert hear.recv() == "done", kind
            self.duration_s[kind] = round(time.monotonic() - begun, 3)
            process.kill()
            process.join()
            self._after[kind] = self._content(change.folder)
            self._phases[kind] = dict(spent)
            assert (self._after[kind] == self._before) == (kind in ("rebuild", "switch")), kind
            self._finish(change, Kill(kind, -1), self._after[kind])
            shutil.rmtree(change.folder)

    def kill(self, kind: str, seed: int) -> Kill:
        moment = random.Random(f"{kind} {seed}")
        kill = Kill(kind, seed)
        change, process, hear = self._started(kind)
        begun = time.monotonic()
        if moment.random() < 0.5:
            _sleep_until(begun + moment.uniform(0.0, self.duration_s[kind]))
        else:
            kill.aimed_at = moment.choice(sorted(self._phases[kind]))
            end = begun + 3 * self.duration_s[kind]
            while self._phase(change) != kill.aimed_at and time.monotonic() < end and not hear.poll():
                pass
            _sleep_until(time.monotonic() + moment.uniform(0.0, self._phases[kind][kill.aimed_at]))
        process.kill()
        process.join()
        kill.at_s, kill.phase = round(time.monotonic() - begun, 3), self._phase(change)
        at_kill = self._content(change.folder)
        if at_kill not in (self._before, self._after[kind]):
            kill.wrong.append("the content at the kill is neither that before nor that after")
        if moment.random() < 0.25:
            kill.killed_again = True
            process, hear = self._resumed(change)
            hear.recv()
            time.sleep(moment.uniform(0.0, 2.0))
            process.kill()
            process.join()
        self._finish(change, kill, at_kill)
        shutil.rmtree(change.folder)
        return kill

    def _finish(self, change: Any, kill: Kill, at_kill: str) -> None:
        process, hear = self._resumed(change)
        try:
            assert hear.recv() == "ready"
            found = hear.recv() if hear.poll(ANSWER_S) else None
        except EOFError:
            found = None
        process.kill()
        process.join()
        if found is None:
            kill.wrong.append(f"opening it again ended the process or took longer than {ANSWER_S:.0f} s")
            return
        kill.resumed_s = found["resumed_s"]
        then = found["content"]
        if then not in (self._before, self._after[kill.kind]):
            kill.wrong.append("the content is neither that before nor that after")
        if found["jobs_open"] and then != self._after[kill.kind]:
            kill.wrong.append("a job was accepted and not finished")
        kill.wrong += [*found["jobs_not_done"], *found["disagrees"]]
        if not {"keyword", "vector"} <= set(found["search"]):
            kill.wrong.append(f"search found by {found['search']} only")
        remade = kill.kind in ("rebuild", "switch") and found["vectors_there"] < found["passages"]
        kill.outcome = "resumed" if then != at_kill or remade else "before" if at_kill == self._before else "after"
        if kill.kind in ("rebuild", "switch") and not remade:
            kill.outcome = "after"

    def _started(self, kind: str) -> tuple[Any, Any, Any]:
        from killed_changes import work

        change = replace(self._changes[kind], folder=self._folder / "work")
        shutil.copytree(self._template, change.folder)
        change.phase.write_bytes(b"\0")
        hear, tell = self._context.Pipe(duplex=False)
        process = self._context.Process(target=work, args=(change, tell))
        process.start()
        tell.close()
        assert hear.recv() == "ready"
        return change, process, hear

    def _resumed(self, change: Any) -> tuple[Any, Any]:
        from killed_changes import resume

        hear, tell = self._context.Pipe(duplex=False)
        process = self._context.Process(target=resume, args=(change, QUESTION, tell))
        process.start()
        tell.close()
        return process, hear

    def _phase(self, change: Any) -> str:
        from killed_changes import PHASES

        return PHASES[change.phase.read_bytes()[0]]


def _sleep_until(moment: float) -> None:
    time.sleep(max(0.0, moment - time.monotonic()))


def _embedders(folder: Path, which: str) -> tuple[Path, Path]:
    """The embedder of the index, and the one that it is changed to."""
    from tiny_embedder import write_embedder

    tiny = [write_embedder(folder, name, dim=dim, seed=dim) for name, dim in (("tiny", 128), ("other", 96))]
    return (ROOT / "models/andon-embed-ja-en.onnx", tiny[1]) if which == "bundled" else (tiny[0], tiny[1])


def _fill(folder: Path, embedder: Path, passages: int) -> tuple[int, list[str]]:
    """An index of two demo manuals, and of open ones until it holds so many passages: how many, and the names."""
    from index.embedders.embedder import make_embedder
    from index.library import Library
    from index.options import IndexOptions

    data = Path(os.environ.get("ANDON_SHARED_DATA") or ROOT.parent / "shared/data")
    more = sorted((data / "klipper-en-ja/docs/en").glob("*.md"))
    with Library(IndexOptions(folder), write=True, embedder=make_embedder(str(embedder))) as library:
        for path in [DEMO / "lc5.pdf", DEMO / "sc200.pdf", *more]:
            if sum(manual.passages for manual in library.manuals()) < passages:
                library.add(path)
        manuals = library.manuals()
    return sum(manual.passages for manual in manuals), [manual.name for manual in manuals]


def main() -> None:
    parser = argparse.ArgumentParser(description="kill -9 at random moments of changes to an index")
    parser.add_argument("target", type=Path)
    parser.add_argument("--times", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--embedder", choices=("tiny", "bundled"), default="tiny")
    parser.add_argument("--passages", type=int, default=250)
    parser.add_argument("--only", choices=KINDS, help="one kind of change, as to repeat a failure")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder), options.embedder, options.passages)
        bench.undisturbed()
        kinds = [options.only] if options.only else KINDS
        kills = []
        for number in range(options.times):
            kills.append(bench.kill(kinds[number % len(kinds)], options.seed + number // len(kinds)))
            last = kills[-1]
            print(
                f"{number + 1} {last.kind} seed {last.seed}: {last.at_s} s, {last.phase}: {last.outcome} {last.wrong}"
            )
            _write(options, bench, kills)
    sys.exit(any(kill.wrong for kill in kills))


def _write(options: argparse.Namespace, bench: Bench, kills: list[Kill]) -> None:
    per_kind = {
        kind: {
            "undisturbed_s": bench.duration_s[kind],
            "kills": len(of_it := [kill for kill in kills if kill.kind == kind]),
            "outcomes": dict(Counter(kill.outcome for kill in of_it)),
            "killed_again_while_resuming": sum(kill.killed_again for kill in of_it),
            "phases_hit": dict(Counter(kill.phase for kill in of_it)),
            "slowest_resume_s": max((kill.resumed_s for kill in of_it), default=0.0),
            "failures": sum(bool(kill.wrong) for kill in of_it),
        }
        for kind in KINDS
    }
    result = {
        "embedder": options.embedder, "passages": bench.passages, "kills": len(kills),
        "failures": [asdict(kill) for kill in kills if kill.wrong], "changes": per_kind,
        "every_kill": [[kill.kind, kill.seed, kill.at_s, kill.aimed_at, kill.phase, kill.outcome] for kill in kills],
    }  # fmt: skip
    options.target.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
