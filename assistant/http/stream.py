"""Service streams: the events of an answer as they come, for a reader who may leave and then frees the runner."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from threading import Event as Flag

import anyio.to_thread
from anyio import CapacityLimiter
from fastapi import Request

from assistant.answer import Event
from assistant.http.errors import FAILURES, error_json, unexpected_json
from assistant.http.wire import Json

WAITING = 64  # questions that may wait for the runner at a time; they have threads of their own
FINDING = 16  # questions that may be searched for at a time: a quote never waits for a runner
LOOK_S = 0.5  # how often a waiting answer looks whether its reader is still there
_LOG = logging.getLogger("andon.service")


@dataclass(frozen=True, slots=True)
class Form:
    """How a door writes an answer down: bytes for an event, for what breaks it off, and, where its readers understand
    that, for how many answers are written before this one."""

    frames: Callable[[Event], Iterable[bytes]]
    failed: Callable[[Json], bytes]
    waiting: Callable[[int], bytes] | None = None


class Streams:
    """The answers that are under way; their threads are their own, so that other requests never wait for a runner."""

    def __init__(self, waiting: int = WAITING, ahead: Callable[[Flag], int] = lambda stop: 0) -> None:
        """``ahead``: how many answers are written before the one that this flag stops."""
        self._ahead = ahead
        self._limiter = CapacityLimiter(waiting)
        self._finding = CapacityLimiter(FINDING)

    async def first(self, events: Iterator[Event]) -> Event:
        """The first event. A question that is refused raises here, while an HTTP error can still be sent."""
        found = await self._next(events, self._finding)
        assert found is not None, "an answer has at least two events"
        return found

    async def events(self, first: Event, rest: Iterator[Event], stop: Flag, request: Request) -> AsyncIterator[Event]:
        """``first`` and the ``rest``, until the reader goes away; then, as at the end, ``stop`` is set."""
        async for event in self._looking(first, rest, stop, request):
            if event is not None:
                yield event

    async def _looking(
        self, first: Event, rest: Iterator[Event], stop: Flag, request: Request
    ) -> AsyncIterator[Event | None]:
        """The same, and None each time that it was looked whether the reader is still there."""
        event: Event | None = first
        try:
            while event is not None:
                yield event
                waiting = asyncio.ensure_future(self._next(rest, self._limiter))
                try:
                    while not (await asyncio.wait({waiting}, timeout=LOOK_S))[0]:
                        if await request.is_disconnected():
                            return
                        yield None
                    event = waiting.result()
                finally:
                    waiting.cancel()
        finally:
            stop.set()  # whoever leaves frees the runner for the next one

    async def written(
        self, first: Event, rest: Iterator[Event], stop: Flag, request: Request, form: Form
    ) -> AsyncIterator[bytes]:
        """The same in the form of a door. The head is sent already, so a failure is told as the last frame."""
        told = 0
        try:
            async for event in self._looking(first, rest, stop, request):
                if event is not None:
                    for frame in form.frames(event):
                        yield frame
                elif form.waiting is not None and (ahead := self._ahead(stop)) != told:
                    told = ahead
                    yield form.waiting(ahead)
        except FAILURES as failure:
            yield form.failed(error_json(failure))
        except Exception:  # noqa: BLE001  the reader learns of it as a frame, the log has the traceback
            _LOG.exception("An answer broke off.")
            yield form.failed(unexpected_json())
        finally:
            stop.set()

    async def _next(self, events: Iterator[Event], limiter: CapacityLimiter) -> Event | None:
        # abandoned when the reader goes away: the thread ends by itself once ``stop`` is set
        return await anyio.to_thread.run_sync(partial(next, events, None), abandon_on_cancel=True, limiter=limiter)
