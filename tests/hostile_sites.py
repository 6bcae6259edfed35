"""Files as sites really send them: half copied, turned, locked, rewritten on the way, with odd names and encodings.

Each says what must come of it: the code of its refusal ("" where it is read), and words that must then be found in it.
"""

from __future__ import annotations

import io
import random
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from tests import hostile_office, hostile_pdf, hostile_pictures
from tests.hostile_archives import nested, zipped
from tests.hostile_files import TEXT, Make, fixed, truncated
from tests.hostile_pdf import page, written

SAID = "AL.32 Overcurrent: check the motor cable"
WORD = "Overcurrent"
_ROWS = 1_048_576  # of a sheet of Excel
_X = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


@dataclass(frozen=True, slots=True)
class Site:
    """``code``: of the refusal, "" where it is read, None where both will do; ``holds``: what a passage of it must hold
    then."""

    make: Make
    code: str | None = ""
    holds: str = ""


def files() -> dict[str, Site]:
    return copied() | pdf_files() | office_files() | texts() | pages() | archives() | pictures()


def zeros(make: Make, share: float) -> Make:
    """A file whose room was set aside before it was copied, and whose copying stopped at ``share``."""

    def half(chance: random.Random) -> bytes:
        whole = make(chance)
        kept = int(share * len(whole))
        return whole[:kept] + bytes(len(whole) - kept)

    return half


def holed(make: Make, start: float, end: float) -> Make:
    """A file with a piece that never came."""

    def hole(chance: random.Random) -> bytes:
        whole = make(chance)
        a, b = int(start * len(whole)), int(end * len(whole))
        return whole[:a] + bytes(b - a) + whole[b:]

    return hole


def changed(make: Make, change: Callable[[bytes], bytes]) -> Make:
    return lambda chance: change(make(chance))


def copied() -> dict[str, Site]:
    text = fixed(TEXT * 200)
    html = b"\n<!DOCTYPE html><html><body>Saved by the proxy</body></html>\n"
    return {
        "half copied.pdf": Site(zeros(hostile_pdf.good, 0.5), "manual_damaged"),
        "half copied.docx": Site(zeros(hostile_office.word, 0.5), "manual_damaged"),
        "half copied.xlsx": Site(zeros(hostile_office.sheet, 0.9), "manual_damaged"),
        "half copied.pptx": Site(zeros(hostile_office.slides, 0.2), "manual_damaged"),
        "half copied.txt": Site(zeros(text, 0.5), "manual_damaged"),
        "half copied.csv": Site(zeros(fixed("Code,Cause\n" + "AL.1,Hot\n" * 500), 0.7), "manual_damaged"),
        "half copied.zip": Site(zeros(hostile_office.word, 0.5), "manual_damaged"),
        "nothing but zeros.docx": Site(fixed(bytes(40_000)), "unknown_format"),
        "first half.pdf": Site(truncated(hostile_pdf.good, 0.5), "manual_damaged"),
        "second half.docx": Site(changed(hostile_office.word, lambda raw: raw[len(raw) // 2 :]), "unknown_format"),
        "in text mode.docx": Site(
            changed(hostile_office.word, lambda raw: raw.replace(b"\n", b"\r\n")), "manual_damaged"
        ),
        "proxy page behind.pdf": Site(changed(hostile_pdf.good, lambda raw: raw + html), "", "glue"),
    }


def _plain_pdf(*texts: str) -> bytes:
    """A PDF of a page a text, nothing packed, so that its bytes can be changed."""
    kids = b" ".join(b"%d 0 R" % n for n in range(4, 4 + 2 * len(texts), 2))
    objects = [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[%b]/Count %d>>" % (kids, len(texts)),
               b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"]  # fmt: skip
    for number, text in enumerate(texts):
        objects.append(b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents %d 0 R"
                       b"/Resources<</Font<</F 3 0 R>>>>>>" % (5 + 2 * number))  # fmt: skip
        objects.append(hostile_pdf.stream(b"BT /F 12 Tf 72 700 Td (%b) Tj ET" % text.encode()))
    return written(objects)


def _of_pages(count: int) -> Make:
    leaf = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F 3 0 R>>>>>>"

    def make(chance: random.Random) -> bytes:
        kids = b" ".join(b"%d 0 R" % n for n in range(5, 5 + count))
        return written(
            [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Count %d/Kids[%b]>>" % (count, kids),
             b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
             hostile_pdf.stream(b"BT /F 12 Tf 72 700 Td (%b) Tj ET" % SAID.encode()), *[leaf] * count]
        )  # fmt: skip

    return make


@cache
def _uncoded() -> bytes:
    """A PDF whose font has letters of its own and no table that says which (ToUnicode)."""
    from pathlib import Path

    import reportlab
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont
    from reportlab.pdfgen.canvas import Canvas

    pdfmetrics.registerFont(TTFont("Vera", str(Path(reportlab.__file__).parent / "fonts/Vera.ttf")))
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(595, 842), pageCompression=0)
    canvas.setFont("Vera", 18)
    for line in range(8):
        canvas.drawString(60, 760 - 40 * line, f"{line + 1} {SAID}")
    canvas.save()
    return re.sub(rb"/ToUnicode \d+ 0 R", b"", out.getvalue())


def _scan(angle: int, text: str = SAID, stamp: str = "") -> Make:
    """A PDF of one picture of a page, turned by ``angle`` degrees; ``stamp``: text that is printed over it."""

    def make(chance: random.Random) -> bytes:
        from PIL import Image, ImageDraw
        from reportlab.lib.utils import ImageReader
        from reportlab.pdfgen.canvas import Canvas

        picture = Image.new("L", (1240, 1754), 255)
        for line in range(12):
            ImageDraw.Draw(picture).text((120, 160 + 90 * line), f"{line + 1} {text}", fill=0, font_size=36)
        out, turned = io.BytesIO(), picture.rotate(angle, expand=True)
        size = (842.0, 595.0) if angle % 180 else (595.0, 842.0)
        canvas = Canvas(out, pagesize=size)
        canvas.drawImage(ImageReader(turned), 0, 0, *size)
        canvas.drawString(20, 10, stamp)
        canvas.save()
        return out.getvalue()

    return make


def pdf_files() -> dict[str, Site]:
    good = _plain_pdf(SAID, "Second page")
    return {
        "20000 pages.pdf": Site(_of_pages(20_000), "", WORD),
        "20001 pages.pdf": Site(_of_pages(20_001), "manual_too_large"),
        "places of another file.pdf": Site(
            fixed(re.sub(rb"(\d{10}) 00000 n", rb"0000000007 00000 n", good)), "", WORD
        ),
        "no table of places.pdf": Site(fixed(re.sub(rb"(?s)xref.*trailer", b"trailer", good)), "", WORD),
        "sent as text.pdf": Site(fixed(good.replace(b"\n", b"\r\n")), "", WORD),
        "behind a mail's head.pdf": Site(fixed(b"Content-Type: application/pdf\r\n\r\n" + good), "", WORD),
        "letters without codes.pdf": Site(lambda chance: _uncoded(), "", WORD),
        "scan.pdf": Site(_scan(0), "", WORD),
        "scan turned left.pdf": Site(_scan(90), "", WORD),
        "scan turned right.pdf": Site(_scan(270), "", WORD),
        "scan upside down.pdf": Site(_scan(180), "", WORD),
        "scan with a stamp.pdf": Site(_scan(0, stamp="CONTROLLED COPY 2026-04-01 Line 2 No. 0012"), "", WORD),
        "please wait.pdf": Site(fixed(page(hostile_pdf.TEXT, root=b"/AcroForm<</XFA 4 0 R>>"))),
        "attachment.pdf": Site(
            fixed(page(b"BT /F 12 Tf 72 700 Td (%b) Tj ET" % SAID.encode(), more=(hostile_pdf.stream(b"MZ" * 99),),
                       root=b"/Names<</EmbeddedFiles<</Names[(a.exe)<</EF<</F 6 0 R>>>>]>>>>")),
            "", WORD,
        ),
    }  # fmt: skip


def _workbook(protect: bool = False) -> bytes:
    import openpyxl
    from openpyxl.workbook.protection import WorkbookProtection

    book = openpyxl.Workbook()
    for row in (("Alarm", "Cause", "Remedy"), ("AL.32", WORD, "Check the motor cable")):
        book.active.append(row)
    if protect:
        book.active.protection.set_password("andon")
        book.security = WorkbookProtection(workbookPassword="andon", lockStructure=True)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _sheet(rows: Callable[[], bytes]) -> Make:
    """A workbook whose sheet has these rows below one that says something."""
    said = f'<row r="1"><c r="A1" t="inlineStr"><is><t>{SAID}</t></is></c></row>'.encode()

    def make(chance: random.Random) -> bytes:
        size = b'<dimension ref="A1:XFD%d"/>' % _ROWS  # as Excel writes it
        sheet = b"<worksheet %b>%b<sheetData>%b%b</sheetData></worksheet>" % (_X.encode(), size, said, rows())
        with zipfile.ZipFile(io.BytesIO(_workbook())) as old:
            return zipped([(n, sheet if n.startswith("xl/worksheets/") else old.read(n)) for n in old.namelist()])

    return make


def _bordered() -> bytes:
    return b"".join(b'<row r="%d"><c r="A%d" s="0"/><c r="B%d" s="0"/></row>' % (n, n, n) for n in range(2, _ROWS + 1))


def _tracked(chance: random.Random) -> bytes:
    body = (
        "<w:p><w:r><w:t>Tighten to </w:t></w:r><w:del><w:r><w:delText>20</w:delText></w:r></w:del><w:ins><w:r>"
        "<w:t>24</w:t></w:r></w:ins><w:commentRangeStart w:id='0'/><w:r><w:t> N·m.</w:t></w:r><w:commentRangeEnd"
        " w:id='0'/><w:r><w:commentReference w:id='0'/></w:r></w:p>"
    )
    return hostile_office._body(fixed(body))(chance)


def office_files() -> dict[str, Site]:
    return {
        "million formatted rows.xlsx": Site(_sheet(_bordered), "", WORD),
        "all columns formatted.xlsx": Site(
            _sheet(lambda: b"".join(b'<row r="%d">%b</row>' % (n, b'<c s="0"/>' * 16_384) for n in range(2, 40))),
            "", WORD,
        ),
        "protected sheet.xlsx": Site(lambda chance: _workbook(protect=True), "", WORD),
        "tracked changes.docx": Site(_tracked, "", "Tighten to 24 N·m."),
        "opened elsewhere ~$manual.docx": Site(fixed(b"\x05Sato" + bytes(157)), "unknown_format"),
        "old with a new name.xlsx": Site(fixed(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4096)), "old_format"),
        "saved as HTML.xls": Site(fixed("<html><table><tr><td>AL.1</td></tr></table></html>"), "unknown_format"),
    }  # fmt: skip


def texts() -> dict[str, Site]:
    ja, two = "コード,原因\nAL.32,過電流\n", "AL.45,過熱\n"
    return {
        "two encodings.csv": Site(fixed(ja.encode("cp932") + two.encode("utf-8") * 30), "manual_damaged"),
        "joined with marks.csv": Site(fixed(ja.encode("utf-8-sig") + two.encode("utf-8-sig")), "", "過熱"),
        "cp932.csv": Site(fixed((ja + two * 20).encode("cp932")), "", "過電流"),
        "unicode text.csv": Site(fixed((ja + two * 20).replace(",", "\t").encode("utf-16")), "", "過電流"),
        "separator told.csv": Site(fixed("sep=;\r\nCode;Cause\r\nAL.32;Overcurrent, or short\r\n"), "", WORD),
        "notes above.csv": Site(fixed("Exported today\n\nCode,Cause\nAL.32,Overcurrent\n"), "", WORD),
        "commas without quotes.csv": Site(
            fixed("Code,Remedy\nAL.31,Cool it\nAL.30,Heat it\nAL.32,Check the cable, or the motor\n"),
            "", "Check the cable, or the motor",
        ),
        "half-width kana.txt": Site(fixed("ｱﾗｰﾑ AL.32\n\nﾓｰﾀのｹｰﾌﾞﾙを確認する。\n".encode("cp932")), "", "ｹｰﾌﾞﾙ"),
    }  # fmt: skip


def pages() -> dict[str, Site]:
    script = "<script>document.write('<table><tr><td>'+'</scr'+'ipt>')</script>" * 300
    body = f"<h1>Alarms</h1><p>{SAID}</p>"
    menu = "<table><tr><td>menu</td></tr></table>"
    word = "<!--[if gte mso 9]><xml><o:p>x</o:p></xml><![endif]--><p class=MsoNormal>{}<o:p></o:p></p>" * 200
    return {
        "scripts.html": Site(fixed(f"<html><body onload='x()'>{script}<p>{SAID}</p>{script}</body></html>"), "", WORD),
        "saved by Word.html": Site(fixed(word.format(*[SAID] * 200)), "", WORD),
        "frames.html": Site(fixed("<frameset><frame src='a.html'><frame src='b.html'></frameset>"), "empty_manual"),
        "saved whole.mht": Site(fixed("MIME-Version: 1.0\n\n<html></html>"), "unknown_format"),
        "page of tables.html": Site(fixed(f"<table><tr><td>{menu}</td><td>{body}</td></tr></table>"), "", WORD),
        "hidden.html": Site(fixed(f"<p style='display:none'>{SAID}</p>"), "empty_manual"),
    }  # fmt: skip


def archives() -> dict[str, Site]:
    name = "取扱説明書/アラーム一覧.txt".encode("cp932")
    held = "x" * (len(name) - 4) + ".txt"  # as long
    mixed = zipped([("good.txt", SAID.encode()), ("bad.docx", bytes(999))])
    return {
        "cp932 names.zip": Site(fixed(zipped([(held, SAID.encode())]).replace(held.encode(), name)), "", WORD),
        "archive in archive.zip": Site(fixed(nested(2, 2, SAID.encode())), "", WORD),
        "one bad file.zip": Site(fixed(mixed), "", WORD),
        "last part of three.zip": Site(truncated(fixed(zipped([("a.txt", bytes(99))])[60:]), 1.0), "manual_damaged"),
        "other packer.zip": Site(fixed(b"Rar!\x1a\x07\x01\x00" + bytes(300)), "manual_damaged"),
    }


def pictures() -> dict[str, Site]:
    phone = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(3000)
    return {
        "photo of a phone.jpg": Site(fixed(phone), "unknown_format"),
        "turned by a tag.jpg": Site(_tagged, "", WORD),
        "half copied.jpg": Site(zeros(hostile_pictures.jpeg, 0.3), "manual_damaged"),
    }


def _tagged(chance: random.Random) -> bytes:
    """A photo that lies on its side, with the tag (Exif 274) that says how to turn it."""
    from PIL import Image, ImageDraw

    picture = Image.new("L", (1240, 900), 255)
    for line in range(6):
        ImageDraw.Draw(picture).text((80, 100 + 110 * line), f"{line + 1} {SAID}", fill=0, font_size=40)
    tags = Image.Exif()
    tags[274] = 6  # turn it to the right to see it upright
    out = io.BytesIO()
    picture.rotate(90, expand=True).save(out, "JPEG", exif=tags)
    return out.getvalue()
