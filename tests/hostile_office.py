"""Hostile Office files: bombs, entities, cycles, lies about sizes, parts changed or missing."""

from __future__ import annotations

import io
import random
import re
import tempfile
import zipfile
from functools import cache
from pathlib import Path

from tests.hostile_archives import zipped
from tests.hostile_files import Make, fixed, flipped, times, truncated
from tests.office_files import slides_file, with_part, word_file, workbook_file

_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_X = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_DOCUMENT, _SLIDE, _SHEET = "word/document.xml", "ppt/slides/slide1.xml", "xl/worksheets/sheet1.xml"


@cache
def _made(kind: str) -> bytes:
    makers = {"docx": word_file, "pptx": slides_file, "xlsx": workbook_file}
    with tempfile.TemporaryDirectory() as folder:
        return makers[kind](Path(folder) / f"a.{kind}", True).read_bytes()


def word(chance: random.Random) -> bytes:
    return _made("docx")


def slides(chance: random.Random) -> bytes:
    return _made("pptx")


def sheet(chance: random.Random) -> bytes:
    return _made("xlsx")


def part(kind: str, name: str, content: Make) -> Make:
    """A good file in which one part is another."""

    def make(chance: random.Random) -> bytes:
        with tempfile.TemporaryDirectory() as folder:
            source = Path(folder) / f"a.{kind}"
            source.write_bytes(_made(kind))
            return with_part(source, Path(folder) / "b", name, lambda old: content(chance)).read_bytes()

    return make


def without(kind: str, name: str) -> Make:
    def make(chance: random.Random) -> bytes:
        with zipfile.ZipFile(io.BytesIO(_made(kind))) as old:
            return zipped([(each, old.read(each)) for each in old.namelist() if each != name])

    return make


def mutated(kind: str, count: int) -> Make:
    """All XML parts with tags, numbers and values exchanged; each stays well-formed but for bad luck."""

    def make(chance: random.Random) -> bytes:
        def changed(found: re.Match[bytes]) -> bytes:
            if chance.random() > count / 1000:
                return found[0]
            return b'"%b"' % chance.choice(
                (b"", b"-1", b"99999999999999999999", b"x", b"1e308", b"../../x", b"NaN", b"rId1", b"0")
            )

        with zipfile.ZipFile(io.BytesIO(_made(kind))) as old:
            return zipped(
                [
                    (
                        name,
                        re.sub(rb'"[^"<>]{0,40}"', changed, old.read(name))
                        if name.endswith((".xml", ".rels"))
                        else old.read(name),
                    )
                    for name in old.namelist()
                ]
            )

    return make


def files() -> dict[str, Make]:
    out: dict[str, Make] = {}
    for kind, make, main in (("docx", word, _DOCUMENT), ("pptx", slides, _SLIDE), ("xlsx", sheet, _SHEET)):
        for share in (0.01, 0.3, 0.7, 0.95, 0.999):
            out[f"cut at {share}.{kind}"] = truncated(make, share)
        for number, share in enumerate((0.0002, 0.002, 0.02)):
            out[f"flipped {number}.{kind}"] = flipped(make, share)
        for number in (1, 3, 10, 30, 100, 300):
            out[f"changed {number}.{kind}"] = mutated(kind, number)
        laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
        bomb = f'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY l0 "ha">{laughs}]><l>&l9;</l>'
        out |= {
            f"laughs.{kind}": part(kind, main, fixed(bomb)),
            f"wide laughs.{kind}": part(kind, main, fixed(bomb.encode("utf-16"))),
            f"outside.{kind}": part(
                kind, main, fixed('<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>')
            ),
            f"deep.{kind}": part(kind, main, times("<a>", 300_000)),
            f"blanks.{kind}": part(kind, main, times(" ", 300_000_000)),
            f"no XML.{kind}": part(kind, main, fixed("Turn QS1 off.")),
            f"empty part.{kind}": part(kind, main, fixed(b"")),
            f"no types.{kind}": without(kind, "[Content_Types].xml"),
            f"no main part.{kind}": without(kind, main),
            f"no links.{kind}": without(kind, "_rels/.rels"),
            f"locked.{kind}": fixed(_OLE + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le")),
            f"old.{kind}": fixed(_OLE + b"\0" * 900),
            f"only types.{kind}": fixed(zipped([("[Content_Types].xml", b"<Types/>")])),
            f"outer link.{kind}": part(
                kind,
                "_rels/.rels",
                fixed(
                    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
                    '<Relationship Id="rId1" Type='
                    '"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"'
                    ' Target="../../../etc/passwd"/></Relationships>'
                ),
            ),
        }
    return out | word_files() | sheet_files() | slide_files()


def _body(inside: Make) -> Make:
    """A Word file with this body."""

    def make(chance: random.Random) -> bytes:
        return f"<w:document {_W}><w:body>".encode() + inside(chance) + b"</w:body></w:document>"

    return part("docx", _DOCUMENT, make)


def _nested(
    before: str, after: str, count: int, inside: str = "<w:p><w:r><w:t>Turn QS1 off.</w:t></w:r></w:p>"
) -> Make:
    return lambda chance: (before * count + inside + after * count).encode()


def word_files() -> dict[str, Make]:
    said = "<w:p><w:r><w:t>{}</w:t></w:r></w:p>"
    wide = "<w:tbl><w:tr>{}</w:tr></w:tbl>" + said.format("a")
    listed = (
        '<w:p><w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr></w:pPr><w:r><w:t>a</w:t></w:r></w:p>'
    )
    start = (
        '<w:numbering {0}><w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:start w:val="{1}"/>'
        '<w:numFmt w:val="{2}"/>'
        '<w:lvlText w:val="%1."/></w:lvl></w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/>'
        "</w:num></w:numbering>"
    )

    def numbered(value: str, form: str) -> Make:
        def make(chance: random.Random) -> bytes:
            raw = part("docx", "word/numbering.xml", fixed(start.format(_W, value, form)))(chance)
            with tempfile.TemporaryDirectory() as folder:
                source = Path(folder) / "a.docx"
                source.write_bytes(raw)
                body = f"<w:document {_W}><w:body>{listed * 3}</w:body></w:document>".encode()
                return with_part(source, Path(folder) / "b", _DOCUMENT, lambda old: body).read_bytes()

        return make

    cycle = (
        f'<w:styles {_W}><w:style w:type="paragraph" w:styleId="a"><w:basedOn w:val="a"/>'
        f'<w:name w:val="a"/></w:style></w:styles>'
    )
    return {
        "tables.docx": _body(_nested("<w:tbl><w:tr><w:tc>", "</w:tc></w:tr></w:tbl>", 3000)),
        "some tables.docx": _body(_nested("<w:tbl><w:tr><w:tc>", "</w:tc></w:tr></w:tbl>", 60)),
        "controls.docx": _body(_nested("<w:sdt><w:sdtContent>", "</w:sdtContent></w:sdt>", 80)),
        "boxes.docx": _body(_nested("<w:p><w:r><w:txbxContent>", "</w:txbxContent></w:r></w:p>", 60)),
        "runs.docx": _body(times("<w:r><w:t>a</w:t></w:r>", 200_000, "<w:p>", "</w:p>")),
        "paragraphs.docx": _body(times(said.format("a"), 100_000)),
        "spans.docx": _body(
            fixed(wide.format('<w:tc><w:tcPr><w:gridSpan w:val="1000000000"/></w:tcPr>' + said.format("a") + "</w:tc>"))
        ),
        "odd spans.docx": _body(
            fixed(
                wide.format(
                    '<w:tc><w:tcPr><w:gridSpan w:val="²"/></w:tcPr>'
                    + said.format("a")
                    + "</w:tc>"
                    + "<w:tc>"
                    + said.format("b")
                    + "</w:tc>"
                )
            )
        ),
        "cells.docx": _body(times("<w:tc>" + said.format("a") + "</w:tc>", 60_000, "<w:tbl><w:tr>", "</w:tr></w:tbl>")),
        "rows.docx": _body(
            times(
                "<w:tr><w:tc>" + said.format("a") + "</w:tc><w:tc>" + said.format("b") + "</w:tc></w:tr>",
                5000,
                "<w:tbl>",
                "</w:tbl>",
            )
        ),
        "breaks.docx": _body(times("<w:lastRenderedPageBreak/>", 300_000, "<w:p><w:r>", "<w:t>a</w:t></w:r></w:p>")),
        "one word.docx": _body(times("x", 3_000_000, "<w:p><w:r><w:t>", "</w:t></w:r></w:p>")),
        "roman.docx": numbered("999999999999999", "upperRoman"),
        "letters.docx": numbered("99999999999999", "lowerLetter"),
        "odd start.docx": numbered("²", "decimal"),
        "long start.docx": numbered("9" * 6000, "decimal"),
        "style cycle.docx": part("docx", "word/styles.xml", fixed(cycle)),
        "many parts.docx": lambda chance: zipped(
            [("word/document.xml", b"<a/>"), *((f"word/{n}.bin", b"") for n in range(21_000))], zipfile.ZIP_STORED
        ),
        "spaces.docx": _body(times(" ", 300_000, "<w:p><w:r><w:t xml:space='preserve'>a", "b</w:t></w:r></w:p>")),
        "outline.docx": _body(fixed('<w:p><w:pPr><w:outlineLvl w:val="x"/></w:pPr><w:r><w:t>a</w:t></w:r></w:p>')),
        "level.docx": _body(fixed(listed.replace('ilvl w:val="0"', 'ilvl w:val="-9"'))),
    }


def _cells(rows: Make, extra: str = "") -> Make:
    def make(chance: random.Random) -> bytes:
        return f"<worksheet {_X}><sheetData>".encode() + rows(chance) + f"</sheetData>{extra}</worksheet>".encode()

    return part("xlsx", _SHEET, make)


def sheet_files() -> dict[str, Make]:
    def text(place: str, said: str = "a") -> str:
        return f'<c r="{place}" t="inlineStr"><is><t>{said}</t></is></c>'

    merges = "".join(f'<mergeCell ref="A{n}:XFD{n + 5}"/>' for n in range(1, 60_000, 6))
    formats = (
        '<styleSheet {}><numFmts><numFmt numFmtId="200" formatCode="{}"/></numFmts><fonts><font/></fonts>'
        "<fills><fill/></fills><borders><border/></borders>"
        '<cellStyleXfs><xf/></cellStyleXfs><cellXfs><xf numFmtId="200"/><xf numFmtId="200"/></cellXfs></styleSheet>'
    )
    row = '<row><c t="inlineStr"><is><t>AL.1</t></is></c><c t="inlineStr"><is><t>Overheat</t></is></c></row>'
    return {
        "dimension.xlsx": part(
            "xlsx",
            _SHEET,
            fixed(
                f'<worksheet {_X}><dimension ref="A1:XFD1048576"/><sheetData><row r="1">{text("A1")}</row>'
                f"</sheetData></worksheet>"
            ),
        ),
        "far cell.xlsx": _cells(
            fixed(f'<row r="1">{text("A1")}{text("XFD1")}</row><row r="1048576">{text("XFD1048576")}</row>')
        ),
        "beyond.xlsx": _cells(fixed(f'<row r="99999999999">{text("A99999999999")}</row>')),
        "million rows.xlsx": _cells(times(row, 1_000_000)),
        "empty rows.xlsx": _cells(times("<row/>", 3_000_000)),
        "rows.xlsx": _cells(times(row, 6000)),
        "cells.xlsx": _cells(times("<c><v>1</v></c>", 1_000_000, "<row>", "</row>")),
        "merges.xlsx": _cells(times(row, 2000), f"<mergeCells>{merges}</mergeCells>"),
        "merge all.xlsx": _cells(times(row, 4000), '<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'),
        "backward rows.xlsx": _cells(fixed(f'<row r="9">{text("A9")}</row><row r="2">{text("B2")}</row>')),
        "place.xlsx": _cells(fixed(f'<row r="1">{text("ZZZZZZ1")}</row>')),
        "odd number.xlsx": _cells(
            fixed(
                '<row><c><v>1e999</v></c><c><v>NaN</v></c><c><v>x</v></c><c t="b"><v>7</v></c><c t="s">'
                "<v>99999999</v></c></row>"
            )
        ),
        "long number.xlsx": _cells(times("9", 6000, "<row><c><v>", "</v></c></row>")),
        "long cell.xlsx": _cells(times("x ", 2_000_000, '<row><c t="inlineStr"><is><t>', "</t></is></c></row>")),
        "string bomb.xlsx": part(
            "xlsx", "xl/sharedStrings.xml", times("x", 140_000_000, f"<sst {_X}><si><t>", "</t></si></sst>")
        ),
        "strings.xlsx": part(
            "xlsx", "xl/sharedStrings.xml", times("<si><t>a</t></si>", 1_500_000, f"<sst {_X}>", "</sst>")
        ),
        "format.xlsx": part("xlsx", "xl/styles.xml", fixed(formats.format(_X, "0" * 30_000 + "." + "#" * 30_000))),
        "format of dates.xlsx": part("xlsx", "xl/styles.xml", fixed(formats.format(_X, "yyyy" * 8000))),
        "format of marks.xlsx": part("xlsx", "xl/styles.xml", fixed(formats.format(_X, "#,0" * 20_000))),
        "formulas.xlsx": _cells(times("<c><f>", 60_000, "<row>", "</row>")),
        "open formula.xlsx": _cells(times("<c><f>A1</f>", 60_000, "<row>")),
        "sheets.xlsx": part(
            "xlsx",
            "xl/workbook.xml",
            times(
                '<sheet name="a" sheetId="1" r:id="rId1"/>',
                20_000,
                f"<workbook {_X} "
                'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets>',
                "</sheets></workbook>",
            ),
        ),
        "endless sheet.xlsx": _cells(times(row, 6_000_000)),
    }


def slide_files() -> dict[str, Make]:
    spaces = (
        'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" '
        'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    )
    shape = (
        '<p:sp><p:nvSpPr><p:cNvPr id="2" name="a"/><p:cNvSpPr/><p:nvPr/></p:nvSpPr><p:spPr/><p:txBody><a:bodyPr/>'
        "<a:p>{}</a:p></p:txBody></p:sp>"
    )
    head = '<p:nvGrpSpPr><p:cNvPr id="1" name=""/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr/>'
    run = "<a:r><a:t>{}</a:t></a:r>"

    def tree(inside: Make) -> Make:
        return part(
            "pptx",
            _SLIDE,
            lambda chance: (
                f"<p:sld {spaces}><p:cSld><p:spTree>{head}".encode() + inside(chance) + b"</p:spTree></p:cSld></p:sld>"
            ),
        )

    numbers = '<a:pPr><a:buAutoNum type="{}" startAt="{}"/></a:pPr>' + run.format("a")
    cell = "<a:tc {}><a:txBody><a:bodyPr/><a:p>" + run.format("a") + "</a:p></a:txBody></a:tc>"
    table = (
        '<p:graphicFrame><p:nvGraphicFramePr><p:cNvPr id="3" name="t"/><p:cNvGraphicFramePr/><p:nvPr/>'
        "</p:nvGraphicFramePr><p:xfrm/><a:graphic>"
        '<a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/table"><a:tbl><a:tblPr/>'
        "<a:tblGrid/>{}</a:tbl></a:graphicData>"
        "</a:graphic></p:graphicFrame>"
    )
    return {
        "groups.pptx": tree(
            lambda chance: (f"<p:grpSp>{head}" * 2000 + shape.format(run.format("a")) + "</p:grpSp>" * 2000).encode()
        ),
        "some groups.pptx": tree(
            lambda chance: (f"<p:grpSp>{head}" * 80 + shape.format(run.format("a")) + "</p:grpSp>" * 80).encode()
        ),
        "shapes.pptx": tree(times(shape.format(run.format("a")), 10_000)),
        "runs.pptx": tree(fixed(shape.format(run.format("a") * 50_000))),
        "roman.pptx": tree(fixed(shape.format(numbers.format("romanUcPeriod", "9" * 15)))),
        "odd start.pptx": tree(fixed(shape.format(numbers.format("arabicPeriod", "x")))),
        "long word.pptx": tree(fixed(shape.format(run.format("x" * 2_000_000)))),
        "place.pptx": tree(
            fixed(
                shape.format(run.format("a")).replace(
                    "<p:spPr/>",
                    '<p:spPr><a:xfrm><a:off x="9999999999999999999999" y="x"/><a:ext cx="-1" cy="0"/></a:xfrm>'
                    "</p:spPr>",
                )
            )
        ),
        "spans.pptx": tree(
            fixed(table.format("<a:tr h='1'>" + cell.format('gridSpan="1000000000" rowSpan="1000000000"') + "</a:tr>"))
        ),
        "merged.pptx": tree(
            fixed(table.format("<a:tr h='1'>" + cell.format('vMerge="1"') + cell.format('hMerge="1"') + "</a:tr>"))
        ),
        "wide table.pptx": tree(
            lambda chance: table.format("<a:tr h='1'>" + cell.format("") * 6000 + "</a:tr>").encode()
        ),
    }
