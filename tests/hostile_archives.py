"""Hostile archives: bombs, nests, overlaps, links, names that lead outside, and sizes that lie."""

from __future__ import annotations

import io
import random
import struct
import zipfile
import zlib
from collections.abc import Iterable

from tests.hostile_files import TEXT, Make, fixed, flipped, truncated

_GOOD = ("good.txt", TEXT.encode())


def zipped(parts: Iterable[tuple[str | zipfile.ZipInfo, bytes]], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in parts:
            archive.writestr(name, content, compress_type=method)
    return out.getvalue()


def good(chance: random.Random) -> bytes:
    return zipped([(f"{n}/manual.txt", TEXT.encode() + chance.randbytes(300).hex().encode()) for n in range(6)])


def nested(depth: int, width: int = 1, inner: bytes = TEXT.encode()) -> bytes:
    name = "manual.txt"
    for level in range(depth):
        inner = zipped([(f"{n}-{name}", inner) for n in range(width)])
        name = f"{level}.zip"
    return inner


def overlapping(files: int) -> Make:
    """Many entries of the directory point at one packed body, so that little unpacks to much."""

    def make(chance: random.Random) -> bytes:
        body = zlib.compress(b"0" * 8_000_000, 9)[2:-4]
        check = zlib.crc32(b"0" * 8_000_000)
        local = struct.pack("<4s5H3I2H", b"PK\3\4", 20, 0, 8, 0, 0, check, len(body), 8_000_000, 5, 0) + b"0.txt"
        entries = b""
        for number in range(files):
            name = b"%d.txt" % number
            entries += (
                struct.pack(
                    "<4s6H3I5H2I",
                    b"PK\1\2",
                    20,
                    20,
                    0,
                    8,
                    0,
                    0,
                    check,
                    len(body),
                    8_000_000,
                    len(name),
                    0,
                    0,
                    0,
                    0,
                    0,
                    0,
                )
                + name
            )
        end = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, files, files, len(entries), len(local) + len(body), 0)
        return local + body + entries + end

    return make


def _changed(field: int, value: bytes) -> Make:
    """An archive whose directory entry says something else at ``field``."""

    def make(chance: random.Random) -> bytes:
        whole = bytearray(zipped([_GOOD]))
        at = whole.find(b"PK\1\2") + field
        whole[at : at + len(value)] = value
        return bytes(whole)

    return make


def _link() -> bytes:
    entry = zipfile.ZipInfo("link.txt")
    entry.create_system, entry.external_attr = 3, 0o120777 << 16
    return zipped([(entry, b"/etc/passwd"), _GOOD])


def files() -> dict[str, Make]:
    out: dict[str, Make] = {f"cut at {share}.zip": truncated(good, share) for share in (0.01, 0.3, 0.6, 0.9, 0.99)}
    out |= {f"flipped {n}.zip": flipped(good, share) for n, share in enumerate((0.001, 0.005, 0.01, 0.03, 0.1))}
    bad = (
        "../up.txt",
        "/root.txt",
        "..\\up.txt",
        "C:/drive.txt",
        "a/../../b.txt",
        "\x01\x1b[2J.txt",
        "r\u202etxt.exe",
        "x" * 5000 + ".txt",
        "a/" * 3000 + "b.txt",
        "con.txt",
        "nul\0x.txt",
        "~/x.txt",
        "//host/share.txt",
        "a:b.txt",
        " ",
    )
    out |= {f"name {n}.zip": fixed(zipped([(name, TEXT.encode()), _GOOD])) for n, name in enumerate(bad)}
    return out | {
        "nested 2.zip": fixed(nested(2)),
        "nested 3.zip": fixed(nested(3)),
        "nested 200.zip": lambda chance: nested(200),
        "tree.zip": lambda chance: nested(2, 12),
        "ratio.zip": lambda chance: zipped([("bomb.txt", b"0" * 300_000_000), _GOOD]),
        "ratios.zip": lambda chance: zipped([(f"{n}.csv", b"0" * 50_000_000) for n in range(9)] + [_GOOD]),
        "nested ratio.zip": lambda chance: nested(2, 3, b"0" * 40_000_000),
        "many.zip": lambda chance: zipped([(f"{n}.txt", b"a") for n in range(70_000)], zipfile.ZIP_STORED),
        "some.zip": lambda chance: zipped([(f"{n}.txt", TEXT.encode() + b"%d" % n) for n in range(60)]),
        "overlap.zip": overlapping(900),
        "many overlaps.zip": overlapping(60_000),
        "link.zip": fixed(_link()),
        "locked.zip": _changed(8, b"\1\0"),
        "method 99.zip": _changed(10, b"\x63\0"),
        "lie small.zip": _changed(24, b"\1\0\0\0"),
        "lie large.zip": _changed(24, b"\xff\xff\xff\x7f"),
        "lie check.zip": _changed(16, b"\0\0\0\0"),
        "lie place.zip": _changed(42, b"\xff\xff\xff\x7f"),
        "lie packed.zip": _changed(20, b"\xff\xff\xff\x7f"),
        "empty.zip ": fixed(zipped([])),
        "no files.zip": fixed(zipped([("a/", b"")])),
        "only empty.zip": fixed(zipped([("a.txt", b"")])),
        "twice.zip": fixed(zipped([("a.txt", b"first text"), ("a.txt", b"second text")])),
        "furniture.zip": fixed(zipped([("__MACOSX/a.txt", b"x")])),
        "lzma.zip": fixed(zipped([_GOOD], zipfile.ZIP_LZMA)),
        "bzip2.zip": fixed(zipped([_GOOD], zipfile.ZIP_BZIP2)),
        "comment.zip": fixed(zipped([_GOOD]) + b"PK\5\6" * 20),
        "unknown.zip": fixed(zipped([("a.exe", b"x"), ("b", b"y"), _GOOD])),
        "header.zip": fixed(b"PK\3\4"),
        "end.zip": fixed(b"PK\5\6" + b"\0" * 18),
        "prefix.zip": fixed(b"MZ" + b"\0" * 400 + zipped([_GOOD])),
        "sjis names.zip": fixed(zipped([("ア.txt", TEXT.encode())])),
    }
