"""andon index: add, list, remove and rebuild."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ui.terminal import AsJson, Data, ProgressLine, print_json, reader_lang, settings_with, tell
from ui.wording import say_error

if TYPE_CHECKING:
    from index.errors import ManualUnreadable

app = typer.Typer(help="Add, list and remove manuals.", no_args_is_help=True)


@app.command("add")
def add(
    paths: Annotated[list[Path], typer.Argument(help="Files, or folders with files, to index.")],
    as_json: AsJson = False,
    data: Data = None,
) -> None:
    """Index manuals. A file of a known name becomes its next revision; unchanged files cost nothing.

    One bad file does not stop the others; the exit code is 1 if any could not be added.
    """
    from assistant.build import open_library
    from index.errors import ManualUnreadable
    from index.library import files_under

    library = open_library(settings_with(data=data), write=True)
    results, failed = [], False
    try:
        for path in paths:
            files = files_under(path)
            if not files:
                failed = True
                tell("cli.no_files", path=path)
            for file in files:
                name = file.name if path == file else file.relative_to(path).as_posix()
                line = ProgressLine(name)
                try:
                    added = library.add(file, name, line)
                except ManualUnreadable as unreadable:
                    failed = True
                    line.done()
                    results.append(_failed(name, unreadable))
                    if not as_json:
                        reason = say_error(unreadable.code, "ja") if reader_lang() == "ja" else ""
                        tell("cli.failed", name=name, reason=reason or str(unreadable))
                    continue
                line.done()
                manual = added.manual
                results.append({"name": name, "change": added.change, "manual": manual.id, "revision": manual.revision})
                if not as_json:
                    tell(
                        f"cli.{added.change}",
                        name=name,
                        revision=manual.revision,
                        pages=manual.pages,
                        passages=len(library.passages(manual.id)),
                    )
    finally:
        library.close()
    if as_json:
        print_json({"files": results})
    if failed:
        raise typer.Exit(1)


def _failed(name: str, unreadable: ManualUnreadable) -> dict[str, object]:
    return {"name": name, "change": "failed", "error": unreadable.code, "message": str(unreadable)}


@app.command("list")
def list_manuals(as_json: AsJson = False, data: Data = None) -> None:
    """List the indexed manuals."""
    from assistant.build import open_library
    from assistant.wire import manual_json

    library = open_library(settings_with(data=data))
    try:
        manuals = library.manuals()
    finally:
        library.close()
    if as_json:
        print_json({"manuals": [manual_json(manual) for manual in manuals]})
        return
    if not manuals:
        tell("cli.no_manuals")
    for manual in manuals:
        print(
            f"{manual.id}  {manual.name}  rev {manual.revision}  {manual.pages} p  {manual.passages} passages  "
            f"{manual.lang}  {manual.title}"
        )


@app.command("remove")
def remove(manual: Annotated[str, typer.Argument(help="The manual's id or file name.")], data: Data = None) -> None:
    """Remove a manual with its passages, vectors and original."""
    from assistant.build import open_library

    library = open_library(settings_with(data=data), write=True)
    try:
        tell("cli.removed", name=library.remove(manual).name)
    finally:
        library.close()


@app.command("rebuild")
def rebuild(data: Data = None) -> None:
    """Make all vectors again, for example after choosing another embedder."""
    from index.library import Library
    from index.options import IndexOptions

    settings = settings_with(data=data)
    options = IndexOptions(folder=settings.index_folder, embedder=settings.embedder)
    with Library(options, write=True, rebuild=True) as library:
        tell("cli.rebuilt", count=library.rebuild())
