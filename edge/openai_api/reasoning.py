"""Spoken: the part of a model's text that is its answer; what it reasons between <think> marks is never shown."""

from __future__ import annotations

OPEN, CLOSE = "<think>", "</think>"


class Spoken:
    """Text goes in as it comes, cut anywhere; the answer comes out. White space before the answer is dropped where
    reasoning stood before it. ``torn`` turns true where reasoning ended that was never begun: what came out before was
    reasoning."""

    def __init__(self) -> None:
        self._held = ""
        self._thinking = False
        self._trim = False
        self.torn = False

    def push(self, text: str) -> str:
        self._held += text
        out = ""
        while True:
            mark = CLOSE if self._thinking else OPEN
            at = self._held.find(mark)
            stray = -1 if self._thinking else self._held.find(CLOSE)
            if stray >= 0 and (at < 0 or stray < at):
                self.torn = True
                return ""
            if at < 0:
                break
            if not self._thinking:
                out += self._kept(self._held[:at])
            self._held = self._held[at + len(mark) :]
            self._thinking = not self._thinking
            self._trim = True
        keep = max(_beginning(self._held, OPEN), _beginning(self._held, CLOSE))
        ready, self._held = self._held[: len(self._held) - keep], self._held[len(self._held) - keep :]
        return out if self._thinking else out + self._kept(ready)

    def flush(self) -> str:
        """What was held back, now that nothing follows."""
        text, self._held = self._held, ""
        return "" if self._thinking else self._kept(text)

    def _kept(self, text: str) -> str:
        if self._trim:
            text = text.lstrip()
            self._trim = not text
        return text


def _beginning(text: str, mark: str) -> int:
    """Length of the longest end of ``text`` with which ``mark`` begins."""
    return next((n for n in range(min(len(text), len(mark) - 1), 0, -1) if mark.startswith(text[-n:])), 0)
