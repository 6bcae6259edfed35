"""andon bundle: one folder from which a box without a network is installed; and such a folder checked."""

from __future__ import annotations

import sys
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ui.terminal import AsJson, Data, print_json, settings_with, tell

if TYPE_CHECKING:
    from assistant.settings import Settings
    from edge.bundle.make import Contents


class Board(str, Enum):
    jetson = "jetson"
    rock5b = "rock5b"
    pc = "pc"


def bundle(
    out: Annotated[Path | None, typer.Argument(help="New folder for the bundle.")] = None,
    board: Annotated[Board, typer.Option(help="Box that it is for.")] = Board.pc,
    python: Annotated[
        str, typer.Option(help="Python of the box (default: jetson 3.10, rock5b 3.11, pc as here).")
    ] = "",
    model: Annotated[str | None, typer.Option(help="Model id or GGUF file that the box runs.")] = None,
    with_data: Annotated[
        bool, typer.Option("--with-data", help="Put this site's manuals, accounts and records in.")
    ] = False,
    from_source: Annotated[
        bool, typer.Option("--from-source", help="Compile llama.cpp on the box, for another processor than this one.")
    ] = False,
    verify: Annotated[Path | None, typer.Option(help="Check this bundle's files instead of making one.")] = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Make one folder with everything that a box needs: packages, models, settings, install.sh, checksums.

    For a PC like this one no network is needed: what is installed here is packed. For a board pip downloads the wheels
    here, and llama.cpp is compiled on the board from its source. --verify exits with 1 where files are not as listed.
    """
    if verify is not None:
        _verify(verify, as_json=as_json)
        return
    if out is None:
        raise typer.BadParameter("OUT", param_hint="OUT")
    facts = _make(settings_with(data=data, model=model), out.absolute(), board, python, with_data, from_source)
    if as_json:
        print_json(facts)
    else:
        tell("bundle.made", path=out, megabytes=round(int(str(facts["bytes"])) / 1e6), release=facts["release"])
        tell("bundle.next")


def _make(
    settings: Settings, out: Path, board: Board, python: str, with_data: bool, from_source: bool
) -> dict[str, object]:
    import tempfile

    from edge.bundle.make import make_bundle
    from edge.bundle.target import target_for

    with tempfile.TemporaryDirectory(prefix="andon-bundle-") as held:
        copy = Path(held) / "data"
        if with_data:
            _copy_data(settings.data, copy)
        target = target_for(board.value, python)
        contents = _contents(settings, copy if with_data else None)
        try:
            return make_bundle(target, contents, out, from_source=from_source, tell=_progress)
        finally:
            _progress("")


def _copy_data(data: Path, copy: Path) -> None:
    """What a backup of ``data`` holds, as a data folder; the service may run meanwhile. Raises BackupFailed."""
    import shutil

    from assistant.backup.contents import contents

    with contents(data) as items:
        for item in items:
            place = copy / item.name
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(item.path, place)


def _contents(settings: Settings, data: Path | None) -> Contents:
    from assistant.settings import ROOT
    from edge.bundle.make import Contents
    from ui.docs import FLOORS

    given = Path(settings.model)
    lines = () if given.is_file() else (("model", f'"{settings.model}"'),)
    return Contents(ROOT, FLOORS, settings.models, given if given.is_file() else None, data, lines)


def _progress(line: str) -> None:
    if sys.stderr.isatty():
        print(f"\r\x1b[K{line}", end="", file=sys.stderr, flush=True)


def _verify(folder: Path, *, as_json: bool) -> None:
    from dataclasses import asdict

    from edge.bundle.checksums import verify

    found = verify(folder)
    if as_json:
        print_json({"whole": found.whole, **asdict(found)})
    else:
        for kind in ("missing", "altered", "extra"):
            for name in getattr(found, kind):
                tell(f"bundle.{kind}", name=name)
        tell("bundle.whole" if found.whole else "bundle.broken", count=found.files)
    if not found.whole:
        raise typer.Exit(1)
