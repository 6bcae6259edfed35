"""All wiring on one screen: settings -> library, runner, assistant, accounts."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.accounts import Accounts
from assistant.ask import AskOptions, Assistant
from assistant.settings import Settings
from edge.choose import make_runner
from edge.errors import EdgeFailed
from edge.models import resolve
from edge.options import EdgeOptions
from edge.runner import Runner
from index.library import Library
from index.options import IndexOptions


@dataclass(frozen=True, slots=True)
class Andon:
    """Everything a door needs. Close it when done. ``model_problem`` says why there is no runner where one was asked
    for: without a model Andon still quotes."""

    settings: Settings
    library: Library
    assistant: Assistant
    accounts: Accounts
    model_problem: str = ""

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
    """The runner that the setting ``model`` names, not yet loaded; None for "none". Raises edge.errors.EdgeFailed."""
    if settings.model == "none":
        return None
    return make_runner(
        EdgeOptions(
            model=resolve(settings.model, settings.models),
            context_tokens=settings.context_tokens,
            threads=settings.threads or None,
            gpu_layers=settings.gpu_layers,
        )
    )


def build(settings: Settings, *, write: bool = False) -> Andon:
    """Open everything over ``settings.data``. ``write`` takes the index's writer lock (the service does)."""
    library = open_library(settings, write=write)
    options = AskOptions(
        settings.quotes, settings.answer_tokens, settings.max_question, settings.excerpts, settings.prompt_tokens
    )
    runner, problem = None, ""
    try:
        runner = open_runner(settings)
    except EdgeFailed as failed:
        problem = str(failed)
    accounts = Accounts(settings.accounts_file, settings.session_hours)
    return Andon(settings, library, Assistant(library, runner, options), accounts, problem)
