"""Accelerators: the GPU and the NPU of the box: their names, their drivers and their clocks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from edge.board.clock import Clock, device_clock
from edge.board.tree import Tree

NpuDriver = Literal["", "rknpu", "rocket"]
# where a version may stand: debugfs (root), the module's file, procfs (a build option of the driver)
_VERSIONS = ("/sys/kernel/debug/rknpu/version", "/sys/module/rknpu/version", "/proc/rknpu/version")


@dataclass(frozen=True, slots=True)
class Accelerators:
    """``npu_driver`` "rocket" is the mainline kernel's, which rkllm cannot use. ``npu_version`` "0.9.8", "" where none
    of its places could be read; ``npu_version_from`` is the place."""

    gpu: str
    gpu_clock: Clock | None
    npu_driver: NpuDriver
    npu_version: str
    npu_version_from: str
    npu_clock: Clock | None


def read_accelerators(tree: Tree) -> Accelerators:
    version, place = _npu_version(tree)
    npu_clock = device_clock(tree, "npu", "*.npu")
    gpu_clock = device_clock(tree, "gpu", "17000000.gpu", "17000000.ga10b", "*.gpu", "*.ga10b", "*.gv11b", "*.mali")
    return Accelerators(
        gpu=_gpu(tree, gpu_clock),
        gpu_clock=gpu_clock,
        npu_driver=_npu_driver(tree, version, npu_clock),
        npu_version=version,
        npu_version_from=place,
        npu_clock=npu_clock,
    )


def _npu_version(tree: Tree) -> tuple[str, str]:
    for place in _VERSIONS:
        found = re.search(r"\d+\.\d+\.\d+", tree.text(place))
        if found:
            return found[0], place
    return "", ""


def _npu_driver(tree: Tree, version: str, clock: Clock | None) -> NpuDriver:
    if tree.exists("/sys/module/rocket") or (tree.exists("/dev/accel/accel0") and not version):
        return "rocket"
    there = version or clock is not None or tree.exists("/sys/module/rknpu")
    return "rknpu" if there else ""


def _gpu(tree: Tree, clock: Clock | None) -> str:
    for place in tree.names("/proc/driver/nvidia/gpus/*/information"):
        found = re.search(r"^Model:\s*(.+)$", tree.text(place), re.MULTILINE)
        if found:
            return found[1].strip()
    if "nvidia,tegra" in tree.text("/proc/device-tree/compatible"):
        return "NVIDIA Tegra"
    if clock is not None and "rockchip" in tree.text("/proc/device-tree/compatible"):
        return "Arm Mali"
    return ""
