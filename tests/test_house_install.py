"""Installing on a machine that lacks something: one line that names the package, before any long step."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
TOOLS = ("sh", "dirname", "cat", "cksum", "tr", "cc", "c++", "cmake", "sleep", "date", "env")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """What the script reads, in a folder of its own."""
    (tmp_path / "scripts").mkdir()
    for name in ("scripts/install.sh", "pyproject.toml", "constraints.txt"):
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def install(checkout: Path, without: str = "", python: str = "python3") -> subprocess.CompletedProcess[str]:
    programs = checkout / "programs"
    programs.mkdir()
    for tool in (*TOOLS, "python3"):
        found = sys.executable if tool == "python3" else shutil.which(tool)
        if tool != without and found:
            (programs / tool).symlink_to(found)
    return subprocess.run(
        [checkout / "scripts/install.sh", "demo", python],
        env={**os.environ, "PATH": str(programs)}, capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("missing", "package"),
    [("cc", "build-essential"), ("c++", "build-essential"), ("cmake", "cmake"), ("python3", "python3")],
)
def test_a_missing_program_is_named_with_its_package(checkout: Path, missing: str, package: str) -> None:
    done = install(checkout, without=missing)
    assert done.returncode == 1
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1
    assert f"{missing} is missing" in done.stderr
    assert f"apt-get install {package}" in done.stderr
    assert not (checkout / ".venv").exists()


def test_an_old_python_is_refused(checkout: Path) -> None:
    old = checkout / "old-python"
    old.write_text('#!/bin/sh\ncase "$*" in *version_info*) exit 1;; -V) echo "Python 3.8.2";; esac\n')
    old.chmod(0o755)
    done = install(checkout, python=str(old))
    assert done.returncode == 1
    assert "Python 3.10 or newer is needed" in done.stderr
    assert "Python 3.8.2" in done.stderr


def alone(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    (folder / "scripts").mkdir(exist_ok=True)
    script = shutil.copy(ROOT / "scripts/without-network.sh", folder / "scripts")
    return subprocess.run([script, *command], capture_output=True, text=True, timeout=60, check=False)


CUT_OFF = any(
    subprocess.run([*way, "true"], capture_output=True, check=False).returncode == 0
    for way in (("unshare", "--net"), ("unshare", "--map-root-user", "--net"))
    if shutil.which("unshare")
)


@pytest.mark.skipif(not CUT_OFF, reason="network namespaces are not allowed here")
def test_without_an_environment_nothing_is_run_without_loopback(tmp_path: Path) -> None:
    done = alone(tmp_path, "echo", "it ran")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.splitlines() == [
        f"andon: {tmp_path}/scripts/../.venv/bin/python is missing. Make it with: scripts/install.sh test"
    ]


@pytest.mark.skipif(not CUT_OFF, reason="network namespaces are not allowed here")
def test_a_command_run_without_network_has_loopback_and_its_own_exit_code(tmp_path: Path) -> None:
    (tmp_path / ".venv/bin").mkdir(parents=True)
    python = tmp_path / ".venv/bin/python"
    python.symlink_to(sys.executable)
    heard = "import socket; s = socket.create_server(('127.0.0.1', 0)); socket.create_connection(s.getsockname(), 5)"
    done = alone(tmp_path, sys.executable, "-c", f"{heard}; print(socket.if_nameindex()); raise SystemExit(3)")
    assert (done.returncode, done.stdout) == (3, "[(1, 'lo')]\n"), done.stderr
    python.unlink()
    python.symlink_to("/bin/false")  # it cannot bring loopback up
    done = alone(tmp_path, "echo", "it ran")
    assert (done.returncode, done.stdout) == (1, "")
