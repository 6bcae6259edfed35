"""Findings: what of a box helps or hinders Andon, judged from what was read of it; ui.wording.board says it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from edge.board.board import Board
from edge.board.power import watts

State = Literal["ok", "warn", "fail"]

GOOD_NPU_DRIVER = (0, 9, 8)
"""Below it w8a8 models fail in the NPU ("matmul(w8a8) run failed": rknn-llm issues 413 and 449)."""
HOT_CELSIUS = 85.0  # RK3588 and Orin begin to slow down at 85 to 99 °C
LOW_MEMORY_BYTES = 1_000_000_000
SWAP_WANTED_BELOW_BYTES = 12_000_000_000  # boards of 8 GB: reading manuals beside a model may need more for a moment
LOW_DISK_BYTES, FULL_DISK_BYTES = 5_000_000_000, 1_000_000_000
BAD_L4T = "36.4.7"  # large allocations of the GPU fail on 8 GB boards (llama.cpp pull requests 23732 and 23747)
CUDA_NEEDS_MB = 64  # of a model: below that the GPU gains nothing


@dataclass(frozen=True, slots=True)
class Finding:
    """``code`` names the sentence, and the remedy where ``state`` is not "ok"; ``values`` fill their places."""

    code: str
    state: State
    values: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Software:
    """What the box's findings depend on beside the box: whether llama.cpp was built for a GPU (None: not installed),
    how many layers of which model would go there, and the bytes free on the data folder's disk."""

    gpu_build: bool | None
    gpu_layers: int
    model_megabytes: float
    disk_free: int


def findings(board: Board, software: Software) -> Iterator[Finding]:
    """All that can be said, the good things too, in the order in which a person mends them."""
    yield _named(board)
    yield _processor(board)
    yield from _memory(board)
    yield _disk(software.disk_free)
    if board.identity.kind == "jetson":
        yield from _jetson(board, software)
    if board.identity.kind == "rk3588":
        yield from _rk3588(board)
    yield from _clocks(board)
    yield from _heat(board)


def _named(board: Board) -> Finding:
    identity = board.identity
    parts = (identity.model or identity.soc, identity.system, identity.kernel)
    return Finding("board.name", "ok", {"name": ", ".join(part for part in parts if part) or "?"})


def _processor(board: Board) -> Finding:
    processor = board.processor
    values = {
        "model": processor.model or "?", "cpus": str(processor.cpus), "features": ", ".join(processor.features) or "-",
    }  # fmt: skip
    wanted = {"x86_64": "avx2", "aarch64": "dotprod"}.get(processor.architecture)
    if wanted is not None and wanted not in processor.features:
        return Finding("board.processor_slow", "warn", values | {"missing": wanted})
    return Finding("board.processor", "ok", values)


def _memory(board: Board) -> Iterator[Finding]:
    memory = board.memory
    if memory.total is None or memory.available is None:
        yield Finding("board.memory_unknown", "ok")
        return
    values = {"total": _gb(memory.total), "free": _gb(memory.available), "swap": _gb(memory.swap)}
    low = memory.available < LOW_MEMORY_BYTES
    yield Finding("board.memory_low" if low else "board.memory", "warn" if low else "ok", values)
    if memory.total < SWAP_WANTED_BELOW_BYTES and not memory.swap:
        yield Finding("board.no_swap", "warn", values)
    if board.desktop and memory.total < SWAP_WANTED_BELOW_BYTES:
        yield Finding("board.desktop", "warn", values)


def _disk(free: int) -> Finding:
    if free < FULL_DISK_BYTES:
        return Finding("board.disk_full", "fail", {"free": _gb(free)})
    if free < LOW_DISK_BYTES:
        return Finding("board.disk_low", "warn", {"free": _gb(free)})
    return Finding("board.disk", "ok", {"free": _gb(free)})


def _jetson(board: Board, software: Software) -> Iterator[Finding]:
    identity = board.identity
    release = {"jetpack": identity.jetpack or "?", "l4t": identity.l4t or "?", "cuda": identity.cuda or "-"}
    if identity.l4t == BAD_L4T:
        yield Finding("board.jetpack_memory", "warn", release)
    elif identity.l4t and int(identity.l4t.split(".")[0]) < 36:
        yield Finding("board.jetpack_old", "warn", release)
    else:
        yield Finding("board.jetpack", "ok", release)
    if software.gpu_build is False:
        yield Finding("board.cuda_build_missing", "warn", {"arch": "87"})
    elif software.gpu_build and software.gpu_layers == 0 and software.model_megabytes >= CUDA_NEEDS_MB:
        yield Finding("board.gpu_unused", "warn")
    power, strongest = board.power, board.power.strongest
    values = {"mode": power.mode or "?"}
    if power.mode and strongest and watts(power.mode) < min(25.0, watts(strongest[1])):
        yield Finding("board.power_low", "warn", values | {"best": strongest[1], "number": str(strongest[0])})
    else:
        yield Finding("board.power", "ok", values)


def _rk3588(board: Board) -> Iterator[Finding]:
    npu = board.accelerators
    values = {"version": npu.npu_version, "place": npu.npu_version_from}
    if npu.npu_driver == "rocket":
        yield Finding("board.npu_mainline", "warn")
    elif not npu.npu_driver:
        yield Finding("board.npu_missing", "warn")
    elif not npu.npu_version:
        yield Finding("board.npu_version_unread", "warn")
    elif tuple(map(int, npu.npu_version.split("."))) < GOOD_NPU_DRIVER:
        yield Finding("board.npu_old", "warn", values | {"wanted": ".".join(map(str, GOOD_NPU_DRIVER))})
    else:
        yield Finding("board.npu", "ok", values)
    if board.memory_clock is None:
        yield Finding("board.ddr_missing", "warn")


def _clocks(board: Board) -> Iterator[Finding]:
    """A PC's governor is its owner's business and follows load within milliseconds."""
    if board.identity.kind not in ("jetson", "rk3588") or not board.clocks:
        return
    told = ", ".join(f"{clock.name} {_mhz(clock.now_hz)}/{_mhz(clock.top_hz)} MHz" for clock in board.clocks)
    loose = [clock.name for clock in board.clocks if not clock.held]
    if not loose:
        yield Finding("board.clocks", "ok", {"clocks": told})
    else:
        code = "board.clocks_jetson" if board.identity.kind == "jetson" else "board.clocks_rk3588"
        yield Finding(code, "warn", {"clocks": told, "loose": ", ".join(loose)})


def _heat(board: Board) -> Iterator[Finding]:
    heat = board.heat
    if heat.hottest is None:
        return
    values = {"celsius": f"{heat.hottest:.0f}", "slowed": ", ".join(dict.fromkeys(heat.slowed))}
    if heat.slowed:
        yield Finding("board.slowed", "warn", values)
    else:
        hot = heat.hottest >= HOT_CELSIUS
        yield Finding("board.hot" if hot else "board.heat", "warn" if hot else "ok", values)
    counted = ", ".join(f"{name} {count}" for name, count in heat.events if count)
    if counted:
        yield Finding("board.slowed_before", "warn", {"events": counted})


def _gb(count: int) -> str:
    return f"{count / 1e9:.1f}"


def _mhz(frequency: int | None) -> str:
    return "?" if frequency is None else f"{frequency / 1e6:.0f}"
