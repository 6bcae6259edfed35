"""Box: what was found on the box by edge.board, as checks in a person's words, each with what helps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from ui.wording import Lang, say

if TYPE_CHECKING:
    from assistant.settings import Settings
    from edge.board.board import Board
    from edge.board.findings import Software


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at: ``state`` "ok", "warn" or "fail", what was found, what helps."""

    name: str
    state: Literal["ok", "warn", "fail"]
    found: str
    remedy: str = ""


def box_checks(board: Board, software: Software, lang: Lang) -> Iterator[Check]:
    from edge.board.findings import findings

    for finding in findings(board, software):
        remedy = "" if finding.state == "ok" else say(f"{finding.code}.help", lang, **finding.values)
        name = finding.code.removeprefix("board.")
        yield Check(name, finding.state, say(finding.code, lang, **finding.values), remedy)


def software_of(settings: Settings) -> Software:
    """What the findings need to know beside the box itself."""
    from edge.board.board import free_bytes
    from edge.board.findings import Software
    from edge.errors import EdgeFailed
    from edge.llama.build import installed_build
    from edge.models import resolve

    try:
        gpu_build = installed_build().gpu
    except EdgeFailed:
        gpu_build = None
    try:
        megabytes = 0.0 if settings.model == "none" else resolve(settings.model, settings.models).stat().st_size / 1e6
    except (EdgeFailed, OSError):
        megabytes = 0.0  # said by the check of the model
    return Software(gpu_build, settings.gpu_layers, megabytes, free_bytes(settings.data))
