"""Keyword view: entries that share rare words and codes, by BM25; codes are all but invisible to an embedder."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from index.text import informative, terms
from training.data.nearest import Near

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

K1, B = 1.2, 0.75  # Robertson, Zaragoza: The Probabilistic Relevance Framework, 2009
ASKED = 16  # terms of a question that are looked up, the rarest first
COMMON = 0.2  # share of the texts from which a term tells nothing
LONGEST = 3_000  # entries of a term that are read; the rest of so common a term would not decide


def nearest_by_words(questions: Sequence[str], texts: Sequence[str], k: int) -> Near:
    """For each question the ``k`` of ``texts`` with the best BM25, never the one at its own place. Scores are BM25
    sums, above 0."""
    import numpy as np

    numbers: dict[str, int] = {}
    places, weights, starts = _postings(texts, numbers)
    k = max(1, min(k, len(texts) - 1))
    found = Near(np.full((len(questions), k), -1, np.int32), np.full((len(questions), k), -1.0, np.float32))
    most = max(2.0, COMMON * len(texts))
    scores = np.zeros(len(texts), np.float32)
    for row, text in enumerate(questions):
        own = (numbers[term] for term in dict.fromkeys(terms(text)) if term in numbers)
        rare = sorted((term for term in own if 1 < starts[term + 1] - starts[term] <= most),
                      key=lambda term: int(starts[term + 1] - starts[term]))[:ASKED]  # fmt: skip
        if not rare:
            continue
        spans = [slice(starts[term], min(starts[term + 1], starts[term] + LONGEST)) for term in rare]
        touched = np.concatenate([places[span] for span in spans])
        np.add.at(scores, touched, np.concatenate([weights[span] for span in spans]))
        distinct = np.unique(touched)
        distinct = distinct[distinct != row]
        best = distinct[np.argsort(-scores[distinct], kind="stable")[:k]]
        found.places[row, : len(best)], found.scores[row, : len(best)] = best, scores[best]
        scores[touched] = 0.0
    return found


def _postings(
    texts: Sequence[str], numbers: dict[str, int]
) -> tuple[NDArray[np.int32], NDArray[np.float32], NDArray[np.int64]]:
    """Texts by term, one term after the other, with what the term is worth in each; ``starts[t]`` is where t begins.
    Fills ``numbers``: the number of each informative term."""
    import numpy as np

    found, counts, sizes = array("q"), array("f"), array("q")
    for text in texts:
        own = Counter(numbers.setdefault(term, len(numbers)) for term in terms(text) if informative(term))
        found.extend(own)
        counts.extend(own.values())
        sizes.append(len(own))
    rows = np.repeat(np.arange(len(sizes), dtype=np.int32), np.array(sizes))
    term, often = np.array(found), np.array(counts)
    length = np.bincount(rows, weights=often, minlength=len(sizes)).astype(np.float32)
    norm = K1 * (1 - B + B * length / max(1.0, float(length.mean())))
    known = np.bincount(term, minlength=len(numbers))
    rarity = np.log1p((len(sizes) - known + 0.5) / (known + 0.5)).astype(np.float32)
    weight = rarity[term] * often * (K1 + 1) / (often + norm[rows])
    order = np.argsort(term, kind="stable")
    starts = np.concatenate([[0], np.cumsum(known)])
    return rows[order], weight[order].astype(np.float32), starts
