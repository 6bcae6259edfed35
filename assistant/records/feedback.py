"""Feedback: what readers say of an answer, kept with the question, its passages and the answer, and its review."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

from assistant.records.database import Database
from assistant.records.entry import now_utc
from assistant.records.errors import FeedbackRefused, RecordUnknown

Thumb = Literal["up", "down"]
Reason = Literal["wrong_page", "wrong_answer", "not_complete", "not_in_manuals", "unclear"]
State = Literal["new", "accepted", "corrected", "dismissed"]
THUMBS: tuple[Thumb, ...] = get_args(Thumb)
REASONS: tuple[Reason, ...] = get_args(Reason)
STATES: tuple[State, ...] = get_args(State)
LONGEST = 4000  # characters of a comment or of a corrected answer
PAGE = 100


@dataclass(frozen=True, slots=True)
class Said:
    """What a reader says of an answer. ``reason`` is "" for a thumb up, or one of ``REASONS``."""

    answer_id: str
    thumb: str
    reason: str = ""
    comment: str = ""
    corrected: str = ""

    def checked(self) -> Said:
        """Itself, tidied. Raises FeedbackRefused."""
        if self.thumb not in THUMBS:
            raise FeedbackRefused(f"There is no thumb {self.thumb!r}.", f"Send one of: {', '.join(THUMBS)}.")
        if self.reason and self.reason not in REASONS:
            raise FeedbackRefused(f"There is no reason {self.reason!r}.", f"Send one of: {', '.join(REASONS)}.")
        texts = [_tidy(self.comment), _tidy(self.corrected)]
        if self.thumb == "up":
            return Said(self.answer_id, "up", "", texts[0], "")
        return Said(self.answer_id, "down", self.reason, *texts)


def _tidy(text: str) -> str:
    """Without what nothing can store (lone surrogates, NUL). Raises FeedbackRefused where it is too long."""
    text = text.replace("\x00", "").encode("utf-8", "replace").decode().strip()
    if len(text) > LONGEST:
        raise FeedbackRefused(f"The text has {len(text):,} characters; the limit is {LONGEST:,}.", "Write less.")
    return text


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage as it was shown, whole: with it a training pair can be made after the manual has changed."""

    number: int
    place: str
    text: str
    manual: str
    revision: int
    passage: str


@dataclass(frozen=True, slots=True)
class Feedback:
    """What was said of one answer; the latest word counts. ``chosen`` is the answer that the review holds right,
    "" where there is none."""

    id: int
    entry: str
    at: str
    who: str
    thumb: str
    reason: str
    comment: str
    corrected: str
    question: str
    lang: str
    answer: str
    excerpts: tuple[Passage, ...]
    model: str
    revision: str
    state: str
    chosen: str
    reviewed_by: str
    reviewed_at: str


@dataclass(frozen=True, slots=True)
class Answered:
    """What feedback needs to know of an answer; ``nearest``: where a declined question might belong."""

    id: str
    who: str
    question: str
    lang: str
    answer: str
    excerpts: tuple[Passage, ...]
    model: str
    revision: str
    nearest: tuple[str, ...] = ()


def put_feedback(db: sqlite3.Connection, answered: Answered, said: Said, who: str) -> int:
    """Write down what was said, in place of what was said of the same answer before; returns its number. A review that
    was made stays only where nothing changed."""
    excerpts = json.dumps([asdict(excerpt) for excerpt in answered.excerpts], ensure_ascii=False)
    row = db.execute(
        "SELECT thumb, reason, comment, corrected FROM feedback WHERE entry = ?", (answered.id,)
    ).fetchone()
    if row is None or tuple(row) != (said.thumb, said.reason, said.comment, said.corrected):
        db.execute(
            "INSERT INTO feedback (entry, at, who, thumb, reason, comment, corrected, question, lang, answer, excerpts,"
            " model, revision, state, chosen, reviewed_by, reviewed_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'new', '', '', '') ON CONFLICT (entry) DO UPDATE SET"
            " at = excluded.at, who = excluded.who, thumb = excluded.thumb, reason = excluded.reason,"
            " comment = excluded.comment, corrected = excluded.corrected, state = 'new', chosen = '',"
            " reviewed_by = '', reviewed_at = ''",
            (answered.id, now_utc(), who, said.thumb, said.reason, said.comment, said.corrected, answered.question,
             answered.lang, answered.answer, excerpts, answered.model, answered.revision),
        )  # fmt: skip
    return int(db.execute("SELECT id FROM feedback WHERE entry = ?", (answered.id,)).fetchone()[0])


class FeedbackTable:
    """Reads and reviews what was said."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self, state: str = "", limit: int = PAGE, offset: int = 0) -> list[Feedback]:
        """Newest first; ``state`` "" for every state. Raises FeedbackRefused for a state that there is not."""
        if state and state not in STATES:
            raise FeedbackRefused(f"There is no state {state!r}.", f"Choose one of: {', '.join(STATES)}.")
        with self._database.read() as db:
            rows = db.execute(
                "SELECT * FROM feedback WHERE ? IN ('', state) ORDER BY at DESC, id DESC LIMIT ? OFFSET ?",
                (state, limit, offset),
            ).fetchall()
        return [_feedback(row) for row in rows]

    def of_answer(self, answer_id: str) -> Feedback | None:
        with self._database.read() as db:
            row = db.execute("SELECT * FROM feedback WHERE entry = ?", (answer_id,)).fetchone()
        return _feedback(row) if row else None

    def counts(self) -> dict[str, int]:
        """How many in each state."""
        with self._database.read() as db:
            found = dict(db.execute("SELECT state, count(*) FROM feedback GROUP BY state").fetchall())
        return {state: int(found.get(state, 0)) for state in STATES}

    def review(self, feedback_id: int, state: str, who: str, chosen: str = "") -> Feedback:
        """Accept what was said (a correction then becomes the chosen answer), write the right answer, dismiss it, or
        take a review back ("new"). Raises RecordUnknown and FeedbackRefused."""
        chosen = _tidy(chosen)
        if state not in STATES:
            raise FeedbackRefused(f"There is no state {state!r}.", f"Choose one of: {', '.join(STATES)}.")
        if state == "corrected" and not chosen:
            raise FeedbackRefused("The corrected answer is empty.", "Write the right answer, or accept or dismiss it.")
        with self._database.write() as db:
            row = db.execute("SELECT * FROM feedback WHERE id = ?", (feedback_id,)).fetchone()
            if row is None:
                raise RecordUnknown(f"There is no feedback {feedback_id}.", "List it again; it may have been deleted.")
            if state == "accepted":
                chosen = row["answer"] if row["thumb"] == "up" else row["corrected"]
            elif state != "corrected":
                chosen = ""
            reviewed = ("", "") if state == "new" else (who, now_utc())
            db.execute(
                "UPDATE feedback SET state = ?, chosen = ?, reviewed_by = ?, reviewed_at = ? WHERE id = ?",
                (state, chosen, *reviewed, feedback_id),
            )
            return _feedback(db.execute("SELECT * FROM feedback WHERE id = ?", (feedback_id,)).fetchone())


def _feedback(row: sqlite3.Row) -> Feedback:
    plain = dict(row)
    return Feedback(**{**plain, "excerpts": tuple(Passage(**each) for each in json.loads(plain["excerpts"]))})


def feedback_json(feedback: Feedback) -> dict[str, Any]:
    return asdict(feedback)
