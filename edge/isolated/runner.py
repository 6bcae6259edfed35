"""IsolatedRunner: a Runner whose model lives in a child process; what crashes or hangs there does no harm here."""

from __future__ import annotations

import logging
import threading
import time
import weakref
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from edge.errors import GenerationStuck, ModelCrashed
from edge.isolated.process import ModelProcess, Reply
from edge.isolated.wire import Json, Nonsense, piece_of, plain
from edge.options import EdgeOptions
from edge.runner import Message, Piece, Sampling
from edge.turns import Generation, Turns

CHILD = "edge.isolated.child"
COUNTS_KEPT = 512  # texts whose tokens are known: the prompt's fixed parts and passages that are asked for again
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds. ``load``: a file of 5 GB from a slow card takes a minute. ``stop``: a batch of the prompt takes 5 s on
    four cores of an RK3588, and its NPU reads a whole prompt of 1,500 tokens in 12 s without listening; then, well
    before edge.turns.GRACE_S, the process is killed. ``count``: it takes a millisecond. ``look``: how often somebody
    who waits looks whether he shall go on. ``again``: the wait after a load that ended the process; it doubles with
    each further one, up to ``again_most``."""

    load: float = 300.0
    stop: float = 20.0
    count: float = 20.0
    look: float = 0.05
    again: float = 2.0
    again_most: float = 60.0


class IsolatedRunner:
    """Runs what edge.choose.make_runner makes of ``options`` in a child process.

    A crash there (a broken driver, the kernel's OOM killer, an assertion of ggml) ends only the answer in work, with
    ModelCrashed; the next one starts the process again, unless it died at each load: then callers get that error at
    once until a growing wait is over. A generation that was closed and does not end is killed with its process.

    Errors: those of the runner over there, ModelCrashed, GenerationStuck.
    """

    def __init__(
        self, options: EdgeOptions, *, keeps_choices: bool = True, child: str = CHILD, patience: Patience | None = None
    ) -> None:
        self.name = options.model.stem
        self.context_tokens = options.context_tokens
        self.keeps_choices = keeps_choices
        self._options = options
        self._child = child
        self._patience = patience or Patience()
        self._turns = Turns()
        self._opening = threading.Lock()  # held while a process starts and loads
        self._process: ModelProcess | None = None
        self._last: _Said | None = None  # what was asked of the process last, by whoever had the turn
        self._deaths = 0  # at loading, one after the other
        self._not_before = 0.0  # time.monotonic()
        self._last_death: ModelCrashed | None = None
        self._guard = threading.Lock()
        self._streams: weakref.WeakSet[Generation] = weakref.WeakSet()
        self._count = lru_cache(maxsize=COUNTS_KEPT)(self._counted)

    def load(self) -> None:
        self._ready()

    @property
    def pid(self) -> int:
        """The child's process number; 0 while there is none."""
        process = self._process
        return process.pid if process is not None and process.alive else 0

    def count_tokens(self, text: str) -> int:
        """Tokens of ``text`` as content of a message. Does not wait for a generation."""
        return self._count(text)

    def stream(self, messages: Sequence[Message], sampling: Sampling) -> Iterator[Piece]:
        """As Runner.stream. The child may be ahead of its reader by a whole answer."""
        asked = tuple(messages)
        generation = Generation(self._turns, lambda cancelled: self._generate(asked, sampling, cancelled))
        with self._guard:
            self._streams.add(generation)
        return generation

    def close(self) -> None:
        """Ends running and waiting streams and the child. Harmless when repeated."""
        with self._guard:
            streams = list(self._streams)
        for stream in streams:
            stream.close()
        process = self._process
        if process is not None:
            process.end()

    def _ready(self) -> ModelProcess:
        """The child with its model loaded. Errors: as of the class."""
        with self._opening:
            process = self._process
            if process is not None and process.alive:
                return process
            if self._last_death is not None and time.monotonic() < self._not_before:
                raise self._again()
            self._process = process = ModelProcess(self._options, self._child)
            try:
                told = process.answer({"do": "load"}, self._patience.load)
                name, context_tokens, keeps_choices = told["loaded"]
            except (EOFError, TimeoutError, Nonsense, KeyError, TypeError, ValueError) as error:
                ended_by_us = process.told_to_end  # by ``close``
                if not isinstance(error, EOFError):
                    process.kill()
                crash = process.crash("loading")
                raise (crash if ended_by_us else self._died(crash)) from error
            except BaseException:
                process.end()  # it has said why
                raise
            self.name, self.context_tokens, self.keeps_choices = str(name), int(context_tokens), bool(keeps_choices)
            self._deaths, self._last_death = 0, None
            return process

    def _died(self, crash: ModelCrashed) -> ModelCrashed:
        wait = min(self._patience.again * 2.0**self._deaths, self._patience.again_most)
        self._deaths += 1
        self._not_before = time.monotonic() + wait
        self._last_death = crash
        return crash

    def _again(self) -> ModelCrashed:
        assert self._last_death is not None
        left = max(1, round(self._not_before - time.monotonic()))
        return ModelCrashed(
            f"{self._last_death.message} It is tried again in {left} s (tried {self._deaths} times).",
            self._last_death.remedy,
            **self._last_death.details,
        )

    def _counted(self, text: str) -> int:
        process = self._ready()
        try:
            told = process.answer({"do": "count", "texts": [text]}, self._patience.count)
            return int(told["counts"][0])
        except TimeoutError as error:
            process.kill()
            raise self._stuck() from error
        except EOFError as error:
            raise process.crash("counting tokens") from error
        except (Nonsense, KeyError, TypeError, ValueError) as error:
            process.kill()
            raise process.crash("counting tokens") from error

    def _stuck(self) -> GenerationStuck:
        return GenerationStuck(
            f"{self.name} did not come back and was ended.",
            "The next question starts it again. If it happens again, set gpu_layers to 0 or look after the GPU's "
            "driver.",
        )

    def _generate(
        self, messages: Sequence[Message], sampling: Sampling, cancelled: Callable[[], bool]
    ) -> Iterator[Piece]:
        tokens = 0
        process = self._settled(cancelled)
        if cancelled():
            yield Piece("", 0, "cancelled")
            return
        said = self._last = _Said(process, {"do": "stream", "messages": plain(messages), "sampling": plain(sampling)})
        try:
            while True:
                piece = self._next(said, cancelled)
                if piece is not None and not (cancelled() and not piece.finish):
                    tokens = piece.tokens
                    yield piece
                    if piece.finish:
                        return
                if cancelled():
                    said.cancel()
                    if said.told_for(self._patience.stop):
                        log.error("%s does not hear that it shall stop; its process is ended.", self.name)
                        process.kill()
        except _Over:
            yield Piece("", tokens, "cancelled")
        finally:
            said.cancel()

    def _next(self, said: _Said, cancelled: Callable[[], bool]) -> Piece | None:
        """The next piece, None where none has come yet. Raises _Over where the process ended after a stop."""
        try:
            return said.next(self._patience.look)
        except EOFError as error:
            if cancelled():
                raise _Over from error
            raise said.process.crash("writing an answer") from error
        except Nonsense as error:
            said.process.kill()
            raise said.process.crash("writing an answer") from error

    def _settled(self, cancelled: Callable[[], bool]) -> ModelProcess:
        """The child, when the answer before, which its reader left, has ended or was killed."""
        last = self._last
        while last is not None and not last.ended and not cancelled():
            last.cancel()
            try:
                last.next(self._patience.look)
            except Exception as ended:  # noqa: BLE001  whatever it is, nobody asked for that answer any more
                log.debug("An answer that its reader left ended with %r.", ended)
                break
            if last.told_for(self._patience.stop):
                log.error("%s does not hear that it shall stop; its process is ended.", self.name)
                last.process.kill()
        return self._ready()


class _Over(Exception):
    """The process ended after the answer's reader had left."""


class _Said:
    """An answer under way in ``process``. Read by one thread at a time."""

    def __init__(self, process: ModelProcess, request: Json) -> None:
        self.process = process
        self._reply: Reply = process.ask(request)
        self._ended = False
        self._cancelled_at = 0.0

    @property
    def ended(self) -> bool:
        return self._ended or not self.process.alive

    def next(self, wait_s: float) -> Piece | None:
        """The next piece; None where none came in time. Raises EOFError, Nonsense, EdgeFailed."""
        try:
            told = self._reply.wait(wait_s)
            if told is None:
                return None
            piece = piece_of(told.get("piece"))
        except BaseException:
            self._over()
            raise
        if piece.finish:
            self._over()
        return piece

    def cancel(self) -> None:
        if not self._ended and not self._cancelled_at:
            self._cancelled_at = time.monotonic()
            self.process.cancel(self._reply)

    def told_for(self, seconds: float) -> bool:
        """Whether it was told to stop so long ago."""
        return bool(self._cancelled_at) and time.monotonic() - self._cancelled_at >= seconds

    def _over(self) -> None:
        self._ended = True
        self.process.forget(self._reply)
