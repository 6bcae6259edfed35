"""Terminal: options that commands share, the reader's language, errors and progress on stderr."""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ui.wording import Lang, say, say_error

if TYPE_CHECKING:
    from assistant.settings import Settings
    from index.ingest.build import Progress
    from index.passage import Passage

Data = Annotated[
    Path | None, typer.Option("--data", help="Data folder (default: ANDON_DATA, else ~/.local/share/andon).")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]


RESTORED = ".restored"  # assistant.backup.restore.READY, without importing it for every command


def settings_with(**flags: Any) -> Settings:
    """What the command goes by. A restore that was interrupted is finished first: every command comes through here."""
    from assistant.settings import read_settings

    settings = read_settings(**flags)
    if (settings.data / RESTORED).is_dir():
        from assistant.backup.restore import finish_restore

        finish_restore(settings.data)
    return settings


def reader_lang() -> Lang:
    """Japanese where the terminal's locale says so, else English."""
    locale = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return "ja" if locale.startswith("ja") else "en"


def tell(key: str, **values: object) -> None:
    print(say(key, reader_lang(), **values))


def page_of(passage: Passage) -> str:
    """The printed page and the page of the file; "" where the format has no pages."""
    labels = [label for label in dict.fromkeys(passage.page_labels) if label]
    return say("cli.page", reader_lang(), label="–".join(labels), page=passage.pages[0]) if labels else ""


def print_json(value: object) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=2))


def is_expected(failure: Exception) -> bool:
    """Whether a failure is one of ours, that says what helps; anything else is a defect and shows its traceback."""
    from assistant.errors import AssistantFailed
    from edge.errors import EdgeFailed
    from index.errors import IndexFailed
    from training.errors import TrainingFailed

    return isinstance(failure, AssistantFailed | IndexFailed | EdgeFailed | TrainingFailed)


def expected(failure: Exception) -> Exception | None:
    """``failure`` as one of ours: itself, or what a full disk means wherever it was met; None for a defect."""
    from edge.disk_room import disk_full, is_full

    if isinstance(failure, OSError) and failure.errno is not None and is_full(failure):
        return disk_full(Path(str(failure.filename or "A file")), failure)
    return failure if is_expected(failure) else None


def reason_of(failure: Exception) -> str:
    """A failure in one sentence of the reader's language, with its details."""
    if reader_lang() == "en":
        return str(failure)
    meaning, (message, remedy) = _meaning(failure), words_of(failure)
    return f"{meaning}({message})" if meaning else f"{message} {remedy}".strip()


def words_of(failure: Exception) -> tuple[str, str]:
    """Message and remedy in the reader's language."""
    message, remedy = getattr(failure, "message", str(failure)), getattr(failure, "remedy", "")
    if reader_lang() == "en":
        return message, remedy
    from ui.translation import in_japanese

    return in_japanese("messages", message), in_japanese("remedies", remedy)


def _meaning(failure: Exception) -> str:
    """What an error means and what helps, in Japanese; "" where it has no wording."""
    return say_error(getattr(failure, "code", ""), "ja", case=getattr(failure, "case", ""))


def print_failure(failure: Exception) -> None:
    lang = reader_lang()
    message, remedy = words_of(failure)
    if lang == "ja":
        meaning = _meaning(failure)
        if meaning:
            print(f"andon: {meaning}", file=sys.stderr)
    print(f"andon: {message}", file=sys.stderr)
    if remedy:
        print(f"  {say('cli.remedy', lang)}: {remedy}", file=sys.stderr)


_STAGES = {"recognise": "cli.recognising", "read": "cli.reading", "embed": "cli.embedding", "verify": "cli.verifying"}


class ProgressLine:
    """One line on stderr that says how far a file is and about how long it still takes."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._start = time.monotonic()
        self._stage = ""

    def __call__(self, progress: Progress) -> None:
        if not sys.stderr.isatty() or progress.stage == "wait":
            return
        if progress.stage != self._stage:
            self._stage, self._start = progress.stage, time.monotonic()
        spent = time.monotonic() - self._start
        left = spent / max(progress.done, 1) * (progress.total - progress.done)
        stage = say(_STAGES.get(progress.stage, "cli.reading"), reader_lang())
        print(f"\r\x1b[K{self._name}: {stage} {progress.done}/{progress.total}  ~{left:.0f} s", end="", file=sys.stderr)

    def done(self) -> None:
        if sys.stderr.isatty():
            print("\r\x1b[K", end="", file=sys.stderr)
