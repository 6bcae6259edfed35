"""Terms: words of a site that a tokenizer cuts into many pieces, and which of them are worth a token of their own.

Only Japanese terms can be added: a token is looked for anywhere in a text, so "screw" would cut "screwdriver", and the
space before an English word would become a token of its own. Numbers and codes stay in pieces, or none would be read
that training has not met.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

_RUNS = re.compile(r"[一-龠々ァ-ヶー]{2,12}|[A-Za-z][a-z]{3,}")
_SCRIPTS = re.compile(r"[一-龠々]{2,}|[ァ-ヶー]{3,}")
_JAPANESE = re.compile(r"[一-龠々ァ-ヶー]")
LEAST_HITS, LEAST_PIECES = 200, 3  # fewer hits leave a row untrained, fewer pieces save nothing


@dataclass(frozen=True, slots=True)
class Term:
    """A word, how often it stands in the texts as a run of its script, and into how many tokens it is cut."""

    text: str
    hits: int
    pieces: int

    @property
    def saved(self) -> int:
        """Tokens fewer, were it one."""
        return self.hits * (self.pieces - 1)

    @property
    def japanese(self) -> bool:
        return _JAPANESE.match(self.text) is not None


def found_terms(texts: Iterable[str], tokens_of: Callable[[str], Sequence[int]], least_hits: int = 2) -> list[Term]:
    """The terms of ``texts``, dearest first. ``tokens_of`` gives the ids of a text without marks."""
    hits: Counter[str] = Counter()
    for text in texts:
        for run in _RUNS.findall(text):
            hits[run] += 1
            parts = _SCRIPTS.findall(run)
            hits.update(part for part in parts if part != run)
    found = [Term(text, count, len(tokens_of(text))) for text, count in hits.items() if count >= least_hits]
    return sorted(found, key=lambda term: (-term.saved, term.text))


def worth_adding(
    terms: Sequence[Term], most: int, least_hits: int = LEAST_HITS, least_pieces: int = LEAST_PIECES
) -> list[Term]:
    """At most ``most`` of ``terms``, by what they save; hits within a longer one that is taken are not counted again.

    Of two that can overlap in a text, as 真空圧 and 圧力 in 真空圧力, only one is taken: llama.cpp looks for the
    longest first, transformers for the leftmost.
    """
    chosen: list[Term] = []
    for term in terms:
        if len(chosen) == most:
            break
        hits = term.hits - sum(other.hits for other in chosen if term.text in other.text)
        if not term.japanese or hits < least_hits or term.pieces < least_pieces:
            continue
        if not any(_overlap(term.text, other.text) or _overlap(other.text, term.text) for other in chosen):
            chosen.append(replace(term, hits=hits))
    return chosen


def _overlap(left: str, right: str) -> bool:
    """Whether a proper end of ``left`` is a proper beginning of ``right``."""
    return any(left.endswith(right[:size]) for size in range(1, min(len(left), len(right))))
