"""andon bench: how fast the model speaks on this box, or behind an endpoint; and two such reports compared."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ui.terminal import AsJson, print_json, reader_lang, settings_with, tell
from ui.wording import say

if TYPE_CHECKING:
    from assistant.settings import Settings
    from edge.bench.driver import Driver
    from edge.bench.report import Setup


def bench(
    model: Annotated[
        str | None, typer.Option(help="Model id or file; with --endpoint: the file behind it, to count its tokens.")
    ] = None,
    endpoint: Annotated[
        str | None, typer.Option(help="Measure this OpenAI-style endpoint, such as http://127.0.0.1:8080/v1.")
    ] = None,
    endpoint_model: Annotated[str, typer.Option(help="The model's name at the endpoint.")] = "default",
    process: Annotated[
        int | None, typer.Option(help="Process id of the endpoint's server, to count its memory.")
    ] = None,
    workload: Annotated[
        list[str] | None,
        typer.Option(help="pp128-tg64, pp512-tg128 or rag1500-tg150; repeat for several (default all)."),
    ] = None,
    runs: Annotated[int, typer.Option(min=1, help="Runs of each workload after one that warms up.")] = 5,
    out: Annotated[Path | None, typer.Option(help="Write the report to this JSON file.")] = None,
    compare: Annotated[tuple[Path, Path] | None, typer.Option(help="Compare two reports instead of measuring.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Compare although conditions differ; they are shown.")] = False,
    as_json: AsJson = False,
) -> None:
    """Measure prompt and generation speed, time to the first token cold and warm, and memory; or compare two reports.

    Prompts have an exact number of tokens, temperature is 0, one run warms up; figures are the median of 5 runs. A
    workload that does not fit into the context is skipped and said to be. Exit code 1: reports that are not alike.
    """
    if compare is not None:
        _compare(*compare, force=force, as_json=as_json)
        return
    settings = settings_with(model=model)
    report = _measure(settings, endpoint, endpoint_model, process, _chosen(workload), runs)
    if out is not None:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(json.dumps(report, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    if as_json:
        print_json(report)
    else:
        _print(report)
    if out is not None and not as_json:
        tell("bench.written", path=out)


def _chosen(names: Sequence[str] | None) -> list[Any]:
    from edge.bench.workload import WORKLOADS

    known = {workload.name: workload for workload in WORKLOADS}
    for name in names or ():
        if name not in known:
            raise typer.BadParameter(f"{name}: {', '.join(known)}")
    return [known[name] for name in names] if names else list(WORKLOADS)


def _measure(
    settings: Settings, endpoint: str | None, endpoint_model: str, process: int | None, workloads: list[Any], runs: int
) -> dict[str, Any]:
    from edge.bench.bandwidth import measured, nominal
    from edge.bench.memory_watch import MemoryWatch
    from edge.bench.report import report
    from edge.bench.run import measure
    from edge.board.board import read_board
    from edge.openai_api.options import is_endpoint, split_model

    if endpoint is None and is_endpoint(settings.model):  # a site whose model is elsewhere measures that one
        endpoint, endpoint_model = split_model(settings.model)
    before = read_board()
    watch = MemoryWatch(process)
    if endpoint is None:
        driver, setup, close = _own(settings)
    else:
        driver, setup, close = _behind(settings, endpoint, endpoint_model)
    try:
        with watch:
            results = list(measure(driver, workloads, runs, _progress))
    finally:
        close()
        _progress("")
    use = watch.use()
    if endpoint is not None and process is None:  # our own pages say nothing of the server's
        from edge.bench.memory_watch import MemoryUse

        use = MemoryUse(None, None, use.available_drop)
    after = read_board()
    bandwidth = nominal(before) or measured()  # last: its copies would count as the model's memory
    return report(setup, (before, after), bandwidth, use, results)


def _own(settings: Settings) -> tuple[Driver, Setup, Callable[[], None]]:
    """The runner that would answer questions on this box, but in this process: only so it counts whole prompts."""
    from dataclasses import replace

    from assistant.build import edge_options
    from edge.bench.driver import RunnerDriver
    from edge.bench.report import Setup
    from edge.choose import make_runner
    from edge.errors import ModelMissing
    from edge.options import default_threads

    if settings.model == "none":
        raise ModelMissing('The setting model is "none": there is nothing to measure.', "Name one with --model.")
    options = replace(edge_options(settings), isolate=False)
    runner = make_runner(options)
    driver = RunnerDriver(runner)
    kind = "llama.cpp" if options.model.suffix.lower() == ".gguf" else options.model.suffix.lower().lstrip(".")
    threads = options.threads or default_threads(options.model.stat().st_size)
    setup = Setup(
        kind, options.model, runner.name, runner.context_tokens, options.kv_type, threads, options.gpu_layers,
        options.batch_tokens,
    )  # fmt: skip
    return driver, setup, runner.close


def _behind(settings: Settings, endpoint: str, name: str) -> tuple[Driver, Setup, Callable[[], None]]:
    """An endpoint. Where --model names a GGUF file, tokens are counted by it; else by the server, and the bundled
    vocabulary only helps to make prompts of about the right length."""
    from edge.bench.endpoint import EndpointDriver
    from edge.bench.report import Setup
    from edge.llama.library import LlamaModel
    from edge.models import resolve

    given = Path(settings.model).expanduser()
    named = given if given.is_file() else None
    vocabulary = LlamaModel(named or resolve("andon-slm-ja-en", settings.models), vocab_only=True)

    def count(text: str) -> int:
        return len(vocabulary.tokenize(text))

    driver = EndpointDriver(endpoint, name, count, count if named is not None else None)
    return driver, Setup("endpoint", named, name, endpoint=endpoint), vocabulary.close


def _progress(line: str) -> None:
    if sys.stderr.isatty():
        print(f"\r\x1b[K{line}", end="", file=sys.stderr, flush=True)


def _print(report: dict[str, Any]) -> None:
    from edge.bench.report import BUSY_LOAD

    lang = reader_lang()
    board, model, runtime = report["board"], report["model"], report["runtime"]
    name = board["identity"]["model"] or board["processor"]["model"] or "?"
    tell("bench.head", model=model["name"], quantisation=model["quantisation"] or "?", board=name,
         runtime=runtime["version"] or runtime["kind"], threads=runtime["threads"] or "?")  # fmt: skip
    if (report["load_before"] or 0.0) >= BUSY_LOAD:
        tell("bench.busy", load=report["load_before"])
    for workload in report["workloads"]:
        if "skipped" in workload:
            tell("bench.skipped", name=workload["name"], reason=workload["skipped"])
            continue
        values = {
            figure: _shown(workload[key])
            for figure, key in (("prompt", "prompt_tokens_per_s"), ("speed", "tokens_per_s"),
                                ("cold", "first_token_cold_ms"), ("warm", "first_token_warm_ms"))
        }  # fmt: skip
        tell("bench.line", name=workload["name"], **values)
        if workload["roofline_percent"] is not None:
            tell("bench.roofline", percent=workload["roofline_percent"], gb=f"{report['bandwidth']['gb_per_s']:.1f}",
                 by=say(f"bench.by.{report['bandwidth']['by']}", lang))  # fmt: skip
        if workload["answer_tokens_least"] < workload["answer_tokens"]:
            tell("bench.short", tokens=workload["answer_tokens_least"], wanted=workload["answer_tokens"])
    memory = {name: _mb(report["memory"][name]) for name in ("figure", "pss", "available_drop", "resident_peak")}
    tell("bench.memory", **memory)


def _shown(spread: dict[str, float] | None) -> str:
    return "-" if spread is None else f"{spread['median']:g} (p95 {spread['p95']:g})"


def _mb(count: int | None) -> str:
    return "-" if count is None else f"{count / 1e6:.0f}"


def _compare(first: Path, second: Path, *, force: bool, as_json: bool) -> None:
    from dataclasses import asdict

    from edge.bench.compare import differences, pairs, read_report

    reports = read_report(first), read_report(second)
    unlike = differences(*reports)
    shown = list(pairs(*reports)) if force or not unlike else []
    if as_json:
        print_json(
            {"alike": not unlike, "differences": [asdict(one) for one in unlike], "figures": list(map(asdict, shown))}
        )
    else:
        for one in unlike:
            tell("bench.differs", name=one.name, first=one.first, second=one.second)
        for pair in shown:
            if pair.first is not None and pair.second is not None:
                change = f"{100 * (pair.second / pair.first - 1):+.1f} %" if pair.first else ""
                print(f"{pair.workload:<14} {pair.figure:<22} {pair.first:>10g} {pair.second:>10g}  {change}")
    if unlike and not force:
        tell("bench.unlike") if not as_json else None
        raise typer.Exit(1)
