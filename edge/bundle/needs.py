"""Needs: which packages Andon needs on a box of another kind, and which of them a folder of wheels lacks.

pip evaluates a package's conditions ("; python_version < '3.11'") for the Python that runs it, not for the box that is
downloaded for; here they are evaluated for the box.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from email.message import Message
from email.parser import HeaderParser
from pathlib import Path

from edge.bundle.target import Target
from edge.errors import BundleRefused

Requires = Callable[[str], Sequence[str] | None]  # a package's normal name -> its requirements; None: not there


@dataclass(frozen=True, slots=True)
class Needed:
    """``there``: normal names of the packages that were found, dependents after those that asked; ``missing``: the
    requirements, as they were written, of packages that were not."""

    there: tuple[str, ...]
    missing: tuple[str, ...]


def needed(roots: Iterable[str], requires: Requires, environment: dict[str, str]) -> Needed:
    """Walks from the requirements ``roots`` through all that they need in ``environment``."""
    from packaging.requirements import Requirement
    from packaging.utils import canonicalize_name

    waiting = [Requirement(root) for root in roots]
    seen: set[tuple[str, str]] = set()
    there: dict[str, None] = {}
    missing: dict[str, None] = {}
    for requirement in waiting:  # grows while it is walked
        name = canonicalize_name(requirement.name)
        asked = [extra for extra in ("", *sorted(requirement.extras)) if (name, extra) not in seen]
        seen |= {(name, extra) for extra in asked}
        found = requires(name)
        if found is None:
            bare = Requirement(str(requirement))
            bare.marker = None
            missing[str(bare)] = None
            continue
        there[name] = None
        for line in found:
            next_one = Requirement(line)
            if any(
                next_one.marker is None or next_one.marker.evaluate({**environment, "extra": extra}) for extra in asked
            ):
                waiting.append(next_one)
    return Needed(tuple(there), tuple(missing))


def environment_of(target: Target) -> dict[str, str]:
    """What conditions of packages ask about."""
    return {
        "implementation_name": "cpython", "implementation_version": target.full_python, "os_name": "posix",
        "platform_machine": target.architecture, "platform_release": "", "platform_system": "Linux",
        "platform_version": "", "platform_python_implementation": "CPython", "sys_platform": "linux",
        "python_full_version": target.full_python, "python_version": target.python,
    }  # fmt: skip


def wheel_requires(folder: Path) -> Requires:
    """What the wheels in ``folder`` need, each by its own metadata."""
    from packaging.utils import canonicalize_name, parse_wheel_filename

    found: dict[str, Path] = {
        canonicalize_name(parse_wheel_filename(path.name)[0]): path for path in folder.glob("*.whl")
    }

    def requires(name: str) -> Sequence[str] | None:
        path = found.get(name)
        return None if path is None else wheel_metadata(path).get_all("Requires-Dist") or []

    return requires


def least_python(folder: Path, python: str) -> str:
    """The first release of ``python`` ("3.11") on which every wheel in ``folder`` may be installed."""
    from packaging.specifiers import SpecifierSet

    asked = {wheel_metadata(path).get("Requires-Python") or "" for path in folder.glob("*.whl")}
    ranges = [SpecifierSet(text) for text in asked]
    for patch in range(100):
        if all(one.contains(f"{python}.{patch}") for one in ranges):
            return f"{python}.{patch}"
    raise BundleRefused(f"There is no Python {python} on which all wheels install.", "Name another with --python.")


def wheel_metadata(path: Path) -> Message:
    with zipfile.ZipFile(path) as archive:
        name = next(name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        return HeaderParser().parsestr(archive.read(name).decode("utf-8", "replace"))
