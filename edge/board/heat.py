"""Heat: temperatures, and what has slowed the box down or is slowing it down."""

from __future__ import annotations

from dataclasses import dataclass

from edge.board.tree import Tree


@dataclass(frozen=True, slots=True)
class Heat:
    """``celsius`` by zone. ``slowed`` names cooling devices at work now (fans left out). ``events`` counts since the
    start of the box: a PC's thermal throttling, a Jetson's over-current (oc1 under-voltage, oc2 average, oc3
    instantaneous)."""

    celsius: tuple[tuple[str, float], ...]
    slowed: tuple[str, ...]
    events: tuple[tuple[str, int], ...]

    @property
    def hottest(self) -> float | None:
        return max((value for _, value in self.celsius), default=None)


def read_heat(tree: Tree) -> Heat:
    zones = []
    for folder in tree.names("/sys/class/thermal/thermal_zone*"):
        thousandths = tree.number(f"{folder}/temp")
        if thousandths is not None and -40_000 < thousandths < 150_000:  # a sensor that is off reads as -256000 or so
            zones.append((tree.text(f"{folder}/type") or folder.rsplit("/", 1)[-1], thousandths / 1000))
    slowed = []
    for folder in tree.names("/sys/class/thermal/cooling_device*"):
        kind = tree.text(f"{folder}/type")
        if "fan" not in kind.lower() and (tree.number(f"{folder}/cur_state") or 0) > 0:
            slowed.append(kind or folder.rsplit("/", 1)[-1])
    counts = [
        (place.rsplit("/", 1)[-1], tree.number(place) or 0)
        for pattern in (
            "/sys/devices/system/cpu/cpu0/thermal_throttle/package_throttle_count",
            "/sys/class/hwmon/hwmon*/oc*_event_cnt",
        )
        for place in tree.names(pattern)
    ]
    return Heat(tuple(zones), tuple(slowed), tuple(counts))
