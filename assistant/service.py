"""The HTTP service: /ask as server-sent events, /search, /manuals, /jobs, /health; one error shape."""

from __future__ import annotations

import json
import secrets
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from threading import Event as Flag
from typing import Annotated, Any

from fastapi import Depends, FastAPI, HTTPException, Query, Request, UploadFile
from fastapi.responses import FileResponse, JSONResponse, StreamingResponse
from fastapi.security import HTTPBasic, HTTPBasicCredentials
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool

from assistant.accounts import Account
from assistant.answer import Event
from assistant.build import Andon
from assistant.errors import AssistantFailed, NotAllowed, QuestionRefused
from assistant.wire import Json, event_json, hit_json, job_json, manual_json
from edge.errors import EdgeFailed
from index.errors import IndexBusy, IndexFailed, ManualUnknown, ManualUnreadable
from index.jobs import Job
from index.library import Scope

COOKIE = "andon_session"
_BASIC = HTTPBasic(auto_error=False)
Failure = AssistantFailed | IndexFailed | EdgeFailed


class AskRequest(BaseModel):
    """A question; ``manuals`` narrows it to these manual ids."""

    question: str = Field(examples=["AL.32 が出て搬送軸が止まった"])
    manuals: list[str] = Field(default_factory=list)


class SignIn(BaseModel):
    name: str
    password: str


def error_json(failure: Failure) -> Json:
    """The one error shape: a stable code, what and where, what helps."""
    return {
        "error": {
            "code": failure.code, "message": failure.message, "remedy": failure.remedy, "details": failure.details,
        }
    }  # fmt: skip


def status_of(failure: Failure) -> int:
    match failure:
        case NotAllowed():
            return 401
        case ManualUnknown():
            return 404
        case IndexBusy():
            return 409
        case QuestionRefused() | ManualUnreadable():
            return 422
        case _:
            return 500


def make_service(andon: Andon) -> FastAPI:
    """The service over ``andon``; its job queue is started and stopped by the caller."""
    service = FastAPI(
        title="Andon", description="Offline assistant for factory floors. Sign in with POST /session, or HTTP Basic.",
        version="1", docs_url=None, redoc_url=None,
    )  # fmt: skip
    account = _account_of(andon)
    admin = _admin_of(account)
    service.state.account_of = account
    _add_errors(service)
    _add_sessions(service, andon)
    _add_questions(service, andon, account)
    _add_manuals(service, andon, account, admin)
    _add_docs(service)
    return service


def account_of_request(andon: Andon, request: Request) -> Account | None:
    """Who is signed in on this request by cookie, or None."""
    return andon.accounts.of_session(request.cookies.get(COOKIE))


def _account_of(andon: Andon) -> Any:
    def account(request: Request, basic: Annotated[HTTPBasicCredentials | None, Depends(_BASIC)] = None) -> Account:
        found = account_of_request(andon, request)
        if found is None and basic is not None:
            found = andon.accounts.check(basic.username, basic.password)
        if found is None:
            raise NotAllowed("You are not signed in.", "Sign in on /login, or send name and password (HTTP Basic).")
        return found

    return account


def _admin_of(account: Any) -> Any:
    def admin(found: Annotated[Account, Depends(account)]) -> Account:
        if not found.is_admin:
            raise HTTPException(403, "This needs an admin.")
        return found

    return admin


def _add_errors(service: FastAPI) -> None:
    async def failed(request: Request, failure: Exception) -> JSONResponse:
        if isinstance(failure, AssistantFailed | IndexFailed | EdgeFailed):
            return JSONResponse(error_json(failure), status_of(failure))
        if isinstance(failure, HTTPException):
            message = {"error": {"code": f"http_{failure.status_code}", "message": str(failure.detail), "remedy": "", "details": {}}}  # fmt: skip  # noqa: E501
            return JSONResponse(message, failure.status_code)
        raise failure

    for kind in (AssistantFailed, IndexFailed, EdgeFailed, HTTPException):
        service.add_exception_handler(kind, failed)


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


def _add_questions(service: FastAPI, andon: Andon, account: Any) -> None:
    @service.post("/ask", tags=["questions"], dependencies=[Depends(account)])
    async def ask(body: AskRequest) -> StreamingResponse:
        """Server-sent events: found (quotes at once), piece (verified sentences), answer (last); or error."""
        stop = Flag()
        events = andon.assistant.ask(body.question, Scope(frozenset(body.manuals)), stop)
        first = await run_in_threadpool(next, events)  # a refused question is an HTTP error, not a stream
        return StreamingResponse(
            _server_sent(first, events, stop), media_type="text/event-stream", headers={"Cache-Control": "no-store"}
        )

    @service.get("/search", tags=["questions"], dependencies=[Depends(account)])
    def search(
        q: Annotated[str, Query(min_length=1, max_length=2000)],
        k: Annotated[int, Query(ge=1, le=100)] = 10,
        manuals: Annotated[list[str] | None, Query()] = None,
    ) -> Json:
        """Hits alone, best first, each with score and why it was found."""
        results = andon.library.search(q, k, Scope(frozenset(manuals or ())))
        return {
            "hits": [hit_json(hit) for hit in results.hits], "codes": list(results.codes),
            "unknown_codes": list(results.unknown_codes),
        }  # fmt: skip


async def _server_sent(first: Event, rest: Iterator[Event], stop: Flag) -> AsyncIterator[str]:
    end = object()
    event: Event | object = first
    try:
        while event is not end:
            name, content = event_json(event)  # type: ignore[arg-type]
            yield f"event: {name}\ndata: {json.dumps(content, ensure_ascii=False)}\n\n"
            event = await run_in_threadpool(next, rest, end)
    except (AssistantFailed, IndexFailed, EdgeFailed) as failure:
        yield f"event: error\ndata: {json.dumps(error_json(failure), ensure_ascii=False)}\n\n"
    finally:
        stop.set()  # the reader went away: the runner is free for the next one after its current token


def _add_manuals(service: FastAPI, andon: Andon, account: Any, admin: Any) -> None:
    library = andon.library

    @service.get("/manuals", tags=["manuals"], dependencies=[Depends(account)])
    def manuals() -> Json:
        return {"manuals": [manual_json(manual) for manual in library.manuals()]}

    @service.post("/manuals", tags=["manuals"], status_code=202, dependencies=[Depends(admin)])
    def upload(file: UploadFile) -> Json:
        """Accept a file; it is on disk and queued when this answers. Follow it with /jobs/{id}."""
        return job_json(accept_upload(andon, file))

    @service.delete("/manuals/{manual_id}", tags=["manuals"], dependencies=[Depends(admin)])
    def remove(manual_id: str) -> Json:
        return manual_json(library.remove(manual_id))

    @service.get("/manuals/{manual_id}/original", tags=["manuals"], dependencies=[Depends(account)])
    def original(manual_id: str) -> FileResponse:
        """The original file, shown in the browser where it can (add #page=N to open a PDF at a page)."""
        path, manual = library.original(manual_id), library.manual(manual_id)
        inline = path.suffix in (".pdf", ".txt", ".md")
        media = {".md": "text/plain; charset=utf-8", ".txt": "text/plain; charset=utf-8"}.get(path.suffix)
        return FileResponse(
            path, filename=manual.name, media_type=media,
            content_disposition_type="inline" if inline else "attachment",
            # an uploaded HTML manual must never run as a page of this service
            headers={"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox; default-src 'none'"}
            if path.suffix != ".pdf" else {"X-Content-Type-Options": "nosniff"},
        )  # fmt: skip

    @service.get("/jobs", tags=["manuals"], dependencies=[Depends(admin)])
    def jobs() -> Json:
        return {"jobs": [job_json(job) for job in library.jobs.jobs()]}

    @service.get("/jobs/{job_id}", tags=["manuals"], dependencies=[Depends(admin)])
    def job(job_id: int) -> Json:
        found = library.jobs.job(job_id)
        if found is None:
            raise HTTPException(404, f"There is no job {job_id}.")
        return job_json(found)


def accept_upload(andon: Andon, file: UploadFile) -> Job:
    """Write an uploaded file to disk and queue it."""
    name = Path((file.filename or "").replace("\\", "/")).name or f"upload-{secrets.token_hex(4)}"
    folder = andon.settings.index_folder
    with tempfile.TemporaryDirectory(dir=folder, prefix=".upload-") as part:
        path = Path(part) / "file"
        with path.open("wb") as target:
            shutil.copyfileobj(file.file, target, 1 << 20)
        return andon.library.jobs.submit(path, name)


def _add_docs(service: FastAPI) -> None:
    @service.get("/api", include_in_schema=False)
    def api() -> JSONResponse:
        """The API's description (OpenAPI). FastAPI's own page is off: it loads scripts from the internet."""
        return JSONResponse(service.openapi())
