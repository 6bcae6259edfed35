"""Jobs: uploads cancelled, broken or at once; what was accepted is finished, nothing is ever half there."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from fake_embedder import FakeEmbedder
from index_agreement import assert_agreement, raw
from manual_texts import ROBOT_EN, SERVO_EN, SERVO_JA, many_pages, many_sections, write
from waiting import joined, wait_for

from index.embedders.embedder import TextKind, Vectors
from index.errors import EmptyManual, ManualUnreadable, OriginalLost
from index.ingest.jobs import MAX_CRASHES, Job
from index.library import Library
from index.options import IndexOptions
from index.truth.truth import FAILED_KEPT

WAIT_S = 120.0


@pytest.fixture
def options(tmp_path: Path) -> IndexOptions:
    return IndexOptions(tmp_path / "index", embedder="none", max_file_bytes=1_000_000)


class Gated(FakeEmbedder):
    """Stops at the first passage until ``go`` is set; ``entered`` tells that it stands there."""

    def __init__(self) -> None:
        super().__init__()
        self.entered = threading.Event()
        self.go = threading.Event()

    def embed(self, texts: Sequence[str], kind: TextKind) -> Vectors:
        if kind == "passage":
            self.entered.set()
            assert self.go.wait(WAIT_S)
        return super().embed(texts, kind)


class Breaks(FakeEmbedder):
    """Fails in a way that no reader or embedder is expected to."""

    def embed(self, texts: Sequence[str], kind: TextKind) -> Vectors:
        if any("gripper" in text.lower() for text in texts):
            raise RuntimeError("tensor \ud800 of the wrong shape")
        return super().embed(texts, kind)


@pytest.fixture
def opened(options: IndexOptions) -> Iterator[Callable[..., Library]]:
    """Opens the index for writing; the queue runs unless told otherwise."""
    libraries: list[Library] = []

    def make(embedder: FakeEmbedder | None = None, start: bool = True) -> Library:
        libraries.append(Library(options, write=True, embedder=embedder or FakeEmbedder()))
        if start:
            libraries[-1].jobs.start()
        return libraries[-1]

    yield make
    for library in libraries:
        library.close()


def ended(library: Library, job: Job) -> Job:
    return library.jobs.wait(job.id, WAIT_S)


def test_upload_becomes_a_manual_and_tells_its_progress(opened: Callable[..., Library], tmp_path: Path) -> None:
    library = opened()
    job = library.jobs.submit(write(tmp_path, "upload", many_pages(7)), "conveyor.txt")
    assert (job.state, job.name) == ("queued", "conveyor.txt")
    job = ended(library, job)
    assert (job.state, job.pages_done, job.pages_total, job.error) == ("done", 7, 7, "")
    assert library.manual(job.manual_id).name == "conveyor.txt"
    assert library.jobs.jobs() == [job]
    assert_agreement(library.options)


def test_job_that_does_not_end_in_time_is_told(opened: Callable[..., Library], tmp_path: Path) -> None:
    library = opened(start=False)
    job = library.jobs.submit(write(tmp_path, "a.md", SERVO_EN), "a.md")
    with pytest.raises(TimeoutError, match="not ended"):
        library.jobs.wait(job.id, 0.1)


def test_uploads_at_once_all_land(opened: Callable[..., Library], tmp_path: Path) -> None:
    library = opened()
    texts = {f"m{n}.md": many_sections(5 + n, f"machine{n}") for n in range(6)}
    jobs: list[Job] = []
    paths = [write(tmp_path, name, text) for name, text in texts.items()]
    threads = [threading.Thread(target=lambda p=p: jobs.append(library.jobs.submit(p, p.name))) for p in paths]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {ended(library, job).state for job in jobs} == {"done"}
    assert {m.name: m.passages for m in library.manuals()} == {f"m{n}.md": 5 + n for n in range(6)}
    assert_agreement(library.options)


def test_same_name_at_once_gives_two_revisions(opened: Callable[..., Library], tmp_path: Path) -> None:
    """One comes through the queue and one directly; neither mixes with the other."""
    library = opened(FakeEmbedder(seconds_a_text=0.002))
    for attempt in range(4):
        name = f"line{attempt}.md"
        first, second = (write(tmp_path, f"{n}-{name}", many_sections(20 + n, f"b{n}x{attempt}")) for n in (1, 2))
        adding = threading.Thread(target=library.add, args=(first, name))
        adding.start()
        job = ended(library, library.jobs.submit(second, name))
        adding.join()
        assert job.state == "done"
        manual = library.manual(name)
        assert manual.revision == 2
        bodies = {passage.text.split(" of the ")[1] for passage in library.passages(name)}
        assert len(bodies) == 1, "passages of both revisions are live"
    assert_agreement(library.options)


def test_same_file_twice_at_once_lands_once(opened: Callable[..., Library], tmp_path: Path) -> None:
    library = opened()
    path = write(tmp_path, "a.md", SERVO_EN)
    jobs = [ended(library, job) for job in [library.jobs.submit(path, name) for name in ("a.md", "a.md", "b.md")]]
    assert [job.state for job in jobs] == ["done"] * 3
    assert len({job.manual_id for job in jobs}) == 1
    assert [(m.name, m.revision) for m in library.manuals()] == [("a.md", 1)]
    assert_agreement(library.options)


def test_bad_files_fail_alone(opened: Callable[..., Library], tmp_path: Path) -> None:
    library = opened(Breaks())
    with pytest.raises(EmptyManual, match="empty"):
        library.jobs.submit(write(tmp_path, "empty.md", b""), "empty.md")
    with pytest.raises(ManualUnreadable, match="limit"):
        library.jobs.submit(write(tmp_path, "huge.md", b"word " * 300_000), "huge.md")
    assert library.jobs.jobs() == []
    sent = [
        library.jobs.submit(write(tmp_path, name, content), name)
        for name, content in (
            ("drawing.dwg", b"AC1027"),
            ("bytes.md", bytes(range(128, 256)) * 40),
            ("rb77.md", ROBOT_EN.encode()),
            ("good.md", SERVO_EN.encode()),
        )
    ]
    unknown, broken, unexpected, good = (ended(library, job) for job in sent)
    assert (unknown.state, unknown.error_code) == ("failed", "unknown_format")
    assert "drawing.dwg" in unknown.error
    assert "These can be read" in unknown.error
    assert (broken.state, broken.error_code) == ("failed", "manual_damaged")
    assert (unexpected.state, unexpected.error_code) == ("failed", "unexpected")
    assert "RuntimeError" in unexpected.error
    assert good.state == "done"
    assert [manual.name for manual in library.manuals()] == ["good.md"]
    assert_agreement(library.options)


def test_bad_revision_leaves_the_good_one(opened: Callable[..., Library], tmp_path: Path) -> None:
    library = opened(Breaks())
    library.add(write(tmp_path, "a.md", SERVO_EN))
    job = ended(library, library.jobs.submit(write(tmp_path, "new", ROBOT_EN), "a.md"))
    assert job.state == "failed"
    assert library.manual("a.md").revision == 1
    assert library.search("AL.45").codes == ("AL45",)
    assert_agreement(library.options)


def test_running_job_is_cancelled_and_leaves_nothing(opened: Callable[..., Library], tmp_path: Path) -> None:
    embedder = Gated()
    library = opened(embedder)
    running = library.jobs.submit(write(tmp_path, "a.txt", many_pages(300)), "a.txt")
    waiting = library.jobs.submit(write(tmp_path, "b.md", SERVO_EN), "b.md")
    after = library.jobs.submit(write(tmp_path, "c.md", SERVO_JA), "c.md")
    assert embedder.entered.wait(WAIT_S)
    assert library.jobs.job(running.id).state == "running"  # type: ignore[union-attr]
    library.jobs.cancel(waiting.id)
    assert library.jobs.job(waiting.id).state == "cancelled"  # type: ignore[union-attr]
    library.jobs.cancel(running.id)
    embedder.go.set()
    assert ended(library, running).state == "cancelled"
    assert ended(library, after).state == "done"
    library.jobs.cancel(after.id)
    assert library.jobs.job(after.id).state == "done", "what has ended stays as it is"  # type: ignore[union-attr]
    assert [manual.name for manual in library.manuals()] == ["c.md"]
    assert_agreement(library.options)
    again = ended(library, library.jobs.submit(tmp_path / "b.md", "b.md"))
    assert again.state == "done", "a cancelled file can be uploaded again"


def test_what_waits_is_taken_up_in_order_after_a_start(opened: Callable[..., Library], tmp_path: Path) -> None:
    """A job that was running when the power went comes first, then those behind it."""
    library = opened(start=False)
    names = ["c.md", "a.md", "b.md"]
    sent = [library.jobs.submit(write(tmp_path, name, many_sections(3, name[0])), name) for name in names]
    with raw(library.options) as db:
        db.execute("UPDATE job SET state = 'running' WHERE name = 'c.md'")
        db.commit()
    library.close()
    reopened = opened()
    assert [ended(reopened, job).state for job in sent] == ["done"] * 3
    with raw(reopened.options) as db:
        added = [name for (name,) in db.execute("SELECT DISTINCT name FROM manual JOIN passage ON manual_id = manual.id"
                                                " GROUP BY name ORDER BY min(number)")]  # fmt: skip
    assert added == names
    assert_agreement(reopened.options)


def test_a_queued_file_that_vanished_fails_alone_and_comes_with_the_next_upload(
    opened: Callable[..., Library], tmp_path: Path
) -> None:
    library = opened(start=False)
    lost = library.jobs.submit(write(tmp_path, "a.md", SERVO_EN), "a.md")
    for path in library.options.originals.iterdir():
        path.unlink()
    good = library.jobs.submit(write(tmp_path, "b.md", ROBOT_EN), "b.md")
    library.jobs.start()
    assert ended(library, good).state == "done"
    lost = ended(library, lost)
    assert (lost.state, lost.error_code) == ("failed", "original_lost")
    assert "a.md" in lost.error
    with pytest.raises(OriginalLost, match="no longer kept"):
        library.jobs.retry(lost.id)
    assert ended(library, library.jobs.submit(tmp_path / "a.md", "a.md")).state == "done"
    assert library.verify().findings == ()


def test_a_failed_job_is_tried_again_without_another_upload(opened: Callable[..., Library], tmp_path: Path) -> None:
    """As when something that was missing has been installed: the library opens with an embedder that works."""
    library = opened(Breaks())
    job = ended(library, library.jobs.submit(write(tmp_path, "rb77.md", ROBOT_EN), "rb77.md"))
    assert job.state == "failed"
    (tmp_path / "rb77.md").unlink()
    library.close()
    reopened = opened()
    assert reopened.verify().findings == (), "its file is kept, and is no leftover"
    again = reopened.jobs.retry(job.id)
    assert (again.id, again.error, again.error_code) == (job.id, "", "")
    assert ended(reopened, again).state == "done"
    with pytest.raises(OriginalLost):
        reopened.jobs.retry(job.id)
    assert_agreement(reopened.options)


def test_of_failed_files_only_the_last_are_kept(opened: Callable[..., Library], tmp_path: Path) -> None:
    library = opened()
    sent = [
        library.jobs.submit(write(tmp_path, f"{n}.dwg", b"AC1027 %d" % n), f"{n}.dwg") for n in range(FAILED_KEPT + 2)
    ]
    assert {ended(library, job).state for job in sent} == {"failed"}
    library.jobs.stop()
    assert len(list(library.options.originals.iterdir())) == FAILED_KEPT
    with pytest.raises(OriginalLost):
        library.jobs.retry(sent[0].id)
    library.jobs.cancel(sent[-1].id)
    assert len(list(library.options.originals.iterdir())) == FAILED_KEPT - 1
    assert library.jobs.job(sent[-1].id).state == "cancelled"  # type: ignore[union-attr]
    assert library.verify().findings == ()


def test_stopped_service_finishes_the_job_at_its_next_start(opened: Callable[..., Library], tmp_path: Path) -> None:
    embedder = Gated()
    library = opened(embedder)
    job = library.jobs.submit(write(tmp_path, "a.txt", many_pages(300)), "a.txt")
    assert embedder.entered.wait(WAIT_S)
    closing = threading.Thread(target=library.close)
    closing.start()
    wait_for(library.jobs._stopping.is_set)  # it has been told to stop in the middle of the job
    embedder.go.set()
    joined(closing)
    reopened = opened(start=False)
    assert reopened.jobs.job(job.id).state == "queued"  # type: ignore[union-attr]
    assert reopened.manuals() == []
    assert_agreement(reopened.options)
    reopened.jobs.start()
    assert ended(reopened, job).state == "done"
    assert_agreement(reopened.options)


def test_file_that_takes_the_process_down_is_given_up(opened: Callable[..., Library], tmp_path: Path) -> None:
    library = opened(start=False)
    job = library.jobs.submit(write(tmp_path, "a.md", SERVO_EN), "a.md")
    with raw(library.options) as db:
        db.execute("UPDATE job SET state = 'running', crashes = ?", (MAX_CRASHES - 1,))
        db.commit()
    library.jobs.start()
    job = ended(library, job)
    assert (job.state, job.error_code) == ("failed", "unexpected")
    assert "3 times" in job.error
    assert_agreement(library.options)
