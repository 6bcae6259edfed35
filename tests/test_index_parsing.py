"""Parsing in a child process: the same pages, every failure a clear error, the next file read as if nothing was."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from test_index_pdf import make_pdf
from waiting import wait_for

from index.errors import EmptyManual, ManualUnreadable, ReaderCrashed, ReaderOverMemory, ReaderTooSlow, UnknownFormat
from index.ingest.build import Cancelled
from index.ingest.parsing import Parser, Seen, open_here
from index.options import MEGABYTE, Caps

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def parser() -> Iterator[Parser]:
    made = Parser()
    yield made
    made.close()


def write(folder: Path, name: str, text: str = "1 Reset\n\nTurn QS1 off.\n\fNext page") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_pages_are_those_of_the_reader(parser: Parser, tmp_path: Path) -> None:
    for path in (
        write(tmp_path, "a.txt"),
        write(tmp_path, "b.md", "# A\n\n| x | y |\n|---|---|\n| 1 | 2 |\n\n1. go\n"),
    ):
        here, there = open_here(path), parser.open(path)
        assert (there.title, there.page_count, there.skipped) == (here.title, here.page_count, here.skipped)
        assert list(there.pages) == list(here.pages)


def test_boxes_and_seen_pages_of_a_pdf_come_through(parser: Parser, tmp_path: Path) -> None:
    path, seen = make_pdf(tmp_path / "a.pdf", [lambda c: c.drawString(72, 700, "1 Reset the drive")] * 3), list[Seen]()
    there = parser.open(path, lambda told: seen.append(told) if told else None)
    assert list(there.pages) == list(open_here(path).pages)
    assert [told.done for told in seen] == list(range(1, there.page_count + 1))
    assert not any(told.by_ocr for told in seen)


def test_one_worker_reads_many_files(parser: Parser, tmp_path: Path) -> None:
    processes = set()
    for number in range(20):
        list(parser.open(write(tmp_path, f"{number}.txt")).pages)
        assert parser._idle is not None
        processes.add(parser._idle.process.pid)
    assert len(processes) == 1


def test_errors_come_back_as_they_are(parser: Parser, tmp_path: Path) -> None:
    with pytest.raises(EmptyManual, match=r"a.txt is empty") as empty:
        parser.open(write(tmp_path, "a.txt", ""))
    assert empty.value.remedy
    with pytest.raises(UnknownFormat):
        parser.open(write(tmp_path, "a.exe"))
    assert parser.open(write(tmp_path, "b.txt")).title


@pytest.mark.parametrize(
    ("way", "error", "said"),
    [
        ("killed", ReaderCrashed, "ended the reader"),
        ("exhausted", ReaderOverMemory, "more than the 3,072 MB"),
        ("hanging", ReaderTooSlow, "came no further"),
        ("endless", ReaderTooSlow, "not done after"),
        ("nonsense", ReaderCrashed, "broke the reader"),
        ("odd", ReaderCrashed, "broke the reader"),
    ],
)
def test_what_breaks_a_reader_is_said(tmp_path: Path, way: str, error: type[ManualUnreadable], said: str) -> None:
    # what comes by itself has time for it, also where a process takes long to start
    page_s, whole_s = (1 if way == "hanging" else 120), (3 if way == "endless" else 240)
    parser = Parser(Caps(page_s=page_s, whole_s=whole_s, per_page_s=0.1), "tests.broken_reader")
    with pytest.raises(error, match=said) as raised:
        parser.open(write(tmp_path, f"{way}.txt"))
    assert f"{way}.txt" in raised.value.message
    assert raised.value.remedy
    parser.close()


def test_a_file_over_the_memory_cap_is_refused_and_the_next_is_read(tmp_path: Path) -> None:
    parser = Parser(Caps(memory_bytes=320 * MEGABYTE))
    path = tmp_path / "big.txt"
    path.write_bytes(b"word\n\n" * (20 * MEGABYTE))
    with pytest.raises(ReaderOverMemory, match=r"big.txt needs more than the 320 MB"):
        list(parser.open(path).pages)
    assert len(list(parser.open(write(tmp_path, "a.txt")).pages)) == 2
    parser.close()


def test_whoever_cancels_is_heard_while_nothing_comes(tmp_path: Path) -> None:
    parser = Parser(worker="tests.broken_reader")

    def stop(seen: Seen | None) -> None:
        raise Cancelled("Stopped.")

    start = time.monotonic()
    with pytest.raises(Cancelled):
        parser.open(write(tmp_path, "hanging.txt"), stop)
    assert time.monotonic() - start < 30, "not until the reader had slept"
    parser.close()


def test_leaving_a_file_half_read_does_not_spoil_the_next(parser: Parser, tmp_path: Path) -> None:
    pages = parser.open(write(tmp_path, "long.txt", "page\f" * 500)).pages
    assert next(pages).number == 1
    pages.close()  # type: ignore[attr-defined]
    assert [page.number for page in parser.open(write(tmp_path, "a.txt")).pages] == [1, 2]


def test_a_killed_service_takes_its_reader_with_it(tmp_path: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; from index.ingest.parsing import Parser; p = Parser(); "
        "list(p.open(Path(sys.argv[1])).pages); print(p._idle.process.pid, flush=True); time.sleep(600)"
    )
    service = subprocess.Popen(
        [sys.executable, "-c", code, str(write(tmp_path, "a.txt"))], stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    assert service.stdout is not None
    reader = int(service.stdout.readline())
    service.send_signal(signal.SIGKILL)
    service.wait()
    service.stdout.close()
    wait_for(lambda: not _runs(reader))


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()[0]
    except (ProcessLookupError, FileNotFoundError):
        return False
    return state != "Z"


def test_a_warm_reader_without_work_ends_by_itself(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("# A\n\nText.\n", encoding="utf-8")
    parser = Parser(idle_s=240)
    assert list(parser.open(tmp_path / "a.md").pages)
    assert parser._idle is not None
    process = parser._idle.process
    assert list(parser.open(tmp_path / "a.md").pages) and parser._idle.process is process, "it is kept for a while"
    parser._idle_s = 0.2
    assert list(parser.open(tmp_path / "a.md").pages)
    process.wait(60)
    assert parser._idle is None
    assert list(parser.open(tmp_path / "a.md").pages), "and another one is started"
    parser.close()
