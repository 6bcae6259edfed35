"""The guides of the boards: their shell lines are shell, their andon commands exist, both languages say the same."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ui.cli import app
from ui.wording import LANGS, Lang
from ui.wording.board import BOARD

ROOT = Path(__file__).resolve().parents[1]
GUIDES = ("jetson", "rk3588", "pc")
PAGES = [ROOT / "docs" / folder / f"{name}.md" for name in GUIDES for folder in ("", "ja")]
INSTALLER = ROOT / "edge" / "bundle" / "install.sh"


def blocks(page: Path) -> list[str]:
    return re.findall(r"^```sh\n(.*?)^```$", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


def commands(page: Path) -> Iterator[list[str]]:
    """The andon commands among the shell lines, as words; /opt/andon/bin/andon and sudo go."""
    for line in "\n".join(blocks(page)).splitlines():
        found = re.match(r"(?:sudo (?:-u andon )?)?(?:/opt/andon/bin/)?andon (.*)", line)
        if found:
            yield shlex.split(found[1], comments=True)


def usage(words: list[str]) -> int:
    """The exit code of the command with --help behind it: its options are read, 2 for a wrong one, and nothing runs."""
    return CliRunner().invoke(app, [*words, "--help"]).exit_code


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_shell_lines_are_shell(page: Path, tmp_path: Path) -> None:
    script = tmp_path / "guide.sh"
    script.write_text("#!/bin/sh\n" + "\n".join(blocks(page)), encoding="utf-8")
    done = subprocess.run(["sh", "-n", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    if shutil.which("shellcheck"):
        done = subprocess.run(["shellcheck", "-e", "SC2164", script], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_andon_commands_of_the_guides_exist(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    found = list(commands(page))
    assert len(found) >= 4
    assert [words for words in found if usage(words) != 0] == []
    assert usage(["bundle", "--no-such-option"]) == usage(["bundel"]) == 2


@pytest.mark.parametrize("name", GUIDES)
def test_both_languages_type_the_same_commands(name: str) -> None:
    english, japanese = (ROOT / "docs" / folder / f"{name}.md" for folder in ("", "ja"))

    def typed(page: Path) -> list[str]:
        return [re.sub(r"\s+# .*", "", line) for line in "\n".join(blocks(page)).splitlines()]

    assert typed(english) == typed(japanese)
    headings = [re.findall(r"^#+", page.read_text(encoding="utf-8"), re.MULTILINE) for page in (english, japanese)]
    assert headings[0] == headings[1]


def test_links_of_the_guides_lead_somewhere() -> None:
    for page in PAGES:
        for target in re.findall(r"\]\(([^)#]+)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


@pytest.mark.parametrize("lang", LANGS)
def test_every_finding_is_in_a_guide(lang: Lang) -> None:
    """What a finding that asks for something says, up to its first place, stands in the tables of a guide."""
    pages = [page for page in PAGES if (page.parent.name == "ja") == (lang == "ja")]
    told = "\n".join(page.read_text(encoding="utf-8") for page in pages)
    asked = [key.removesuffix(".help") for key in BOARD if key.endswith(".help")]
    assert len(asked) > 20
    missing = {}
    for key in asked:
        parts = [part.strip() for part in re.split(r"\{\w+\}|[:;,、。(]", BOARD[key][lang])]
        if not any(len(part) >= 6 and part in told for part in parts):
            missing[key] = parts
    assert missing == {}


def test_shell_files_are_shell() -> None:
    for script in (INSTALLER, ROOT / "scripts/install.sh"):
        assert subprocess.run(["sh", "-n", script], check=False).returncode == 0
    if shutil.which("shellcheck"):
        done = subprocess.run(["shellcheck", INSTALLER], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout
