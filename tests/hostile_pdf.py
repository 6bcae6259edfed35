"""Hostile PDF files: cut, flipped, cyclic, oversized and overcrowded, by a small writer of our own."""

from __future__ import annotations

import io
import random
import zlib
from pathlib import Path

from tests.hostile_files import Make, fixed, flipped, truncated

ROOT = Path(__file__).resolve().parents[1]
_TAIL = 1200  # bytes of a PDF that hold its trailer
_FONT = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
_RES = b"/Resources<</Font<</F 4 0 R>>>>"


def good(chance: random.Random) -> bytes:
    return (ROOT / "demo/manuals/cf40.pdf").read_bytes()


def written(objects: list[bytes], trailer: bytes = b"") -> bytes:
    """A PDF of numbered objects, the first being the catalogue."""
    out, places = bytearray(b"%PDF-1.7\n"), []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<</Size %d/Root 1 0 R%b>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, trailer, start)
    return bytes(out)


def stream(content: bytes, extra: bytes = b"", pack: bool = False) -> bytes:
    if pack:
        content, extra = zlib.compress(content, 9), extra + b"/Filter/FlateDecode"
    return b"<</Length %d%b>>\nstream\n%b\nendstream" % (len(content), extra, content)


def page(
    content: bytes,
    extra: bytes = b"/MediaBox[0 0 595 842]",
    more: tuple[bytes, ...] = (),
    root: bytes = b"",
    pack: bool = False,
) -> bytes:
    """A PDF of one page; ``more`` are objects from number 6 on."""
    return written(
        [
            b"<</Type/Catalog/Pages 2 0 R%b>>" % root,
            b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            b"<</Type/Page/Parent 2 0 R/Contents 5 0 R%b%b>>" % (extra, b"" if b"/Resources" in extra else _RES),
            _FONT,
            stream(content, pack=pack),
            *more,
        ]
    )


TEXT = b"BT /F 12 Tf 72 700 Td (1 Reset. Turn QS1 off.) Tj ET\n"


def files() -> dict[str, Make]:
    out: dict[str, Make] = {}
    for share in (0.0005, 0.01, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9, 0.97, 0.995, 0.9999):
        out[f"cut at {share}.pdf"] = truncated(good, share)
    for share in (0.2, 0.6, 0.95):  # with an end mark, as a broken transfer that was mended by nobody
        out[f"cut at {share} with end.pdf"] = _ended(truncated(good, share))
    for number, share in enumerate((1e-5, 1e-4, 1e-4, 1e-3, 1e-3, 3e-3, 0.01, 0.01, 0.05, 0.2)):
        out[f"flipped {number}.pdf"] = flipped(good, share, _TAIL)
    for number in range(12):
        out[f"changed {number}.pdf"] = _changed(number)
    return out | structure() | crowds() | sizes() | locked()


def _ended(make: Make) -> Make:
    return lambda chance: make(chance) + b"\nstartxref\n0\n%%EOF\n"


def _changed(number: int) -> Make:
    """Numbers and names of a page's objects exchanged for others."""

    def change(chance: random.Random) -> bytes:
        whole = page(TEXT * 20, root=b"/PageLabels<</Nums[0<</S/D/St 3>>]>>")
        for _ in range(1 + number):
            old = chance.choice(
                (
                    b"595",
                    b"842",
                    b"/Kids[3",
                    b"/Count 1",
                    b"/Page/",
                    b"5 0 R",
                    b"/F 12",
                    b"4 0 R",
                    b"obj",
                    b"/Length",
                    b"stream",
                    b"Tj",
                    b"/St 3",
                    b"/Nums[0",
                    b"72 700",
                    b"xref",
                )
            )
            new = chance.choice(
                (
                    b"-1",
                    b"2147483648",
                    b"99999999999999999999",
                    b"null",
                    b"/X",
                    b"[" * 50,
                    b"1e308",
                    b"(",
                    b"<<",
                    b"1 0 R",
                    b"true",
                    b"\0",
                    b"%",
                    b"3 0 R",
                )
            )
            whole = whole.replace(old, new, 1)
        return whole

    return change


def structure() -> dict[str, Make]:
    """Cycles, loops and depth in the objects."""
    kids = b"<</Type/Pages/Kids[%b]/Count %d>>"
    catalog = b"<</Type/Catalog/Pages 2 0 R>>"
    leaf = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 5 0 R%b>>" % _RES
    form = b"/Type/XObject/Subtype/Form/BBox[0 0 595 842]/Resources<</Font<</F 4 0 R>>/XObject<</X %d 0 R/Y %d 0 R>>>>"
    twice = [stream(b"/X Do /Y Do " + TEXT, form % (n, n)) for n in range(7, 36)] + [stream(TEXT, form % (6, 6))]
    called = b"/MediaBox[0 0 595 842]/Resources<</Font<</F 4 0 R>>/XObject<</X 6 0 R>>>>"
    deep = [b"<</Type/Pages/Parent %d 0 R/Kids[%d 0 R]/Count 1>>" % (max(1, n - 1), n + 1) for n in range(2, 4000)]
    outline = b"<</Title(a)/Parent 6 0 R/Next 7 0 R/First 7 0 R/Last 7 0 R>>"
    return {
        "page tree cycle.pdf": fixed(written([catalog, kids % (b"2 0 R 3 0 R", 2), leaf, _FONT, stream(TEXT)])),
        "page tree only cycle.pdf": fixed(written([catalog, kids % (b"2 0 R", 1)])),
        "deep page tree.pdf": lambda chance: written([catalog, *deep, leaf]),
        "two billion pages.pdf": fixed(written([catalog, kids % (b"3 0 R", 2147483647), leaf, _FONT, stream(TEXT)])),
        "minus pages.pdf": fixed(written([catalog, kids % (b"3 0 R", -3), leaf, _FONT, stream(TEXT)])),
        "100000 kids.pdf": lambda chance: written(
            [catalog, kids % (b"3 0 R " * 100_000, 100_000), leaf, _FONT, stream(TEXT)]
        ),
        "missing kids.pdf": fixed(written([catalog, kids % (b"99 0 R 98 0 R 3 0 R", 3), leaf, _FONT, stream(TEXT)])),
        "form in itself.pdf": fixed(page(b"/X Do " + TEXT, called, (stream(b"/X Do ", form % (6, 6)),))),
        "forms doubled.pdf": fixed(page(b"/X Do " + TEXT, called, tuple(twice))),
        "outline cycle.pdf": fixed(
            page(TEXT, more=(b"<</Type/Outlines/First 7 0 R/Last 7 0 R/Count 1>>", outline), root=b"/Outlines 6 0 R")
        ),
        "label cycle.pdf": fixed(page(TEXT, more=(b"<</Kids[6 0 R]/Limits[0 9]>>",), root=b"/PageLabels 6 0 R")),
        "label of a megabyte.pdf": lambda chance: page(
            TEXT, root=b"/PageLabels<</Nums[0<</P(" + b"x" * 1_000_000 + b")>>]>>"
        ),
        "label of a billion.pdf": fixed(page(TEXT, root=b"/PageLabels<</Nums[0<</S/R/St 2000000000>>]>>")),
        "xref loop.pdf": fixed(written([catalog, kids % (b"3 0 R", 1), leaf, _FONT, stream(TEXT)], b"/Prev 0")),
        "xref far.pdf": fixed(page(TEXT).replace(b"startxref\n", b"startxref\n99999999999")),
        "arrays.pdf": lambda chance: page(TEXT, more=(b"[" * 200_000 + b"]" * 200_000,), root=b"/A 6 0 R"),
        "dictionaries.pdf": lambda chance: page(TEXT, more=(b"<</A" * 100_000 + b">>" * 100_000,), root=b"/A 6 0 R"),
        "length in itself.pdf": fixed(page(TEXT).replace(b"/Length 53", b"/Length 5 0 R")),
        "header only.pdf": fixed(b"%PDF-1.7\n%%EOF\n"),
        "header.pdf": fixed(b"%PDF-1.7"),
        "no pages.pdf": fixed(written([catalog, kids % (b"", 0)])),
        "noise.pdf": lambda chance: b"%PDF-1.7\n" + chance.randbytes(90_000) + b"\n%%EOF",
        "script.pdf": fixed(page(TEXT, root=b"/OpenAction<</S/JavaScript/JS(while(true){})>>")),
        "late header.pdf": fixed(b"\n" * 900 + page(TEXT)),
        "two in one.pdf": lambda chance: good(chance) + page(TEXT),
    }


def crowds() -> dict[str, Make]:
    """Pages with more on them than any page."""

    def scattered(count: int) -> Make:
        return lambda chance: page(
            b"".join(
                b"BT /F %d Tf %d %d Td (w%d) Tj ET\n"
                % (chance.randint(5, 14), chance.randint(0, 560), chance.randint(0, 830), n)
                for n in range(count)
            )
        )

    def grid(lines: int) -> bytes:
        return b"".join(
            b"%d 20 m %d 820 l S 20 %d m 580 %d l S\n"
            % (20 + n * 560 // lines, 20 + n * 560 // lines, 20 + n * 800 // lines, 20 + n * 800 // lines)
            for n in range(lines)
        )

    def rules(count: int) -> Make:
        return lambda chance: page(
            TEXT
            + b"".join(
                b"%d %d m %d %d l S\n" % (x := chance.randint(0, 500), y := chance.randint(0, 800), x + 60, y)
                for _ in range(count)
            )
        )

    return {
        "scattered words.pdf": scattered(4000),
        "many scattered words.pdf": scattered(60_000),
        "grid.pdf": fixed(page(TEXT + grid(60))),
        "fine grid.pdf": lambda chance: page(TEXT + grid(500)),
        "rules.pdf": rules(4000),
        "many rules.pdf": rules(120_000),
        "one place.pdf": lambda chance: page(TEXT * 30_000),
        "long line.pdf": lambda chance: page(TEXT.replace(b"Reset", b"Reset " * 60_000)),
        "spaces.pdf": lambda chance: page(TEXT.replace(b"Reset", b" " * 300_000 + b"x")),
        "digits.pdf": lambda chance: page(TEXT.replace(b"Reset", b"1." * 100_000)),
        "saves.pdf": lambda chance: page(b"q " * 1_000_000 + TEXT),
        "paths.pdf": lambda chance: page(TEXT + b"0 0 m " + b"9 9 l " * 500_000 + b"S"),
        "rectangles.pdf": lambda chance: page(
            TEXT + b"".join(b"%d %d 9 9 re S\n" % (n % 590, n // 590) for n in range(80_000))
        ),
        "garbage operators.pdf": lambda chance: page(TEXT + chance.randbytes(200_000)),
        "contents.pdf": lambda chance: page(
            TEXT, b"/MediaBox[0 0 595 842]/Contents[" + b"5 0 R " * 50_000 + b"]"
        ).replace(b"/Contents 5 0 R", b"", 1),
        "annotations.pdf": lambda chance: page(
            TEXT, b"/MediaBox[0 0 595 842]/Annots[" + b"<</Subtype/Link/Rect[0 0 9 9]>>" * 50_000 + b"]"
        ),
        "columns.pdf": lambda chance: page(
            b"".join(b"BT /F 4 Tf %d %d Td (a) Tj ET\n" % (x, y) for y in range(20, 820, 8) for x in range(10, 590, 8))
        ),
        "5000 pages.pdf": lambda chance: written(
            [
                b"<</Type/Catalog/Pages 2 0 R>>",
                b"<</Type/Pages/Count 5000/Kids[%b]>>" % b" ".join(b"%d 0 R" % n for n in range(5, 5005)),
                _FONT,
                stream(TEXT),
                *[b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F 3 0 R>>>>>>"]
                * 5000,
            ]
        ),
    }


def sizes() -> dict[str, Make]:
    """Pages and pictures of impossible size, and streams that unpack to more than a box has."""

    def picture(wide: int, high: int, data: bytes) -> bytes:
        image = stream(
            data,
            b"/Type/XObject/Subtype/Image/Width %d/Height %d/ColorSpace/DeviceGray/BitsPerComponent 8" % (wide, high),
            True,
        )
        return page(
            b"q 595 0 0 842 0 0 cm /X Do Q", b"/MediaBox[0 0 595 842]/Resources<</XObject<</X 6 0 R>>>>", (image,)
        )

    def chained(chance: random.Random) -> bytes:
        data = b"\0" * 200_000_000
        for _ in range(3):
            data = zlib.compress(data, 9)
        return page(TEXT, more=()).replace(
            stream(TEXT), b"<</Length %d/Filter[%b]>>\nstream\n%b\nendstream" % (len(data), b"/FlateDecode" * 3, data)
        )

    boxes = {
        "huge": b"[0 0 1e9 1e9]",
        "tiny": b"[0 0 0.001 0.001]",
        "minus": b"[595 842 0 0]",
        "far": b"[1e30 1e30 2e30 2e30]",
        "flat": b"[0 0 595 0]",
        "strip": b"[0 0 14400 1]",
        "text": b"[(a) (b) (c) (d)]",
        "none": b"null",
        "wide": b"[0 0 200000 842]",
    }
    out: dict[str, Make] = {f"{name} page.pdf": fixed(page(TEXT, b"/MediaBox" + box)) for name, box in boxes.items()}
    out |= {
        f"{name} blank page.pdf": fixed(page(b"0 0 300 300 re f", b"/MediaBox" + boxes[name]))
        for name in ("huge", "far", "strip", "wide")
    }
    return out | {
        "user unit.pdf": fixed(page(TEXT, b"/MediaBox[0 0 595 842]/UserUnit 1000000")),
        "turned.pdf": fixed(page(TEXT, b"/MediaBox[0 0 595 842]/Rotate 45")),
        "huge letters.pdf": fixed(page(TEXT.replace(b"12 Tf", b"1000000000 Tf"))),
        "no letters.pdf": fixed(page(TEXT.replace(b"12 Tf", b"0 Tf"))),
        "minus letters.pdf": fixed(page(TEXT.replace(b"12 Tf", b"-12 Tf"))),
        "far text.pdf": fixed(page(TEXT.replace(b"72 700", b"1e20 -1e20"))),
        "stream bomb.pdf": lambda chance: page(TEXT + b" " * 600_000_000, pack=True),
        "operator bomb.pdf": lambda chance: page(b"0 0 m 9 9 l S " * 6_000_000, pack=True),
        "text bomb.pdf": lambda chance: page(TEXT * 1_000_000, pack=True),
        "chained bomb.pdf": chained,
        "picture bomb.pdf": lambda chance: picture(30_000, 30_000, b"\0" * 900_000_000),
        "picture lie.pdf": fixed(picture(60_000, 60_000, b"\0" * 100)),
        "picture noise.pdf": lambda chance: picture(900, 1200, chance.randbytes(1_080_000)),
        "blank.pdf": fixed(page(b" ")),
    }


def locked() -> dict[str, Make]:
    def lock(method: str, user: str) -> Make:
        def make(chance: random.Random) -> bytes:
            from pypdf import PdfReader, PdfWriter

            out = io.BytesIO()
            writer = PdfWriter(clone_from=PdfReader(io.BytesIO(page(TEXT))))
            writer.encrypt(user, "owner", algorithm=method)
            writer.write(out)
            return out.getvalue()

        return make

    return {
        "password.pdf": lock("RC4-128", "secret"),
        "password 40.pdf": lock("RC4-40", "secret"),
        "owner password.pdf": lock("RC4-128", ""),
        "unknown lock.pdf": fixed(page(TEXT).replace(b"/Root 1 0 R", b"/Root 1 0 R/Encrypt<</Filter/Own/V 9>>")),
    }
