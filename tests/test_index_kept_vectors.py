"""Kept vectors: Chroma is written and not read; the file that is searched agrees with it, whoever changed it last."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from fake_embedder import FakeEmbedder
from index_agreement import assert_agreement
from manual_texts import ROBOT_EN, SERVO_EN, write
from waiting import wait_for

from index.library import Library
from index.options import IndexOptions
from index.vectors.kept_vectors import KeptVectors
from index.vectors.store import VectorStore
from index.vectors.store_state import FILE, StoreState, store_state
from index.vectors.vector_probe import MARK

ROOT = Path(__file__).parents[1]
EYE = np.eye(8, dtype=np.float32)


@pytest.fixture
def options(tmp_path: Path) -> IndexOptions:
    options = IndexOptions(tmp_path / "index")
    options.folder.mkdir()
    return options


@pytest.fixture
def kept(options: IndexOptions) -> Iterator[KeptVectors]:
    kept = KeptVectors(options, "fake", write=True, idle_s=0.05)
    kept.add(["a", "b"], EYE[:2], ["m1", "m1"], "ja")
    kept.add(["c"], EYE[2:3], ["m2"], "en")
    yield kept
    kept.close()


def reading(options: IndexOptions) -> KeptVectors:
    return KeptVectors(options, "fake", write=False)


def searched(kept: KeptVectors) -> str:
    """Where its search goes."""
    return type(kept._read()).__name__


def test_the_state_of_chroma_is_read_without_it(options: IndexOptions) -> None:
    assert store_state(options.vectors, "fake") == StoreState()
    store = VectorStore(options.vectors, "fake")
    seen = [store_state(options.vectors, "fake")]
    store.add(["a", "b"], EYE[:2], ["m"] * 2, "ja")
    seen.append(store_state(options.vectors, "fake"))
    store.add(["a"], EYE[2:3], ["m"], "ja")
    seen.append(store_state(options.vectors, "fake"))
    store.delete(["b"])
    seen.append(store_state(options.vectors, "fake"))
    store.add(["b"], EYE[1:2], ["m"], "en")
    seen.append(store_state(options.vectors, "fake"))
    store.nearest(EYE[0], 2)
    store.vectors(store.ids())
    store.close()
    VectorStore(options.vectors, "fake").close()
    assert store_state(options.vectors, "fake") == seen[-1], "reading changes nothing"
    other = VectorStore(options.vectors, "new")
    other.add(["a"], EYE[:1], ["m"], "ja")
    assert store_state(options.vectors, "fake") == StoreState(seen[-1].version if seen[-1] else "", ("new",))
    other.close()
    store = VectorStore(options.vectors, "fake")
    store.clear()
    seen += [store_state(options.vectors, "none")]
    store.add(["a", "b"], EYE[:2], ["m"] * 2, "ja")
    seen.append(store_state(options.vectors, "fake"))
    store.close()
    versions = [state.version for state in seen if state is not None]
    assert len(set(versions)) == len(seen) - 1, "each change another; none of them known to an embedder without any"
    (options.vectors / FILE).write_bytes(b"not a database " * 100)
    assert store_state(options.vectors, "fake") is None


SERVING = """
import sys
from pathlib import Path
from fake_embedder import FakeEmbedder
from index.library import Library
from index.options import IndexOptions
options = IndexOptions(Path(sys.argv[1]))
for write in (False, True):
    with Library(options, write=write, embedder=FakeEmbedder()) as library:
        assert "vector" in {why.by for hit in library.search("motor cable").hits for why in hit.why}
        assert library.vectors.complete and library.vectors.total
        assert library.stored_vectors(p.id for m in library.manuals() for p in library.passages(m.id))
        assert "chromadb" not in sys.modules
        if write:
            library.add(Path(sys.argv[2]))
            assert "chromadb" in sys.modules
"""


def test_who_only_searches_never_opens_chroma(options: IndexOptions, tmp_path: Path) -> None:
    with Library(options, write=True, embedder=FakeEmbedder()) as library:
        library.add(write(tmp_path, "sv20.md", SERVO_EN))
    path = os.pathsep.join([str(ROOT), str(ROOT / "tests")])
    command = [sys.executable, "-c", SERVING, str(options.folder), str(write(tmp_path, "rb77.md", ROBOT_EN))]
    done = subprocess.run(
        command, env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert_agreement(options)


def test_chroma_is_closed_when_nothing_is_written(kept: KeptVectors, options: IndexOptions) -> None:
    wait_for(lambda: not (options.folder / MARK).exists())
    assert kept._store is None
    assert [i for i, _ in kept.nearest(EYE[1], 1)] == ["b"]
    kept.delete(["b"])
    assert (options.folder / MARK).exists()
    assert (kept.ids(), reading(options).ids()) == ({"a", "c"}, {"a", "c"})
    wait_for(lambda: not (options.folder / MARK).exists())


def test_a_reader_goes_by_the_file_and_sees_what_changes(kept: KeptVectors, options: IndexOptions) -> None:
    other = reading(options)
    assert searched(other) == "VectorFile"
    kept.add(["d"], EYE[3:4], ["m3"], "ja")
    assert [i for i, _ in other.nearest(EYE[3], 1)] == ["d"]
    kept.clear()
    assert other.nearest(EYE[3], 1) == []
    kept.close()
    assert searched(reading(options)) == "VectorFile"
    other.close()


@pytest.mark.parametrize("how", ["lost", "behind", "damaged"])
def test_a_file_that_does_not_agree_is_not_searched_and_made_again(
    kept: KeptVectors, options: IndexOptions, how: str
) -> None:
    kept.close()
    if how == "lost":  # as of an index by an earlier Andon
        for path in options.vector_file.iterdir():
            path.unlink()
    elif how == "behind":  # as a kill between the two leaves it
        store = VectorStore(options.vectors, "fake")
        store.add(["a", "z"], EYE[4:6], ["m1", "m4"], "ja")
        store.delete(["c"])
        store.close()
    else:
        for path in options.vector_file.glob("*.rows"):
            path.write_bytes(b"")
    wanted = {"a", "b", "z"} if how == "behind" else {"a", "b", "c"}
    other = reading(options)
    assert (searched(other), other.ids()) == ("VectorStore", wanted)
    other.close()
    again = KeptVectors(options, "fake", write=True)
    assert (searched(again), again.ids(), again.unlike()) == ("VectorFile", wanted, set())
    assert [i for i, _ in again.nearest(EYE[4 if how == "behind" else 0], 1, ["m1"], lang="ja")] == ["a"]
    again.close()
    assert searched(reading(options)) == "VectorFile"


def test_a_change_that_broke_off_is_made_good_before_the_next(kept: KeptVectors, options: IndexOptions) -> None:
    with kept.record() as store:
        store.add(["lost"], EYE[5:6], ["m5"], "ja")
    assert kept.ids() == {"a", "b", "c"}
    kept.add(["d"], EYE[3:4], ["m3"], "ja")
    assert kept.ids() == {"a", "b", "c", "d", "lost"}
    assert kept.unlike() == set()


def test_a_chroma_that_broke_meanwhile_is_filled_from_the_file(kept: KeptVectors, options: IndexOptions) -> None:
    wait_for(lambda: kept._store is None)
    for path in [path for path in options.vectors.rglob("*") if path.is_file()]:
        path.write_bytes(b"not a database " * 100)
    kept.add(["d"], EYE[3:4], ["m3"], "ja")
    kept.close()
    store = VectorStore(options.vectors, "fake")
    held = store.vectors(["a", "b", "c", "d"])
    assert all(np.allclose(held[i], EYE[n]) for n, i in enumerate("abcd"))
    assert [i for i, _ in store.nearest(EYE[2], 1, ["m2"], lang="en")] == ["c"]
    store.close()


def test_other_embedders_go_from_both(kept: KeptVectors, options: IndexOptions) -> None:
    kept.close()
    new = KeptVectors(options, "new", write=True)
    new.add(["a"], np.ones((1, 3), np.float32), ["m1"], "ja")
    assert new.others() == ["fake"]
    new.drop_others()
    assert (new.others(), new.ids()) == ([], {"a"})
    new.close()
    assert (reading(options).ids(), len(list(options.vector_file.iterdir()))) == (set(), 2)
