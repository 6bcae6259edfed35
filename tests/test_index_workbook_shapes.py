"""Workbook shapes: text boxes, groups and diagrams over a sheet's cells, and rows that are formatted but empty."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest

from index.manuals.block import Block, Page
from index.manuals.coverage import Skipped
from index.manuals.workbook import WorkbookReader

_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_SPACES = (
    'xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    f'xmlns:r="{_R}" xmlns:dgm="http://schemas.openxmlformats.org/drawingml/2006/diagram" '
    'xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart"'
)


def shape(*paragraphs: str, marks: str = "", hidden: bool = False, at: tuple[int, int] = (0, 0)) -> str:
    said = "".join(f"<a:p><a:pPr>{marks}</a:pPr><a:r><a:t>{text}</a:t></a:r></a:p>" for text in paragraphs)
    return (
        f'<xdr:sp><xdr:nvSpPr><xdr:cNvPr id="2" name="a" hidden="{int(hidden)}"/></xdr:nvSpPr><xdr:spPr><a:xfrm>'
        f'<a:off x="{at[1]}" y="{at[0]}"/></a:xfrm></xdr:spPr><xdr:txBody>{said}</xdr:txBody></xdr:sp>'
    )


def anchored(row: int, column: int, inside: str) -> str:
    """``inside`` over the cell at ``row`` and ``column``, from 1."""
    place = f"<xdr:from><xdr:col>{column - 1}</xdr:col><xdr:row>{row - 1}</xdr:row></xdr:from>"
    return f"<xdr:twoCellAnchor>{place}{inside}</xdr:twoCellAnchor>"


def drawn_sheet(folder: Path, rows: list[list[Any]], drawing: str, **more: str) -> Path:
    """A workbook of one sheet "点検" with this drawing; ``more``: other parts that the drawing refers to by name."""
    import openpyxl

    book = openpyxl.Workbook()
    book.active.title = "点検"
    for at, row in enumerate(rows, start=1):
        for column, value in enumerate(row, start=1):
            book.active.cell(at, column, value)
    held = io.BytesIO()
    book.save(held)
    links = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
    link = '<Relationship Id="{0}" Type="http://x/{1}" Target="{2}"/>'
    with zipfile.ZipFile(folder / "a.xlsx", "w") as out, zipfile.ZipFile(held) as old:
        for name in old.namelist():
            out.writestr(name, old.read(name))
        out.writestr("xl/worksheets/_rels/sheet1.xml.rels", links.format(link.format("rId1", "drawing", "../d/d1.xml")))
        out.writestr("xl/d/d1.xml", f"<xdr:wsDr {_SPACES}>{drawing}</xdr:wsDr>")
        parts = (link.format(name, "diagramData", f"{name}.xml") for name in more)
        out.writestr("xl/d/_rels/d1.xml.rels", links.format("".join(parts)))
        for name, content in more.items():
            out.writestr(f"xl/d/{name}.xml", content)
    return folder / "a.xlsx"


def page_of(path: Path) -> Page:
    return next(iter(WorkbookReader().open(path).pages))


def told(blocks: tuple[Block, ...]) -> list[tuple[str, str]]:
    return [(block.kind, block.text) for block in blocks]


def test_shapes_are_told_where_they_lie(tmp_path: Path) -> None:
    drawing = anchored(5, 1, shape("警告", "カバーを開ける前に電源を切ること。")) + anchored(1, 1, shape("日常点検"))
    rows = [[], [], ["箇所", "周期"], ["ベルト", "毎日"], [], [], ["記録は1年保管する。"]]
    assert told(page_of(drawn_sheet(tmp_path, rows, drawing)).blocks) == [
        ("heading", "点検"), ("heading", "日常点検"), ("row", "ベルト | 毎日"),
        ("warning", "警告\nカバーを開ける前に電源を切ること。"), ("paragraph", "記録は1年保管する。"),
    ]  # fmt: skip


def test_a_shape_beside_a_table_does_not_part_it(tmp_path: Path) -> None:
    rows = [["Alarm", "Cause"], ["E-101", "Broken wire"], ["E-102", "Overheat"]]
    blocks = page_of(drawn_sheet(tmp_path, rows, anchored(2, 4, shape("Call the maintenance team.")))).blocks
    assert told(blocks) == [
        ("heading", "点検"), ("row", "E-101 | Broken wire"), ("row", "E-102 | Overheat"), ("heading", "点検"),
        ("paragraph", "Call the maintenance team."),
    ]  # fmt: skip
    assert blocks[2].cells[1] == ("Cause", "Overheat")


def test_a_sheet_of_shapes_alone_is_read_row_by_row(tmp_path: Path) -> None:
    numbered = '<a:buAutoNum type="arabicPeriod"/>'
    group = shape("third", at=(900_000, 0)) + shape("second", at=(0, 400_000)) + shape("first", at=(0, 0))
    drawing = (
        anchored(9, 1, shape("電源を切る", "扉を開ける", marks=numbered)) + anchored(1, 1, shape("SECRET", hidden=True))
        + anchored(3, 1, f'<xdr:grpSp><xdr:nvGrpSpPr><xdr:cNvPr id="3" name="g"/></xdr:nvGrpSpPr>{group}</xdr:grpSp>')
        + anchored(4, 1, f"<mc:AlternateContent><mc:Choice>{shape('once')}</mc:Choice><mc:Fallback>{shape('once')}"
                         "</mc:Fallback></mc:AlternateContent>")
    )  # fmt: skip
    assert told(page_of(drawn_sheet(tmp_path, [], drawing)).blocks) == [
        ("heading", "点検"), ("paragraph", "first"), ("paragraph", "second"), ("paragraph", "third"),
        ("paragraph", "once"), ("step", "電源を切る"), ("step", "扉を開ける"),
    ]  # fmt: skip


def test_diagrams_are_read_and_pictures_and_charts_are_counted(tmp_path: Path) -> None:
    framed = "<xdr:graphicFrame><a:graphic><a:graphicData>{}</a:graphicData></a:graphic></xdr:graphicFrame>"
    drawing = (
        anchored(1, 1, framed.format('<dgm:relIds r:dm="data1"/>')) + anchored(2, 1, framed.format("<c:chart/>"))
        + anchored(3, 1, "<xdr:pic/>") * 2
    )  # fmt: skip
    body = "<dgm:t><a:p><a:r><a:t>{}</a:t></a:r></a:p></dgm:t>"
    data = f"<dgm:dataModel {_SPACES}>{body.format('入荷')}{body.format('検査')}</dgm:dataModel>"
    page = page_of(drawn_sheet(tmp_path, [], drawing, data1=data))
    assert told(page.blocks) == [("heading", "点検"), ("bullet", "入荷"), ("bullet", "検査")]
    assert page.skipped == (Skipped("picture", "点検", 2), Skipped("chart", "点検", 1))


@pytest.mark.parametrize("drawing", ["<broken", "<a:b/>", anchored(10**12, -5, shape("far")), "<xdr:twoCellAnchor/>"])
def test_a_broken_drawing_leaves_the_cells_readable(tmp_path: Path, drawing: str) -> None:
    blocks = page_of(drawn_sheet(tmp_path, [["Torque", "24 N·m"], ["Speed", "30 m/min"]], drawing)).blocks
    assert ("row", "Torque | 24 N·m") in told(blocks)


def test_comments_on_cells_are_counted(tmp_path: Path) -> None:
    import openpyxl
    from openpyxl.comments import Comment

    book = openpyxl.Workbook()
    book.active["A1"] = "Torque"
    book.active["A1"].comment = Comment("was 20", "Sato")
    book.save(tmp_path / "a.xlsx")
    assert page_of(tmp_path / "a.xlsx").skipped == (Skipped("note", "Sheet", 1),)


def test_rows_that_are_only_formatted_are_not_walked(tmp_path: Path) -> None:
    """A border set over whole columns makes a cell of every row that a sheet can have."""
    rows = '<row r="1"><c r="A1" t="inlineStr"><is><t>Torque 24 N·m</t></is></c></row>'
    empty = "".join(f'<row r="{n}"><c r="A{n}" s="1"/></row>' for n in range(2, 20_000))
    import openpyxl

    held = io.BytesIO()
    openpyxl.Workbook().save(held)
    with zipfile.ZipFile(held) as old, zipfile.ZipFile(tmp_path / "a.xlsx", "w") as out:
        for name in old.namelist():
            space = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
            sheet = f"<worksheet {space}><sheetData>{rows}{empty}</sheetData></worksheet>".encode()
            out.writestr(name, sheet if name.startswith("xl/worksheets/") else old.read(name))
    walked = WorkbookReader().open(tmp_path / "a.xlsx")
    assert told(next(iter(walked.pages)).blocks) == [("heading", "Sheet"), ("paragraph", "Torque 24 N·m")]
    from index.manuals.workbook import _extras

    with zipfile.ZipFile(tmp_path / "a.xlsx") as package:
        assert _extras(package, "xl/worksheets/sheet1.xml").last_row == 1
