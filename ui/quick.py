"""Quick questions: alarms of the chosen line to tap: asked about lately, asked about often, else the manuals' first."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from itertools import chain, zip_longest
from typing import TYPE_CHECKING

from assistant.records.asked_codes import AskedCode, asked_codes
from assistant.records.errors import RecordsFailed
from index.codes.find import canonical, find_codes
from index.library import Library
from index.passage import Manual, Passage
from ui.wording import Lang, say

if TYPE_CHECKING:
    from assistant.records.records import Records

RECENT, FREQUENT, ALARMS = 3, 4, 6  # buttons, the last of all alarms together
OFTEN = 2  # times asked from which an alarm is a frequent one
GENERAL = ("emergency", "inspection")
LONGEST_NAME = 28  # characters of an alarm's name that fit on a button
MOST_MANUALS = 8  # whose first alarms are looked for; all are read for it once
_FRESH_S = 20.0  # so long what was asked is not looked up again
PICK = "andon.picks(element, 'button.a-ask-this', (b) => trigger('pick', { question: b.dataset.question }));"


@dataclass(frozen=True, slots=True)
class Quick:
    """A button: what stands on it and the question it asks; ``times`` it was asked, 0 where that is not told."""

    label: str
    question: str
    times: int = 0


@dataclass(frozen=True, slots=True)
class Group:
    """Buttons of one kind: "recent", "frequent", "listed" in the manuals, or "general"."""

    kind: str
    buttons: tuple[Quick, ...]


class QuickQuestions:
    """What was read of manuals is kept per revision, what was asked for some seconds."""

    def __init__(self, library: Library, records: Records) -> None:
        self._library = library
        self._records = records
        self._guard = threading.Lock()
        self._names: dict[tuple[str, int], dict[str, str]] = {}
        self._asked: tuple[float, list[AskedCode]] = (0.0, [])

    def groups(self, manuals: Sequence[Manual], lang: Lang) -> tuple[Group, ...]:
        """The buttons for ``manuals``, those of the chosen line and machine; none while there is no manual. Manuals in
        the reader's language come first."""
        if not manuals:
            return ()
        by_id = {manual.id: manual for manual in manuals}
        asked = [(one.manual, one.code) for one in self._codes_asked() if one.manual in by_id]
        named = {key: name for key in dict.fromkeys(asked) if (name := self._name(by_id[key[0]], key[1]))}
        times = Counter(key for key in asked if key in named)
        recent = list(named)[:RECENT]
        frequent = [key for key, count in times.most_common() if count >= OFTEN and key not in recent][:FREQUENT]
        taken = {named[key] for key in (*recent, *frequent)}
        listed = [name for name in self._first(manuals, lang) if name not in taken]
        return tuple(
            group
            for group in (
                Group("recent", tuple(_alarm(named[key], lang) for key in recent)),
                Group("frequent", tuple(_alarm(named[key], lang, times[key]) for key in frequent)),
                Group("listed", tuple(_alarm(name, lang) for name in listed[: max(0, ALARMS - len(taken))])),
                Group("general", tuple(_general(key, lang) for key in GENERAL)),
            )
            if group.buttons
        )

    def _codes_asked(self) -> list[AskedCode]:
        with self._guard:
            read_at, known = self._asked
        if self._records.database is None or time.monotonic() - read_at < _FRESH_S:
            return known
        try:
            known = asked_codes(self._records.database)
        except RecordsFailed:
            known = []  # the manuals' own alarms are there all the same; andon doctor tells of the records
        with self._guard:
            self._asked = (time.monotonic(), known)
        return known

    def _name(self, manual: Manual, code: str) -> str:
        return self._of(manual).get(code, "")

    def _first(self, manuals: Sequence[Manual], lang: Lang) -> list[str]:
        """The first alarms of each manual in turn."""
        ordered = sorted(manuals, key=lambda manual: (manual.lang != lang, manual.title))[:MOST_MANUALS]
        turns = zip_longest(*(list(self._of(manual).values())[:ALARMS] for manual in ordered))
        return [name for name in dict.fromkeys(chain.from_iterable(turns)) if name]

    def _of(self, manual: Manual) -> dict[str, str]:
        key = (manual.id, manual.revision)
        with self._guard:
            known = self._names.get(key)
        if known is None:
            known = alarm_names(self._library.passages(manual.id))
            with self._guard:
                self._names[key] = known
        return known


def alarm_names(passages: list[Passage]) -> dict[str, str]:
    """Canonical code -> the alarm as printed, in the manual's order: code and, where a row names it, its name."""
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
        found.setdefault(canonical(printed), f"{printed} {name}".strip())
    return found


def quick_html(groups: Sequence[Group], lang: Lang) -> str:
    return "".join(_group(group, lang) for group in groups)


def _group(group: Group, lang: Lang) -> str:
    buttons = "".join(
        f'<button type="button" class="a-ask-this" data-question="{escape(button.question)}">{escape(button.label)}'
        f"{_times(button, lang)}</button>"
        for button in group.buttons
    )
    label = f"quick-{group.kind}"
    return (
        f'<div class="a-quick" role="group" aria-labelledby="{label}"><p class="a-quick-label" id="{label}">'
        f'{escape(say(f"ask.quick.{group.kind}", lang))}</p><div class="a-chips">{buttons}</div></div>'
    )


def _times(button: Quick, lang: Lang) -> str:
    return f" <small>{escape(say('ask.quick.times', lang, count=button.times))}</small>" if button.times else ""


def _alarm(name: str, lang: Lang, times: int = 0) -> Quick:
    return Quick(name, say("ask.quick.alarm", lang, alarm=name), times)


def _general(key: str, lang: Lang) -> Quick:
    return Quick(say(f"ask.quick.{key}.label", lang), say(f"ask.quick.{key}", lang))
