"""ModelProcess: one child process with a model in it, its answers by number, and how it ended."""

from __future__ import annotations

import logging
import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from contextlib import suppress
from itertools import count
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import IO

from edge.errors import GenerationFailed, ModelCrashed
from edge.isolated.wire import LONGEST_LINE, Json, Nonsense, failure_of, line_of, message_of, plain
from edge.options import EdgeOptions

READ_S = 20.0  # its main thread only reads, so a child that leaves a line alone for so long hangs
_AT_ONCE = 4096  # bytes; a pipe that can be written to takes so many without blocking (PIPE_BUF)
END_S = 3.0  # a child that has nothing left to read ends within milliseconds
_TAIL_LINES = 20  # of what the child said on stderr, for the log
_ROOT = str(Path(__file__).resolve().parents[2])  # where the package edge lies
log = logging.getLogger(__name__)


class Reply:
    """The messages that answer one request, in order; ``wait`` is for one thread."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.came: SimpleQueue[Json | None] = SimpleQueue()  # None: the process has ended

    def wait(self, seconds: float) -> Json | None:
        """The next message; None where none came in time. Raises what the message tells, and EOFError where the
        process has ended."""
        try:
            message = self.came.get(timeout=seconds) if seconds > 0 else self.came.get_nowait()
        except Empty:
            return None
        if message is None:
            self.came.put(None)
            raise EOFError
        if "failed" in message:
            raise failure_of(message["failed"])
        if "broke" in message:
            raise GenerationFailed(f"The model's process failed: {message['broke']}.", "See the log, and ask again.")
        return message


class ModelProcess:
    """``module`` is what runs there (edge.isolated.child). The thread that starts it also reads from it, for as long as
    it lives: to the kernel, a child's parent is the thread that started it, and the child ends with that one."""

    def __init__(self, options: EdgeOptions, module: str) -> None:
        self._name = options.model.name
        self._numbers = count(1)
        self._guard, self._writing = threading.Lock(), threading.Lock()
        self._waiting: dict[int, Reply] = {}
        self._ended = threading.Event()
        self._said: deque[str] = deque(maxlen=_TAIL_LINES)
        self.told_to_end = False  # by ``kill`` or ``end``: then it did not crash
        self._out_of_memory_before = _kills_for_memory()
        self._process: subprocess.Popen[bytes] | None = None
        started = threading.Event()
        thread = threading.Thread(target=self._live, args=(module, started), name="andon-model-reader", daemon=True)
        thread.start()
        started.wait()
        self._write({"id": 0, "options": plain(options)})

    @property
    def alive(self) -> bool:
        return not (self._ended.is_set() or self.told_to_end)

    @property
    def pid(self) -> int:
        return self._process.pid if self._process is not None else 0

    def ask(self, message: Json) -> Reply:
        """Sends a request. Its answers end with EOFError where the process ends before them."""
        reply = Reply(next(self._numbers))
        with self._guard:
            if self._ended.is_set():
                reply.came.put(None)
                return reply
            self._waiting[reply.number] = reply
        self._write({"id": reply.number, **message})
        return reply

    def answer(self, message: Json, seconds: float) -> Json:
        """The answer to a request of one message. Raises TimeoutError, EOFError where the process ends, Nonsense, and
        what the answer tells."""
        reply = self.ask(message)
        try:
            told = reply.wait(seconds)
        finally:
            self.forget(reply)
        if told is None:
            raise TimeoutError
        return told

    def cancel(self, reply: Reply) -> None:
        self._write({"id": reply.number, "do": "cancel"})

    def forget(self, reply: Reply) -> None:
        """Nobody waits for it any more."""
        with self._guard:
            self._waiting.pop(reply.number, None)

    def kill(self) -> None:
        if self._process is not None:
            self.told_to_end = True
            self._process.kill()

    def end(self) -> None:
        """Ends it, at once if need be, and waits until it has ended."""
        process = self._process
        if process is None:
            return
        self.told_to_end = True
        self._close_input(process)
        try:
            process.wait(END_S)
        except subprocess.TimeoutExpired:
            process.kill()
        self._ended.wait(END_S)

    def crash(self, doing: str) -> ModelCrashed:
        """The error that tells how the process ended while it was ``doing`` something."""
        self._ended.wait(END_S)
        code = self._process.returncode if self._process is not None else None
        last = " | ".join(self._said) or "nothing"
        log.error("The process of %s ended (%s) while it was %s. It said: %s", self._name, code, doing, last)
        if code == -signal.SIGKILL and not self.told_to_end and _kills_for_memory() > self._out_of_memory_before:
            return ModelCrashed(
                f"The model {self._name} was ended by the system while {doing}, because memory ran out.",
                "Lower context_tokens, or choose a smaller model; `andon doctor` shows what it needs.",
                cause="memory",
            )
        return ModelCrashed(
            f"The model {self._name} crashed while {doing} ({_how(code)}).",
            "The next question starts it again. If it happens again, see the log, and try gpu_layers = 0.",
            cause=_how(code),
        )

    def _live(self, module: str, started: threading.Event) -> None:
        before = os.environ.get("PYTHONPATH")
        paths = _ROOT + (os.pathsep + before if before else "")
        try:
            self._process = process = subprocess.Popen(
                [sys.executable, "-m", module, str(os.getpid())], cwd=_ROOT,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                # one BLAS thread: nothing is multiplied there. ggml would start a debugger before it aborts
                env={**os.environ, "PYTHONPATH": paths, "OPENBLAS_NUM_THREADS": "1", "GGML_NO_BACKTRACE": "1"},
            )  # fmt: skip
        except OSError as error:  # no memory for a process, or too many of them
            self._said.append(str(error))
            self._end()
            return
        finally:
            started.set()
        assert process.stdout is not None and process.stderr is not None and process.stdin is not None
        listener = threading.Thread(target=self._listen, args=(process.stderr,), name="andon-model-log", daemon=True)
        listener.start()
        try:
            self._read(process.stdout)
        except Nonsense as nonsense:
            self._said.append(f"nonsense: {nonsense}")
        finally:
            process.kill()  # whoever has closed its output, or talks nonsense, is of no use
            process.wait()
            listener.join(END_S)
            process.stdout.close()
            self._close_input(process)
            self._end()

    def _read(self, lines: IO[bytes]) -> None:
        while line := lines.readline(LONGEST_LINE):
            message = message_of(line)
            with self._guard:
                reply = self._waiting.get(message.get("id", -1))
            if reply is not None:
                reply.came.put(message)

    def _listen(self, lines: IO[bytes]) -> None:
        with lines:
            while line := lines.readline(4096):
                text = line.decode("utf-8", "replace").rstrip()
                log.debug("%s: %s", self._name, text)
                self._said.append(text)

    def _end(self) -> None:
        with self._guard:
            self._ended.set()
            for reply in self._waiting.values():
                reply.came.put(None)
            self._waiting.clear()

    def _write(self, message: Json) -> None:
        """Sends a line; where the process has ended, whoever waits for an answer learns it from the reader. One that
        does not read for ``READ_S`` hangs, and is killed."""
        process, until = self._process, time.monotonic() + READ_S
        if process is None:
            return
        assert process.stdin is not None
        rest = memoryview(line_of(message))
        with self._writing, suppress(OSError):
            while rest and not process.stdin.closed:
                pipe = process.stdin.fileno()
                if not select.select([], [pipe], [], max(0.0, until - time.monotonic()))[1]:
                    self.kill()
                    return
                rest = rest[os.write(pipe, rest[:_AT_ONCE]) :]

    def _close_input(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdin is not None
        with self._writing, suppress(OSError):
            process.stdin.close()


def _how(code: int | None) -> str:
    if code is None:
        return "it could not be started"
    if code < 0:
        try:
            return signal.Signals(-code).name
        except ValueError:
            return f"signal {-code}"
    return f"exit {code}"


def _kills_for_memory() -> int:
    """How many processes the kernel has ended for lack of memory since it started; 0 where it does not tell."""
    try:
        counters = Path("/proc/vmstat").read_text(encoding="ascii")
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in counters.splitlines() if line.startswith("oom_kill ")), 0)
