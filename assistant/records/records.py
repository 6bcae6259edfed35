"""Records: one object for every door: writes down answers, acts and feedback, and never stands in an answer's way."""

from __future__ import annotations

import hashlib
import json
import logging
import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

from assistant.answer import Answer, Event, Found, Piece, Timing
from assistant.records.audit import Audit, forget, put_entry
from assistant.records.conversations import Conversations, forget_conversations, put_turn
from assistant.records.database import Database
from assistant.records.entry import Act, Asker, Door, Entry, entry_of, now_utc
from assistant.records.errors import RecordsFailed, RecordUnknown
from assistant.records.feedback import Answered, FeedbackTable, Passage, Said, put_feedback
from assistant.records.gaps import FEEDBACK, REASONS, Asked, GapTable, put_gap
from assistant.records.stoppages import (
    Stoppage,
    StoppageTable,
    change_stoppage,
    drop_stoppage,
    put_line,
    put_stoppage,
)
from index.passage import Manual

DAY_S = 86_400.0
HELD = 500  # latest answers in memory: feedback on them works where nothing is kept, or nothing can be written
FORGET_WAIT_S = 10.0
LONG_AGO = timedelta(days=7)  # after so long without another one, a failed write is told no more
_LOG = logging.getLogger("andon.records")


@dataclass(frozen=True, slots=True)
class Missed:
    """Writes that failed: how many, when the last one, and why."""

    count: int
    last_at: str
    reason: str


def revision_of(manuals: Iterable[Manual]) -> str:
    """Names the state of the index: the same for the same revisions of the same manuals that are searched."""
    known = sorted((manual.id, manual.revision, manual.sha256) for manual in manuals if manual.enabled)
    return hashlib.sha256(json.dumps(known).encode()).hexdigest()[:12]


class Records:
    """``days``: how long questions and acts are kept; 0 keeps counts only. ``revision``: names the index's state at the
    moment. With ``path`` None nothing is kept beyond the process."""

    def __init__(self, path: Path | None, days: int = 365, revision: Callable[[], str] = str) -> None:
        self.days = days
        self._revision = revision
        self._held: OrderedDict[str, Answered] = OrderedDict()
        self._guard = threading.Lock()
        self._closed = threading.Event()
        self._folder = None if path is None else path.parent
        self.database = None if path is None else Database(path)
        self.stoppages_changed: Callable[[], None] = _nobody  # who makes them found sets this (assistant.build)

    def asking(self, events: Iterator[Event], asker: Asker) -> Iterator[Event]:
        """``events`` as they come; the answer gets its id and is written down before it is handed on. What a reader saw
        who left before the answer was whole is written down, too."""
        found, pieces, answered = None, [], False
        try:
            for event in events:
                if isinstance(event, Found):
                    found = event
                elif isinstance(event, Piece):
                    pieces.append(event)
                elif isinstance(event, Answer):
                    answered, event = True, self.answered(event, asker)
                yield event
        finally:
            close = getattr(events, "close", None)
            if close is not None:
                close()
            if found is not None and not answered:
                self.answered(_broken_off(found, pieces), asker)

    def answered(self, answer: Answer, asker: Asker) -> Answer:
        """The answer with its id, written down. Never raises: what cannot be written is logged, and told by doctor."""
        answer = replace(answer, id=secrets.token_urlsafe(9))
        try:
            entry, texts = entry_of(answer, asker, self._revision())
            self._hold(_answered(entry, texts))
            if self.database is None:
                return answer
            with self.database.write() as db:
                put_entry(db, entry, texts, keep=self.days > 0)
                if self.days > 0 and answer.declined in REASONS:
                    nearest = tuple(shown.place for shown in entry.nearest)
                    put_gap(db, Asked(answer.id, entry.asked, answer.lang, str(answer.declined), nearest))
        except Exception as failed:  # noqa: BLE001  whatever happens to its record, the answer must come
            self._missed(failed)
        return answer

    def act(self, who: str, door: Door, act: Act, subject: str) -> None:
        """Write down what an admin did. Never raises."""
        if self.database is None:
            return
        entry = Entry(secrets.token_urlsafe(9), now_utc(), act, who, door, subject[:500])
        try:
            with self.database.write() as db:
                put_entry(db, entry, {}, keep=self.days > 0)
        except Exception as failed:  # noqa: BLE001  what was done is done; its record must not make it fail
            self._missed(failed)

    def say(self, said: Said, who: str, *, is_admin: bool = False) -> int:
        """Keep what a reader says of an answer of theirs (an admin: of anybody's); returns the feedback's number.
        Raises FeedbackRefused, RecordUnknown and RecordsFailed."""
        said = said.checked()
        answered = self._find(said.answer_id)
        if answered is None or (answered.who != who and not is_admin):
            raise RecordUnknown("There is no such answer of yours.", "Ask again, and send the id of the new answer.")
        with self._kept().write() as db:
            number = put_feedback(db, answered, said, who)
            if said.reason == "not_in_manuals":
                places = answered.nearest or tuple(passage.place for passage in answered.excerpts)
                put_gap(db, Asked(answered.id, answered.question, answered.lang, FEEDBACK, places[:3]))
        return number

    def keep_turn(self, who: str, conversation: str, number: int, answer: Answer) -> None:
        """Keep a turn of a person's conversation, where questions are kept at all. Never raises."""
        if self.database is None or self.days <= 0 or not who:
            return
        try:
            with self.database.write() as db:
                put_turn(db, who, conversation, number, answer)
        except Exception as failed:  # noqa: BLE001  the answer is there; only its place in the list is not
            self._missed(failed)

    def close_stoppage(self, stoppage: Stoppage, who: str, *, is_admin: bool = False) -> int:
        """Write down how a stoppage ended, for an answer of ``who`` (an admin: of anybody), or for none; returns its
        number. Said again for the same answer, it replaces what was said. Raises FeedbackRefused, RecordUnknown and
        RecordsFailed."""
        stoppage = stoppage.checked()
        if stoppage.entry:
            answered = self._find(stoppage.entry)
            if answered is None or (answered.who != who and not is_admin):
                raise RecordUnknown(
                    "There is no such answer of yours.", "Ask again, and send the id of the new answer."
                )
        with self._kept().write() as db:
            number = put_stoppage(db, stoppage, who)
        self.stoppages_changed()
        return number

    def correct_stoppage(self, number: int, stoppage: Stoppage) -> Stoppage:
        """Put right what was written of a stoppage; returns it as it is now. Raises FeedbackRefused, RecordUnknown."""
        with self._kept().write() as db:
            change_stoppage(db, number, stoppage.checked())
        self.stoppages_changed()
        return self.stoppages.some([number])[number]

    def delete_stoppage(self, number: int) -> None:
        """It is gone, and nobody is shown it any more. Raises RecordUnknown."""
        with self._kept().write() as db:
            drop_stoppage(db, number)
        self.stoppages_changed()

    def enable_stoppages(self, line: str, enabled: bool) -> None:
        """Whether a line's stoppages are shown when the same comes again; they are kept either way."""
        with self._kept().write() as db:
            put_line(db, line, enabled)
        self.stoppages_changed()

    def conversations(self, who: str) -> Conversations:
        return Conversations(self._kept(), who)

    @property
    def stoppages(self) -> StoppageTable:
        return StoppageTable(self._kept())

    @property
    def audit(self) -> Audit:
        return Audit(self._kept())

    @property
    def feedback(self) -> FeedbackTable:
        return FeedbackTable(self._kept())

    @property
    def gaps(self) -> GapTable:
        return GapTable(self._kept())

    def forget_old(self, now: datetime | None = None) -> int:
        """Delete what is older than the retention; returns how many entries went. Never raises."""
        if self.database is None:
            return 0
        now = now or datetime.now(timezone.utc)
        try:
            with self.database.write(FORGET_WAIT_S) as db:
                gone = forget(db, self.days, now)
                forget_conversations(db, self.days, now)
            missed = self.missed()
            if missed is not None and datetime.fromisoformat(missed.last_at) < now - LONG_AGO:
                self._note.unlink(missing_ok=True)
        except Exception as failed:  # noqa: BLE001  tried again tomorrow
            self._missed(failed)
            return 0
        return gone

    def forget_daily(self) -> None:
        """Forget now, and every day on a thread of its own until ``close``."""
        self.forget_old()

        def daily() -> None:
            while not self._closed.wait(DAY_S):
                self.forget_old()

        if self.database is not None:
            threading.Thread(target=daily, name="andon-forget", daemon=True).start()

    def missed(self) -> Missed | None:
        """Which writes failed lately, in this process or another one."""
        if self._folder is None:
            return None
        try:
            return Missed(**json.loads(self._note.read_text(encoding="utf-8")))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, TypeError) as error:
            return Missed(1, now_utc(), f"{self._note}: {error}")

    def close(self) -> None:
        self._closed.set()
        if self.database is not None:
            self.database.close()

    def _kept(self) -> Database:
        if self.database is None:
            raise RecordsFailed("This Andon keeps no records.", "Open it over a data folder.")
        return self.database

    @property
    def _note(self) -> Path:
        return (self._folder or Path()) / "records.missed"

    def _missed(self, failed: Exception) -> None:
        """Log it and leave a note beside the records, which doctor reads in its own process."""
        _LOG.error("A record could not be written: %s", failed, exc_info=failed)
        if self._folder is None:
            return
        with self._guard:
            before = self.missed()
            note = {"count": before.count + 1 if before else 1, "last_at": now_utc(), "reason": str(failed)}
            try:
                self._note.write_text(json.dumps(note, ensure_ascii=False), encoding="utf-8")
            except OSError as error:
                _LOG.error("Nor could a note of it be left: %s", error)

    def _hold(self, answered: Answered) -> None:
        with self._guard:
            self._held[answered.id] = answered
            while len(self._held) > HELD:
                self._held.popitem(last=False)

    def _find(self, answer_id: str) -> Answered | None:
        with self._guard:
            held = self._held.get(answer_id)
        if held is not None or self.database is None:
            return held
        entry = self.audit.entry(answer_id)
        return _answered(entry, self.audit.texts([shown.key for shown in entry.quotes])) if entry else None


def _nobody() -> None:
    """Nobody wants to know."""


def _answered(entry: Entry, texts: dict[str, str]) -> Answered:
    passages = tuple(
        Passage(shown.number, shown.place, texts.get(shown.key, ""), shown.manual, shown.revision, shown.passage)
        for shown in entry.quotes
    )
    nearest = tuple(shown.place for shown in entry.nearest)
    return Answered(
        entry.id, entry.who, entry.asked, entry.lang, entry.answer, passages, entry.model, entry.revision, nearest
    )


def _broken_off(found: Found, pieces: list[Piece]) -> Answer:
    """What stood on the screen of a reader who left."""
    gap = "" if found.lang == "ja" else " "
    text = gap.join(f"{piece.text} {''.join(f'[{n}]' for n in piece.citations)}" for piece in pieces)
    return Answer(
        question=found.question, lang=found.lang, text=text, sentences=(), quotes=found.quotes,
        verdict="declined" if found.declined else "stopped", declined=found.declined, nearest=found.nearest,
        timing=Timing(found.found_ms), model="", understood=found.understood,
    )  # fmt: skip
