"""Split: entries divided by fact group and by document before anything else is made of them.

Four parts. ``train``: the fact is trained, in questions and in text. ``text``: its manual's text is read in continual
pre-training, no question about it is ever trained. ``dev``: for choosing settings. ``unseen``: its whole document is
kept from all training, so that a model alone cannot know it.
"""

from __future__ import annotations

import hashlib
from array import array
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from training.data.faq_table import FaqEntry
from training.data.groups import FactGroups
from training.errors import FaqUnusable

Part = Literal["train", "text", "dev", "unseen"]
_RUNS_AT_ONCE = 4_000_000
PARTS: tuple[Part, ...] = ("train", "text", "dev", "unseen")


@dataclass(frozen=True, slots=True)
class Shares:
    """How much goes where. ``unseen``: least share of the entries whose documents are kept from training; ``text`` and
    ``dev``: of the groups of the other documents. ``seed`` decides which."""

    unseen: float = 0.15
    text: float = 0.2
    dev: float = 0.1
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Split:
    """``part`` for each entry, None where its group stands in documents of both sides and is used nowhere. ``unseen``
    are the documents that no training may read."""

    part: tuple[Part | None, ...]
    unseen: frozenset[str]

    def places(self, part: Part) -> list[int]:
        return [place for place, own in enumerate(self.part) if own == part]

    @property
    def counts(self) -> Mapping[str, int]:
        found: dict[str, int] = {part: self.part.count(part) for part in PARTS}
        return {**found, "across": self.part.count(None)}


def split(entries: Sequence[FaqEntry], groups: FactGroups, shares: Shares) -> Split:
    """Divide ``entries``. A document is what ``document`` names, else the product, else each group is its own. Raises
    FaqUnusable where a single document holds everything and ``unseen`` is asked for."""
    places = [document_of(entry, group) for entry, group in zip(entries, groups.of, strict=True)]
    unseen = _unseen_documents(places, shares)
    of_group: defaultdict[int, set[bool]] = defaultdict(set)
    for group, place in zip(groups.of, places, strict=True):
        of_group[group].add(place in unseen)
    keys: dict[int, str] = {}  # a group's first id, so that adding entries to the table moves no other group
    parts: list[Part | None] = []
    for entry, group in zip(entries, groups.of, strict=True):
        key = keys.setdefault(group, entry.id)
        if len(of_group[group]) == 2:
            parts.append(None)
        else:
            parts.append("unseen" if True in of_group[group] else part_of(key, shares))
    return Split(tuple(parts), frozenset(unseen))


def document_of(entry: FaqEntry, group: int) -> str:
    return entry.document or entry.product or f"group {group}"


def _unseen_documents(places: Sequence[str], shares: Shares) -> set[str]:
    """Documents in the order of their hash, until they hold the share; never all of them."""
    if shares.unseen <= 0:
        return set()
    sizes: defaultdict[str, int] = defaultdict(int)
    for place in places:
        sizes[place] += 1
    if len(sizes) < 2:
        raise FaqUnusable(
            "All entries belong to one document, so none can be kept from training as a whole.",
            "Name each entry's manual in a column document, add another manual's entries, or set unseen = 0.",
        )
    found: set[str] = set()
    held = 0
    for place in sorted(sizes, key=lambda name: share_of(f"document {name}", shares.seed)):
        if held >= shares.unseen * len(places) or len(found) == len(sizes) - 1:
            break
        found.add(place)
        held += sizes[place]
    return found


def part_of(key: str, shares: Shares) -> Part:
    share = share_of(f"group {key}", shares.seed)
    if share < shares.dev:
        return "dev"
    return "text" if share < shares.dev + shares.text else "train"


def share_of(name: str, seed: int) -> float:
    """A number from 0 to 1 that ``name`` always gets."""
    return int.from_bytes(hashlib.sha256(f"{seed}:{name}".encode()).digest()[:8], "big") / 2**64


def leaks(trained: Iterable[str], tested: Sequence[str], run: int = 13) -> list[int]:
    """Places of ``tested`` texts of which a run of ``run`` characters stands in a trained text and covers half of them
    or more: a whole sentence was copied, not a name. Runs as in GPT-3's contamination check (Brown et al. 2020,
    appendix C, 13-grams), here of characters."""
    import numpy as np

    from training.data.shingles import shingles

    seen, fresh = np.zeros(0, np.uint32), array("I")  # a set of all runs would take gigabytes with 100,000 entries
    for text in trained:
        fresh.extend(shingles(text, run))
        if len(fresh) >= _RUNS_AT_ONCE:
            seen, fresh = np.union1d(seen, np.array(fresh, np.uint32)), array("I")
    seen = np.union1d(seen, np.array(fresh, np.uint32))
    found = []
    for place, text in enumerate(tested):
        own = np.fromiter(shingles(text, run), np.uint32)
        if 2 * int(np.isin(own, seen, assume_unique=True, kind="sort").sum()) >= len(own):
            found.append(place)
    return found
