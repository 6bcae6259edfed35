"""Hit list: what a search on the admin page finds, with why and how well, in plain words."""

from __future__ import annotations

from html import escape

from assistant.answer import Found
from assistant.relevance import decline, relevance
from index.codes.rivals import Choice
from index.passage import Hit
from index.search.searcher import Results
from ui.admin.cells import told
from ui.cards import body_html, head_html
from ui.precedents import precedents_html
from ui.wording import Lang, say

TOLD_SHARE = 0.05  # less of a question is an ending or a particle


def hits_html(results: Results, lang: Lang, shown: Found | None = None) -> str:
    """What a search finds, best first, with score and why; above it whether it would be answered, and what of the
    question found nothing. ``shown``: what an operator would be shown of it; its precedents stand below the verdict."""
    notes = _verdict(results, lang, shown)
    if results.unknown_codes:
        codes = ", ".join(results.unknown_codes)
        notes += f'<p class="a-note">{told("admin.unknown_codes", lang, codes=codes)}</p>'
    if results.choices:  # also where all are of one machine, and nobody is asked
        places = "".join(f"<li>{escape(_place(choice))}</li>" for choice in results.choices)
        notes += f'<div class="a-note a-places">{told("admin.choices", lang)}<ul>{places}</ul></div>'
    if shown is not None:
        notes += precedents_html(shown.precedents, lang)
    if not results.hits:
        return f'{notes}<p class="a-note" role="status">{told("admin.no_hits", lang)}</p>'
    return notes + _legend(lang) + "".join(_hit(hit, rank, lang) for rank, hit in enumerate(results.hits, start=1))


def _place(choice: Choice) -> str:
    """Where an entry stands; a manual whose first heading is its title is named once."""
    return " › ".join(dict.fromkeys((choice.title, *choice.section)))


def _verdict(results: Results, lang: Lang, shown: Found | None) -> str:
    """Whether an operator would get an answer, and which share of the question nothing answers to."""
    why = (shown.declined if shown is not None else None) or decline(results)
    asks = "" if shown is None else "machine" if shown.choices else "row" if shown.rows else ""
    told_first = told(f"admin.would_ask_{asks}" if asks else "admin.would_answer", lang)
    if why:
        told_first = told("admin.would_decline", lang, reason=say(f"answer.declined.{why}", lang))
    lines = [f"<b>{told_first}</b>"]
    refused = why == "unsafe_request"  # whatever its words: no site word is to make it found
    if results.hits and not refused:
        lines.append(told("admin.likely", lang, percent=f"{100 * relevance(results):.0f}"))
    for key, share in (("admin.in_no_manual", results.missing), ("admin.no_match", results.unmatched)):
        if share is not None and share >= TOLD_SHARE and not refused:
            lines.append(told(key, lang, percent=f"{100 * share:.0f}"))
    if results.value_beside < 1 and not refused:
        lines.append(told("admin.value_apart", lang))
    kind = "a-declines" if why else "a-answers"
    return (
        f'<div class="a-card a-verdict-card {kind}" role="status">{"".join(f"<p>{line}</p>" for line in lines)}</div>'
    )


def _legend(lang: Lang) -> str:
    """What the reasons mean, folded."""
    rows = "".join(
        f"<dt>{told(f'admin.means.{name}', lang)}</dt><dd>{told(f'admin.means.{name}.text', lang)}</dd>"
        for name in ("score", "code", "keyword", "vector", "match", "support")
    )
    summary = told("admin.means", lang)
    return f'<details class="a-card a-facts"><summary>{summary}</summary><dl>{rows}</dl></details>'


def _hit(hit: Hit, rank: int, lang: Lang) -> str:
    score = f'<li class="a-score">{told("admin.score", lang, score=f"{hit.score:.3f}")}</li>'
    held = f"<li>{told('admin.support', lang, percent=f'{hit.support * 100:.0f}')}</li>"
    why = "".join(
        f"<li>{told(f'admin.why.{why.by}', lang, rank=why.rank)}{escape(f' ({why.detail})' if why.detail else '')}</li>"
        for why in hit.why
    )
    head = head_html(hit, rank, lang, folded=True)
    return (
        f'<div class="a-card a-hit"><details><summary class="a-head">{head}</summary>'
        f'{body_html(hit, lang)}</details><ul class="a-why">{score}{why}{held}</ul></div>'
    )
