"""Operator page: the question, the manual's own words with their page at once, then the checked answer."""

from __future__ import annotations

from collections.abc import AsyncIterator
from html import escape
from typing import Any

import gradio as gr

from assistant.build import Andon
from assistant.errors import AssistantFailed
from ui.answers import EMPTY, answer_html
from ui.feedback import FeedbackPart
from ui.fixed import FixedPart
from ui.follow_up import CHOOSE
from ui.found_html import found_html
from ui.frame import LANG_EVENT, READY, account_of, event_lang, http_of, page_lang, seat_key, top_html
from ui.history import EVENTS as PAST_EVENTS
from ui.history import TURNS_EVENT, history_html, turns_html
from ui.narrow_bar import FIELDS, NARROW_EVENT, Narrowed, bar_html, remembered, within
from ui.page_view import VIEW_EVENT, view_html
from ui.quick import PICK, QuickQuestions, quick_html
from ui.seats import Seats
from ui.turn import Turn, View
from ui.voice import VOICE_EVENT, voice_html
from ui.within import WIDEN
from ui.wording import Lang, say

AT_ONCE = 16  # questions shown at once; the runner answers them one by one, each has its quotes at once
WAITING = 64  # events that may wait; more are told that the line is full
REVEAL = """
watch('value', () => { andon.reveal(element); andon.card.fresh(element); andon.view.follow(element); });
"""
# what stands below the answer before: hidden by the page at once, so that no order of two replies brings it back; so
# are the alarms to tap, which on a slow network would give way long after the tap
_HIDE = "for (const part of document.querySelectorAll('#feedback section, #fixed section')) part.hidden = true;"
HIDE = f"() => {{ andon.asked(true); {_HIDE} }}"
ARRIVED = "() => { andon.arrived(); }"  # also where the reply says what stood there before
ANEW = f"() => {{ andon.asked(false); andon.card.forget(); {_HIDE} }}"


class OperatorPage:
    """The page's components and what they do. ``blocks`` is what is mounted."""

    def __init__(self, andon: Andon) -> None:
        self._andon = andon
        self._quick_questions = QuickQuestions(andon.library, andon.records)
        self.seats = Seats(andon.assistant, andon.records)
        self._feedback = FeedbackPart(andon.records, self.seats)
        self._fixed = FixedPart(andon.records, self.seats)
        with gr.Blocks(title=say("page.title", "ja"), analytics_enabled=False, fill_width=True) as self.blocks:
            self._build()
            self._wire()
        self.blocks.queue(max_size=WAITING, api_open=False, default_concurrency_limit=AT_ONCE)

    def _build(self) -> None:
        html: dict[str, Any] = {"apply_default_css": False}
        self._top = gr.HTML(js_on_load=LANG_EVENT, elem_id="top", **html)
        with gr.Column(elem_id="ask-box"):
            self._bar = gr.HTML(elem_id="narrow", js_on_load=NARROW_EVENT, **html)
            self._narrowed = gr.State(Narrowed())
            with gr.Row(elem_id="ask-row"):
                self._question = gr.Textbox(lines=1, max_lines=6, elem_id="question", scale=1, autofocus=True)
                self._voice = gr.HTML(elem_id="voice", js_on_load=VOICE_EVENT, **html)
                self._send = gr.Button(variant="primary", elem_id="send", scale=0)
                self._stop = gr.Button(interactive=False, elem_id="stop", scale=0)
                self._new = gr.Button(elem_id="new", scale=0)
            self._quick = gr.HTML(elem_id="quick", js_on_load=PICK, **html)
        self._turns = gr.HTML(elem_id="turns", js_on_load=TURNS_EVENT, **html)
        with gr.Column(elem_id="results"):
            self._quotes = gr.HTML(elem_id="quotes", js_on_load=REVEAL + CHOOSE + PICK + WIDEN, **html)
            self._page = gr.HTML(elem_id="page", js_on_load=VIEW_EVENT, **html)
            with gr.Column(elem_id="answer-side"):
                self._answer = gr.HTML(EMPTY, elem_id="answer", **html)
                self._fixed.build()
                self._feedback.build()
        self._past = gr.HTML(elem_id="past", js_on_load=PAST_EVENTS, **html)

    def _wire(self) -> None:
        texts = [self._top, self._page, self._past, self._voice, self._question, self._send, self._stop, self._new]
        bar = [self._narrowed, self._bar, self._quick]
        results = [self._quotes, self._answer, self._turns]
        quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
        self.blocks.load(self._open, outputs=[*bar, *texts, *results], **quiet).then(None, js=READY, **quiet)
        self.blocks.unload(self._close)
        self._top.language(
            self._speak, inputs=self._narrowed, outputs=[self._bar, self._quick, *texts, *results], **quiet
        )
        self._bar.narrow(self._narrow, outputs=bar, **quiet)
        asked = [*results, self._stop]
        asking = {**quiet, "trigger_mode": "multiple", "concurrency_id": "ask", "concurrency_limit": AT_ONCE}
        begun = [self._send.click, self._question.submit]
        of_quotes = (self._quotes.pick, self._quotes.choose, self._quotes.widen)
        # before what asks the service: Gradio goes on to the next only when the one before has been sent
        for event in (*begun, self._quick.pick, *of_quotes, self._turns.look, self._past.reopen):
            event(None, js=HIDE, **quiet)
        shown = [event(self._ask, inputs=self._question, outputs=asked, **asking) for event in begun]
        for picked in (self._quick.pick, self._quotes.pick):
            shown.append(picked(self._pick, outputs=[self._question, *asked], **asking))
        for event, again in ((self._quotes.choose, self._choose), (self._quotes.widen, self._widen)):
            shown.append(event(again, outputs=asked, **asking))
        shown.append(self._turns.look(self._look, outputs=asked, **quiet))
        shown.append(self._past.reopen(self._reopen, outputs=[self._question, *asked], **quiet))
        for event in shown:
            event.then(None, js=ARRIVED, **quiet)
        self._feedback.wire(quiet, shown, self._top.language)
        self._fixed.wire(quiet, shown, self._top.language)
        self._new.click(None, js=ANEW, **quiet)
        self._new.click(self._anew, inputs=self._narrowed, outputs=[self._question, *asked, self._quick], **quiet)
        self._stop.click(self._halt, queue=False, **quiet)

    def _open(self, request: gr.Request) -> list[Any]:
        key, lang = seat_key(request), page_lang(request)
        self.seats.sit(key, lang)
        narrowed = self._take(key, remembered(http_of(request)))
        bar = [narrowed, self._bar_html(narrowed, lang), self._quick_html(narrowed, lang)]
        return [*bar, *self._texts(request, lang), self._welcome(lang), EMPTY, ""]

    def _close(self, request: gr.Request) -> None:
        self.seats.leave(seat_key(request))

    def _take(self, key: str, given: Narrowed) -> Narrowed:
        """From here on, this page asks within ``given``, so far as there is such a manual."""
        narrowed = given.among(self._andon.library.manuals())
        self.seats.narrow(key, narrowed.scope)
        return narrowed

    def _narrow(self, request: gr.Request, event: gr.EventData) -> list[Any]:
        key = seat_key(request)
        narrowed = self._take(key, Narrowed.of({name: getattr(event, name, "") for name in FIELDS}))
        lang = self.seats.lang(key)
        return [narrowed, self._bar_html(narrowed, lang), self._quick_html(narrowed, lang)]

    def _bar_html(self, narrowed: Narrowed, lang: Lang) -> str:
        return bar_html(narrowed, self._andon.library.manuals(), lang)

    def _quick_html(self, narrowed: Narrowed, lang: Lang) -> str:
        return quick_html(self._quick_questions.groups(within(narrowed, self._andon.library.manuals()), lang), lang)

    def _speak(self, narrowed: Narrowed, request: gr.Request, event: gr.EventData) -> list[Any]:
        key, lang = seat_key(request), event_lang(event)
        self.seats.sit(key, lang)
        view = self.seats.view(key)
        running = view is not None and not view.done
        bar = [self._bar_html(narrowed, lang), self._quick_html(narrowed, lang)]
        return [*bar, *self._texts(request, lang, running), *self._results(key, view, lang)]

    def _texts(self, request: gr.Request, lang: Lang, running: bool = False) -> list[Any]:
        return [
            top_html(account_of(self._andon, request), lang, "operator"),
            view_html(lang),
            history_html(lang, self._andon.records.days if self._andon.records.database is not None else 0),
            voice_html(lang),
            gr.update(label=say("ask.label", lang), placeholder=say("ask.placeholder", lang)),
            say("ask.send", lang),
            gr.update(value=say("ask.stop", lang), interactive=running),
            say("ask.new", lang),
        ]

    def _results(self, key: str, view: View | None, lang: Lang) -> list[str]:
        """Quotes, answer and the conversation's questions as they stand."""
        if view is None:
            return [self._welcome(lang), EMPTY, ""]
        turns = turns_html(self.seats.views(key), view, lang)
        return [found_html(view, lang, keeps_gaps=self._keeps_gaps), answer_html(view, lang), turns]

    async def _pick(self, request: gr.Request, event: gr.EventData) -> AsyncIterator[list[Any]]:
        question = str(getattr(event, "question", ""))
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

    def _look(self, request: gr.Request, event: gr.EventData) -> list[Any]:
        """An earlier turn of the same conversation, once more."""
        key, at = seat_key(request), str(getattr(event, "at", ""))
        view = self.seats.look(key, int(at)) if at.isdigit() else None
        if view is None:
            return [gr.skip()] * 4
        return [*self._results(key, view, self.seats.lang(key)), gr.update(interactive=False)]

    def _reopen(self, request: gr.Request, event: gr.EventData) -> list[Any]:
        """A conversation of before, to be read and gone on with."""
        key, conversation = seat_key(request), str(getattr(event, "id", ""))
        try:
            answers = self._andon.records.conversations(str(request.username)).turns(conversation)
        except AssistantFailed:
            return [gr.skip()] * 5
        view = self.seats.reopen(key, conversation, answers)
        return ["", *self._results(key, view, self.seats.lang(key)), gr.update(interactive=False)]

    @property
    def _keeps_gaps(self) -> bool:
        """Whether a question without an answer is kept for an admin."""
        return self._andon.records.database is not None and self._andon.records.days > 0

    async def _watch(self, key: str, turn: Turn) -> AsyncIterator[list[Any]]:
        """Shows a question's way until it is done; what did not change is not sent again."""
        sent: list[str] = []
        async for view, lang in self.seats.watch(key, turn):
            made = self._results(key, view, lang)
            parts = [gr.skip() if sent and sent[at] == part else part for at, part in enumerate(made)]
            yield [*parts, gr.update(interactive=not view.done and not view.stopping)]
            sent = made

    def _anew(self, narrowed: Narrowed, request: gr.Request) -> list[Any]:
        key = seat_key(request)
        self.seats.clear(key)
        lang = self.seats.lang(key)
        return ["", self._welcome(lang), EMPTY, "", gr.update(interactive=False), self._quick_html(narrowed, lang)]

    def _halt(self, request: gr.Request) -> None:
        self.seats.stop(seat_key(request))

    def _welcome(self, lang: Lang) -> str:
        manuals = len(self._andon.library.manuals())
        title = f"<h2>{escape(say('ask.empty.title', lang))}</h2>"
        if not manuals:
            return f'<div class="a-card a-welcome">{title}<p>{escape(say("ask.empty.none", lang))}</p></div>'
        steps = "".join(f"<li>{escape(say(f'ask.empty.{number}', lang))}</li>" for number in (1, 2, 3))
        # with several, the bar above says how many
        count = f"<p>{escape(say('ask.library', lang, manuals=manuals))}</p>" if manuals == 1 else ""
        return f'<div class="a-card a-welcome">{title}<ol>{steps}</ol>{count}</div>'
