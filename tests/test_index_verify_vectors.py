"""Verify, the vectors of a large index: what a kill cost is noticed and made again, what HNSW misses is no damage."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from fake_embedder import FakeEmbedder
from index_agreement import assert_agreement
from manual_texts import many_sections, write

from index.library import Library
from index.options import IndexOptions
from index.vectors.store import VectorStore
from index.vectors.vector_probe import MARK, OpenMark, damage, examine


@pytest.fixture(scope="module")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """So many vectors that Chroma keeps HNSW files: it writes them from the thousandth on."""
    folder = tmp_path_factory.mktemp("large")
    with Library(IndexOptions(folder / "index"), write=True, embedder=FakeEmbedder(word_dim=16)) as library:
        library.add(write(folder, "line.md", many_sections(1100)))
    return folder / "index"


@pytest.fixture
def large(made_once: Path, tmp_path: Path) -> IndexOptions:
    return IndexOptions(Path(shutil.copytree(made_once, tmp_path / "index")))


def hnsw_folder(options: IndexOptions) -> Path:
    return next(path for path in options.vectors.iterdir() if path.is_dir())


@pytest.mark.parametrize("copied", [True, False])
def test_a_kill_that_cost_vectors_is_noticed_and_they_are_made_again(large: IndexOptions, copied: bool) -> None:
    """Chroma lists all 1,100 and finds 77 of them."""
    assert damage(large.vectors, "fake") == ""
    shutil.rmtree(hnsw_folder(large))
    OpenMark(large.folder).leave()
    assert "Error finding id" in damage(large.vectors, "fake")
    with Library(large, embedder=FakeEmbedder(word_dim=16)) as reading:
        assert "vector" in {why.by for why in reading.search("conveyor section").hits[0].why}, "the file has them all"
        assert [finding.kind for finding in reading.verify().findings] == ["vectors_damaged"]
    if not copied:
        shutil.rmtree(large.vector_file)
        with Library(large, embedder=FakeEmbedder(word_dim=16)) as reading:
            assert {why.by for why in reading.search("conveyor section").hits[0].why} == {"keyword"}
            assert [finding.kind for finding in reading.verify().findings] == ["vectors_damaged"]
    embedder = FakeEmbedder(word_dim=16)
    with Library(large, write=True, embedder=embedder) as library:
        library.verify(repair=True)
    passages = sum(count for kind, count in embedder.calls if kind == "passage")
    assert (passages > 1000) == (not copied), "from the file nothing has to be embedded again"
    OpenMark(large.folder).leave()
    with Library(large, write=True, embedder=FakeEmbedder(word_dim=16)) as library:
        assert library.verify(repair=True).agrees
        assert "vector" in {why.by for why in library.search("conveyor section").hits[0].why}
        assert (large.folder / MARK).exists()
    assert not (large.folder / MARK).exists()
    assert damage(large.vectors, "fake") == ""
    assert_agreement(large)


def test_files_that_end_the_process_which_opens_them_are_survived(large: IndexOptions) -> None:
    """As a kill in the middle of a write leaves them: some files new, some old, some cut."""
    folder = hnsw_folder(large)
    for name in ("data_level0.bin", "link_lists.bin"):
        content = (folder / name).read_bytes()
        (folder / name).write_bytes(content[: len(content) // 2])
    OpenMark(large.folder).leave()
    assert damage(large.vectors, "fake")
    with Library(large, write=True, embedder=FakeEmbedder(word_dim=16)) as library:
        assert library.verify(repair=True, deep=True).agrees


def test_what_an_approximate_index_misses_is_no_damage(tmp_path: Path) -> None:
    """Vectors close together: HNSW finds some of them again only by another way round, killed or not."""
    missed = 0
    for seed in range(4):
        chance = np.random.default_rng(seed)
        vectors = (chance.normal(size=128) + 0.25 * chance.normal(size=(400, 128))).astype(np.float32)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        store = VectorStore(tmp_path / str(seed), "close")
        store.add([f"p{n}" for n in range(400)], vectors, ["m"] * 400)
        missed += sum(store.nearest(vector, 1)[0][1] < 0.99 for vector in vectors)
        store.close()
        assert examine(tmp_path / str(seed), "close") == ""
    assert missed < 40
