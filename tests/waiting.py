"""Waiting: until something has happened, with a limit that a busy machine or one five times as slow keeps."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

LIMIT_S = 60.0  # nobody waits so long unless the test fails
LOOK_S = 0.01


def wait_for(condition: Callable[[], object], limit_s: float = LIMIT_S) -> None:
    """Until ``condition`` holds. Raises AssertionError where it does not within ``limit_s`` seconds."""
    end = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < end, f"it did not happen within {limit_s:g} s"
        time.sleep(LOOK_S)


def joined(*threads: threading.Thread, limit_s: float = LIMIT_S) -> None:
    """Until all ``threads`` have ended. Raises AssertionError where one does not."""
    for thread in threads:
        thread.join(limit_s)
        assert not thread.is_alive(), f"{thread.name} did not end within {limit_s:g} s"


def at_work(name: str) -> list[threading.Thread]:
    """The threads of that name that have not ended yet."""
    return [thread for thread in threading.enumerate() if thread.name == name]
