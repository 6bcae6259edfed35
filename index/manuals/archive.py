"""Archive: the files of a ZIP one at a time, each safe to read, or refused with its reason.

Nothing is written under a name that the archive gives. Limits hold for what really comes out, not for what the archive
says of itself.
"""

from __future__ import annotations

import tempfile
import unicodedata
import zipfile
import zlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from index.errors import EmptyManual, ManualDamaged, ManualTooLarge, ManualUnreadable, ManualUnsafe, UnknownFormat
from index.manuals.package import locked, unreadable

ZIP = ".zip"
_BLOCK = 1 << 20
_LINK = 0o120000  # Unix file type of a symbolic link, in the upper half of external_attr
_KIND = 0o170000
_UTF8_NAME = 0x800  # flag bit 11: the name is in UTF-8 (APPNOTE 4.4.4)
_SPLIT = "Unpack it and add the files you need."
_FURNITURE = frozenset(("__MACOSX", "Thumbs.db", ".DS_Store", "desktop.ini"))  # what operating systems put there


@dataclass(frozen=True, slots=True)
class Limits:
    """What an archive may hold. ``ratio``: unpacked over packed bytes of one file larger than ``small``; text packs to
    a tenth, tables to a hundredth, bombs to a thousandth. ``depth``: archives in archives, 1 for none."""

    files: int = 1_000
    bytes: int = 2 << 30
    file_bytes: int = 1 << 30
    ratio: int = 300
    small: int = 8 << 20
    depth: int = 2


@dataclass(frozen=True, slots=True)
class Member:
    """A file of an archive: ``name`` with that of its archive, "plant.zip/press/manual.pdf". ``path``: where it lies
    until the next one is asked for; None where it is refused, for ``error``."""

    name: str
    path: Path | None
    error: ManualUnreadable | None = None


def members(
    path: Path, name: str, known: Collection[str], limits: Limits | None = None, scratch: Path | None = None
) -> Iterator[Member]:
    """The files of the archive at ``path``, called ``name``. ``known``: suffixes that can be read; ``scratch``: where
    the files may lie meanwhile, in a folder ".upload-*" (by default the system's temporary folder). Raises
    ManualUnreadable where the archive itself cannot be read or holds too much, EmptyManual where it holds no file."""
    found = 0
    with tempfile.TemporaryDirectory(prefix=".upload-", dir=scratch) as folder:
        for member in _Unpacking(known, limits or Limits(), Path(folder)).members(path, name, 1):
            found += 1
            yield member
    if not found:
        raise EmptyManual(f"{name} holds no files.", "Check that the right archive was given.")


@dataclass(slots=True)
class _Unpacking:
    """One archive with those in it; ``files`` and ``bytes``: what they have cost so far."""

    known: Collection[str]
    limits: Limits
    folder: Path
    files: int = 0
    bytes: int = 0

    def members(self, path: Path, name: str, depth: int) -> Iterator[Member]:
        try:
            with zipfile.ZipFile(path) as archive:
                entries = [(entry, printable_name(entry)) for entry in archive.infolist() if not entry.is_dir()]
                entries = [(entry, inner) for entry, inner in entries if not _is_furniture(inner)]
                self._count(name, [entry for entry, _ in entries])
                for entry, inner in entries:
                    yield from self._member(archive, entry, name, inner, depth)
        except (zipfile.BadZipFile, OSError, NotImplementedError, RecursionError) as cause:
            raise unreadable(path.with_name(name.rpartition("/")[2]), cause) from cause

    def _count(self, name: str, entries: list[zipfile.ZipInfo]) -> None:
        """zipfile unpacks no more of a file than its entry says, so the entries' sizes hold as a limit."""
        self.files += len(entries)
        self.bytes += sum(entry.file_size for entry in entries)
        if self.files > self.limits.files:
            raise ManualTooLarge(f"{name} holds more than {self.limits.files:,} files.", _SPLIT)
        if self.bytes > self.limits.bytes:
            raise ManualTooLarge(
                f"{name} would have {self.bytes:,} bytes unpacked, more than {self.limits.bytes:,}.", _SPLIT
            )

    def _member(
        self, archive: zipfile.ZipFile, entry: zipfile.ZipInfo, of: str, inner: str, depth: int
    ) -> Iterator[Member]:
        name = f"{of}/{inner}"
        suffix = PurePosixPath(inner).suffix.lower()
        path = self.folder / f"{depth}{suffix}"
        try:
            self._check(entry, name, inner, depth)
            _unpack(archive, entry, name, path)
            if suffix != ZIP:
                yield Member(name, path)
            else:
                yield from self.members(path, name, depth + 1)
        except ManualUnreadable as refused:
            yield Member(name, None, refused)
        finally:
            path.unlink(missing_ok=True)

    def _check(self, entry: zipfile.ZipInfo, name: str, inner: str, depth: int) -> None:
        parts = inner.split("/")
        if ".." in parts or inner.startswith("/") or ":" in parts[0]:
            raise ManualUnsafe(f"{name}: its path leads outside the archive.", _SPLIT)
        if entry.external_attr >> 16 & _KIND == _LINK:
            raise ManualUnsafe(f"{name} is a link to another file.", _SPLIT)
        if entry.flag_bits & 1:
            raise locked(name)
        suffix = PurePosixPath(inner).suffix.lower()
        if suffix == ZIP and depth >= self.limits.depth:
            raise ManualUnsafe(f"{name} is an archive in an archive in an archive.", _SPLIT)
        if suffix not in self.known:
            raise UnknownFormat(
                f"{name}: no reader for {suffix or 'a name without suffix'}.",
                f"These can be read: {', '.join(self.known)}.",
            )
        packed = max(1, entry.compress_size)
        if entry.file_size > self.limits.small and entry.file_size > self.limits.ratio * packed:
            raise ManualTooLarge(
                f"{name} would be {entry.file_size // packed:,} times as large unpacked: no manual is.", _SPLIT
            )
        if entry.file_size > self.limits.file_bytes:
            raise ManualTooLarge(
                f"{name} would have {entry.file_size:,} bytes unpacked, more than {self.limits.file_bytes:,}.", _SPLIT
            )


def printable_name(entry: zipfile.ZipInfo) -> str:
    """The path of an entry, without control characters and those that turn the direction of reading. Names that are
    not marked as UTF-8 are what Japanese Windows wrote: Shift_JIS."""
    name = entry.filename
    if not entry.flag_bits & _UTF8_NAME:
        raw = entry.orig_filename.encode("cp437", "replace")
        for encoding in ("utf-8", "cp932"):
            try:
                name = raw.decode(encoding)
                break
            except UnicodeDecodeError:
                continue  # the next one, or the name as zipfile read it
    name = name.partition("\0")[0].replace("\\", "/")
    return "".join(character for character in name if unicodedata.category(character) not in ("Cc", "Cf"))


def _unpack(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str, path: Path) -> None:
    try:
        with archive.open(entry) as packed, path.open("wb") as file:
            while block := packed.read(_BLOCK):
                file.write(block)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as cause:
        raise ManualDamaged(f"{name} cannot be unpacked ({cause}).", "Make the archive again.") from cause


def _is_furniture(inner: str) -> bool:
    return any(part in _FURNITURE for part in inner.split("/"))
