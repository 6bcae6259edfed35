"""Library: adding, replacing, removing, searching while adding, the writer's lock, stale vectors."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from fake_embedder import FakeEmbedder
from index_agreement import assert_agreement, raw, vector_ids
from manual_texts import ROBOT_EN, SERVO_EN, SERVO_JA, many_sections, write
from waiting import wait_for

from index.embedders.refill import VectorState
from index.errors import EmptyManual, IndexBusy, IndexFailed, ManualUnknown, ManualUnreadable, UnknownFormat
from index.library import Library, files_under
from index.options import IndexOptions
from index.search.scope import Scope

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def options(tmp_path: Path) -> IndexOptions:
    return IndexOptions(tmp_path / "index", embedder="none", max_file_bytes=1_000_000)


@pytest.fixture
def library(options: IndexOptions) -> Iterator[Library]:
    with Library(options, write=True, embedder=FakeEmbedder()) as library:
        yield library


def counts(options: IndexOptions) -> dict[str, int]:
    with raw(options) as db:
        tables = ("manual", "passage", "keyword", "code")
        return {table: db.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables}


def test_added_manual_is_kept_and_found(library: Library, options: IndexOptions, tmp_path: Path) -> None:
    added = library.add(write(tmp_path, "sv20.md", SERVO_EN))
    assert (added.change, added.manual.revision, added.manual.title) == ("added", 1, "SV-20 servo amplifier manual")
    assert added.manual.passages == len(library.passages("sv20.md")) == counts(options)["passage"] > 0
    assert library.original("sv20.md").read_text() == SERVO_EN
    assert library.search("AL.45").hits[0].passage.section[-1] == "AL.45 Overheat"
    assert_agreement(options)


def test_same_content_changes_nothing(library: Library, options: IndexOptions, tmp_path: Path) -> None:
    first = library.add(write(tmp_path, "sv20.md", SERVO_EN))
    assert isinstance(library.embedder, FakeEmbedder)
    embedded = len(library.embedder.calls)
    again = library.add(tmp_path / "sv20.md")
    elsewhere = library.add(tmp_path / "sv20.md", "copy of it.md")
    other_suffix = library.add(tmp_path / "sv20.md", "copy of it.txt")
    for added in (again, elsewhere, other_suffix):
        assert (added.change, added.manual) == ("unchanged", first.manual)
    assert len(library.embedder.calls) == embedded
    assert len(library.manuals()) == 1
    assert_agreement(options)


def test_new_content_replaces_the_old_everywhere(library: Library, options: IndexOptions, tmp_path: Path) -> None:
    old = library.add(write(tmp_path, "sv20.md", SERVO_EN)).manual
    old_ids, old_original = {p.id for p in library.passages(old.id)}, library.original(old.id)
    added = library.add(write(tmp_path, "sv20.md", SERVO_EN.replace("AL.45", "AL.46")))
    assert (added.change, added.manual.revision, added.manual.id) == ("replaced", 2, old.id)
    assert [manual.revision for manual in library.manuals()] == [2]
    assert library.search("AL.45").unknown_codes == ("AL45",)
    assert library.search("AL.46").codes == ("AL46",)
    assert not old_ids & vector_ids(options)
    assert not old_original.exists()
    assert_agreement(options)


def test_known_name_takes_content_that_another_manual_has(
    library: Library, options: IndexOptions, tmp_path: Path
) -> None:
    library.add(write(tmp_path, "a.md", SERVO_EN))
    library.add(write(tmp_path, "b.md", ROBOT_EN))
    added = library.add(tmp_path / "a.md", "b.md")
    assert (added.change, added.manual.name, added.manual.revision) == ("replaced", "b.md", 2)
    assert_agreement(options)
    library.remove("a.md")
    assert library.original("b.md").read_text() == SERVO_EN, "the original that both used is still needed"
    assert_agreement(options)


def test_removing_leaves_nothing(library: Library, options: IndexOptions, tmp_path: Path) -> None:
    kept = library.add(write(tmp_path, "rb77.md", ROBOT_EN)).manual
    library.add(write(tmp_path, "sv20.md", SERVO_EN))
    removed = library.remove("sv20.md")
    assert [manual.id for manual in library.manuals()] == [kept.id]
    assert all(hit.manual.id == kept.id for hit in library.search("AL.32 motor cable fan filter").hits)
    assert_agreement(options)
    library.remove("rb77.md")
    assert counts(options) == {"manual": 0, "passage": 0, "keyword": 0, "code": 0}
    assert vector_ids(options) == set()
    assert list(options.originals.iterdir()) == []
    with pytest.raises(ManualUnknown, match="andon index list"):
        library.remove("sv20.md")
    again = library.add(write(tmp_path, "sv20.md", SERVO_JA)).manual
    assert (again.id, again.revision) == (removed.id, 2), "an old citation of revision 1 must not point to new text"


def test_searches_while_adding_never_see_half_a_manual(library: Library, tmp_path: Path) -> None:
    """Every revision has another number of passages; any search sees all of one revision or none."""
    sizes = {1: 40, 2: 25, 3: 33, 4: 17, 5: 29, 6: 12}
    seen: list[tuple[int, int]] = []
    wrong: list[object] = []
    done = threading.Event()

    def search() -> None:
        try:
            while not done.is_set():
                hits = library.search("conveyor", k=100).hits
                revisions = {hit.passage.revision for hit in hits} | {hit.manual.revision for hit in hits}
                if hits and (len(revisions) != 1 or len(hits) != sizes[min(revisions)]):
                    wrong.append((revisions, len(hits)))
                seen.extend((revision, len(hits)) for revision in revisions)
        except Exception as error:  # noqa: BLE001  a thread's failure must reach the test
            wrong.append(error)

    threads = [threading.Thread(target=search) for _ in range(8)]
    for thread in threads:
        thread.start()
    try:
        for revision, size in sizes.items():
            added = library.add(write(tmp_path, "conveyor.md", many_sections(size)))
            assert (added.manual.revision, added.manual.passages) == (revision, size)
            wait_for(lambda at=(revision, size): at in seen or wrong)  # type: ignore[misc]
    finally:
        done.set()
        for thread in threads:
            thread.join()
    assert not wrong
    assert set(seen) == set(sizes.items())


BAD_FILES = {
    "empty.md": (b"", EmptyManual, "0 bytes"),
    "blank.txt": (b" \n\n \n", EmptyManual, "no text"),
    "drawing.dwg": (b"AC1027 drawing", UnknownFormat, "no reader for .dwg"),
    "nosuffix": (b"text", UnknownFormat, "without suffix"),
    "picture.md": (b"\x89PNG\r\n\x1a\n" + b"\0" * 64, UnknownFormat, "PNG"),
    "bytes.md": (bytes(range(128, 256)) * 40, ManualUnreadable, "encoding"),
    "huge.md": (b"# Title\n\n" + b"word " * 300_000, ManualUnreadable, "limit of 1,000,000"),
    "broken.pdf": (b"%PDF-1.7\nnothing follows", ManualUnreadable, "broken.pdf"),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_bad_file_is_named_and_changes_nothing(
    name: str, library: Library, options: IndexOptions, tmp_path: Path
) -> None:
    content, kind, said = BAD_FILES[name]
    library.add(write(tmp_path, "good.md", SERVO_EN))
    before = counts(options)
    with pytest.raises(kind) as raised:
        library.add(write(tmp_path, name, content))
    assert said in raised.value.message
    assert name in raised.value.message, "a person knows the file by its name, not by its hash"
    assert raised.value.remedy
    assert counts(options) == before
    assert_agreement(options)


def test_missing_file_and_reader_only(library: Library, options: IndexOptions, tmp_path: Path) -> None:
    with pytest.raises(ManualUnknown):
        library.add(tmp_path / "not-there.md")
    with (
        Library(options, embedder=FakeEmbedder()) as reading,
        pytest.raises(IndexFailed, match="write=True"),
    ):
        reading.add(write(tmp_path, "sv20.md", SERVO_EN))


@pytest.mark.parametrize("name", ["manual \udcff.md", "a\0b\n.md", "取扱説明書　第2版.md", "x" * 180 + ".md"])
def test_odd_names_are_kept_readable(name: str, library: Library, options: IndexOptions, tmp_path: Path) -> None:
    manual = library.add(write(tmp_path, "source.md", SERVO_EN), name).manual
    assert manual.name.isprintable() or "　" in manual.name
    assert library.manual(manual.name) == manual
    assert_agreement(options)


def test_second_writer_in_another_process_is_told(library: Library, options: IndexOptions) -> None:
    script = (
        "import sys; from pathlib import Path\n"
        "from index.errors import IndexBusy\nfrom index.library import Library\n"
        "from index.options import IndexOptions\n"
        "options = IndexOptions(Path(sys.argv[1]), embedder='none')\n"
        "Library(options).close()\n"  # reading needs no lock
        "try:\n    Library(options, write=True)\nexcept IndexBusy as busy:\n    print(busy.remedy)\n"
    )
    command = [sys.executable, "-c", script, str(options.folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert "stop the service" in done.stdout
    library.close()
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "", "the lock goes with its holder"


def test_second_writer_in_this_process_is_told(library: Library, options: IndexOptions) -> None:
    with pytest.raises(IndexBusy) as raised:
        Library(options, write=True, embedder=FakeEmbedder())
    assert raised.value.remedy


def test_vectors_of_another_embedder_are_made_again(options: IndexOptions, tmp_path: Path) -> None:
    with Library(options, write=True, embedder=FakeEmbedder("old")) as library:
        passages = library.add(write(tmp_path, "sv20.md", SERVO_EN)).manual.passages
    with Library(options, embedder=FakeEmbedder("new")) as reading:
        assert reading.vectors == VectorState(0, passages)
        assert {why.by for why in reading.search("AL.32").hits[0].why} == {"code", "keyword"}
    with Library(options, write=True, embedder=FakeEmbedder("new")) as library:
        assert library.vectors == VectorState(passages, passages)
        assert {why.by for why in library.search("AL.32").hits[0].why} == {"code", "keyword", "vector"}
    assert_agreement(options, "new")
    assert vector_ids(options, "old") == set(), "the old ones have gone"


def test_rebuilding_on_request(options: IndexOptions, tmp_path: Path) -> None:
    with Library(options, write=True, embedder=FakeEmbedder()) as library:
        passages = library.add(write(tmp_path, "sv20.md", SERVO_EN)).manual.passages
    reports: list[tuple[int, int]] = []
    with Library(options, write=True, rebuild=True, embedder=FakeEmbedder()) as library:
        assert library.rebuild(lambda done, total: reports.append((done, total))) == passages
        assert {why.by for why in library.search("AL.32").hits[0].why} == {"code", "keyword", "vector"}
    assert reports == [(passages, passages)]
    assert_agreement(options)


def test_damaged_vectors_are_made_again(options: IndexOptions, tmp_path: Path) -> None:
    with Library(options, write=True, embedder=FakeEmbedder()) as library:
        library.add(write(tmp_path, "sv20.md", SERVO_EN))
    for file in [path for path in options.vectors.rglob("*") if path.is_file()]:
        file.write_bytes(b"not a database " * 100)
    with Library(options, embedder=FakeEmbedder()) as reading:
        assert reading.vectors is None
        assert {why.by for why in reading.search("AL.32").hits[0].why} == {"code", "keyword"}
    with Library(options, write=True, embedder=FakeEmbedder()):
        pass
    assert_agreement(options)


def test_half_rebuilt_vectors_are_finished_at_the_next_start(options: IndexOptions, tmp_path: Path) -> None:
    with Library(options, write=True, embedder=FakeEmbedder("old")) as library:
        library.add(write(tmp_path, "sv20.md", SERVO_EN))
    Library(options, write=True, rebuild=True, embedder=FakeEmbedder("new")).close()  # cut off before rebuild()
    with Library(options, write=True, embedder=FakeEmbedder("new")):
        assert_agreement(options, "new")


def test_index_without_embedder_gets_vectors_when_one_is_chosen(options: IndexOptions, tmp_path: Path) -> None:
    with Library(options, write=True) as library:
        library.add(write(tmp_path, "sv20.md", SERVO_EN))
        assert library.embedder is None
        assert library.search("AL.32").hits
    with Library(options, write=True, embedder=FakeEmbedder()):
        assert_agreement(options)


def test_tables_of_a_newer_andon_are_left_alone(options: IndexOptions) -> None:
    Library(options).close()
    with raw(options) as db:
        db.execute("PRAGMA user_version = 999")
    with pytest.raises(IndexFailed, match="newer Andon"):
        Library(options, write=True)
    options.database.write_bytes(b"this is no database, not even a small one " * 50)
    with pytest.raises(IndexFailed, match="cannot be opened"):
        Library(options, write=True)


def test_files_under_a_folder_are_the_readable_ones(tmp_path: Path) -> None:
    for name in ("b/two.md", "a.TXT", "b/three.html", "c.dwg"):
        write(tmp_path, name, "x")
    assert [p.relative_to(tmp_path).as_posix() for p in files_under(tmp_path)] == ["a.TXT", "b/three.html", "b/two.md"]
    assert files_under(tmp_path / "c.dwg") == [tmp_path / "c.dwg"], "a file that is named is tried, and its error shown"


def test_search_goes_through(library: Library, tmp_path: Path) -> None:
    ids = {
        library.add(write(tmp_path, name, text)).manual.id: name
        for name, text in (("a.md", SERVO_EN), ("b.md", ROBOT_EN))
    }
    for manual_id, name in ids.items():
        hits = library.search("AL.32", 5, Scope(frozenset({manual_id}))).hits
        assert {hit.manual.name for hit in hits} == {name}
