"""Theme: colours, fonts of the system and the styles of all pages; nothing is fetched from elsewhere."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import gradio as gr

FONTS = ("Hiragino Sans", "Hiragino Kaku Gothic ProN", "Noto Sans CJK JP", "Noto Sans JP", "Yu Gothic UI", "Meiryo")
MONO = ("ui-monospace", "Menlo", "Consolas", "Noto Sans Mono CJK JP", "monospace")
FAVICON = "/favicon.svg"

# a stack light: the andon of a production line
LOGO = (
    '<svg class="a-logo" viewBox="0 0 24 32" aria-hidden="true">'
    '<rect x="5" y="1" width="14" height="8" rx="3" fill="#c8102e"/>'
    '<rect x="5" y="10" width="14" height="8" fill="#f2a900"/><rect x="5" y="19" width="14" height="7" fill="#2e8540"/>'
    '<rect x="2" y="27" width="20" height="4" rx="1.5" fill="#5b6b79"/></svg>'
)

_FOLDER = Path(__file__).parent
# in the head and not among Gradio's own, which it copies rule by rule under a selector of its own: these look at <html>
HEAD_STYLES = ("page_view.css", "quote_card.css", "operator.css", "lost.css")
SCRIPTS = ("page.js", "lost.js", "page_view.js", "quote_card.js", "closing.js", "history.js", "voice.js")


def favicon_svg() -> str:
    return LOGO.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ')


def login_css() -> str:
    return _tokens() + (_FOLDER / "login.css").read_text(encoding="utf-8")


def page_css() -> str:
    return _tokens() + (_FOLDER / "page.css").read_text(encoding="utf-8")


def page_head() -> str:
    """What goes into the head of a page: its icon, its small scripts and the styles of their components."""
    script, style = (
        "\n".join((_FOLDER / name).read_text(encoding="utf-8") for name in names) for names in (SCRIPTS, HEAD_STYLES)
    )
    return (
        f'<link rel="icon" type="image/svg+xml" href="{FAVICON}"><style>{style}{_paper()}</style>'
        f"<script>{script}</script>"
    )


def admin_css() -> str:
    return page_css() + (_FOLDER / "admin/admin.css").read_text(encoding="utf-8")


def admin_head() -> str:
    script = (_FOLDER / "admin/admin.js").read_text(encoding="utf-8")
    return f"{page_head()}<script>{script}</script>"


def make_theme() -> gr.themes.Base:
    """Gradio's base theme with our fonts, sizes and colours. Fonts are names only: the system has them or the next."""
    from gradio.themes import Base, sizes

    theme = Base(
        text_size=sizes.text_lg, spacing_size=sizes.spacing_md, radius_size=sizes.radius_md,
        font=(*FONTS, "sans-serif"), font_mono=MONO,
    )  # fmt: skip
    return theme.set(
        body_background_fill="var(--a-ground)", body_background_fill_dark="var(--a-ground)",
        body_text_color="var(--a-ink)", body_text_color_dark="var(--a-ink)",
        block_background_fill="transparent", block_background_fill_dark="transparent",
        block_border_width="0px", block_border_width_dark="0px", block_padding="0", block_shadow="none",
        input_background_fill="var(--a-surface)", input_background_fill_dark="var(--a-surface)",
        input_border_color="var(--a-edge)", input_border_color_dark="var(--a-edge)",
        input_border_width="2px", input_border_width_dark="2px",
        input_placeholder_color="var(--a-muted)", input_placeholder_color_dark="var(--a-muted)",
        block_label_text_color="var(--a-ink)", block_label_text_color_dark="var(--a-ink)",
        block_title_text_color="var(--a-ink)", block_title_text_color_dark="var(--a-ink)",
        block_info_text_color="var(--a-muted)", block_info_text_color_dark="var(--a-muted)",
        button_primary_background_fill="var(--a-accent)", button_primary_background_fill_dark="var(--a-accent)",
        button_primary_background_fill_hover="var(--a-accent-strong)",
        button_primary_background_fill_hover_dark="var(--a-accent-strong)",
        button_primary_border_color="transparent", button_primary_border_color_dark="transparent",
        button_primary_text_color="var(--a-on-accent)", button_primary_text_color_dark="var(--a-on-accent)",
        button_secondary_background_fill="var(--a-surface)", button_secondary_background_fill_dark="var(--a-surface)",
        button_secondary_text_color="var(--a-ink)", button_secondary_text_color_dark="var(--a-ink)",
        button_secondary_border_color="var(--a-edge)", button_secondary_border_color_dark="var(--a-edge)",
        button_transition="none",
    )  # fmt: skip


def _paper() -> str:
    """On paper the colours are the light ones, whatever the screen's are."""
    light = re.search(r":root \{(.*?)\}", _colours(), re.DOTALL)
    assert light is not None
    return f"@media print {{ body, .dark {{ {light[1].replace(';', ' !important;')} }} }}"


def _colours() -> str:
    return (_FOLDER / "colours.css").read_text(encoding="utf-8")


def _tokens() -> str:
    return f":root{{--a-font:{', '.join(repr(font) for font in FONTS)}, sans-serif}}\n" + _colours()
