"""Driver: whether the kernel's driver of the NPU is one that the runtime can use, where the kernel tells."""

from __future__ import annotations

from edge.board.accelerator import read_accelerators
from edge.board.findings import GOOD_NPU_DRIVER
from edge.board.tree import Tree
from edge.rkllm.errors import DriverUnusable

_REMEDY = "Start the board with its vendor's kernel (5.10 or 6.1, up to date); andon doctor shows what it finds."


def check_driver(tree: Tree) -> None:
    """Errors: DriverUnusable for a driver older than 0.9.8, which fails in the middle of an answer, and for "rocket" of
    the mainline kernel, which rkllm does not know. One that cannot be read is no reason to refuse."""
    found = read_accelerators(tree)
    if found.npu_driver == "rocket":
        raise DriverUnusable("This kernel drives the NPU by rocket; rkllm needs rknpu.", _REMEDY)
    if not found.npu_version:
        return
    if tuple(map(int, found.npu_version.split("."))) < GOOD_NPU_DRIVER:
        wanted = ".".join(map(str, GOOD_NPU_DRIVER))
        raise DriverUnusable(
            f"The kernel's rknpu driver is {found.npu_version}; the runtime needs {wanted} or newer.", _REMEDY
        )
