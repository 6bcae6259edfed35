"""Vectors on a server: the same store over HTTP, across restarts of the server, and search while it is away."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from index.embedders.embedder import Reading, TextKind, Vectors, without_words
from index.errors import IndexFailed, VectorsAway
from index.library import Library
from index.options import IndexOptions
from index.truth.truth import Truth
from index.vectors.store import VectorStore
from tests.chroma_server import ChromaServer

CARE = "# Care\n\n## Belt\n\nClean the belt every week.\n\n## Lens\n\nWipe the lens with a dry cloth.\n"
CARE_2 = "# Care\n\n## Belt\n\nReplace the belt every year.\n"


class Letters:
    """An embedder for tests: how often each letter stands in a text."""

    name, dim, word_dim, languages = "letters", 26, 0, frozenset({"ja", "en"})

    def load(self) -> None: ...

    def embed(self, texts: Sequence[str], kind: TextKind) -> Vectors:
        rows = np.array([[1 + text.lower().count(chr(97 + n)) for n in range(26)] for text in texts], dtype=np.float32)
        unit: Vectors = rows / np.linalg.norm(rows, axis=1, keepdims=True)
        return unit

    def read(self, texts: Sequence[str], kind: TextKind) -> list[Reading]:
        return without_words(self.embed(texts, kind))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ChromaServer]:
    server = ChromaServer(tmp_path_factory.mktemp("chroma")).start()
    yield server
    server.stop()


def unit(*places: float) -> Vectors:
    vector = np.array(places, dtype=np.float32)
    return vector / np.float32(np.linalg.norm(vector))


def test_add_search_replace_delete_and_restart(server: ChromaServer) -> None:
    store = VectorStore(server.address, "fake", index="one")
    store.add(["a", "b"], np.stack([unit(1, 0), unit(1, 1)]), ["m1", "m1"], "en")
    store.add(["c"], np.stack([unit(0, 1)]), ["m2"], "ja")
    assert [i for i, _ in store.nearest(unit(1, 0.1), 2)] == ["a", "b"]
    assert [i for i, _ in store.nearest(unit(1, 0.1), 9, lang="ja")] == ["c"]
    assert [i for i, _ in store.nearest(unit(1, 0.1), 9, ["m2"])] == ["c"]
    store.add(["a"], np.stack([unit(0, 1)]), ["m1"], "en")
    assert dict(store.nearest(unit(0, 1), 3))["a"] == pytest.approx(1.0, abs=1e-5)
    store.delete(["b", "never there"])
    store.close()
    server.stop()
    server.start()
    again = VectorStore(server.address, "fake", index="one")
    assert (again.ids(), again.count()) == ({"a", "c"}, 2)
    assert np.allclose(again.vectors(["c"])["c"], unit(0, 1), atol=1e-6)
    again.clear()
    assert again.ids() == set()
    again.close()


def test_indexes_on_one_server_do_not_see_each_other(server: ChromaServer) -> None:
    one, two = (VectorStore(server.address, "fake", index=name) for name in ("one", "two"))
    one.add(["a"], np.stack([unit(1, 0)]), ["m1"], "en")
    two.add(["b"], np.stack([unit(1, 0)]), ["m1"], "en")
    other = VectorStore(server.address, "another", index="one")
    assert (one.ids(), two.ids(), other.others()) == ({"a"}, {"b"}, ["fake"])
    other.drop_others()
    fresh = VectorStore(server.address, "fake", index="two", fresh=True)
    assert fresh.ids() == set()
    for store in (one, two, other, fresh):
        store.close()


def test_a_library_keeps_its_vectors_there_and_clears_strays_away(server: ChromaServer, tmp_path: Path) -> None:
    options = IndexOptions(tmp_path / "index", vector_server=server.address)
    file = tmp_path / "care.md"
    file.write_text(CARE, encoding="utf-8")
    with Library(options, write=True, embedder=Letters()) as library:
        library.add(file)
        file.write_text(CARE_2, encoding="utf-8")
        manual = library.add(file).manual
        hits = library.search("replace the belt").hits
        assert "vector" in {why.by for hit in hits for why in hit.why}
    assert not options.vectors.exists()  # nothing beside the index
    truth = Truth(options.database)
    store = VectorStore(server.address, "letters", index=truth.identity())
    assert store.ids() == truth.passage_ids() == {f"{manual.id}.r2.0"}
    store.add(["stray"], Letters().embed(["stray"], "passage"), ["m9"], "en")  # as a kill between the two leaves it
    store.delete(truth.passage_ids())
    store.close()
    with Library(options, write=True, embedder=Letters()) as library:
        assert library.vectors is not None and library.vectors.complete
    store = VectorStore(server.address, "letters", index=truth.identity())
    assert store.ids() == truth.passage_ids()
    store.close()
    truth.close()


def test_while_the_server_is_away_search_goes_on_and_says_so(tmp_path: Path) -> None:
    server = ChromaServer(tmp_path / "chroma").start()
    options = IndexOptions(tmp_path / "index", vector_server=server.address)
    file, more = tmp_path / "care.md", tmp_path / "more.md"
    file.write_text(CARE, encoding="utf-8")
    more.write_text(CARE_2, encoding="utf-8")
    try:
        with Library(options, write=True, embedder=Letters()) as library:
            library.add(file)
            server.stop()
            hits = library.search("clean the belt").hits
            assert hits and {why.by for hit in hits for why in hit.why} == {"keyword"}
            with pytest.raises(VectorsAway, match="chroma run"):
                library.add(more)
            assert [manual.name for manual in library.manuals()] == ["care.md"]  # nothing half there
            library.remove("care.md")
        with Library(options, write=True, embedder=Letters()) as library:
            assert library.vectors is not None and "does not answer" in library.vectors.problem
            library.add(more)  # its vectors are made when the server is there again
        server.start()
        with Library(options, write=True, embedder=Letters()) as library:
            assert library.vectors is not None and library.vectors.complete and not library.vectors.problem
            assert "vector" in {why.by for hit in library.search("replace the belt").hits for why in hit.why}
    finally:
        server.stop()


def test_a_server_that_accepts_and_says_nothing_does_not_hold_a_question_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.vectors.store.ANSWERS_WITHIN_S", 0.3)
    with socket.socket() as mute:
        mute.bind(("127.0.0.1", 0))
        mute.listen()
        with pytest.raises(VectorsAway, match="does not answer"):
            VectorStore(f"http://127.0.0.1:{mute.getsockname()[1]}", "fake")


@pytest.mark.parametrize("address", ["127.0.0.1:8000", "ftp://here", "http://"])
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(IndexFailed, match="no address"):
        VectorStore(address, "fake")
