"""Ranking: things by how often they came, the most frequent first, each with a bar as long as it is frequent."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from ui.charts.chart import Framing


def ranking(framing: Framing, counts: Sequence[tuple[str, int]], none: str) -> str:
    """The list is a table by itself; the bars are for the eye. ``none`` is said where there is nothing."""
    most = max((count for _, count in counts), default=1)
    rows = "".join(
        f'<li><span class="a-rank-name">{escape(name)}</span><span class="a-rank-bar" aria-hidden="true">'
        f'<i class="a-key-1" style="width:{100 * count / most:.1f}%"></i></span><b>{count:,}</b></li>'
        for name, count in counts
    )
    listed = f'<ol class="a-ranking">{rows}</ol>' if counts else f'<p class="a-blank">{escape(none)}</p>'
    return (
        f'<figure class="a-card a-chart"><figcaption><h3>{escape(framing.title)}</h3><p>{escape(framing.summary)}</p>'
        f"</figcaption>{listed}</figure>"
    )
