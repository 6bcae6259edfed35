"""Login: the sign-in page and its form, signing out, and the page for operators who open the admin page."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING, Annotated
from urllib.parse import quote

from fastapi import FastAPI, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from assistant.accounts import Account
from assistant.errors import NotAllowed, TooManyAttempts
from assistant.http.service import COOKIE, account_of_request
from ui.theme import FAVICON, LOGO, login_css
from ui.wording import Lang, say

if TYPE_CHECKING:
    from assistant.build import Andon

LANG_COOKIE = "andon_lang"
YEAR_S = 365 * 24 * 3600
ADMIN_PAGE = "/admin/"
# a path of this site: neither //host nor /\host, and no control characters
_HERE = re.compile(r"/(?![/\\])[^\x00-\x20\\]*")


def add_login(service: FastAPI, andon: Andon) -> None:
    """Add /login and /logout to the service."""

    @service.get("/login", include_in_schema=False)
    def login_page(request: Request, next: str = "", lang: str = "") -> Response:
        account = account_of_request(andon, request)
        if account is not None and not lang:
            return RedirectResponse(target(next, account), 303)
        reader: Lang = "ja" if lang == "ja" else "en" if lang == "en" else lang_of_request(request)
        response = HTMLResponse(_login_html(reader, next))
        if lang:
            _remember(response, reader)
        return response

    @service.post("/login", include_in_schema=False)
    def sign_in(
        request: Request,
        name: Annotated[str, Form()] = "",
        password: Annotated[str, Form()] = "",
        next: Annotated[str, Form()] = "",
    ) -> Response:
        lang = lang_of_request(request)
        try:
            token = andon.accounts.sign_in(name, password)
        except TooManyAttempts as tired:
            text = say("login.wait", lang, seconds=tired.details["wait_s"])
            return HTMLResponse(_login_html(lang, next, text, name), 429)
        except NotAllowed:
            return HTMLResponse(_login_html(lang, next, say("login.wrong", lang), name), 401)
        account = andon.accounts.of_session(token)
        response = RedirectResponse(target(next, account), 303)
        response.set_cookie(
            COOKIE, token, max_age=andon.settings.session_hours * 3600, httponly=True, samesite="lax",
            secure=request.url.scheme == "https",
        )  # fmt: skip
        return response

    @service.post("/logout", include_in_schema=False)
    def sign_out(request: Request) -> Response:
        andon.accounts.sign_out(request.cookies.get(COOKIE, ""))
        response = RedirectResponse("/login", 303)
        response.delete_cookie(COOKIE)
        return response


def lang_of_request(request: Request) -> Lang:
    """The language chosen before, else the browser's first of the two, else Japanese."""
    chosen = request.cookies.get(LANG_COOKIE, "")
    if chosen in ("ja", "en"):
        return "ja" if chosen == "ja" else "en"
    for part in request.headers.get("accept-language", "").split(","):
        wanted = part.strip()[:2].lower()
        if wanted in ("ja", "en"):
            return "ja" if wanted == "ja" else "en"
    return "ja"


def target(asked: str, account: Account | None) -> str:
    """Where to go after signing in: the page asked for if it is one of this site, else the page of the role."""
    if _HERE.fullmatch(asked) and not asked.startswith(("/login", "/logout")):
        return asked
    return ADMIN_PAGE if account is not None and account.is_admin else "/"


def login_address(asked: str) -> str:
    return "/login" if asked == "/" else f"/login?next={quote(asked, safe='/')}"


def needs_admin_page(account: Account, lang: Lang) -> HTMLResponse:
    """Shown to an operator who opens the admin page."""
    body = (
        f"<h1>{escape(say('login.needs_admin', lang))}</h1>"
        f"<p>{escape(say('login.needs_admin_why', lang, name=account.name))}</p>"
        f'<a class="button" href="/">{escape(say("login.to_operator", lang))}</a>'
        f'<form method="post" action="/logout"><button class="quiet">{escape(say("login.other_account", lang))}'
        "</button></form>"
    )
    return HTMLResponse(_page(lang, say("login.needs_admin", lang), body), 403)


def _remember(response: Response, lang: Lang) -> None:
    response.set_cookie(LANG_COOKIE, lang, max_age=YEAR_S, samesite="lax")


def _login_html(lang: Lang, asked: str, error: str = "", name: str = "") -> str:
    alert = f'<p class="error" role="alert">{escape(error)}</p>' if error else ""
    nexts = quote(asked, safe="")
    langs = "".join(
        f'<a href="/login?lang={code}&amp;next={nexts}" lang="{code}"'
        f"{' aria-current=true' if code == lang else ''}>{text}</a>"
        for code, text in (("ja", "日本語"), ("en", "English"))
    )
    focus = "password" if name else "name"
    body = (
        f'<nav class="langs" aria-label="{escape(say("page.language", lang))}">{langs}</nav>'
        f"<h1>{escape(say('login.title', lang))}</h1><p>{escape(say('login.tagline', lang))}</p>{alert}"
        f'<form method="post" action="/login"><input type="hidden" name="next" value="{escape(asked)}">'
        f'<label for="name">{escape(say("login.name", lang))}</label>'
        f'<input id="name" name="name" value="{escape(name)}" autocomplete="username" autocapitalize="none" required'
        f"{' autofocus' if focus == 'name' else ''}>"
        f'<label for="password">{escape(say("login.password", lang))}</label>'
        f'<input id="password" name="password" type="password" autocomplete="current-password" required'
        f"{' autofocus' if focus == 'password' else ''}>"
        f'<button class="button">{escape(say("login.submit", lang))}</button></form>'
        f'<p class="help">{escape(say("login.help", lang))}</p>'
    )
    return _page(lang, say("login.title", lang), body)


def _page(lang: Lang, title: str, body: str) -> str:
    return (
        f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><title>{escape(title)} – Andon</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<link rel="icon" type="image/svg+xml" href="{FAVICON}"><style>{login_css()}</style></head>'
        f'<body><main><div class="brand">{LOGO}<span>Andon</span></div>{body}</main></body></html>'
    )
