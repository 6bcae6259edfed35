"""OpenAI's error shape: every failure below /v1 as its clients read it, with the HTTP code that they go by."""

from __future__ import annotations

import logging
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from assistant.errors import ModelUnknown, NotAllowed, TooManyAttempts
from assistant.http.errors import FAILURES, Failure, error_json, refusal_json, status_of, unexpected_json
from assistant.http.wire import Json

_LOG = logging.getLogger("andon.service")
_TYPES = {401: "authentication_error", 403: "permission_error", 429: "rate_limit_error"}
_CODES = {NotAllowed.code: "invalid_api_key"}  # what their clients know it by


def openai_error(told: Json, status: int) -> Json:
    """``told``, an error in Andon's own shape, in OpenAI's; what helps is part of the message."""
    error = told["error"]
    kind = _TYPES.get(status, "server_error" if status >= 500 else "invalid_request_error")
    return {
        "error": {
            "message": f"{error['message']} {error['remedy']}".strip(), "type": kind,
            "param": error["details"].get("param"), "code": _CODES.get(error["code"], error["code"]),
        }
    }  # fmt: skip


def openai_failure(failure: Failure) -> Json:
    return openai_error(error_json(failure), openai_status(failure))


def openai_status(failure: Failure) -> int:
    """As of the other doors, but 400 for what cannot be done and 404 for a model that is not here."""
    status = 404 if isinstance(failure, ModelUnknown) else status_of(failure)
    return 400 if status == 422 else status


class OpenAiRoute(APIRoute):
    """A route whose failures, those of sign-in and of reading the body too, are told in OpenAI's shape."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def told(request: Request) -> Response:
            try:
                return await handle(request)
            except FAILURES as failure:
                wait = {"Retry-After": failure.details["wait_s"]} if isinstance(failure, TooManyAttempts) else None
                return JSONResponse(openai_failure(failure), openai_status(failure), wait)
            except RequestValidationError as invalid:
                return JSONResponse(_invalid(invalid), 400)
            except HTTPException as refused:
                return JSONResponse(openai_error(refusal_json(refused), refused.status_code), refused.status_code)
            except Exception:  # noqa: BLE001  told without its inside; the log has it
                _LOG.exception("%s %s failed", request.method, request.url.path)
                return JSONResponse(openai_error(unexpected_json(), 500), 500)

        return told


def _invalid(failure: RequestValidationError) -> Json:
    """The first mistake, in words; what was sent is not sent back."""
    first = failure.errors()[0]
    where = [part for part in first["loc"] if part not in ("body", "str", "list[Part]")]
    if first["type"] == "json_invalid":
        return _shape("request_refused", "The body is not JSON.", None, 400)
    name = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in where).lstrip(".")
    return _shape("request_refused", f"{name or 'The body'}: {first['msg']}.", name or None, 400)


def _shape(code: str, message: str, param: str | None, status: int) -> Json:
    details = {"param": param} if param else {}
    return openai_error({"error": {"code": code, "message": message, "remedy": "", "details": details}}, status)
