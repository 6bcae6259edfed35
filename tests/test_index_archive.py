"""ZIP archives: each file a manual or refused by name; Japanese names, bombs, paths that lead outside, nesting."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from manual_texts import SERVO_EN, SERVO_JA
from office_files import word_file

from index.errors import EmptyManual, ManualTooLarge, ManualUnreadable
from index.ingest.unpack import add_all
from index.library import Library
from index.manuals.archive import Limits, Member, members
from index.options import IndexOptions

KNOWN = (".md", ".txt", ".docx", ".zip")


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library(IndexOptions(tmp_path / "index", embedder="none"), write=True) as library:
        yield library


def zipped(files: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def found(content: bytes, folder: Path, limits: Limits | None = None) -> dict[str, str]:
    """What comes out: text by name, or the code of the error."""
    path = folder / "a.zip"
    path.write_bytes(content)
    out = {}
    for member in members(path, "plant.zip", KNOWN, limits):
        out[member.name] = member.path.read_bytes().decode() if member.path else told(member)
    return out


def told(member: Member) -> str:
    assert member.error is not None
    assert member.name in member.error.message, "a message says which file"
    assert member.error.remedy
    return member.error.code


def test_files_and_archives_in_archives_come_out_one_by_one(tmp_path: Path) -> None:
    inner = zipped({"deep.txt": b"deep"})
    content = zipped({
        "press/manual.md": b"press", "__MACOSX/press/._manual.md": b"x", "Thumbs.db": b"x", "run.exe": b"MZ",
        "old.zip": inner, "older.zip": zipped({"old.zip": inner}),
    })  # fmt: skip
    assert found(content, tmp_path) == {
        "plant.zip/press/manual.md": "press", "plant.zip/run.exe": "unknown_format",
        "plant.zip/old.zip/deep.txt": "deep", "plant.zip/older.zip/old.zip": "manual_unsafe",
    }  # fmt: skip


@pytest.mark.parametrize("name", ["../../etc/cron.md", "/etc/a.md", "C:/a.md", "x/../../a.md", "..\\..\\a.md"])
def test_paths_that_lead_outside_are_refused(name: str, tmp_path: Path) -> None:
    before = set(tmp_path.rglob("*"))
    assert list(found(zipped({name: b"x", "good.md": b"good"}), tmp_path).values()) == ["manual_unsafe", "good"]
    assert set(tmp_path.rglob("*")) - before == {tmp_path / "a.zip"}


def test_links_and_locked_files_are_refused(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("link.md")
    link.external_attr = 0o120777 << 16
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(link, "/etc/passwd")
    assert list(found(out.getvalue(), tmp_path).values()) == ["manual_unsafe"]
    locked = bytearray(zipped({"a.md": b"secret"}))
    locked[6] |= 1  # the flag of the entry, and below the one of the directory
    locked[locked.index(b"PK\x01\x02") + 8] |= 1
    assert list(found(bytes(locked), tmp_path).values()) == ["manual_encrypted"]


def test_names_that_japanese_windows_wrote_are_read(tmp_path: Path) -> None:
    content = zipped({"XXXX/YYYYYY.md": b"ok"})
    shift_jis = "搬送/ソ表示.md".encode("cp932")
    content = content.replace(b"XXXX/YYYYYY.md", shift_jis)
    assert len(shift_jis) == len(b"XXXX/YYYYYY.md")
    assert list(found(content, tmp_path)) == ["plant.zip/搬送/ソ表示.md"]


def test_bombs_are_refused_before_they_are_unpacked(tmp_path: Path) -> None:
    bomb = zipped({"bomb.txt": bytes(64 << 20), "good.md": b"good"})
    assert len(bomb) < 1 << 20
    assert list(found(bomb, tmp_path).values()) == ["manual_too_large", "good"]
    with pytest.raises(ManualTooLarge, match=r"plant\.zip would have"):
        found(bomb, tmp_path, Limits(bytes=1 << 20))
    with pytest.raises(ManualTooLarge, match=r"plant\.zip holds more than 3 files"):
        found(zipped({f"{n}.md": b"x" for n in range(4)}), tmp_path, Limits(files=3))
    many = zipped({f"{n}.zip": zipped({"a.md": b"x", "b.md": b"y"}) for n in range(3)})
    assert list(found(many, tmp_path, Limits(files=5)).values()) == ["x", "y", "manual_too_large", "manual_too_large"]


def test_a_file_that_lies_about_its_size_is_damaged(tmp_path: Path) -> None:
    content = bytearray(zipped({"a.txt": b"word " * 1000}))
    at = content.index(b"PK\x01\x02") + 24
    content[at : at + 4] = (10).to_bytes(4, "little")
    assert list(found(bytes(content), tmp_path).values()) == ["manual_damaged"]


@pytest.mark.parametrize(("content", "error"), [
    (zipped({}), EmptyManual), (b"PK\x03\x04 nothing", ManualUnreadable),
    (zipped({"a.md": b"x" * 99})[:-30], ManualUnreadable),
])  # fmt: skip
def test_a_broken_archive_is_named(content: bytes, error: type[Exception], tmp_path: Path) -> None:
    with pytest.raises(error, match=r"plant\.zip"):
        found(content, tmp_path)


def plant(folder: Path) -> bytes:
    word = word_file(folder / "w.docx", True).read_bytes()
    return zipped({"en/sv20.md": SERVO_EN.encode(), "ja/sv20.md": SERVO_JA.encode("cp932"), "w.docx": word,
                   "x.bin": b"x", "broken.docx": word[:2000]})  # fmt: skip


def test_add_all(library: Library, tmp_path: Path) -> None:
    path = tmp_path / "plant.zip"
    path.write_bytes(plant(tmp_path))
    outcomes = list(add_all(library, path))
    assert [(o.name, o.error.code if o.error else o.added and o.added.change) for o in outcomes] == [
        ("plant.zip/en/sv20.md", "added"), ("plant.zip/ja/sv20.md", "added"), ("plant.zip/w.docx", "added"),
        ("plant.zip/x.bin", "unknown_format"), ("plant.zip/broken.docx", "manual_damaged"),
    ]  # fmt: skip
    assert [m.name for m in library.manuals()] == sorted(o.name for o in outcomes if o.added)
    assert {o.added.change for o in add_all(library, path) if o.added} == {"unchanged"}
    assert library.search("AL.45").hits[0].manual.name.startswith("plant.zip/")


def test_an_uploaded_archive_becomes_jobs(library: Library, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(plant(tmp_path))
    library.jobs.start()
    job = library.jobs.submit(path, "plant.zip")
    assert library.jobs.wait(job.id, 120).state == "done"
    for other in library.jobs.jobs():
        library.jobs.wait(other.id, 120)
    states = {j.name: j.error_code or j.state for j in library.jobs.jobs()}
    assert states == {
        "plant.zip": "done", "plant.zip/en/sv20.md": "done", "plant.zip/ja/sv20.md": "done", "plant.zip/w.docx": "done",
        "plant.zip/x.bin": "unknown_format", "plant.zip/broken.docx": "manual_damaged",
    }  # fmt: skip
    assert not list((tmp_path / "index").glob(".upload-*"))
    kept = {p.suffix for p in library.options.originals.iterdir()}
    assert kept == {".md", ".docx"}, "the archive itself is not kept once its files are"
