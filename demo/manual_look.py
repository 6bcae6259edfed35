"""Look of the demo manuals: page measures, accent colour, body text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from manual_text import Face, TextStyle
from reportlab.lib.colors import Color, HexColor
from reportlab.lib.units import mm

FRAME_WIDTH = 160 * mm
FRAME_HEIGHT = 250 * mm
ACCENT = HexColor("#12395f")


@dataclass(frozen=True, slots=True)
class Look:
    """Language ("ja" or "en"), face and accent colour of a manual."""

    lang: str
    face: Face
    accent: Color = ACCENT

    def text(self, size: float = 10, leading: float = 0, **more: Any) -> TextStyle:
        return TextStyle(self.face.regular, size, leading or (15.6 if self.lang == "ja" else 14.2), **more)
