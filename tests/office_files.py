"""Word, PowerPoint and Excel files made by their libraries, Japanese and English, for the tests of the readers."""

from __future__ import annotations

import datetime
import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

TEXT_BOX = (
    '<w:r xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:wps="urn:shape" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"><mc:AlternateContent>'
    '<mc:Choice Requires="wps"><w:drawing><wps:txbx><w:txbxContent><w:p><w:r><w:t>{0}</w:t></w:r></w:p>'
    "</w:txbxContent></wps:txbx></w:drawing></mc:Choice><mc:Fallback><w:pict><w:txbxContent><w:p><w:r><w:t>{0}</w:t>"
    "</w:r></w:p></w:txbxContent></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
)
ALARMS_EN = (("E-101", "Broken wire", "Repair the wire"), ("", "Short circuit", "Replace the cable"),
             ("E-102", "Overheat", "Clean the fan"))  # fmt: skip
ALARMS_JA = (("E-101", "断線", "配線を直す"), ("", "短絡", "ケーブルを交換する"), ("E-102", "過熱", "ファンを掃除する"))


def element(markup: str) -> Any:
    """An XML element with the prefix w bound."""
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    head, _, rest = markup.partition(">")
    bound = (
        markup if "xmlns:w=" in head else f"{head.rstrip('/')} {nsdecls('w')}{'/' if head.endswith('/') else ''}>{rest}"
    )
    return parse_xml(bound)


def alarm_table(document: Any, header: tuple[str, ...], rows: tuple[tuple[str, ...], ...]) -> None:
    """The first two rows share their code by a merged cell."""
    table = document.add_table(rows=1 + len(rows), cols=len(header))
    for at, row in enumerate((header, *rows)):
        for column, text in enumerate(row):
            table.cell(at, column).text = text
    table.cell(1, 0).merge(table.cell(2, 0)).text = rows[0][0]


def word_file(path: Path, ja: bool) -> Path:
    import docx

    document = docx.Document()
    document.add_paragraph("SC-200 搬送機 取扱説明書" if ja else "SC-200 conveyor manual", style="Title")
    if ja:
        document.styles.add_style("見出し 1", 1).base_style = document.styles["Normal"]
        document.add_paragraph("保守", style="見出し 1")
    else:
        document.add_heading("Maintenance", 1)
    document.add_heading("ベルトの交換" if ja else "Replacing the belt", 2)
    steps = (
        ("電源を切る。", "カバーを外す。", "ベルトを付ける。")
        if ja
        else ("Switch off.", "Remove the cover.", "Fit the belt.")
    )
    for step in steps:
        document.add_paragraph(step, style="List Number")
    frame = document.add_table(rows=1, cols=1)
    frame.cell(0, 0).text = "警告" if ja else "WARNING"
    frame.cell(0, 0).add_paragraph("高温部に触れないこと。" if ja else "Do not touch hot parts.")
    document.add_heading("アラーム" if ja else "Alarms", 2)
    header = ("コード", "原因", "処置") if ja else ("Code", "Cause", "Remedy")
    alarm_table(document, header, ALARMS_JA if ja else ALARMS_EN)
    document.add_heading("張力" if ja else "Tension", 2)
    anchor = document.add_paragraph("ベルトの張力を示す。" if ja else "This is the tension of the belt.")
    anchor._p.append(element(TEXT_BOX.format("張力は 24 N·m とする。" if ja else "Tighten the belt to 24 N·m.")))
    document.sections[0].header.paragraphs[0].text = "HEADER"
    document.sections[0].footer.paragraphs[0].text = "FOOTER"
    document.save(str(path))
    return path


def slides_file(path: Path, ja: bool) -> Path:
    import pptx
    from pptx.oxml.ns import qn
    from pptx.util import Inches

    deck = pptx.Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[1])
    slide.shapes.title.text = "ベルトの交換" if ja else "Replacing the belt"
    frame = slide.placeholders[1].text_frame
    steps = (
        ("電源を切る", "カバーを外す", "ベルトを付ける") if ja else ("Switch off", "Remove the cover", "Fit the belt")
    )
    frame.text = steps[0]
    for step in steps[1:]:
        frame.add_paragraph().text = step
    for paragraph in frame.paragraphs:
        marks = paragraph._p.get_or_add_pPr()
        marks.append(marks.makeelement(qn("a:buAutoNum"), {"type": "arabicPeriod"}))
    slide.notes_slide.notes_text_frame.text = "張力は 24 N·m とする。" if ja else "Tighten the belt to 24 N·m."
    slide = deck.slides.add_slide(deck.slide_layouts[5])
    slide.shapes.title.text = "アラーム" if ja else "Alarms"
    rows = (("コード", "原因", "処置"), *ALARMS_JA) if ja else (("Code", "Cause", "Remedy"), *ALARMS_EN)
    table = slide.shapes.add_table(len(rows), 3, Inches(1), Inches(2), Inches(6), Inches(2)).table
    for at, row in enumerate(rows):
        for column, text in enumerate(row):
            table.cell(at, column).text = text
    table.cell(1, 0).merge(table.cell(2, 0))
    hidden = deck.slides.add_slide(deck.slide_layouts[5])
    hidden.shapes.title.text = "SECRET"
    hidden.element.set("show", "0")
    deck.save(str(path))
    return path


def workbook_file(path: Path, ja: bool) -> Path:
    """Two header rows with merged cells, codes as formatted numbers, a hidden sheet, a formula without its result."""
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "アラーム一覧" if ja else "Alarm list"
    sheet["A1"] = "サーボアンプのアラーム" if ja else "Alarms of the servo amplifier"
    sheet.merge_cells("A1:E1")
    names = ("アラーム", "名称", "対処", None, "改訂") if ja else ("Alarm", "Name", "What to do", None, "Revised")
    below = ("原因", "処置") if ja else ("Cause", "Remedy")
    for column, name in enumerate(names, start=1):
        sheet.cell(3, column, name)
    for column, name in zip((3, 4), below, strict=True):
        sheet.cell(4, column, name)
    for merged in ("A3:A4", "B3:B4", "C3:D3", "E3:E4", "A5:A6", "B5:B6"):
        sheet.merge_cells(merged)
    rows = ALARMS_JA if ja else ALARMS_EN
    for at, (number, name, (_, cause, remedy)) in enumerate(
        zip((32, None, 45), ("過電流", None, "過熱") if ja else ("Overcurrent", None, "Overheat"), rows, strict=True), 5
    ):
        for column, value in enumerate((number, name, cause, remedy, datetime.date(2026, 4, 1)), start=1):
            if value is not None:
                sheet.cell(at, column, value)
        sheet.cell(at, 1).number_format = '"AL."0'
        sheet.cell(at, 5).number_format = 'yyyy"年"m"月"' if ja else "yyyy/mm"
    parts = book.create_sheet("部品" if ja else "Parts")
    parts.append(["部品番号", "品名", "トルク [N·m]"] if ja else ["Part number", "Name", "Torque [N·m]"])
    parts.append(["0012", "ベルト" if ja else "Belt", 24.0])
    parts.append([13, "プーリ" if ja else "Pulley", 8.5])
    parts["A3"].number_format = "0000"
    parts["C2"].number_format = parts["C3"].number_format = "0.0"
    parts["D2"] = "=C2*2"
    hidden = book.create_sheet("old")
    hidden["A1"], hidden.sheet_state = "SECRET", "hidden"
    book.save(path)
    return path


def with_part(path: Path, target: Path, part: str, change: Callable[[bytes], bytes]) -> Path:
    """A copy of an Office file in which ``part`` is changed (b"" where there was none)."""
    out = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        names = old.namelist()
        for name in names:
            new.writestr(name, change(old.read(name)) if name == part else old.read(name))
        if part not in names:
            new.writestr(part, change(b""))
    target.write_bytes(out.getvalue())
    return target
