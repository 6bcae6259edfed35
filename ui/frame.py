"""Frame: the bar atop both pages, and whose page a request belongs to."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from assistant.accounts import Account
from ui.history import history_button
from ui.login import lang_of_request
from ui.theme import LOGO
from ui.wording import Lang, say

if TYPE_CHECKING:
    import gradio as gr

    from assistant.build import Andon

LANG_EVENT = """
watch('value', () => andon.named(element));
element.addEventListener('click', (event) => {
  const button = event.target.closest('button[data-lang]');
  if (!button) return;
  andon.setLang(button.dataset.lang);
  trigger('language', { lang: button.dataset.lang });
});
"""
# runs in the browser once the texts are there
READY = "() => { andon.ready(); }"


def top_html(account: Account | None, lang: Lang, here: str) -> str:
    """Brand, pages, language, who is signed in and the way out. ``here`` is "operator" or "admin"."""
    pages = [("operator", "/")]
    if account is not None and account.is_admin:
        pages.append(("admin", "/admin/"))
    links = "".join(
        f'<a href="{href}"{" aria-current=page" if page == here else ""}>{_say(f"page.{page}", lang)}</a>'
        for page, href in pages
    )
    nav = f'<nav aria-label="{_say("page.navigation", lang)}">{links}</nav>' if len(pages) > 1 else ""
    langs = "".join(
        f'<button type="button" data-lang="{code}" lang="{code}" aria-pressed="{"true" if code == lang else "false"}">'
        f"{text}</button>"
        for code, text in (("ja", "日本語"), ("en", "English"))
    )
    name = f'<span class="a-user">{escape(account.name)}</span>' if account is not None else ""
    title = _say("page.title" if here == "operator" else "admin.title", lang)
    past = history_button(lang) if here == "operator" else ""
    return (
        f'<h1 class="a-unseen">{title}</h1><header class="a-top" data-page-lang="{lang}" data-page-title="{title}" '
        f'data-searching="{_say("ask.searching", lang)}" data-lost="{_say("page.lost", lang)}" '
        f'data-trouble="{_say("page.trouble", lang)}">'
        f'<a class="a-brand" href="/" aria-label="Andon">{LOGO}<span>Andon</span></a>{nav}{past}'
        f'<div role="group" aria-label="{_say("page.language", lang)}">{langs}</div>{name}'
        f'<form method="post" action="/logout"><button>{_say("page.sign_out", lang)}</button></form></header>'
    )


def seat_key(request: gr.Request) -> str:
    """Names one open page: the account and the page's own session."""
    return f"{request.username}\n{request.session_hash}"


def account_of(andon: Andon, request: gr.Request) -> Account | None:
    from assistant.http.service import account_of_request

    return account_of_request(andon, http_of(request))


def page_lang(request: gr.Request) -> Lang:
    return lang_of_request(http_of(request))


def event_lang(event: Any) -> Lang:
    """The language that the bar's button carried."""
    return "en" if getattr(event, "lang", "ja") == "en" else "ja"


def http_of(request: gr.Request) -> Any:
    """The HTTP request below Gradio's."""
    return request.request if request.request is not None else request


def _say(key: str, lang: Lang) -> str:
    return escape(say(key, lang))
