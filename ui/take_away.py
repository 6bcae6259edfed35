"""TakeAway: a quote or an answer to take along: copied as text, or printed with warnings, manual, page and date."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from assistant.answer import Answer, Quote
from index.passage import Hit, Passage
from ui.wording import Lang, say

_COPY = (
    '<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M8 3h11a1 1 0 0 1 1 1v13h-2V5H8zM5 7h10a1 1 0 0 1 1 1v12a1 1 '
    '0 0 1-1 1H5a1 1 0 0 1-1-1V8a1 1 0 0 1 1-1zm1 2v10h8V9z"/></svg>'
)
_PRINT = (
    '<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M7 3h10v4H7zM4 8h16a1 1 0 0 1 1 1v8h-4v4H7v-4H3V9a1 1 0 0 '
    '1 1-1zm5 7v4h6v-4z"/></svg>'
)


def quote_buttons(quote: Quote, lang: Lang) -> str:
    """Copy and print of a quoted passage."""
    return copy_button(quote_text(quote, lang), lang) + (
        f'<button type="button" class="a-act a-print" data-sheet="{_say("print.sheet", lang)}" '
        f'data-printed="{_say("print.printed", lang)}" data-note="{_say("print.note", lang)}">'
        f"{_PRINT}{_say('print.button', lang)}</button>"
    )


def copy_button(text: str, lang: Lang) -> str:
    return (
        f'<button type="button" class="a-act a-copy" data-copy="{escape(text)}" data-done="{_say("copy.done", lang)}" '
        f'data-failed="{_say("copy.failed", lang)}">{_COPY}<span aria-live="polite">{_say("copy.button", lang)}</span>'
        "</button>"
    )


def quote_text(quote: Quote, lang: Lang) -> str:
    """The passage as plain text: where it stands, its section's warnings, its own words, its source."""
    passage = quote.hit.passage
    parts = [" > ".join(passage.section), *(warning.text for warning in quote.warnings), passage.text]
    return "\n\n".join(part for part in (*parts, source_text(quote.hit, lang)) if part)


def answer_text(answer: Answer, lang: Lang) -> str:
    """Question, answer and the sources that it cites, as plain text."""
    cited = {number for sentence in answer.sentences if sentence.supported for number in sentence.citations}
    sources = [f"[{quote.number}] {source_text(quote.hit, lang)}" for quote in answer.quotes if quote.number in cited]
    return "\n\n".join(part for part in (answer.question, answer.text, "\n".join(sources)) if part)


def source_text(hit: Hit, lang: Lang) -> str:
    """Manual, page and revision in one line."""
    label = label_of(hit.passage, lang)
    page = say("quote.page", lang, label=label) if label else ""
    revision = say("quote.revision", lang, revision=hit.passage.revision)
    return say("copy.between", lang).join(part for part in (hit.manual.title, page, revision) if part)


def label_of(passage: Passage, lang: Lang) -> str:
    """The printed page, or the range of pages: "5-3", "5-3–5-4"; "about 12" for an estimate, "" where the format has no
    pages."""
    labels: Sequence[str] = [
        say("quote.about_page", lang, page=label[1:]) if label.startswith("~") else label
        for label in dict.fromkeys(passage.page_labels)
    ]
    return labels[0] if len(labels) == 1 else f"{labels[0]}–{labels[-1]}"


def _say(key: str, lang: Lang) -> str:
    return escape(say(key, lang))
