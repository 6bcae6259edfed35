"""PromptMemory: a context, the prompt whose keys and values it holds, and what of them can be used again.

Of an earlier prompt only whole batches are used again, in memory or from disk, so that every number is computed the
same way whatever was asked before (edge.llama.cuts).
"""

from __future__ import annotations

import logging
from array import array
from collections import deque
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from edge.llama.context import LlamaContext
from edge.llama.cuts import batch_ends, last_end, shared_length
from edge.llama.saved_prefixes import SavedPrefixes

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

REMEMBERED = 32  # prompts; a beginning that comes again among so many is worth its place on disk
LEAST_SAVED = 64  # tokens; reading fewer again takes no longer than a file
log = logging.getLogger(__name__)


class PromptMemory:
    """``held`` is the prompt in ``context``; ``busy``: a generation is at work on it; ``adapter``: the name of the LoRA
    adapter that is set, whose keys and values no other has."""

    def __init__(self, context: LlamaContext, batch_tokens: int, piece: Callable[[int], bytes]) -> None:
        self.context = context
        self.held: list[int] = []
        self.busy = False
        self.adapter = ""
        self._batch = batch_tokens
        self._piece = piece
        self._recent: deque[array[int]] = deque(maxlen=REMEMBERED)

    def forget(self) -> None:
        """Nothing that is held will be used again, nor saved for coming twice."""
        self.held = []
        self._recent.clear()

    def read(
        self, prompt: list[int], saved: SavedPrefixes | None, cancelled: Callable[[], bool]
    ) -> NDArray[np.float32] | None:
        """Logits after ``prompt``; None when cancelled on the way. ``saved``: what is on disk for this model as it is
        set. A beginning that came before is put there once it is in memory."""
        ends = batch_ends(prompt, self._batch, self._piece)
        start = self._begin(prompt, ends, saved)
        again = 0 if saved is None else self._came_before(prompt, ends, saved)
        logits = None
        for end in ends[ends.index(start) + 1 if start else 0 :]:
            if start == again and saved is not None and again:
                saved.save(prompt[:again], self.context.state())
            if cancelled():
                self.held = prompt[:start]
                return None
            logits = self.context.decode(prompt[start:end], start, want_logits=end == len(prompt))
            start = end
        self.held = prompt
        self._recent.append(array("i", prompt))
        return logits

    def _begin(self, prompt: list[int], ends: Sequence[int], saved: SavedPrefixes | None) -> int:
        """How many tokens of ``prompt`` are in memory now; the rest of it is forgotten."""
        start = last_end(ends, shared_length(self.held, prompt), len(prompt))
        self.held = []  # nothing counts as held if what follows fails
        if saved is not None:
            start = self._restored(prompt, ends, saved, start)
        return start if self.context.keep(start) else 0

    def _restored(self, prompt: list[int], ends: Sequence[int], saved: SavedPrefixes, in_memory: int) -> int:
        """How many tokens of ``prompt`` are in memory, now that more of them than ``in_memory`` were fetched from disk
        if they are there."""
        found = saved.find(prompt)
        if found is None:
            return in_memory
        shared = last_end(ends, shared_length(found.tokens, prompt), len(prompt))
        state = saved.read(found) if shared > in_memory else None
        if state is None:
            return in_memory
        if not self.context.restore(state, len(found.tokens)):
            saved.drop(found, "llama.cpp does not take it")
            return 0
        return shared

    def _came_before(self, prompt: Sequence[int], ends: Sequence[int], saved: SavedPrefixes) -> int:
        """The longest beginning of ``prompt`` that an earlier one had, too, and that is worth saving; 0 for none."""
        shared = max((shared_length(earlier, prompt) for earlier in self._recent), default=0)
        length = last_end(ends, shared, len(prompt))
        return length if length >= LEAST_SAVED and not saved.holds(prompt[:length]) else 0
