"""All wiring on one screen: settings -> library, runner, assistant, accounts."""

from __future__ import annotations

from dataclasses import dataclass

from edge.choose import make_runner
from edge.options import EdgeOptions

from assistant.accounts import Accounts
from assistant.ask import AskOptions, Assistant
from assistant.settings import Settings
from edge.runner import Runner
from index.library import Library
from index.options import IndexOptions


@dataclass(frozen=True, slots=True)
class Andon:
    """Everything a door needs. Close it when done."""

    settings: Settings
    library: Library
    assistant: Assistant
    accounts: Accounts

    def close(self) -> None:
        if self.assistant.runner is not None:
            self.assistant.runner.close()
        self.library.close()
        self.accounts.close()


def open_library(settings: Settings, *, write: bool = False) -> Library:
    options = IndexOptions(
        folder=settings.index_folder, embedder=settings.embedder, max_file_bytes=settings.max_file_mb * 1024 * 1024
    )
    return Library(options, write=write)


def open_runner(settings: Settings) -> Runner | None:
    """The runner that the setting ``model`` names, not yet loaded; None for "none"."""
    if settings.model == "none":
        return None
    return make_runner(
        EdgeOptions(
            model=settings.model,
            models=settings.models,
            context_tokens=settings.context_tokens,
            threads=settings.threads,
            gpu_layers=settings.gpu_layers,
        )
    )


def build(settings: Settings, *, write: bool = False) -> Andon:
    """Open everything over ``settings.data``. ``write`` takes the index's writer lock (the service does)."""
    library = open_library(settings, write=write)
    options = AskOptions(settings.quotes, settings.answer_tokens, settings.max_question)
    return Andon(
        settings,
        library,
        Assistant(library, open_runner(settings), options),
        Accounts(settings.accounts_file, settings.session_hours),
    )
