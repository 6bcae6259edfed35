"""History: one's own conversations in a sheet: searched, opened again, deleted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timezone
from html import escape
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Depends, FastAPI, Query
from fastapi.responses import HTMLResponse

from assistant.accounts import Account
from assistant.records.conversations import Conversation
from ui.turn import View
from ui.wording import Lang, say

if TYPE_CHECKING:
    from assistant.build import Andon

EVENTS = """
watch('value', () => andon.past.attach(element, (id) => trigger('reopen', { id })));
andon.past.attach(element, (id) => trigger('reopen', { id }));
"""
# a question of before is looked at again; the one that is shown is in sight, however many there are
TURNS_EVENT = """
andon.picks(element, 'button.a-turn', (b) => trigger('look', { at: b.dataset.at }));
// whenever the row has come anew, however late that is after its value
new MutationObserver(() => {
  const row = element.querySelector('.a-turns'), now = row?.querySelector('[aria-current]');
  if (now) row.scrollLeft += now.getBoundingClientRect().left - row.getBoundingClientRect().left - 24;
}).observe(element, { childList: true, subtree: true });
"""
_BIN = (
    '<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M9 3h6l1 2h4v2H4V5h4zM6 9h12l-1 12H7zm4 2v8h1.5v-8zm2.5 0v8'
    'H14v-8z"/></svg>'
)


def history_button(lang: Lang) -> str:
    """Opens the sheet; it stands in the bar atop the page."""
    return f'<button type="button" class="a-past-open" aria-haspopup="dialog">{_say("past.open", lang)}</button>'


def history_html(lang: Lang, days: int) -> str:
    """The empty sheet; history.js fills it with what /history gives. ``days``: how long conversations are kept."""
    kept = say("past.kept", lang, days=days) if days > 0 else say("past.not_kept", lang)
    return (
        f'<dialog class="a-past" lang="{lang}" aria-labelledby="past-title" data-failed="{_say("past.failed", lang)}" '
        f'data-sure="{_say("past.sure", lang)}"><header><h2 id="past-title">{_say("past.title", lang)}</h2>'
        f'<button type="button" class="a-act a-past-close">{_say("past.close", lang)}</button></header>'
        f'<label class="a-field">{_say("past.search", lang)}<input type="search" autocomplete="off"></label>'
        f'<div class="a-past-list" aria-live="polite"></div><footer><p>{escape(kept)}</p>'
        f'<button type="button" class="a-act a-past-all">{_say("past.delete_all", lang)}</button></footer></dialog>'
    )


def turns_html(views: Sequence[View], shown: View | None, lang: Lang) -> str:
    """The questions of the conversation so far, each to be looked at again; "" for a single one."""
    if len(views) < 2:
        return ""
    # the latest may have gone on between two looks at it: what is none of these is it
    now = next((at for at, view in enumerate(views) if view is shown), len(views) - 1)
    buttons = "".join(
        f'<li><button type="button" class="a-turn" data-at="{at}"{" aria-current=true" if at == now else ""}>'
        f"<b>{at + 1}</b> {escape(view.question.strip() or say('past.nothing_typed', lang))}</button></li>"
        for at, view in enumerate(views)
    )
    return f'<nav class="a-turns" aria-label="{_say("past.turns", lang)}"><ol>{buttons}</ol></nav>'


def add_history(service: FastAPI, andon: Andon) -> None:
    """Add /history, which gives the sheet its list as a piece of HTML."""
    account: Any = service.state.account_of

    @service.get("/history", include_in_schema=False)
    def history(
        words: Annotated[str, Query(max_length=200)] = "", lang: str = "ja", who: Account = Depends(account)
    ) -> HTMLResponse:
        reader: Lang = "en" if lang == "en" else "ja"
        found = andon.records.conversations(who.name).all(words)
        return HTMLResponse(list_html(found, reader, searched=bool(words.strip())))


def list_html(conversations: Sequence[Conversation], lang: Lang, *, searched: bool = False) -> str:
    if not conversations:
        return f'<p class="a-blank">{_say("past.none_found" if searched else "past.none", lang)}</p>'
    return f'<ul role="list">{"".join(_row(one, lang) for one in conversations)}</ul>'


def _row(one: Conversation, lang: Lang) -> str:
    at = datetime.fromisoformat(one.changed_at).astimezone(timezone.utc).isoformat()
    return (
        f'<li><button type="button" class="a-past-one" data-id="{escape(one.id)}"><b>{escape(one.title)}</b>'
        f'<span><time datetime="{at}"></time> {_say("past.count", lang, count=one.turns)}</span></button>'
        f'<button type="button" class="a-act a-past-delete" data-id="{escape(one.id)}" '
        f'aria-label="{_say("past.delete", lang, title=one.title)}">{_BIN}</button></li>'
    )


def _say(key: str, lang: Lang, **values: object) -> str:
    return escape(say(key, lang, **values))
