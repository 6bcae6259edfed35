"""Word vectors: packed, matched, kept beside the passages, made again with another embedder, and what search does."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from fake_embedder import FakeEmbedder
from manual_texts import ROBOT_EN, SERVO_EN, write

from index.embedders.embedder import EmbedderMissing, Reading, TextKind, Vectors
from index.embedders.word_vectors import packed, word_matches
from index.library import Library
from index.options import IndexOptions
from index.search.fuse import Evidence, Mix, fuse
from index.truth.truth import Truth
from index.truth.word_rows import WordRows


def reading(words: list[list[float]], weights: list[float]) -> Reading:
    held = np.array(words, np.float32)
    return Reading(np.ones(1, np.float32), held, np.array(weights, np.float32))


def test_each_word_takes_its_best_match_and_weighs_as_it_should() -> None:
    asked = reading([[1.0, 0.0], [0.0, 1.0]], [1.0, 3.0])
    told = [packed(np.array(words, np.float32)) for words in ([[1.0, 0.0], [0.6, 0.8]], [[0.0, 1.0]])]
    both, one = word_matches(asked, told)
    assert (both.match, both.unmatched, both.missed) == (pytest.approx(0.25 + 0.75 * 0.8, abs=0.01), 0, 0)
    assert (one.match, one.unmatched, one.missed) == (pytest.approx(0.75, abs=0.01), *[pytest.approx(0.25)] * 2)


def test_nothing_matches_nothing() -> None:
    asked = reading([[1.0, 0.0]], [1.0])
    word = packed(np.array([[1.0, 0.0]], np.float32))
    assert word_matches(asked, []) == []
    assert [one.match for one in word_matches(asked, [b"", word, b""])] == pytest.approx([0, 1, 0])
    assert [one.match for one in word_matches(reading([[1.0, 0.0]], [0.0]), [word])] == [0]
    empty = Reading(np.ones(1, np.float32), np.zeros((0, 2), np.float32), np.zeros(0, np.float32))
    assert [one.match for one in word_matches(empty, [word])] == [0]


@pytest.fixture
def options(tmp_path: Path) -> IndexOptions:
    options = IndexOptions(tmp_path / "index")
    with Library(options, write=True, embedder=FakeEmbedder("old", word_dim=16)) as library:
        library.add(write(tmp_path, "sv20.md", SERVO_EN))
        library.add(write(tmp_path, "rb77.md", ROBOT_EN))
    return options


def rows(options: IndexOptions, embedder: str) -> set[str]:
    truth = Truth(options.database)
    found = WordRows(truth, embedder).ids()
    truth.close()
    return found


def test_they_come_and_go_with_their_manual(options: IndexOptions, tmp_path: Path) -> None:
    with Library(options, write=True, embedder=FakeEmbedder("old", word_dim=16)) as library:
        passages = {passage.id for manual in library.manuals() for passage in library.passages(manual.id)}
        assert rows(options, "old") == passages
        library.remove("rb77.md")
        library.add(write(tmp_path, "sv20.md", SERVO_EN + "\n\n## More\n\nGrease the new chain.\n"))
        passages = {passage.id for manual in library.manuals() for passage in library.passages(manual.id)}
        assert rows(options, "old") == passages


def test_another_embedder_makes_its_own_and_one_without_leaves_none_in_use(options: IndexOptions) -> None:
    with Library(options, write=True, embedder=FakeEmbedder("new", word_dim=8)) as library:
        assert library.vectors is not None and library.vectors.complete
        count = library.vectors.total
    assert len(rows(options, "new")) == count
    assert rows(options, "old") == set()
    with Library(options, write=True, embedder=FakeEmbedder("plain")) as library:
        assert library.search("motor cable").hits
    assert rows(options, "new") == set()


def test_an_index_from_before_gets_them_at_the_next_start(options: IndexOptions) -> None:
    truth = Truth(options.database)
    with truth.transaction() as db:
        db.execute("DELETE FROM word_vectors")
    truth.close()
    with Library(options, write=True, embedder=FakeEmbedder("old", word_dim=16)) as library:
        assert library.vectors is not None and library.vectors.complete
        assert len(rows(options, "old")) == library.vectors.total > 0


def test_a_match_adds_in_proportion_and_says_so() -> None:
    keywords = {1: 0.5, 2: 0.5}
    found = fuse(Evidence(keywords=keywords, words={1: 0.2, 2: 0.7}), Mix(words=2.0))
    assert [(c.number, c.score) for c in found] == [(2, pytest.approx(1.9)), (1, pytest.approx(0.9))]
    assert [(why.by, why.rank, why.detail) for why in found[0].why] == [("keyword", 2, "0.50"), ("match", 1, "0.70")]


def test_search_tells_the_match_of_words(options: IndexOptions) -> None:
    with Library(options, write=True, embedder=FakeEmbedder("old", word_dim=16)) as library:
        hits = library.search("motor cable").hits
    assert all("match" in {why.by for why in hit.why} for hit in hits)


class Lost(FakeEmbedder):
    """Its file is not there any more."""

    def embed(self, texts: Sequence[str], kind: TextKind) -> Vectors:
        raise EmbedderMissing("old cannot be read any more.", "Copy it there again.")


def test_search_goes_on_without_an_embedder_that_is_lost_meanwhile(options: IndexOptions) -> None:
    with Library(options, embedder=Lost("old", word_dim=16)) as library:
        hits = library.search("motor cable").hits
    assert hits and not {"match", "vector"} & {why.by for hit in hits for why in hit.why}
