"""Stoppages: the admin page's part for what colleagues noted of them: looked through, corrected, deleted, switched."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from html import escape
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import gradio as gr

from assistant.errors import AssistantFailed
from assistant.precedents import held_back
from assistant.records.errors import FeedbackRefused, RecordUnknown
from assistant.records.stoppages import LONGEST, LONGEST_NAME, MOST_MINUTES, LineRecords, Stoppage
from ui.admin.cells import blank, done_html, failed_html, title, told, when
from ui.wording import Lang, say, say_error

if TYPE_CHECKING:
    from assistant.records.entry import Act
    from assistant.records.records import Records

SHOWN = 100
# what the list tells the page: that it is looked at, a filter, a line switched, a record corrected or deleted
EVENTS = """
const words = () => element.querySelector('form.a-look input')?.value || '';
andon.shown(element, 'stoppages', () => trigger('look', { words: words() }));
element.addEventListener('submit', (event) => {
  event.preventDefault();
  const { number } = event.target.dataset;
  if (number) trigger('correct', { ...Object.fromEntries(new FormData(event.target)), number, words: words() });
  else trigger('look', { words: words() });
});
andon.picks(element, 'button.a-switch', (b) =>
  trigger('enable', { line: b.dataset.line, on: b.getAttribute('aria-checked') !== 'true', words: words() }));
andon.asks(element, 'button.a-delete-stop', 'stops-dialog', (b) =>
  trigger('remove', { number: b.dataset.number, words: words() }));
"""
_TEXTS = ("symptom", "cause", "remedy")
_NAMES = ("code", "line", "machine")


class StoppagesPart:
    """Components and what they do. ``lang_of``: the language of the page that a request comes from; ``note``: writes
    into the log who changed what."""

    def __init__(
        self,
        records: Records,
        lang_of: Callable[[gr.Request], Lang],
        note: Callable[[gr.Request, Act, str], None],
    ) -> None:
        self._records = records
        self._lang = lang_of
        self._note = note

    def build(self) -> None:
        self._said = gr.HTML(apply_default_css=False, elem_id="stoppages-said")
        self._list = gr.HTML(apply_default_css=False, elem_id="stoppages", js_on_load=EVENTS)

    def wire(self, quiet: dict[str, Any]) -> None:
        shown = [self._said, self._list]
        for event, act in (
            (self._list.look, self._look),
            (self._list.correct, self._correct),
            (self._list.remove, self._remove),
            (self._list.enable, self._enable),
        ):
            event(act, outputs=shown, **quiet)

    def _look(self, request: gr.Request, event: gr.EventData) -> list[Any]:
        return self._try(request, event, lambda lang: "")

    def _correct(self, request: gr.Request, event: gr.EventData) -> list[Any]:
        def correct(lang: Lang) -> str:
            number = int(event.number)
            before = self._records.stoppages.some([number]).get(number)
            if before is None:
                raise RecordUnknown(f"There is no stoppage {number}.", "Look at the list again.")
            given: dict[str, Any] = {name: str(getattr(event, name, "")) for name in (*_TEXTS, *_NAMES)}
            minutes = str(event.minutes_down)
            if not minutes.isdigit():
                raise FeedbackRefused(f"{minutes!r} is no number of minutes.", "Give a whole number.")
            self._records.correct_stoppage(number, replace(before, minutes_down=int(minutes), **given))
            self._note(request, "stoppage", f"{number}: corrected")
            return done_html(say("stops.corrected", lang))

        return self._try(request, event, correct)

    def _remove(self, request: gr.Request, event: gr.EventData) -> list[Any]:
        def remove(lang: Lang) -> str:
            self._records.delete_stoppage(int(event.number))
            self._note(request, "stoppage", f"{event.number}: deleted")
            return done_html(say("stops.deleted", lang))

        return self._try(request, event, remove)

    def _enable(self, request: gr.Request, event: gr.EventData) -> list[Any]:
        def enable(lang: Lang) -> str:
            line, on = str(event.line), event.on is True
            self._records.enable_stoppages(line, on)
            self._note(request, "stoppage", f"{line or '-'}: {'on' if on else 'off'}")
            named = line or say("stops.no_line", lang)
            return done_html(say("stops.line_on" if on else "stops.line_off", lang, line=named))

        return self._try(request, event, enable)

    def _try(self, request: gr.Request, event: gr.EventData, act: Callable[[Lang], str]) -> list[Any]:
        """What was said and the list after ``act``; where that fails, why, and what was typed stays."""
        lang, words = self._lang(request), str(getattr(event, "words", ""))
        try:
            said, table = act(lang), self._records.stoppages
            listed = stoppages_html(table.all(words, SHOWN), table.count(words), table.lines(), words, lang)
        except AssistantFailed as failed:
            return [failed_html(say_error(failed.code, lang, failed.message)), gr.skip()]
        return [said, listed]


def stoppages_html(
    stoppages: Sequence[Stoppage], count: int, lines: Sequence[LineRecords], words: str, lang: Lang
) -> str:
    """The records, newest first, the lines that can be switched, and the ways to take all of them home."""
    head = title("stops.title", lang, note="stops.note")
    if not lines:
        return head + blank("stops.none", lang)
    search = (
        f'<form class="a-look"><label class="a-field">{told("stops.words", lang)}<input name="words" maxlength="200" '
        f'value="{escape(words)}"></label><button type="submit" class="a-act a-save">'
        f"{told('stops.look', lang)}</button></form>"
    )
    below = lines_html(lines, lang)
    if not stoppages:
        return head + search + blank("stops.none_found", lang) + below
    many = told(
        "stops.count" if count > len(stoppages) else "stops.whole", lang, count=f"{count:,}", shown=len(stoppages)
    )
    rows = "".join(_record(one, lang) for one in stoppages)
    given = {"words": words} if words else {}
    links = "".join(
        f'<a class="a-open" href="/stoppages?{escape(urlencode({**given, "format": form}))}" download>'
        f"{told(f'stops.as_{form}', lang)}</a>"
        for form in ("csv", "jsonl")
    )
    return (
        f'{head}{search}<p class="a-note" role="status">{many}</p>'
        f'<div class="a-card a-taller" tabindex="0" role="region" aria-label="{told("stops.title", lang)}">{rows}</div>'
        f'<p class="a-links">{links}</p>{below}{_dialog(lang)}'
    )


def lines_html(lines: Sequence[LineRecords], lang: Lang) -> str:
    """Each line with a switch: whether its records are shown to operators."""
    rows = "".join(_line(one, lang) for one in lines)
    return (
        f'<h3 class="a-title a-lesser">{told("stops.lines", lang)}</h3><p class="a-note">'
        f'{told("stops.lines_note", lang)}</p><div class="a-card"><ul class="a-lines" role="list">{rows}</ul></div>'
    )


def _line(one: LineRecords, lang: Lang) -> str:
    named = one.line or say("stops.no_line", lang)
    on = "true" if one.enabled else "false"
    return (
        f"<li><b>{escape(named)}</b><span>{told('stops.line_count', lang, count=f'{one.count:,}')}</span>"
        f'<button type="button" class="a-switch" role="switch" aria-checked="{on}" data-line="{escape(one.line)}" '
        f'aria-label="{told("stops.switch", lang, line=named)}"><i aria-hidden="true"></i>'
        f"<span>{told('stops.on' if one.enabled else 'stops.off', lang)}</span></button></li>"
    )


def _record(one: Stoppage, lang: Lang) -> str:
    name = " ・ ".join(part for part in (one.code or say("stops.no_alarm", lang), one.line, one.machine) if part)
    who = f"<span>{told('stops.who', lang, who=one.who)}</span>" if one.who else ""
    held = ""
    if held_back(one):
        held = (
            f'<p class="a-held"><span class="a-chip a-held-back">{told("stops.held_back", lang)}</span>'
            f"{told('stops.held_back_note', lang)}</p>"
        )
    fields = "".join(
        f'<dt>{told(f"stops.{key}", lang)}</dt><dd lang="{escape(one.lang)}">{escape(getattr(one, key))}</dd>'
        for key in _TEXTS
        if getattr(one, key)
    )
    on = told("before.on", lang, date=one.day, minutes=one.minutes_down)
    label = told("stops.delete_name", lang, name=name)
    return (
        f'<div class="a-record" data-stoppage="{one.id}"><h3>{escape(name)}</h3>'
        f'<p class="a-told-when"><span>{on}</span><span>{told("stops.closed", lang, at=when(one.closed_at))}</span>'
        f"{who}</p>{held}<dl>{fields}</dl>"
        f'<details class="a-correct"><summary>{told("stops.correct", lang)}</summary>{_form(one, lang)}</details>'
        f'<div class="a-row-acts"><button type="button" class="a-act a-delete-stop" data-number="{one.id}" '
        f'data-name="{escape(name)} ({one.day})" aria-label="{label}">{told("stops.delete", lang)}</button></div></div>'
    )


def _form(one: Stoppage, lang: Lang) -> str:
    names = "".join(
        f'<label class="a-field">{told(f"stops.{name}", lang)}<input name="{name}" maxlength="{LONGEST_NAME}" '
        f'value="{escape(getattr(one, name))}"></label>'
        for name in _NAMES
    )
    texts = "".join(
        f'<label class="a-field">{told(f"stops.{name}", lang)}<textarea name="{name}" rows="2" maxlength="{LONGEST}"'
        f"{' required' if name == 'remedy' else ''}>{escape(getattr(one, name))}</textarea></label>"
        for name in _TEXTS
    )
    return (
        f'<form data-number="{one.id}"><div class="a-filter">{names}<label class="a-field">'
        f'{told("stops.minutes_down", lang)}<input name="minutes_down" type="number" inputmode="numeric" min="0" '
        f'max="{MOST_MINUTES}" value="{one.minutes_down}" required></label></div>{texts}'
        f'<button type="submit" class="a-act a-save">{told("stops.save", lang)}</button></form>'
    )


def _dialog(lang: Lang) -> str:
    """Asks before a record is deleted; page.js opens it and fills in which."""
    return (
        f'<dialog class="a-dialog" id="stops-dialog" aria-labelledby="stops-dialog-title"><h2 id="stops-dialog-title">'
        f'{told("stops.delete_title", lang)}</h2><p class="a-dialog-name"></p><p>{told("stops.delete_text", lang)}</p>'
        f'<div><button type="button" class="a-no" autofocus>{told("admin.delete_no", lang)}</button>'
        f'<button type="button" class="a-yes">{told("admin.delete_yes", lang)}</button></div></dialog>'
    )
