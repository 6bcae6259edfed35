"""Plain text manuals: the encoding found out (UTF-8, UTF-16, Shift_JIS, EUC-JP, JIS), structure by signs of lines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from index.errors import EmptyManual, ManualDamaged, ManualUnreadable
from index.manuals import signs
from index.manuals.block import Block, Page, Reading

_UNDERLINE = re.compile(r"^\s*([=\-~*])\1{2,}\s*$")
_KANA = re.compile(r"[ぁ-んァ-ヶー、。]")
# What stands in no manual: private, control and unassigned characters; a null is in UTF-16 only.
_ODD = re.compile(r"[\ue000-\uf8ff\x00-\x08\x0e-\x1a\x1c-\x1f\x80-\x9f\ufffd]")
_HALF_WIDTH = re.compile(r"[\uff61-\uff9f]")  # what EUC-JP gives when read as Shift_JIS, but old lists hold some too
_JUDGED = 1 << 16  # characters from which the encoding is judged
_INDENT_OF_LEVEL = 2
_ONE_SIDED = 3  # UTF-16 has its nulls in every other byte; so many times more there than elsewhere


class PlainReader:
    """Reads .txt files. A form feed starts a new page, as printers of such files have it."""

    suffixes: tuple[str, ...] = (".txt", ".text")

    def open(self, path: Path) -> Reading:
        text = read_text(path)
        pages = text.split("\f")
        paged = len(pages) > 1
        read = [Page(n, str(n) if paged else "", tuple(blocks_of_plain(p))) for n, p in enumerate(pages, start=1)]
        first = next((b.text for page in read for b in page.blocks), "")
        if not first:
            raise EmptyManual(f"{path.name} holds no text.", "Check that the right file was given.")
        title = first.split("\n")[0] if len(first) <= 80 else path.stem
        return Reading(title, len(read), iter(read))


def read_bytes(path: Path) -> bytes:
    """Content of the file; raises ManualUnreadable where it cannot be opened and EmptyManual where it is empty."""
    try:
        data = path.read_bytes()
    except OSError as cause:
        raise ManualUnreadable(
            f"{path.name} cannot be opened ({cause.strerror}).", "Check the path and the rights to read it."
        ) from cause
    if not data:
        raise EmptyManual(f"{path.name} is empty (0 bytes).", "Copy the file again from its source.")
    return data


def read_text(path: Path) -> str:
    """Text of the file in whatever encoding, new lines as \\n."""
    return decode_text(read_bytes(path), path.name)


def decode_text(data: bytes, name: str, declared: str = "") -> str:
    """Decode by byte order mark, then UTF-8, then the ``declared`` encoding, then the Japanese encoding under which
    the text has most kana and fewest odd characters. Raises ManualDamaged where none fits."""
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            return _tidy(_whole(data, encoding, name), name)
    if data.count(0) > len(data) // 5:
        even, odd = data[0::2].count(0), data[1::2].count(0)
        if min(even, odd) * _ONE_SIDED > max(even, odd):
            raise _binary(name)
        return _tidy(_whole(data, "utf-16-le" if odd >= even else "utf-16-be", name), name)
    if b"\x1b$" in data:
        return _tidy(_whole(data, "iso2022_jp", name), name)
    for encoding in ("utf-8", declared):
        text = _decoded(data, encoding) if encoding else None
        if text is not None:
            return _tidy(text, name)
    wide = ("utf-16-le", "utf-16-be") if len(data) % 2 == 0 else ()
    candidates = [
        text for text in (_decoded(data, e) for e in ("cp932", "euc_jp", "cp1252", *wide)) if text is not None
    ]
    if not candidates:
        raise ManualDamaged(
            f"{name} is not text in any known encoding (UTF-8, UTF-16, Shift_JIS, EUC-JP).",
            "Save it as UTF-8 and try again.",
        )
    return _tidy(max(candidates, key=_readable), name)


def _whole(data: bytes, encoding: str, name: str) -> str:
    """``data`` in the encoding that its first bytes tell."""
    text = _decoded(data, encoding)
    if text is None:
        raise ManualDamaged(
            f"{name} begins like text in {encoding.upper()}, but is not: it is cut off or damaged.",
            "Copy it again from its source, or save it as UTF-8.",
        )
    return text


def _binary(name: str) -> ManualDamaged:
    return ManualDamaged(f"{name} holds binary data.", "Give a text, Markdown, HTML or PDF file.")


def _decoded(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return None  # not this encoding: the caller goes on to the next


def _readable(text: str) -> float:
    """How much a text looks like a Japanese or Western manual: kana for it, odd characters and those that no Japanese
    computer can type against it."""
    text = text[:_JUDGED]
    foreign = len(text) - len(text.encode("cp932", "ignore").decode("cp932"))
    half_width = len(_HALF_WIDTH.findall(text))
    return (len(_KANA.findall(text)) - 3 * len(_ODD.findall(text)) - foreign - 0.3 * half_width) / max(1, len(text))


def _tidy(text: str, name: str) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if text.count("\0"):
        raise _binary(name)
    if not text.strip():
        raise EmptyManual(f"{name} holds no text.", "Check that the right file was given.")
    return text


def blocks_of_plain(text: str) -> Iterator[Block]:
    """Blocks of a plain text. Lines of one paragraph are joined; a blank line, a mark or a deeper indent parts them."""
    paragraph: list[str] = []
    lines = text.expandtabs(4).split("\n")
    for at, line in enumerate(lines):
        below = lines[at + 1] if at + 1 < len(lines) else ""
        above_blank = at == 0 or not lines[at - 1].strip()
        if _UNDERLINE.match(line):
            continue
        heading = _heading(line, below, above_blank)
        starts = heading is not None or _starts_element(line)
        if (not line.strip() or starts) and paragraph:
            yield _element(paragraph)
            paragraph = []
        if heading is not None:
            yield heading
        elif line.strip():
            paragraph.append(line)
    if paragraph:
        yield _element(paragraph)


def _starts_element(line: str) -> bool:
    return bool(signs.step(line) or signs.bullet(line) or signs.warning(line.strip()))


def _heading(line: str, below: str, above_blank: bool) -> Block | None:
    """A line that is underlined, or numbered, short, after a blank line and before one."""
    text = line.strip()
    if not text or _UNDERLINE.match(line):
        return None
    underline = _UNDERLINE.match(below)
    if underline:
        return Block("heading", text, signs.heading_level(text) or (1 if underline[1] in "=*" else 2))
    level = signs.heading_level(text)
    ends_like_prose = text[-1] in "。．.:：,、;"
    if level and above_blank and not below.strip() and len(text) <= 60 and not ends_like_prose:
        return Block("heading", text, level)
    return None


def _element(lines: list[str]) -> Block:
    indent = len(lines[0]) - len(lines[0].lstrip())
    level = min(3, indent // _INDENT_OF_LEVEL)
    stripped = [line.strip() for line in lines]
    sign = signs.warning(stripped[0])
    if sign and not sign[1] and len(stripped) > 1:
        return Block("warning", stripped[0] + "\n" + _joined(stripped[1:]))
    text = _joined(stripped)
    if signs.warning(text):
        return Block("warning", text)
    step = signs.step(text)
    if step:
        return Block("step", step[1], level, label=step[0])
    bullet = signs.bullet(text)
    if bullet:
        return Block("bullet", bullet, level)
    return Block("caption" if signs.caption(text) and len(text) < 120 else "paragraph", text)


def _joined(lines: list[str]) -> str:
    return signs.joined(lines)
