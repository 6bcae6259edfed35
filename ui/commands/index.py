"""andon index: add, list, describe, disable, remove, rebuild and verify."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ui.acts import note_act
from ui.coverage import coverage_notes
from ui.terminal import AsJson, Data, ProgressLine, print_json, reader_lang, settings_with, tell
from ui.verify_lines import tell_report
from ui.wording import say, say_error

if TYPE_CHECKING:
    from assistant.settings import Settings
    from index.ingest.unpack import Outcome

app = typer.Typer(help="Add, list and remove manuals.", no_args_is_help=True)


@app.command("add")
def add(
    paths: Annotated[list[Path], typer.Argument(help="Files, or folders with files, to index.")],
    lines: Annotated[list[str] | None, typer.Option("--line", help="The line they are for; may be repeated.")] = None,
    machines: Annotated[list[str] | None, typer.Option("--machine", help="The machine they are for.")] = None,
    as_json: AsJson = False,
    data: Data = None,
) -> None:
    """Index manuals. A file of a known name becomes its next revision; unchanged files cost nothing.

    One bad file does not stop the others; the exit code is 1 if any could not be added.
    """
    from assistant.build import open_library
    from index.ingest.unpack import add_all
    from index.library import Attributes, files_under

    attributes = Attributes.of(lines, machines)
    settings = settings_with(data=data)
    library = open_library(settings, write=True)
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
                for outcome in add_all(library, file, name, line):
                    line.done()
                    failed = failed or outcome.added is None
                    if outcome.added is not None and attributes:
                        library.describe(outcome.added.manual.id, attributes)
                    if outcome.added is not None and outcome.added.change != "unchanged":
                        note_act(settings, "manual_added", outcome.name)
                    results.append(_told(outcome, as_json))
    finally:
        library.close()
    if as_json:
        print_json({"files": results})
    if failed:
        raise typer.Exit(1)


def _told(outcome: Outcome, as_json: bool) -> dict[str, object]:
    """Tell what came of a file, and return it for machines."""
    name, error, added = outcome.name, outcome.error, outcome.added
    if added is None:
        if not as_json:
            reason = say_error(error.code, "ja") if error is not None and reader_lang() == "ja" else ""
            tell("cli.failed", name=name, reason=reason or str(error))
        return {"name": name, "change": "failed", "error": error.code if error else "", "message": str(error)}
    manual = added.manual
    if not as_json:
        tell(f"cli.{added.change}", name=name, revision=manual.revision, pages=manual.pages, passages=manual.passages)
        for note in coverage_notes(manual.coverage, reader_lang()) if added.change != "unchanged" else ():
            print(f"    {note}")
    return {
        "name": name, "change": added.change, "manual": manual.id, "revision": manual.revision,
        "coverage": asdict(manual.coverage),
    }  # fmt: skip


@app.command("list")
def list_manuals(as_json: AsJson = False, data: Data = None) -> None:
    """List the indexed manuals."""
    from assistant.build import open_library
    from assistant.http.wire import manual_json

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
        if manual.lines or manual.machines:
            print(f"    {', '.join(manual.lines) or '-'} / {', '.join(manual.machines) or '-'}")
        if not manual.enabled:
            print(f"    {say('admin.not_searched', reader_lang())}")


@app.command("set")
def set_manual(
    manual: Annotated[str, typer.Argument(help="The manual's id or file name.")],
    line: Annotated[list[str] | None, typer.Option("--line", help="The line it is for; '' for none.")] = None,
    machine: Annotated[list[str] | None, typer.Option("--machine", help="The machine it is for; likewise.")] = None,
    data: Data = None,
) -> None:
    """Say which lines and machines a manual is for; what is not given stays. The service may run meanwhile."""
    from assistant.build import open_words
    from index.library import Attributes

    settings = settings_with(data=data)
    with open_words(settings) as library:
        found = library.describe(manual, Attributes.of(line, machine))
    note_act(settings, "manual_described", found.name)
    nothing = say("words.nothing", reader_lang())
    lines, machines = (", ".join(names) or nothing for names in (found.lines, found.machines))
    tell("words.set", name=found.name, lines=lines, machines=machines)


@app.command("disable")
def disable(manual: Annotated[str, typer.Argument(help="The manual's id or file name.")], data: Data = None) -> None:
    """Take a manual out of the search; it is kept and comes back at once. The service may run meanwhile."""
    _switch(settings_with(data=data), manual, enabled=False)


@app.command("enable")
def enable(manual: Annotated[str, typer.Argument(help="The manual's id or file name.")], data: Data = None) -> None:
    """Search a manual again that was disabled. The service may run meanwhile."""
    _switch(settings_with(data=data), manual, enabled=True)


def _switch(settings: Settings, manual: str, *, enabled: bool) -> None:
    from assistant.build import open_words

    with open_words(settings) as library:
        name = library.enable(manual, enabled).name
    note_act(settings, "manual_enabled" if enabled else "manual_disabled", name)
    tell("admin.enabled" if enabled else "admin.disabled", name=name)


@app.command("remove")
def remove(manual: Annotated[str, typer.Argument(help="The manual's id or file name.")], data: Data = None) -> None:
    """Remove a manual with its passages, vectors and original."""
    from assistant.build import open_library

    settings = settings_with(data=data)
    library = open_library(settings, write=True)
    try:
        name = library.remove(manual).name
        note_act(settings, "manual_deleted", name)
        tell("cli.removed", name=name)
    finally:
        library.close()


@app.command("rebuild")
def rebuild(data: Data = None) -> None:
    """Make all vectors again, for example after choosing another embedder."""
    from assistant.build import open_library
    from index.ingest.build import Progress

    library = open_library(settings_with(data=data), rebuild=True)
    line = ProgressLine(library.embedder.name if library.embedder is not None else "")
    try:
        count = library.rebuild(lambda done, total: line(Progress("embed", done, total)))
    finally:
        line.done()
        library.close()
    tell("cli.rebuilt", count=count)


@app.command("verify")
def verify(
    repair: Annotated[bool, typer.Option("--repair", help="Make again what can be made again.")] = False,
    deep: Annotated[
        bool, typer.Option("--deep", help="Embed every passage again to compare its vector, not a sample.")
    ] = False,
    as_json: AsJson = False,
    data: Data = None,
) -> None:
    """Prove that passages, keywords, codes, vectors and originals agree.

    The exit code is 1 if something disagrees and was not repaired. Without --repair nothing is changed, and the service
    may run meanwhile.
    """
    from assistant.build import open_library
    from index.ingest.build import Progress

    settings, line = settings_with(data=data), ProgressLine("")

    def say(what: str, done: int, total: int) -> None:
        line(Progress("verify", done, total))

    library = open_library(settings)
    try:
        report, embeds = library.verify(deep=deep, report=say), library.embedder is not None
    finally:
        line.done()
        library.close()
    if repair and not report.agrees:  # opening to write clears away some of it, so it is looked at before
        library = open_library(settings, write=True)
        try:
            report = report.mended_by(library.verify(repair=True, deep=deep, report=say))
        finally:
            line.done()
            library.close()
    if as_json:
        print_json({**asdict(report), "agrees": report.agrees, "vectors_checked": embeds})
    else:
        tell_report(report, embeds)
    if not report.agrees:
        raise typer.Exit(1)
