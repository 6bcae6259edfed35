"""Door: who may open which page, and the headers that keep every page to this box."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.errors import AdminOnly, NotAllowed
from assistant.http.errors import error_json, status_of
from assistant.http.service import account_of_request
from ui.login import lang_of_request, login_address, needs_admin_page

if TYPE_CHECKING:
    from assistant.build import Andon

# Gradio's own script and styles are inline and it compiles its templates; everything comes from this box alone
POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; "
    "frame-ancestors 'none'; base-uri 'self'; form-action 'self'; object-src 'none'"
)
_HEADERS = {"Referrer-Policy": "same-origin", "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY"}
PAGES = ("/", "/admin", "/admin/")
# what the pages of each role call; checked here, before a body is read, and again by Gradio
CALLS = "/gradio_api/"
ADMIN_CALLS = "/admin/gradio_api/"


class Door:
    """Wraps the service (plain ASGI, so that streams stay streams)."""

    def __init__(self, app: ASGIApp, andon: Andon) -> None:
        self._app = app
        self._andon = andon

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path = str(scope["path"])
        answer = None
        if path in PAGES:
            answer = self._page(Request(scope))
        elif path.startswith((CALLS, ADMIN_CALLS)):
            answer = self._call(Request(scope))
        elif path.startswith("/manuals/") and path.endswith("/original"):
            answer = self._original(Request(scope))
        await (answer or self._app)(scope, receive, _with_headers(send))

    def _call(self, request: Request) -> Response | None:
        account = account_of_request(self._andon, request)
        failure: NotAllowed | None = None
        if account is None:
            failure = NotAllowed("You are not signed in.", "Sign in on /login.")
        elif request.url.path.startswith(ADMIN_CALLS) and not account.is_admin:
            failure = AdminOnly("This needs an admin.", "Sign in as an admin, or ask one.")
        return JSONResponse(error_json(failure), status_of(failure)) if failure else None

    def _original(self, request: Request) -> Response | None:
        """A person whose sign-in has ended comes back here by way of the sign-in page; programs get the service's
        own answer."""
        is_person = "text/html" in request.headers.get("accept", "") and "authorization" not in request.headers
        if is_person and account_of_request(self._andon, request) is None:
            return RedirectResponse(login_address(request.url.path), 303)
        return None

    def _page(self, request: Request) -> Response | None:
        """Where a page is not for this reader: what to send in its place."""
        account = account_of_request(self._andon, request)
        if account is None:
            return RedirectResponse(login_address(request.url.path), 303)
        if request.url.path == "/admin":
            return RedirectResponse("/admin/", 307)
        if request.url.path == "/admin/" and not account.is_admin:
            return needs_admin_page(account, lang_of_request(request))
        return None


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
            if headers.get("content-type", "").startswith("text/html"):
                headers.setdefault("Content-Security-Policy", POLICY)
                headers["Cache-Control"] = "no-store"  # after signing out, the back button shows nothing
        await send(message)

    return sending
