"""Wheel files, written here: of a package that is installed, and of Andon itself. No network, no build tools."""

from __future__ import annotations

import base64
import hashlib
import re
import zipfile
from collections.abc import Iterator, Mapping
from importlib.metadata import Distribution
from pathlib import Path

from edge.errors import BundleRefused

_LEFT_OUT = {"RECORD", "INSTALLER", "REQUESTED", "direct_url.json"}  # written anew by whoever installs
_PURE = "Wheel-Version: 1.0\nGenerator: andon\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


def pack_installed(distribution: Distribution, folder: Path) -> Path:
    """The wheel of an installed ``distribution``, put into ``folder``: its files as they lie in site-packages. Commands
    are made again from its entry points by whoever installs it; other files outside site-packages are left out.

    Errors: BundleRefused for one whose files are not known, or that is not a copy (an editable install).
    """
    name, version = distribution.metadata["Name"], distribution.version
    wheel = distribution.read_text("WHEEL")
    if wheel is None or distribution.files is None or any("__editable__" in str(file) for file in distribution.files):
        raise BundleRefused(
            f"The installed package {name} {version} cannot be packed: it has no list of its files.",
            f"Install it as a wheel first: pip install --force-reinstall {name}=={version}",
        )
    contents: dict[str, Path] = {}
    for file in distribution.files:
        path = Path(str(distribution.locate_file(file)))
        kept = not str(file).startswith("..") and "__pycache__" not in file.parts and path.is_file()
        if kept and not (file.parent.name.endswith(".dist-info") and file.name in _LEFT_OUT):
            contents[file.as_posix()] = path
    info = next(name.split("/")[0] for name in contents if name.split("/")[0].endswith(".dist-info"))
    return _write(folder / f"{info.removesuffix('.dist-info')}-{_tag(wheel)}.whl", info, contents, {})


def pack_andon(distribution: Distribution, root: Path, floors: tuple[str, ...], folder: Path) -> Path:
    """The wheel of Andon as it runs here: every file of its ``floors`` under ``root``, with the metadata of the
    installed ``distribution``."""
    contents = {
        path.relative_to(root).as_posix(): path
        for floor in floors
        for path in sorted((root / floor).rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts and path.suffix not in (".pyc", ".so")
    }
    info = f"andon-{distribution.version}.dist-info"
    made = {
        f"{info}/METADATA": distribution.read_text("METADATA") or "",
        f"{info}/WHEEL": _PURE,
        f"{info}/entry_points.txt": "[console_scripts]\nandon = ui.cli:main\n",
    }
    return _write(folder / f"andon-{distribution.version}-py3-none-any.whl", info, contents, made)


def _tag(wheel: str) -> str:
    """The file name's tag of all the tags that a WHEEL file lists: each part's different values, joined by dots."""
    tags = [tag.split("-") for tag in re.findall(r"^Tag: (\S+)$", wheel, re.MULTILINE)]
    return "-".join(".".join(dict.fromkeys(tag[part] for tag in tags)) for part in range(3))


def _write(path: Path, info: str, contents: Mapping[str, Path], made: Mapping[str, str]) -> Path:
    record = []
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
        for name, data in _entries(contents, made):
            entry = zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0))  # the same content gives the same file
            entry.external_attr = 0o644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)
            digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
            record.append(f"{_quoted(name)},sha256={digest},{len(data)}")
        record.append(f"{info}/RECORD,,")
        archive.writestr(zipfile.ZipInfo(f"{info}/RECORD", (2020, 1, 1, 0, 0, 0)), "\n".join(record) + "\n")
    return path


def _entries(contents: Mapping[str, Path], made: Mapping[str, str]) -> Iterator[tuple[str, bytes]]:
    for name, path in contents.items():
        yield name, path.read_bytes()
    for name, text in made.items():
        yield name, text.encode()


def _quoted(name: str) -> str:
    """As the CSV of RECORD wants it."""
    return '"' + name.replace('"', '""') + '"' if "," in name or '"' in name else name
