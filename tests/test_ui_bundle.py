"""andon bundle as a person types it: a folder is checked, and a site's data is taken while the service writes to it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from manual_texts import SERVO_EN, write
from typer.testing import CliRunner

from assistant.backup.errors import BackupFailed
from assistant.build import open_library
from assistant.settings import read_settings
from edge.bundle.checksums import write_checksums
from ui.cli import app
from ui.commands.bundle import _copy_data


def run(*arguments: str, lang: str = "C.UTF-8") -> tuple[int, str]:
    done = CliRunner().invoke(app, ["bundle", *arguments], env={"LC_ALL": lang})
    return done.exit_code, done.output


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "wheels").mkdir()
    (tmp_path / "wheels/a.whl").write_text("a")
    (tmp_path / "install.sh").write_text("#!/bin/sh\n")
    write_checksums(tmp_path)
    return tmp_path


def test_a_whole_bundle_is_said_to_be(folder: Path) -> None:
    assert run("--verify", str(folder)) == (0, "All 2 files are as listed.\n")
    code, said = run("--verify", str(folder), "--json")
    assert code == 0
    assert json.loads(said) == {"whole": True, "files": 2, "missing": [], "altered": [], "extra": []}


def test_each_kind_of_damage_is_told_by_its_file(folder: Path) -> None:
    (folder / "wheels/a.whl").write_text("b")
    (folder / "install.sh").unlink()
    (folder / "stranger").write_text("")
    code, said = run("--verify", str(folder))
    assert code == 1
    assert said.splitlines()[:3] == ["missing: install.sh", "altered: wheels/a.whl", "not in the list: stranger"]
    assert "変わっています: wheels/a.whl" in run("--verify", str(folder), lang="ja_JP.UTF-8")[1]


def test_a_folder_has_to_be_named() -> None:
    assert run()[0] == 2


def test_data_is_taken_while_it_is_open_for_writing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANDON_EMBEDDER", "none")
    site, copy = tmp_path / "site", tmp_path / "copy"
    with open_library(read_settings(data=site), write=True) as library:
        library.add(write(tmp_path, "sv20.md", SERVO_EN))
        _copy_data(site, copy)
    with open_library(read_settings(data=copy)) as taken:
        (manual,) = taken.manuals()
        assert manual.name == "sv20.md"
        assert taken.search("AL.32")
    assert not list(copy.rglob("*-wal"))
    with pytest.raises(BackupFailed):
        _copy_data(tmp_path / "nothing", tmp_path / "copy2")
