"""Quick questions: the buttons of the operator page, taken from the manuals that are there."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from itertools import chain, zip_longest

from index.codes.find import find_codes
from index.library import Library
from index.passage import Manual, Passage
from ui.wording import Lang, say

BUTTONS = 6
GENERAL = ("emergency", "inspection")
LONGEST_NAME = 28  # characters of an alarm's name that fit on a button


@dataclass(frozen=True, slots=True)
class Quick:
    """A button: what stands on it and the question it asks."""

    label: str
    question: str


class QuickQuestions:
    """The first alarms of each manual in turn, then general questions. What was read is kept per manual revision."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._guard = threading.Lock()
        self._alarms: dict[tuple[str, int], tuple[str, ...]] = {}

    def buttons(self, lang: Lang) -> tuple[Quick, ...]:
        """At most ``BUTTONS``; none while there is no manual. Manuals in the reader's language come first."""
        manuals = sorted(self._library.enabled(), key=lambda manual: (manual.lang != lang, manual.title))
        if not manuals:
            return ()
        turns = zip_longest(*(self._of(manual) for manual in manuals))
        names = [name for name in dict.fromkeys(chain.from_iterable(turns)) if name]
        alarms = [Quick(name, say("ask.quick.alarm", lang, alarm=name)) for name in names[: BUTTONS - len(GENERAL)]]
        general = [Quick(say(f"ask.quick.{key}.label", lang), say(f"ask.quick.{key}", lang)) for key in GENERAL]
        return (*alarms, *general)

    def question(self, label: str, lang: Lang) -> str:
        """What the button with that label asks; a label that is no longer there is asked as it stands."""
        return next((quick.question for quick in self.buttons(lang) if quick.label == label), label)

    def _of(self, manual: Manual) -> tuple[str, ...]:
        key = (manual.id, manual.revision)
        with self._guard:
            known = self._alarms.get(key)
        if known is None:
            known = first_alarms(self._library.passages(manual.id), BUTTONS)
            with self._guard:
                self._alarms[key] = known
        return known


def first_alarms(passages: list[Passage], limit: int) -> tuple[str, ...]:
    """The first ``limit`` alarms in the manual's order, as printed: code and, where a row names it, its name."""
    found: dict[str, str] = {}
    for passage in passages:
        if passage.kind != "alarm":
            continue
        lines = passage.text.split("\n")
        values = [line.partition(": ")[2].strip() for line in lines[:2]]
        codes = [code for code in find_codes(values[0]) if code.kind in ("alarm", "flag")]
        if len(codes) != 1:
            continue
        printed = values[0][codes[0].start : codes[0].end]
        name = values[1] if len(values) > 1 and len(values[1]) <= LONGEST_NAME else ""
        found.setdefault(printed, f"{printed} {name}".strip())
        if len(found) == limit:
            break
    return tuple(found.values())
