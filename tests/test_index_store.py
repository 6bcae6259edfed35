"""Store: vectors by passage id, nearest ones, scopes, another embedder."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from waiting import wait_for

from index.errors import IndexStale
from index.vectors.store import VectorStore


@pytest.fixture
def store(tmp_path: Path) -> Iterator[VectorStore]:
    store = VectorStore(tmp_path / "vectors", "fake")
    yield store
    store.close()


def unit(*places: float) -> np.ndarray:
    vector = np.array(places, dtype=np.float32)
    return vector / np.float32(np.linalg.norm(vector))


def fill(store: VectorStore) -> None:
    store.add(["a", "b", "c"], np.stack([unit(1, 0), unit(1, 1), unit(0, 1)]), ["m1", "m1", "m2"])


def test_nearest_come_best_first_with_their_cosine(store: VectorStore) -> None:
    fill(store)
    found = store.nearest(unit(1, 0.1), 2)
    assert [i for i, _ in found] == ["a", "b"]
    assert [cosine for _, cosine in found] == pytest.approx([0.99504, 0.77395], abs=1e-4)


def test_scope_is_applied_before_the_limit(store: VectorStore) -> None:
    fill(store)
    assert [i for i, _ in store.nearest(unit(1, 0), 1, ["m2"])] == ["c"]
    assert [i for i, _ in store.nearest(unit(1, 0), 10, {"m1", "m2"})] == ["a", "b", "c"]
    assert store.nearest(unit(1, 0), 10, ["m3"]) == []


def test_only_some_passages_are_asked_for(store: VectorStore) -> None:
    fill(store)
    assert [i for i, _ in store.nearest(unit(1, 0), 1, only=["b", "c"])] == ["b"]
    assert [i for i, _ in store.nearest(unit(1, 0), 5, ["m2"], only=["b", "c"])] == ["c"]
    assert store.nearest(unit(1, 0), 5, only=[]) == []


def test_passages_that_have_gone_meanwhile_spoil_nothing(store: VectorStore) -> None:
    """Between the look at the truth and the question to the store, a manual may be removed."""
    fill(store)
    assert [i for i, _ in store.nearest(unit(1, 0), 5, only=["gone", "c", "b"])] == ["b", "c"]
    assert store.nearest(unit(1, 0), 5, only=["gone"]) == []
    many = [f"gone {number}" for number in range(2500)]
    assert [i for i, _ in store.nearest(unit(1, 0), 5, only=[*many, "c"])] == ["c"]


def test_asking_nothing_or_an_empty_store_gives_nothing(store: VectorStore) -> None:
    assert store.nearest(unit(1, 0), 5) == []
    fill(store)
    assert store.nearest(unit(1, 0), 0) == []
    assert len(store.nearest(unit(1, 0), 99)) == 3


def test_adding_again_replaces_and_deleting_removes(store: VectorStore) -> None:
    fill(store)
    store.add(["a"], np.stack([unit(0, 1)]), ["m1"])
    assert store.count() == 3
    assert dict(store.nearest(unit(0, 1), 3))["a"] == pytest.approx(1.0, abs=1e-5)
    store.delete(["a", "never there"])
    store.delete([])
    assert store.ids() == {"b", "c"}


def test_more_than_one_batch_is_kept(store: VectorStore) -> None:
    angles = np.linspace(0, 1.5, 2300)
    vectors = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
    ids = [f"p{n}" for n in range(2300)]
    store.add(ids, vectors, ["m1"] * 2300)
    assert store.ids() == set(ids)
    store.delete(ids[:1500])
    assert store.count() == 800


def test_vectors_survive_closing_and_name_their_embedder(tmp_path: Path) -> None:
    store = VectorStore(tmp_path / "v", "old")
    fill(store)
    store.close()
    again = VectorStore(tmp_path / "v", "old")
    assert again.ids() == {"a", "b", "c"}
    again.close()
    fresh = VectorStore(tmp_path / "v", "old", fresh=True)
    assert fresh.count() == 0
    fresh.close()


def test_another_embedder_has_vectors_of_its_own(tmp_path: Path) -> None:
    """Also of another size; the old ones stay until they are dropped."""
    store = VectorStore(tmp_path / "v", "old")
    fill(store)
    store.close()
    new = VectorStore(tmp_path / "v", "new")
    assert (new.count(), new.others()) == (0, ["old"])
    new.add(["z"], np.stack([np.ones(5, dtype=np.float32)]), ["m1"])
    new.close()
    back = VectorStore(tmp_path / "v", "old")
    assert (back.ids(), back.others()) == ({"a", "b", "c"}, ["new"])
    back.drop_others()
    assert back.others() == []
    assert [i for i, _ in back.nearest(unit(1, 0), 1)] == ["a"]
    back.close()


def test_the_one_collection_of_earlier_versions_is_found(tmp_path: Path) -> None:
    import chromadb
    from chromadb.config import Settings

    client = chromadb.PersistentClient(path=str(tmp_path / "v"), settings=Settings(anonymized_telemetry=False))
    earlier = client.create_collection("passages", embedding_function=None, metadata={"embedder": "old"})
    earlier.add(ids=["a"], embeddings=[[1.0, 0.0]])
    client.close()
    store = VectorStore(tmp_path / "v", "old")
    assert store.ids() == {"a"}
    store.close()


def test_damaged_files_say_what_helps(tmp_path: Path) -> None:
    store = VectorStore(tmp_path / "v", "fake")
    store.close()
    for file in [path for path in (tmp_path / "v").rglob("*") if path.is_file()]:
        file.write_bytes(b"not a database " * 100)
    with pytest.raises(IndexStale, match="andon index rebuild"):
        VectorStore(tmp_path / "v", "fake")


def test_clear_starts_again(store: VectorStore) -> None:
    fill(store)
    store.clear()
    assert store.count() == 0
    store.add(["z"], np.stack([np.ones(5, dtype=np.float32)]), ["m1"])  # another size is no trouble then
    assert store.ids() == {"z"}


def test_a_search_finds_nothing_or_says_so_while_the_vectors_are_thrown_away(store: VectorStore) -> None:
    """As long as it takes until searches have met both states in ten rebuilds."""
    wanted, ten, over = {"", "a b"}, threading.Event(), threading.Event()
    met: set[str] = set()

    def rebuild() -> None:
        for times in itertools.count(1):
            fill(store)
            store.clear()
            if times >= 10:
                ten.set()
            if over.is_set():
                return

    def search() -> set[str]:
        seen: set[str] = set()
        while not over.is_set():
            for only in (None, ["a", "b", "gone"]):
                try:
                    seen.add(" ".join(i for i, _ in store.nearest(unit(1, 0), 2, only=only)))
                    seen.add(str(store.count()))
                except IndexStale:
                    seen.add("stale")
            met.update(seen)
        return seen

    with ThreadPoolExecutor(4) as threads:
        searches, rebuilt = [threads.submit(search) for _ in range(3)], threads.submit(rebuild)
        try:
            wait_for(lambda: rebuilt.done() or any(s.done() for s in searches) or (ten.is_set() and wanted <= met))
        finally:
            over.set()
        rebuilt.result()
        seen = set.union(*(one.result() for one in searches))
    assert wanted <= seen <= {"", "a b", "stale", "0", "3"}
    assert store.nearest(unit(1, 0), 2) == []


def test_each_language_has_neighbours_of_its_own(store: VectorStore) -> None:
    store.add(["a", "b"], np.stack([unit(1, 0), unit(1, 1)]), ["m1", "m1"], "en")
    store.add(["c"], np.stack([unit(0, 1)]), ["m2"], "ja")
    assert store.by_language
    assert [i for i, _ in store.nearest(unit(1, 0), 1, lang="ja")] == ["c"]
    assert [i for i, _ in store.nearest(unit(0, 1), 3)] == ["c", "b", "a"]
    assert store.nearest(unit(1, 0), 3, lang="fr") == []
    store.delete(["a", "c"])
    assert (store.ids(), store.count()) == ({"b"}, 1)


def test_vectors_without_a_language_are_put_in_their_places(tmp_path: Path) -> None:
    old = VectorStore(tmp_path / "v", "fake")
    many = np.stack([unit(1, n / 1000) for n in range(1100)])
    old.add([f"p{n}" for n in range(1100)], many, ["m1"] * 1100)
    old.add(["stray"], np.stack([unit(1, 1)]), ["m9"])
    assert not old.by_language
    assert [i for i, _ in old.nearest(unit(1, 0), 1, lang="en")] == []
    old.settle({f"p{n}": "ja" if n % 2 else "en" for n in range(1100)})
    assert old.by_language
    old.close()
    new = VectorStore(tmp_path / "v", "fake")
    assert (new.by_language, new.count()) == (True, 1100)
    assert [i for i, _ in new.nearest(unit(1, 0), 2, lang="ja")] == ["p1", "p3"]
    assert np.allclose(new.vectors(["p7"])["p7"], many[7], atol=1e-6)
    new.settle({})  # nothing is left to do
    assert new.count() == 1100
    new.close()
