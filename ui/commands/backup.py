"""andon backup and andon restore: the data folder as one file, and back."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from ui.acts import note_act
from ui.terminal import Data, reader_lang, settings_with, tell
from ui.wording import say


def backup(
    out: Annotated[Path, typer.Argument(help="File to write, or a folder, which gets a file named by the time.")],
    data: Data = None,
) -> None:
    """Back up manuals, originals, accounts and records into one file, checked by hashes. The service may run meanwhile.

    Vectors are left out; they are made again after a restore. Models and andon.toml are not part of the data folder.
    """
    from assistant.backup.archive import write_backup

    settings = settings_with(data=data)
    made = write_backup(settings.data, out, _line)
    _line("", 0, 0)
    note_act(settings, "backup", made.path.name)
    tell("backup.made", path=made.path, files=f"{made.files:,}", megabytes=f"{made.bytes / 1e6:,.1f}")


def restore(
    file: Annotated[Path, typer.Argument(help="A file that andon backup wrote.")],
    data: Data = None,
    replace: Annotated[bool, typer.Option("--replace", help="Lose what the data folder holds now.")] = False,
) -> None:
    """Make the data folder what it was when the backup was written. Stop the service first.

    Every byte is checked before anything changes; a restore that is interrupted is finished by the next command.
    """
    from assistant.backup.restore import restore as put_back

    settings = settings_with(data=data)
    restored = put_back(file, settings.data, replace=replace, report=lambda step, name: _line(name, 0, 0))
    _line("", 0, 0)
    made_at = datetime.fromisoformat(restored.made_at).astimezone().strftime("%Y-%m-%d %H:%M")
    tell("backup.restored", path=settings.data, files=f"{restored.files:,}", at=made_at)


def _line(name: str, done: int, total: int) -> None:
    """One line on stderr that says which file it is at."""
    if sys.stderr.isatty():
        count = f" {done}/{total}" if total else ""
        print(f"\r\x1b[K{say('backup.at', reader_lang(), name=name)}{count}" if name else "\r\x1b[K", end="",
              file=sys.stderr)  # fmt: skip
