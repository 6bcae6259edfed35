"""Turns and Generation: one caller at a time, first come first served, and a stream that any thread may close."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator

from edge.runner import Piece

GRACE_S = 30.0  # longer than a batch of the prompt takes on the slowest machine


class Turns:
    """A queue of tickets; the first one holds the turn. Unlike a lock, it may be given back by another thread, which
    is what happens when a web server closes a stream. A holder that was told to stop and has not left ``grace_s``
    seconds later hangs: the turn goes on without it."""

    def __init__(self, grace_s: float = GRACE_S) -> None:
        self._changed = threading.Condition()
        self._tickets: deque[object] = deque()
        self._grace_s = grace_s
        self._until: dict[object, float] = {}  # holders that were told to stop -> when they must have left

    def join(self) -> object:
        """A ticket at the end of the queue."""
        ticket = object()
        with self._changed:
            self._tickets.append(ticket)
        return ticket

    def wait(self, ticket: object) -> bool:
        """Blocks until ``ticket`` is first; False when it left the queue meanwhile."""
        with self._changed:
            while ticket in self._tickets and self._tickets[0] is not ticket:
                until = self._until.get(self._tickets[0])
                left = None if until is None else until - time.monotonic()
                if left is not None and left <= 0:
                    self._remove(self._tickets[0])
                else:
                    self._changed.wait(left)
            return ticket in self._tickets

    def withdraw(self, ticket: object) -> None:
        """Leaves the queue, unless the turn has come already: then its holder is at work and must leave by itself
        before its grace ends."""
        with self._changed:
            if ticket in self._tickets and self._tickets[0] is not ticket:
                self._remove(ticket)
            elif ticket in self._tickets:
                self._until.setdefault(ticket, time.monotonic() + self._grace_s)
                self._changed.notify_all()

    def leave(self, ticket: object) -> None:
        """Gives the turn, or the place in the queue, back. Harmless when repeated."""
        with self._changed:
            if ticket in self._tickets:
                self._remove(ticket)

    def _remove(self, ticket: object) -> None:
        self._tickets.remove(ticket)
        self._until.pop(ticket, None)
        self._changed.notify_all()


class Generation(Iterator[Piece]):
    """What ``Runner.stream`` returns. It queues at the first ``next`` and gives its turn back with the last piece, on
    an error, on ``close`` and when it is forgotten.

    ``work`` makes the pieces; it is given a function that says whether it shall stop, and is expected to ask it often
    and then to end with a piece whose finish is "cancelled". ``close`` may come from any thread: a stream that is being
    computed or waits in the queue ends with such a piece, one that rests ends at once. Where ``work`` hangs, the next
    in the queue is let in after the grace of ``turns``, and ``work`` must not touch what that one uses.
    """

    def __init__(self, turns: Turns, work: Callable[[Callable[[], bool]], Iterator[Piece]]) -> None:
        self._turns = turns
        self._cancelled = threading.Event()
        self._pulling = threading.Lock()
        self._ticket: object | None = None
        self._ended = False
        self._pieces = work(self._cancelled.is_set)

    def __next__(self) -> Piece:
        with self._pulling:
            if self._ended or (self._cancelled.is_set() and self._ticket is None):
                raise StopIteration
            try:
                piece = self._pull()
            except BaseException:
                self._end()
                raise
            if piece.finish:
                self._end()
            return piece

    def _pull(self) -> Piece:
        if self._ticket is None:
            self._ticket = self._turns.join()
            # a close between the check above and the join would not have seen the ticket
            if self._cancelled.is_set() or not self._turns.wait(self._ticket):
                return Piece("", 0, "cancelled")
        return next(self._pieces)

    def _end(self) -> None:
        self._ended = True
        try:
            closing = getattr(self._pieces, "close", None)
            if closing is not None:
                closing()
        finally:
            if self._ticket is not None:
                self._turns.leave(self._ticket)

    def close(self) -> None:
        """Stops. Returns at once, even while another thread computes the next piece."""
        self._cancelled.set()
        if self._pulling.acquire(blocking=False):
            try:
                if not self._ended:
                    self._end()
            finally:
                self._pulling.release()
        elif self._ticket is not None:
            self._turns.withdraw(self._ticket)

    def __del__(self) -> None:
        self.close()
