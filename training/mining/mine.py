"""Mining: from entries, their fact groups and their vectors to rejected answers, and a report of what rules took."""

from __future__ import annotations

import random
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from index.text import normalise
from training.data.equivalence import FEWEST, equivalents
from training.data.faq_table import FaqEntry
from training.data.groups import FactGroups, fact_groups
from training.data.index_vectors import IndexVectors
from training.data.nearest import nearest
from training.errors import MiningFailed
from training.mining.candidates import Funnel, candidates
from training.mining.choice import choose
from training.mining.contradictions import Siblings, contradictions
from training.mining.keywords import nearest_by_words
from training.mining.on_policy import Sampled
from training.mining.on_policy import rejected as rejected_of
from training.mining.options import Kind, MiningOptions
from training.mining.report import MiningReport, report_of
from training.mining.rows import Rejection, difference
from training.mining.thinning import thin

if TYPE_CHECKING:
    from index.embedders.embedder import Vectors


@dataclass(slots=True)
class Mined:
    """What was mined, in the order of the entries. ``groups`` are those that were known, joined with the equivalents
    that were found."""

    rejections: list[Rejection]
    groups: FactGroups
    report: MiningReport


@dataclass(slots=True)
class _Part:
    """The entries of one language: ``places`` among all, and their vectors."""

    places: list[int]
    entries: list[FaqEntry]
    questions: Vectors
    answers: Vectors
    stored: Mapping[int, Vectors] = field(default_factory=dict)


def mine(
    entries: Sequence[FaqEntry], vectors: IndexVectors, options: MiningOptions | None = None,
    sampled: Sequence[Sampled] = (),
) -> Mined:  # fmt: skip
    """Rejected answers for ``entries``; only answers of the question's own language are taken. ``sampled``: what the
    model to be trained said itself. Raises MiningFailed where there are too few entries."""
    options = options or MiningOptions()
    began = time.monotonic()
    parts = _parts(entries, vectors)
    if not parts:
        raise MiningFailed(
            f"{len(entries)} entries are too few to mine from: at least {FEWEST} of one language are needed.",
            "Add entries to the table.",
        )
    ours = options.rule == "ours"
    found = equivalents(entries, vectors.questions, vectors.answers) if ours and options.doubtful is not None else []
    groups = fact_groups(entries, found)
    funnel = Funnel()
    rejections: list[Rejection] = []
    for part in parts:
        rejections += _ours(part, groups, options, funnel) if ours else _compared(part, options)
    if ours:
        rejections += _quotas(entries, groups, rejections, sampled, options)
    rejections.sort(key=lambda one: (one.place, one.kind, one.source))
    report = report_of(entries, rejections, groups, vectors, options, funnel, time.monotonic() - began)
    return Mined(rejections, groups, report)


def _parts(entries: Sequence[FaqEntry], vectors: IndexVectors) -> list[_Part]:
    import numpy as np

    found = []
    for lang in ("ja", "en"):
        places = [place for place, entry in enumerate(entries) if entry.lang == lang]
        if len(places) < FEWEST:
            continue
        inside = {place: number for number, place in enumerate(places)}
        rows = np.array(places) if len(places) < len(entries) else slice(None)  # a copy of all would take as much again
        stored = {inside[place]: vector for place, vector in vectors.stored.items() if place in inside}
        own = [entries[place] for place in places]
        found.append(_Part(places, own, vectors.questions[rows], vectors.answers[rows], stored))
    return found


def _ours(part: _Part, groups: FactGroups, options: MiningOptions, funnel: Funnel) -> list[Rejection]:
    pairs = candidates(part.entries, part.questions, part.answers, part.stored, options)
    own = Funnel(len(pairs))
    for number, view in enumerate(options.views):
        own.by_view[view] = int(((pairs.views >> number) & 1).sum())
    group = [groups.of[place] for place in part.places]
    left, likely = thin(part.entries, group, part.questions, part.answers, pairs, options, own)
    chosen = choose(left, likely, part.answers, options, own)
    funnel.add(own)
    return [
        Rejection(
            part.places[one.question], part.entries[one.answer].answer, "mined", part.places[one.answer], one.score,
            float(part.questions[one.question] @ part.answers[one.question]), one.likely,
            tuple(view for number, view in enumerate(options.views) if one.views >> number & 1),
            difference(part.entries[one.question], part.entries[one.answer]),
        )
        for one in chosen
    ]  # fmt: skip


def _compared(part: _Part, options: MiningOptions) -> list[Rejection]:
    """One rejected answer a question by a rule to compare with: the most similar answer that is not the same text, by
    cosine of the answers ("paper") or by BM25 ("keyword"), or any other ("random")."""
    rng = random.Random(options.seed)
    count = len(part.entries)
    if options.rule == "random":
        rows = [rng.sample(range(count), min(8, count)) for _ in range(count)]
    elif options.rule == "keyword":
        answers = [entry.answer for entry in part.entries]
        rows = nearest_by_words(answers, answers, 8).places.tolist()
    else:
        rows = nearest(part.answers, part.answers, 8).places.tolist()
    plain = [normalise(entry.answer) for entry in part.entries]
    found = []
    for one, row in enumerate(rows):
        other = next((n for n in row if n >= 0 and n != one and plain[n] != plain[one]), None)
        if other is not None:
            score, own = (float(part.questions[one] @ part.answers[n]) for n in (other, one))
            text = part.entries[other].answer
            found.append(Rejection(part.places[one], text, "mined", part.places[other], score, own))
    return found


def _quotas(
    entries: Sequence[FaqEntry], groups: FactGroups, mined: Sequence[Rejection], sampled: Sequence[Sampled],
    options: MiningOptions,
) -> list[Rejection]:  # fmt: skip
    """Rejected answers of the other kinds, as many as their quotas are to that of the mined ones."""
    rng = random.Random(f"{options.seed}:quotas")
    share = options.quotas.get("mined", 0.0)
    wanted = {kind: round(len(mined) * quota / share) if share else 0 for kind, quota in options.quotas.items()}
    made: dict[Kind, list[Rejection]] = {
        "contradiction": _contradictions(entries, groups, rng, wanted.get("contradiction", 0)),
        "on_policy": [
            Rejection(one.place, one.text, "on_policy", slots=one.reason) for one in rejected_of(sampled)
        ],
        "distractor": [
            Rejection(one.place, one.text, "distractor", one.source, one.score, one.own_score, one.likely, one.views,
                      one.slots)
            for one in mined
        ],
    }  # fmt: skip
    found: list[Rejection] = []
    for kind, rows in made.items():
        rng.shuffle(rows)
        found += rows[: wanted.get(kind, 0)]
    return found


def _contradictions(
    entries: Sequence[FaqEntry], groups: FactGroups, rng: random.Random, wanted: int
) -> list[Rejection]:
    """Changed answers, one for each entry in a random order, then a second for each, until there are ``wanted``."""
    if not wanted:
        return []
    siblings = Siblings(entries)
    told: defaultdict[int, list[str]] = defaultdict(list)
    for place, group in enumerate(groups.of):
        told[group].append(entries[place].answer)
    order = list(range(len(entries)))
    rng.shuffle(order)
    seconds: list[Rejection] = []
    found: list[Rejection] = []
    for place in order:
        changed = contradictions(place, entries, siblings, " ".join(told[groups.of[place]]), rng, 2)
        rows = [Rejection(place, one.text, "contradiction", one.source, slots=one.slot) for one in changed]
        found += rows[:1]
        seconds += rows[1:]
        if len(found) >= wanted:
            break
    return [*found, *seconds]
