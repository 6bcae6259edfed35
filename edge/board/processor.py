"""Processor: what computes on the CPU: its name, cores, and the instructions that llama.cpp's kernels ask for."""

from __future__ import annotations

import re
from dataclasses import dataclass

from edge.board.tree import Tree

# as /proc/cpuinfo writes them -> as everybody else does; the others have one name
_NAMES = {"asimddp": "dotprod", "asimdhp": "fp16"}
_ASKED = (
    "dotprod", "i8mm", "bf16", "fp16", "sve", "sve2",
    "avx", "avx2", "fma", "f16c", "bmi2", "avx_vnni", "avx512f", "avx512bw", "avx512vl", "avx512_vnni", "avx512_bf16",
    "amx_int8",
)  # fmt: skip
# arm's "CPU part" numbers of the cores of our boards
_PARTS = {"0xd42": "Cortex-A78AE", "0xd0b": "Cortex-A76", "0xd05": "Cortex-A55"}


@dataclass(frozen=True, slots=True)
class Processor:
    """``architecture`` "x86_64", "aarch64" or ""; ``features`` are those that every core has, of the ones asked for."""

    architecture: str
    model: str
    cpus: int
    features: tuple[str, ...]


def read_processor(tree: Tree) -> Processor:
    text = tree.text("/proc/cpuinfo")
    x86 = re.findall(r"^flags\s*:(.*)$", text, re.MULTILINE)
    arm = re.findall(r"^Features\s*:(.*)$", text, re.MULTILINE)
    every = [{_NAMES.get(flag, flag) for flag in line.split()} for line in x86 or arm]
    has = set.intersection(*every) if every else set()
    names = re.findall(r"^model name\s*:\s*(.*)$", text, re.MULTILINE)
    parts = re.findall(r"^CPU part\s*:\s*(\S+)$", text, re.MULTILINE)
    cores = names or [_PARTS.get(part, part) for part in parts]
    return Processor(
        architecture="x86_64" if x86 else "aarch64" if arm else "",
        model=", ".join(f"{cores.count(name)} x {name}" for name in dict.fromkeys(cores)),
        cpus=len(re.findall(r"^processor\s*:", text, re.MULTILINE)),
        features=tuple(name for name in _ASKED if name in has),
    )
