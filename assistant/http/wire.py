"""Wire: what the service sends, as plain JSON values made from the types of the lower floors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from assistant.answer import Answer, Event, Found, Piece, Precedent, Quote, Sentence
from assistant.steps import Step
from index.codes.rivals import Choice
from index.ingest.jobs import Job
from index.passage import Hit, Manual
from index.search.searcher import Results
from index.search.synonyms import Group

Json = dict[str, Any]


def manual_json(manual: Manual) -> Json:
    return {
        "id": manual.id, "name": manual.name, "title": manual.title, "revision": manual.revision,
        "sha256": manual.sha256, "pages": manual.pages, "passages": manual.passages, "lang": manual.lang,
        "added_at": manual.added_at, "coverage": asdict(manual.coverage),
        "lines": list(manual.lines), "machines": list(manual.machines), "enabled": manual.enabled,
    }  # fmt: skip


def hit_json(hit: Hit) -> Json:
    passage = hit.passage
    return {
        "manual": hit.manual.id, "file": hit.manual.name, "title": hit.manual.title, "revision": passage.revision,
        "passage": passage.id, "section": list(passage.section), "pages": list(passage.pages),
        "page_labels": list(passage.page_labels), "kind": passage.kind, "lang": passage.lang,
        "codes": list(passage.codes), "recognised": passage.recognised, "text": passage.text,
        "score": round(hit.score, 4), "support": round(hit.support, 4), "row": hit.row,
        "untold": hit.untold, "alike": list(hit.alike),
        "boxes": [[b.page, b.x0, b.y0, b.x1, b.y1] for b in passage.boxes],
        "why": [{"by": why.by, "rank": why.rank, "detail": why.detail} for why in hit.why],
        "also": [
            {
                "manual": twin.manual.id, "file": twin.manual.name, "title": twin.manual.title,
                "passage": twin.passage.id, "section": list(twin.passage.section), "pages": list(twin.passage.pages),
                "page_labels": list(twin.passage.page_labels),
            }
            for twin in hit.also
        ],
    }  # fmt: skip


def group_json(group: Group) -> Json:
    return {"id": group.id, "words": list(group.words)}


def results_json(results: Results) -> Json:
    """``choices``: the entries that a code may mean, where it means several things."""
    return {
        "hits": [hit_json(hit) for hit in results.hits], "codes": list(results.codes),
        "unknown_codes": list(results.unknown_codes),
        "choices": [choice_json(choice) for choice in results.choices],
    }  # fmt: skip


def choice_json(choice: Choice) -> Json:
    return {
        "code": choice.code, "manual": choice.manual_id, "title": choice.title, "section": list(choice.section),
        "passage": choice.passage_id,
    }  # fmt: skip


def step_json(step: Step | None) -> Json | None:
    return {"number": step.number, "lines": list(step.lines), "count": step.count} if step is not None else None


def quote_json(quote: Quote) -> Json:
    return {
        "number": quote.number, **hit_json(quote.hit),
        "warnings": [
            {
                "passage": warning.id, "section": list(warning.section), "pages": list(warning.pages),
                "page_labels": list(warning.page_labels), "lang": warning.lang, "text": warning.text,
            }
            for warning in quote.warnings
        ],
    }  # fmt: skip


def job_json(job: Job) -> Json:
    return {
        "id": job.id, "name": job.name, "state": job.state, "pages_done": job.pages_done,
        "pages_total": job.pages_total, "seconds_left": job.seconds_left, "manual": job.manual_id,
        "created_at": job.created_at,
        "error": {"code": job.error_code, "message": job.error, "remedy": ""} if job.error else None,
    }  # fmt: skip


def event_json(event: Event) -> tuple[str, Json]:
    """The event's name and content, as sent over HTTP: "found", "piece" or "answer"."""
    if isinstance(event, Found):
        return "found", {
            "question": event.question, "lang": event.lang, "quotes": [quote_json(q) for q in event.quotes],
            "declined": event.declined, "nearest": [hit_json(h) for h in event.nearest], "found_ms": event.found_ms,
            **_follow_up_json(event),
        }  # fmt: skip
    if isinstance(event, Piece):
        return "piece", {"text": event.text, "citations": list(event.citations)}
    return "answer", answer_json(event)


def answer_json(answer: Answer) -> Json:
    return {
        "id": answer.id, "question": answer.question, "lang": answer.lang, "text": answer.text,
        "sentences": [_sentence_json(s) for s in answer.sentences], "quotes": [quote_json(q) for q in answer.quotes],
        "verdict": answer.verdict, "declined": answer.declined, "nearest": [hit_json(h) for h in answer.nearest],
        "timing": {
            "found_ms": answer.timing.found_ms, "first_piece_ms": answer.timing.first_piece_ms,
            "total_ms": answer.timing.total_ms,
        },
        "model": answer.model, "failure": answer.failure, **_follow_up_json(answer),
    }  # fmt: skip


def _follow_up_json(event: Found | Answer) -> Json:
    return {
        "understood": event.understood, "dropped": event.dropped, "step": step_json(event.step),
        "choices": [choice_json(choice) for choice in event.choices],
        "precedents": precedents_json(event.precedents), "rows": [asdict(row) for row in event.rows],
    }  # fmt: skip


def precedents_json(precedents: Sequence[Precedent]) -> list[Json]:
    """How the same ended before, as colleagues wrote it down: no word of a manual, and no source of the answer."""
    return [asdict(each) for each in precedents]


def _sentence_json(sentence: Sentence) -> Json:
    """A withheld sentence is sent without its text: what is not supported does not leave the service."""
    return {
        "text": sentence.text if sentence.supported else "", "citations": list(sentence.citations),
        "supported": sentence.supported, "reason": sentence.reason,
    }  # fmt: skip
