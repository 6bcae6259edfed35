"""Odd files: what PDF, Office, archives, tables, pages and pictures permit and nobody expects, as a program or a person
with bad intent would write it. Each says what must come of it where only one thing is right.
"""

from __future__ import annotations

import io
import random
import struct
import unicodedata
import zlib

from tests import hostile_office, hostile_pdf, hostile_pictures
from tests.hostile_archives import zipped
from tests.hostile_files import TEXT, Make, fixed, times
from tests.hostile_pdf import page, stream, written
from tests.hostile_pictures import bare, chunk, drawn
from tests.hostile_sites import SAID, WORD, Site

_LINE = b"BT /F 12 Tf 72 700 Td (%b) Tj ET\n" % SAID.encode()
_LINKS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_SHEETS = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_W_TEXT = "<w:p><w:r><w:t>{}</w:t></w:r></w:p>"


def files() -> dict[str, Site]:
    return pdf_files() | word_files() | sheet_files() | archives() | texts() | pages() | pictures()


def pdf_files() -> dict[str, Site]:
    catalog, pages_of = b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[%b]/Count %d>>"
    leaf = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 5 0 R/Resources<</Font<</F 4 0 R>>>>>>"
    font, text = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>", stream(_LINE)
    sound = written([catalog, pages_of % (b"3 0 R", 1), leaf, font, text])
    xref = sound.rindex(b"startxref\n") + 10
    start = int(sound[xref : sound.index(b"\n", xref)])

    def updated(count: int) -> Make:
        """So many incremental updates, each with an xref table that leads to the one before."""

        def make(chance: random.Random) -> bytes:
            out, before = bytearray(sound), start
            for _ in range(count):
                place = len(out)
                out += b"xref\n0 0\ntrailer\n<</Size 6/Root 1 0 R/Prev %d>>\nstartxref\n%d\n%%%%EOF\n" % (before, place)
                before = place
            return bytes(out)

        return make

    def two_tables(chance: random.Random) -> bytes:
        """Two xref tables that each name the other as the one before."""
        second = sound.replace(b"/Root 1 0 R", b"/Root 1 0 R/Prev %010d" % 0)
        first = second.index(b"xref\n0 6")
        place = len(second)
        second = second.replace(b"/Prev %010d" % 0, b"/Prev %010d" % place)
        tail = b"xref\n0 0\ntrailer\n<</Size 6/Root 1 0 R/Prev %d>>\nstartxref\n%d\n%%%%EOF\n" % (first, place)
        return second + tail

    def packed(extends: bytes) -> Make:
        """The page's font in an object stream which says that it extends another, or itself."""
        inside = b"4 0 " + font
        body = stream(inside, b"/Type/ObjStm/N 1/First 4/Extends %b" % extends)
        return fixed(written([catalog, pages_of % (b"3 0 R", 1), leaf, b"null", text, body]))

    def encrypted(entries: bytes) -> Make:
        lock = b"/Encrypt<</Filter/Standard%b/O<%b>/U<%b>/P -4>>/ID[<00><00>]" % (entries, b"41" * 32, b"42" * 32)
        return fixed(written([catalog, pages_of % (b"3 0 R", 1), leaf, font, text], lock))

    cmap = b"/CIDInit begincmap 1 beginbfrange <0000> <ffffffff> <0041> endbfrange endcmap"
    mapped = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/ToUnicode 6 0 R>>"
    self_font = b"<</Type/Font/Subtype/Type0/BaseFont/X/Encoding/Identity-H/DescendantFonts[4 0 R]>>"
    threaded = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 5 0 R/Resources 6 0 R>>"
    twice = b"<</Type/Pages/Parent 2 0 R/Kids[%b]/Count 1>>"
    tree = [pages_of % (b"6 0 R 3 0 R", 2), leaf, font, text, twice % b"7 0 R", twice % b"6 0 R"]
    small = [b"<<>>"] * 100_000
    inherited = [pages_of % (b"3 0 R", 1), b"<</Type/Page/Parent 3 0 R/Contents 5 0 R>>", font, text]
    pattern = stream(b"/P scn 0 0 9 9 re f", b"/PatternType 1/PaintType 1/TilingType 1/BBox[0 0 1 1]/XStep 0.001"
                     b"/YStep 0.001/Resources<</Pattern<</P 6 0 R>>>>")  # fmt: skip
    tiled = b"/MediaBox[0 0 595 842]/Resources<</Font<</F 4 0 R>>/Pattern<</P 6 0 R>>>>"
    return {
        "two page trees.pdf": Site(lambda chance: written([catalog, *tree]), None),
        "updated 3000 times.pdf": Site(updated(3000), None),
        "tables of each other.pdf": Site(two_tables, None),
        "packed in itself.pdf": Site(packed(b"6 0 R"), None),
        "100000 objects.pdf": Site(lambda chance: page(_LINE, more=tuple(small)), "", WORD),
        "parent is the page.pdf": Site(fixed(written([catalog, *inherited])), None),
        "lock of revision 9.pdf": Site(encrypted(b"/V 9/R 9"), None),
        "lock of no length.pdf": Site(encrypted(b"/V 2/R 3/Length 0"), None),
        "lock of a minus.pdf": Site(encrypted(b"/V -1/R -1/Length -40"), None),
        "map of four billion.pdf": Site(
            fixed(written([catalog, pages_of % (b"3 0 R", 1), leaf, mapped, text, stream(cmap)])), None
        ),
        "font of itself.pdf": Site(
            fixed(written([catalog, pages_of % (b"3 0 R", 1), leaf, self_font, text])), None
        ),
        "resources missing.pdf": Site(
            fixed(written([catalog, pages_of % (b"3 0 R", 1), threaded, font, text])), None
        ),
        "tiles of nothing.pdf": Site(
            fixed(page(_LINE + b"/Pattern cs /P scn 0 0 500 500 re f\n", tiled, (pattern,))), None
        ),
        "pages of 200 inches.pdf": Site(
            fixed(page(_LINE, b"/MediaBox[0 0 14400 14400]/CropBox[-1e9 -1e9 1e9 1e9]")), None
        ),
    }  # fmt: skip


def word_files() -> dict[str, Site]:
    def body(inside: str) -> Make:
        return hostile_office._body(fixed(inside))

    nested = "<w:tbl><w:tr><w:tc>" * 200 + _W_TEXT.format(SAID) + "</w:tc></w:tr></w:tbl>" * 200
    fields = (
        '<w:p><w:r><w:fldChar w:fldCharType="begin"/><w:instrText>INCLUDETEXT "/etc/passwd"</w:instrText></w:r></w:p>'
    )
    down = "".join(
        f"<w:tr><w:tc><w:tcPr><w:vMerge{kind}/></w:tcPr>{_W_TEXT.format(said)}</w:tc></w:tr>"
        for kind, said in [("", "x"), *[("", "")] * 4000, (' w:val="restart"', SAID)]
    )
    outer = (
        f'<Relationships xmlns="{_LINKS}">'
        + "".join(
            f'<Relationship Id="r{n}" Type="{_OFFICE}/image" TargetMode="External" Target="http://192.0.2.1/{n}.png"/>'
            for n in range(5000)
        )
        + f'<Relationship Id="t" Type="{_OFFICE}/attachedTemplate" TargetMode="External" Target="file://192.0.2.1/a"/>'
        "</Relationships>"
    )
    return {
        "tables 200 deep.docx": Site(body(nested), None),
        "fields never closed.docx": Site(body(fields * 3000 + _W_TEXT.format(SAID)), None),
        "merged from above nothing.docx": Site(body(f"<w:tbl>{down}</w:tbl>"), "", WORD),
        "outer pictures.docx": Site(hostile_office.part("docx", "word/_rels/document.xml.rels", fixed(outer)), None),
    }


def sheet_files() -> dict[str, Site]:
    def cell(place: str, said: str) -> str:
        return f'<c r="{place}" t="inlineStr"><is><t>{said}</t></is></c>'

    def sheet(rows: str, after: str = "") -> Make:
        data = f"<sheetData>{first}{rows}</sheetData>{after}"
        whole = f'<worksheet xmlns="{_SHEETS}" xmlns:r="{_OFFICE}">{data}</worksheet>'
        return hostile_office.part("xlsx", "xl/worksheets/sheet1.xml", fixed(whole))

    def styled(chance: random.Random) -> bytes:
        rows = (f'<row r="{n}" s="1" customFormat="1"><c r="A{n}" s="1"/></row>' for n in range(2, 1_000_001))
        return sheet("".join(rows))(chance)

    first = f'<row r="1">{cell("A1", "Cause")}{cell("B1", SAID)}</row>'
    far = f'<row r="1048576">{cell("XFD1048576", "end")}</row>'
    lost = '<c r="A2" t="s"><v>99999999</v></c><c r="B2" t="s"><v>-7</v></c><c r="C2" s="4000000000"><v>1e999</v></c>'
    links = (f'<hyperlink ref="A{n}" r:id="none{n}" location="[http://192.0.2.1/a.xlsx]S!A1"/>' for n in range(20_000))
    return {
        "a million styled rows.xlsx": Site(styled, "", WORD),
        "the last cell.xlsx": Site(sheet(far), "", WORD),
        "strings that are not there.xlsx": Site(sheet(f'<row r="2">{lost}</row>'), None),
        "outer links.xlsx": Site(sheet("", f"<hyperlinks>{''.join(links)}</hyperlinks>"), None),
        "one row 9000 times.xlsx": Site(sheet(f'<row r="1">{cell("A1", "again")}</row>' * 9000), None),
    }


def archives() -> dict[str, Site]:
    text = f"1 Alarms\n\n{SAID}.\n"
    one, two = unicodedata.normalize("NFC", "ガイド.txt"), unicodedata.normalize("NFD", "ガイド.txt")

    def loop(chance: random.Random) -> bytes:
        """An archive whose first part is an archive with the directory of the outer one."""
        inner = zipped([("a.txt", text.encode())])
        return zipped([("self.zip", inner[:-22] + inner[-22:] * 40), ("b.txt", text.encode())])

    def empty_blocks(chance: random.Random) -> bytes:
        """A body of a million blocks that hold nothing (deflate permits it)."""
        body = b"\0\0\0\xff\xff" * 1_000_000 + b"\1\0\0\xff\xff"
        local = struct.pack("<4s5H3I2H", b"PK\3\4", 20, 0, 8, 0, 0, 0, len(body), 0, 5, 0) + b"0.txt"
        entry = (
            struct.pack("<4s6H3I5H2I", b"PK\1\2", 20, 20, 0, 8, 0, 0, 0, len(body), 0, 5, 0, 0, 0, 0, 0, 0) + b"0.txt"
        )
        end = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, 1, 1, len(entry), len(local) + len(body), 0)
        return local + body + entry + end

    return {
        "names by case.zip": Site(fixed(zipped([("A.txt", text.encode()), ("a.TXT", TEXT.encode())])), "", WORD),
        "names by form.zip": Site(fixed(zipped([(one, text.encode()), (two, TEXT.encode())])), "", WORD),
        "up and in again.zip": Site(
            fixed(zipped([("a/../../../b.txt", TEXT.encode()), ("..../c.txt", text.encode())])), None
        ),
        "a file that is a folder.zip": Site(
            fixed(zipped([("a.txt", text.encode()), ("a.txt/b.txt", TEXT.encode())])), "", WORD
        ),
        "directory of itself.zip": Site(loop, None),
        "a million empty blocks.zip": Site(empty_blocks, None),
    }  # fmt: skip


def texts() -> dict[str, Site]:
    japanese = f"第1章 異常\n\n{SAID}。電源を切る。\n"

    def changing(chance: random.Random) -> bytes:
        codes = ("utf-8", "cp932", "utf-16-le", "euc_jp", "iso2022_jp")
        return b"".join(japanese.encode(codes[n % len(codes)]) for n in range(500))

    return {
        "one line of 50 MB.csv": Site(times("AL.32 Overcurrent ", 2_900_000), None),
        "one quoted cell of 50 MB.csv": Site(times("x\n", 25_000_000, 'Code,Cause\nAL.1,"', '"\n'), None),
        "encodings by the line.txt": Site(changing, None),
        "mark of another encoding.txt": Site(fixed(b"\xfe\xff" + japanese.encode("utf-8") * 40), None),
        "marks between.txt": Site(fixed((b"\xef\xbb\xbf" + japanese.encode("utf-8")) * 400), "", WORD),
    }


def pages() -> dict[str, Site]:
    said = f"<h1>Alarms</h1><p>{SAID}.</p>"
    return {
        "a million open tags.html": Site(times("<b>", 1_000_000, said), None),
        "a million tags.html": Site(times("<i>a</i>", 1_000_000, said), None),
        "templates.html": Site(times("<template><table><tr>", 4000, said), None),
        "a form in a table in a form.html": Site(times("<form><table><select><option>", 3000, said), None),
        "frames.html": Site(fixed("<frameset><frame src='file:///etc/passwd'></frameset>" + said), "", WORD),
        "data of 30 MB.html": Site(times("QUJD", 7_500_000, said + "<img src='data:image/png;base64,", "'>"), "", WORD),
    }  # fmt: skip


def pictures() -> dict[str, Site]:
    def animated(chance: random.Random) -> bytes:
        frames = b"".join(
            chunk(b"fcTL", struct.pack(">IIIIIHHBB", n, 2**31 - 1, 2**31 - 1, 0, 0, 0, 0, 0, 0)) for n in range(30_000)
        )
        return bare(40, 40, b"\0" * 1640, extra=chunk(b"acTL", struct.pack(">II", 30_000, 0)) + frames)

    def profile(chance: random.Random) -> bytes:
        return bare(40, 40, b"\0" * 1640, extra=chunk(b"iCCP", b"a\0\0" + zlib.compress(b"\0" * 300_000_000, 9)))

    def many(chance: random.Random) -> bytes:
        """A TIFF of 60,000 pages that are all the same piece of the file, each leading to the next."""
        size = 2 + 9 * 12 + 4
        out = bytearray(b"II*\0" + struct.pack("<I", 8))
        entries = ((256, 3, 1, 60), (257, 3, 1, 60), (258, 3, 1, 8), (259, 3, 1, 1), (262, 3, 1, 1), (273, 4, 1, 8),
                   (277, 3, 1, 1), (278, 3, 1, 60), (279, 4, 1, 3600))  # fmt: skip
        for number in range(60_000):
            following = 8 + size * (number + 1) if number < 59_999 else 0
            out += struct.pack("<H", len(entries)) + b"".join(struct.pack("<HHII", *entry) for entry in entries)
            out += struct.pack("<I", following)
        return bytes(out)

    def several(chance: random.Random) -> bytes:
        """Two photographs in one file, as cameras with two lenses write them."""
        from PIL import Image

        first, out = Image.open(io.BytesIO(drawn("JPEG"))), io.BytesIO()
        first.save(out, "MPO", save_all=True, append_images=[Image.new("RGB", (700, 120), "white")])
        return out.getvalue()

    heic = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(4000)
    return {
        "pages of one strip.tif": Site(many, None),
        "moves for ever.png": Site(animated, None),
        "colours of 300 MB.png": Site(profile, None),
        "two photographs.jpg": Site(several, None),
        "a telephone's.jpg": Site(fixed(heic), None),
        "a telephone's.png": Site(fixed(heic.replace(b"heic", b"avif")), None),
        "a film.tif": Site(fixed(b"\0\0\0\x18ftypisom\0\0\2\0isomiso2" + bytes(4000)), None),
        "a picture and a manual.png": Site(
            lambda chance: hostile_pictures.png(chance) + hostile_pdf.good(chance), None
        ),
    }  # fmt: skip
