"""Driver: the version of the kernel's rknpu driver, where the kernel tells it."""

from __future__ import annotations

import re
from pathlib import Path

from edge.rkllm.errors import DriverTooOld

LEAST = (0, 9, 8)  # older ones fail in the middle of an answer ("matmul(w8a8) run failed", rknn-llm#413, #449)
PLACES = ("sys/module/rknpu/version", "sys/kernel/debug/rknpu/version", "proc/rknpu/version")
_VERSION = re.compile(r"(\d+)\.(\d+)\.(\d+)")


def driver_version(root: Path = Path("/")) -> tuple[int, int, int] | None:
    """The version, e.g. (0, 9, 8); None where no file tells it (most need root, one needs a driver built as module)."""
    for place in PLACES:
        try:
            text = (root / place).read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue
        if found := _VERSION.search(text):
            major, minor, patch = map(int, found.groups())
            return major, minor, patch
    return None


def check_driver(root: Path = Path("/")) -> None:
    """Errors: DriverTooOld. A version that cannot be read is no reason to refuse."""
    version = driver_version(root)
    if version is not None and version < LEAST:
        raise DriverTooOld(
            f"The kernel's rknpu driver is {_text(version)}; the runtime needs {_text(LEAST)} or newer.",
            "Update the board's vendor kernel (5.10 or 6.1), then restart the board.",
            driver=_text(version),
        )


def _text(version: tuple[int, int, int]) -> str:
    return ".".join(map(str, version))
