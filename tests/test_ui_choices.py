"""A code that means several things is told wherever a search can be tried: admin page, command line, HTTP."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from assistant.http.wire import results_json
from index.ingest.jobs import Job
from index.library import Library
from index.options import IndexOptions
from index.search.searcher import Results
from ui.admin.hit_list import hits_html
from ui.admin.job_list import jobs_html
from ui.cli import app

LINE = "# Line controller LC-9\n\n## Alarms\n\n### E-7 Door <open>\n\nClose it.\n"
FEEDER = "# Feeder FD-3\n\n## Alarms\n\n### E-7 Jam\n\nRemove the part.\n"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    with Library(IndexOptions(tmp_path / "data/index", embedder="none"), write=True) as library:
        for name, text in (("lc9.md", LINE), ("fd3.md", FEEDER)):
            (tmp_path / name).write_text(text, encoding="utf-8")
            library.add(tmp_path / name)
    return tmp_path / "data"


@pytest.fixture
def results(data: Path) -> Results:
    with Library(IndexOptions(data / "index", embedder="none")) as library:
        return library.search("E-7 came up")


def test_the_admin_page_names_the_places(results: Results) -> None:
    for lang, told in (("en", "The code means several things"), ("ja", "同じコードの記載が複数あります")):
        html = hits_html(results, lang)
        assert told in html and "LC-9" in html and "FD-3" in html
        assert "Door <open>" not in html  # names from a file are escaped
    assert "several things" not in hits_html(Results(results.hits), "en")


def test_json_carries_them(results: Results) -> None:
    choices = results_json(results)["choices"]
    assert {choice["title"] for choice in choices} == {"Line controller LC-9", "Feeder FD-3"}
    assert {choice["code"] for choice in choices} == {"E7"}
    assert all(choice["passage"] for choice in choices)


def test_the_command_prints_them(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANDON_EMBEDDER", "none")
    shown = CliRunner().invoke(app, ["search", "E-7 came up", "--data", str(data)])
    assert shown.exit_code == 0 and shown.output.count("E7") >= 2 and "FD-3" in shown.output
    written = CliRunner().invoke(app, ["search", "E-7 came up", "--data", str(data), "--json"])
    assert len(json.loads(written.output)["choices"]) == 2


def test_a_running_job_says_how_long_it_will_take() -> None:
    job = Job(1, "manual.pdf", "running", 10, 40, "", "", "", "2026-01-01 00:00", 90)
    assert "about 90 s left" in jobs_html([job], "en") and "残り約 90 秒" in jobs_html([job], "ja")
