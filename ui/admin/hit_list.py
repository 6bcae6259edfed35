"""Hit list: what a search on the admin page finds, with why and how well, in plain words."""

from __future__ import annotations

from html import escape

from index.passage import Hit
from index.search.searcher import Results
from ui.admin.cells import told
from ui.cards import body_html, head_html
from ui.wording import Lang


def hits_html(results: Results, lang: Lang) -> str:
    """What a search finds, best first, with score and why."""
    notes = ""
    if results.unknown_codes:
        codes = ", ".join(results.unknown_codes)
        notes = f'<p class="a-note">{told("admin.unknown_codes", lang, codes=codes)}</p>'
    if results.choices:
        places = " / ".join(" > ".join((choice.title, *choice.section)) for choice in results.choices)
        notes += f'<p class="a-note">{told("admin.choices", lang, places=places)}</p>'
    if not results.hits:
        return f'{notes}<p class="a-note" role="status">{told("admin.no_hits", lang)}</p>'
    return notes + "".join(_hit(hit, rank, lang) for rank, hit in enumerate(results.hits, start=1))


def _hit(hit: Hit, rank: int, lang: Lang) -> str:
    score = f'<li class="a-score">{told("admin.score", lang, score=f"{hit.score:.3f}")}</li>'
    held = f"<li>{told('admin.support', lang, percent=f'{hit.support * 100:.0f}')}</li>"
    why = "".join(
        f"<li>{told(f'admin.why.{why.by}', lang, rank=why.rank)}{escape(f' ({why.detail})' if why.detail else '')}</li>"
        for why in hit.why
    )
    return (
        f'<details class="a-card a-hit"><summary class="a-head">{head_html(hit, rank, lang, folded=True)}</summary>'
        f'<ul class="a-why">{score}{why}{held}</ul>{body_html(hit, lang)}</details>'
    )
