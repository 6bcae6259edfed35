"""Relevance: which questions are declined before a model is asked."""

from __future__ import annotations

from dataclasses import replace

import pytest
from assistant_sources import quote

from assistant.relevance import decline
from index.passage import Hit, Lang
from index.search import Results


def hits(*support: float) -> tuple[Hit, ...]:
    hit = quote("AL.32 が出たときはヒューズを交換する。").hit
    return tuple(replace(hit, support=value) for value in support)


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_support_decides(lang: Lang) -> None:
    assert decline(Results(()), lang) == "nothing_relevant"
    assert decline(Results(hits(0.0, 0.02)), lang) == "nothing_relevant"
    assert decline(Results(hits(1.0)), lang) is None
    assert decline(Results(hits(0.02, 0.98)), lang) is None, "the best of the first hits counts"
    assert decline(Results(hits(0.0, 0.0, 0.0, 1.0)), lang) == "nothing_relevant", "a late hit is no answer"


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_codes(lang: Lang) -> None:
    assert decline(Results(hits(1.0), (), ("AL99",)), lang) == "unknown_code", "a near code is not the code"
    assert decline(Results(hits(0.4), ("AL32",), ()), lang) is None, "a known code needs few other words"
    assert decline(Results(hits(0.0), ("AL32",), ()), lang) == "nothing_relevant"


def test_more_support_never_declines_more() -> None:
    for lang in ("ja", "en"):
        declined = [decline(Results(hits(value / 20)), lang) is not None for value in range(21)]  # type: ignore[arg-type]
        assert declined == sorted(declined, reverse=True)
