"""Operator page: the question, the manual's own words at once, then the checked answer."""

from __future__ import annotations

from collections.abc import AsyncIterator
from html import escape
from typing import Any

import gradio as gr

from assistant.answer import Found
from assistant.build import Andon
from assistant.records.gaps import REASONS
from index.library import Scope
from ui.answers import EMPTY, answer_html, failure_html
from ui.cards import quotes_html
from ui.feedback import HIDE, FeedbackPart
from ui.follow_up import CHOOSE, follow_up_html, marked_step
from ui.frame import LANG_EVENT, READY, account_of, event_lang, http_of, page_lang, seat_key, top_html
from ui.narrow_bar import FIELDS, NARROW_EVENT, Narrowed, bar_html, remembered
from ui.page_view import VIEW_EVENT, view_html
from ui.quick import BUTTONS, QuickQuestions
from ui.turn import Seats, Turn, View
from ui.within import WIDEN, none_within, widen_html, within_html
from ui.wording import Lang, say

AT_ONCE = 16  # questions shown at once; the runner answers them one by one, each has its quotes at once
WAITING = 64  # events that may wait; more are told that the line is full
ANEW = "() => { andon.card.forget(); document.querySelector('#feedback .a-feedback')?.setAttribute('hidden', ''); }"
REVEAL = "watch('value', () => { andon.reveal(element); andon.card.fresh(element); andon.view.follow(element); });"


class OperatorPage:
    """The page's components and what they do. ``blocks`` is what is mounted."""

    def __init__(self, andon: Andon) -> None:
        self._andon = andon
        self._quick = QuickQuestions(andon.library)
        self.seats = Seats(andon.assistant, andon.records)
        self._feedback = FeedbackPart(andon.records, self.seats)
        with gr.Blocks(title=say("page.title", "ja"), analytics_enabled=False, fill_width=True) as self.blocks:
            self._build()
            self._wire()
        self.blocks.queue(max_size=WAITING, api_open=False, default_concurrency_limit=AT_ONCE)

    def _build(self) -> None:
        self._top = gr.HTML(js_on_load=LANG_EVENT, apply_default_css=False, elem_id="top")
        with gr.Column(elem_id="ask-box"):
            self._bar = gr.HTML(apply_default_css=False, elem_id="narrow", js_on_load=NARROW_EVENT)
            self._narrowed = gr.State(Narrowed())
            with gr.Row(elem_id="ask-row"):
                self._question = gr.Textbox(lines=1, max_lines=6, elem_id="question", scale=1, autofocus=True)
                self._send = gr.Button(variant="primary", elem_id="send", scale=0)
                self._stop = gr.Button(interactive=False, elem_id="stop", scale=0)
                self._new = gr.Button(elem_id="new", scale=0)
            self._quick_label = gr.HTML(apply_default_css=False, elem_id="quick-label")
            with gr.Row(elem_id="quick"):
                self._buttons = [gr.Button(visible=False, elem_id=f"quick-{at}") for at in range(BUTTONS)]
        with gr.Column(elem_id="results"):
            self._quotes = gr.HTML(apply_default_css=False, elem_id="quotes", js_on_load=REVEAL + CHOOSE + WIDEN)
            self._page = gr.HTML(apply_default_css=False, elem_id="page", js_on_load=VIEW_EVENT)
            with gr.Column(elem_id="answer-side"):
                self._answer = gr.HTML(EMPTY, apply_default_css=False, elem_id="answer")
                self._feedback.build()

    def _wire(self) -> None:
        texts = [
            self._top,
            self._page,
            self._question,
            self._send,
            self._stop,
            self._new,
            self._quick_label,
            *self._buttons,
        ]
        bar = [self._narrowed, self._bar]
        results = [self._quotes, self._answer]
        quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
        self.blocks.load(self._open, outputs=[*bar, *texts, *results], **quiet).then(None, js=READY, **quiet)
        self.blocks.unload(self._close)
        self._top.language(self._speak, inputs=self._narrowed, outputs=[self._bar, *texts, *results], **quiet)
        self._bar.narrow(self._narrow, outputs=bar, **quiet)
        asked = [*results, self._stop]
        asking = {**quiet, "trigger_mode": "multiple", "concurrency_id": "ask", "concurrency_limit": AT_ONCE}
        begun = [self._send.click, self._question.submit]
        ended = [event(self._ask, inputs=self._question, outputs=asked, **asking) for event in begun]
        for button in self._buttons:
            begun.append(button.click)
            ended.append(button.click(self._ask_quick, inputs=button, outputs=[self._question, *asked], **asking))
        for event, again in ((self._quotes.choose, self._choose), (self._quotes.widen, self._widen)):
            event(None, js=HIDE, **quiet)
            ended.append(event(again, outputs=asked, **asking))
        self._feedback.wire(quiet, self._top.language, begun, ended)
        self._new.click(None, js=ANEW, **quiet)
        self._new.click(self._anew, outputs=[self._question, *asked], **quiet)
        self._stop.click(self._halt, queue=False, **quiet)

    def _open(self, request: gr.Request) -> list[Any]:
        key, lang = seat_key(request), page_lang(request)
        self.seats.sit(key, lang)
        narrowed = self._take(key, remembered(http_of(request)))
        return [narrowed, self._bar_html(narrowed, lang), *self._texts(request, lang), self._welcome(lang), EMPTY]

    def _close(self, request: gr.Request) -> None:
        self.seats.leave(seat_key(request))

    def _take(self, key: str, given: Narrowed) -> Narrowed:
        """From here on, this page asks within ``given``, so far as there is such a manual."""
        narrowed = given.among(self._andon.library.enabled())
        self.seats.narrow(key, narrowed.scope)
        return narrowed

    def _narrow(self, request: gr.Request, event: gr.EventData) -> list[Any]:
        key = seat_key(request)
        narrowed = self._take(key, Narrowed.of({name: getattr(event, name, "") for name in FIELDS}))
        return [narrowed, self._bar_html(narrowed, self.seats.lang(key))]

    def _bar_html(self, narrowed: Narrowed, lang: Lang) -> str:
        return bar_html(narrowed, self._andon.library.enabled(), lang)

    def _speak(self, narrowed: Narrowed, request: gr.Request, event: gr.EventData) -> list[Any]:
        key, lang = seat_key(request), event_lang(event)
        self.seats.sit(key, lang)
        view = self.seats.view(key)
        running = view is not None and not view.done
        texts = [self._bar_html(narrowed, lang), *self._texts(request, lang, running)]
        if view is None:
            return [*texts, self._welcome(lang), EMPTY]
        return [*texts, found_html(view, lang, keeps_gaps=self._keeps_gaps), answer_html(view, lang)]

    def _texts(self, request: gr.Request, lang: Lang, running: bool = False) -> list[Any]:
        quick = self._quick.buttons(lang)
        label = f'<p class="a-quick-label">{escape(say("ask.quick", lang))}</p>' if quick else ""
        return [
            top_html(account_of(self._andon, request), lang, "operator"),
            view_html(lang),
            gr.update(label=say("ask.label", lang), placeholder=say("ask.placeholder", lang)),
            say("ask.send", lang),
            gr.update(value=say("ask.stop", lang), interactive=running),
            say("ask.new", lang),
            label,
            *(gr.update(value=button.label, visible=True) for button in quick),
            *(gr.update(visible=False) for _ in range(BUTTONS - len(quick))),
        ]

    async def _ask_quick(self, label: str, request: gr.Request) -> AsyncIterator[list[Any]]:
        question = self._quick.question(label, self.seats.lang(seat_key(request)))
        async for update in self._ask(question, request):
            yield [question, *update]

    async def _ask(self, question: str, request: gr.Request) -> AsyncIterator[list[Any]]:
        key = seat_key(request)
        async for update in self._watch(key, self.seats.ask(key, question or "")):
            yield update

    async def _choose(self, request: gr.Request, event: gr.EventData) -> AsyncIterator[list[Any]]:
        key = seat_key(request)
        turn = self.seats.choose(key, str(getattr(event, "manual", "")))
        if turn is not None:
            async for update in self._watch(key, turn):
                yield update

    async def _widen(self, request: gr.Request) -> AsyncIterator[list[Any]]:
        key = seat_key(request)
        turn = self.seats.widen(key)
        if turn is not None:
            async for update in self._watch(key, turn):
                yield update

    @property
    def _keeps_gaps(self) -> bool:
        """Whether a question without an answer is kept for an admin."""
        return self._andon.records.database is not None and self._andon.records.days > 0

    async def _watch(self, key: str, turn: Turn) -> AsyncIterator[list[Any]]:
        """Shows a question's way until it is done; what did not change is not sent again."""
        sent: tuple[str, str] | None = None
        async for view, lang in self.seats.watch(key, turn):
            quotes, answer = found_html(view, lang, keeps_gaps=self._keeps_gaps), answer_html(view, lang)
            yield [
                gr.skip() if sent and sent[0] == quotes else quotes,
                gr.skip() if sent and sent[1] == answer else answer,
                gr.update(interactive=not view.done and not view.stopping),
            ]
            sent = (quotes, answer)

    def _anew(self, request: gr.Request) -> list[Any]:
        key = seat_key(request)
        self.seats.clear(key)
        return ["", self._welcome(self.seats.lang(key)), EMPTY, gr.update(interactive=False)]

    def _halt(self, request: gr.Request) -> None:
        self.seats.stop(seat_key(request))

    def _welcome(self, lang: Lang) -> str:
        manuals = len(self._andon.library.enabled())
        title = f"<h2>{escape(say('ask.empty.title', lang))}</h2>"
        if not manuals:
            return f'<div class="a-card a-welcome">{title}<p>{escape(say("ask.empty.none", lang))}</p></div>'
        steps = "".join(f"<li>{escape(say(f'ask.empty.{number}', lang))}</li>" for number in (1, 2, 3))
        # with several, the bar above says how many
        count = f"<p>{escape(say('ask.library', lang, manuals=manuals))}</p>" if manuals == 1 else ""
        return f'<div class="a-card a-welcome">{title}<ol>{steps}</ol>{count}</div>'


def found_html(view: View, lang: Lang, *, keeps_gaps: bool = False) -> str:
    """The quotes of a view, or why there are none; empty while they are being looked for. ``keeps_gaps``: whether a
    question without an answer is kept for an admin, which is then told."""
    found = view.found
    if view.failure is not None and found is None:
        widen = widen_html(view.scope, lang) if view.failure.code == "scope_unknown" else ""
        return failure_html(view.failure, lang, widen)
    if found is None:
        return ""
    if found.declined:
        return follow_up_html(found, lang) + _declined_html(view, found, lang, keeps_gaps)
    quotes = marked_step(quotes_html(found, lang), found.step)
    return within_html(view.scope, found, lang) + follow_up_html(found, lang) + quotes


def _declined_html(view: View, found: Found, lang: Lang, keeps_gaps: bool) -> str:
    """Why there is no answer, where the question went, and the nearest sections."""
    if found.declined not in REASONS:
        return quotes_html(found, lang)
    noted = f'<p class="a-noted">{escape(say("answer.declined.noted", lang))}</p>'
    told = noted if keeps_gaps and view.answer is not None else ""
    if view.scope == Scope():
        return quotes_html(found, lang, more=told)
    return quotes_html(found, lang, none_within(view.scope, found, lang), widen_html(view.scope, lang) + told)
