"""andon doctor: checks the box and says what helps."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from ui.box import Check
from ui.terminal import AsJson, Data, print_json, reader_lang, settings_with, tell, words_of
from ui.wording import say

if TYPE_CHECKING:
    from assistant.settings import Settings

PACKAGES = ("chromadb", "fastapi", "gradio", "llama-cpp-python", "onnxruntime", "pypdfium2", "tokenizers")
# alarms as they are asked about; each is new to the embedder, so that none comes from its memory
TIMED_QUESTIONS = tuple(f"AL.{number} が出て搬送軸が止まった" for number in range(30, 39))


def doctor(as_json: AsJson = False, data: Data = None) -> None:
    """Check Python, packages, data folder, index, embedder, model, accounts, and the box: board, power mode, clocks,
    drivers, memory, disk, temperature. Each finding says what helps.

    Exit code 1 means that something must be mended.
    """
    checks = list(_checks(settings_with(data=data)))
    bad = sum(check.state == "fail" for check in checks)
    if as_json:
        print_json({"ok": not bad, "checks": [asdict(check) for check in checks]})
    else:
        for check in checks:
            print(f"{ {'ok': '✓', 'warn': '!', 'fail': '✗'}[check.state] } {check.found}")
            if check.remedy:
                print(f"    {say('cli.remedy', reader_lang())}: {check.remedy}")
        tell("doctor.bad" if bad else "doctor.good", count=bad)
    if bad:
        raise typer.Exit(1)


def _checks(settings: Settings) -> Iterator[Check]:
    lang = reader_lang()
    version = ".".join(str(part) for part in sys.version_info[:3])
    yield Check("python", "ok" if sys.version_info >= (3, 10) else "fail", say("doctor.python", lang, version=version))
    yield from _packages()
    yield _data_folder(settings.data)
    yield from _index(settings)
    yield from _records(settings)
    yield from _embedder(settings)
    yield _model(settings)
    yield from _box(settings)


def _packages() -> Iterator[Check]:
    from importlib.metadata import PackageNotFoundError, version

    for name in PACKAGES:
        try:
            yield Check(name, "ok", say("doctor.package", reader_lang(), name=name, version=version(name)))
        except PackageNotFoundError:
            yield Check(name, "fail", say("doctor.package_missing", reader_lang(), name=name), "pip install andon")


def _data_folder(folder: Path) -> Check:
    import shutil

    place = folder
    while not place.exists():
        place = place.parent
    free = f"{shutil.disk_usage(place).free / 1e9:.1f}"
    if not os.access(place, os.W_OK):
        found = say("doctor.data_not_writable", reader_lang(), path=folder)
        return Check("data", "fail", found, "--data DIR, ANDON_DATA")
    return Check("data", "ok", say("doctor.data", reader_lang(), path=folder, free=free))


def _index(settings: Settings) -> Iterator[Check]:
    from assistant.accounts import Accounts
    from assistant.build import open_library
    from index.errors import IndexFailed

    if not settings.index_folder.exists():
        yield Check("index", "warn", say("cli.no_manuals", reader_lang()), "andon index add FILE")
        return
    try:
        library = open_library(settings)
    except IndexFailed as failed:
        yield Check("index", "fail", *words_of(failed))
        return
    manuals, vectors = library.manuals(), library.vectors
    library.close()
    found = say("doctor.index", reader_lang(), manuals=len(manuals), passages=sum(m.passages for m in manuals))
    yield Check("index", "ok", found)
    if vectors is not None and not vectors.complete:
        left = say("doctor.vectors", reader_lang(), done=vectors.done, total=vectors.total)
        yield Check("vectors", "warn", left, vectors.problem or "andon serve / andon index rebuild")
    accounts = Accounts(settings.accounts_file)
    count = len(accounts.accounts())
    accounts.close()
    yield Check("accounts", "ok" if count else "warn", say("doctor.accounts", reader_lang(), count=count))


def _records(settings: Settings) -> Iterator[Check]:
    """Whether the log, feedback and gaps can be written, and whether anything of them was missed."""
    from assistant.build import open_records
    from assistant.records.errors import RecordsFailed

    if not settings.records_file.exists():
        return
    lang, records = reader_lang(), open_records(settings)
    try:
        database = records.database
        assert database is not None
        database.check()
        found = say(
            "doctor.records", lang, entries=records.audit.count(), feedback=records.feedback.counts()["new"],
            gaps=records.gaps.counts()["open"], days=records.days,
        )  # fmt: skip
        yield Check("records", "ok", found)
    except RecordsFailed as failed:
        yield Check("records", "fail", *words_of(failed))
    finally:
        records.close()
    missed = records.missed()
    if missed is not None:
        found = say("doctor.records_missed", lang, count=missed.count, at=missed.last_at[:19], reason=missed.reason)
        yield Check("records_missed", "warn", found, say("doctor.records_missed_help", lang))


def _embedder(settings: Settings) -> Iterator[Check]:
    """Also whether unsafe requests are known by rules alone, which hangs on the embedder."""
    from statistics import median
    from time import perf_counter

    from assistant.build import open_embedder
    from assistant.refusals.safety_measure import SafetyMeasure
    from edge.errors import EdgeFailed
    from index.errors import IndexFailed

    lang = reader_lang()
    try:
        embedder = open_embedder(settings)
    except (EdgeFailed, IndexFailed) as failed:
        found = say("doctor.embedder_missing", lang, name=settings.embedder, reason=words_of(failed)[0])
        yield Check("embedder", "warn", found, words_of(failed)[1])
        return
    if embedder is None:
        yield Check("embedder", "warn", say("doctor.embedder_none", lang))
        return
    times = []
    for question in TIMED_QUESTIONS:
        start = perf_counter()
        embedder.embed([question], "query")
        times.append((perf_counter() - start) * 1000)
    languages = ", ".join(sorted(embedder.languages))
    query_ms = f"{median(times):.1f}"
    found = say(
        "doctor.embedder", lang, name=embedder.name, dim=embedder.dim, languages=languages, query_ms=query_ms
    )  # fmt: skip
    yield Check("embedder", "ok", found)
    problem = SafetyMeasure(settings.models, embedder).problem
    if problem:
        yield Check("safety", "warn", say("doctor.safety_rules", lang, reason=problem))


def _model(settings: Settings) -> Check:
    from assistant.build import edge_options
    from edge.errors import EdgeFailed, ModelTooLarge
    from edge.forecast import refuse_too_large
    from edge.models import resolve
    from edge.openai_api.options import is_endpoint

    if settings.model == "none":
        return Check("model", "warn", say("doctor.model_none", reader_lang()))
    if is_endpoint(settings.model):
        return _endpoint(settings)
    try:
        path = resolve(settings.model, settings.models)
    except EdgeFailed as failed:
        return Check("model", "fail", *words_of(failed))
    megabytes = f"{path.stat().st_size / 1e6:.1f}"
    try:
        refuse_too_large(edge_options(settings))
    except ModelTooLarge as failed:
        found = say("doctor.model_too_large", reader_lang(), name=path.name, reason=words_of(failed)[0])
        return Check("model", "fail", found, words_of(failed)[1])
    except EdgeFailed as failed:  # an adapter, or the file is cut off
        return Check("model", "fail", *words_of(failed))
    return Check("model", "ok", say("doctor.model", reader_lang(), name=path.name, megabytes=megabytes))


def _endpoint(settings: Settings) -> Check:
    """Whether the model's server answers, which model it is, and how its tokens are counted."""
    from assistant.build import endpoint_options
    from edge.errors import EdgeFailed
    from edge.openai_api.runner import OpenAiRunner

    try:
        runner = OpenAiRunner(endpoint_options(settings))
        runner.load()
    except EdgeFailed as failed:
        return Check("model", "fail", *words_of(failed))
    lang, by_bytes = reader_lang(), runner.counts_by == "bytes"
    found = say("doctor.endpoint", lang, name=runner.name, address=settings.model, context=runner.context_tokens)
    return Check("model", "warn" if by_bytes else "ok", found, say("doctor.endpoint_bytes", lang) if by_bytes else "")


def _box(settings: Settings) -> Iterator[Check]:
    from edge.board.board import read_board
    from ui.box import box_checks, software_of

    yield from box_checks(read_board(), software_of(settings), reader_lang())
