"""Small manuals for the tests of the index, as Markdown."""

from __future__ import annotations

from pathlib import Path

SERVO_EN = """# SV-20 servo amplifier manual

## Alarms

### AL.32 Overcurrent

The output current was above the limit.

1. Cut the power.
2. Check the motor cable for a short circuit.

### AL.45 Overheat

The heat sink is too hot. Clean the fan filter.

## Care

Clean the fan filter every month with dry air. See AL.32 for a motor cable that was damaged while cleaning.
"""

ROBOT_EN = """# RB-77 robot manual

## Alarms

### AL.32 Gripper does not close

The gripper has lost its air pressure. Open the air valve.

## Parts

The suction cup RB-77-CUP wears out. Order it as RB-77-CUP.
"""

SERVO_JA = """# SV-20 サーボアンプ取扱説明書

## アラーム

### AL.51 過負荷

モータの負荷が大きすぎます。

1. 電源を切る。
2. 機械の引っ掛かりを取り除く。

## 保守

毎月、乾いた空気でファンフィルタを清掃してください。
"""


def many_pages(pages: int, about: str = "conveyor") -> str:
    """A plain text of that many pages (form feeds between them), each with words of its own."""
    page = (
        "{n}. Page {n} of the {about} manual\n\nStation{n} holds gauge{n}. Check gauge{n} of the {about} every shift.\n"
    )
    return "\f".join(page.format(n=number, about=about) for number in range(1, pages + 1))


def write(folder: Path, name: str, text: str | bytes) -> Path:
    """A file ``name`` in ``folder`` with that content."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def many_sections(count: int, about: str = "conveyor") -> str:
    """Markdown that becomes exactly ``count`` passages, every one of which holds the word ``about``."""
    return f"# Manual of the {about}\n" + "".join(
        f"\n## Gauge number {number}\n\nCheck gauge{number} of the {about} every shift.\n" for number in range(count)
    )
