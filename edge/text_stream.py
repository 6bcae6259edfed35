"""TextStream: bytes of tokens in, text out; characters stay whole and stop strings never slip through."""

from __future__ import annotations

import codecs


class TextStream:
    """Turns the pieces of a generation into text as early as is safe.

    A character whose bytes are not all there yet waits; so does text that may be the beginning of a stop string.
    Bytes that are no UTF-8 become U+FFFD.
    """

    def __init__(self, stop: tuple[str, ...] = ()) -> None:
        self._stop = tuple(s for s in stop if s)
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._held = ""

    def push(self, piece: bytes) -> tuple[str, bool]:
        """Text that is now certain, and whether a stop string was met; what follows it is dropped."""
        self._held += self._decoder.decode(piece)
        met = [at for s in self._stop if (at := self._held.find(s)) >= 0]
        if met:
            text, self._held = self._held[: min(met)], ""
            return text, True
        keep = self._possible_beginning()
        text, self._held = self._held[: len(self._held) - keep], self._held[len(self._held) - keep :]
        return text, False

    def flush(self) -> str:
        """What was held back, now that nothing follows; a character that never became whole is left out."""
        text, self._held = self._held, ""
        return text

    def _possible_beginning(self) -> int:
        """Length of the longest end of the held text with which a stop string begins."""
        for length in range(min(len(self._held), max((len(s) for s in self._stop), default=1) - 1), 0, -1):
            if any(s.startswith(self._held[-length:]) for s in self._stop):
                return length
        return 0
