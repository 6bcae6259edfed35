"""The log and feedback from the command line, doctor's word on the records, and what the lists show."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result
from ui_made import make_answer, make_found

from assistant.records.alike_gaps import grouped
from assistant.records.audit import Wanted
from assistant.records.entry import ACTS, Asker
from assistant.records.feedback import Said
from assistant.records.records import Records
from index.library import Library
from index.options import IndexOptions
from ui.admin.record_lists import gaps_html, log_form_html, log_html, reviews_html
from ui.cli import app
from ui.feedback import Given, feedback_html
from ui.wording import LANGS, Lang

MANUAL = "# 包装機 SW-310 取扱説明書\n\n## 7 フィルムの交換\n\n1. 主電源を切る。\n2. フィルムロールを交換する。\n"


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ANDON_EMBEDDER", "none")
    monkeypatch.setenv("ANDON_MODEL", "none")
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    with Library(IndexOptions(tmp_path / "data/index", embedder="none"), write=True) as library:
        (tmp_path / "sw310.md").write_text(MANUAL, encoding="utf-8")
        library.add(tmp_path / "sw310.md")
    return tmp_path / "data"


def run(data: Path, *command: str, code: int = 0) -> Result:
    result = CliRunner().invoke(app, [*command, "--data", str(data)])
    assert result.exit_code == code, result.output
    return result


def log(data: Path, *options: str) -> list[dict[str, object]]:
    entries: list[dict[str, object]] = json.loads(run(data, "log", "list", "--json", *options).output)["entries"]
    return entries


def test_what_is_asked_by_command_is_listed_and_exported(data: Path, tmp_path: Path) -> None:
    assert "There is nothing" in run(data, "log", "list").output
    answer = json.loads(run(data, "ask", "フィルムの交換手順は?", "--json").output)
    run(data, "ask", "E-999 とは", code=3)
    declined, entry = log(data)
    assert (entry["id"], entry["door"], entry["subject"]) == (answer["id"], "cli", "フィルムの交換手順は?")
    assert entry["who"]
    assert declined["verdict"] == "declined"
    output = run(data, "log", "list", "--limit", "2").output
    assert "quotes only" in output
    assert "包装機 SW-310 取扱説明書" in output
    assert log(data, "--user", "nobody") == []
    assert log(data, "--since", "2100-01-01") == []
    assert "2 entries" in run(data, "log", "export", str(tmp_path / "log.csv")).output
    table = list(csv.DictReader(io.StringIO((tmp_path / "log.csv").read_text(encoding="utf-8-sig"))))
    assert [row["subject"] for row in table] == ["E-999 とは", "フィルムの交換手順は?"]
    run(data, "log", "export", str(tmp_path / "log.jsonl"))
    assert len((tmp_path / "log.jsonl").read_text(encoding="utf-8").splitlines()) == 2


def test_what_is_done_by_command_is_in_the_log(data: Path, tmp_path: Path) -> None:
    (tmp_path / "new.md").write_text("# New\n\nPress it.\n", encoding="utf-8")
    run(data, "index", "add", str(tmp_path / "new.md"))
    run(data, "index", "add", str(tmp_path / "new.md"))  # unchanged: nothing was done
    run(data, "index", "set", "new.md", "--line", "L1")
    run(data, "words", "add", "包太郎 = SW-310")
    run(data, "words", "remove", "包太郎")
    run(data, "user", "add", "ito", "--password", "long enough")
    run(data, "index", "remove", "new.md")
    acts = [(entry["kind"], str(entry["subject"])) for entry in reversed(log(data, "--kind", "acts"))]
    assert [kind for kind, _ in acts] == [
        "manual_added", "manual_described", "words", "words", "account", "manual_deleted",
    ]  # fmt: skip
    assert acts[0][1] == acts[-1][1] == "new.md"
    assert acts[4][1] == "ito (operator)"
    assert "long enough" not in str(acts)


def test_feedback_is_exported(data: Path, tmp_path: Path) -> None:
    records = Records(data / "records.sqlite3")
    answer = records.answered(make_answer(make_found()), Asker("a", "page"))
    number = records.say(Said(answer.id, "down", "not_in_manuals"), "a")
    output = run(data, "feedback", "export", str(tmp_path / "pairs.jsonl")).output
    assert "0 pairs" in output
    assert "not accepted or corrected: 1" in output
    records.feedback.review(number, "accepted", "admin")
    assert "1 pairs" in run(data, "feedback", "export", str(tmp_path / "pairs.jsonl")).output
    (line,) = (tmp_path / "pairs.jsonl").read_text(encoding="utf-8").splitlines()
    assert set(json.loads(line)) >= {"prompt", "chosen", "rejected"}


def test_doctor_tells_what_could_not_be_written(data: Path) -> None:
    path = data / "records.sqlite3"
    Records(path).answered(make_answer(make_found()), Asker("a", "page"))
    checks = json.loads(CliRunner().invoke(app, ["doctor", "--json", "--data", str(data)]).output)["checks"]
    (found,) = [check for check in checks if check["name"] == "records"]
    assert (found["state"], "1 questions and acts" in found["found"]) == ("ok", True)
    for file in data.glob("records.sqlite3*"):
        file.unlink()
    path.write_bytes(b"broken" * 1000)
    Records(path).answered(make_answer(make_found()), Asker("a", "page"))
    checks = json.loads(CliRunner().invoke(app, ["doctor", "--json", "--data", str(data)]).output)["checks"]
    states = {check["name"]: check for check in checks if check["name"].startswith("records")}
    assert states["records"]["state"] == "fail"
    assert "move it away" in states["records"]["remedy"]
    assert states["records_missed"]["state"] == "warn"
    assert "1 records could not be written" in states["records_missed"]["found"]


@pytest.mark.parametrize("lang", LANGS)
def test_the_lists_show_everything_and_run_nothing(lang: Lang, tmp_path: Path) -> None:
    records = Records(tmp_path / "records.sqlite3")
    hostile = "<img src=x onerror=hack()>"
    answer = records.answered(make_answer(make_found(), text=hostile), Asker(hostile, "page"))
    records.say(Said(answer.id, "down", "not_in_manuals", hostile, hostile), hostile)
    for act in ACTS:
        records.act(hostile, "http", act, hostile)
    entries = records.audit.entries()
    pages = [
        log_form_html(365, lang), log_form_html(0, lang), log_html([], 0, Wanted(), lang),
        log_html(entries, len(entries), Wanted(words=hostile), lang),
        gaps_html(grouped(records.gaps.all(), None), records.gaps.counts(), "open", lang),
        reviews_html(records.feedback.all(), records.feedback.counts(), "new", lang),
        feedback_html(Given("x", "down", "feedback.thanks_down"), lang), feedback_html(Given(), lang),
        feedback_html(Given("x", failed="records_failed"), lang),
    ]  # fmt: skip
    assert not [page for page in pages if "<img" in page]
    assert sum("&lt;img" in page for page in pages) == 2
    assert pages[-2] == ""


def test_sentences_of_an_answer_stand_one_a_line_and_whole_lists_are_not_cut(tmp_path: Path) -> None:
    records = Records(tmp_path / "records.db", 365)
    said = records.answered(make_answer(make_found(), text="扉を閉める。 [1]電源を入れる。 [2]"), Asker("sato", "page"))
    records.say(Said(said.id, "down"), "sato")
    html = reviews_html(records.feedback.all(), records.feedback.counts(), "new", "ja")
    assert "扉を閉める。 [1]\n電源を入れる。 [2]</dd>" in html
    entries = records.audit.entries()
    logged = log_html(entries, 1, Wanted(), "ja")
    assert "扉を閉める。 [1]\n電源を入れる。 [2]</small>" in logged
    assert "、5-3\u00a0ページ (第 2 版)" in logged and "p. 5-3" not in html + logged
    assert "、5-3\u00a0ページ</p>" in html
    quick = replace(entries[0], timing={"total_ms": 3.0})
    assert "0.01 秒" in log_html([quick], 1, Wanted(), "ja"), "no answer takes 0.0 s"
    whole, part = (log_html(entries, count, Wanted(), "ja") for count in (1, 9))
    assert ">1 件</p>" in whole and "新しい" not in whole
    assert "9\u00a0件のうち新しい 1\u00a0件" in part
