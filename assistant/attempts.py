"""Attempts: how often a name was tried with a wrong password, and how long it must rest."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable

from assistant.errors import TooManyAttempts

FREE = 5  # wrong passwords before a name must rest
LONGEST_REST_S = 60.0  # an operator whose name somebody else tries waits a minute at most
REMEMBERED = 10_000  # names; the oldest are forgotten


class Attempts:
    """After ``FREE`` wrong passwords a name rests 1 s, then 2 s, 4 s, … up to a minute; a right one clears it. Names
    that do not exist are treated alike. Safe to call from several threads."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._guard = threading.Lock()
        self._failed: OrderedDict[str, tuple[int, float]] = OrderedDict()

    def admit(self, name: str) -> None:
        """Raises TooManyAttempts while ``name`` rests."""
        with self._guard:
            wait_s = self._failed.get(name, (0, 0.0))[1] - self._now()
        if wait_s > 0:
            raise TooManyAttempts(
                "This name was tried with a wrong password too often.",
                f"Wait {max(1.0, wait_s):.0f} seconds and try again.",
                wait_s=f"{max(1.0, wait_s):.0f}",
            )

    def failed(self, name: str) -> None:
        """Count a wrong password."""
        with self._guard:
            count = self._failed.get(name, (0, 0.0))[0] + 1
            rest_s = min(LONGEST_REST_S, 2.0 ** min(count - FREE, 10)) if count >= FREE else 0.0
            self._failed[name] = (count, self._now() + rest_s)
            self._failed.move_to_end(name)
            while len(self._failed) > REMEMBERED:
                self._failed.popitem(last=False)

    def clear(self, name: str) -> None:
        with self._guard:
            self._failed.pop(name, None)
