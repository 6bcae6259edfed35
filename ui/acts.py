"""Acts: what a person does on the box by the andon command goes into the log, under the name of the system's user."""

from __future__ import annotations

import getpass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assistant.records.entry import Act
    from assistant.settings import Settings


def box_user() -> str:
    """The name that the system knows the person by."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container may run under a number that has no name
        return "?"


def note_act(settings: Settings, act: Act, subject: object) -> None:
    """Write it into the log. Never raises; what cannot be written is told by andon doctor."""
    from assistant.build import open_records

    records = open_records(settings)
    try:
        records.act(box_user(), "cli", act, str(subject))
    finally:
        records.close()
