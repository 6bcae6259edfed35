"""andon words: the site's own words, listed, added, removed, read from and written to files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ui.acts import note_act
from ui.terminal import AsJson, Data, print_json, settings_with, tell

if TYPE_CHECKING:
    from index.library import Library

app = typer.Typer(
    help="Words that mean the same on this site; they count from the next question on, also while the service runs.",
    no_args_is_help=True,
)


def _open(data: Path | None) -> Library:
    from assistant.build import open_words

    return open_words(settings_with(data=data))


@app.command("list")
def list_words(as_json: AsJson = False, data: Data = None) -> None:
    """List the groups of words that mean the same."""
    from assistant.http.wire import group_json

    with _open(data) as library:
        groups = library.synonyms.groups()
    if as_json:
        print_json({"groups": [group_json(group) for group in groups]})
        return
    if not groups:
        tell("words.none")
    for group in groups:
        print(f"{group.id:>4}  {group}")


@app.command("add")
def add(
    words: Annotated[list[str], typer.Argument(help="Words that mean the same, as '2号機 = SW-310' or each alone.")],
    data: Data = None,
) -> None:
    """Say that words mean the same. Where one of them stands in a group already, the groups are joined."""
    from index.search.synonym_file import words_of_line

    with _open(data) as library:
        put = library.synonyms.add([word for argument in words for word in words_of_line(argument)])
    note_act(settings_with(data=data), "words", put.group)
    tell(f"words.{put.change}", words=put.group)


@app.command("remove")
def remove(
    word: Annotated[str, typer.Argument(help="The word, or with --group the number of a group.")],
    group: Annotated[bool, typer.Option("--group", help="Remove the whole group of that number.")] = False,
    data: Data = None,
) -> None:
    """Take a word out of its group. Of a group of two, nothing is left then."""
    from index.errors import SynonymUnknown

    with _open(data) as library:
        if not group:
            removed = library.synonyms.remove(word)
        elif word.isdecimal():
            removed = library.synonyms.remove_group(int(word))
        else:
            raise SynonymUnknown(f"{word!r} is no number of a group.", "List them with: andon words list")
    note_act(settings_with(data=data), "words", f"- {word} ({removed})")
    tell("words.removed", word=word, group=removed)


@app.command("import")
def import_words(
    file: Annotated[Path, typer.Argument(help="CSV or TSV, one group a line.", exists=True, dir_okay=False)],
    replace: Annotated[bool, typer.Option("--replace", help="Forget the words that were there.")] = False,
    data: Data = None,
) -> None:
    """Add the groups of a file, all or none of them."""
    from index.search.synonym_file import MOST_BYTES, read_groups

    with file.open("rb") as source:
        groups = read_groups(source.read(MOST_BYTES + 1), file.name)
    with _open(data) as library:
        changes = [put.change for put in library.synonyms.add_all(groups, replace=replace)]
    note_act(settings_with(data=data), "words", file.name)
    tell("words.imported", **{change: changes.count(change) for change in ("added", "joined", "unchanged")})


@app.command("export")
def export_words(
    file: Annotated[Path, typer.Argument(help="Where to write: a name that ends with .tsv gets tabs, any other CSV.")],
    data: Data = None,
) -> None:
    """Write all groups to a file that Excel and andon words import read."""
    from index.search.synonym_file import file_of_groups

    with _open(data) as library:
        groups = library.synonyms.groups()
    file.write_bytes(file_of_groups(groups, tabs=file.suffix.lower() == ".tsv"))
    tell("words.exported", groups=len(groups), path=file)
