"""Made-up hits, events and answers for the tests of the pages."""

from __future__ import annotations

from typing import Any

from assistant.answer import Answer, Found, Piece, Quote, Sentence, Timing
from index.passage import Hit, Kind, Manual, Passage

MANUAL = Manual("m1", "pk7.pdf", "包装機 PK-7 取扱説明書", 2, "0" * 64, 80, 120, "ja", "2026-01-31T09:05:00+00:00")


def make_hit(text: str = "フィルムを交換する。", kind: Kind = "prose", **changes: Any) -> Hit:
    given: dict[str, Any] = {"pages": (42,), "page_labels": ("5-3",), "section": ("5 アラーム", "5.2 E-401")}
    given.update(changes)
    passage = Passage("p1", "m1", 2, 0, text, kind=kind, lang="ja", **given)
    return Hit(passage, MANUAL, 1.0, 0.9)


def make_found(*hits: Hit, **changes: Any) -> Found:
    quotes = tuple(Quote(number, hit) for number, hit in enumerate(hits or (make_hit(),), start=1))
    given: dict[str, Any] = {"declined": None, "nearest": ()}
    given.update(changes)
    return Found("E-401?", "ja", () if given["declined"] else quotes, found_ms=120.0, **given)


def make_answer(found: Found, verdict: Any = "supported", **changes: Any) -> Answer:
    given: dict[str, Any] = {
        "text": "交換する。 [1]",
        "sentences": (Sentence("交換する。", (1,), True),),
        "model": "slm",
        "failure": "",
    }
    given.update(changes)
    return Answer(
        question=found.question, lang=found.lang, quotes=found.quotes, verdict=verdict, declined=found.declined,
        nearest=found.nearest, timing=Timing(120.0, 400.0, 2500.0), **given,
    )  # fmt: skip


PIECE = Piece("交換する。", (1, 2))
