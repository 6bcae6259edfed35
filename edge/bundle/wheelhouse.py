"""Wheelhouse: a folder of all wheels that a box needs, packed from what is installed here or downloaded for the box."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Sequence
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from edge.bundle.needs import environment_of, needed, wheel_requires
from edge.bundle.target import Target
from edge.bundle.wheel_file import pack_installed
from edge.errors import BundleRefused

SDIST_ONLY = "llama-cpp-python"  # PyPI has no wheel of it; it is compiled for its box
# what its pyproject.toml asks for to be built, and what scikit-build-core asks for where the system has none
BUILD_NEEDS = ("scikit-build-core[pyproject]>=0.9.2", "cmake>=3.21", "ninja>=1.5")
ROUNDS = 6  # conditions seen anew bring packages whose conditions are seen anew

Tell = Callable[[str], None]
Fill = Callable[[Target, Path, bool, Tell], None]


def fill_wheels(target: Target, folder: Path, compiled: bool, tell: Tell) -> None:
    """All wheels for ``target`` but Andon's own; ``compiled``: llama-cpp-python as its source, with what compiling it
    takes. Errors: BundleRefused."""
    if not target.is_this_machine:
        download(target, folder, tell)
        return
    pack_here(folder, tell)
    if compiled:
        for built in folder.glob("llama_cpp_python-*.whl"):
            built.unlink()
        complete(target, folder, BUILD_NEEDS, tell)
        download_source(folder, distribution(SDIST_ONLY).version)


def pack_here(folder: Path, tell: Tell) -> list[str]:
    """Wheels of everything that the base install needs, but Andon, packed from what is installed here; their names.
    Needs no network. Errors: BundleRefused where something is not installed, or cannot be packed."""
    import platform

    from edge.bundle.target import target_for

    def requires(name: str) -> Sequence[str] | None:
        try:
            return distribution(name).requires or []
        except PackageNotFoundError:
            return None

    environment = environment_of(target_for("pc")) | {"python_full_version": platform.python_version()}
    found = needed(["andon"], requires, environment)
    if found.missing:
        raise BundleRefused(
            f"Not installed here: {', '.join(found.missing)}.",
            "pip install andon, in the environment that makes the bundle",
        )
    made = []
    for name in found.there:
        if name != "andon":
            tell(name)
            made.append(pack_installed(distribution(name), folder).name)
    return made


def download(target: Target, folder: Path, tell: Tell) -> None:
    """Wheels for ``target`` by pip, llama-cpp-python as its source with what compiling it takes. Errors: BundleRefused
    where pip fails, or a package has no wheel for the box."""
    own = distribution("andon")
    roots = base_requirements(own)
    tell("pip download")
    try:
        _pip_download(target, folder, roots, _pins(target), deps=True)
    except BundleRefused:  # versions that run together here cannot all be had there: what pip finds by itself
        _pip_download(target, folder, roots, [], deps=True)
    complete(target, folder, [*roots, *BUILD_NEEDS], tell)
    tell(SDIST_ONLY)
    download_source(folder, distribution(SDIST_ONLY).version)


def complete(target: Target, folder: Path, roots: Sequence[str], tell: Tell) -> None:
    """Downloads what the wheels in ``folder`` need on the box and what is not there yet, until nothing is missing."""
    for _ in range(ROUNDS):
        missing = needed(roots, wheel_requires(folder), environment_of(target)).missing
        if not missing:
            return
        tell(", ".join(missing))
        _pip_download(target, folder, missing, [], deps=False)
    raise BundleRefused(f"Still missing for {target.board}: {', '.join(missing)}.", "Run it again with a network.")


def download_source(folder: Path, version: str) -> None:
    """The source of llama-cpp-python, as its authors published it."""
    command = ["--no-deps", "--no-binary", SDIST_ONLY, f"{SDIST_ONLY}=={version}"]
    _run([sys.executable, "-m", "pip", "download", "--quiet", "-d", str(folder), *command])


def base_requirements(own: Distribution) -> list[str]:
    """What the base install needs, but what exists as source alone."""
    lines = [line for line in own.requires or [] if "extra ==" not in line]
    return [line for line in lines if not line.replace("_", "-").lower().startswith(SDIST_ONLY)]


def _pins(target: Target) -> list[str]:
    """The versions that run here, which were tested together, as far as they take the box's Python."""
    from importlib.metadata import distributions

    from packaging.specifiers import SpecifierSet

    pins = {}
    for one in distributions():
        name, python = one.metadata["Name"], (one.metadata.get_all("Requires-Python") or [""])[0]
        if name and name != "andon" and "+" not in one.version and SpecifierSet(python).contains(target.full_python):
            pins[name] = f"{name}=={one.version}"
    return list(pins.values())


def _pip_download(target: Target, folder: Path, wanted: Sequence[str], pins: Sequence[str], *, deps: bool) -> None:
    import tempfile

    command = [
        sys.executable, "-m", "pip", "download", "--quiet", "-d", str(folder), "--only-binary", ":all:",
        "--implementation", "cp", "--python-version", target.full_python,
    ]  # fmt: skip
    for tag in target.platforms:
        command += ["--platform", tag]
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write("\n".join(pins) + "\n")
        file.flush()
        _run([*command, *([] if deps else ["--no-deps"]), "-c", file.name, *wanted])


def _run(command: Sequence[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        said = [line for line in done.stderr.strip().splitlines() if line.strip()]
        raise BundleRefused(
            f"pip could not fetch what the box needs: {' '.join(said[-3:]) or done.returncode}",
            "Make the bundle on a machine with a network; for a PC like this one it needs none.",
        )
