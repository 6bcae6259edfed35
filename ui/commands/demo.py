"""andon demo: the fictional packaging line, ready to ask."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ui.commands.serve import run
from ui.terminal import Data, ProgressLine, reader_lang, settings_with, tell
from ui.wording import say

if TYPE_CHECKING:
    from assistant.accounts import Role
    from assistant.build import Andon

# These passwords stand in the documentation: the demo listens on this machine only and holds fictional manuals
LOGINS: tuple[tuple[str, str, Role], ...] = (
    ("operator", "operator-demo", "operator"),
    ("admin", "admin-demo", "admin"),
)
QUESTIONS = (
    "AL.32 が出て搬送軸が止まった",
    "How do I replace the vacuum cups of the gripper?",
    "SW-310 の E-401 の対処は?",
)


def demo(
    port: Annotated[int | None, typer.Option(help="Port to listen on (default 7860).")] = None,
    data: Data = None,
) -> None:
    """Index the demo plant's manuals and serve them, with an operator and an admin login."""
    from assistant.settings import ROOT

    settings = settings_with(data=data or ROOT / ".demo-data", host="127.0.0.1", port=port)
    run(settings, lambda andon: _prepare(andon, ROOT / "demo"), _announce)


def _prepare(andon: Andon, folder: Path) -> None:
    files = sorted((folder / "manuals").glob("*.pdf"))
    known = {manual.name for manual in andon.library.manuals()}
    if not known.issuperset(file.name for file in files):
        tell("cli.demo_indexing", count=len(files))
    for file in files:
        line = ProgressLine(file.name)
        added = andon.library.add(file, file.name, line)
        line.done()
        if added.change != "unchanged":
            passages = len(andon.library.passages(added.manual.id))
            tell("cli.added", name=file.name, pages=added.manual.pages, passages=passages)
    have = {account.name for account in andon.accounts.accounts()}
    for name, password, role in LOGINS:
        if name not in have:
            andon.accounts.put(name, password, role)


def _announce(address: str) -> None:
    lang = reader_lang()
    print(f"\n{say('cli.login', lang)}:")
    for name, password, role in LOGINS:
        print(f"  {say('cli.' + role, lang)}: {name} / {password}")
    print(f"\n{say('cli.try', lang)}:")
    for question in QUESTIONS:
        print(f"  {question}")
    print(flush=True)
