"""Help: what the andon command and the settings say of themselves, in the reader's language."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from functools import cache, partial
from pathlib import Path
from typing import Any

from ui.wrapping import columns, wrapped

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

WORDING = Path(__file__).parent / "wording"
NOTES = {"default: ": "既定: ", "required": "必須", "env var: ": "環境変数: "}
WIDEST, NAMES = 100, 30  # columns: of a line, of the names beside which an explanation still begins


def in_japanese(command: Any) -> Any:
    """The click command with its help, that of its options and of all commands below it in Japanese; what has no
    Japanese stays as it is. The page is our own: typer's cuts a text without spaces off where its column ends."""
    table = help_table()
    command.help = table.get(command.help, command.help)
    for parameter in command.params:
        if getattr(parameter, "help", None):
            parameter.help = table.get(parameter.help, parameter.help)
    command.format_help = partial(_write_page, command)
    for child in getattr(command, "commands", {}).values():
        in_japanese(child)
    return command


def _write_page(command: Any, context: Any, formatter: Any) -> None:
    formatter.write("\n".join(japanese_page(command, context, shutil.get_terminal_size().columns)) + "\n")


def japanese_page(command: Any, context: Any, terminal: int) -> Iterator[str]:
    """The lines of a command's help, for a terminal of so many columns."""
    width = max(40, min(terminal, WIDEST) - 2)
    arguments = [one for one in command.params if one.param_type_name == "argument"]
    options = [one for one in command.params if one.param_type_name == "option" and one.name != "help"]
    children = getattr(command, "commands", {})
    names = [name if one.required else f"[{name}]" for one in arguments for name in (_argument(one),)]
    yield " ".join(["使い方:", context.command_path, "[オプション]", *names, *(["コマンド"] if children else [])])
    yield ""
    yield from wrapped(command.help or "", width)
    entries = [
        ("引数", [(_argument(one), _record(one, context)[1]) for one in arguments]),
        ("オプション", [*(_record(one, context) for one in options), ("--help", "この説明を示して終わります。")]),
        ("コマンド", [(name, (child.help or "").partition("\n\n")[0]) for name, child in children.items()]),
    ]
    for title, rows in entries:
        if rows:
            yield from ["", f"{title}:"]
            yield from _list(rows, width)


def _argument(parameter: Any) -> str:
    return str(parameter.name).upper() + ("..." if parameter.nargs == -1 else "")


def _record(parameter: Any, context: Any) -> tuple[str, str]:
    """How the option is written, and what it means, with its default, its bounds and whether it must be given."""
    name, told = parameter.get_help_record(context) or ("", "")
    text, opening, notes = told.rpartition("  [")
    if not opening:
        return name, told
    for english, said in NOTES.items():
        notes = notes.replace(english, said)
    return name, f"{text} [{notes}"


def _list(rows: list[tuple[str, str]], width: int) -> Iterator[str]:
    beside = min(NAMES, max(columns(name) for name, _ in rows)) + 4
    for name, told in rows:
        lines = wrapped(told, width - beside)
        head = f"  {name}"
        if columns(head) + 2 > beside:
            yield head
            head = ""
        yield head + " " * (beside - columns(head)) + lines[0]
        yield from (" " * beside + line for line in lines[1:])


@cache
def help_table() -> dict[str, str]:
    """English help -> Japanese help."""
    return {english: str(said) for english, said in _read("help.ja.toml").items()}


@cache
def setting_table() -> dict[str, dict[str, str]]:
    """Setting -> {"en", "ja"}: what it means, and the English that the Japanese was made from."""
    return _read("settings.ja.toml")


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((WORDING / name).read_text("utf-8"))
