"""Health: what a running Andon has loaded and how it is: models with their hashes, speed, memory, disk, queues."""

from __future__ import annotations

import shutil
import statistics
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from assistant.build import Andon
from assistant.records.audit import Wanted
from assistant.records.entry import QUESTION
from edge.errors import EdgeFailed
from edge.file_state import READ_UP_TO_BYTES
from edge.models import file_sha256, load_catalogue, resolve
from edge.runner import Runner
from index.embedders.refill import VectorState

RECENT = 20  # answers whose speed is told
Role = Literal["slm", "adapter", "embedder", "reranker"]
_MEASURED = ("supported", "partly_supported")  # verdicts of answers that a model wrote


@dataclass(frozen=True, slots=True)
class Loaded:
    """A model in use. ``sha256`` is of the file that lies there now; "" where it is too large to be read by the way, or
    no single file. ``listed``: whether the catalogue lists that very file."""

    role: Role
    name: str
    file: str = ""
    bytes: int = 0
    sha256: str = ""
    listed: bool = False
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Speed:
    """Of the last answers that a model wrote: how many, and the median of their tokens a second, counted from the
    quotes to the end; waiting for other answers is in it."""

    answers: int
    tokens_per_s: float


@dataclass(frozen=True, slots=True)
class Memory:
    """In bytes: what this process holds, and what the box has and has left; 0 where the system does not tell."""

    process: int
    available: int
    total: int


@dataclass(frozen=True, slots=True)
class Disk:
    """In bytes: what the data folder's parts take, and what is left there."""

    index: int
    originals: int
    records: int
    free: int


@dataclass(frozen=True, slots=True)
class Health:
    """``waiting`` and ``running`` count files on their way into the index; ``missed``: records that could not be
    written, and why."""

    models: tuple[Loaded, ...]
    speed: Speed | None
    memory: Memory
    disk: Disk
    vectors: VectorState | None
    waiting: int
    running: int
    missed: int
    missed_reason: str


def look(andon: Andon) -> Health:
    """How it is now. Takes milliseconds, but for a model's first hash (a second for 256 MB)."""
    counts, missed = andon.library.jobs.counts(), andon.records.missed()
    return Health(
        loaded_models(andon), recent_speed(andon), memory(), _disk(andon.settings.data), andon.library.vectors,
        counts.get("queued", 0), counts.get("running", 0), missed.count if missed else 0,
        missed.reason if missed else "",
    )  # fmt: skip


def loaded_models(andon: Andon) -> tuple[Loaded, ...]:
    """The model that answers, its adapters, the embedder, and the reranker where there is one."""
    settings, runner, embedder = andon.settings, andon.assistant.runner, andon.library.embedder
    listed = _listed_files(settings.models)
    adapters = settings.adapters.items() if runner else ()
    found = [
        _loaded("slm", runner.name if runner else "", settings.model, settings.models, listed, andon.model_problem),
        *(_loaded("adapter", name, str(path), settings.models, listed, "") for name, path in adapters),
        _loaded("embedder", embedder.name if embedder else "", settings.embedder, settings.models, listed,
                andon.embedder_problem),
    ]  # fmt: skip
    if settings.reranker != "none":
        problem = "" if andon.library.reranker is not None else "not loaded"
        found.append(_loaded("reranker", settings.reranker, settings.reranker, settings.models, listed, problem))
    return tuple(found)


def _loaded(role: Role, name: str, setting: str, models: Path, listed: set[str], problem: str) -> Loaded:
    if setting == "none" or not name:
        return Loaded(role, name, problem=problem)
    try:
        path = resolve(setting, models)
    except EdgeFailed:
        return Loaded(role, name, setting, problem=problem)  # a folder, or a service elsewhere
    state = path.stat()
    sha256 = _hash_of(path, state.st_size, state.st_mtime_ns) if state.st_size <= READ_UP_TO_BYTES else ""
    return Loaded(role, name, path.name, state.st_size, sha256, sha256 in listed, problem)


@lru_cache(maxsize=8)
def _hash_of(path: Path, size: int, changed_ns: int) -> str:
    """Read once; ``size`` and ``changed_ns`` make a file that was replaced another one."""
    return file_sha256(path)


def _listed_files(models: Path) -> set[str]:
    try:
        return {card.sha256 for card in load_catalogue(models / "models.toml")}
    except EdgeFailed:
        return set()


def recent_speed(andon: Andon) -> Speed | None:
    """None where no model answered lately."""
    runner = andon.assistant.runner
    if runner is None or andon.records.database is None:
        return None
    entries = andon.records.audit.entries(Wanted(kind=QUESTION, limit=10 * RECENT))
    spent = [
        (entry.answer, entry.timing["total_ms"] - entry.timing["found_ms"])
        for entry in entries
        if entry.verdict in _MEASURED
        and entry.answer
        and entry.timing.get("total_ms", 0) > entry.timing.get("found_ms", 0)
    ][:RECENT]
    return speed_of(runner, spent)


def speed_of(runner: Runner, spent: list[tuple[str, float]]) -> Speed | None:
    """``spent``: answers with the milliseconds that each took."""
    if not spent:
        return None
    try:
        rates = [1000 * runner.count_tokens(answer) / milliseconds for answer, milliseconds in spent]
    except EdgeFailed:
        return None
    return Speed(len(rates), statistics.median(rates))


def memory(process: Path = Path("/proc/self/status"), box: Path = Path("/proc/meminfo")) -> Memory:
    """As Linux tells it."""
    return Memory(
        _kilobytes(process, "VmRSS") * 1024, _kilobytes(box, "MemAvailable") * 1024, _kilobytes(box, "MemTotal") * 1024
    )


def _kilobytes(path: Path, name: str) -> int:
    try:
        lines = path.read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith(f"{name}:")), 0)


def _disk(data: Path) -> Disk:
    originals = _size(data / "index/originals")
    records = sum(path.stat().st_size for path in data.glob("records.sqlite3*"))
    return Disk(_size(data / "index") - originals, originals, records, shutil.disk_usage(data).free)


def _size(folder: Path) -> int:
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.stat().st_size if path.is_file() else 0
        except FileNotFoundError:  # gone meanwhile
            continue
    return total
