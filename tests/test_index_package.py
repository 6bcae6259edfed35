"""Hostile and broken Office files: each a message that names the file and what helps, none takes the service along."""

from __future__ import annotations

import random
import time
import zipfile
from pathlib import Path

import pytest
from office_files import slides_file, with_part, word_file, workbook_file

from index.errors import (
    ManualDamaged,
    ManualEncrypted,
    ManualTooLarge,
    ManualUnreadable,
    ManualUnsafe,
    OldFormat,
    UnknownFormat,
)  # fmt: skip
from index.manuals.choose import reader_for
from index.manuals.package import COMPOUND
from index.passages.chunk import chunk

MAIN = {".docx": "word/document.xml", ".pptx": "ppt/slides/slide1.xml", ".xlsx": "xl/worksheets/sheet1.xml"}
MAKERS = {".docx": word_file, ".pptx": slides_file, ".xlsx": workbook_file}
EVERY = pytest.mark.parametrize("suffix", MAKERS)


def read(path: Path) -> None:
    for _ in chunk(reader_for(path).open(path).pages):
        pass


def refused(path: Path, error: type[ManualUnreadable]) -> None:
    with pytest.raises(error) as caught:
        read(path)
    assert path.name in caught.value.message
    assert caught.value.remedy


@EVERY
def test_locked_and_old_files(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"a{suffix}"
    path.write_bytes(COMPOUND + bytes(600) + "EncryptedPackage".encode("utf-16-le") + bytes(600))
    refused(path, ManualEncrypted)
    path.write_bytes(COMPOUND + bytes(1200))
    refused(path, OldFormat)
    old = tmp_path / "a.doc"
    old.write_bytes(COMPOUND + bytes(1200))
    refused(old, OldFormat)


@EVERY
def test_other_content_is_named(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"a{suffix}"
    for content in (b"%PDF-1.4\n", b"just words", b"\x89PNG\r\n\x1a\n\0"):
        path.write_bytes(content)
        refused(path, UnknownFormat)
    other = next(maker for kind, maker in MAKERS.items() if kind != suffix)
    refused(other(path, True), UnknownFormat)


@EVERY
def test_a_cut_off_file_is_damaged(suffix: str, tmp_path: Path) -> None:
    whole = MAKERS[suffix](tmp_path / f"a{suffix}", True).read_bytes()
    path = tmp_path / f"b{suffix}"
    for share in (0.2, 0.6, 0.99):
        path.write_bytes(whole[: int(len(whole) * share)])
        refused(path, ManualDamaged)


@EVERY
def test_entities_are_refused(suffix: str, tmp_path: Path) -> None:
    path = MAKERS[suffix](tmp_path / f"a{suffix}", True)
    external = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>'
    refused(with_part(path, tmp_path / f"b{suffix}", MAIN[suffix], lambda _: external), ManualUnsafe)
    laughs = '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE x [<!ENTITY a "ha">]><x>&a;</x>'.encode("utf-16")
    refused(with_part(path, tmp_path / f"c{suffix}", MAIN[suffix], lambda _: laughs), ManualUnsafe)


@EVERY
def test_bombs_are_refused_quickly(suffix: str, tmp_path: Path) -> None:
    part = f"{MAIN[suffix].split('/')[0]}/media/image1.bin"
    path = with_part(MAKERS[suffix](tmp_path / f"a{suffix}", True), tmp_path / f"b{suffix}", part, lambda _: b"x" * 99)
    content = bytearray(path.read_bytes())
    entry = content.rindex(part.encode()) - 46  # its header in the central directory (APPNOTE 4.3.12)
    content[entry + 24 : entry + 28] = (2 << 30).to_bytes(4, "little")
    path.write_bytes(content)
    started = time.thread_time()
    refused(path, ManualTooLarge)
    assert time.thread_time() - started < 1, "by what the entries say, before anything is unpacked"


@EVERY
def test_fuzzed_files_end_in_a_message_or_are_read(suffix: str, tmp_path: Path) -> None:
    rng = random.Random(11)
    whole = MAKERS[suffix](tmp_path / f"a{suffix}", True)
    with zipfile.ZipFile(whole) as package:
        part = package.read(MAIN[suffix])
    for number in range(25):
        changed = bytearray(part)
        for _ in range(rng.randrange(1, 8)):
            at = rng.randrange(len(changed))
            changed[at : at + rng.randrange(3)] = rng.randbytes(rng.randrange(3))
        path = with_part(whole, tmp_path / f"f{number}{suffix}", MAIN[suffix], lambda _, new=bytes(changed): new)  # type: ignore[misc]
        try:
            read(path)
        except ManualUnreadable as error:
            assert path.name in error.message


def test_deep_nesting_is_survived(tmp_path: Path) -> None:
    path = word_file(tmp_path / "a.docx", True)
    head = b'<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>'
    deep = head + b"<w:tbl><w:tr><w:tc>" * 5000 + b"</w:tc></w:tr></w:tbl>" * 5000 + b"</w:body></w:document>"
    refused(with_part(path, tmp_path / "b.docx", MAIN[".docx"], lambda _: deep), ManualUnreadable)
