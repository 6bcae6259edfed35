"""Cards: a quoted passage as HTML: where it stands, its own words, its page, the way to the original."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from urllib.parse import quote as url_quote

from assistant.answer import Found, Quote
from index.passage import Hit, Twin
from ui.asked_cell import asked_cell, row_html
from ui.checklist import checklist_html
from ui.page_view import show_button
from ui.take_away import label_of, quote_buttons
from ui.verbatim import verbatim_html
from ui.wording import Lang, say

MOST_TWINS = 4  # more are folded
SNIPPET = 120  # characters; the page cuts it to one line
NOTE = (
    '<svg class="a-icon" viewBox="0 0 24 24" aria-hidden="true"><circle cx="12" cy="12" r="10"/>'
    '<path class="a-mark" d="M11 10.5h2V17h-2zM11 7h2v2h-2z"/></svg>'
)

_OUT = (
    '<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M14 4h6v6h-2V7.4l-7.8 7.8-1.4-1.4L16.6 6H14zM5 6h6v2H7v9h9v-4'
    'h2v6H5z"/></svg>'
)


def quotes_html(found: Found, lang: Lang, why: tuple[str, str] | None = None, more: str = "") -> str:
    """The best passage open, the others folded below; where the question was declined, why and the nearest sections.
    ``why``: heading and text that are told in the place of the usual ones; ``more`` (HTML) stands below them."""
    if found.declined:
        said = f"answer.declined.{found.declined}"
        title, text = why or (say(said, lang), say(f"{said}.help", lang))
        return notice_html(title, text, more) + _safety(found.quotes, lang) + _nearest(found.nearest, lang)
    if not found.quotes:
        return ""
    if found.choices:  # no machine's words stand open before it is settled which one is meant
        return "".join(_folded(quote, lang, tag="h3") for quote in found.quotes)
    first, rest = found.quotes[0], found.quotes[1:]
    parts = [f'<h2 class="a-heading">{_say("quote.heading", lang)}</h2>', _card(first, lang, found.asked)]
    if rest:
        parts.append(f'<h3 class="a-heading a-more">{_say("quote.more", lang, count=len(rest))}</h3>')
        parts += [_folded(quote, lang, found.asked) for quote in rest]
    return "".join(parts)


def notice_html(title: str, text: str, more: str = "") -> str:
    """A calm message that stands where the quote would; ``more`` is HTML below its text."""
    return (
        f'<div class="a-card a-notice">{NOTE}<div><h2 class="a-refusal">{escape(title)}</h2>'
        f"<p>{escape(text)}</p>{more}</div></div>"
    )


def page_label(hit: Hit, lang: Lang) -> str:
    """The printed page of a hit, see ``label_of``."""
    return label_of(hit.passage, lang)


def place_html(hit: Hit, lang: Lang, ways: str = "") -> str:
    """Manual, printed page, page of the file, and the link that opens the original there beside ``ways``, buttons. A
    format without pages shows none: the section above tells the place."""
    page, label = hit.passage.pages[0], page_label(hit, lang)
    href = _original(hit, label)
    told = _say("quote.open_page" if label else "quote.open_file", lang, title=hit.manual.title, label=label)
    hint = f"{_say('quote.open', lang)}: {told}"  # what is seen stands in what is read out
    same = hit.passage.page_labels[0] in (str(page), f"~{page}")
    of_file = "" if same else f'<span class="a-physical">({_say("quote.page_of_file", lang, page=page)})</span>'
    printed = f'<span class="a-page">{_say("quote.page", lang, label=label)}{of_file}</span> ' if label else ""
    read = hit.passage.recognised is not None
    by_ocr = f' <strong class="a-by-ocr">{_say("quote.by_ocr", lang)}</strong>' if read else ""
    return (
        f'<footer class="a-place"><p><cite>{escape(hit.manual.title)}</cite> {printed}'
        f'<span class="a-revision">{_say("quote.revision", lang, revision=hit.passage.revision)}</span>{by_ocr}</p>'
        f'<span class="a-ways">{ways}'
        f'<a class="a-open" href="{escape(href)}" target="_blank" rel="noopener" aria-label="{hint}">'
        f"{_say('quote.open', lang)}</a></span></footer>"
    )


def _original(hit: Hit, label: str) -> str:
    """The address of the original, at the hit's page where its format has pages (``label``)."""
    return f"/manuals/{url_quote(hit.manual.id, safe='')}/original{f'#page={hit.passage.pages[0]}' if label else ''}"


def also_html(hit: Hit, lang: Lang) -> str:
    """The other manuals in which the very same words stand, each with the way there; many are folded, "" where there is
    none."""
    if not hit.also:
        return ""
    places = "".join(f"<li>{_also(twin, lang)}</li>" for twin in hit.also)
    if len(hit.also) > MOST_TWINS:
        summary = _say("quote.also_many", lang, count=len(hit.also))
        return f'<details class="a-also"><summary>{summary}</summary><ul>{places}</ul></details>'
    return f'<div class="a-also">{_say("quote.also", lang)}<ul>{places}</ul></div>'


def _also(twin: Twin, lang: Lang) -> str:
    there = Hit(twin.passage, twin.manual, 0.0, 0.0)
    label = page_label(there, lang)
    href = _original(there, label)
    section = escape(" › ".join(twin.passage.section[-1:]))
    where = ", ".join(part for part in (section, _say("quote.page", lang, label=label) if label else "") if part)
    link = f'<a href="{escape(href)}" target="_blank" rel="noopener">{escape(twin.manual.title)}</a>'
    return f"{link} <span>{where}</span>"


def head_html(hit: Hit, number: int | None, lang: Lang, tag: str = "h3", *, folded: bool = False) -> str:
    """Citation number, section path, section and kind; folded also how its text begins. Folded, or without a number,
    the path begins with the manual, which is named nowhere else then."""
    section = hit.passage.section or (hit.manual.title,)
    named = (number is None or folded) and bool(hit.passage.section) and section[0] != hit.manual.title
    above = (hit.manual.title, *section[:-1]) if named else section[:-1]
    path = "".join(f"<span>{escape(part)}</span>" for part in above)
    mark = "" if number is None else f'<span class="a-number" aria-hidden="true">{number}</span>'
    begin = f'<p class="a-snippet" lang="{hit.passage.lang}">{escape(snippet(hit))}</p>' if folded else ""
    return (
        f'{mark}<div class="a-where" lang="{hit.passage.lang}"><p class="a-path">{path}</p>'
        f'<{tag} class="a-section">{escape(section[-1])}</{tag}>'
        f'{begin}</div><span class="a-kind">{_say(f"quote.kind.{hit.passage.kind}", lang)}</span>'
    )


def snippet(hit: Hit) -> str:
    """How a passage begins, on one line; of an alarm's or symptom's row the values alone, so that code and name come
    first."""
    lines = hit.passage.text.split("\n")[:6]
    if hit.passage.kind in ("alarm", "symptom", "faq"):
        lines = [line.partition(": ")[2] or line for line in lines]
    return " ".join(" ".join(lines).split())[:SNIPPET]


def body_html(hit: Hit, lang: Lang, ways: str = "") -> str:
    """The passage's own words and its place, with ``ways`` (buttons) beside it. The words keep the manual's
    language for screen readers."""
    words = verbatim_html(hit.passage.text, hit.passage.kind)
    place = place_html(hit, lang, ways)
    return f'<div class="a-body" lang="{hit.passage.lang}">{words}</div>{place}{also_html(hit, lang)}'


def _quoted(quote: Quote, lang: Lang, question: str) -> str:
    """A quote's own words, its steps to be ticked off, its place and what can be taken along; the row that ``question``
    asks for stands by itself above a table."""
    hit, passage = quote.hit, quote.hit.passage
    asked = asked_cell(hit, question) if question else None
    above = row_html(asked, lang) if asked is not None and not asked.alone else ""
    words = checklist_html(verbatim_html(passage.text, passage.kind, asked), passage.id, lang)
    return (
        f'{warnings_html(quote, lang)}<div class="a-body" lang="{passage.lang}">{above}{words}</div>'
        f"{place_html(hit, lang, show_button(hit, lang) + quote_buttons(quote, lang))}{also_html(hit, lang)}"
    )


def _card(quote: Quote, lang: Lang, question: str = "") -> str:
    label = _say("quote.number", lang, number=quote.number)
    return (
        f'<article class="a-card a-best" id="quote-{quote.number}" tabindex="-1" aria-label="{label}" '
        f'data-asked="{escape(question)}"><header class="a-head">{head_html(quote.hit, quote.number, lang)}</header>'
        f"{_quoted(quote, lang, question)}</article>"
    )


def _folded(quote: Quote, lang: Lang, question: str = "", tag: str = "h4") -> str:
    """``tag``: its heading's, one below the heading that stands above the folded ones."""
    return (
        f'<details class="a-card" id="quote-{quote.number}"><summary class="a-head">'
        f"{head_html(quote.hit, quote.number, lang, tag, folded=True)}</summary>"
        f"{_quoted(quote, lang, question)}</details>"
    )


def _safety(quotes: Sequence[Quote], lang: Lang) -> str:
    """What the manuals warn of, all open: it is the answer to a request that is refused."""
    if not quotes:
        return ""
    return f'<h2 class="a-heading">{_say("quote.safety", lang)}</h2>' + "".join(_card(quote, lang) for quote in quotes)


def warnings_html(quote: Quote, lang: Lang) -> str:
    """The warnings that belong to a procedure, with their pages; "" where it has none beside its own text."""
    if not quote.warnings:
        return ""
    shown = "".join(_warning(Hit(warning, quote.hit.manual, 0.0, 0.0), lang) for warning in quote.warnings)
    return f'<section class="a-warnings"><h4>{_say("quote.warnings", lang)}</h4>{shown}</section>'


def _warning(hit: Hit, lang: Lang) -> str:
    label, passage = page_label(hit, lang), hit.passage
    page = f'<span class="a-page">{_say("quote.page", lang, label=label)}</span>' if label else ""
    return f'<div lang="{passage.lang}">{verbatim_html(passage.text, "warning")}{page}</div>'


def _nearest(hits: Sequence[Hit], lang: Lang) -> str:
    if not hits:
        return ""
    cards = "".join(_near(hit, lang) for hit in hits)
    return (
        f'<h2 class="a-heading">{_say("quote.nearest", lang)}</h2>'
        f'<p class="a-note">{_say("quote.nearest_note", lang)}</p>{cards}'
    )


def _near(hit: Hit, lang: Lang) -> str:
    """A section that is near the question: folded, with a link that opens its page at once."""
    label, section = page_label(hit, lang), (*hit.passage.section, hit.manual.title)[-2 if hit.passage.section else -1]
    hint = _say("quote.nearest_open", lang, title=hit.manual.title, section=section)
    named = _say("quote.page", lang, label=label) if label else ""
    page = f"<span>{named}</span>" if label else ""
    return (
        f'<div class="a-near"><details class="a-card"><summary class="a-head">'
        f"{head_html(hit, None, lang, 'h3', folded=True)}</summary>"
        f"{body_html(hit, lang, show_button(hit, lang))}</details>"
        f'<a class="a-card a-to" href="{escape(_original(hit, label))}" target="_blank" rel="noopener" '
        f'aria-label="{named} {hint}">{_OUT}{page}</a></div>'
    )


def _say(key: str, lang: Lang, **values: object) -> str:
    return escape(say(key, lang, **values))
