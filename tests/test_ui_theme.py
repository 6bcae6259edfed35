"""Theme: text is legible on its ground in both modes, fonts are the system's, nothing is fetched."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ui.theme import login_css, make_theme, page_css, page_head

COLOURS = (Path(__file__).resolve().parents[1] / "ui" / "colours.css").read_text(encoding="utf-8")
MODES = ("light", "dark")
TEXT = [
    *((text, ground) for text in ("ink", "muted") for ground in ("ground", "surface", "sunken", "tint")),
    *(("ink", f"{sign}-tint") for sign in ("danger", "warning", "caution", "notice")),
    ("accent", "ground"), ("accent", "surface"), ("on-accent", "accent"), ("on-accent", "accent-strong"),
    ("sure", "surface"), ("bad", "surface"), ("surface", "bad"), ("on-danger", "danger"),
]  # fmt: skip


def colours(mode: str) -> dict[str, str]:
    blocks = re.findall(r"([^{}]+)\{([^{}]*)\}", COLOURS)
    light = next(body for selector, body in blocks if selector.strip().endswith(":root"))
    dark = next(body for selector, body in blocks if selector.strip() == ".dark")
    found = dict(re.findall(r"--a-([a-z-]+):\s*(#[0-9a-f]{6})", light))
    return {**found, **(dict(re.findall(r"--a-([a-z-]+):\s*(#[0-9a-f]{6})", dark)) if mode == "dark" else {})}


def contrast(one: str, other: str) -> float:
    """WCAG 2.2, relative luminance and contrast ratio."""

    def luminance(colour: str) -> float:
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_the_ratio_is_the_standards() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(("text", "ground"), TEXT)
def test_text_is_legible(mode: str, text: str, ground: str) -> None:
    found = colours(mode)
    assert contrast(found[text], found[ground]) >= 4.5


@pytest.mark.parametrize("mode", MODES)
def test_black_on_signal_orange_and_yellow_and_edges_of_controls(mode: str) -> None:
    found = colours(mode)
    assert contrast("#000000", found["warning"]) >= 4.5
    assert contrast("#000000", found["caution"]) >= 4.5
    assert contrast("#ffffff", found["notice"]) >= 4.5
    assert contrast(found["edge"], found["surface"]) >= 3
    assert contrast(found["edge"], found["ground"]) >= 3


def test_the_sign_in_page_has_the_dark_colours_too() -> None:
    media = COLOURS[COLOURS.index("@media (prefers-color-scheme: dark)") :]
    assert dict(re.findall(r"--a-([a-z-]+):\s*(#[0-9a-f]{6})", media)).items() <= colours("dark").items()


def test_fonts_are_the_systems() -> None:
    theme = make_theme()
    assert theme.font.startswith("'Hiragino Sans'") or theme.font.startswith("Hiragino Sans")
    assert theme._stylesheets == []
    assert theme._font_css == []


def test_nothing_in_styles_and_scripts_is_fetched() -> None:
    for text in (page_css(), login_css(), page_head()):
        assert not re.findall(r"url\(|@import|https?://(?!www\.w3\.org)", text)
