"""Entry: one line of the log: a question with what was shown for it, or what an admin did."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime, timezone
from typing import Any, Literal

from assistant.answer import Answer
from assistant.ask import place
from index.passage import Hit
from index.search.scope import Scope

Door = Literal["page", "http", "cli"]
DOORS: tuple[Door, ...] = ("page", "http", "cli")
Act = Literal[
    "manual_added", "manual_deleted", "manual_described", "manual_enabled", "manual_disabled", "manual_cancelled",
    "words", "account", "model", "feedback", "gap", "stoppage", "backup",
]  # fmt: skip
ACTS: tuple[Act, ...] = (
    "manual_added", "manual_deleted", "manual_described", "manual_enabled", "manual_disabled", "manual_cancelled",
    "words", "account", "model", "feedback", "gap", "stoppage", "backup",
)  # fmt: skip
QUESTION = "question"


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, through which door, narrowed to what."""

    who: str
    door: Door
    scope: Scope | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """A passage that was shown: which one, of which revision, and where it stands. ``key`` names its text."""

    number: int
    manual: str
    title: str
    revision: int
    passage: str
    place: str
    page: int
    key: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the log. ``kind`` is "question" or one of ``ACTS``; ``subject`` is the question, or what was acted on;
    ``at`` is UTC in ISO 8601; ``revision`` names the state of the index (see ``revision_of``); ``timing`` is in
    milliseconds; ``understood`` is the completed question of a follow-up."""

    id: str
    at: str
    kind: str
    who: str
    door: str
    subject: str
    lang: str = ""
    scope: dict[str, list[str]] = field(default_factory=dict)
    quotes: tuple[Shown, ...] = ()
    nearest: tuple[Shown, ...] = ()
    answer: str = ""
    verdict: str = ""
    declined: str = ""
    model: str = ""
    failure: str = ""
    revision: str = ""
    timing: dict[str, float] = field(default_factory=dict)
    understood: str = ""

    @property
    def asked(self) -> str:
        """The question that was searched for."""
        return self.understood or self.subject


NAMES = tuple(each.name for each in fields(Entry))
_AS_JSON = ("scope", "quotes", "nearest", "timing")


def now_utc() -> str:
    """The moment in UTC, ISO 8601 with milliseconds, so that texts sort as times do."""
    return datetime.now(timezone.utc).isoformat(timespec="milliseconds")


def entry_of(answer: Answer, asker: Asker, revision: str) -> tuple[Entry, dict[str, str]]:
    """The entry of an answer that has its id, and the texts of its passages by their keys."""
    texts: dict[str, str] = {}
    quotes = tuple(_shown(quote.number, quote.hit, texts) for quote in answer.quotes)
    nearest = tuple(_shown(number, hit, texts) for number, hit in enumerate(answer.nearest, start=1))
    entry = Entry(
        answer.id, now_utc(), QUESTION, asker.who, asker.door, answer.question, answer.lang, _scope(asker.scope),
        quotes, nearest, answer.text, answer.verdict, answer.declined or "", answer.model, answer.failure, revision,
        asdict(answer.timing), answer.understood,
    )  # fmt: skip
    return entry, texts


def _shown(number: int, hit: Hit, texts: dict[str, str]) -> Shown:
    key = hashlib.sha256(hit.passage.text.encode("utf-8", "replace")).hexdigest()[:32]
    texts[key] = hit.passage.text
    return Shown(
        number, hit.manual.id, hit.manual.title, hit.passage.revision, hit.passage.id, place(hit),
        hit.passage.pages[0], key,
    )  # fmt: skip


def _scope(scope: Scope | None) -> dict[str, list[str]]:
    given = {each.name: sorted(getattr(scope, each.name)) for each in fields(Scope)} if scope is not None else {}
    return {name: values for name, values in given.items() if values}


def entry_json(entry: Entry) -> dict[str, Any]:
    """An entry as plain JSON values; the texts' keys stay inside."""
    plain = asdict(entry)
    for name in ("quotes", "nearest"):
        plain[name] = [{k: v for k, v in shown.items() if k != "key"} for shown in plain[name]]
    return plain


def row_of(entry: Entry) -> tuple[Any, ...]:
    """The entry as a row of its table, in the order of ``NAMES``."""
    plain = asdict(entry)
    return tuple(json.dumps(plain[name], ensure_ascii=False) if name in _AS_JSON else plain[name] for name in NAMES)


def entry_of_row(row: sqlite3.Row) -> Entry:
    given = {name: json.loads(row[name]) if name in _AS_JSON else row[name] for name in NAMES}
    return Entry(**{**given, "quotes": shown_of(given["quotes"]), "nearest": shown_of(given["nearest"])})


def shown_of(listed: Sequence[dict[str, Any]]) -> tuple[Shown, ...]:
    return tuple(Shown(**each) for each in listed)
