"""Clock: one frequency domain: who governs it, how fast it runs, how fast it may run, and whether it is held there."""

from __future__ import annotations

from dataclasses import dataclass

from edge.board.tree import Tree


@dataclass(frozen=True, slots=True)
class Clock:
    """Frequencies in Hz. ``limit_hz`` is what power mode or owner allow, ``top_hz`` what the hardware can; None for
    what is unknown."""

    name: str
    governor: str
    now_hz: int | None
    least_hz: int | None
    limit_hz: int | None
    top_hz: int | None

    @property
    def held(self) -> bool:
        """Whether it stays at its limit under any load: by the governor "performance", or since the least is the most
        (as jetson_clocks and userspace governors set it)."""
        if self.governor == "performance" or (self.limit_hz is not None and self.least_hz == self.limit_hz):
            return True
        return self.governor == "userspace" and self.now_hz is not None and self.now_hz == self.top_hz


def cpu_clocks(tree: Tree) -> tuple[Clock, ...]:
    """One a cpufreq policy (a cluster of cores that share a clock); its files count in kHz."""
    clocks = []
    for folder in tree.names("/sys/devices/system/cpu/cpufreq/policy*"):
        cores = tree.text(f"{folder}/related_cpus").split()
        name = f"cpu{cores[0]}-{cores[-1]}" if len(cores) > 1 else f"cpu{''.join(cores) or folder[-1]}"
        read = [
            _thousands(tree.number(f"{folder}/{file}"))
            for file in ("scaling_cur_freq", "scaling_min_freq", "scaling_max_freq", "cpuinfo_max_freq")
        ]
        clocks.append(Clock(name, tree.text(f"{folder}/scaling_governor"), *read))
    return tuple(clocks)


def device_clock(tree: Tree, name: str, *patterns: str) -> Clock | None:
    """The first devfreq device that matches one of ``patterns`` (names under /sys/class/devfreq); its files count in
    Hz. None where there is none."""
    for pattern in patterns:
        for folder in tree.names(f"/sys/class/devfreq/{pattern}"):
            steps = [int(step) for step in tree.text(f"{folder}/available_frequencies").split() if step.isdigit()]
            least, limit = tree.number(f"{folder}/min_freq"), tree.number(f"{folder}/max_freq")
            top = max(steps, default=limit)
            return Clock(name, tree.text(f"{folder}/governor"), tree.number(f"{folder}/cur_freq"), least, limit, top)
    return None


def jetson_memory_clock(tree: Tree) -> Clock | None:
    """The EMC's clock of a Jetson, in debugfs, which only root can read."""
    folder = "/sys/kernel/debug/bpmp/debug/clk/emc"
    now, top = tree.number(f"{folder}/rate"), tree.number(f"{folder}/max_rate")
    if now is None:
        return None
    held = tree.number(f"{folder}/mrq_rate_locked") == 1
    return Clock("emc", "locked" if held else "", now, now if held else None, now if held else top, top)


def _thousands(number: int | None) -> int | None:
    return None if number is None else number * 1000
