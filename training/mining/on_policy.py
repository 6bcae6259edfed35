"""On-policy answers: what the model itself says wrongly is rejected, told apart from the right answer by slots."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from edge.runner import Message, Runner, Sampling
from index.text import normalise
from training.data.faq_table import FaqEntry
from training.data.slots import Slots, contradiction, opposed, slots_of

SAMPLES, TEMPERATURE, MAX_TOKENS = 8, 0.8, 160
Verdict = Literal["right", "wrong", "unsure"]
Prompt = Callable[[FaqEntry], Sequence[Message]]


@dataclass(frozen=True, slots=True)
class Sampled:
    """One thing that the model said to the entry at ``place``."""

    place: int
    text: str
    verdict: Verdict
    reason: str


def closed_book(entry: FaqEntry) -> tuple[Message, ...]:
    """The question alone: what the model knows."""
    return (Message("user", entry.question),)


def sample(
    entries: Sequence[FaqEntry], runner: Runner, *, samples: int = SAMPLES, seed: int = 1, prompt: Prompt = closed_book
) -> list[Sampled]:
    """What ``runner`` says to each question, each distinct text once. Raises edge.errors."""
    said: list[Sampled] = []
    for place, entry in enumerate(entries):
        texts: Counter[str] = Counter()
        for turn in range(samples):
            sampling = Sampling(MAX_TOKENS, TEMPERATURE, seed=seed * 1_000_003 + place * samples + turn)
            text = "".join(piece.text for piece in runner.stream(prompt(entry), sampling)).strip()
            if text:
                texts[text] += 1
        said += [Sampled(place, text, *grade(entry, text)) for text in texts]
    return said


def grade(entry: FaqEntry, said: str) -> tuple[Verdict, str]:
    """Whether ``said`` is the entry's answer, with the reason. Slots decide; where they do not, it is unsure: a judge
    may be asked about those, nothing is rejected unseen."""
    wanted, found = slots_of(entry.answer), slots_of(said)
    if normalise(said) == normalise(entry.answer):
        return "right", "same_text"
    against = contradiction(wanted, found)
    if against:
        return "wrong", against
    if wanted.values and found.values and not wanted.values & found.values:
        return "wrong", "values"
    turned = opposed(wanted, found)
    if turned and _alike(wanted, found):
        return "wrong", turned
    if wanted.values and wanted.values <= found.values and wanted.codes <= found.codes:
        return ("right", "all_slots") if found.values == wanted.values else ("unsure", "more_values")
    return "unsure", "no_slots"


def _alike(wanted: Slots, found: Slots) -> bool:
    """Whether the values agree, so that an opposite state is the only difference."""
    return wanted.values == found.values and wanted.codes == found.codes


def rejected(said: Sequence[Sampled]) -> list[Sampled]:
    """The wrong ones."""
    return [one for one in said if one.verdict == "wrong"]
