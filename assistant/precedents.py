"""Precedents: how the same ended before, from colleagues' records; found beside the manuals, never taken for them.

Closed stoppages are notes of an index of their own (index.notes), so they can neither outrank a manual nor change what
is found in one. What is shown is read from the records at that moment, never from the index: what was corrected shows
as corrected, what was deleted shows no more, however far the index is.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from hashlib import sha256

from assistant.answer import Found, Precedent
from assistant.records.records import Records
from assistant.records.stoppages import Stoppage
from assistant.refusals.safety import tells_defeat
from index.codes.find import find_codes
from index.library import Library, Scope
from index.notes import Note, NoteHit, Notes
from index.passage import Hit
from index.search.names import machine_labels, squeezed
from index.search.synonyms import word_key

SHOWN = 3
LOOKED_AT = 50  # notes of an alarm, latest first; of another machine's none is shown
BY_WORDS = 10
# Share of the question's informative words that a note must hold where the question names no alarm; half of that where
# the manual's best passage is the entry of an alarm that the note names, too. Set by hand, on the side of showing
# nothing; not tuned on anything that is scored.
LEAST_SUPPORT = 0.5
MOST_READ = 1_000_000
_ALARMS = ("alarm", "flag")
_KIND = "incident"
_LOG = logging.getLogger("andon.precedents")


class Precedents:
    """``library``: the manuals, whose machines and site words are meant. Nothing here ever fails an answer: what goes
    wrong is logged, and no precedent is shown."""

    def __init__(self, notes: Notes, records: Records, library: Library) -> None:
        self._notes = notes
        self._records = records
        self._library = library

    def beside(self, found: Found, scope: Scope | None, but: str = "") -> Found:
        """``found`` with how the same ended before. Nothing beside a refusal, a step that is read out, or while it is
        not settled which machine is meant. ``but``: the answer whose own stoppage is left out."""
        if found.declined == "unsafe_request" or found.choices or found.step is not None:
            return replace(found, precedents=())
        hits = [quote.hit for quote in found.quotes]
        return replace(found, precedents=self.of(found.asked, hits, scope, but))

    def of(self, asked: str, hits: Sequence[Hit], scope: Scope | None = None, but: str = "") -> tuple[Precedent, ...]:
        """Of the alarm that ``asked`` names, or else of what its words tell; the latest first. ``hits``: what the
        manuals hold for it, best first: they say which machine is meant."""
        try:
            return self._of(asked, hits, scope or Scope(), but)
        except Exception:  # noqa: BLE001  the manual's words must come, whatever becomes of the notes
            _LOG.exception("Records of stoppages could not be looked through.")
            return ()

    def sync(self) -> None:
        """Make the notes those that the records hold now. Never raises; what failed is made good the next time."""
        if not self._has_records:
            return
        try:
            table = self._records.stoppages
            self._notes.bring(map(note_of, table.all(limit=MOST_READ)), table.off())
        except Exception:  # noqa: BLE001  what was written down is written down
            _LOG.exception("Records of stoppages could not be made searchable.")

    def sync_behind(self) -> None:
        """The same on a thread: after a restore, or with another embedder, each note is embedded again (14 ms)."""
        threading.Thread(target=self.sync, name="andon-notes", daemon=True).start()

    def close(self) -> None:
        self._notes.close()

    @property
    def _has_records(self) -> bool:
        """Whether anything was ever written down; looking must not make the file."""
        return self._records.database is not None and self._records.database.path.is_file()

    def _of(self, asked: str, hits: Sequence[Hit], scope: Scope, but: str) -> tuple[Precedent, ...]:
        narrowed = self._narrowed(scope)
        if narrowed is None or not self._has_records:
            return ()
        codes = _alarms(asked, hits)
        noted = self._notes.of_codes(codes, LOOKED_AT, narrowed) if codes else self._by_words(asked, hits, narrowed)
        states = {int(hit.id): hit.state for hit in noted}
        table = self._records.stoppages
        # an alarm is one machine's, that of the best passage; words may be meant of any that was found
        off, machines = table.off(), self._machines(hits[:1] if codes else hits)
        known = [
            one
            for number, one in table.some(states).items()
            if _state(one) == states[number] and one.line not in off and not (but and one.entry == but)
        ]
        latest = sorted(known, key=lambda one: (one.closed_at, one.id), reverse=True)
        shown = [one for one in latest if self._of_machine(one, machines) and not held_back(one)]
        return tuple(map(precedent_of, shown[:SHOWN]))

    def _by_words(self, asked: str, hits: Sequence[Hit], scope: Scope) -> list[NoteHit]:
        best = hits[0].passage if hits else None
        entry = frozenset(best.codes) if best is not None and best.kind == "alarm" else frozenset[str]()
        return [
            hit
            for hit in self._notes.search(asked, BY_WORDS, scope)
            if hit.support >= LEAST_SUPPORT * (0.5 if entry & set(hit.codes) else 1.0)
        ]

    def _narrowed(self, scope: Scope) -> Scope | None:
        """``scope`` for the notes: manuals stand for their machines. None where no note can be in it."""
        if scope.kinds and _KIND not in scope.kinds:
            return None
        if not scope.manuals:
            return replace(scope, kinds=frozenset())
        named = [m for m in self._library.manuals() if {m.id, m.name, m.title} & scope.manuals]
        machines = {label for manual in named for label in machine_labels(manual)}
        if not machines:
            return None
        within = frozenset(machines & scope.machines if scope.machines else machines)
        return replace(scope, manuals=frozenset(), kinds=frozenset(), machines=within) if within else None

    def _machines(self, hits: Sequence[Hit]) -> frozenset[str]:
        """How the machines of ``hits`` may be written, by the site's words as well; empty where none is known."""
        site = self._library.synonyms.synonyms()
        labels = {label for hit in hits for label in machine_labels(hit.manual)}
        groups = [site.group_of(label) for label in labels]
        return frozenset(_keys({*labels, *(word for group in groups if group for word in group.words)}))

    def _of_machine(self, stoppage: Stoppage, machines: frozenset[str]) -> bool:
        """Another machine's alarm of the same number is another matter; a stoppage without a machine may be of any."""
        return not stoppage.machine or not machines or bool(machines & set(_keys([stoppage.machine])))


def held_back(stoppage: Stoppage) -> bool:
    """Whether nobody is shown it: it seems to tell how a safety device was defeated. Admins see it, marked."""
    return tells_defeat(f"{stoppage.cause}\n{stoppage.remedy}")


def precedent_of(stoppage: Stoppage) -> Precedent:
    """What everybody may see of it; who closed it is for admins."""
    return Precedent(
        stoppage.id, stoppage.day, stoppage.minutes_down, stoppage.code, stoppage.line, stoppage.machine,
        stoppage.cause, stoppage.remedy, "ja" if stoppage.lang == "ja" else "en",
    )  # fmt: skip


def note_of(stoppage: Stoppage) -> Note:
    """What of a stoppage is searched: its alarm (where none is named, that of the question), what was asked about it,
    cause and remedy; not who closed it."""
    parts = (stoppage.code, stoppage.symptom, stoppage.cause, stoppage.remedy)
    asked = [code.canonical for code in find_codes(stoppage.symptom) if code.kind in _ALARMS]
    return Note(
        id=str(stoppage.id), state=_state(stoppage), text="\n".join(part for part in parts if part),
        order=_seconds(stoppage.closed_at), codes=(stoppage.code,) if stoppage.code else tuple(asked),
        line=stoppage.line, machine=stoppage.machine,
    )  # fmt: skip


def _state(stoppage: Stoppage) -> str:
    """Another one for another text, so that a note never stands for what it did not say."""
    parts = (stoppage.code, stoppage.symptom, stoppage.cause, stoppage.remedy, stoppage.line, stoppage.machine)
    return sha256("\x1f".join((*parts, stoppage.closed_at)).encode()).hexdigest()[:16]


def _alarms(asked: str, hits: Sequence[Hit]) -> frozenset[str]:
    """The alarms that ``asked`` names, as they were written and as the manuals were found to name them."""
    found = {why.detail for hit in hits[:1] for why in hit.why if why.by == "code"}
    return frozenset(found | {code.canonical for code in find_codes(asked) if code.kind in _ALARMS})


def _keys(names: Sequence[str] | set[str]) -> list[str]:
    return [key for name in names for key in (word_key(name), squeezed(name)) if key]


def _seconds(at: str) -> int:
    return int(datetime.fromisoformat(at).timestamp()) if at else 0
