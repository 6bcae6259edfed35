"""Thinning: the rules that take candidates away, cheap ones first; each can be switched off and counts what it took."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from index.text import normalise
from training.data.equivalence import Equivalence
from training.data.faq_table import FaqEntry
from training.mining.candidates import Funnel, Pairs
from training.mining.options import MiningOptions

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from index.embedders.embedder import Vectors

SHOWN = 16
"""Candidates of a question whose words are compared, the hardest first: so many more than ``per_question`` that what is
taken away then leaves enough, and 100,000 questions stay a matter of minutes."""


def thin(
    entries: Sequence[FaqEntry], groups: Sequence[int], questions: Vectors, answers: Vectors, pairs: Pairs,
    options: MiningOptions, funnel: Funnel,
) -> tuple[Pairs, NDArray[np.float64]]:  # fmt: skip
    """The pairs that no rule takes away, with the likelihood that each is one fact after all."""
    import numpy as np

    group = np.array(groups)
    pairs = funnel.thin(pairs, group[pairs.question] != group[pairs.answer], "same_fact_group")
    if options.margin is not None or options.floor is not None:
        keep = _in_window(pairs, _own_scores(questions, answers, group), options)
        pairs = funnel.thin(pairs, keep, "outside_window")
    if options.length_ratio is not None:
        pairs = funnel.thin(pairs, _like_lengths(entries, pairs, options.length_ratio), "length")
    if not options.other_products:
        pairs = funnel.thin(pairs, _product_told(entries, pairs), "other_product_unnamed")
    pairs = funnel.thin(pairs, _hardest(pairs, len(entries), SHOWN), "beyond_hardest")
    pairs = funnel.thin(pairs, _not_contained(entries, pairs), "one_text_in_the_other")
    likely = Equivalence(entries, questions, answers).likelihoods(pairs.tuples())
    if options.doubtful is not None:
        keep = likely < options.doubtful
        pairs, likely = funnel.thin(pairs, keep, "may_be_equivalent"), likely[keep]
    return pairs, likely


def _own_scores(questions: Vectors, answers: Vectors, group: NDArray[np.int64]) -> NDArray[np.float32]:
    """For each entry the lowest cosine of its question with an answer of its fact: with several right answers the
    window counts from the one that the embedder thinks least of."""
    import numpy as np

    own: NDArray[np.float32] = np.einsum("nd,nd->n", questions, answers).astype(np.float32)
    order = np.argsort(group, kind="stable")
    borders = np.flatnonzero(np.diff(group[order])) + 1
    for members in np.split(order, borders):
        if 1 < len(members) <= 50:
            own[members] = (questions[members] @ answers[members].T).min(axis=1)
    return own


def _in_window(pairs: Pairs, own: NDArray[np.float32], options: MiningOptions) -> NDArray[np.bool_]:
    import numpy as np

    keep = np.ones(len(pairs), np.bool_)
    if options.margin is not None:
        positive = own[pairs.question]
        keep &= pairs.score <= positive - options.margin * np.abs(positive)
    if options.floor is not None and len(pairs):
        keep &= pairs.score >= _floors(pairs, options.floor)
    return keep


def _floors(pairs: Pairs, percent: float) -> NDArray[np.float32]:
    """For each pair the given percentile of the scores of its question's candidates (they lie together)."""
    import numpy as np

    order = np.lexsort((pairs.score, pairs.question))
    asked = pairs.question[order]
    starts = np.flatnonzero(np.concatenate([[True], asked[1:] != asked[:-1]]))
    sizes = np.diff(np.concatenate([starts, [len(asked)]]))
    at = starts + np.floor((sizes - 1) * percent / 100).astype(np.int64)
    floors = np.empty(len(pairs), np.float32)
    floors[order] = np.repeat(pairs.score[order][at], sizes)
    return floors


def _like_lengths(entries: Sequence[FaqEntry], pairs: Pairs, ratio: float) -> NDArray[np.bool_]:
    import numpy as np

    sizes = np.array([len(entry.answer) for entry in entries], np.float32)
    lined = np.array(["\n" in entry.answer.strip() for entry in entries])
    one, other = sizes[pairs.question], sizes[pairs.answer]
    near: NDArray[np.bool_] = np.maximum(one, other) <= ratio * np.minimum(one, other)
    same: NDArray[np.bool_] = lined[pairs.question] == lined[pairs.answer]
    return near & same


def _product_told(entries: Sequence[FaqEntry], pairs: Pairs) -> NDArray[np.bool_]:
    """Whether the other entry is of the same product, or the question names its own: where it does not, an answer for
    another machine may be right as well."""
    import numpy as np

    numbers: dict[str, int] = {}
    product = np.array([numbers.setdefault(normalise(entry.product), len(numbers)) for entry in entries])
    names = [normalise(entry.product) for entry in entries]
    told = np.array([not name or name in normalise(entry.question) for name, entry in zip(names, entries, strict=True)])
    found: NDArray[np.bool_] = (product[pairs.question] == product[pairs.answer]) | told[pairs.question]
    return found


def _hardest(pairs: Pairs, entries: int, most: int) -> NDArray[np.bool_]:
    """The ``most`` best scored candidates of each question."""
    import numpy as np

    order = np.lexsort((-pairs.score, pairs.question))
    asked = pairs.question[order]
    counts = np.bincount(asked, minlength=entries)
    rank = np.arange(len(asked)) - np.repeat(np.cumsum(counts) - counts, counts)
    keep = np.zeros(len(pairs), np.bool_)
    keep[order] = rank < most
    return keep


def _not_contained(entries: Sequence[FaqEntry], pairs: Pairs) -> NDArray[np.bool_]:
    """Whether neither answer stands whole in the other: it would be right, or right and more."""
    import numpy as np

    plain = ["".join(normalise(entry.answer).split()).strip(".。") for entry in entries]
    return np.array([not (plain[a] in plain[b] or plain[b] in plain[a]) for a, b in pairs.tuples()], np.bool_)
