"""Power: the Jetson's power mode, and which others it has."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from edge.board.tree import Tree

Ask = Callable[[Sequence[str]], str]


@dataclass(frozen=True, slots=True)
class Power:
    """``mode`` as nvpmodel names it ("15W", "MAXN_SUPER"), "" where there is none; ``modes`` all of them by number."""

    mode: str
    modes: tuple[tuple[int, str], ...]

    @property
    def strongest(self) -> tuple[int, str] | None:
        """The mode without a cap, else that with the most watts."""
        return max(self.modes, key=lambda mode: watts(mode[1]), default=None)


def watts(mode: str) -> float:
    """What a mode's name says; MAXN is without a cap."""
    found = re.search(r"(\d+)\s*W", mode)
    return float("inf") if mode.startswith("MAXN") else float(found[1]) if found else 0.0


def ask_program(command: Sequence[str]) -> str:
    """What a program of the system prints; "" where it is not there, fails or hangs."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=5, check=False)
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout if done.returncode == 0 else ""


def read_power(tree: Tree, ask: Ask) -> Power:
    """nvpmodel's two files can be read by anybody; the program is asked where they say nothing."""
    listed = re.findall(r"POWER_MODEL\s+ID=(\d+)\s+NAME=(\w+)", tree.text("/etc/nvpmodel.conf"))
    modes = {int(number): name for number, name in listed}
    kept = re.search(r"pmode:\s*(\d+)", tree.text("/var/lib/nvpmodel/status"))
    mode = modes.get(int(kept[1]), "") if kept else ""
    if not mode and (modes or tree.exists("/etc/nv_tegra_release")):
        said = re.search(r"NV Power Mode:\s*(\S+)", ask(["nvpmodel", "-q"]))
        mode = said[1] if said else ""
    return Power(mode, tuple(sorted(modes.items())))
