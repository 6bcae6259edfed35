"""Hostile files: broken, oversized and malicious files of every format, made here from a seed; none comes from outside.

    python -m tests.hostile_files FOLDER        writes them all, and FOLDER/list.json which names them

What each group holds: text (Markdown, HTML, AsciiDoc, CSV, plain text and what makes regular expressions slow), PDF,
Office (Word, PowerPoint, Excel), archives, pictures, names that are no good, files that are not what they say, and
site: files as people really send them, and odd: what formats permit and nobody expects, with what must come of each.
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

Make = Callable[[random.Random], bytes]
SEED = 20260401


@dataclass(frozen=True, slots=True)
class Hostile:
    """A file to be: ``name`` as it is uploaded, which may be no good as a file's name; ``make`` gives its content.
    ``code``: of the refusal that must come of it, "" where it must be read, None where both will do; ``holds``: what a
    passage of it must hold."""

    group: str
    name: str
    make: Make
    code: str | None = None
    holds: str = ""

    def content(self) -> bytes:
        return self.make(random.Random(f"{SEED}:{self.group}:{self.name!a}"))


def hostile_files() -> list[Hostile]:
    """All of them, in a fixed order."""
    from tests import (
        hostile_archives,
        hostile_odd,
        hostile_office,
        hostile_pdf,
        hostile_pictures,
        hostile_sites,
        hostile_text,
    )

    groups: dict[str, dict[str, Make]] = {
        "text": hostile_text.files(), "slow": hostile_text.slow_files(), "pdf": hostile_pdf.files(),
        "office": hostile_office.files(), "archive": hostile_archives.files(), "picture": hostile_pictures.files(),
        "name": names(), "disguise": disguised(),
    }  # fmt: skip
    made = [Hostile(group, name, make) for group, makers in groups.items() for name, make in makers.items()]
    told = {"site": hostile_sites.files(), "odd": hostile_odd.files()}
    return made + [
        Hostile(group, name, site.make, site.code, site.holds)
        for group, sites in told.items()
        for name, site in sites.items()
    ]


def truncated(make: Make, share: float) -> Make:
    """The first ``share`` of a file."""

    def cut(chance: random.Random) -> bytes:
        whole = make(chance)
        return whole[: max(1, int(len(whole) * share))]

    return cut


def flipped(make: Make, share: float, keep_end: int = 0) -> Make:
    """A file in which ``share`` of all bytes have one bit turned; the last ``keep_end`` bytes stay, so that a reader
    does not stop at a missing end mark."""

    def flip(chance: random.Random) -> bytes:
        whole = bytearray(make(chance))
        most = max(1, len(whole) - keep_end)
        for _ in range(max(1, int(share * most))):
            whole[chance.randrange(most)] ^= 1 << chance.randrange(8)
        return bytes(whole)

    return flip


def fixed(content: bytes | str) -> Make:
    raw = content.encode() if isinstance(content, str) else content
    return lambda chance: raw


def times(piece: bytes | str, count: int, before: bytes | str = b"", after: bytes | str = b"") -> Make:
    """``piece`` so many times; made only when it is asked for."""
    first, middle, last = (part.encode() if isinstance(part, str) else part for part in (before, piece, after))
    return lambda chance: first + middle * count + last


TEXT = "1 Reset\n\nTurn QS1 off. Wait 10 s. Turn QS1 on.\n"


def names() -> dict[str, Make]:
    """Good content under names that lead elsewhere, hide their suffix, or cannot be written."""
    bad = (
        "../../../etc/passwd.txt", "/etc/cron.d/andon.txt", "..\\..\\windows\\system.txt", "C:\\manual.txt", "a\0b.txt",
        "line\nbreak.txt", "bell\a\x1b[31mred.txt", "manual\u202ecod.txt", "\ud800broken.txt", ".txt", "...txt",
        " .txt",
        "CON.txt", "x" * 300 + ".txt", "あ" * 200 + ".txt", "<script>alert(1)<script>.txt", "'; DROP TABLE job; --.txt",
        "%s%n%x.txt", "no suffix", ".md", "\u200b\u2060.txt", "~/.ssh/manual.txt", "manual.txt.exe", "\n\r\t.txt",
    )  # fmt: skip
    return {name: fixed(TEXT + name.encode("utf-8", "replace").decode()[:40]) for name in bad}


def disguised() -> dict[str, Make]:
    """Files that are not what their suffix says, and files of 0 bytes."""
    from tests import hostile_office, hostile_pdf, hostile_pictures

    pdf, word, png = hostile_pdf.good, hostile_office.word, hostile_pictures.png
    out: dict[str, Make] = {
        "pdf.docx": pdf, "pdf.txt": pdf, "pdf.csv": pdf, "pdf.png": pdf, "pdf.zip": pdf, "pdf.html": pdf,
        "word.pdf": word, "word.xlsx": word, "word.pptx": word, "word.txt": word, "word.jpg": word, "word.doc": word,
        "sheet.docx": hostile_office.sheet, "slides.xlsx": hostile_office.slides, "png.pdf": png, "png.md": png,
        "png.docx": png, "text.pdf": fixed(TEXT), "text.docx": fixed(TEXT), "text.xlsx": fixed(TEXT),
        "text.png": fixed(TEXT), "text.zip": fixed(TEXT), "html.pdf": fixed("<html><p>Turn QS1 off.</p></html>"),
        "program.txt": fixed(b"MZ\x90\0\3\0\0\0" + bytes(range(256))), "elf.csv": fixed(b"\x7fELF\2\1\1" + b"\0" * 99),
        "gzip.zip": fixed(b"\x1f\x8b\x08" + b"\0" * 60), "database.csv": fixed(b"SQLite format 3\0" + b"\0" * 84),
        "rich.txt": fixed("{\\rtf1\\ansi Turn QS1 off.}"), "script.pdf": fixed("%!PS-Adobe-3.0\nshowpage\n"),
        "unknown.exe": fixed(TEXT), "picture.svg": fixed("<svg xmlns='http://www.w3.org/2000/svg'/>"),
    }  # fmt: skip
    empty = ("pdf", "docx", "pptx", "xlsx", "csv", "html", "md", "adoc", "txt", "zip", "png", "tif")
    return out | {f"empty.{suffix}": fixed(b"") for suffix in empty}


def write(folder: Path, files: list[Hostile]) -> Iterator[tuple[Hostile, Path]]:
    """Each file with where it was written: under a number, since its name may be no good."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, hostile in enumerate(files):
        path = folder / f"{number:03}"
        path.write_bytes(hostile.content())
        yield hostile, path


def main() -> None:
    folder = Path(sys.argv[1])
    listed = [
        {"group": hostile.group, "name": hostile.name, "file": path.name, "code": hostile.code, "holds": hostile.holds}
        for hostile, path in write(folder, hostile_files())
    ]
    (folder / "list.json").write_text(json.dumps(listed), encoding="utf-8")  # ASCII, so that broken names survive


if __name__ == "__main__":
    main()
