"""andon ask: the machines among which to choose, and the question asked again of one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from index.library import Library
from index.options import IndexOptions
from ui.cli import app

PACKER = "# 包装機 PK-7 取扱説明書\n\n## 5 E-402 フィルム切れ\n\nフィルムを入れる。\n"
ERECTOR = "# 製函機 CE-5 取扱説明書\n\n## 6 E-402 シート切れ\n\nシートを補充する。\n"


@pytest.mark.parametrize(
    ("locale", "asks"), [("ja_JP.UTF-8", "どの機械ですか。E-402"), ("C.UTF-8", "Which machine? E-402")]
)
def test_choices_are_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, locale: str, asks: str) -> None:
    monkeypatch.setenv("ANDON_EMBEDDER", "none")
    monkeypatch.setenv("LC_ALL", locale)
    with Library(IndexOptions(tmp_path / "data/index", embedder="none"), write=True) as library:
        for name, text in (("pk7.md", PACKER), ("ce5.md", ERECTOR)):
            (tmp_path / name).write_text(text, encoding="utf-8")
            library.add(tmp_path / name)
    command = ["ask", "E-402 が出て止まった", "--model", "none", "--data", str(tmp_path / "data")]
    told = CliRunner().invoke(app, command)
    assert told.exit_code == 0, told.output
    assert asks in told.output
    assert "製函機 CE-5 取扱説明書" in told.output
    assert "--manual" in told.output
    assert "シートを補充する。" not in told.output  # no machine's words before it is settled
    answer = json.loads(CliRunner().invoke(app, [*command, "--json"]).output)
    assert answer["verdict"] == "choose"
    assert len(answer["choices"]) == 2
    chosen = CliRunner().invoke(app, [*command, "--manual", "製函機 CE-5 取扱説明書"])
    assert "シートを補充する。" in chosen.output
    assert asks not in chosen.output
