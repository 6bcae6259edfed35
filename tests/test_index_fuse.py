"""Fusion: what leads, what breaks ties, and that every reason given is true."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.search.fuse import MIX, NAMED, CodeMatch, Evidence, Mix, fuse

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


def added(
    keywords: dict[int, float], vectors: dict[int, float], mix: Mix = MIX, foreign: tuple[int, ...] = ()
) -> float:
    """What its cosine adds to passage 1."""
    score = {c.number: c.score for c in fuse(Evidence((), keywords, vectors, {}, foreign), mix)}
    return score[1] - keywords.get(1, 0.0)


def test_vectors_fill_what_the_words_lack() -> None:
    vectors = {1: 0.8, 2: 0.2}
    nothing, some, most = (added({2: held}, vectors) for held in (0.0, 0.5, 0.9))
    assert nothing == pytest.approx(MIX.own)
    assert nothing > some > most > 0
    assert added({2: MIX.own_full}, vectors) == 0
    assert added({2: MIX.other_full}, vectors, foreign=(1, 2)) == 0


def test_languages_are_not_played_against_each_other() -> None:
    """Passages in the question's language are nearer for that alone; the best of the other language gets its all."""
    mix, vectors = Mix(usual=0.5), {1: 0.55, 2: 0.3, 3: 0.9, 4: 0.7}
    assert added({}, vectors, mix, (1, 2)) == pytest.approx(mix.other)
    assert added({3: 0.9}, vectors, mix, (1, 2)) == pytest.approx(mix.other), "words of the own language say nothing"
    assert added({2: 0.25}, vectors, mix, (1, 2)) == pytest.approx(mix.other * (1 - 0.25 / mix.other_full))


def test_where_even_the_nearest_is_far_off_nearness_says_less() -> None:
    near, far = ({1: 0.3 + up, 2: 0.0 + up} for up in (0.4, 0.0))
    assert added({}, near, Mix(usual=0.6)) == pytest.approx(Mix().own)
    assert added({}, far, Mix(usual=0.6)) == pytest.approx(Mix().own / 2)


@given(st.dictionaries(NUMBERS, SHARES), st.dictionaries(NUMBERS, st.floats(-1, 1)), st.sets(NUMBERS))
def test_a_cosine_never_takes_anything_away_and_adds_no_more_than_the_mix_says(
    keywords: dict[int, float], vectors: dict[int, float], foreign: set[int]
) -> None:
    for candidate in fuse(Evidence((), keywords, vectors, {}, foreign)):
        most = MIX.other if candidate.number in foreign else MIX.own
        gained = candidate.score - keywords.get(candidate.number, 0.0)
        assert -1e-9 <= gained <= (most if candidate.number in vectors else 0.0) + 1e-9


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
