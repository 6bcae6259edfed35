"""PlainText: what programs get as one text, for every way an answer can end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest
from fake_runner import FakeRunner

from assistant.answer import Answer, Declined, Event, Found, Piece
from assistant.ask import Assistant
from assistant.plain_text import DECLINED, NEAREST, SOURCE, WHICH, PlainText
from edge.runner import Message
from index.library import Library
from index.options import IndexOptions

MANUAL = """# {machine} manual

## 5 Belt

**WARNING:** The belt starts without warning. Lock the switch QS1 first.

### 5.1 Changing the belt

1. Remove cover C4.
2. Loosen screw S7 by two turns.

### 5.2 Alarm AL.32

{cause}
"""
CHANGE = "How do I change the belt on the SC-9?"


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    folder = tmp_path_factory.mktemp("plain")
    made = Library(IndexOptions(folder / "index", embedder="none"), write=True)
    causes = {"SC-9": "The motor is overloaded. Check belt B1.", "PK-7": "Valve SV2 is blocked by film. Clean it."}
    for machine, cause in causes.items():
        (folder / f"{machine}.md").write_text(MANUAL.format(machine=machine, cause=cause), encoding="utf-8")
        made.add(folder / f"{machine}.md")
    return made


def told(
    library: Library, question: str, says: Callable[[Sequence[Message]], str] | None
) -> tuple[str, list[str], Answer, Sequence[Event]]:
    """(the text, what each event added, the answer, the events)."""
    plain = PlainText()
    events = list(Assistant(library, FakeRunner(says) if says else None).ask(question))
    added = [plain.take(event) for event in events]
    assert plain.text == "".join(added)
    answer = events[-1]
    assert isinstance(answer, Answer)
    return plain.text, added, answer, events


def test_sentences_then_their_sources_only(library: Library) -> None:
    text, added, answer, _ = told(
        library, CHANGE, lambda messages: "Remove cover C4. [1] Loosen screw S9. [1] Loosen screw S7 by two turns. [1]"
    )
    warning = answer.quotes[0].warnings[0].text
    assert added[0] == ""
    assert added[1] == f"{warning}\n\nRemove cover C4. [1]"
    assert added[2] == " Loosen screw S7 by two turns. [1]"
    assert added[3].startswith("\n\nSource: [1] SC-9 manual, ")
    assert "[2]" not in text
    assert "S9" not in text


def test_the_quote_with_the_warnings_of_its_section_first(library: Library) -> None:
    text, _, answer, _ = told(library, CHANGE, None)
    best = answer.quotes[0]
    assert "Lock the switch QS1" in best.warnings[0].text
    assert text.startswith(f"{best.warnings[0].text}\n\n{best.text}\n\nSource: [1] ")


def test_nothing_withheld_is_in_it(library: Library) -> None:
    text, _, answer, _ = told(library, CHANGE, lambda messages: "Loosen screw S9 by five turns. [1]")
    assert answer.verdict == "quote_only"
    assert "S9" not in text
    assert answer.quotes[0].text in text


def test_several_machines_ask_for_a_choice(library: Library) -> None:
    text, _, answer, _ = told(library, "What does AL.32 mean?", lambda messages: "The motor is overloaded. [1]")
    assert answer.verdict == "choose"
    assert text.startswith(WHICH["en"])
    assert "\n- SC-9 manual" in text
    assert "\n- PK-7 manual" in text


def test_an_unsafe_request_gets_the_warnings(library: Library) -> None:
    text, _, answer, _ = told(library, "How do I bypass the door interlock of the SC-9?", None)
    assert answer.declined == "unsafe_request"
    assert text.startswith(DECLINED["unsafe_request"]["en"])
    assert all(quote.text in text for quote in answer.quotes)


def test_declined_in_the_question_s_language(library: Library) -> None:
    text, _, answer, _ = told(library, "AL.99 の意味は?", None)
    assert answer.declined == "unknown_code"
    assert text.startswith(DECLINED["unknown_code"]["ja"])
    assert (NEAREST["ja"] in text) is bool(answer.nearest)


def test_every_reason_has_words_in_both_languages(library: Library, tmp_path: Path) -> None:
    *_, events = told(library, "AL.99 とは", None)
    found, answer = events[0], events[-1]
    assert isinstance(found, Found)
    assert isinstance(answer, Answer)
    for reason in get_args(Declined):
        for lang in ("ja", "en"):
            plain = PlainText()
            plain.take(replace(found, lang=lang, declined=reason))
            assert plain.take(replace(answer, lang=lang, declined=reason)).strip()
    assert set(DECLINED) | {"nothing_relevant"} == set(get_args(Declined))
    for entry in (*DECLINED.values(), SOURCE, NEAREST, WHICH):
        assert set(entry) == {"ja", "en"}


def test_japanese_sentences_stand_without_gaps() -> None:
    plain = PlainText("ja")
    assert plain.take(Piece("止める。", (1, 2))) + plain.take(Piece("待つ。", ())) == "止める。 [1][2]待つ。"
