"""Hostile pictures: pixel bombs, loops of frames, broken data and noise, as PNG, JPEG and TIFF."""

from __future__ import annotations

import io
import random
import struct
import zlib
from typing import Any

from tests.hostile_files import Make, fixed, flipped, truncated


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def bare(wide: int, high: int, data: bytes, depth: int = 8, colour: int = 0, extra: bytes = b"") -> bytes:
    """A PNG of packed rows."""
    header = struct.pack(">IIBBBBB", wide, high, depth, colour, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + extra
        + chunk(b"IDAT", zlib.compress(data, 9))
        + chunk(b"IEND", b"")
    )


def drawn(kind: str, mode: str = "RGB", **options: Any) -> bytes:
    """A picture with a line of text."""
    from PIL import Image, ImageDraw

    picture = Image.new("L", (700, 120), 255)
    ImageDraw.Draw(picture).text((20, 40), "AL.32 Overcurrent: check the motor cable", fill=0, font_size=28)
    out = io.BytesIO()
    picture.convert(mode).save(out, kind, **options)
    return out.getvalue()


def png(chance: random.Random) -> bytes:
    return drawn("PNG")


def jpeg(chance: random.Random) -> bytes:
    return drawn("JPEG")


def tiff(chance: random.Random) -> bytes:
    return drawn("TIFF")


def tags(*entries: tuple[int, int, int, int], following: int = 0) -> bytes:
    """A TIFF of one directory: (tag, type, count, value), little-endian; ``following``: where the next one stands."""
    out = b"II*\0" + struct.pack("<IH", 8, len(entries))
    return out + b"".join(struct.pack("<HHII", *entry) for entry in entries) + struct.pack("<I", following)


def _sized(wide: int, high: int, following: int = 0) -> bytes:
    return tags(
        (256, 4, 1, wide),
        (257, 4, 1, high),
        (258, 3, 1, 8),
        (259, 3, 1, 1),
        (262, 3, 1, 1),
        (273, 4, 1, 8),
        (277, 3, 1, 1),
        (278, 4, 1, high),
        (279, 4, 1, min(wide * high, 2**32 - 1)),
        following=following,
    )


def _noisy(kind: str, wide: int, high: int) -> Make:
    def make(chance: random.Random) -> bytes:
        from PIL import Image

        out = io.BytesIO()
        Image.frombytes("L", (wide, high), chance.randbytes(wide * high)).save(out, kind)
        return out.getvalue()

    return make


def _frames(count: int) -> Make:
    def make(chance: random.Random) -> bytes:
        from PIL import Image

        out = io.BytesIO()
        Image.new("1", (40, 40)).save(
            out, "TIFF", save_all=True, append_images=[Image.new("1", (40, 40))] * (count - 1)
        )
        return out.getvalue()

    return make


def files() -> dict[str, Make]:
    out: dict[str, Make] = {}
    for name, make in (("a.png", png), ("b.jpg", jpeg), ("c.tif", tiff)):
        for share in (0.02, 0.3, 0.7, 0.98):
            out[f"cut at {share} {name}"] = truncated(make, share)
        for number, share in enumerate((0.0005, 0.005, 0.05)):
            out[f"flipped {number} {name}"] = flipped(make, share)
    sized = jpeg(random.Random(0))
    frame = sized.find(b"\xff\xc0")
    return out | {
        "pixels.png": lambda chance: bare(60_000, 60_000, b"\0" * 60_000 * 7_501, depth=1),
        "most pixels.png": fixed(bare(2**31 - 1, 2**31 - 1, b"\0")),
        "large.png": lambda chance: bare(14_000, 10_000, (b"\0" + b"\xff" * 14_000) * 10_000),
        "no pixels.png": fixed(bare(0, 0, b"")),
        "short.png": fixed(bare(900, 900, b"\0" * 99)),
        "strip.png": lambda chance: bare(100_000, 1, b"\0" * 100_001),
        "tall.png": lambda chance: bare(1, 100_000, b"\0\0" * 100_000),
        "dot.png": fixed(bare(1, 1, b"\0\0")),
        "white.png": fixed(bare(900, 600, (b"\0" + b"\xff" * 900) * 600)),
        "text bomb.png": lambda chance: bare(
            9, 9, b"\0" * 90, extra=chunk(b"zTXt", b"a\0\0" + zlib.compress(b"x" * 90_000_000))
        ),
        "texts.png": lambda chance: bare(9, 9, b"\0" * 90, extra=chunk(b"tEXt", b"a\0b") * 50_000),
        "noise.png": _noisy("PNG", 1200, 900),
        "noise.jpg": _noisy("JPEG", 1200, 900),
        "noise.tif": _noisy("TIFF", 600, 900),
        "deep.png": fixed(drawn("PNG", "I")),
        "depth 3.png": fixed(bare(9, 9, b"\0" * 90, depth=3)),
        "header.png": fixed(b"\x89PNG\r\n\x1a\n"),
        "large.jpg": fixed(sized[: frame + 5] + struct.pack(">HH", 65_535, 65_535) + sized[frame + 9 :]),
        "zero.jpg": fixed(sized[: frame + 5] + struct.pack(">HH", 0, 0) + sized[frame + 9 :]),
        "header.jpg": fixed(b"\xff\xd8\xff\xe0"),
        "markers.jpg": lambda chance: b"\xff\xd8" + b"\xff\xfe\0\2" * 200_000 + sized[2:],
        "print.jpg": fixed(drawn("JPEG", "CMYK")),
        "loop.tif": fixed(_sized(40, 40, following=8)),
        "large.tif": fixed(_sized(4_000_000, 4_000_000)),
        "large enough.tif": fixed(_sized(12_000, 12_000)),
        "frames.tif": _frames(3000),
        "no tags.tif": fixed(tags()),
        "tags.tif": fixed(tags(*[(n % 65_536, 2, 2**31, 9) for n in range(4000)])),
        "header.tif": fixed(b"MM\0*\0\0\0\x08"),
        "big.tif": fixed(b"II+\0\x08\0\0\0" + b"\xff" * 60),
        "gif.png": fixed(b"GIF89a" + b"\0" * 90),
        "bitmap.jpg": fixed(b"BM" + b"\0" * 90),
        "webp.png": fixed(b"RIFF\0\0\0\0WEBPVP8 " + b"\0" * 90),
        "palette.png": fixed(drawn("PNG", "P")),
        "other suffix.jpg": png,
        "way up.jpg": lambda chance: drawn("JPEG", exif=_turned(99)),
    }


def _turned(value: int) -> bytes:
    from PIL import Image

    exif = Image.Exif()
    exif[0x0112] = value
    return exif.tobytes()
