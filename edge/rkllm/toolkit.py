"""Toolkit: rkllm-toolkit in an environment of its own, whose pins would break this one's; asked through its Python."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

from edge.rkllm.errors import ConversionBroke, ToolkitUnusable

EXACTLY = {"transformers": "5.8.0", "torch": "2.6.0", "auto_gptq": "0.7.1"}
AT_MOST = {"numpy": "1.26.4", "protobuf": "4.25.4"}
"""requirements.txt of rkllm-toolkit 1.3.0."""
RELEASES = ("1.3.0", "1.2.3")
_ASK_S = 60
_LAST_LINES = 12
_ASK = """
import importlib.metadata as m, json, sys
found = {"python": "%d.%d" % sys.version_info[:2]}
for name in sys.argv[1:]:
    try:
        found[name] = m.version(name)
    except m.PackageNotFoundError:
        found[name] = ""
print(json.dumps(found))
"""
_REMEDY = (
    "Make it on x86-64 Linux: python3.11 -m venv rkllm; rkllm/bin/pip install rkllm_toolkit-1.3.0-cp311-*.whl with the "
    "requirements.txt beside it, from rkllm-toolkit/packages of github.com/airockchip/rknn-llm."
)


def toolkit_versions(python: Path) -> dict[str, str]:
    """Versions of Python, rkllm-toolkit and what it is pinned to, in the environment of ``python``. Errors:
    ToolkitUnusable where there is no such Python, or it lacks the toolkit."""
    names = ["rkllm-toolkit", *EXACTLY, *AT_MOST]
    command = [str(python), "-c", _ASK, *names]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_ASK_S, check=True, env=_plain())
        found: dict[str, str] = json.loads(done.stdout)
    except (OSError, ValueError, subprocess.SubprocessError) as exc:
        raise ToolkitUnusable(f"{python} is no Python that answers: {exc}.", _REMEDY) from exc
    if not found["rkllm-toolkit"]:
        raise ToolkitUnusable(f"rkllm-toolkit is not installed for {python}.", _REMEDY)
    return found


def check_toolkit(found: dict[str, str]) -> None:
    """Errors: ToolkitUnusable, naming each version that is not the pinned one."""
    wrong = [] if found["rkllm-toolkit"] in RELEASES else [f"rkllm-toolkit {found['rkllm-toolkit']}"]
    if found["rkllm-toolkit"] == RELEASES[0]:  # the pins of the older release are not known here
        wrong += [f"{name} {found[name] or 'none'}, not {pin}" for name, pin in EXACTLY.items() if found[name] != pin]
        wrong += [
            f"{name} {found[name] or 'none'}, not {most} or older"
            for name, most in AT_MOST.items()
            if not found[name] or _numbers(found[name]) > _numbers(most)
        ]
    if wrong:
        raise ToolkitUnusable(f"The toolkit's environment is not the one that is known: {'; '.join(wrong)}.", _REMEDY)


def run_script(python: Path, script: Path, given: Path, tell: Callable[[str], None]) -> None:
    """Runs ``script`` with the path ``given``, each line that it says handed to ``tell``. Errors: ConversionBroke."""
    last: list[str] = []
    with subprocess.Popen(
        [str(python), "-u", str(script), str(given)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        errors="replace", env=_plain(), cwd=script.parent,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        try:
            for line in process.stdout:
                last = [*last, line.rstrip()][-_LAST_LINES:]
                tell(line.rstrip())
        except BaseException:
            process.kill()
            raise
    if process.returncode != 0:
        raise ConversionBroke(
            f"rkllm-toolkit ended with {process.returncode}: {' / '.join(last[-3:])}",
            "Its own words are above. Often memory is short (four bytes a parameter), or it does not know the "
            "architecture.",
        )


def _plain() -> dict[str, str]:
    """The environment without what would mix this Python's packages into the other's, and with the network shut."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON") and k != "VIRTUAL_ENV"}
    return kept | {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1", "BUILD_CUDA_EXT": "0"}


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("+")[0].split(".") if part.isdigit())
