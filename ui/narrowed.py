"""Narrowed: the options that narrow a search on the command line, and the scope that they make."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from index.library import Scope

Lines = Annotated[list[str] | None, typer.Option("--line", help="Only manuals of this line; repeat for several.")]
Machines = Annotated[
    list[str] | None, typer.Option("--machine", help="Only manuals of this machine, by any of its names.")
]
Manuals = Annotated[list[str] | None, typer.Option("--manual", help="Only this manual: its id, file name or title.")]
Kinds = Annotated[
    list[str] | None,
    typer.Option("--kind", help="Only this kind: prose, steps, table, alarm, symptom, warning, faq, incident."),
]
Langs = Annotated[list[str] | None, typer.Option("--lang", help="Only passages in this language: ja or en.")]


def scope_of(
    lines: list[str] | None,
    machines: list[str] | None,
    manuals: list[str] | None,
    kinds: list[str] | None,
    langs: list[str] | None,
) -> Scope:
    from index.library import Scope

    return Scope.of(lines=lines, machines=machines, manuals=manuals, kinds=kinds, langs=langs)
