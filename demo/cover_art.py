"""Cover drawings of the demo manuals: one simple side view a machine."""

from __future__ import annotations

from typing import Any

from reportlab.lib.colors import HexColor
from reportlab.lib.units import mm

STEEL, BLUE, DARK, SAFETY, CARTON, LIGHT = "#c9d3de", "#2f6da8", "#263645", "#f2c700", "#c99a64", "#eef3f8"
FLOOR = ("rect", 0, 0, 160, 2, DARK)

# (kind, x, y, width, height, colour) in mm with the origin at the drawing's lower left corner; for a disc: x, y of the
# centre, radius, unused.
Shape = tuple[str, float, float, float, float, str]


def _legs(*xs: float, top: float) -> list[Shape]:
    return [("rect", x, 2, 4, top - 2, DARK) for x in xs]


def _rollers(x0: float, x1: float, y: float) -> list[Shape]:
    count = int((x1 - x0) // 8)
    return [("disc", x0 + 4 + 8 * n, y, 2.6, 0, STEEL) for n in range(count)]


def _conveyor() -> list[Shape]:
    return [
        FLOOR,
        *_legs(14, 74, 138, top=34),
        ("rect", 8, 34, 142, 8, BLUE),
        *_rollers(10, 150, 38),
        ("rect", 8, 42, 142, 1.5, DARK),
        ("rect", 30, 43.5, 26, 22, CARTON),
        ("rect", 42, 43.5, 1.5, 22, "#a87c49"),
        ("rect", 92, 43.5, 26, 22, CARTON),
        ("rect", 104, 43.5, 1.5, 22, "#a87c49"),
        ("rect", 60, 10, 22, 18, STEEL),
        ("disc", 71, 19, 6, 0, DARK),
        ("rect", 112, 6, 18, 24, LIGHT),
        ("rect", 115, 22, 12, 5, BLUE),
        ("rect", 66, 43.5, 2, 14, DARK),
        ("rect", 65, 56, 4, 4, SAFETY),
    ]


def _case_former() -> list[Shape]:
    blanks: list[Shape] = [("rect", 10 + 2.4 * n, 36, 1.6, 44, CARTON) for n in range(12)]
    return [
        FLOOR,
        *_legs(8, 60, 140, top=34),
        ("rect", 6, 30, 142, 6, BLUE),
        *blanks,
        ("rect", 58, 36, 5, 62, STEEL),
        ("rect", 142, 36, 5, 62, STEEL),
        ("rect", 58, 94, 89, 6, BLUE),
        ("rect", 84, 40, 34, 30, CARTON),
        ("rect", 100, 40, 1.5, 30, "#a87c49"),
        ("rect", 92, 70, 18, 4, DARK),
        ("rect", 99, 74, 4, 20, STEEL),
        ("rect", 66, 50, 14, 3, DARK),
        ("rect", 126, 10, 16, 18, LIGHT),
        ("rect", 150, 60, 8, 18, SAFETY),
    ]


def _palletiser() -> list[Shape]:
    cartons: list[Shape] = [("rect", 98 + 18 * n, 8 + 14 * row, 17, 13, CARTON) for row in range(3) for n in range(3)]
    return [
        FLOOR,
        ("rect", 28, 2, 34, 12, DARK),
        ("rect", 36, 14, 18, 22, BLUE),
        ("disc", 45, 40, 9, 0, BLUE),
        ("rect", 40, 40, 10, 46, STEEL),
        ("disc", 45, 88, 8, 0, BLUE),
        ("rect", 45, 84, 72, 8, STEEL),
        ("disc", 117, 88, 6, 0, BLUE),
        ("rect", 114, 68, 6, 18, DARK),
        ("rect", 104, 64, 26, 4, SAFETY),
        ("rect", 108, 50, 18, 14, CARTON),
        ("rect", 96, 2, 58, 5, "#a87c49"),
        *cartons,
        ("rect", 6, 2, 12, 34, LIGHT),
        ("rect", 8, 26, 8, 6, BLUE),
    ]


def _wrapper() -> list[Shape]:
    layers: list[Shape] = [("rect", 44 + 18 * n, 15 + 15 * row, 17, 14, CARTON) for row in range(4) for n in range(3)]
    film: list[Shape] = [("rect", 42, 20 + 9 * n, 58, 1.2, "#9fc4e6") for n in range(6)]
    return [
        FLOOR,
        ("disc", 71, 4, 4, 0, DARK),
        ("rect", 30, 4, 82, 6, BLUE),
        ("rect", 40, 10, 62, 4, "#a87c49"),
        *layers,
        *film,
        ("rect", 124, 2, 10, 98, STEEL),
        ("rect", 118, 96, 22, 6, DARK),
        ("rect", 108, 48, 16, 22, LIGHT),
        ("rect", 104, 50, 7, 18, "#9fc4e6"),
        ("rect", 138, 30, 14, 24, LIGHT),
        ("rect", 140, 44, 10, 6, SAFETY),
    ]


def _controller() -> list[Shape]:
    modules: list[Shape] = [("rect", 46 + 11 * n, 24, 10, 24, STEEL) for n in range(6)]
    lamps: list[Shape] = [
        ("disc", 51 + 11 * n, 43, 1.2, 0, colour) for n, colour in enumerate(["#2f9e44"] * 5 + ["#c8102e"])
    ]
    tower: list[Shape] = [
        ("rect", 72, 94 + 7 * n, 10, 6, colour) for n, colour in enumerate(["#2f9e44", SAFETY, "#c8102e"])
    ]
    return [
        FLOOR,
        ("rect", 36, 2, 84, 90, LIGHT),
        ("rect", 36, 90, 84, 3, DARK),
        ("rect", 36, 2, 84, 3, DARK),
        ("rect", 50, 56, 46, 28, DARK),
        ("rect", 53, 59, 40, 22, BLUE),
        ("rect", 56, 72, 18, 6, LIGHT),
        ("rect", 56, 62, 26, 6, "#9fc4e6"),
        ("disc", 108, 76, 5, 0, "#c8102e"),
        ("disc", 108, 62, 3.4, 0, "#2f9e44"),
        ("rect", 42, 18, 72, 3, DARK),
        *modules,
        *lamps,
        *tower,
    ]


COVERS = {
    "sc200": _conveyor,
    "cf40": _case_former,
    "rp180": _palletiser,
    "sw310": _wrapper,
    "lc5": _controller,
}


def draw_cover(canvas: Any, slug: str, x: float, y: float) -> None:
    """Draw the machine of ``slug`` with its lower left corner at (x, y) points; ValueError for an unknown slug."""
    if slug not in COVERS:
        raise ValueError(f"no cover drawing for {slug!r}; add one to demo/cover_art.py ({', '.join(COVERS)} exist).")
    canvas.saveState()
    canvas.translate(x, y)
    canvas.setStrokeColor(HexColor(DARK))
    canvas.setLineWidth(0.7)
    for kind, left, low, wide, high, colour in COVERS[slug]():
        canvas.setFillColor(HexColor(colour))
        if kind == "disc":
            canvas.circle(left * mm, low * mm, wide * mm, fill=1)
        else:
            canvas.rect(left * mm, low * mm, wide * mm, high * mm, fill=1)
    canvas.restoreState()
