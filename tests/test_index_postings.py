"""Postings: what they choose is what FTS5 would give, while manuals come, go and are narrowed to."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from index.passage import Manual, Passage
from index.search import keywords
from index.search.keywords import search_keywords, term_rarity
from index.search.scope import EVERYWHERE, Within
from index.truth.postings import Postings, varints
from index.truth.truth import Truth

WORDS = [f"word{chr(97 + n // 26)}{chr(97 + n % 26)}" for n in range(120)]
USUAL = WORDS[:8]  # together in more passages than FTS5 is asked to score
A_MANUAL = 300


def put(truth: Truth, name: str, seed: int) -> None:
    chance = random.Random(seed)
    weights = [1 / (rank + 3) for rank in range(len(WORDS))]
    texts = [" ".join(chance.choices(WORDS, weights, k=chance.randint(5, 60))) for _ in range(A_MANUAL)]
    passages = [
        Passage(f"{name}.{n}", name, 1, n, texts[n], (1,), ("1",), (chance.choice(WORDS),),
                chance.choice(("prose", "steps")), "en")
        for n in range(A_MANUAL)
    ]  # fmt: skip
    truth.put_manual(Manual(name, f"{name}.md", name, 1, name, 1, A_MANUAL, "en", ""), ".md", passages)


@pytest.fixture
def truth(tmp_path: Path) -> Iterator[Truth]:
    truth = Truth(tmp_path / "andon.sqlite3")
    for number in range(4):
        put(truth, f"m{number}", number)
    yield truth
    truth.close()


def by_fts5(truth: Truth, wanted: list[str], limit: int, within: Within = EVERYWHERE) -> list[int]:
    return keywords._matches(truth, wanted, limit, within)


def agree(truth: Truth, within: Within = EVERYWHERE) -> None:
    """The first ten of several questions, each with more passages than FTS5 is asked to score."""
    chance = random.Random(9)
    for _ in range(12):
        wanted = [*USUAL, *chance.sample(WORDS[8:], 3)]
        assert sum(truth.term_counts(wanted).values()) > keywords.POSTINGS
        assert search_keywords(truth, wanted, 10, within) == by_fts5(truth, wanted, 10, within)


def test_the_best_are_those_of_fts5(truth: Truth) -> None:
    agree(truth)


def test_a_manual_removed_is_not_found_and_one_added_is(truth: Truth) -> None:
    agree(truth)  # what it read is kept
    gone = set(truth.numbers(truth.drop_manual("m1")).values())
    assert gone == set()
    agree(truth)
    put(truth, "m9", 99)
    agree(truth)
    found = truth.numbered(search_keywords(truth, USUAL, 400))
    assert {"m0", "m2", "m3", "m9"} == {passage.manual_id for passage in found.values()}


def test_scopes_come_before_the_limit(truth: Truth) -> None:
    agree(truth, Within(manuals=("m2",)))
    agree(truth, Within(manuals=("m0", "m3"), kinds=("steps",)))
    assert search_keywords(truth, USUAL, 10, Within(manuals=("nobody",))) == []


def test_a_snapshot_sees_neither_what_came_later_nor_loses_what_went(truth: Truth) -> None:
    import threading

    wanted = [*USUAL, *WORDS[60:63]]
    before = by_fts5(truth, wanted, 10)
    with truth.snapshot():
        assert search_keywords(truth, wanted, 10) == before

        def elsewhere() -> None:
            truth.drop_manual("m0")
            put(truth, "later", 5)
            agree(truth)
            truth.close()

        other = threading.Thread(target=elsewhere)
        other.start()
        other.join()
        assert search_keywords(truth, wanted, 10) == before
    agree(truth)


def test_counts_and_manuals_follow_every_change_and_no_rollback(truth: Truth) -> None:
    rare = term_rarity(truth, [WORDS[0], "nowhere"])
    assert rare["nowhere"] > rare[WORDS[0]]
    counts = truth.term_counts([WORDS[0]])
    put(truth, "m9", 99)
    assert truth.term_counts([WORDS[0]])[WORDS[0]] > counts[WORDS[0]]
    assert [manual.id for manual in truth.manuals()] == ["m0", "m1", "m2", "m3", "m9"]
    with pytest.raises(ZeroDivisionError), truth.transaction() as db:
        db.execute("DELETE FROM manual WHERE id = 'm9'")
        assert len(truth.manuals()) == 4
        raise ZeroDivisionError
    assert len(truth.manuals()) == 5


def test_little_memory_forgets_the_oldest_and_reads_it_again(truth: Truth, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.truth.postings.MOST_KEPT", 500)
    agree(truth)
    agree(truth)


def test_no_passages_at_all(tmp_path: Path) -> None:
    empty = Truth(tmp_path / "andon.sqlite3")
    assert Postings().lengths(empty.db).last == 0
    assert search_keywords(empty, USUAL, 10) == []
    empty.close()


def test_varints() -> None:
    assert varints(bytes([0x05, 0x81, 0x00, 0x7F])) == [5, 128, 127]
