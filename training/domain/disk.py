"""Disk: whether a run's stages will fit where it writes, asked before the first begins and not after hours."""

from __future__ import annotations

import json
import math
import shutil
from pathlib import Path

from training.domain.trl_adapter import OPTIMIZER_SHARE, SPARE
from training.errors import DiskFull

EXPORTED = 0.5 + 0.6  # the GGUF file in 16 bits, gone again at the end, and the one of 8 bits at most with its copy


def must_fit(out: Path, base: Path, stages: int) -> None:
    """Raises DiskFull where ``stages`` models as large as ``base`` in float32, one stage's checkpoints and the exported
    file do not fit beside ``out``."""
    weights = _float32_bytes(base)
    wanted = int(weights * (stages + SPARE - 1 + 2 * OPTIMIZER_SHARE + EXPORTED))
    free = shutil.disk_usage(out).free
    if stages and free < wanted:
        raise DiskFull(
            f"{out} has {_size(free)} free; {stages} stages of {_size(weights)} each, checkpoints and the exported "
            f"file need {_size(wanted)}.",
            "Free space there, name another folder with out, or ask for less: compare = false, fewer rules or seeds.",
        )


def _size(count: int) -> str:
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{count / 1e6:.0f} MB"


def _float32_bytes(folder: Path) -> int:
    """Of the weights in ``folder`` as a stage writes them."""
    return sum(_parameters(path) for path in folder.glob("*.safetensors")) * 4


def _parameters(path: Path) -> int:
    """From the head of a safetensors file alone: 8 bytes of length, then JSON."""
    with path.open("rb") as file:
        head = json.loads(file.read(int.from_bytes(file.read(8), "little")))
    return sum(math.prod(tensor["shape"]) for name, tensor in head.items() if name != "__metadata__")
