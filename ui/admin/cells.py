"""Cells: what the admin page's tables are made of: heads, cells that carry their column's name, moments, chips."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from html import escape

from ui.wording import Lang, say


def head_row(columns: Sequence[tuple[str, str]], lang: Lang) -> str:
    """(key of the wording, class) of each column; a column without a key has no name."""
    cells = "".join(
        f'<th scope="col" class="{kind}">{told(key, lang)}</th>' if key else "<td></td>" for key, kind in columns
    )
    return f"<thead><tr>{cells}</tr></thead>"


def cell(key: str, kind: str, value: str, lang: Lang) -> str:
    """A cell that carries its column's name, for phones, where each row is a small card."""
    return f'<td class="{kind}" data-label="{told(key, lang)}">{escape(value)}</td>'


def when(at: str) -> str:
    """UTC in ISO 8601 -> the box's own time, to the minute."""
    return datetime.fromisoformat(at).astimezone().strftime("%Y-%m-%d %H:%M")


def title(key: str, lang: Lang, more: str = "", note: str = "") -> str:
    """A part's heading; ``more`` (HTML) stands beside it, ``note`` is the key of the line below it."""
    below = f'<p class="a-note">{told(note, lang)}</p>' if note else ""
    return f'<h2 class="a-title">{told(key, lang)}{more}</h2>{below}'


def blank(key: str, lang: Lang) -> str:
    """The card that stands where a list has nothing."""
    return f'<div class="a-card"><p class="a-blank" role="status">{told(key, lang)}</p></div>'


def done_html(text: str) -> str:
    """What was done, for a moment below the heading; read out by a screen reader."""
    return f'<p class="a-card a-toast" role="status">{escape(text)}</p>'


def failed_html(text: str) -> str:
    return f'<p class="a-card a-toast a-bad" role="alert">{escape(text)}</p>'


def told(key: str, lang: Lang, **values: object) -> str:
    """The sentence, safe to stand in HTML."""
    return escape(say(key, lang, **values))
