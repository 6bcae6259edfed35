"""Word manuals: headings by style, restored numbers, merged table cells, text boxes, and what is left out."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from office_files import element, with_part, word_file

from index.errors import EmptyManual
from index.manuals.block import Block, Page, Reading
from index.manuals.coverage import Skipped
from index.manuals.word import WordReader
from index.manuals.word_numbering import numeral
from index.passages.chunk import chunk

PAGES = re.compile(rb"<Pages>\d+</Pages>")


def read(path: Path) -> tuple[Reading, list[Page]]:
    reading = WordReader().open(path)
    return reading, list(reading.pages)


def saved(document: Any, folder: Path) -> Path:
    path = folder / "a.docx"
    document.save(str(path))
    return path


def blocks_of(document: Any, folder: Path) -> list[Block]:
    return [block for page in read(saved(document, folder))[1] for block in page.blocks]


@pytest.mark.parametrize("ja", [True, False])
def test_a_manual_in_both_languages(ja: bool, tmp_path: Path) -> None:
    reading, pages = read(word_file(tmp_path / "a.docx", ja))
    blocks = pages[0].blocks
    assert reading.title == ("SC-200 搬送機 取扱説明書" if ja else "SC-200 conveyor manual")
    assert [(page.number, page.label) for page in pages] == [(1, "")], "Word noted no pages, so none is claimed"
    assert [(b.level, b.text) for b in blocks if b.kind == "heading"][:2] == (
        [(1, "保守"), (2, "ベルトの交換")] if ja else [(1, "Maintenance"), (2, "Replacing the belt")]
    )
    assert [(b.label, b.text) for b in blocks if b.kind == "step"] == (
        [("1.", "電源を切る。"), ("2.", "カバーを外す。"), ("3.", "ベルトを付ける。")]
        if ja
        else [("1.", "Switch off."), ("2.", "Remove the cover."), ("3.", "Fit the belt.")]
    )
    assert [b.text for b in blocks if b.kind == "warning"] == (
        ["警告\n高温部に触れないこと。"] if ja else ["WARNING\nDo not touch hot parts."]
    )
    told = "\n".join(b.text for b in blocks)
    assert told.count("24 N·m") == 1, "a text box is told once, not again in its fallback"
    assert "HEADER" not in told
    assert "FOOTER" not in told


@pytest.mark.parametrize("ja", [True, False])
def test_an_alarm_with_two_causes_is_one_entry(ja: bool, tmp_path: Path) -> None:
    _, pages = read(word_file(tmp_path / "a.docx", ja))
    alarms = [draft for draft in chunk(pages) if draft.kind == "alarm"]
    assert [draft.codes[0] for draft in alarms] == ["E101", "E102"]
    cause, remedy = ("原因", "処置") if ja else ("Cause", "Remedy")
    second = ("短絡", "ケーブルを交換する") if ja else ("Short circuit", "Replace the cable")
    assert f"{cause}: {second[0]}\n{remedy}: {second[1]}" in alarms[0].text


def test_what_was_deleted_hidden_or_only_furigana_is_not_read(tmp_path: Path) -> None:
    import docx

    document = docx.Document()
    paragraph = document.add_paragraph("Kept ")._p
    for markup in (
        "<w:del><w:r><w:delText>gone</w:delText></w:r></w:del>",
        "<w:ins><w:r><w:t>added </w:t></w:r></w:ins>",
        "<w:r><w:rPr><w:vanish/></w:rPr><w:t>hidden</w:t></w:r>",
        "<w:r><w:ruby><w:rt><w:r><w:t>はいせん</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>配線</w:t></w:r></w:rubyBase></w:ruby></w:r>",
        "<w:r><w:instrText>PAGEREF x</w:instrText></w:r>",
    ):
        paragraph.append(element(markup))
    assert [b.text for b in blocks_of(document, tmp_path)] == ["Kept added 配線"]


def test_pages_are_an_estimate_where_word_noted_them(tmp_path: Path) -> None:
    import docx

    document = docx.Document()
    document.add_paragraph("First page.")
    for text in ("Second page.", "Third page."):
        document.add_paragraph()._p.append(element(f"<w:r><w:lastRenderedPageBreak/><w:t>{text}</w:t></w:r>"))
    path = saved(document, tmp_path)

    def counted(pages: int) -> list[Page]:
        """The document, in which Word counted so many pages."""
        told = f"<Pages>{pages}</Pages>".encode()
        return read(with_part(path, tmp_path / "b.docx", "docProps/app.xml", lambda text: PAGES.sub(told, text)))[1]

    assert [(p.number, p.label, p.blocks[0].text) for p in counted(3)] == [
        (1, "~1", "First page."), (2, "~2", "Second page."), (3, "~3", "Third page."),
    ]  # fmt: skip
    assert [page.label for page in counted(40)] == [""], "what Word noted is out of date"


def test_lists_restart_and_nest_as_word_shows_them(tmp_path: Path) -> None:
    import docx

    document = docx.Document()
    numbering = document.part.numbering_part.element
    numbering.insert(0, element(
        '<w:abstractNum w:abstractNumId="90">'
        '<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimalEnclosedCircle"/><w:lvlText w:val="%1"/></w:lvl>'
        '<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="lowerLetter"/><w:lvlText w:val="(%2)"/></w:lvl>'
        "</w:abstractNum>"
    ))  # fmt: skip
    for number, start in (("91", ""), ("92", '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>')):
        numbering.append(element(f'<w:num w:numId="{number}"><w:abstractNumId w:val="90"/>{start}</w:num>'))
    for text, number, depth in (("a", 91, 0), ("b", 91, 1), ("c", 91, 1), ("d", 91, 0), ("e", 92, 0)):
        marks = document.add_paragraph(text)._p.get_or_add_pPr()
        marks.append(element(f'<w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="{number}"/></w:numPr>'))
    assert [(b.label, b.level, b.text) for b in blocks_of(document, tmp_path)] == [
        ("①", 0, "a"), ("(a)", 1, "b"), ("(b)", 1, "c"), ("②", 0, "d"), ("①", 0, "e"),
    ]  # fmt: skip


def test_without_heading_styles_bold_lines_are_headings(tmp_path: Path) -> None:
    import docx

    document = docx.Document()
    document.add_paragraph().add_run("3.2 ベルトの張力").bold = True
    document.add_paragraph("張力を確認する。")
    assert [(b.kind, b.level) for b in blocks_of(document, tmp_path)] == [("heading", 2), ("paragraph", 0)]


def test_footnotes_stand_below_what_they_belong_to(tmp_path: Path) -> None:
    import docx
    from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
    from docx.opc.packuri import PackURI
    from docx.opc.part import Part

    document = docx.Document()
    note = b'<w:footnotes xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:footnote w:id="2">'
    note += b"<w:p><w:r><w:t>Dry only.</w:t></w:r></w:p></w:footnote></w:footnotes>"
    part = Part(PackURI("/word/footnotes.xml"), CONTENT_TYPE.WML_FOOTNOTES, note, document.part.package)
    document.part.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)
    paragraph = document.add_paragraph("24 N·m")
    paragraph._p.append(element('<w:r><w:footnoteReference w:id="2"/></w:r>'))
    assert [b.text for b in blocks_of(document, tmp_path)] == ["24 N·m", "* Dry only."]


def test_an_empty_document_says_so(tmp_path: Path) -> None:
    import docx

    with pytest.raises(EmptyManual, match=r"a\.docx holds no text"):
        read(saved(docx.Document(), tmp_path))


@pytest.mark.parametrize(
    ("number", "form", "shown"),
    [(3, "decimal", "3"), (4, "upperRoman", "IV"), (28, "lowerLetter", "bb"), (12, "japaneseCounting", "十二"),
     (2, "aiueo", "イ"), (3, "iroha", "ハ"), (7, "decimalZero", "07"), (21, "decimalEnclosedCircle", "21")],
)  # fmt: skip
def test_numerals(number: int, form: str, shown: str) -> None:
    assert numeral(number, form) == shown


def test_texts_of_diagrams_are_read_and_charts_counted(tmp_path: Path) -> None:
    import docx
    from docx.opc.packuri import PackURI
    from docx.opc.part import Part

    document = docx.Document()
    space = 'xmlns:dgm="http://schemas.openxmlformats.org/drawingml/2006/diagram"'
    a = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    told = "".join(f"<dgm:t><a:p><a:r><a:t>{text}</a:t></a:r></a:p></dgm:t>" for text in ("入荷", "検査"))
    data = f"<dgm:dataModel {space} {a}>{told}</dgm:dataModel>".encode()
    part = Part(PackURI("/word/diagrams/data1.xml"), "application/xml", data, document.part.package)
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/diagramData"
    key = document.part.relate_to(part, kind)
    links = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
    chart = '<c:chart xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart"/>'
    drawn = document.add_paragraph("受入の流れ")
    drawn._p.append(element(f'<w:r><w:drawing><dgm:relIds {space} {links} r:dm="{key}"/>{chart}</w:drawing></w:r>'))
    document.save(str(tmp_path / "a.docx"))
    reading = WordReader().open(tmp_path / "a.docx")
    blocks = [block for page in reading.pages for block in page.blocks]
    assert [(b.kind, b.text) for b in blocks] == [
        ("paragraph", "受入の流れ"), ("bullet", "入荷"), ("bullet", "検査"),
    ]  # fmt: skip
    assert reading.skipped == (Skipped("chart", "", 1),)
