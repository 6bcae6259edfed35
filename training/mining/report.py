"""Report of mining: what views found, what rules skipped, percentiles of what was taken, where vectors came from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from assistant.evaluation.measures import percentile
from training.data.faq_table import FaqEntry
from training.data.groups import FactGroups
from training.data.index_vectors import IndexVectors
from training.mining.candidates import Funnel
from training.mining.options import MiningOptions
from training.mining.rows import Rejection

PERCENTS = (5, 25, 50, 75, 95)


@dataclass(frozen=True, slots=True)
class MiningReport:
    """``percentiles``: of the mined pairs, each a mapping percent -> value. ``margin`` is the right answer's score less
    the rejected one's, ``length_difference`` the mean of (chosen - rejected) over the chosen length, in characters.
    ``most_rejected``: how often the answer that is rejected most often is."""

    rule: str
    options: Mapping[str, Any]
    entries: int
    groups: int
    joined: Mapping[str, int]
    candidates: int
    by_view: Mapping[str, int]
    skipped: Mapping[str, int]
    kinds: Mapping[str, int]
    questions_served: int
    views_of_taken: Mapping[str, int]
    slots_of_taken: Mapping[str, int]
    percentiles: Mapping[str, Mapping[str, float]]
    length_difference: float
    most_rejected: int
    embedder: str
    vectors: Mapping[str, int]
    seconds: float

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    def lines(self) -> list[str]:
        """The report as a page (Markdown)."""
        out = [f"# Mined rejections (rule {self.rule})", ""]
        out.append(
            f"{self.entries:,} entries in {self.groups:,} fact groups; {self.questions_served:,} got a rejected answer."
        )
        out += ["", "| kind | rows |", "|---|---|", *(f"| {kind} | {count:,} |" for kind, count in self.kinds.items())]
        if self.candidates:
            out += ["", f"Candidates: {self.candidates:,}.", "", "| rule | took away |", "|---|---|"]
            out += [f"| {rule} | {count:,} |" for rule, count in self.skipped.items()]
        head = " | ".join(f"P{percent}" for percent in PERCENTS)
        out += ["", f"| of the mined | {head} |", f"|---|{'---|' * len(PERCENTS)}"]
        out += [f"| {name} | {' | '.join(f'{v:g}' for v in row.values())} |" for name, row in self.percentiles.items()]
        out += [
            "",
            f"Vectors: {self.embedder}; " + ", ".join(f"{name} {n:,}" for name, n in self.vectors.items()) + ".",
        ]
        return out


def report_of(
    entries: Sequence[FaqEntry], rejections: Sequence[Rejection], groups: FactGroups, vectors: IndexVectors,
    options: MiningOptions, funnel: Funnel, seconds: float,
) -> MiningReport:  # fmt: skip
    mined = [one for one in rejections if one.kind == "mined"]
    sources = Counter(one.source for one in mined)
    lengths = [1 - len(one.text) / len(entries[one.place].answer) for one in mined]
    kinds = ("mined", "contradiction", "on_policy", "distractor")
    return MiningReport(
        rule=options.rule,
        options=asdict(options),
        entries=len(entries),
        groups=groups.count,
        joined=groups.joined,
        candidates=funnel.candidates,
        by_view=funnel.by_view,
        skipped=funnel.skipped,
        kinds={kind: sum(one.kind == kind for one in rejections) for kind in kinds},
        questions_served=len({one.place for one in rejections}),
        views_of_taken=dict(Counter(view for one in mined for view in one.views)),
        slots_of_taken=dict(Counter(one.slots or "no slot" for one in mined).most_common()),
        percentiles={
            "score": _percentiles([one.score for one in mined]),
            "margin": _percentiles([one.own_score - one.score for one in mined]),
            "may_be_equivalent": _percentiles([one.likely for one in mined]),
            "times_rejected": _percentiles([float(count) for count in sources.values()]),
        },
        length_difference=round(sum(lengths) / len(lengths), 4) if lengths else 0.0,
        most_rejected=max(sources.values(), default=0),
        embedder=vectors.embedder,
        vectors=vectors.counted,
        seconds=round(seconds, 2),
    )


def _percentiles(values: Sequence[float]) -> dict[str, float]:
    return {str(percent): round(percentile(values, percent), 4) for percent in PERCENTS}
