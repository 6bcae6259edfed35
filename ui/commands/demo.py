"""andon demo: the fictional packaging line, ready to ask."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ui.commands.serve import run
from ui.terminal import Data, ProgressLine, reader_lang, settings_with, tell
from ui.wording import say

if TYPE_CHECKING:
    from assistant.accounts import Role
    from assistant.build import Andon
    from index.library import Added, Library, Progress

# These passwords stand in the documentation: the demo listens on this machine only and holds fictional manuals
LOGINS: tuple[tuple[str, str, Role], ...] = (
    ("operator", "operator-demo", "operator"),
    ("admin", "admin-demo", "admin"),
)
_AT_ONCE = 2  # files: one is read while the other is embedded
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
    for file, added in _added(andon.library, files):
        if added.change != "unchanged":
            passages = len(andon.library.passages(added.manual.id))
            tell("cli.added", name=file.name, pages=added.manual.pages, passages=passages)
    have = {account.name for account in andon.accounts.accounts()}
    for name, password, role in LOGINS:
        if name not in have:
            andon.accounts.put(name, password, role)


@dataclass
class _Turn:
    """A file's progress line, shown while it is the first that is not done; and its way to be stopped."""

    line: ProgressLine
    is_first: bool = False
    stopped: bool = False

    def __call__(self, progress: Progress) -> None:
        from index.ingest.build import Cancelled

        if self.stopped:
            raise Cancelled("Stopped.", "Start again: andon demo")
        if self.is_first:
            self.line(progress)


def _added(library: Library, files: list[Path]) -> Iterator[tuple[Path, Added]]:
    """Index ``files``, in their order: while one is embedded the next is being read."""
    turns = [_Turn(ProgressLine(file.name)) for file in files]
    threads = ThreadPoolExecutor(_AT_ONCE, "demo-index")
    try:
        jobs = [threads.submit(library.add, file, file.name, turn) for file, turn in zip(files, turns, strict=True)]
        for file, turn, job in zip(files, turns, jobs, strict=True):
            turn.is_first = True
            added = job.result()
            turn.line.done()
            yield file, added
    finally:
        for turn in turns:
            turn.stopped = True
        threads.shutdown(cancel_futures=True)


def _announce(address: str) -> None:
    lang = reader_lang()
    print(f"\n{say('cli.login', lang)}:")
    for name, password, role in LOGINS:
        print(f"  {say('cli.' + role, lang)}: {name} / {password}")
    print(f"\n{say('cli.try', lang)}:")
    for question in QUESTIONS:
        print(f"  {question}")
    print(flush=True)
