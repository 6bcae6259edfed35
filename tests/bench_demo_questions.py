"""Scores the demo questions: right page, rightful decline, time to quote, and that nothing unsupported is shown.

    python -m tests.bench_demo_questions docs/results/demo-questions.json [--model none]

The index is built afresh from demo/manuals with the default settings. demo/questions.jsonl is for scoring only; what
is tuned is tuned on demo/faq.jsonl (tests/bench_relevance.py).
"""

from __future__ import annotations

import argparse
import json
import re
import statistics
import tempfile
import time
import unicodedata
from pathlib import Path
from typing import Any

from assistant.answer import Answer, Found
from assistant.build import Andon, build
from assistant.settings import ROOT, read_settings

FIRST = 3
NUMBER = re.compile(r"\d+(?:\.\d+)?")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("result", type=Path)
    parser.add_argument("--model")
    parser.add_argument("--embedder")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        settings = read_settings(data=Path(folder), model=args.model, embedder=args.embedder)
        andon = build(settings, write=True)
        try:
            for file in sorted((ROOT / "demo/manuals").glob("*.pdf")):
                andon.library.add(file)
            report = score(andon, read_questions())
        finally:
            andon.close()
    args.result.parent.mkdir(parents=True, exist_ok=True)
    args.result.write_text(json.dumps(report, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(report["summary"], ensure_ascii=False, indent=2))


def read_questions() -> list[dict[str, Any]]:
    lines = (ROOT / "demo/questions.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def score(andon: Andon, questions: list[dict[str, Any]]) -> dict[str, Any]:
    """Ask every question through the assistant, one after the other, after one warm-up question."""
    list(andon.assistant.ask("warm up"))
    rows = [score_one(andon, question) for question in questions]
    answerable = [row for row in rows if row["answerable"]]
    unanswerable = [row for row in rows if not row["answerable"]]
    times = [row["found_ms"] for row in rows]
    summary = {
        "questions": len(rows),
        "model": andon.assistant.runner.name if andon.assistant.runner else "none",
        "embedder": andon.library.embedder.name if andon.library.embedder else "none",
        "answerable": len(answerable),
        "expected_page_in_first_3": sum(row["rank"] <= FIRST for row in answerable),
        "expected_page_first": sum(row["rank"] == 1 for row in answerable),
        "declined_wrongly": sum(row["declined"] is not None for row in answerable),
        "facts_in_quotes_or_answer": round(
            sum(row["facts_found"] for row in answerable) / sum(row["facts"] for row in answerable), 3
        ),
        "answers_holding_a_fact": sum(row["facts_in_answer"] > 0 for row in answerable),
        "answers_holding_all_facts": sum(row["facts_in_answer"] == row["facts"] for row in answerable),
        "unanswerable": len(unanswerable),
        "declined_rightly": sum(row["declined"] is not None for row in unanswerable),
        "found_ms_median": round(statistics.median(times), 1),
        "found_ms_p95": round(sorted(times)[int(len(times) * 0.95)], 1),
        "answers_with_supported_sentences": sum(row["shown"] > 0 for row in rows),
        "sentences_shown": sum(row["shown"] for row in rows),
        "sentences_withheld": sum(row["withheld"] for row in rows),
        "numbers_shown_without_source": sum(len(row["loose_numbers"]) for row in rows),
        "first_piece_ms_median": round(
            statistics.median([row["first_piece_ms"] for row in rows if row["first_piece_ms"]] or [0]), 1
        ),
    }
    return {"summary": summary, "questions": rows}


def score_one(andon: Andon, question: dict[str, Any]) -> dict[str, Any]:
    start = time.perf_counter()
    found_ms = 0.0
    answer: Answer | None = None
    for event in andon.assistant.ask(question["question"]):
        if isinstance(event, Found):
            found_ms = (time.perf_counter() - start) * 1000
        if isinstance(event, Answer):
            answer = event
    assert answer is not None
    hits = andon.library.search(question["question"], 10).hits
    expected = set(question.get("pages") or [question.get("page")])
    name = f"{question.get('manual')}.pdf"
    ranks = [n for n, h in enumerate(hits, 1) if h.manual.name == name and expected & set(h.passage.pages)]
    shown = " ".join([*(quote.text for quote in answer.quotes), answer.text])
    facts = question.get("facts", [])
    return {
        "id": question["id"], "lang": question["lang"], "kind": question["kind"], "question": question["question"],
        "answerable": question["answerable"], "rank": min(ranks, default=99), "declined": answer.declined,
        "verdict": answer.verdict, "found_ms": round(found_ms, 1), "first_piece_ms": answer.timing.first_piece_ms,
        "total_ms": answer.timing.total_ms, "facts": len(facts),
        "facts_found": sum(plain(fact) in plain(shown) for fact in facts),
        "facts_in_answer": sum(plain(fact) in plain(answer.text) for fact in facts), "answer": answer.text,
        "shown": sum(s.supported for s in answer.sentences), "withheld": sum(not s.supported for s in answer.sentences),
        "loose_numbers": loose_numbers(answer),
    }  # fmt: skip


def loose_numbers(answer: Answer) -> list[str]:
    """Numbers and codes' digits of shown sentences that stand in none of the passages they cite: must stay empty. Done
    with a plain pattern of its own, so that it does not share a mistake with the verification."""
    loose = []
    for sentence in answer.sentences:
        if not sentence.supported:
            continue
        sources = " ".join(
            " ".join([quote.hit.manual.title, *quote.hit.passage.section, quote.text])
            for quote in answer.quotes
            if quote.number in sentence.citations
        )
        there = set(NUMBER.findall(unicodedata.normalize("NFKC", sources)))
        loose += [n for n in NUMBER.findall(unicodedata.normalize("NFKC", sentence.text)) if n not in there]
    return loose


def plain(text: str) -> str:
    return re.sub(r"[\s,、・]+", "", unicodedata.normalize("NFKC", text)).casefold()


if __name__ == "__main__":
    main()
