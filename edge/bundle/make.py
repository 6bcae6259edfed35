"""make_bundle: wheels, models, settings, install.sh and checksums put into one folder."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from datetime import datetime, timezone
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

from edge.board.board import read_board
from edge.bundle.checksums import write_checksums
from edge.bundle.needs import least_python
from edge.bundle.target import Target
from edge.bundle.wheel_file import pack_andon
from edge.bundle.wheelhouse import Fill, Tell, fill_wheels
from edge.errors import BundleRefused
from edge.models import load_catalogue

FORMAT = 1
# instructions that a llama.cpp compiled here may use and that the box must then have, as /proc/cpuinfo writes them
_ASKED_OF_THE_BOX = ("avx", "avx2", "fma", "f16c", "avx512f", "avx512bw", "avx512_vnni", "avx512_bf16", "amx_int8")


@dataclass(frozen=True, slots=True)
class Contents:
    """What goes in beside the packages. ``root`` and ``floors``: where Andon's own packages lie; ``models``: the folder
    with models.toml; ``extra_model``: a GGUF file that no catalogue lists; ``data``: a finished copy of a data folder;
    ``settings``: lines of andon.toml."""

    root: Path
    floors: tuple[str, ...]
    models: Path
    extra_model: Path | None = None
    data: Path | None = None
    settings: tuple[tuple[str, str], ...] = ()


def make_bundle(
    target: Target,
    contents: Contents,
    out: Path,
    *,
    from_source: bool,
    tell: Tell = lambda line: None,
    fill: Fill = fill_wheels,
) -> dict[str, Any]:
    """What bundle.json says. ``from_source``: llama.cpp is compiled on the box, as always for another kind of machine.
    ``fill`` puts the packages' wheels into a folder.

    Errors: BundleRefused where ``out`` holds something, or a part cannot be had; ``out`` is then not left half made.
    """
    if out.exists() and any(out.iterdir()):
        raise BundleRefused(f"{out} is not empty.", "Name a new folder.")
    out.mkdir(parents=True, exist_ok=True)
    compiled = from_source or not target.is_this_machine
    try:
        (out / "wheels").mkdir()
        fill(target, out / "wheels", compiled, tell)
        return _rest(target, contents, out, compiled, tell)
    except BaseException:
        shutil.rmtree(out, ignore_errors=True)
        raise


def _rest(target: Target, contents: Contents, out: Path, compiled: bool, tell: Tell) -> dict[str, Any]:
    wheels, own = out / "wheels", distribution("andon")
    pack_andon(own, contents.root, contents.floors, wheels)
    tell("models")
    _copy_models(contents, out / "models")
    if contents.data is not None:
        shutil.copytree(contents.data, out / "data")
    here = Path(__file__).parent
    for name, mode in (("install.sh", 0o755), ("andon.service", 0o644)):
        shutil.copyfile(here / name, out / name)
        (out / name).chmod(mode)
    _copy_guides(target, contents.root / "docs", out)
    _write_settings(target, contents, out / "andon.toml")
    facts = _facts(target, own.version, compiled, out)
    (out / "bundle.json").write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")
    _write_shell_facts(facts, out / "bundle.env")
    write_checksums(out)
    return facts


def _facts(target: Target, version: str, compiled: bool, out: Path) -> dict[str, Any]:
    made = datetime.now(timezone.utc)
    size = sum(path.stat().st_size for path in out.rglob("*") if path.is_file())
    features = read_board().processor.features
    return {
        "format": FORMAT,
        "andon": version,
        "release": f"{version}-{made:%Y%m%d%H%M%S}",
        "board": target.board,
        "architecture": target.architecture,
        "python": target.python,
        "least_python": least_python(out / "wheels", target.python),
        "llama": "source" if compiled else "wheel",
        "cmake_args": " ".join(target.cmake_args) if compiled else "",
        "nvcc": target.nvcc if compiled else "",
        "instructions": [] if compiled else [name for name in _ASKED_OF_THE_BOX if name in features],
        "bytes": size,
        # wheels unpack to about three times their size; compiling takes about 1 GB for a while
        "needed_mb": round(size * 4 / 1e6) + (1500 if compiled else 0),
        "has_data": (out / "data").is_dir(),
        "made_at": made.isoformat(timespec="seconds"),
    }


def _write_shell_facts(facts: dict[str, Any], path: Path) -> None:
    """What install.sh reads: it must not need a JSON reader before it knows whether there is a Python."""
    lines = {
        "RELEASE": facts["release"],
        "BOARD": facts["board"],
        "ARCHITECTURE": facts["architecture"],
        "PYTHON_VERSION": facts["python"],
        "PYTHON_LEAST": facts["least_python"],
        "LLAMA": facts["llama"],
        "BUILD_ARGS": facts["cmake_args"],
        "NVCC": facts["nvcc"],
        "INSTRUCTIONS": " ".join(facts["instructions"]),
        "NEEDED_MB": str(facts["needed_mb"]),
    }
    path.write_text("".join(f"{name}='{value}'\n" for name, value in lines.items()), encoding="utf-8")


def _copy_models(contents: Contents, folder: Path) -> None:
    folder.mkdir()
    catalogue = contents.models / "models.toml"
    shutil.copyfile(catalogue, folder / catalogue.name)
    for card in load_catalogue(catalogue):
        # an embedder's tokenizer lies beside it under the same stem
        for path in sorted({card.path, *card.path.parent.glob(f"{card.path.stem}.tokenizer.json")}):
            if path.is_file():
                place = folder / path.relative_to(contents.models)
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, place)
    if contents.extra_model is not None:
        shutil.copyfile(contents.extra_model, folder / contents.extra_model.name)


def _copy_guides(target: Target, docs: Path, out: Path) -> None:
    """The board's guide in both languages, where Andon runs from a checkout: whoever installs has no network to read
    it elsewhere."""
    for source, name in ((docs, "GUIDE.md"), (docs / "ja", "GUIDE.ja.md")):
        if (source / f"{target.guide}.md").is_file():
            shutil.copyfile(source / f"{target.guide}.md", out / name)


def _write_settings(target: Target, contents: Contents, path: Path) -> None:
    """andon.toml with the places that install.sh fills in."""
    lines = ["# Settings of this box; install.sh writes it once and never again. All settings: docs/settings.md"]
    lines += ['data = "@DATA@"', 'models = "@MODELS@"', 'host = "@HOST@"', "port = @PORT@"]
    if contents.extra_model is not None:
        lines.append(f'model = "@MODELS@/{contents.extra_model.name}"')
    lines += [f"{name} = {value}" for name, value in (*target.settings, *contents.settings)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
