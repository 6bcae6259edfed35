"""Service errors: every failure of the HTTP service in one shape, and the limit on what a request may carry."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi import HTTPException as Refusal
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.backup.errors import BackupFailed
from assistant.errors import (
    AdminOnly,
    AssistantFailed,
    NotAllowed,
    QuestionRefused,
    RequestRefused,
    RequestTooLarge,
    TooManyAttempts,
)
from assistant.http.wire import Json
from assistant.records.errors import RecordUnknown
from edge.errors import AdapterUnknown, EdgeFailed
from index.errors import (
    AttributeRefused,
    IndexBusy,
    IndexFailed,
    ManualUnknown,
    ManualUnreadable,
    PageNotDrawn,
    PageWithoutPicture,
    ScopeUnknown,
    SynonymsRefused,
    SynonymUnknown,
)

Failure = AssistantFailed | IndexFailed | EdgeFailed
FAILURES = (AssistantFailed, IndexFailed, EdgeFailed)
_LOG = logging.getLogger("andon.service")
_HTTP = {
    400: (RequestRefused.code, "The body cannot be read: it is no JSON in UTF-8, or nested too deep.",
          "GET /api describes every request."),
    413: (RequestTooLarge.code, "", "Send less, or raise the setting max_file_mb for a large file."),
    404: ("not_found", "There is nothing at this address.", "GET /api lists what there is."),
    405: ("method_not_allowed", "This address does not take this method.", "GET /api lists what there is."),
}  # fmt: skip


def error_json(failure: Failure) -> Json:
    """The one error shape: a stable code, what and where, what helps."""
    return _shape(failure.code, failure.message, failure.remedy, failure.details)


def unexpected_json() -> Json:
    """What is told of an error nobody foresaw: nothing of its inside; the log has it."""
    return _shape("unexpected", "Something unexpected went wrong.", "Try again; the service's log says more.", {})


def refusal_json(refused: HTTPException) -> Json:
    """What the framework refuses before a route is reached."""
    code, message, remedy = _HTTP.get(refused.status_code, (f"http_{refused.status_code}", "", ""))
    return _shape(code, message or str(refused.detail), remedy, {})


def _shape(code: str, message: str, remedy: str, details: Mapping[str, str]) -> Json:
    return {"error": {"code": code, "message": message, "remedy": remedy, "details": dict(details)}}


def status_of(failure: Failure) -> int:
    match failure:
        case AdminOnly():
            return 403
        case TooManyAttempts():
            return 429
        case NotAllowed():
            return 401
        case ManualUnknown() | SynonymUnknown() | RecordUnknown() | PageWithoutPicture() | AdapterUnknown():
            return 404
        case IndexBusy() | BackupFailed():
            return 409
        case RequestTooLarge():
            return 413
        case QuestionRefused() | ManualUnreadable() | RequestRefused() | PageNotDrawn():
            return 422
        case ScopeUnknown() | AttributeRefused() | SynonymsRefused():
            return 422
        case _:
            return 500


def add_error_shapes(service: FastAPI) -> None:
    """Answer every failure in the one shape."""

    async def failed(request: Request, failure: Exception) -> JSONResponse:
        assert isinstance(failure, FAILURES)
        headers = {"Retry-After": failure.details["wait_s"]} if isinstance(failure, TooManyAttempts) else None
        return JSONResponse(error_json(failure), status_of(failure), headers)

    async def refused(request: Request, failure: Exception) -> JSONResponse:
        assert isinstance(failure, HTTPException)
        return JSONResponse(refusal_json(failure), failure.status_code, failure.headers)

    async def invalid(request: Request, failure: Exception) -> JSONResponse:
        assert isinstance(failure, RequestValidationError)
        return JSONResponse(error_json(_refusal(failure)), 422)

    async def unexpected(request: Request, failure: Exception) -> JSONResponse:
        _LOG.error("%s %s failed", request.method, request.url.path, exc_info=failure)
        return JSONResponse(unexpected_json(), 500)

    for kind in FAILURES:
        service.add_exception_handler(kind, failed)
    service.add_exception_handler(HTTPException, refused)
    service.add_exception_handler(RequestValidationError, invalid)
    service.add_exception_handler(Exception, unexpected)


def _refusal(failure: RequestValidationError) -> RequestRefused:
    """The first mistake, in words; what was sent is not sent back (it may be long, or a password)."""
    first: Mapping[str, Any] = failure.errors()[0]
    where = ".".join(str(part) for part in first["loc"])
    return RequestRefused(
        f"The request cannot be understood: {where}: {first['msg']}.", "GET /api describes every request.", where=where
    )


class BodyLimit:
    """Refuses bodies over a limit with 413, by their announced length or, where none is announced, while they come.
    ``limits``: bytes for each path; "/manuals/*" is for all below /manuals that have no limit of their own."""

    def __init__(self, app: ASGIApp, limits: Mapping[str, int], told: Callable[[Failure], Json] = error_json) -> None:
        """``told``: the shape of the error for what is refused before it is read."""
        self._app = app
        self._told = told
        self._limits = dict(limits)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        limit = self._limit(str(scope.get("path", ""))) if scope["type"] == "http" else None
        if limit is None:
            await self._app(scope, receive, send)
            return
        length = dict(scope["headers"]).get(b"content-length", b"")
        if length.isdigit() and int(length) > limit:
            await JSONResponse(self._told(_too_large(limit)), 413, {"Connection": "close"})(scope, receive, send)
            return
        came = 0

        async def counted() -> Message:
            nonlocal came
            message = await receive()
            came += len(message.get("body", b""))
            if came > limit:
                raise Refusal(413, _too_large(limit).message)  # FastAPI lets only its own kind through
            return message

        await self._app(scope, counted, send)

    def _limit(self, path: str) -> int | None:
        return self._limits.get(path, self._limits.get(f"{path.rpartition('/')[0]}/*"))


def _too_large(limit: int) -> RequestTooLarge:
    return RequestTooLarge(
        f"The request has more than {limit:,} bytes.", "Send less, or raise the setting max_file_mb for a large file.",
        limit=f"{limit:,}",
    )  # fmt: skip
