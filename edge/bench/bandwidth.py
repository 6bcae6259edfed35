"""Bandwidth: how many bytes the box's memory delivers in a second: known of a board, else measured by copying."""

from __future__ import annotations

import os
import threading
import time
from dataclasses import dataclass
from typing import Literal

from edge.board.board import Board

# bits of the memory's bus: NVIDIA's and Rockchip's data sheets; the first name found in the board's model counts
_BUS_BITS = (("AGX Orin", 256), ("Orin NX", 128), ("Orin Nano", 128), ("AGX Thor", 256))
_RK3588_BITS = 64
_RK3588_HZ = 2_112_000_000  # LPDDR4X-4224 of the ROCK 5B
_EMC_HZ = {"super": 3_199_000_000, "base": 2_133_000_000}  # Orin Nano: 102 GB/s in 25W and MAXN_SUPER, else 68
_MOST_BYTES = 256 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Bandwidth:
    gb_per_s: float
    by: Literal["nominal", "measured"]
    how: str


def nominal(board: Board) -> Bandwidth | None:
    """Bus width x twice the memory's clock; where the clock cannot be read, the one that the board is sold with. None
    for a box whose bus is not known here."""
    bits, hertz, how = _bus(board)
    if not bits:
        return None
    return Bandwidth(bits / 8 * 2 * hertz / 1e9, "nominal", f"{bits} bit x 2 x {hertz / 1e6:.0f} MHz ({how})")


def _bus(board: Board) -> tuple[int, float, str]:
    clock = board.memory_clock.now_hz if board.memory_clock is not None else None
    if board.identity.kind == "rk3588":
        return _RK3588_BITS, clock or _RK3588_HZ, "read" if clock else "as sold"
    for name, bits in _BUS_BITS:
        if board.identity.kind == "jetson" and name in board.identity.model:
            if clock:
                return bits, clock, "read"
            strong = board.power.mode.startswith(("MAXN_SUPER", "25W")) or name != "Orin Nano"
            return bits, _EMC_HZ["super" if strong else "base"], f"by power mode {board.power.mode or '?'}"
    return 0, 0.0, ""


def measured(rounds: int = 5) -> Bandwidth:
    """The best of ``rounds`` copies, after one that warms up, of up to 256 MiB by all cores at once; each byte is read
    once and written once. Reading alone may be somewhat faster."""
    import numpy as np

    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    share = _MOST_BYTES // cores // 8
    pairs = [(np.ones(share), np.full(share, 2.0)) for _ in range(cores)]  # both touched
    best = float("inf")
    for turn in range(rounds + 1):
        threads = [threading.Thread(target=np.copyto, args=(target, source)) for source, target in pairs]
        start = time.perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if turn:
            best = min(best, time.perf_counter() - start)
    return Bandwidth(2 * share * 8 * cores / best / 1e9, "measured", f"numpy copy, {cores} threads, best of {rounds}")
