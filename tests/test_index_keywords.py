"""Keywords: candidates by BM25, scopes before the limit, rarity of terms."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.passage import Manual, Passage
from index.search.keywords import CHOSEN, most_worth, search_keywords, term_rarity
from index.search.scope import Within
from index.text import terms
from index.truth.truth import Truth

TEXTS = {
    "m1": ["Grease the chain.", "Grease the bearing with grease.", "Clean the belt."],
    "m2": ["Clean the sensor lens.", "チェーンに注油する。", "Clean clean clean the belt."],
}


@pytest.fixture(scope="module")
def truth(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Truth]:
    truth = Truth(tmp_path_factory.mktemp("keywords") / "andon.sqlite3")
    fill(truth, TEXTS)
    yield truth
    truth.close()


def fill(truth: Truth, texts: dict[str, list[str]]) -> None:
    for manual, of_manual in texts.items():
        passages = [
            Passage(f"{manual}.{n}", manual, 1, n, text, (1,), ("1",), ("Care",), "prose", "en")
            for n, text in enumerate(of_manual)
        ]
        truth.put_manual(Manual(manual, f"{manual}.md", "Manual", 1, manual, 1, 3, "en", ""), ".md", passages)


def found(truth: Truth, question: str, limit: int = 10, manuals: tuple[str, ...] = ()) -> list[str]:
    numbers = search_keywords(truth, terms(question), limit, Within(manuals))
    passages = truth.numbered(numbers)
    return [passages[number].id for number in numbers]


def test_best_first_and_only_what_holds_a_term(truth: Truth) -> None:
    assert found(truth, "grease") == ["m1.1", "m1.0"]
    assert found(truth, "注油") == ["m2.1"]
    assert found(truth, "hydraulics") == []
    assert search_keywords(truth, [], 5) == []


def test_a_heading_counts(truth: Truth) -> None:
    assert set(found(truth, "care")) == {f"{m}.{n}" for m in ("m1", "m2") for n in range(3)}


def test_scope_comes_before_the_limit(truth: Truth) -> None:
    assert found(truth, "clean", 1) == ["m2.2"]
    assert found(truth, "clean", 1, ("m1",)) == ["m1.2"]
    assert found(truth, "clean", 10, ("nobody",)) == []


def test_rare_terms_weigh_more(truth: Truth) -> None:
    rarity = term_rarity(truth, ["clean", "belt", "sensor", "hydraulics"])
    assert 0 < rarity["clean"] < rarity["belt"] < rarity["sensor"] < rarity["hydraulics"]
    assert term_rarity(truth, []) == {}


def test_rarity_of_an_empty_index(tmp_path: Path) -> None:
    empty = Truth(tmp_path / "empty.sqlite3")
    assert term_rarity(empty, ["belt"])["belt"] > 0
    assert search_keywords(empty, ["belt"], 5) == []
    empty.close()


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text() | st.text(alphabet="\"*^:(){}+-., ANDORNEAR\0'%_ぁア亜AL32"))
def test_terms_of_any_text_are_a_valid_query(truth: Truth, text: str) -> None:
    assert len(search_keywords(truth, terms(text), 3)) <= 3


@pytest.mark.parametrize("most", [0, 3000])
def test_a_second_scope_has_a_limit_of_its_own(truth: Truth, monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    monkeypatch.setattr("index.search.keywords.POSTINGS", most)
    wanted = terms("clean belt")
    both = search_keywords(truth, wanted, 2, Within(("m1", "m2")), Within(("m2",)))
    assert both == [
        *search_keywords(truth, wanted, 2, Within(("m1", "m2"))),
        *search_keywords(truth, wanted, 2, Within(("m2",))),
    ]
    assert len(both) == 4


@pytest.mark.parametrize("size", [0, 1, 9, 300, 2000, 20_000])
@pytest.mark.parametrize("kind", ["any", "few values", "long tail", "all alike"])
def test_the_greatest_are_chosen_by_a_sample_as_among_all(size: int, kind: str) -> None:
    chance = np.random.default_rng(size)
    for share in (0.01, 0.3, 1.0):
        made = {
            "any": chance.random(size), "few values": chance.integers(1, 9, size),
            "long tail": chance.exponential(1, size) ** 3, "all alike": np.full(size, 2.0),
        }[kind]  # fmt: skip
        worth = np.where(chance.random(size) < share, made, 0).astype(np.float32)
        places = np.flatnonzero(worth > 0)
        if places.size > CHOSEN:
            places = places[np.argpartition(worth[places], places.size - CHOSEN)[places.size - CHOSEN :]]
        assert set(most_worth(worth, CHOSEN).tolist()) == set(places.tolist())
