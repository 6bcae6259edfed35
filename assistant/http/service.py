"""The HTTP service: sessions, /ask as server-sent events, /search, /health; one error shape."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from threading import Event as Flag
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Query, Request
from fastapi.responses import JSONResponse, StreamingResponse
from pydantic import BaseModel, Field

from assistant.accounts import Account
from assistant.answer import Event
from assistant.build import Andon
from assistant.errors import AdminOnly, NotAllowed
from assistant.http.ask_request import EVENTS, AskRequest
from assistant.http.backup import add_backup
from assistant.http.conversations import add_conversations
from assistant.http.errors import BodyLimit, add_error_shapes, error_json, status_of
from assistant.http.manuals import add_manuals
from assistant.http.openai import CHAT, add_openai
from assistant.http.openai_errors import openai_failure
from assistant.http.pages import add_pages
from assistant.http.records import add_records
from assistant.http.stoppages import add_stoppages
from assistant.http.stream import Form, Streams
from assistant.http.synonyms import LARGEST_FILE, add_synonyms
from assistant.http.wire import Json, event_json, precedents_json, results_json
from assistant.records.entry import Asker
from index.library import Scope

__all__ = ["COOKIE", "account_of_request", "error_json", "make_service", "status_of"]

COOKIE = "andon_session"
MAX_JSON_BYTES = 1 << 20


class SignIn(BaseModel):
    name: str = Field(max_length=200)
    password: str = Field(max_length=200)


def make_service(andon: Andon) -> FastAPI:
    """The service over ``andon``; its job queue is started and stopped by the caller."""
    service = FastAPI(
        title="Andon", version="1",
        description="Offline assistant for factory floors. Sign in with POST /session, HTTP Basic or an API token.",
        docs_url=None, redoc_url=None,
    )  # fmt: skip
    account = _account_of(andon)
    admin = _admin_of(account)
    service.state.account_of = account
    add_error_shapes(service)
    whole_file = (andon.settings.max_file_mb + 1) * 1024 * 1024
    small = (
        "/ask", "/session", "/manuals/*", "/synonyms", "/synonyms/*", "/feedback", "/feedback/*", "/gaps/*",
        "/stoppages", "/stoppages/*", "/conversations", "/conversations/*",
    )  # fmt: skip
    limits = {**dict.fromkeys(small, MAX_JSON_BYTES), "/manuals": whole_file, "/synonyms/file": LARGEST_FILE}
    service.add_middleware(BodyLimit, limits=limits)
    service.add_middleware(BodyLimit, limits={CHAT: MAX_JSON_BYTES}, told=openai_failure)
    _add_sessions(service, andon)
    streams = Streams(ahead=andon.assistant.ahead)
    _add_questions(service, andon, account, streams)
    add_openai(service, andon, account, streams)
    add_manuals(service, andon, account, admin)
    add_pages(service, andon, account)
    add_synonyms(service, andon, account, admin)
    add_records(service, andon, account, admin)
    add_backup(service, andon, admin)
    add_conversations(service, andon, account)
    add_stoppages(service, andon, account, admin)
    _add_docs(service)
    return service


def account_of_request(andon: Andon, request: Request) -> Account | None:
    """Who is signed in on this request by cookie, or None."""
    return andon.accounts.of_session(request.cookies.get(COOKIE))


def _account_of(andon: Andon) -> Any:
    def account(request: Request) -> Account:
        header = request.headers.get("authorization", "")
        found = account_of_request(andon, request)
        if found is None and header[:7].lower() == "bearer ":
            found = andon.accounts.of_token(header[7:].strip())
            if found is None:
                raise NotAllowed("This API token is not valid.", "Make one with: andon user token NAME")
        if found is None and (basic := _basic(header)):
            found = andon.accounts.check(*basic)
        if found is None:
            raise NotAllowed(
                "You are not signed in.", "Sign in on /login, or send name and password (HTTP Basic) or an API token."
            )
        return found

    return account


def _basic(header: str) -> tuple[str, str] | None:
    """Name and password of HTTP Basic in UTF-8 (RFC 7617; FastAPI's own reader takes ASCII only), or None."""
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        name, colon, password = base64.b64decode(encoded.strip(), validate=True).decode("utf-8").partition(":")
    except ValueError as error:
        raise NotAllowed(
            "The Authorization header cannot be read.", "Send name:password in UTF-8 and base64 (HTTP Basic)."
        ) from error
    return (name, password) if colon else None


def _admin_of(account: Any) -> Any:
    def admin(request: Request) -> Account:
        found: Account = account(request)
        if not found.is_admin:
            raise AdminOnly("This needs an admin.", "Sign in as an admin, or ask one.")
        return found

    return admin


def _add_sessions(service: FastAPI, andon: Andon) -> None:
    @service.post("/session", tags=["session"])
    def sign_in(body: SignIn, request: Request) -> JSONResponse:
        """Open a session; the token comes as a cookie."""
        token = andon.accounts.sign_in(body.name, body.password)
        response = JSONResponse({"name": body.name})
        response.set_cookie(
            COOKIE, token, max_age=andon.settings.session_hours * 3600, httponly=True, samesite="lax",
            secure=request.url.scheme == "https",
        )  # fmt: skip
        return response

    @service.delete("/session", tags=["session"])
    def sign_out(request: Request) -> JSONResponse:
        andon.accounts.sign_out(request.cookies.get(COOKIE, ""))
        response = JSONResponse({})
        response.delete_cookie(COOKIE)
        return response

    @service.get("/health", tags=["service"])
    def health() -> Json:
        """Whether the service answers, and with what. Needs no sign-in and names no manual."""
        runner = andon.assistant.runner
        embedder = andon.library.embedder
        return {
            "ok": True, "manuals": len(andon.library.manuals()), "model": runner.name if runner else "none",
            "embedder": embedder.name if embedder else "none",
        }  # fmt: skip


def _add_questions(service: FastAPI, andon: Andon, account: Any, streams: Streams) -> None:
    asker = Depends(account)

    @service.post("/ask", tags=["questions"], responses=EVENTS)
    async def ask(body: AskRequest, request: Request, who: Account = asker) -> StreamingResponse:
        """Server-sent events: found (quotes at once), waiting (its place in the queue), piece (verified sentences),
        answer (last); or error."""
        stop = Flag()
        events = andon.assistant.ask(body.question, body.scope(), stop, body.turns(), body.adapter)
        events = andon.records.asking(events, Asker(who.name, "http", body.scope()))
        first = await streams.first(events)
        return StreamingResponse(
            streams.written(first, events, stop, request, _SENT),
            media_type="text/event-stream", headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
        )  # fmt: skip

    @service.get("/search", tags=["questions"], dependencies=[Depends(account)])
    def search(
        q: Annotated[str, Query(min_length=1, max_length=2000)],
        scope: Annotated[Scope, Depends(_scope_of_query)],
        k: Annotated[int, Query(ge=1, le=100)] = 10,
    ) -> Json:
        """Hits alone, best first, each with score and why it was found; ``precedents``: how the same ended before, from
        colleagues' records, which are no hits."""
        results = andon.library.search(q, k, scope)
        earlier = andon.precedents.of(q, results.hits, scope) if andon.precedents is not None else ()
        return {**results_json(results), "precedents": precedents_json(earlier)}


_Names = Annotated[list[str] | None, Query(max_length=1000)]


def _scope_of_query(
    manuals: _Names = None, lines: _Names = None, machines: _Names = None, kinds: _Names = None, langs: _Names = None
) -> Scope:
    return Scope.of(manuals=manuals, lines=lines, machines=machines, kinds=kinds, langs=langs)


def _frames(event: Event) -> Iterator[bytes]:
    yield _frame(*event_json(event))


def _frame(name: str, content: Json) -> bytes:
    return f"event: {name}\ndata: {json.dumps(content, ensure_ascii=False)}\n\n".encode("utf-8", "replace")


_SENT = Form(_frames, lambda failure: _frame("error", failure), lambda ahead: _frame("waiting", {"ahead": ahead}))


def _add_docs(service: FastAPI) -> None:
    @service.get("/api", include_in_schema=False)
    def api() -> JSONResponse:
        """The API's description (OpenAPI). FastAPI's own page is off: it loads scripts from the internet."""
        return JSONResponse(service.openapi())
