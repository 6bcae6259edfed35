"""andon model list: what stands in the catalogue, whether the files are those, what is in use."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ui.cli import app


def catalogue(folder: Path, **files: bytes) -> Path:
    """A models folder whose entries, one a file of those bytes, say the truth."""
    folder.mkdir(parents=True, exist_ok=True)
    entries = ["# what may run here\n"]
    for name, content in files.items():
        (folder / f"{name}.gguf").write_bytes(content)
        entries.append(
            f'[[model]]\nid = "{name}"\nrole = "slm"\nfile = "{name}.gguf"\nbytes = {len(content)}\n'
            f'sha256 = "{hashlib.sha256(content).hexdigest()}"\nlicence = "MIT"\nsource = "made here"\n'
        )
    (folder / "models.toml").write_text("\n".join(entries), encoding="utf-8")
    return folder


def listed(folder: Path, *more: str) -> dict[str, dict[str, object]]:
    done = CliRunner().invoke(app, ["model", "list", "--json", "--models", str(folder), *more])
    assert done.exit_code == 0, done.output
    return {entry["id"]: entry for entry in json.loads(done.output)["models"]}


def test_every_file_is_held_against_its_entry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = catalogue(tmp_path, good=b"abc", gone=b"abc", longer=b"abc", other=b"abc")
    (folder / "gone.gguf").unlink()
    (folder / "longer.gguf").write_bytes(b"abcd")
    (folder / "other.gguf").write_bytes(b"abX")
    monkeypatch.setenv("ANDON_MODEL", "good")
    found = listed(folder)
    states = {name: entry["state"] for name, entry in found.items()}
    assert states == {"good": "ok", "gone": "missing", "longer": "altered", "other": "altered"}
    assert [name for name, entry in found.items() if entry["in_use"]] == ["good"]


def test_large_files_are_read_on_request(tmp_path: Path) -> None:
    from edge.file_state import READ_UP_TO_BYTES, file_state
    from edge.models import load_catalogue

    folder = catalogue(tmp_path, big=b"0")
    with (folder / "big.gguf").open("r+b") as file:
        file.truncate(READ_UP_TO_BYTES + 1)  # a hole: costs no disk
    text = (folder / "models.toml").read_text(encoding="utf-8").replace("bytes = 1", f"bytes = {READ_UP_TO_BYTES + 1}")
    (folder / "models.toml").write_text(text, encoding="utf-8")
    (card,) = load_catalogue(folder / "models.toml")
    assert file_state(card) == "not_read"
    assert file_state(card, read_up_to=None) == "altered"


@pytest.mark.parametrize(
    ("locale", "says"), [("ja_JP.UTF-8", "登録時と異なる"), ("C.UTF-8", "not the file that was listed")]
)
def test_it_is_told_in_the_readers_language(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, locale: str, says: str
) -> None:
    monkeypatch.setenv("LC_ALL", locale)
    folder = catalogue(tmp_path / "models", good=b"abc")
    (folder / "good.gguf").write_bytes(b"xyz")
    (tmp_path / "my.gguf").write_bytes(b"mine")
    monkeypatch.setenv("ANDON_MODEL", str(tmp_path / "my.gguf"))
    told = CliRunner().invoke(app, ["model", "list", "--models", str(folder)]).output
    assert says in told and "MIT" in told and "made here" in told
    assert str(tmp_path / "my.gguf") in told  # in use, and in no catalogue


BUNDLED = Path(__file__).resolve().parents[1] / "models/andon-slm-ja-en.q8_0.gguf"


def run(*command: str) -> tuple[int, str]:
    """Exit code and all that was said, as ``andon`` itself ends."""
    from ui.cli import main

    monkey = pytest.MonkeyPatch()
    out = io.StringIO()
    with monkey.context() as patch, contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
        patch.setattr(sys, "argv", ["andon", "model", *command])
        try:
            main()
        except SystemExit as end:
            return int(end.code or 0), out.getvalue()
    return 0, out.getvalue()


def test_a_file_is_added_with_what_it_says_of_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    folder = catalogue(tmp_path / "models", other=b"abc")
    command = ["add", str(BUNDLED), "--models", str(folder), "--id", "mine", "--source", "https://example.invalid/x"]
    code, told = run(*command, "--style", "extract")
    assert code == 0, told
    assert "added: mine" in told and "8.2 M parameters, Q8_0, trained context 2048" in told and 'model = "mine"' in told
    entry = listed(folder)["mine"]
    assert (entry["licence"], entry["style"], entry["state"]) == ("apache-2.0", "extract", "ok")
    assert "# what may run here" in (folder / "models.toml").read_text(encoding="utf-8")
    code, told = run(*command)
    assert code == 1 and "lists a model mine already" in told and "--replace" in told
    assert run(*command, "--replace")[0] == 0
    code, told = run("check", "mine", "--models", str(folder))
    assert code == 0 and "memory about" in told


def test_nothing_is_added_without_licence_and_source(tmp_path: Path) -> None:
    folder = catalogue(tmp_path / "models")
    code, told = run("add", str(BUNDLED), "--models", str(folder))
    assert code == 1 and "says its source" in told and "--source" in told
    assert listed(folder) == {}


@pytest.mark.parametrize(
    ("content", "ja"),
    [
        (BUNDLED.read_bytes()[:100_000], "途中で切れています"),
        (b"<html>not found</html>", "モデルではありません"),
        (b"GGUF\x03\0\0\0", "途中で切れています"),
    ],
    ids=["truncated", "page", "head"],
)
def test_bad_files_are_refused_in_japanese_with_the_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes, ja: str
) -> None:
    monkeypatch.setenv("LC_ALL", "ja_JP.UTF-8")
    folder = catalogue(tmp_path / "models")
    bad = tmp_path / "bad.gguf"
    bad.write_bytes(content)
    code, told = run("add", str(bad), "--models", str(folder), "--licence", "MIT", "--source", "x")
    assert code == 1 and ja in told and "対処" in told
    code, told = run("check", str(bad), "--models", str(folder))
    assert code == 1 and ja in told
    assert listed(folder) == {}


def test_check_tells_a_wrong_hash(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "ja_JP.UTF-8")
    folder = catalogue(tmp_path / "models", good=b"abc", other=b"abc")
    (folder / "other.gguf").write_bytes(b"abX")
    code, told = run("check", "other", "--models", str(folder))
    assert code == 1 and "登録時と異なります" in told
    code, told = run("check", "nobody", "--models", str(folder))
    assert code == 1 and "モデル nobody も、その名前のファイルもありません。" in told
    (folder / "npu.rkllm").write_bytes(b"\0" * 10)
    code, told = run("check", str(folder / "npu.rkllm"), "--models", str(folder))
    assert code == 1 and "モデルとしては小さすぎます" in told
    with (folder / "npu.rkllm").open("r+b") as file:
        file.truncate(2 << 20)
    code, told = run("check", str(folder / "npu.rkllm"), "--models", str(folder), "--json")
    assert code == 0 and json.loads(told)["ok"]


def test_quantising_tells_sizes_and_refuses_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    code, told = run("quantize", str(BUNDLED), "--to", "Q4_K_M", "--out", str(tmp_path / "x.gguf"))
    assert code == 1 and "quantised already" in told and "--again" in told
    assert list(tmp_path.iterdir()) == []
    code, told = run("quantize", str(BUNDLED), "--to", "Q4_K_M", "--dry-run")
    assert code == 0 and "about 5.8 MB" in told
    code, told = run(
        "quantize", str(BUNDLED), "--again", "--out", str(tmp_path / "x.gguf"), "--threads", "1", "--no-match"
    )
    assert code == 0 and (tmp_path / "x.gguf").stat().st_size == pytest.approx(5_830_000, rel=0.01), told
    code, told = run("quantize", str(BUNDLED), "--to", "Q3_X")
    assert code == 1 and "q4_k_m" in told


def test_a_full_disk_is_told_before_anything_is_written(tmp_path: Path) -> None:
    import errno

    from edge.disk_room import disk_full, is_full, need_room
    from edge.errors import DiskFull

    need_room(tmp_path / "not/yet/there", 1000)
    with pytest.raises(DiskFull, match="GB are needed") as caught:
        need_room(tmp_path, 1 << 60)
    assert caught.value.remedy
    assert is_full(OSError(errno.ENOSPC, "No space")) and not is_full(OSError(errno.EIO, "io"))
    assert "No space" in str(disk_full(tmp_path, OSError(errno.ENOSPC, "No space")))
