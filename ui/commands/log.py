"""andon log: the questions that were asked, what was shown for them, and what admins did; listed and exported."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ui.terminal import AsJson, Data, print_json, reader_lang, settings_with, tell
from ui.wording import say

MOST = 1_000_000
app = typer.Typer(help="The log of questions and admin acts.", no_args_is_help=True)
Since = Annotated[str, typer.Option(help="From this date or time on (UTC): 2026-01-31 or 2026-01-31T09:05.")]
User = Annotated[str, typer.Option(help="Only what this account did.")]
Kind = Annotated[str, typer.Option(help='"question", "acts", or one act, such as "manual_added".')]


@app.command("list")
def list_log(
    since: Since = "",
    user: User = "",
    kind: Kind = "",
    limit: Annotated[int, typer.Option(min=1, help="How many, newest first.")] = 50,
    as_json: AsJson = False,
    data: Data = None,
) -> None:
    """List the log, newest first."""
    from assistant.build import open_records
    from assistant.records.audit import Wanted
    from assistant.records.entry import QUESTION, entry_json

    records = open_records(settings_with(data=data))
    try:
        entries = records.audit.entries(Wanted(since=since, who=user, kind=kind, limit=limit))
    finally:
        records.close()
    if as_json:
        print_json({"entries": [entry_json(entry) for entry in entries]})
        return
    lang = reader_lang()
    if not entries:
        tell("log.none")
    for entry in entries:
        result = say(f"log.verdict.{entry.verdict}", lang) if entry.kind == QUESTION else ""
        parts = (entry.at[:19], entry.who, say(f"log.kind.{entry.kind}", lang), entry.subject, result)
        print("  ".join(part for part in parts if part))
        for shown in entry.quotes[:1]:
            print(f"    [{shown.number}] {shown.place} (rev {shown.revision})")


@app.command("export")
def export_log(
    file: Annotated[Path, typer.Argument(help="Where to write: .csv for a table, any other name gets JSON lines.")],
    since: Since = "",
    user: User = "",
    kind: Kind = "",
    data: Data = None,
) -> None:
    """Write the log to a file: CSV that Excel reads, or JSON lines with everything."""
    from assistant.build import open_records
    from assistant.records.audit import Wanted, as_csv, as_jsonl

    records = open_records(settings_with(data=data))
    try:
        entries = records.audit.entries(Wanted(since=since, who=user, kind=kind, limit=MOST))
    finally:
        records.close()
    if file.suffix.lower() == ".csv":
        file.write_bytes(as_csv(entries).encode("utf-8-sig"))
    else:
        file.write_text("".join(as_jsonl(entries)), encoding="utf-8")
    tell("records.exported", count=len(entries), path=file)
