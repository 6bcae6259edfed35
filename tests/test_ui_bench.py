"""andon bench as a person types it: a report of the bundled model, and reports that may or may not be compared."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from timed_endpoint import Endpoint
from typer.testing import CliRunner

from edge.bench.compare import differences
from ui.cli import app
from ui.wording import say


def run(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, list(arguments), env={"LC_ALL": "C.UTF-8"})
    return done.exit_code, done.output


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The bundled model with a context into which one workload does not fit."""
    out = tmp_path_factory.mktemp("bench") / "deep" / "report.json"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ANDON_CONTEXT_TOKENS", "512")
        workloads = ("--workload", "pp128-tg64", "--workload", "rag1500-tg150")
        code, said = run("bench", *workloads, "--runs", "1", "--out", str(out))
    assert code == 0, said
    assert (
        say("bench.skipped", "en", name="rag1500-tg150", reason="needs 1650 tokens of context; there are 512") in said
    )
    found: dict[str, Any] = json.loads(out.read_text(encoding="utf-8"))
    return found


def test_a_report_holds_what_its_figures_depend_on(report: dict[str, Any]) -> None:
    assert report["model"]["name"] == "andon-slm-ja-en.q8_0" and report["model"]["quantisation"] == "Q8_0"
    assert report["model"]["sha256"].startswith("f2da3937b109")
    runtime = report["runtime"]
    assert (runtime["kind"], runtime["context_tokens"], runtime["kv_type"], runtime["threads"]) == (
        "llama.cpp", 512, "f16", 1,
    )  # fmt: skip
    assert runtime["version"].startswith("llama-cpp-python ")
    assert report["board"]["processor"]["cpus"] > 0
    assert report["bandwidth"]["by"] == "measured"
    assert report["memory"]["figure"] == max(report["memory"]["pss"], report["memory"]["available_drop"])


def test_figures_belong_together(report: dict[str, Any]) -> None:
    done, skipped = report["workloads"]
    assert (done["prompt_tokens_read"], done["answer_tokens_least"], done["runs"]) == (128, 64, 1)
    assert done["prompt_tokens_per_s"]["median"] == pytest.approx(
        1000 * done["prompt_tokens_read"] / done["first_token_cold_ms"]["median"], rel=0.01
    )
    assert done["tokens_per_s"]["median"] > 1
    assert done["roofline_percent"] is None and "cache" in done["roofline_missing"]
    assert "tokens_per_s" not in skipped


def written(path: Path, report: dict[str, Any]) -> str:
    path.write_text(json.dumps(report), encoding="utf-8")
    return str(path)


def test_like_reports_are_compared(report: dict[str, Any], tmp_path: Path) -> None:
    faster = copy.deepcopy(report)
    faster["workloads"][0]["tokens_per_s"]["median"] = 2 * report["workloads"][0]["tokens_per_s"]["median"]
    code, said = run("bench", "--compare", written(tmp_path / "a", report), written(tmp_path / "b", faster))
    assert code == 0
    assert "+100.0 %" in said


@pytest.mark.parametrize(
    ("place", "value", "named"),
    [(("model", "sha256"), "0" * 64, "model.sha256"), (("model", "quantisation"), "Q4_K_M", "model.quantisation"),
     (("runtime", "context_tokens"), 4096, "runtime.context_tokens"),
     (("runtime", "kv_type"), "q8_0", "runtime.kv_type"),
     (("runtime", "threads"), 4, "runtime.threads"), (("runtime", "gpu_layers"), -1, "runtime.gpu_layers"),
     (("board", "power", "mode"), "15W", "power.mode"),
     (("board", "memory_clock"), {"name": "ddr", "governor": "performance", "least_hz": 1, "limit_hz": 2}, "clock.ddr"),
     (("workloads", 0, "prompt_tokens_read"), 96, "workload.pp128-tg64"),
     (("workloads", 0, "answer_tokens_least"), 9, "workload.pp128-tg64")],
)  # fmt: skip
def test_unlike_reports_are_refused_by_the_field_that_differs(
    report: dict[str, Any], tmp_path: Path, place: tuple[Any, ...], value: Any, named: str
) -> None:
    other = copy.deepcopy(report)
    inner = other
    for step in place[:-1]:
        inner = inner[step]
    inner[place[-1]] = value
    assert [one.name for one in differences(report, other)] == [named]
    files = (written(tmp_path / "a", report), written(tmp_path / "b", other))
    code, said = run("bench", "--compare", *files)
    assert code == 1
    assert named in said and "tokens_per_s" not in said
    code, said = run("bench", "--compare", *files, "--force")
    assert code == 0
    assert named in said and "tokens_per_s" in said  # shown all the same, with the difference


def test_a_new_runtime_is_what_one_compares(report: dict[str, Any]) -> None:
    newer = copy.deepcopy(report)
    newer["runtime"]["version"] = "llama-cpp-python 9.9"
    assert differences(report, newer) == []


def test_a_file_that_is_no_report_is_refused(report: dict[str, Any], tmp_path: Path) -> None:
    other = tmp_path / "b"
    other.write_text('{"format": 99, "workloads": []}')
    done = CliRunner().invoke(app, ["bench", "--compare", written(tmp_path / "a", report), str(other)])
    assert "is no report" in str(done.exception)


def test_an_endpoint_gives_the_same_report(report: dict[str, Any], tmp_path: Path) -> None:
    out = tmp_path / "endpoint.json"
    with Endpoint() as site:
        code, said = run("bench", "--endpoint", site.url, "--workload", "pp128-tg64", "--runs", "1", "--out", str(out))
    assert code == 0, said
    found = json.loads(out.read_text(encoding="utf-8"))
    assert set(found) == set(report)
    assert set(found["workloads"][0]) == set(report["workloads"][0])
    assert found["workloads"][0]["counted_by"] == "the server's usage"
    assert found["model"]["sha256"] is None and found["memory"]["pss"] is None  # the server's, not ours to know


def test_a_workload_that_does_not_exist_is_wrong_usage() -> None:
    code, said = run("bench", "--workload", "pp9")
    assert code == 2
    assert "pp128-tg64" in said
