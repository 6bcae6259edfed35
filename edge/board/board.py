"""Board: everything that is known of this box, read once; and as JSON for a report."""

from __future__ import annotations

import re
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from edge.board.accelerator import Accelerators, read_accelerators
from edge.board.clock import Clock, cpu_clocks, device_clock, jetson_memory_clock
from edge.board.heat import Heat, read_heat
from edge.board.identity import Identity, read_identity
from edge.board.memory import Memory, read_memory
from edge.board.power import Ask, Power, ask_program, read_power
from edge.board.processor import Processor, read_processor
from edge.board.tree import Tree


@dataclass(frozen=True, slots=True)
class Board:
    """``memory_clock`` is the DDR's (RK3588: devfreq "dmc"; Jetson: EMC, readable by root only). ``desktop`` says that
    the box starts a graphical session, which costs memory. ``load``: how many programs wanted a core in the last
    minute, on average."""

    identity: Identity
    processor: Processor
    cpu_clocks: tuple[Clock, ...]
    accelerators: Accelerators
    memory_clock: Clock | None
    memory: Memory
    power: Power
    heat: Heat
    desktop: bool
    load: float | None

    @property
    def clocks(self) -> tuple[Clock, ...]:
        """All that could be read."""
        rest = (self.accelerators.gpu_clock, self.accelerators.npu_clock, self.memory_clock)
        return (*self.cpu_clocks, *(clock for clock in rest if clock is not None))

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def read_board(root: Path = Path("/"), ask: Ask = ask_program) -> Board:
    """Reads files under ``root`` and asks the system's own programs through ``ask``; nothing raises where something is
    missing, and nothing is changed."""
    tree = Tree(root)
    return Board(
        identity=read_identity(tree),
        processor=read_processor(tree),
        cpu_clocks=cpu_clocks(tree),
        accelerators=read_accelerators(tree),
        memory_clock=device_clock(tree, "ddr", "dmc") or jetson_memory_clock(tree),
        memory=read_memory(tree),
        power=read_power(tree, ask),
        heat=read_heat(tree),
        desktop=_has_desktop(tree),
        load=_load(tree),
    )


def _load(tree: Tree) -> float | None:
    found = re.match(r"\d+\.\d+", tree.text("/proc/loadavg"))
    return float(found[0]) if found else None


def _has_desktop(tree: Tree) -> bool:
    """Debian's default target is the graphical one even where no display manager is installed, so both must be."""
    unit = "/systemd/system/default.target"
    target = tree.target(f"/etc{unit}") or tree.target(f"/lib{unit}")
    return target == "graphical.target" and bool(tree.target("/etc/systemd/system/display-manager.service"))


def free_bytes(folder: Path) -> int:
    """Bytes free on the disk that holds ``folder``, or will hold it."""
    place = folder.absolute()
    while not place.exists():
        place = place.parent
    return shutil.disk_usage(place).free
