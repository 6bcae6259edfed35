"""Site words, filters and what manuals are for, from the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from index.errors import IndexFailed, ScopeUnknown, SynonymUnknown, WordsTooFew, WordTooShort
from index.library import Library
from index.options import IndexOptions
from ui.cli import app

SAME = "1. 主電源を切る。\n2. フィルムロールを交換する。\n"
PACKER = "# 包装機 SW-310 取扱説明書\n\n## 7 フィルムの交換\n\n" + SAME
ERECTOR = "# 製函機 CF-40 取扱説明書\n\n## 6 フィルムの交換\n\n" + SAME


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ANDON_EMBEDDER", "none")
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    with Library(IndexOptions(tmp_path / "data/index", embedder="none"), write=True) as library:
        for name, text in (("sw310.md", PACKER), ("cf40.md", ERECTOR)):
            (tmp_path / name).write_text(text, encoding="utf-8")
            library.add(tmp_path / name)
    return tmp_path / "data"


def run(data: Path, *command: str, fails: type[IndexFailed] | None = None) -> Result:
    result = CliRunner().invoke(app, [*command, "--data", str(data)])
    if fails is None:
        assert result.exit_code == 0, result.output
    else:
        assert isinstance(result.exception, fails), result.output
    return result


def test_words_come_and_go(data: Path) -> None:
    assert "No site words" in run(data, "words", "list").output
    assert "added: 2号機 = SW-310" in run(data, "words", "add", "2号機 = SW-310").output
    assert "joined with what was there: 2号機 = SW-310 = 包み屋" in run(data, "words", "add", "包み屋", "sw310").output
    listed = json.loads(run(data, "words", "list", "--json").output)["groups"]
    assert [group["words"] for group in listed] == [["2号機", "SW-310", "包み屋"]]
    assert "already there" in run(data, "words", "add", "包み屋", "2号機").output
    hits = json.loads(run(data, "search", "包み屋のフィルム", "--json").output)["hits"]
    assert hits[0]["file"] == "sw310.md"
    assert {"by": "word", "rank": 1, "detail": "包み屋 = SW-310"} in hits[0]["why"]
    assert "包み屋" in run(data, "words", "remove", "包み屋").output
    assert "包み屋" not in run(data, "words", "list").output
    run(data, "words", "remove", str(listed[0]["id"]), "--group")
    assert "No site words" in run(data, "words", "list").output
    run(data, "words", "remove", "2号機", fails=SynonymUnknown)
    run(data, "words", "remove", "x", "--group", fails=SynonymUnknown)
    run(data, "words", "add", "2号機", fails=WordsTooFew)


def test_words_work_while_another_process_writes(data: Path) -> None:
    with Library(IndexOptions(data / "index", embedder="none"), write=True) as service:
        run(data, "words", "add", "2号機 = SW-310")
        run(data, "index", "set", "cf40.md", "--line", "L7")
        assert service.search("2号機のフィルム").hits[0].manual.name == "sw310.md"
        assert service.filters().lines == ("L7",)


def test_files(data: Path, tmp_path: Path) -> None:
    source = tmp_path / "words.csv"
    source.write_bytes("2号機,SW-310\nアーム君,RP-180\n".encode("cp932"))
    assert "2 groups added" in run(data, "words", "import", str(source)).output
    for name in ("out.csv", "out.tsv"):
        assert "2 groups" in run(data, "words", "export", str(tmp_path / name)).output
        assert "0 groups added" in run(data, "words", "import", str(tmp_path / name)).output
    assert "\t" in (tmp_path / "out.tsv").read_text(encoding="utf-8-sig")
    source.write_text("one,two\n", encoding="utf-8")
    run(data, "words", "import", str(source), "--replace")
    assert run(data, "words", "list").output.split() == ["3", "one", "=", "two"]
    source.write_text("one,two\nx,three\n", encoding="utf-8")
    assert "Line 2" in str(run(data, "words", "import", str(source), fails=WordTooShort).exception)


def test_search_and_ask_are_narrowed(data: Path) -> None:
    run(data, "index", "set", "sw310.md", "--line", "L1", "--line", "L2", "--machine", "2号機")
    for option in (("--line", "L2"), ("--machine", "2号機"), ("--machine", "sw310"), ("--manual", "sw310.md")):
        hits = json.loads(run(data, "search", "フィルムの交換", *option, "--kind", "steps", "--json").output)["hits"]
        assert {hit["file"] for hit in hits} == {"sw310.md"}
        answer = json.loads(run(data, "ask", "フィルムの交換手順は?", *option, "--model", "none", "--json").output)
        assert {quote["file"] for quote in answer["quotes"]} == {"sw310.md"}
    assert "Nothing found" in run(data, "search", "フィルム", "--lang", "en").output
    for option in (("--line", "L9"), ("--machine", "X-1"), ("--manual", "x"), ("--kind", "x"), ("--lang", "x")):
        run(data, "search", "フィルム", *option, fails=ScopeUnknown)
    failed = run(data, "ask", "フィルムの交換", "--line", "L9", fails=ScopeUnknown)
    assert "L1, L2" in str(failed.exception)


def test_the_same_words_elsewhere_are_named(data: Path) -> None:
    output = run(data, "search", "フィルムロールを交換する").output
    assert output.count("フィルムロールを交換する") == 1
    assert "Also in: " in output
    assert {"sw310.md", "cf40.md"} <= set(output.replace(",", " ").split())


def test_what_a_manual_is_for(data: Path, tmp_path: Path) -> None:
    assert "lines: L1 / machines: none" in run(data, "index", "set", "sw310.md", "--line", "L1").output
    assert "lines: L1 / machines: 2号機" in run(data, "index", "set", "sw310.md", "--machine", "2号機").output
    assert "L1 / 2号機" in run(data, "index", "list").output
    assert "lines: none / machines: 2号機" in run(data, "index", "set", "sw310.md", "--line", "").output
    (tmp_path / "new.md").write_text("# New\n\nPress it.\n", encoding="utf-8")
    run(data, "index", "add", str(tmp_path / "new.md"), "--line", "L3", "--machine", "PX-7")
    listed = {m["name"]: m for m in json.loads(run(data, "index", "list", "--json").output)["manuals"]}
    assert (listed["new.md"]["lines"], listed["new.md"]["machines"]) == (["L3"], ["PX-7"])
    run(data, "index", "add", str(tmp_path / "new.md"))
    listed = {m["name"]: m for m in json.loads(run(data, "index", "list", "--json").output)["manuals"]}
    assert listed["new.md"]["lines"] == ["L3"], "adding again without the option leaves it"
