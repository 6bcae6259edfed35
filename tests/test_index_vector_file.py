"""Vector file: every vector is compared, changes are seen at once by other processes, and a kill costs nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from waiting import wait_for

from index.embedders.embedder import Vectors
from index.errors import IndexStale
from index.vectors.vector_file import FAN, VectorFile
from index.vectors.vector_list import list_path

DIM = 48
ROOT = Path(__file__).parents[1]


@pytest.fixture
def file(tmp_path: Path) -> Iterator[VectorFile]:
    file = VectorFile(tmp_path / "f", "fake")
    file.start()
    yield file
    file.close()


def units(count: int, seed: int = 0, near: float = 1.0) -> Vectors:
    """Unit vectors; the smaller ``near`` the closer together."""
    chance = np.random.default_rng(seed)
    rows = chance.normal(size=DIM) + near * chance.normal(size=(count, DIM))
    unit: Vectors = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    return unit


def names(count: int, manual: str = "m1") -> list[str]:
    return [f"{manual}.r1.{number}" for number in range(count)]


def put(file: VectorFile, manual: str, vectors: Vectors, lang: str = "ja", version: str = "1") -> None:
    file.add(names(len(vectors), manual), [manual] * len(vectors), vectors, lang, version)


def nearest_of(vectors: Vectors, ids: Sequence[str], asked: Vectors, k: int) -> list[str]:
    return [ids[at] for at in np.argsort(-(vectors @ asked), kind="stable")[:k]]


@pytest.mark.parametrize("near", [1.0, 0.2, 0.01])
def test_the_nearest_are_those_that_comparing_all_finds(file: VectorFile, near: float) -> None:
    """Also where all lie so close together that their codes cannot tell them apart."""
    vectors = units(900, near=near)
    for manual in range(9):
        put(file, f"m{manual}", vectors[manual * 100 : manual * 100 + 100])
    ids = [name for manual in range(9) for name in names(100, f"m{manual}")]
    for asked in units(20, seed=1, near=near):
        found = file.nearest(asked, 30)
        true = np.sort(vectors.astype(np.float64) @ asked)[::-1][:30]
        assert np.allclose([cosine for _, cosine in found], true, atol=1e-6)
        if near == 1.0:
            assert [i for i, _ in found] == nearest_of(vectors, ids, asked, 30)


def test_lengths_do_not_count_and_nothing_is_near_a_vector_of_none(file: VectorFile) -> None:
    vectors = np.array([[3.0, 0.0], [0.1, 0.1], [0.0, 0.0]], np.float32)
    file.add(["a", "b", "none"], ["m"] * 3, vectors, "ja", "1")
    found = dict(file.nearest(np.array([2.0, 0.0], np.float32), 3))
    assert found == pytest.approx({"a": 1.0, "b": np.sqrt(0.5), "none": 0.0}, abs=1e-6)
    assert np.array_equal(file.vectors(["a"])["a"], vectors[0]), "as it was given"
    assert file.nearest(np.zeros(2, np.float32), 3) == []


def test_scopes_are_applied_before_the_limit(file: VectorFile) -> None:
    vectors = units(400)
    for manual, lang in enumerate(["ja", "en", "ja", "en"]):
        put(file, f"m{manual}", vectors[manual * 100 : manual * 100 + 100], lang)
    asked = units(1, seed=2)[0]
    in_two = nearest_of(vectors[200:300], names(100, "m2"), asked, 7)
    assert [i for i, _ in file.nearest(asked, 7, {"m2"})] == in_two
    assert [i for i, _ in file.nearest(asked, 7, {"m2", "m3"}, lang="ja")] == in_two
    some = names(100, "m2")[::9]
    rows = vectors[200:300][::9]
    assert [i for i, _ in file.nearest(asked, 99, only=[*some, "gone"])] == nearest_of(rows, some, asked, 99)
    assert file.nearest(asked, 7, only=["gone"]) == file.nearest(asked, 7, only=[]) == []
    assert file.nearest(asked, 7, {"m9"}) == file.nearest(asked, 7, lang="fr") == file.nearest(asked, 0) == []


def test_segments_are_put_together_and_what_is_gone_leaves_the_disk(file: VectorFile) -> None:
    held: dict[str, Vectors] = {}
    for manual in range(3 * FAN):
        vectors = units(70, seed=manual)
        put(file, f"m{manual}", vectors, "ja" if manual % 2 else "en")
        held |= dict(zip(names(70, f"m{manual}"), vectors, strict=True))
    gone = [name for number, name in enumerate(held) if number % 5 == 0 or number < 300]
    file.delete([*gone, "never there"], "2")
    held = {name: vector for name, vector in held.items() if name not in set(gone)}
    put(file, "m5", units(70, seed=99), "ja", "3")  # in the place of those before
    held |= dict(zip(names(70, "m5"), units(70, seed=99), strict=True))
    found = file.vectors([*held, "gone"])
    assert found.keys() == held.keys() == file.ids()
    assert all(np.array_equal(found[name], held[name]) for name in held)
    assert (file.count(), file.version) == (len(held), "3")
    files = list(file.folder.glob("*.rows"))
    assert len(files) < 2 * FAN
    assert sum(path.stat().st_size for path in files) < 2.5 * len(held) * DIM * 5 + len(files) * 3 * 4096
    asked = units(1, seed=100)[0]
    expected = nearest_of(np.stack(list(held.values())), list(held), asked, 20)
    assert [i for i, _ in file.nearest(asked, 20)] == expected


def test_a_passage_named_twice_counts_once(file: VectorFile) -> None:
    vectors = units(3)
    file.add(["a", "b", "a"], ["m"] * 3, vectors, "ja", "1")
    assert file.count() == 2
    assert np.array_equal(file.vectors(["a"])["a"], vectors[2])


def test_a_change_is_seen_by_whoever_has_it_open(file: VectorFile) -> None:
    with pytest.raises(IndexStale):
        VectorFile(file.folder, "another").count()
    put(file, "m1", units(10))
    other = VectorFile(file.folder, "fake")
    assert other.count() == 10
    put(file, "m2", units(5, seed=1))
    assert other.nearest(units(5, seed=1)[3], 1)[0][0] == "m2.r1.3"
    file.delete(["m2.r1.3"], "2")
    assert other.nearest(units(5, seed=1)[3], 1)[0][0] != "m2.r1.3"
    file.start()
    assert (other.count(), other.version) == (0, "")
    list_path(file.folder, "fake").unlink()
    with pytest.raises(IndexStale):
        other.nearest(units(1)[0], 1)
    assert other.version is None
    other.close()


@pytest.mark.parametrize("harm", ["list", "cut", "lost", "head"])
def test_what_is_not_whole_is_not_searched(file: VectorFile, harm: str) -> None:
    put(file, "m1", units(50))
    (rows,) = file.folder.glob("*.rows")
    if harm == "list":
        list_path(file.folder, "fake").write_text('{"format": 1, "embedder"')
    elif harm == "cut":
        os.truncate(rows, rows.stat().st_size - 1)
    elif harm == "lost":
        rows.unlink()
    else:
        rows.write_bytes(b"\xff" * rows.stat().st_size)
    other = VectorFile(file.folder, "fake")
    assert other.version is None
    with pytest.raises(IndexStale):
        other.nearest(units(1)[0], 1)
    other.start()
    assert (other.count(), list(file.folder.glob("*.rows"))) == (0, [])
    other.close()


def test_a_code_that_is_not_its_vector_is_found(file: VectorFile) -> None:
    vectors = units(50)
    put(file, "m1", vectors)
    kept = dict(zip(names(50), vectors, strict=True))
    assert file.unlike(lambda ids: {i: kept[i] for i in ids}) == set()
    assert file.unlike(lambda ids: dict.fromkeys(ids, kept["m1.r1.7"])) == set(names(50)) - {"m1.r1.7"}
    (rows,) = file.folder.glob("*.rows")
    with rows.open("r+b") as opened:
        opened.seek(4096 + 5 * 50 + 3)  # the sixth number of the fourth
        code = opened.read(1)[0]
        opened.seek(-1, os.SEEK_CUR)
        opened.write(bytes([code ^ 0x40]))
    other = VectorFile(file.folder, "fake")
    assert other.unlike(lambda ids: {i: kept[i] for i in ids}) == {"m1.r1.3"}
    other.close()


WRITING = """
import sys
from pathlib import Path
from test_index_vector_file import put, units
from index.vectors.vector_file import VectorFile
file = VectorFile(Path(sys.argv[1]), "fake")
print("ready", flush=True)
for round in range(10**6):
    put(file, f"m{round % 40}", units(30, seed=round % 40), "ja", str(round))
    if round % 3 == 0:
        file.delete([f"m{(round * 7) % 40}.r1.{n}" for n in range(30)], f"{round} deleted")
"""


def test_killed_while_it_is_written_it_holds_what_its_list_says(tmp_path: Path) -> None:
    """A manual's vectors are all there or none is; a reader that has it open meanwhile is never refused."""
    folder = tmp_path / "f"
    VectorFile(folder, "fake").start()
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests")])}
    reader = VectorFile(folder, "fake")
    for kill in range(4):
        writer = subprocess.Popen([sys.executable, "-c", WRITING, str(folder)], env=environment, stdout=subprocess.PIPE)
        assert writer.stdout is not None and writer.stdout.readline()
        before = reader.version
        for look in range(60 + 17 * kill):
            assert all(i.startswith("m") for i, _ in reader.nearest(units(30, seed=look % 40)[0], 3))
        wait_for(lambda before=before: reader.version not in (before, ""))
        writer.send_signal(signal.SIGKILL)
        writer.wait()
        writer.stdout.close()
        opened = VectorFile(folder, "fake")
        opened.sweep()
        ids = opened.ids()
        for manual in range(40):
            own = opened.vectors(names(30, f"m{manual}"))
            assert len(own) in (0, 30)
            for number, name in enumerate(names(30, f"m{manual}") if own else ()):
                assert np.array_equal(own[name], units(30, seed=manual)[number])
        assert opened.count() == len(ids) == reader.count()
        opened.close()
    reader.close()
