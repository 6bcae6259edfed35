"""Jobs in a process that is killed: what was accepted is finished at the next start, nothing is ever half there."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import time
from contextlib import suppress
from multiprocessing.context import ForkServerContext
from pathlib import Path

import pytest
from fake_embedder import FakeEmbedder
from index_agreement import assert_agreement, raw
from killed_uploads import upload, upload_and_die
from manual_texts import many_sections, write
from waiting import wait_for

from index.library import Library
from index.options import IndexOptions

WAIT_S = 120.0
KILLS = 4  # tests/bench_kills.py has hundreds


@pytest.fixture
def options(tmp_path: Path) -> IndexOptions:
    return IndexOptions(tmp_path / "index", embedder="none", max_file_bytes=1_000_000)


@pytest.fixture(scope="module")
def processes() -> ForkServerContext:
    """Processes that start quickly, from a server that has imported what they need."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["killed_uploads", "chromadb"])
    return context


def finish(options: IndexOptions) -> Library:
    """Reopen as the service does; everything agrees at once, and again when the queue is done."""
    library = Library(options, write=True, embedder=FakeEmbedder())
    assert_agreement(options)
    library.jobs.start()
    for job in library.jobs.jobs():
        assert library.jobs.wait(job.id, WAIT_S).state == "done", job
    assert_agreement(options)
    return library


@pytest.mark.parametrize("round_number", range(KILLS))
def test_killed_uploads_are_finished_or_absent(
    round_number: int, processes: ForkServerContext, options: IndexOptions, tmp_path: Path
) -> None:
    moment = random.Random(round_number)
    sizes = {"a.md": 30, "b.md": 45}
    files = [
        (write(tmp_path, "a1", many_sections(60, "first")), "a.md"),
        (write(tmp_path, "b", many_sections(45, "other")), "b.md"),
        (write(tmp_path, "a2", many_sections(30, "second")), "a.md"),
    ]
    hear, tell = processes.Pipe(duplex=False)
    process = processes.Process(target=upload, args=(options.folder, files, tell))
    process.start()
    tell.close()
    assert hear.recv() == "ready"
    time.sleep(moment.uniform(0.0, 0.5 if round_number % 3 else 0.01))  # every third while files are being accepted
    process.kill()
    process.join()
    accepted = []
    with suppress(EOFError):
        while True:
            accepted.append(hear.recv())
    with finish(options) as library:
        known = {manual.name: manual for manual in library.manuals()}
        assert set(accepted) <= set(known), "what was accepted is finished"
        assert set(known) <= set(sizes)
        submitted = [job.name for job in reversed(library.jobs.jobs())]
        assert submitted[: len(accepted)] == accepted
        if "a.md" in known:
            revision = submitted.count("a.md")
            assert (known["a.md"].revision, known["a.md"].passages) == (revision, {1: 60, 2: 30}[revision])
        if "b.md" in known:
            assert (known["b.md"].revision, known["b.md"].passages) == (1, sizes["b.md"])


@pytest.mark.parametrize("before", [True, False], ids=["before the truth is written", "after it is written"])
def test_killed_at_the_most_delicate_moment(
    before: bool, processes: ForkServerContext, options: IndexOptions, tmp_path: Path
) -> None:
    with Library(options, write=True, embedder=FakeEmbedder()) as library:
        library.add(write(tmp_path, "a1", many_sections(9, "first")), "a.md")
    path = write(tmp_path, "a2", many_sections(4, "second"))
    process = processes.Process(target=upload_and_die, args=(options.folder, path, "a.md", before))
    process.start()
    process.join(WAIT_S)
    assert process.exitcode == -signal.SIGKILL
    with raw(options) as db:
        live = db.execute("SELECT revision, count(*) FROM passage GROUP BY revision").fetchall()
    assert live == [(1, 9) if before else (2, 4)], "the old revision whole or the new one whole"
    with finish(options) as library:
        manual = library.manual("a.md")
        assert (manual.revision, manual.passages) == (2, 4)


def test_killed_before_it_is_accepted_leaves_nothing(
    processes: ForkServerContext, options: IndexOptions, tmp_path: Path
) -> None:
    """The upload hangs in the middle of the copy (a pipe that gives half of the file) when the process is killed."""
    pipe = tmp_path / "slow.md"
    os.mkfifo(pipe)
    hear, tell = processes.Pipe(duplex=False)
    process = processes.Process(target=upload, args=(options.folder, [(pipe, "slow.md")], tell))
    process.start()
    tell.close()
    assert hear.recv() == "ready"
    with pipe.open("wb", buffering=0) as half:
        half.write(b"# Title\n\nhalf a manual")
        wait_for(lambda: list(options.originals.glob("*.part")))  # the copy has begun
        process.kill()
        process.join()
    (options.folder / ".upload-x1").mkdir()
    (options.folder / ".upload-x1" / "file").write_text("received by the service, not yet handed over")
    with finish(options) as library:
        assert library.jobs.jobs() == []
        assert library.manuals() == []
    assert not list(options.originals.iterdir())
