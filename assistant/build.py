"""All wiring on one screen: settings -> library, runner, assistant, accounts."""

from __future__ import annotations

import logging
import sqlite3
from dataclasses import dataclass, field
from pathlib import Path

from assistant.accounts import Accounts
from assistant.ask import AskOptions, Assistant
from assistant.backup.restore import finish_restore
from assistant.precedents import Precedents
from assistant.records.records import Records, revision_of
from assistant.refusals.safety_measure import SafetyMeasure
from assistant.settings import Settings
from edge.adapter_file import check_adapters
from edge.choose import make_runner
from edge.errors import AdapterUnreadable, EdgeFailed
from edge.http_address import Address
from edge.models import resolve, style_of
from edge.openai_api.options import EndpointOptions, is_endpoint, split_model
from edge.options import BARE, Adapter, EdgeOptions, default_batch
from edge.rkllm.options import RkllmOptions
from edge.runner import Runner
from index.embedders.embedder import Embedder, make_embedder
from index.errors import IndexFailed
from index.library import Library
from index.notes import Notes
from index.options import IndexOptions
from index.search.reranker import Reranker, make_reranker

log = logging.getLogger(__name__)
NOTES = "notes.sqlite3"  # in the index's folder; made again from the records, and in no backup


@dataclass(frozen=True, slots=True)
class Andon:
    """Everything a door needs. Close it when done. ``model_failure`` says why there is no runner where one was asked
    for: without a model Andon still quotes. ``embedder_problem`` says the same of the embedder: without one search goes
    by codes and keywords."""

    settings: Settings
    library: Library
    assistant: Assistant
    accounts: Accounts
    model_failure: EdgeFailed | None = None
    embedder_problem: str = ""
    records: Records = field(default_factory=lambda: Records(None))
    precedents: Precedents | None = None

    @property
    def model_problem(self) -> str:
        return str(self.model_failure) if self.model_failure is not None else ""

    def close(self) -> None:
        if self.assistant.runner is not None:
            self.assistant.runner.close()
        if self.precedents is not None:
            self.precedents.close()
        self.library.close()
        self.accounts.close()
        self.records.close()


def open_library(settings: Settings, *, write: bool = False, rebuild: bool = False) -> Library:
    """The index over ``settings.data``. Where the embedder cannot be loaded, the log says why and search goes by codes
    and keywords; only ``rebuild`` raises then, which is for vectors alone."""
    if rebuild:
        return _library(settings, open_embedder(settings), write=True, rebuild=True)
    embedder, problem = _embedder_or_reason(settings)
    if problem:
        log.warning("Search goes by codes and keywords only. %s", problem)
    return _library(settings, embedder, write=write)


def open_words(settings: Settings) -> Library:
    """The index over ``settings.data`` for what needs neither its vectors nor its writer lock: the site's words, and
    what manuals are for. The service may run meanwhile."""
    return _library(settings, None, write=False)


def _library(settings: Settings, embedder: Embedder | None, *, write: bool, rebuild: bool = False) -> Library:
    options = IndexOptions(
        folder=settings.index_folder,
        max_file_bytes=settings.max_file_mb * 1024 * 1024,
        ocr=settings.ocr,
        vector_server="" if settings.vectors == "embedded" else settings.vectors,
    )
    return Library(options, write=write, rebuild=rebuild, embedder=embedder, reranker=_open_reranker(settings))


def open_embedder(settings: Settings) -> Embedder | None:
    """The embedder that the setting names, loaded; None for "none". Raises EdgeFailed for a file that is missing or not
    as the catalogue lists it, EmbedderMissing for one that cannot be used."""
    setting = settings.embedder
    if setting not in ("none", "minilm") and not (Path(setting) / "config.json").is_file():
        setting = str(resolve(setting, settings.models))
    embedder = make_embedder(setting)
    if embedder is not None:
        embedder.load()
    return embedder


def _open_reranker(settings: Settings) -> Reranker | None:
    """The reranker that the setting names, loaded; None for "none", and where it cannot be used, which the log tells:
    search then keeps its own order."""
    try:
        reranker = make_reranker(settings.reranker)
        if reranker is not None:
            reranker.load()
    except IndexFailed as failed:
        log.warning("Hits are not reordered. %s", failed)
        return None
    return reranker


def _embedder_or_reason(settings: Settings) -> tuple[Embedder | None, str]:
    try:
        return open_embedder(settings), ""
    except (EdgeFailed, IndexFailed) as failed:
        return None, str(failed)


def open_runner(settings: Settings) -> Runner | None:
    """The runner that the setting ``model`` names, not yet loaded; None for "none". Raises edge.errors.EdgeFailed."""
    if settings.model == "none":
        return None
    return make_runner(endpoint_options(settings) if is_endpoint(settings.model) else edge_options(settings))


def edge_options(settings: Settings) -> EdgeOptions:
    """What a model file is run with. Raises edge.errors.EdgeFailed where it or an adapter is not what it should be."""
    model = resolve(settings.model, settings.models)
    adapters = tuple(Adapter(name, path) for name, path in settings.adapters.items())
    check_adapters(model, adapters)
    return EdgeOptions(
        model=model,
        context_tokens=settings.context_tokens,
        threads=settings.threads or None,
        gpu_layers=settings.gpu_layers,
        batch_tokens=settings.batch_tokens or default_batch(settings.gpu_layers),
        kv_type=settings.kv_type,
        flash_attention=settings.flash_attention,
        draft_tokens=settings.draft_tokens,
        adapters=adapters,
        rkllm=RkllmOptions(
            library=settings.rkllm_library,
            version="" if settings.rkllm_version == "auto" else settings.rkllm_version,
            prompt_cache=settings.data / "prompts",
            prompt_cache_bytes=settings.prompt_cache_mb * 1024 * 1024,
        ),
        isolate=settings.isolate_model,
        prompt_cache=settings.data / "prefixes",
        prompt_cache_bytes=settings.prefix_cache_mb * 1024 * 1024,
    )


def endpoint_options(settings: Settings) -> EndpointOptions:
    """What the settings say of a model behind an address. Raises edge.errors.AddressRefused, AdapterUnreadable."""
    if settings.adapters:
        raise AdapterUnreadable(
            "Adapters are laid over a model file here; the model behind an address has those of its server.",
            "Take the setting adapters out; vLLM serves each adapter as a model of its own name: model = ADDRESS#NAME.",
        )
    url, name = split_model(settings.model)
    return EndpointOptions(
        Address.of(url, remote=settings.allow_remote_model),
        model=name,
        context_tokens=settings.context_tokens,
        key=settings.model_key.get_secret_value(),
        first_s=settings.model_first_seconds,
        gap_s=settings.model_gap_seconds,
        ca_file=Path(settings.model_ca).expanduser() if settings.model_ca else None,
        tokenizer=Path(settings.model_tokenizer).expanduser() if settings.model_tokenizer else None,
    )


def open_records(settings: Settings, library: Library | None = None) -> Records:
    """The log, feedback and gaps beside the accounts; nothing of it is opened before it is used."""
    revision = (lambda: revision_of(library.manuals())) if library is not None else str
    return Records(settings.records_file, settings.log_days, revision)


def open_precedents(settings: Settings, library: Library, records: Records, *, write: bool) -> Precedents | None:
    """How the same ended before, from ``records``: found in an index of notes beside the manuals'. Who writes keeps it
    as the records are from here on; None for a reader where there is none yet."""
    place = settings.index_folder / NOTES
    if not write and not place.is_file():
        return None
    try:
        precedents = Precedents(Notes(place, library.embedder, library.synonyms), records, library)
    except (IndexFailed, sqlite3.Error) as failed:
        log.warning("What fixed the same before is not shown. %s", failed)
        return None
    if write:
        records.stoppages_changed = precedents.sync
        precedents.sync_behind()
    return precedents


def ask_options(settings: Settings, style: str = "free") -> AskOptions:
    """How questions are answered under ``settings`` by a model of that style."""
    return AskOptions(
        settings.quotes,
        settings.answer_tokens,
        settings.max_question,
        settings.excerpts,
        settings.prompt_tokens,
        extract=style == "extract",
        answer_seconds=settings.answer_seconds,
        adapters=tuple(settings.adapters),
        adapter="" if settings.adapter == BARE else settings.adapter,
    )


def build(settings: Settings, *, write: bool = False) -> Andon:
    """Open everything over ``settings.data``. ``write`` takes the index's writer lock (the service does)."""
    finish_restore(settings.data)  # of one that was interrupted
    embedder, embedder_problem = _embedder_or_reason(settings)
    if embedder_problem:
        log.warning("Search goes by codes and keywords only. %s", embedder_problem)
    library = _library(settings, embedder, write=write)
    runner, failure, style = None, None, settings.answers
    try:
        runner = open_runner(settings)
        if runner is not None and style == "auto" and not is_endpoint(settings.model):
            style = style_of(settings.model, settings.models)
    except EdgeFailed as failed:
        failure = failed
    options = ask_options(settings, style)
    accounts = Accounts(settings.accounts_file, settings.session_hours)
    records = open_records(settings, library)
    if write:
        records.forget_daily()
    precedents = open_precedents(settings, library, records, write=write)
    assistant = Assistant(library, runner, options, SafetyMeasure(settings.models, embedder), precedents)
    return Andon(settings, library, assistant, accounts, failure, embedder_problem, records, precedents)
