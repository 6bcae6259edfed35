"""Worker: the child process that reads files for the index, one after the other, under a cap on its memory.

    python -m index.manuals.worker MEMORY_BYTES [OCR]

One JSON object a line. In: {"path"}. Out, in this order: {"seen": [pages done, pages in all, read by OCR]} any number
of times, {"title", "page_count", "skipped"} once, {"page"} for each page, {"end"}; or {"failed"} with the error's code,
message, remedy and details; or {"memory"} or {"broke"} with what happened. A hostile file may take this process down;
the other side (index.ingest.parsing) says so and starts another. JSON, and not pickle, because what comes out of here
is not trusted.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any, TextIO

from index.errors import IndexFailed
from index.manuals.bounded import bounded
from index.manuals.choose import reader_for
from index.manuals.ocr import choose
from index.manuals.pdf import PdfReader
from index.manuals.scan import ScanReader

_ORPHAN_LOOK_S = 1.0

Say = Callable[[dict[str, Any]], None]


def main() -> None:
    """Read what is asked for until the input ends. Its own output is kept for the answers; what libraries print goes
    to the error output."""
    answers = os.fdopen(os.dup(1), "w", encoding="ascii")
    os.dup2(2, 1)
    limit = int(sys.argv[1])
    choose(*sys.argv[2:3] or ["auto"])
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    threading.Thread(target=end_with, args=(os.getppid(),), daemon=True).start()
    _serve(sys.stdin, answers)


def _serve(asked: TextIO, answers: TextIO) -> None:
    def say(message: dict[str, Any]) -> None:
        answers.write(json.dumps(message) + "\n")
        answers.flush()

    for line in asked:
        try:
            _read(Path(json.loads(line)["path"]), say)
        except IndexFailed as failed:
            told = {"code": failed.code, "message": failed.message, "remedy": failed.remedy, "details": failed.details}
            say({"failed": told})
        except MemoryError:
            say({"memory": True})
        except RecursionError:
            say({"broke": "it is nested too deeply"})
        except Exception as unexpected:  # noqa: BLE001  a reader's stumbling is the file's problem
            say({"broke": f"{type(unexpected).__name__}: {unexpected}"[:500]})


def _read(path: Path, say: Say) -> None:
    def seen(done: int, total: int, by_ocr: bool) -> None:
        say({"seen": [done, total, by_ocr]})

    reader = reader_for(path)
    if isinstance(reader, (PdfReader, ScanReader)):
        reader.report = seen
    reading = bounded(reader.open(path), path.name)
    skipped = [asdict(part) for part in reading.skipped]
    say({"title": reading.title, "page_count": reading.page_count, "skipped": skipped})
    for page in reading.pages:
        say({"page": asdict(page)})
    say({"end": True})


def end_with(parent: int) -> None:
    """A killed service takes its reader with it."""
    while os.getppid() == parent:
        time.sleep(_ORPHAN_LOOK_S)
    os.killpg(os.getpgrp(), signal.SIGKILL)


if __name__ == "__main__":
    main()
