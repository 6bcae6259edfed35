"""Memory: what the box has, what is free of it, and what it can swap to."""

from __future__ import annotations

import re
from dataclasses import dataclass

from edge.board.tree import Tree


@dataclass(frozen=True, slots=True)
class Memory:
    """Bytes. ``zram`` is the part of ``swap`` that is compressed memory; None where /proc/meminfo cannot be read."""

    total: int | None
    available: int | None
    swap: int
    swap_free: int
    zram: int


def read_memory(tree: Tree) -> Memory:
    text = tree.text("/proc/meminfo")
    sizes = {name: int(kib) * 1024 for name, kib in re.findall(r"^(\w+):\s+(\d+) kB", text, re.MULTILINE)}
    zram = re.findall(r"^\S*zram\d+\s+\S+\s+(\d+)", tree.text("/proc/swaps"), re.MULTILINE)
    return Memory(
        total=sizes.get("MemTotal"),
        available=sizes.get("MemAvailable"),
        swap=sizes.get("SwapTotal", 0),
        swap_free=sizes.get("SwapFree", 0),
        zram=sum(int(kib) * 1024 for kib in zram),
    )
