"""Models that cannot be used, through `andon ask` and `andon serve`: the quotes stand, and both languages say why."""

from __future__ import annotations

import hashlib
import os
import signal
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from service_site import ASK, MANUAL
from typer.testing import CliRunner
from waiting import wait_for

from assistant.running_service import RunningService, ServiceMark, running_service
from assistant.settings import ROOT
from index.library import Library
from index.options import IndexOptions
from ui.cli import app
from ui.wording import say, say_error

BUNDLED = ROOT / "models" / "andon-slm-ja-en.q8_0.gguf"
QUOTE = "主電源 QS1 を OFF にして 15 分以上待つ。"


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ANDON_EMBEDDER", "none")
    (tmp_path / "sc9.md").write_text(MANUAL, encoding="utf-8")
    with Library(IndexOptions(tmp_path / "data/index", embedder="none"), write=True) as library:
        library.add(tmp_path / "sc9.md")
    return tmp_path / "data"


def truncated(folder: Path) -> dict[str, str]:
    (folder / "m.gguf").write_bytes(BUNDLED.read_bytes()[:-100])
    return {"ANDON_MODEL": str(folder / "m.gguf")}


def a_web_page(folder: Path) -> dict[str, str]:
    (folder / "m.gguf").write_bytes(b"<!DOCTYPE html><title>Sign in</title>")
    return {"ANDON_MODEL": str(folder / "m.gguf")}


def another_kind(folder: Path) -> dict[str, str]:
    (folder / "m.bin").write_bytes(b"\0" * 100)
    return {"ANDON_MODEL": str(folder / "m.bin")}


def missing(folder: Path) -> dict[str, str]:
    return {"ANDON_MODEL": str(folder / "none.gguf")}


def altered(folder: Path) -> dict[str, str]:
    (folder / "models").mkdir()
    content = BUNDLED.read_bytes()
    (folder / "models" / "m.gguf").write_bytes(content[:-1] + b"\0")
    (folder / "models" / "models.toml").write_text(
        f'[[model]]\nid = "m"\nrole = "slm"\nfile = "m.gguf"\nbytes = {len(content)}\nlicence = "x"\nsource = "x"\n'
        f'sha256 = "{hashlib.sha256(content).hexdigest()}"\n'
    )
    return {"ANDON_MODEL": "m", "ANDON_MODELS": str(folder / "models")}


def too_large(folder: Path) -> dict[str, str]:
    """One that was trained for two billion tokens, and is asked to hold them."""
    content, key = bytearray(BUNDLED.read_bytes()), b"llama.context_length"
    at = content.index(key) + len(key)
    content[at : at + 8] = struct.pack("<II", 4, 2_000_000_000)
    (folder / "m.gguf").write_bytes(content)
    return {"ANDON_MODEL": str(folder / "m.gguf"), "ANDON_CONTEXT_TOKENS": "2000000000"}


def too_short_a_context(folder: Path) -> dict[str, str]:
    return {"ANDON_MODEL": str(BUNDLED), "ANDON_CONTEXT_TOKENS": "256"}


FAULTS: dict[str, Callable[[Path], dict[str, str]]] = {
    "model_truncated": truncated, "not_a_model": a_web_page, "model_unreadable": another_kind,
    "model_missing": missing, "model_altered": altered, "model_too_large": too_large,
    "prompt_too_long": too_short_a_context,
}  # fmt: skip


@pytest.mark.parametrize("code", FAULTS)
def test_asking_says_what_is_wrong_with_the_model(
    tmp_path: Path, data: Path, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    for name, value in FAULTS[code](tmp_path).items():
        monkeypatch.setenv(name, value)
    for locale in ("ja_JP.UTF-8", "C.UTF-8"):
        monkeypatch.setenv("LC_ALL", locale)
        told = CliRunner().invoke(app, ["ask", ASK["question"], "--data", str(data)])
        assert told.exit_code == 0, told.output
        assert QUOTE in told.stdout, "the quotes stand"
        if locale == "ja_JP.UTF-8":
            assert say_error(code, "ja") in told.output
        else:  # what is wrong before it is loaded is told with its remedy, the rest in general words
            assert say_error(code, "en") in told.output or "answering with quotes alone: " in told.output


def test_a_running_service_is_seen_until_it_ends_however_it_ends(tmp_path: Path) -> None:
    assert running_service(tmp_path) is None
    service = RunningService(os.getpid(), "http://127.0.0.1:1", "m")
    mark = ServiceMark(tmp_path, service)
    assert running_service(tmp_path) == service
    mark.clear()
    mark.clear()
    assert running_service(tmp_path) is None
    code = (
        "import sys, time\nfrom pathlib import Path\nfrom assistant.running_service import *\n"
        "mark = ServiceMark(Path(sys.argv[1]), RunningService(1, 'x', 'm'))\nprint('up', flush=True)\ntime.sleep(600)"
    )
    other = subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE, cwd=ROOT)
    assert other.stdout is not None and other.stdout.readline() == b"up\n"
    assert running_service(tmp_path) == RunningService(1, "x", "m")
    other.send_signal(signal.SIGKILL)
    other.wait()
    other.stdout.close()
    assert running_service(tmp_path) is None
    (tmp_path / "service.json").write_text("{}")
    assert running_service(tmp_path) is None


def test_beside_a_service_its_model_is_not_loaded_again(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANDON_MODEL", str(BUNDLED))
    monkeypatch.setenv("LC_ALL", "ja_JP.UTF-8")
    mark = ServiceMark(data, RunningService(4711, "http://127.0.0.1:7860", "andon-slm"))
    command = ["ask", ASK["question"], "--data", str(data)]
    told = CliRunner().invoke(app, command)
    assert told.exit_code == 0 and QUOTE in told.stdout
    assert "http://127.0.0.1:7860" in told.stderr and "4711" in told.stderr
    assert say("cli.verdict.no_model", "ja") not in told.stdout, "one is set, and loaded there"
    loaded = CliRunner().invoke(app, [*command, "--model", str(BUNDLED)])
    assert "7860" not in loaded.output, "it was asked for"
    mark.clear()
    assert "7860" not in CliRunner().invoke(app, [*command, "--model", "none"]).output


@pytest.mark.slow
def test_a_service_whose_model_is_cut_off_serves_quotes_and_says_so(tmp_path: Path, data: Path) -> None:
    env = {**os.environ, **truncated(tmp_path), "LC_ALL": "ja_JP.UTF-8", "PYTHONPATH": str(ROOT)}
    env["PYTHONIOENCODING"] = "utf-8"
    command = [sys.executable, "-c", "from ui.cli import main; main()", "serve", "--data", str(data), "--port", "0"]
    service = subprocess.Popen(command, env=env, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        wait_for(lambda: service.poll() is not None or _serves(data), limit_s=240)
        seen = running_service(data)
        assert seen is not None and service.poll() is None
        assert seen.pid == service.pid
        second = subprocess.run(command, env=env, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert second.returncode == 1 and say_error("index_busy", "ja") in second.stderr
    finally:
        service.terminate()
        told = service.communicate(timeout=120)[0].decode()
    assert say_error("model_truncated", "ja") in told


def _serves(data: Path) -> bool:
    seen = running_service(data)
    try:
        return seen is not None and httpx.get(f"{seen.address}/health", trust_env=False).status_code == 200
    except httpx.HTTPError:
        return False
