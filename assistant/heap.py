"""Heap: what this process holds of memory without using it goes back to the system (glibc only), and what was loaded to
stay is not looked through for garbage again and again."""

from __future__ import annotations

import ctypes
import gc
import threading
from typing import Any

_M_ARENA_MAX = -8  # malloc.h
ARENAS = 1
"""glibc makes a heap for each thread, up to eight a core, and each keeps what was once its most. Over 10,000 passages
and 48 questions from 8 threads: 35 MB for two instead; one instead of two another 10 over 27 questions, in the same
processor time (docs/log/memory.md)."""
EVERY_S = 10.0  # giving back takes a few milliseconds, during which who asks for memory waits

YOUNG = 20_000
"""Objects that are made before those of late are looked through; a question makes about 5,000. With Python's own 700, 2
of a question's 56 ms went into it (docs/log/search.md)."""


def few_arenas() -> None:
    """From here on all threads share ``ARENAS`` heaps; to be called before they are started."""
    libc = _glibc()
    if libc is not None:
        libc.mallopt(_M_ARENA_MAX, ARENAS)


def give_back() -> None:
    """Hand free pages to the system now."""
    libc = _glibc()
    if libc is not None:
        libc.malloc_trim(0)


def settle() -> None:
    """What has been loaded by now stays: from here on the search for garbage passes it by. It held up one question in
    twenty for 75 to 90 ms over 100,000 passages, and for longer with the pages' libraries beside them."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, *gc.get_threshold()[1:])


class GivingBack:
    """Gives back now and then, on a thread of its own, until it is stopped."""

    def __init__(self, every_s: float = EVERY_S) -> None:
        self._every_s = every_s
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._work, name="andon-heap", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._over.set()

    def _work(self) -> None:
        give_back()
        while not self._over.wait(self._every_s):
            give_back()


def _glibc() -> Any:
    try:
        libc = ctypes.CDLL(None)
        return libc if hasattr(libc, "malloc_trim") and hasattr(libc, "mallopt") else None
    except OSError:
        return None
