"""Wire: what goes over HTTP is plain JSON, complete, and holds no withheld sentence."""

from __future__ import annotations

import json
from dataclasses import fields, replace

from assistant_sources import quote

from assistant.answer import Answer, Found, Piece, Sentence, Timing
from assistant.http.wire import answer_json, event_json, hit_json, job_json, manual_json, quote_json
from assistant.steps import Step
from index.codes.rivals import Choice
from index.ingest.jobs import Job
from index.passage import Box, Manual, Why

QUOTE = quote("QS1 を OFF にする。", number=2, section=("1 安全", "1.3 ロックアウト"))
ANSWER = Answer(
    question="AL.32?", lang="ja", text="QS1 を OFF にする。 [2]",
    sentences=(
        Sentence("QS1 を OFF にする。", (2,), True),
        Sentence("QS1 を ON にする。", (), False, "ON does not stand there"),
    ),
    quotes=(QUOTE,), verdict="partly_supported", declined=None, nearest=(), timing=Timing(12.3, 45.6, 789.0),
    model="andon-slm", failure="generation_failed",
)  # fmt: skip


def test_events_have_names() -> None:
    found = Found("q", "en", (QUOTE,), "unknown_code", (QUOTE.hit,), 1.5)
    assert event_json(found)[0] == "found"
    assert event_json(found)[1]["nearest"] == [hit_json(QUOTE.hit)]
    assert event_json(Piece("A.", (1, 2))) == ("piece", {"text": "A.", "citations": [1, 2]})
    assert event_json(ANSWER) == ("answer", answer_json(ANSWER))


def test_a_follow_up_says_how_it_was_understood_and_what_to_choose() -> None:
    choice = Choice("E402", "m1", "SC-9", ("5.1 E-402",), "p1")
    step = Step(2, ("2. 待つ。",), 3)
    found = Found("q", "en", (QUOTE,), None, (), 1.5, "SC-9: q?", 2, step, (choice,))
    sent = json.loads(json.dumps(event_json(found)[1]))
    assert (sent["question"], sent["understood"], sent["dropped"]) == ("q", "SC-9: q?", 2)
    assert sent["step"] == {"number": 2, "lines": ["2. 待つ。"], "count": 3}
    assert sent["choices"] == [
        {"code": "E402", "manual": "m1", "title": "SC-9", "section": ["5.1 E-402"], "passage": "p1"}
    ]
    assert set(sent) == {field.name for field in fields(Found)}


def test_the_row_that_was_asked_for_is_sent() -> None:
    assert hit_json(QUOTE.hit)["row"] is None
    assert hit_json(replace(QUOTE.hit, row=3))["row"] == 3


def test_withheld_sentences_stay_here() -> None:
    sent = json.dumps(answer_json(ANSWER), ensure_ascii=False)
    assert "QS1 を ON" not in sent
    assert "ON does not stand there" in sent
    assert "QS1 を OFF" in sent


def test_nothing_of_a_type_is_forgotten() -> None:
    assert set(answer_json(ANSWER)) == {field.name for field in fields(Answer)}
    assert set(manual_json(QUOTE.hit.manual)) == {field.name for field in fields(Manual)}
    job = Job(3, "a.pdf", "failed", 2, 9, "manual_damaged", "a.pdf is damaged. Copy it again.", "", "2026-01-01")
    assert job_json(job)["error"] == {"code": "manual_damaged", "message": job.error, "remedy": ""}
    assert job_json(replace(job, error="", error_code="", state="done"))["error"] is None


def test_hits_say_where_and_why() -> None:
    passage = replace(QUOTE.hit.passage, boxes=(Box(12, 1.0, 2.0, 3.0, 4.0),), codes=("AL32",))
    hit = replace(QUOTE.hit, passage=passage, why=(Why("code", 1, "AL32"), Why("keyword", 3)))
    sent = json.loads(json.dumps(quote_json(replace(QUOTE, hit=hit))))
    assert sent["number"] == 2
    assert sent["boxes"] == [[12, 1.0, 2.0, 3.0, 4.0]]
    assert sent["why"] == [{"by": "code", "rank": 1, "detail": "AL32"}, {"by": "keyword", "rank": 3, "detail": ""}]
    assert (sent["pages"], sent["page_labels"]) == ([12], ["3-4"])
    assert sent["section"] == ["1 安全", "1.3 ロックアウト"]
