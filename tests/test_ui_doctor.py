"""andon doctor: what it says of the embedder and of vectors that are not there yet, in both languages."""

from __future__ import annotations

import json
import re
from importlib.util import find_spec
from pathlib import Path

import pytest
from manual_texts import SERVO_EN, many_sections, write
from tiny_embedder import write_embedder

from assistant.build import open_library
from assistant.settings import read_settings
from ui.commands.doctor import doctor

needs_onnx = pytest.mark.skipif(
    find_spec("onnx") is None, reason="the tiny model is written with onnx (pip install 'andon[train]')"
)


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ANDON_MODEL", "none")
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    return tmp_path / "data"


def checks(data: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, dict[str, str]]:
    """What doctor finds, by the check's name."""
    capsys.readouterr()
    doctor(as_json=True, data=data)
    return {check["name"]: check for check in json.loads(capsys.readouterr().out)["checks"]}


@needs_onnx
def test_embedder_is_named_with_size_languages_and_time(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ANDON_EMBEDDER", str(write_embedder(tmp_path)))
    told = checks(data, capsys)["embedder"]
    assert told["state"] == "ok"
    assert re.fullmatch(
        r"Embedder tiny@[0-9a-f]{12}: 16 dimensions, languages en, ja, \d+\.\d ms a question", told["found"]
    )
    rules = checks(data, capsys)["safety"]
    assert rules["state"] == "warn"
    assert "are known by rules alone: andon-safety.json belongs to andon-embed-ja-en@" in rules["found"]
    monkeypatch.setenv("LC_ALL", "ja_JP.UTF-8")
    assert "16 次元、言語 en, ja、質問 1 件" in checks(data, capsys)["embedder"]["found"]


def test_embedder_that_is_missing_is_a_warning_with_its_remedy(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ANDON_EMBEDDER", str(tmp_path / "gone.onnx"))
    told = checks(data, capsys)["embedder"]
    assert told["state"] == "warn"
    assert "gone.onnx cannot be used, so search goes by codes and keywords only" in told["found"]
    assert told["remedy"]
    monkeypatch.setenv("ANDON_EMBEDDER", "none")
    assert checks(data, capsys)["embedder"]["found"] == "No embedder (search by codes and keywords only)"


@needs_onnx
def test_vectors_that_are_not_there_yet_are_counted(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ANDON_EMBEDDER", "none")
    with open_library(read_settings(data=data), write=True) as library:
        library.add(write(tmp_path, "sv20.md", SERVO_EN))
        library.add(write(tmp_path, "line.md", many_sections(30)))
        passages = sum(manual.passages for manual in library.manuals())
    assert "vectors" not in checks(data, capsys)
    monkeypatch.setenv("ANDON_EMBEDDER", str(write_embedder(tmp_path)))
    told = checks(data, capsys)["vectors"]
    assert told["state"] == "warn"
    assert told["found"].startswith(f"0 of {passages} passages")
    assert "andon index rebuild" in told["remedy"]
    open_library(read_settings(data=data), write=True).close()
    assert "vectors" not in checks(data, capsys)
