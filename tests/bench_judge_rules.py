"""What the judge's rules decide: true answers in other words must pass, changed ones should not.

    python -m tests.bench_judge_rules                  # writes docs/results/judge-rules.json

Over the planted equivalents (tests/data/faq_equivalents_*.txt): each entry is the reference, another entry of the same
fact in the same language the answer; then that answer, and the reference itself, with one thing changed. The rules were
made with the dev half in sight; the test half was only counted.
"""

from __future__ import annotations

import json
import random
import sys
from collections import Counter
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import mutations  # noqa: E402
from planted_faq import read_planted  # noqa: E402

from training.data.faq_table import FaqEntry  # noqa: E402
from training.judge.given import Given  # noqa: E402
from training.judge.rules import rule_on  # noqa: E402
from training.two_choice.statistics import wilson  # noqa: E402

OUT = ROOT / "docs/results/judge-rules.json"
CHANGES = {
    "number": mutations.change_number, "unit": mutations.change_unit, "code": mutations.change_code,
    "opposite": mutations.turn_round, "negation": mutations.drop_negation,
}  # fmt: skip


def wrong(entry: FaqEntry, answer: str) -> bool:
    ruling = rule_on(Given(entry.id, entry.question, answer, entry.answer, entry.lang))
    return ruling is not None and not ruling.right


def share(found: int, count: int) -> list[float]:
    low, high = wilson(found, count)
    return [round(value, 4) for value in (found / max(1, count), low, high)]


def measure(half: str) -> dict[str, Any]:
    planted = read_planted(half, 0)
    rng = random.Random(f"{half}:rules")
    entries = planted.entries
    pairs = [(one, other) for n, one in enumerate(entries) for m, other in enumerate(entries)
             if planted.equivalent(n, m) and one.lang == other.lang]  # fmt: skip
    false = sum(wrong(one, other.answer) for one, other in pairs)
    asked: Counter[tuple[str, str]] = Counter()
    caught: Counter[tuple[str, str]] = Counter()
    for one, other in pairs:
        for form, text in (("in other words", other.answer), ("word for word", one.answer)):
            for name, change in CHANGES.items():
                changed = change(text, rng)
                if changed and changed != text:
                    asked[form, name] += 1
                    caught[form, name] += wrong(one, changed)
    changed = {
        form: {name: {"answers": asked[form, name], "found_wrong": share(caught[form, name], asked[form, name])}
               for name in CHANGES if asked[form, name]}
        for form in ("in other words", "word for word")
    }  # fmt: skip
    return {"true_answers": len(pairs), "found_wrong": share(false, len(pairs)), "changed": changed}


def main() -> None:
    result = {"what": "rules of the judge on planted equivalents", "command": "python -m tests.bench_judge_rules",
              "halves": {half: measure(half) for half in ("dev", "test")}}  # fmt: skip
    OUT.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", "utf-8")
    print(json.dumps(result, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
