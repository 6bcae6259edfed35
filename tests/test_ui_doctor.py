"""andon doctor: what it says of the embedder and of vectors that are not there yet, in both languages."""

from __future__ import annotations

import json
import re
from importlib.util import find_spec
from pathlib import Path

import pytest
import typer
from board_trees import JETSON, PC, ROCK5B, plant
from manual_texts import SERVO_EN, many_sections, write
from tiny_embedder import write_embedder

from assistant.build import open_library
from assistant.settings import read_settings
from edge.board.board import read_board
from edge.board.findings import Software
from ui.box import box_checks
from ui.commands.doctor import doctor
from ui.wording import LANGS, Lang

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


@pytest.mark.parametrize("lang", LANGS)
def test_every_finding_of_a_box_is_said_with_its_remedy(lang: Lang, tmp_path: Path) -> None:
    """Boxes on which all that can be amiss is amiss, so that no place of a sentence stays unfilled."""
    bare = {path: text for path, text in ROCK5B.items() if "npu" not in path}
    boxes = [
        (plant(tmp_path / "jetson", JETSON, status="pmode:0000\n", scaling_min_freq="1\n", oc3_event_cnt="3\n"), False),
        (plant(tmp_path / "old", JETSON, nv_tegra_release="# R35 (release), REVISION: 4.1\n", cur_state="1\n"), None),
        (plant(tmp_path / "bad", JETSON, nv_tegra_release="# R36 (release), REVISION: 4.7\n"), True),
        (
            plant(tmp_path / "rk", ROCK5B, version="0.9.2\n", dmc=None, meminfo="MemTotal: 9 kB\nMemAvailable: 1 kB"),
            None,
        ),
        (plant(tmp_path / "unread", ROCK5B, version=None, temp="90000\n", scaling_governor="ondemand\n"), None),
        (plant(tmp_path / "bare", bare), None),
        (plant(tmp_path / "rocket", {**bare, "/dev/accel/accel0": ""}), None),
        (plant(tmp_path / "pc", PC, cpuinfo="processor : 0\nflags : sse2\n"), None),
    ]
    said = {}
    for root, gpu_build in boxes:
        for disk in (10**8, 2 * 10**9, 10**11):
            software = Software(gpu_build, 0, 2200, disk)
            said |= {check.name: check for check in box_checks(read_board(root, lambda _: ""), software, lang)}
    assert len(said) >= 25
    for check in said.values():
        assert bool(check.remedy) == (check.state != "ok"), check
        assert not set("{}") & set(check.found + check.remedy), check


def test_doctor_looks_at_this_box(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = checks(data, capsys)
    assert {"name", "python", "index", "model"} <= set(found)
    assert found["disk"]["state"] in ("ok", "warn")


def test_an_adapter_that_does_not_fit_is_named(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    bundled = Path(__file__).resolve().parents[1] / "models/andon-slm-ja-en.q8_0.gguf"
    monkeypatch.setenv("ANDON_EMBEDDER", "none")
    monkeypatch.setenv("ANDON_MODEL", str(bundled))
    monkeypatch.setenv("ANDON_ADAPTERS", json.dumps({"line2": str(bundled)}))
    capsys.readouterr()
    with pytest.raises(typer.Exit):
        doctor(as_json=True, data=data)
    (told,) = [check for check in json.loads(capsys.readouterr().out)["checks"] if check["name"] == "model"]
    assert told["state"] == "fail" and "'line2'" in told["found"] and "a model, no adapter" in told["found"]
