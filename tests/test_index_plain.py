"""Plain text manuals: every encoding a plant keeps, structure by the signs of lines; and the choice of a reader."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.errors import EmptyManual, ManualDamaged, ManualUnreadable, UnknownFormat
from index.manuals.choose import reader_for, suffixes
from index.manuals.html import HtmlReader
from index.manuals.markdown import MarkdownReader
from index.manuals.pdf import PdfReader
from index.manuals.plain import PlainReader, blocks_of_plain, decode_text

JAPANESE = "アラーム AL.32 過電流が発生した。原因を取り除き、リセットしてください。\n配線を確認する。"


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp932", "shift_jis", "euc_jp", "iso2022_jp"]
)
def test_japanese_in_every_encoding(encoding: str, tmp_path: Path) -> None:
    text = (
        "AL.32 overcurrent, press RESET.\r\nCheck the cable.\r\n" * 3
        if "le" in encoding or "be" in encoding
        else JAPANESE
    )
    assert decode_text(text.encode(encoding), "a.txt") == text.replace("\r\n", "\n")


def test_binary_data_is_no_text() -> None:
    with pytest.raises(ManualDamaged, match=r"a\.txt"):
        decode_text(b"abc\x00def" * 50 + bytes(range(128, 256)), "a.txt")


def test_structure_by_signs() -> None:
    text = (
        "SERVO MANUAL\n============\n\n5.2 Belt\n\nThe belt is worn when\na tooth is missing.\n\n"
        "1. Switch off.\n2. Remove the belt\n   with both hands.\n  (a) left\n- spare part\n\n"
        "警告\n触れないこと。\n待つこと。\n"
    )
    assert [(b.kind, b.level, b.label, b.text) for b in blocks_of_plain(text)] == [
        ("heading", 1, "", "SERVO MANUAL"),
        ("heading", 2, "", "5.2 Belt"),
        ("paragraph", 0, "", "The belt is worn when a tooth is missing."),
        ("step", 0, "1.", "Switch off."),
        ("step", 0, "2.", "Remove the belt with both hands."),
        ("step", 1, "(a)", "left"),
        ("bullet", 0, "", "spare part"),
        ("warning", 0, "", "警告\n触れないこと。待つこと。"),
    ]


def test_measures_are_no_step_labels() -> None:
    assert [b.kind for b in blocks_of_plain("3.5 mm is the gap.\n\n1.5 A\n")] == ["paragraph", "paragraph"]


def test_a_form_feed_is_a_new_page(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("One.\f Two.", encoding="utf-8")
    reading = PlainReader().open(path)
    pages = list(reading.pages)
    assert reading.page_count == 2
    assert [(p.number, p.label, p.blocks[0].text) for p in pages] == [(1, "1", "One."), (2, "2", "Two.")]


def test_the_suffix_chooses_the_reader(tmp_path: Path) -> None:
    for name, content, kind in (
        ("a.pdf", b"%PDF-1.7\n", PdfReader),
        ("a.MD", b"# x", MarkdownReader),
        ("a.htm", b"<p>x", HtmlReader),
        ("a.txt", b"x", PlainReader),
    ):
        path = tmp_path / name
        path.write_bytes(content)
        assert isinstance(reader_for(path), kind)
    assert ".pdf" in suffixes()


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.pdf", b"\x89PNG\r\n\x1a\n\x00\x00", "named as a PDF, but its content is a PNG picture"),
        ("a.pdf", b"just words", "named as a PDF, but its content is text"),
        ("a.txt", b"%PDF-1.4\n", "is a PDF document by its content. Rename it to end in .pdf"),
        ("a.md", b"PK\x03\x04\x00", "is a ZIP archive or a Word, Excel or PowerPoint file"),
        ("a.odt", b"PK\x03\x04\x00", "no reader for .odt"),
        ("README", b"words", "no reader for a name without suffix"),
    ],
)
def test_a_wrong_name_is_told_with_what_the_file_is(name: str, content: bytes, told: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(UnknownFormat) as caught:
        reader_for(path)
    assert told in str(caught.value)


def test_missing_and_blank_files_say_so(tmp_path: Path) -> None:
    with pytest.raises(ManualUnreadable, match="cannot be opened"):
        reader_for(tmp_path / "none.txt")
    path = tmp_path / "a.txt"
    path.write_text(" \n\n", encoding="utf-8")
    with pytest.raises(EmptyManual):
        reader_for(path).open(path)
