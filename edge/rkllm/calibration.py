"""Calibration: the prompts by which a conversion measures the ranges of numbers: the site's own, as they are asked."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from edge.rkllm.errors import CalibrationTooSmall
from edge.rkllm.words import ModelWords
from edge.runner import Message

LEAST = 8
MOST = 64  # each is computed in full precision; the vendor's example has 22


@dataclass(frozen=True, slots=True)
class Sample:
    """What a model is asked, and what it ought to answer."""

    messages: Sequence[Message]
    answer: str


def write_calibration(path: Path, samples: Iterable[Sample], words: ModelWords, most: int = MOST) -> int:
    """Writes up to ``most`` of ``samples`` to ``path`` as the toolkit reads them: a JSON list of "input", the prompt
    with the model's chat template applied, and "target". Returns how many. What holds the text of a control token,
    equals an earlier one or has no answer is left out. Errors: CalibrationTooSmall under ``LEAST``."""
    items: dict[str, str] = {}
    for sample in samples:
        answer = sample.answer.strip()
        if not answer or any(words.holds_control(text) for text in (answer, *(m.content for m in sample.messages))):
            continue
        items.setdefault(words.prompt_text(sample.messages), answer)
        if len(items) == most:
            break
    if len(items) < LEAST:
        raise CalibrationTooSmall(
            f"Only {len(items)} questions can be used to calibrate; {LEAST} are needed, better are 20 or more.",
            "Give more questions with answers that the index holds.",
        )
    listed = [{"input": prompt, "target": answer} for prompt, answer in items.items()]
    path.write_text(json.dumps(listed, ensure_ascii=False, indent=1), encoding="utf-8")
    return len(listed)
