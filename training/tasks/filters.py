"""Filters: which drafts of the teacher are kept, asked in the order of their cost; what is dropped keeps its reason."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

from index.text import language
from training.data.shingles import jaccard, shingles
from training.tasks.handwritten import Held
from training.tasks.task import Lang, Task
from training.tasks.verdict import Verdict, plain, read_object, stands_in

Reason = Literal[
    "schema", "evidence", "language", "length", "banned", "copy", "near", "test", "unread", "label", "span", "balance"
]
REASONS: tuple[Reason, ...] = get_args(Reason)
NEAR = 0.6  # Jaccard of 5-letter runs between a new text and one that was kept
SHARE = 0.5  # of the shorter evidence's letter pairs that the blind look must name again


@dataclass(frozen=True, slots=True)
class Draft:
    """A text as the teacher wrote it for a cell; ``reason`` is "" while it is kept, ``detail`` says more of it."""

    number: int
    lang: Lang
    label: str
    text: str
    evidence: str
    reason: str = ""
    detail: str = ""

    def row(self) -> dict[str, Any]:
        names = ("number", "lang", "label", "text", "evidence", "reason", "detail")
        return {name: getattr(self, name) for name in names if getattr(self, name) != "" or name == "evidence"}

    def dropped(self, reason: Reason, detail: str = "") -> Draft:
        return replace(self, reason=reason, detail=detail)


class Cheap:
    """The filters that ask no model. They remember what was kept, so drafts come in their order."""

    def __init__(self, task: Task, held: Held) -> None:
        self.task, self.held = task, held
        self._texts: set[str] = set()
        self._kept: defaultdict[str, list[tuple[int, frozenset[int]]]] = defaultdict(list)

    def draft(self, number: int, lang: Lang, label: str, said: str) -> Draft:
        """The draft that ``said`` is, with the first filter's reason that drops it."""
        held = read_object(said, ("text", "evidence"))
        if held is None:
            return Draft(number, lang, label, said, "").dropped("schema")
        evidence = "" if label == self.task.none else held["evidence"].strip()
        made = Draft(number, lang, label, held["text"].strip(), evidence)
        return self._sifted(made)

    def _sifted(self, made: Draft) -> Draft:
        task, text = self.task, made.text
        if made.label != task.none and not stands_in(made.evidence, text):
            return made.dropped("evidence")
        if language(text) != made.lang:
            return made.dropped("language")
        least, most = task.characters[made.lang]
        if not least <= len(text) <= most:
            return made.dropped("length", str(len(text)))
        folded = text.casefold()
        if phrase := next((phrase for phrase in task.banned if phrase.casefold() in folded), ""):
            return made.dropped("banned", phrase)
        if plain(text) in self._texts:
            return made.dropped("copy")
        own = shingles(text)
        for number, other in self._kept[made.lang]:
            if jaccard(own, other) >= NEAR:
                return made.dropped("near", str(number))
        if item := self.held.near(text):
            return made.dropped("test", item)
        self._texts.add(plain(text))
        self._kept[made.lang].append((made.number, own))
        return made


def second_look(task: Task, made: Draft, seen: Verdict | None) -> Draft:
    """Whether a reader who did not know the label found it and its evidence again."""
    if seen is None:
        return made.dropped("unread")
    if seen.label != made.label:
        return made.dropped("label", seen.label)
    if made.label == task.none:
        return made
    return (
        made if stands_in(seen.evidence, made.text) and shared(seen.evidence, made.evidence) else made.dropped("span")
    )


def shared(first: str, second: str) -> bool:
    """Whether two stretches are of one place: at least SHARE of the shorter one's letter pairs stand in the other."""
    pairs = [{plain(text)[at : at + 2] for at in range(max(1, len(plain(text)) - 1))} for text in (first, second)]
    return len(pairs[0] & pairs[1]) >= SHARE * min(map(len, pairs))


def balanced(drafts: Sequence[Draft], most: float) -> list[Draft]:
    """A label of a language may have ``most`` times as many texts as the one with the fewest; the last of it go."""
    counts: defaultdict[tuple[str, str], int] = defaultdict(int)
    for made in drafts:
        if not made.reason:
            counts[made.lang, made.label] += 1
    limit = {lang: max(1, int(most * min(n for (held, _), n in counts.items() if held == lang))) for lang, _ in counts}
    taken: defaultdict[tuple[str, str], int] = defaultdict(int)
    found = []
    for made in drafts:
        if not made.reason:
            taken[made.lang, made.label] += 1
            if taken[made.lang, made.label] > limit[made.lang]:
                made = made.dropped("balance")
        found.append(made)
    return found
