"""Diversity: whether a model says different things to different questions, or one sentence to all.

Self-BLEU (Zhu et al.: Texygen, 2018): BLEU of each answer against all others, averaged; here on characters, since
Japanese has no spaces. 0: no two answers share anything; 1: all are one. What manuals say is alike, too, so the
references' own value stands beside it: above that the model repeats itself.
"""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Sequence
from typing import Any

from index.text import normalise
from training.judge.bare_text import bare

LONGEST_GRAM = 4
SAMPLE = 300  # answers; the value hardly moves beyond
FEWEST = 2


def diversity(answers: Sequence[tuple[str, str]], seed: int = 1) -> dict[str, Any] | None:
    """``answers``: what was said, and the reference; refusals are left out by the caller. None for fewer than two."""
    drawn = list(answers)
    if len(drawn) > SAMPLE:
        drawn = random.Random(f"{seed}:diversity").sample(drawn, SAMPLE)
    said = [normalise(bare(answer)) for answer, _ in drawn]
    wanted = [normalise(bare(reference)) for _, reference in drawn if reference]
    said = [text for text in said if text]
    if len(said) < FEWEST:
        return None
    return {
        "answers": len(said), "distinct": round(len(set(said)) / len(said), 4), "self_bleu": round(self_bleu(said), 4),
        "references_distinct": round(len(set(wanted)) / len(wanted), 4) if wanted else None,
        "references_self_bleu": round(self_bleu(wanted), 4) if len(wanted) >= FEWEST else None,
    }  # fmt: skip


def self_bleu(texts: Sequence[str]) -> float:
    """Mean BLEU of each of ``texts``, two or more and none empty, against the others: the geometric mean of the clipped
    precisions of its character n-grams up to LONGEST_GRAM (or its own length), no smoothing, and the brevity penalty
    against the nearest length."""
    counted = [[_grams(text, n) for n in range(1, LONGEST_GRAM + 1)] for text in texts]
    best = [_two_most([grams[n] for grams in counted]) for n in range(LONGEST_GRAM)]
    lengths = [len(text) for text in texts]
    total = 0.0
    for place, grams in enumerate(counted):
        logs = []
        for n in range(min(LONGEST_GRAM, lengths[place])):
            clipped = sum(min(count, _most_elsewhere(best[n][gram], place)) for gram, count in grams[n].items())
            logs.append(math.log(clipped / grams[n].total()) if clipped else -math.inf)
        total += _brevity(lengths, place) * math.exp(sum(logs) / len(logs))
    return total / len(texts)


def _grams(text: str, n: int) -> Counter[str]:
    return Counter(text[start : start + n] for start in range(len(text) - n + 1))


def _two_most(counted: Sequence[Counter[str]]) -> dict[str, tuple[int, int, int]]:
    """For each n-gram: how often it stands in the text that has it most, which text that is, and the most elsewhere."""
    found: dict[str, tuple[int, int, int]] = {}
    for place, grams in enumerate(counted):
        for gram, count in grams.items():
            most, where, second = found.get(gram, (0, -1, 0))
            found[gram] = (count, place, most) if count > most else (most, where, max(second, count))
    return found


def _most_elsewhere(best: tuple[int, int, int], place: int) -> int:
    most, where, second = best
    return second if where == place else most


def _brevity(lengths: Sequence[int], place: int) -> float:
    own = lengths[place]
    nearest = min(
        (length for n, length in enumerate(lengths) if n != place), key=lambda other: (abs(other - own), other)
    )
    return 1.0 if own >= nearest else math.exp(1 - nearest / own)
