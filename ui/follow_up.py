"""Follow-up: how a question was understood, the question back with its buttons, and the step that was asked for."""

from __future__ import annotations

import unicodedata
from html import escape

from assistant.answer import Answer, Found, RowChoice
from assistant.conversation import own_name
from assistant.steps import Step
from index.codes.find import find_codes
from index.codes.rivals import Choice
from index.manuals import signs
from index.text import language
from ui.wording import Lang, say

CHOOSE = "andon.picks(element, 'button.a-machine', (b) => trigger('choose', { manual: b.dataset.manual }));"


def follow_up_html(found: Found, lang: Lang) -> str:
    """What stands above the quotes: the completed question of a follow-up, and which machines or rows to choose
    among."""
    return _understood(found, lang) + _choices(found, lang) + _rows(found, lang)


def marked_step(html: str, step: Step | None) -> str:
    """The quotes' ``html`` with the step that was asked for marked, in its place in the whole procedure."""
    for line in step.lines if step is not None else ():
        found = signs.step(line)
        if found is not None:
            label, rest = (escape(part) for part in found)
            plain = f"{label}</span><span>{rest}</span>"
            html = html.replace(plain, f"{label}</span><span><mark>{rest}</mark></span>", 1)
    return html


def step_verdict(answer: Answer, lang: Lang) -> str:
    """What the reader is told of a step that was asked for."""
    assert answer.step is not None
    return say("answer.step", lang) if answer.step.lines else say("answer.step.missing", lang, count=answer.step.count)


def one_per_manual(choices: tuple[Choice, ...]) -> tuple[Choice, ...]:
    """The first entry of each manual: what is chosen is the machine."""
    return tuple({choice.manual_id: choice for choice in reversed(choices)}.values())[::-1]


def _understood(found: Found, lang: Lang) -> str:
    if not found.understood:
        return ""
    dropped = f"<br>{_say('ask.dropped', lang, dropped=found.dropped)}" if found.dropped else ""
    return (
        f'<p class="a-understood">{_say("ask.understood", lang)} '
        f'<strong lang="{found.lang}">{escape(found.understood)}</strong>{dropped}</p>'
    )


def _choices(found: Found, lang: Lang) -> str:
    if not found.choices:
        return ""
    buttons = "".join(
        f'<li><button type="button" class="a-machine" data-manual="{escape(choice.manual_id)}">'
        f'<strong lang="{language(choice.title)}">{escape(choice.title)}</strong>'
        f"<span>{escape(_meaning(choice, found))}</span>"
        f"</button></li>"
        for choice in one_per_manual(found.choices)
    )
    why = _say("choice.why", lang, code=printed_code(found))
    return (
        f'<section class="a-card a-choose" aria-labelledby="which"><h2 id="which">{_say("choice.question", lang)}</h2>'
        f"<p>{why}</p><ul>{buttons}</ul></section>"
    )


def _rows(found: Found, lang: Lang) -> str:
    """The rows of the table that may be meant, each a button that asks for it by its name."""
    if not found.rows or found.declined:
        return ""
    buttons = "".join(
        f'<li><button type="button" class="a-row-choice a-ask-this" data-question="{escape(asked_for(found, row))}">'
        f'<strong lang="{found.quotes[0].hit.passage.lang}">{escape(row.name)}</strong></button></li>'
        for row in found.rows
    )
    told = f'<h2 id="which-row">{_say("row.question", lang)}</h2><p>{_say("row.why", lang)}</p>'
    return f'<section class="a-card a-choose" aria-labelledby="which-row">{told}<ul>{buttons}</ul></section>'


def asked_for(found: Found, row: RowChoice) -> str:
    """The question again, for that row."""
    return f"{found.asked} ({row.name})"


def printed_code(found: Found) -> str:
    """The code that means several things, as the question has it."""
    code = found.choices[0].code
    asked = unicodedata.normalize("NFKC", found.asked)
    return next((asked[one.start : one.end] for one in find_codes(asked) if one.canonical == code), code)


def _meaning(choice: Choice, found: Found) -> str:
    """What the code is called there: the row's own name where it is quoted, else the heading above it."""
    hit = next((quote.hit for quote in found.quotes if quote.hit.passage.id == choice.passage_id), None)
    return next(iter(own_name(hit) if hit is not None else ()), "") or (choice.section[-1] if choice.section else "")


def _say(key: str, lang: Lang, **values: object) -> str:
    return escape(say(key, lang, **values))
