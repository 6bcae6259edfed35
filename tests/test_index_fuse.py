"""Fusion: what leads, what breaks ties, and that every reason given is true."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from index.fuse import NAMED, CodeMatch, Evidence, fuse

NUMBERS = st.integers(1, 12)
SHARES = st.floats(0, 1)


def order(*found: object) -> list[int]:
    return [candidate.number for candidate in fuse(Evidence(*found))]  # type: ignore[arg-type]


def test_a_passage_about_the_code_comes_before_every_other() -> None:
    codes = [CodeMatch(1, "AL32", False), CodeMatch(2, "AL32", True)]
    assert order(codes, {1: 0.5, 2: 0.1, 3: 0.9}, {3: 0.9, 1: 0.8, 2: 0.1})[0] == 2


def test_a_machine_that_the_question_names_breaks_the_tie() -> None:
    codes = [CodeMatch(1, "AL32", True), CodeMatch(2, "AL32", True)]
    assert order(codes, {1: 0.6, 2: 0.6}, {}, {2: NAMED}) == [2, 1]
    assert order(codes, {1: 0.6, 2: 0.6}, {}, {1: NAMED}) == [1, 2]


def test_without_a_code_the_keywords_lead_and_vectors_help() -> None:
    assert order([], {1: 0.9, 2: 0.3}, {}) == [1, 2]
    assert order([], {1: 0.5, 2: 0.5}, {2: 0.8, 1: 0.2}) == [2, 1]
    assert order([], {}, {1: 0.2, 2: 0.8, 3: 0.5}) == [2, 3, 1]
    assert order([], {}, {}) == []


@given(
    st.lists(st.builds(CodeMatch, NUMBERS, st.sampled_from(["AL1", "AL2"]), st.booleans()), max_size=8),
    st.dictionaries(NUMBERS, SHARES),
    st.dictionaries(NUMBERS, st.floats(-1, 1)),
)
def test_every_candidate_once_best_first_with_true_reasons(
    codes: list[CodeMatch], keywords: dict[int, float], vectors: dict[int, float]
) -> None:
    found = Evidence(codes, keywords, vectors)
    fused = fuse(found)
    assert len({c.number for c in fused}) == len(fused)
    assert {c.number for c in fused} == {m.number for m in codes} | keywords.keys() | vectors.keys()
    assert [c.score for c in fused] == sorted((c.score for c in fused), reverse=True)
    assert fused == fuse(found)
    by_keyword = sorted((n for n in keywords if keywords[n] > 0), key=lambda n: (-keywords[n], n))
    by_vector = sorted(vectors, key=lambda n: (-vectors[n], n))
    for candidate in fused:
        reasons = {why.by: why for why in candidate.why}
        assert len(reasons) == len(candidate.why)
        assert ("code" in reasons) == any(m.number == candidate.number for m in codes)
        assert ("keyword" in reasons) == (candidate.number in by_keyword)
        assert ("vector" in reasons) == (candidate.number in vectors)
        if "keyword" in reasons:
            assert reasons["keyword"].rank == by_keyword.index(candidate.number) + 1
        if "vector" in reasons:
            assert reasons["vector"].rank == by_vector.index(candidate.number) + 1
