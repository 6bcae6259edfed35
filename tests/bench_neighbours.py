"""Neighbour rows: how often a question for one row of a table gets that row, another one, or none.

    python -m tests.bench_neighbours docs/results/neighbours.json [--demo FOLDER] [--open FOLDER] [--half HALF] [--show]

The questions (tests/data/neighbour_rows.jsonl) name a row in operators' words; "unclear" ones fit several rows alike
and "absent" ones none: the part has no row, or only its twin has one. Half of them, by hash, was looked at while the
program was made; of the other half only the counts are printed. A wrong row is a true sentence and the wrong answer.
tests/data/like_things holds two manuals of ours that tell of two like things in neighbouring sentences (upper and
lower, M1 and M2), and questions for one of them or for a third that is absent.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))  # tests are flat: their modules are named without the folder

from bench_answers import add_demo
from neighbour_rows import Asked, lines_said, read_asked, stated
from open_library import add_manuals
from table_truth import folded

from assistant.answer import Answer
from assistant.ask import Assistant
from assistant.build import build
from assistant.settings import read_settings
from index.library import Library

LIKE = Path(__file__).parent / "data/like_things"
HALVES = ("development", "held_back")
OUTCOMES = ("right", "right_and_others", "wrong", "text", "quote_only", "choose", "choose_row", "declined")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("result", type=Path)
    parser.add_argument("--demo", type=Path, help="a data folder with the demo manuals, to ask at once")
    parser.add_argument("--open", type=Path, help="the same for the open manuals")
    parser.add_argument("--half", choices=HALVES, default="")
    parser.add_argument("--like", action="store_true", help="the like things too, where --demo is given")
    parser.add_argument("--show", action="store_true")
    args = parser.parse_args()
    asked = list(read_asked(args.half))
    answers: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as folder:
        for demo, data, fill in ((True, args.demo, add_demo), (False, args.open, add_manuals)):
            mine = [one for one in asked if one.demo is demo]
            if mine:
                answers += ask_all(mine, data or Path(folder) / str(demo), fill)
    if args.demo is None or args.like:
        with tempfile.TemporaryDirectory() as folder:
            answers += ask_like_things(Path(folder), args.half)
    report: dict[str, Any] = {}
    for half in HALVES:
        for tell in ("row", "unclear", "absent", "like", "like_absent"):
            of_kind = [one for one in answers if one["half"] == half and one["tell"] == tell]
            if of_kind:
                made = counts(of_kind)
                if tell.startswith("like"):
                    made = {name: made[name] for name in ("asked", "answer")}
                report.setdefault(half, {})[tell] = made
    args.result.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(report, indent=None))
    if args.show:
        for one in answers:
            if one["half"] == "development":
                print(json.dumps(one, ensure_ascii=False))


def ask_all(asked: Sequence[Asked], data: Path, fill: Callable[[Library], object]) -> Iterator[dict[str, Any]]:
    andon = build(read_settings(data=data), write=True)
    try:
        if andon.model_problem:
            print(andon.model_problem, file=sys.stderr)
        if not andon.library.manuals():
            fill(andon.library)
        return iter([judge(andon.assistant, one) for one in asked])
    finally:
        andon.close()


def judge(assistant: Assistant, asked: Asked) -> dict[str, Any]:
    answer = next(event for event in assistant.ask(asked.question) if isinstance(event, Answer))
    right, also = set(asked.rows), set(asked.also)
    rows, foreign = set[tuple[str, ...]](), False
    said: dict[int, str] = {}
    for sentence in answer.sentences:
        if sentence.supported:
            said[sentence.citations[0]] = said.get(sentence.citations[0], "") + sentence.text
    for quote in answer.quotes:
        if quote.number in said and quote.hit.passage.kind == "table":
            here = stated(lines_said(quote.text, said[quote.number]), "table", asked)
            rows |= here if quote.hit.manual.name == asked.manual else set()
            foreign = foreign or not (here and quote.hit.manual.name == asked.manual)
    first = answer.quotes[0] if answer.quotes else None
    marked = "none"
    if first is not None and first.hit.row is not None:
        row = stated(first.text.split("\n")[first.hit.row], first.hit.passage.kind, asked)
        marked = "right" if first.hit.manual.name == asked.manual and (right | also) & row else "wrong"
    own = [quote for quote in answer.quotes if quote.hit.manual.name == asked.manual]
    held = [bool((right | also) & stated(quote.text, quote.hit.passage.kind, asked)) for quote in own]
    return {
        "id": asked.id, "half": asked.half, "tell": asked.tell, "question": asked.question,
        "outcome": outcome(answer, asked, rows, foreign, bool(said)), "any_quote": any(held),
        "quoted": bool(held) and held[0] and own[0] is first, "marked": marked,
        "choice": bool(right) and right <= {row for one in answer.rows for row in stated(one.text, "table", asked)},
        "want": [" / ".join(row) for row in asked.rows], "shown": " ".join(said.values()), "verdict": answer.verdict,
        "declined": answer.declined or "", "first": first.text[:400] if first else "",
        "rows": [row.name for row in answer.rows],
    }  # fmt: skip


def ask_like_things(data: Path, half: str) -> list[dict[str, Any]]:
    lines = (LIKE / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    asked = [one for one in map(json.loads, lines) if not half or one["half"] == half]
    andon = build(read_settings(data=data), write=True)
    try:
        for file in sorted(LIKE.glob("*.md")):
            andon.library.add(file)
        return [judge_like(andon.assistant, one) for one in asked]
    finally:
        andon.close()


def judge_like(assistant: Assistant, asked: dict[str, Any]) -> dict[str, Any]:
    """Whether the answer says what is told of the thing asked for, or what is told of its like."""
    answer = next(event for event in assistant.ask(asked["question"]) if isinstance(event, Answer))
    there = folded(answer.text)
    right = bool(asked["right"]) and folded(asked["right"]) in there
    wrong = any(folded(one) in there for one in asked["wrong"])
    told = "right_and_others" if right and wrong else "right" if right else "wrong" if wrong else "text"
    silent = "declined" if answer.declined else answer.verdict if answer.verdict.startswith("choose") else "quote_only"
    return {
        "id": asked["id"], "half": asked["half"], "tell": "like" if asked["right"] else "like_absent",
        "question": asked["question"], "outcome": told if answer.text else silent, "shown": answer.text,
        "choice": False, "quoted": False, "any_quote": False, "marked": "none",
        "first": answer.quotes[0].text[:300] if answer.quotes else "",
    }  # fmt: skip


def outcome(answer: Answer, asked: Asked, rows: set[tuple[str, ...]], foreign: bool, said: bool) -> str:
    """What the answer says: of an unclear question all its rows are right together, and one of them alone is wrong."""
    if answer.declined or answer.verdict in ("choose", "choose_row"):
        return "declined" if answer.declined else answer.verdict
    if not said:
        return "quote_only"
    right = set(asked.rows)
    if (right and right <= rows) or (rows and rows <= set(asked.also)):
        return "right" if rows <= right | set(asked.also) and not foreign else "right_and_others"
    return "wrong" if rows or foreign else "text"


def counts(answers: Sequence[dict[str, Any]]) -> dict[str, Any]:
    outcomes = Counter(one["outcome"] for one in answers)
    return {
        "asked": len(answers),
        "answer": {name: outcomes[name] for name in OUTCOMES},
        "choice_holds_rows": sum(one["choice"] for one in answers),
        "row_in_first_quote": sum(one["quoted"] for one in answers),
        "row_in_quotes": sum(one["any_quote"] for one in answers),
        "marked": dict(Counter(one["marked"] for one in answers)),
    }


if __name__ == "__main__":
    main()
