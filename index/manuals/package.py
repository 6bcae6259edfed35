"""Package: a ZIP container (an Office file or an archive) looked over before anything in it is unpacked.

What is refused here never reaches a parser: bombs, by the sizes that zipfile will enforce while it unpacks; document
type declarations, which Office files must not have (ECMA-376 part 2, 8.1.4) and which entities are made of; and files
locked with a password, which are no ZIP at all but an old compound file around one.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from index.errors import (
    EmptyManual,
    ManualDamaged,
    ManualEncrypted,
    ManualTooLarge,
    ManualUnsafe,
    OldFormat,
    UnknownFormat,
)

COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # first bytes of an OLE compound file [MS-CFB]
MAX_PARTS = 20_000
MAX_BYTES = 1 << 30  # unpacked, all parts together
MAX_XML_BYTES = 160 << 20  # one part that is read whole into memory
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")  # the stream's name in a locked Office file [MS-OFFCRYPTO]
_BLOCK = 1 << 20
_DOCTYPE = re.compile(rb"<\s*!\s*(?:DOCTYPE|ENTITY)|<\0!\0D\0O\0C\0T\0|\0<\0!\0D\0O\0C\0T")
_OVERLAP = 32  # bytes, so that a declaration over the border of two blocks is seen


@dataclass(frozen=True, slots=True)
class Office:
    """A kind of Office file: whose it is, the folder of its parts, and the folder of those that are streamed, which may
    be larger because they are never in memory as a whole."""

    program: str
    folder: str
    streamed: str = ""


WORD = Office("Word", "word/")
EXCEL = Office("Excel", "xl/", "xl/worksheets/")
POWERPOINT = Office("PowerPoint", "ppt/")


@contextmanager
def opened(path: Path, office: Office) -> Iterator[zipfile.ZipFile]:
    """The container, if it can be read safely. Raises the errors of index.errors that say which file, what is wrong and
    what helps."""
    _check_kind(path, office.program)
    try:
        with zipfile.ZipFile(path) as package:
            _check_office(package, path.name, office)
            _check_sizes(package, path.name, office.streamed)
            _check_markup(package, path.name)
            yield package
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, KeyError, OSError) as cause:
        raise unreadable(path, cause) from cause


def _check_kind(path: Path, program: str) -> None:
    """Raises for a file that is no ZIP: an old or locked Office file, or anything else."""
    with path.open("rb") as file:
        first = file.read(8)
        if first.startswith(b"PK"):
            return
        if not first.startswith(COMPOUND):
            raise ManualDamaged(
                f"{path.name} is not a {program} file by its content.", "Open it in its program and save it again."
            )
        if _holds(file, _ENCRYPTED):
            raise locked(path.name)
    raise OldFormat(
        f"{path.name} is an old {program} file (before 2007) by its content.",
        "Open it and save it in the present format (.docx, .xlsx, .pptx) or as PDF.",
    )


def unreadable(path: Path, cause: Exception) -> ManualDamaged | ManualEncrypted:
    """The error to raise for one of zipfile's, or of a parser's on what it was given."""
    if "password" in str(cause).lower() or "encrypted" in str(cause).lower():
        return locked(path.name)
    said = " ".join(str(cause).replace(str(path), path.name).split())[:160] or type(cause).__name__
    return ManualDamaged(
        f"{path.name} is damaged or cut off ({said}).",
        "Open it in its program and save it again, or copy it from its source.",
    )


def locked(name: str) -> ManualEncrypted:
    return ManualEncrypted(f"{name} is locked with a password.", "Save a copy without a password and add that.")


def empty(path: Path) -> EmptyManual:
    return EmptyManual(f"{path.name} holds no text.", "Check that the right file was given.")


def _check_office(package: zipfile.ZipFile, name: str, office: Office) -> None:
    parts = package.namelist()
    if any(part.startswith(office.folder) for part in parts):
        return
    really = next((o.program for o in (WORD, EXCEL, POWERPOINT) if any(p.startswith(o.folder) for p in parts)), "")
    raise UnknownFormat(
        f"{name} is {f'a file of {really}' if really else 'a ZIP archive'} by its content, not of {office.program}.",
        "Give it the suffix of what it is, or save it again in its program.",
    )


def _check_sizes(package: zipfile.ZipFile, name: str, streamed: str) -> None:
    """zipfile unpacks no more of a part than its entry says, so what the entries say can be trusted as a limit."""
    parts = package.infolist()
    if len(parts) > MAX_PARTS:
        raise ManualTooLarge(f"{name} has {len(parts):,} parts, more than {MAX_PARTS:,}.", "Split the document.")
    if any(part.flag_bits & 1 for part in parts):
        raise locked(name)
    total = sum(part.file_size for part in parts)
    if total > MAX_BYTES:
        raise ManualTooLarge(
            f"{name} would have {total:,} bytes unpacked, more than {MAX_BYTES:,}.",
            "Split the document, or remove what is not needed.",
        )
    for part in parts:
        whole = _is_markup(part) and not (streamed and part.filename.startswith(streamed))
        if whole and part.file_size > MAX_XML_BYTES:
            raise ManualTooLarge(
                f"{name}: {part.filename} would have {part.file_size:,} bytes unpacked, more than {MAX_XML_BYTES:,}.",
                "Split the document.",
            )


def _check_markup(package: zipfile.ZipFile, name: str) -> None:
    for part in package.infolist():
        if not _is_markup(part):
            continue
        with package.open(part) as file:
            kept = b""
            while block := file.read(_BLOCK):
                if _DOCTYPE.search(kept + block):
                    raise ManualUnsafe(
                        f"{name}: {part.filename} declares entities or a document type, which Office files must not.",
                        "Open it in its program and save it again.",
                    )
                kept = block[-_OVERLAP:]


def _is_markup(part: zipfile.ZipInfo) -> bool:
    return part.filename.lower().endswith((".xml", ".rels", ".vml"))


def _holds(file: BinaryIO, mark: bytes) -> bool:
    kept = b""
    while block := file.read(_BLOCK):
        if mark in kept + block:
            return True
        kept = block[-len(mark) :]
    return False
