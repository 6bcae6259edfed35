"""Verified: sentences that were verified before, remembered by their sources' words."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any

from assistant.answer import Quote, Sentence
from assistant.verification.copying import Place
from assistant.verification.verify import verify_where

MOST = 4096  # sentences, a megabyte or two

Verify = Callable[[str], tuple[Sentence, tuple[Place, ...]]]  # as verify_where, over sources


class Verified:
    """``verify_where``, which hangs on nothing but the words of sentence and sources, done once for each. Safe to
    use from several threads."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._guard = threading.Lock()
        self._known: OrderedDict[Any, tuple[Sentence, tuple[Place, ...]]] = OrderedDict()

    def over(self, quotes: Sequence[Quote]) -> Verify:
        """Verifies against ``quotes``."""
        words = tuple(
            (quote.number, quote.text, quote.hit.manual.title, *quote.hit.passage.section) for quote in quotes
        )

        def verify(text: str) -> tuple[Sentence, tuple[Place, ...]]:
            key = (text, words)
            with self._guard:
                known = self._known.get(key)
                if known is not None:
                    self._known.move_to_end(key)
                    return known
            found = verify_where(text, quotes)
            with self._guard:
                self._known[key] = found
                while len(self._known) > self._most:
                    self._known.popitem(last=False)
            return found

        return verify
