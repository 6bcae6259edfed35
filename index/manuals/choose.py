"""Which reader reads a file: by its name's suffix, checked against what its first bytes say it is."""

from __future__ import annotations

from pathlib import Path

from index.errors import EmptyManual, ManualUnreadable, OldFormat, UnknownFormat
from index.manuals.asciidoc import AsciiDocReader
from index.manuals.block import ManualReader
from index.manuals.html import HtmlReader
from index.manuals.markdown import MarkdownReader
from index.manuals.pdf import PdfReader
from index.manuals.plain import PlainReader
from index.manuals.scan import ScanReader
from index.manuals.slides import SlidesReader
from index.manuals.table_file import TableFileReader
from index.manuals.word import WordReader
from index.manuals.workbook import WorkbookReader

_ZIP, _COMPOUND = "a ZIP archive or a Word, Excel or PowerPoint file", "an old Word, Excel or PowerPoint file"
# First bytes of formats that are no text. Sources: the specifications of the formats.
_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"BM", "a BMP picture"),
    (b"II*\x00", "a TIFF picture"),
    (b"MM\x00*", "a TIFF picture"),
    (b"PK\x03\x04", _ZIP),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", _COMPOUND),
    (b"{\\rtf", "an RTF document"),
    (b"%!PS", "a PostScript file"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"MZ", "a Windows program"),
    (b"\x7fELF", "a program"),
    (b"SQLite format 3\x00", "an SQLite database"),
)
_PHONE, _PHONE_BRANDS = "a HEIC picture", (b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1", b"avif")
_PDF_HEADER_WITHIN = 1024  # readers accept the PDF header within the first 1024 bytes (ISO 32000-1, annex H.3.4.1)
_REMEDY = "Give a PDF, Word, Excel, PowerPoint, CSV, Markdown, AsciiDoc, HTML, plain text, PNG, JPEG or TIFF file."
_OFFICE = (WordReader, SlidesReader, WorkbookReader)
ARCHIVES = (".zip",)  # their files become manuals of their own, see index.manuals.archive


def readers() -> tuple[ManualReader, ...]:
    """One reader of each format, in the order in which they are listed to people."""
    return (
        PdfReader(), WordReader(), WorkbookReader(), SlidesReader(), TableFileReader(), MarkdownReader(),
        AsciiDocReader(), HtmlReader(), PlainReader(), ScanReader(),
    )  # fmt: skip


def suffixes() -> tuple[str, ...]:
    """All suffixes that can be added, such as ".pdf"; those of archives last."""
    return (*(suffix for reader in readers() for suffix in reader.suffixes), *ARCHIVES)


def content_kind(first: bytes) -> str:
    """What the first bytes are, in words: "a PDF document", "a PNG picture", ... ; "" for what may be text."""
    if b"%PDF-" in first[:_PDF_HEADER_WITHIN]:
        return "a PDF document"
    if first[:4] == b"RIFF" and first[8:12] == b"WEBP":
        return "a WebP picture"
    if first[4:8] == b"ftyp":  # ISO 14496-12: a box of that name begins the file
        return _PHONE if first[8:12] in _PHONE_BRANDS else "a video"
    for signature, kind in _SIGNATURES:
        if first.startswith(signature) and (len(signature) > 2 or b"\x00" in first):
            return kind
    return ""


def reader_for(path: Path) -> ManualReader:
    """The reader for ``path``. Raises UnknownFormat, naming what the content really is; EmptyManual for 0 bytes."""
    suffix = path.suffix.lower()
    reader = next((r for r in readers() if suffix in r.suffixes), None)
    try:
        with path.open("rb") as file:
            first = file.read(4096)
    except OSError as cause:
        raise ManualUnreadable(
            f"{path.name} cannot be opened ({cause.strerror}).", "Check the path and the rights to read it."
        ) from cause
    if not first:
        raise EmptyManual(f"{path.name} is empty (0 bytes).", "Copy the file again from its source.")
    kind = content_kind(first)
    if reader is None and suffix in ARCHIVES and kind == _ZIP:
        raise UnknownFormat(
            f"{path.name} is an archive: each of its files is a manual of its own.", "Add it with: andon index add"
        )
    if reader is None:
        if kind == _COMPOUND and suffix in (".doc", ".xls", ".ppt"):
            raise OldFormat(
                f"{path.name} is an old Word, Excel or PowerPoint file (before 2007).",
                "Open it and save it in the present format (.docx, .xlsx, .pptx) or as PDF.",
            )
        is_what = f"; its content is {kind}" if kind else ""
        known = ", ".join(suffixes())
        raise UnknownFormat(f"{path.name}: no reader for {suffix or 'a name without suffix'}{is_what}.",
                            f"These can be read: {known}.")  # fmt: skip
    is_pdf = kind == "a PDF document"
    if isinstance(reader, PdfReader):
        if not is_pdf:
            really = kind or ("text" if b"\x00" not in first else "something else")
            raise UnknownFormat(f"{path.name} is named as a PDF, but its content is {really}.", _REMEDY)
    elif isinstance(reader, ScanReader):
        if kind == _PHONE:
            raise UnknownFormat(
                f"{path.name} is {kind}, as phones make them, by its content.", "Save it as JPEG or PNG."
            )
        if not kind.endswith(" picture"):
            raise UnknownFormat(f"{path.name} is {kind or 'text'} by its content, not a {suffix} picture.", _REMEDY)
    elif isinstance(reader, _OFFICE):
        if kind not in (_ZIP, _COMPOUND):
            raise UnknownFormat(f"{path.name} is {kind or 'text'} by its content, not a {suffix} file.", _REMEDY)
    elif is_pdf and first.startswith(b"%PDF-"):
        raise UnknownFormat(f"{path.name} is a PDF document by its content.", "Rename it to end in .pdf.")
    elif kind and not is_pdf:
        raise UnknownFormat(f"{path.name} is {kind} by its content, not {suffix} text.", _REMEDY)
    return reader
