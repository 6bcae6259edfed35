"""ReaderProcess: one child process that reads files or draws their pages, and the lines it answers with."""

from __future__ import annotations

import json
import logging
import os
import select
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

log = logging.getLogger(__name__)

_LONGEST_MESSAGE = 64 * 1024 * 1024  # bytes, of one page; a page of a large workbook has a few million
_READ_AT_ONCE = 1 << 16
_TAIL = 600  # characters of what a dead worker said last, for the log
_NONE = (b"", b"", b"")


class ReaderProcess:
    """One child process. ``idle``: it has answered all it was asked."""

    def __init__(self, module: str, memory_bytes: int, ocr: str = "auto") -> None:
        root = str(Path(__file__).resolve().parents[2])  # where the package index lies
        before = os.environ.get("PYTHONPATH")
        paths = root + (os.pathsep + before if before else "")
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the worker
        self.process = subprocess.Popen(
            [sys.executable, "-m", module, str(memory_bytes), ocr],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._errors, cwd=root,
            start_new_session=True,  # what it starts itself (Tesseract) ends with it
            env={**os.environ, "PYTHONPATH": paths, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
        )  # fmt: skip
        self.idle = True
        self._rest = bytearray()

    def ask(self, path: Path, **more: str | float) -> None:
        """``more``: what else the child is told beside the file's path."""
        assert self.process.stdin is not None
        self.idle = False
        try:
            self.process.stdin.write(json.dumps({"path": str(path.resolve()), **more}).encode() + b"\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            log.warning("A reader of files had ended by itself: %s", self.last_words())

    def message(self, wait_s: float) -> bytes | None:
        """The next line, b"" at the end of output, or None where none came within ``wait_s``."""
        assert self.process.stdout is not None
        handle = self.process.stdout.fileno()
        end = time.monotonic() + wait_s
        while True:
            line, mark, rest = bytes(self._rest).partition(b"\n") if b"\n" in self._rest[-_READ_AT_ONCE:] else _NONE
            if mark:
                self._rest = bytearray(rest)
                return line
            if len(self._rest) > _LONGEST_MESSAGE:
                return b""
            ready, _, _ = select.select([handle], [], [], max(0.0, end - time.monotonic()))
            if not ready:
                return None
            came = os.read(handle, _READ_AT_ONCE)
            if not came:
                return b""
            self._rest += came

    def is_alive(self) -> bool:
        return self.process.poll() is None

    def resident(self) -> int:
        """Bytes of memory in use; 0 where the system does not tell."""
        try:
            pages = int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1])
        except (OSError, IndexError, ValueError):
            return 0
        return pages * os.sysconf("SC_PAGE_SIZE")

    def last_words(self) -> str:
        self._errors.seek(0)
        return self._errors.read().decode("utf-8", "replace")[-_TAIL:]

    def kill(self) -> None:
        """End the process and what it started."""
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            log.debug("A reader was gone before it was ended.")

    def end(self) -> None:
        self.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout, self._errors):
            if pipe is not None:
                try:
                    pipe.close()
                except BrokenPipeError:
                    log.debug("A reader was gone before its pipe was closed.")
