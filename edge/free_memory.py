"""FreeMemory: what a process can still have on this box, a container's limit included."""

from __future__ import annotations

import re
from dataclasses import dataclass

from edge.board.memory import read_memory
from edge.board.tree import Tree

_UNLIMITED = 1 << 60  # cgroup v1 writes the largest page-aligned number where there is no limit


@dataclass(frozen=True, slots=True)
class FreeMemory:
    """Bytes. ``limited``: a control group (a container, a service's MemoryMax) allows less than the box has free."""

    available: int
    limited: bool


def free_memory(tree: Tree | None = None) -> FreeMemory | None:
    """None where the system does not tell. What the kernel keeps of files counts as free: it gives that away."""
    tree = tree or Tree()
    box = read_memory(tree).available
    allowed = min((left for folder in _groups(tree) if (left := _left(tree, folder)) is not None), default=None)
    if box is None:
        return FreeMemory(allowed, True) if allowed is not None else None
    return FreeMemory(box if allowed is None else min(box, allowed), allowed is not None and allowed < box)


def _groups(tree: Tree) -> list[str]:
    """The folders of this process's memory group and of all that it lies in. Inside a container the path may be the
    host's, and the mount's own root is the group."""
    found = []
    for controllers, path in re.findall(r"^\d+:([^:\n]*):(.*)$", tree.text("/proc/self/cgroup"), re.MULTILINE):
        if controllers and "memory" not in controllers.split(","):
            continue
        root = "/sys/fs/cgroup/memory" if controllers else "/sys/fs/cgroup"
        parts = [part for part in path.split("/") if part not in ("", "..")]
        found += ["/".join([root, *parts[:depth]]) for depth in range(len(parts), -1, -1)]
    return found


def _left(tree: Tree, folder: str) -> int | None:
    """Bytes that a group may still take; None where it has no limit."""
    for most, used, idle in (
        ("memory.max", "memory.current", "inactive_file"),
        ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"),
    ):
        limit, taken = tree.number(f"{folder}/{most}"), tree.number(f"{folder}/{used}")
        if limit is None or taken is None or limit >= _UNLIMITED:
            continue
        files = re.search(rf"^{idle} (\d+)$", tree.text(f"{folder}/memory.stat"), re.MULTILINE)
        return max(0, limit - taken + (int(files[1]) if files else 0))
    return None
