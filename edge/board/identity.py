"""Identity: which board this is, and which release of its vendor's system runs on it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from edge.board.tree import Tree

Kind = Literal["jetson", "rk3588", "pc", "other"]

# NVIDIA's archives of L4T (Jetson Linux) and JetPack; the longest beginning that fits counts
_JETPACKS = {
    "39.2": "7.2", "38.4": "7.1", "38.2": "7.0", "36.5": "6.2.2", "36.4.7": "6.2.1", "36.4.4": "6.2.1",
    "36.4.3": "6.2", "36.4": "6.1", "36.3": "6.0", "36.2": "6.0 DP", "35.6": "5.1.4", "35.5": "5.1.3",
    "35.4.1": "5.1.2", "35.3.1": "5.1.1", "35.2.1": "5.1",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Identity:
    """``model`` as the device tree or the PC's firmware names it; ``soc`` by its compatible name; ``l4t`` and
    ``jetpack`` of a Jetson; ``cuda`` the toolkit's version. "" for what is unknown."""

    kind: Kind
    model: str
    soc: str
    system: str
    kernel: str
    l4t: str = ""
    jetpack: str = ""
    cuda: str = ""


def read_identity(tree: Tree) -> Identity:
    compatible = tree.text("/proc/device-tree/compatible")
    model = tree.text("/proc/device-tree/model") or _firmware_name(tree)
    l4t = _l4t(tree)
    return Identity(
        kind=_kind(tree, compatible, l4t),
        model=model,
        soc=compatible.split()[-1] if compatible else "",
        system=_system(tree),
        kernel=_kernel(tree),
        l4t=l4t,
        jetpack=_jetpack(tree, l4t),
        cuda=_cuda(tree),
    )


def _kind(tree: Tree, compatible: str, l4t: str) -> Kind:
    if l4t or "nvidia,tegra" in compatible:
        return "jetson"
    if "rockchip,rk3588" in compatible:  # RK3588S (Orange Pi 5, ROCK 5A) begins with the same letters
        return "rk3588"
    flags = re.search(r"^flags\s*:", tree.text("/proc/cpuinfo"), re.MULTILINE)
    return "pc" if flags or tree.exists("/sys/class/dmi/id") else "other"


def _firmware_name(tree: Tree) -> str:
    parts = (tree.text(f"/sys/class/dmi/id/{name}") for name in ("sys_vendor", "product_name"))
    return " ".join(part for part in parts if part)


def _system(tree: Tree) -> str:
    found = re.search(r'^PRETTY_NAME="?([^"\n]*)', tree.text("/etc/os-release"), re.MULTILINE)
    return found[1] if found else ""


def _kernel(tree: Tree) -> str:
    found = re.match(r"Linux version (\S+)", tree.text("/proc/version"))
    return found[1] if found else tree.text("/proc/sys/kernel/osrelease")


def _l4t(tree: Tree) -> str:
    """36.4.3 of "# R36 (release), REVISION: 4.3, ..."."""
    found = re.search(r"R(\d+) \(release\), REVISION: ([\d.]+)", tree.text("/etc/nv_tegra_release"))
    return f"{found[1]}.{found[2]}" if found else ""


def _jetpack(tree: Tree, l4t: str) -> str:
    """The package's version where it is installed (it says more than the table can know), else by the table."""
    if not l4t:
        return ""
    package = re.search(
        r"^Package: nvidia-jetpack\n(?:.+\n)*?Version: ([\d.]+)", tree.text("/var/lib/dpkg/status"), re.MULTILINE
    )
    if package:
        return package[1]
    begins = [name for name in _JETPACKS if l4t == name or l4t.startswith(name + ".")]
    return _JETPACKS[max(begins, key=len)] if begins else ""


def _cuda(tree: Tree) -> str:
    found = re.search(r'"cuda"\s*:\s*\{[^}]*"version"\s*:\s*"([\d.]+)"', tree.text("/usr/local/cuda/version.json"))
    return found[1] if found else ""
