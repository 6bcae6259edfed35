"""Relevance: whether the manuals hold an answer at all, decided before the model is asked."""

from __future__ import annotations

from assistant.answer import Declined
from index.passage import Lang
from index.search import Results

# Least share of the question's informative words that the best hit must hold (fitted on the demo FAQ, answerable as it
# is and unanswerable with its own manual left out; see docs/results/relevance.json)
ENOUGH_SUPPORT = {"ja": 0.5, "en": 0.5}
ENOUGH_WITH_CODE = 0.15


def decline(results: Results, lang: Lang) -> Declined | None:
    """Why a question cannot be answered from ``results``, or None."""
    if not results.hits:
        return "nothing_relevant"
    if results.unknown_codes and not results.codes:
        return "unknown_code"
    best = max(hit.support for hit in results.hits[:3])
    enough = ENOUGH_WITH_CODE if results.codes else ENOUGH_SUPPORT[lang]
    return None if best >= enough else "nothing_relevant"
