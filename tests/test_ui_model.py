"""andon model list: what stands in the catalogue, whether the files are those, what is in use."""

from __future__ import annotations

import hashlib
import json
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
