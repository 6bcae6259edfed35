"""The house's rules, executed: lint, types, file lengths, names, docstrings, generated documents."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from ui.docs import FLOORS, documents

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
SOURCES = [file for floor in FLOORS for file in (ROOT / floor).rglob("*.py")]
NAMELESS = {"utils", "util", "common", "helpers", "helper", "misc", "manager"}
PYPROJECT = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
MAX_LINES = 400


def run(*command: str | Path) -> None:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_ruff_finds_nothing() -> None:
    run(BIN / "ruff", "check", "--no-cache", ".")


@pytest.mark.slow
def test_types_hold() -> None:
    run(BIN / "mypy")


def test_generated_documents_are_fresh() -> None:
    stale = [path.name for path, text in documents().items() if path.read_text(encoding="utf-8") != text]
    assert not stale, f"run make docs: {stale}"


def test_every_package_is_installed() -> None:
    """A folder that pyproject.toml does not name is there in a checkout and missing where Andon is installed."""
    listed = set(re.findall(r'"([\w.]+)"', PYPROJECT.split("\npackages = [")[1].split("]")[0]))
    there = {
        file.parent.relative_to(ROOT).as_posix().replace("/", ".") for file in SOURCES if file.name == "__init__.py"
    }
    assert listed == there


def test_files_have_one_concept() -> None:
    long = {f.relative_to(ROOT).as_posix(): n for f in SOURCES if (n := len(f.read_text().splitlines())) > MAX_LINES}
    assert not long
    assert not [file for file in SOURCES if file.stem in NAMELESS]


def test_every_file_says_what_it_is() -> None:
    for file in SOURCES:
        docstring = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8")))
        assert docstring, f"{file} has no docstring"


def test_nothing_is_printed_outside_the_doors() -> None:
    """ui prints for people, training tells its story; nobody else does."""
    for floor in ("index", "edge", "assistant"):
        for file in (ROOT / floor).rglob("*.py"):
            calls = [n for n in ast.walk(ast.parse(file.read_text(encoding="utf-8"))) if isinstance(n, ast.Call)]
            assert not [c for c in calls if isinstance(c.func, ast.Name) and c.func.id == "print"], file


def test_tests_wait_and_do_not_sleep() -> None:
    """A sleep that hopes that something has happened by then fails on a busy machine: tests/waiting.py waits for it.
    Where time itself is what is tested, the line says so."""
    for file in (ROOT / "tests").glob("test_*.py"):
        lines = file.read_text(encoding="utf-8").splitlines()
        tests = [n for n in ast.parse("\n".join(lines)).body if isinstance(n, ast.FunctionDef | ast.ClassDef)]
        for test in (n for n in tests if n.name.lower().startswith("test")):
            calls = [n for n in ast.walk(test) if isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute)]
            slept = [n.lineno for n in calls if n.func.attr == "sleep" and "#" not in lines[n.lineno - 1]]  # type: ignore[attr-defined]
            assert not slept, f"{file.name}: {slept}"
