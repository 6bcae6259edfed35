"""andon feedback: what was accepted and corrected, written down as training pairs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ui.terminal import Data, settings_with, tell

MOST = 1_000_000
app = typer.Typer(help="Feedback on answers.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Feedback on answers; it is reviewed on the admin page."""


@app.command("export")
def export(
    file: Annotated[Path, typer.Argument(help="Where to write the pairs, as JSON lines.")], data: Data = None
) -> None:
    """Write reviewed feedback as training pairs: prompt, chosen and rejected answer; says what was left out and why."""
    from assistant.build import open_records
    from assistant.records.pairs import make_pairs, pair_lines

    settings = settings_with(data=data)
    records = open_records(settings)
    try:
        pairs, left = make_pairs(records.feedback.all(limit=MOST), settings.excerpts)
    finally:
        records.close()
    file.write_text("".join(pair_lines(pairs)), encoding="utf-8")
    tell("records.pairs", count=len(pairs), path=file)
    for rule, count in sorted(left.items()):
        tell(f"records.left.{rule}", count=count)
