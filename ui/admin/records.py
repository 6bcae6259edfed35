"""Records on the admin page: gaps to close, feedback to review, the log to look through and take home."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import gradio as gr

from assistant.errors import AssistantFailed
from assistant.records.alike_gaps import grouped
from assistant.records.audit import Wanted
from index.embedders.embedder import Vectors
from ui.admin.cells import failed_html
from ui.admin.record_lists import gaps_html, log_form_html, log_html, reviews_html
from ui.wording import Lang, say_error

if TYPE_CHECKING:
    from assistant.build import Andon

SHOWN = 100
# what the lists tell the page: that it is looked at, a state to look at, one to set, a right answer, a filter
GAP_EVENTS = """
andon.shown(element, 'gaps', () => trigger('pick', { state: '' }));
andon.picks(element, 'button.a-pick', (b) => trigger('pick', { state: b.dataset.state }));
andon.picks(element, 'button.a-gap-state', (b) => trigger('settle', { gap: b.dataset.id, state: b.dataset.state }));
element.addEventListener('change', (event) => {
  if (!event.target.matches('.a-assign select')) return;
  trigger('assign', { gap: event.target.dataset.id, name: event.target.value });
  andon.asBefore(event.target);
});
"""
REVIEW_EVENTS = """
andon.shown(element, 'reviews', () => trigger('pick', { state: '' }));
andon.picks(element, 'button.a-pick', (b) => trigger('pick', { state: b.dataset.state }));
andon.picks(element, 'button.a-review', (b) =>
  trigger('review', { feedback: b.dataset.id, state: b.dataset.state, chosen: '' }));
element.addEventListener('submit', (event) => {
  event.preventDefault();
  const chosen = new FormData(event.target).get('chosen');
  trigger('review', { feedback: event.target.dataset.id, state: 'corrected', chosen });
});
"""
LOG_EVENTS = """
const look = () => {
  const form = element.querySelector('form'), filled = form ? Object.fromEntries(new FormData(form)) : {};
  trigger('look', { since: '', who: '', kind: '', words: '', ...filled });
};
andon.shown(element, 'log', look);
element.addEventListener('submit', (event) => { event.preventDefault(); look(); });
"""


class RecordsPart:
    """Components and what they do. ``lang_of``: the language of the page that a request comes from. The lists are read
    when they are looked at."""

    def __init__(self, andon: Andon, lang_of: Callable[[gr.Request], Lang]) -> None:
        self._records = andon.records
        self._accounts = andon.accounts
        self._embedder = andon.library.embedder
        self._lang = lang_of

    def build_gaps(self) -> None:
        self._gaps_said = gr.HTML(apply_default_css=False)
        self._gaps = gr.HTML(apply_default_css=False, elem_id="gaps", js_on_load=GAP_EVENTS)
        self._gap_state = gr.State("open")

    def build_reviews(self) -> None:
        self._reviews_said = gr.HTML(apply_default_css=False)
        self._reviews = gr.HTML(apply_default_css=False, elem_id="reviews", js_on_load=REVIEW_EVENTS)
        self._review_state = gr.State("new")

    def build_log(self) -> None:
        self._log_said = gr.HTML(apply_default_css=False)
        self._form = gr.HTML(apply_default_css=False, elem_id="log-form", js_on_load=LOG_EVENTS)
        self._log = gr.HTML(apply_default_css=False, elem_id="log")

    @property
    def texts(self) -> list[Any]:
        """The components that ``in_language`` fills."""
        return [self._form]

    def in_language(self, lang: Lang) -> list[Any]:
        return [log_form_html(self._records.days, lang)]

    def wire(self, quiet: dict[str, Any]) -> None:
        gaps = [self._gap_state, self._gaps, self._gaps_said]
        reviews = [self._review_state, self._reviews, self._reviews_said]
        self._gaps.pick(self._pick_gaps, inputs=self._gap_state, outputs=gaps, **quiet)
        self._gaps.settle(self._settle, inputs=self._gap_state, outputs=gaps, **quiet)
        self._gaps.assign(self._assign, inputs=self._gap_state, outputs=gaps, **quiet)
        self._reviews.pick(self._pick_reviews, inputs=self._review_state, outputs=reviews, **quiet)
        self._reviews.review(self._review, inputs=self._review_state, outputs=reviews, **quiet)
        self._form.look(self._look, outputs=[self._log, self._log_said], **quiet)

    def _gaps_of(self, state: str, lang: Lang) -> str:
        groups = grouped(self._records.gaps.all(state), self._embed if self._embedder is not None else None)
        admins = [account.name for account in self._accounts.accounts() if account.is_admin and account.enabled]
        return gaps_html(groups, self._records.gaps.counts(), state, lang, admins)

    def _embed(self, texts: Sequence[str]) -> Vectors:
        assert self._embedder is not None
        return self._embedder.embed(list(texts), "query")

    def _reviews_of(self, state: str, lang: Lang) -> str:
        return reviews_html(self._records.feedback.all(state), self._records.feedback.counts(), state, lang)

    def _log_of(self, wanted: Wanted, lang: Lang) -> str:
        return log_html(self._records.audit.entries(wanted), self._records.audit.count(wanted), wanted, lang)

    def _pick_gaps(self, state: str, request: gr.Request, event: gr.EventData) -> list[Any]:
        return self._shown(self._gaps_of, str(event.state) or state, self._lang(request))

    def _pick_reviews(self, state: str, request: gr.Request, event: gr.EventData) -> list[Any]:
        return self._shown(self._reviews_of, str(event.state) or state, self._lang(request))

    def _settle(self, state: str, request: gr.Request, event: gr.EventData) -> list[Any]:
        def settle() -> None:
            who = str(request.username)
            for gap in _numbers(event.gap):
                self._records.gaps.set_state(gap, str(event.state), who)
                self._records.act(who, "page", "gap", f"{gap}: {event.state}")

        return self._shown(self._gaps_of, state, self._lang(request), settle)

    def _assign(self, state: str, request: gr.Request, event: gr.EventData) -> list[Any]:
        def assign() -> None:
            who = str(request.username)
            for gap in _numbers(event.gap):
                self._records.gaps.assign(gap, str(event.name), who)
                self._records.act(who, "page", "gap", f"{gap}: → {event.name or '-'}")

        return self._shown(self._gaps_of, state, self._lang(request), assign)

    def _review(self, state: str, request: gr.Request, event: gr.EventData) -> list[Any]:
        def review() -> None:
            feedback, who = int(event.feedback), str(request.username)
            self._records.feedback.review(feedback, str(event.state), who, str(event.chosen))
            self._records.act(who, "page", "feedback", f"{feedback}: {event.state}")

        return self._shown(self._reviews_of, state, self._lang(request), review)

    def _look(self, request: gr.Request, event: gr.EventData) -> list[Any]:
        lang = self._lang(request)
        wanted = Wanted(
            since=str(event.since), who=str(event.who).strip(), kind=str(event.kind), words=str(event.words),
            limit=SHOWN,
        )  # fmt: skip
        try:
            return [self._log_of(wanted, lang), ""]
        except AssistantFailed as failed:
            return [gr.skip(), _bad(failed, lang)]

    def _shown(
        self, listed: Callable[[str, Lang], str], state: str, lang: Lang, act: Callable[[], None] | None = None
    ) -> list[Any]:
        """The list of ``state`` after ``act``; where that fails, why."""
        try:
            if act is not None:
                act()
            return [state, listed(state, lang), ""]
        except AssistantFailed as failed:
            return [gr.skip(), gr.skip(), _bad(failed, lang)]


def _numbers(sent: object) -> list[int]:
    """The gaps of a group, as its button names them."""
    return [int(number) for number in str(sent).split(",") if number.isdigit()]


def _bad(failed: AssistantFailed, lang: Lang) -> str:
    return failed_html(say_error(failed.code, lang, failed.message))
