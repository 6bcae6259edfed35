"""Door: requests to one endpoint, with its key, and what its refusals mean."""

from __future__ import annotations

import email.utils
import json
import time
from collections.abc import Callable, Mapping
from http.client import HTTPMessage
from typing import Any

from edge.errors import EndpointAway, EndpointBroken, EndpointBusy, EndpointFailed, EndpointRefused, EndpointSlow
from edge.http_exchange import Exchange, Request
from edge.openai_api.options import EndpointOptions

SHORT_S = 10.0  # for requests that compute nothing: lists, properties, counting
SAID_CHARACTERS = 300


class Door:
    """``exchange`` opens a request to a path under the address ("/v1" in most); ``ask`` sends a short one and gives the
    JSON of its answer. A path that begins with "/" is the server's own, outside "/v1"."""

    def __init__(self, options: EndpointOptions) -> None:
        self._options = options

    def exchange(
        self, path: str, body: Mapping[str, Any] | None, deadline: float, cancelled: Callable[[], bool] = lambda: False
    ) -> Exchange:
        options = self._options
        base = options.address.path.rstrip("/")
        root = base[: -len("/v1")] if base.endswith("/v1") else ""
        headers = {"Content-Type": "application/json", "Accept": "text/event-stream, application/json"}
        if options.key:
            headers["Authorization"] = f"Bearer {options.key}"
        request = Request(
            options.address.at(root + path if path.startswith("/") else f"{base}/{path}"),
            "GET" if body is None else "POST",
            headers,
            b"" if body is None else json.dumps(body, ensure_ascii=False).encode("utf-8", "replace"),
            options.connect_s,
            options.ca_file,
        )
        return Exchange(request, deadline, cancelled)

    def ask(self, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """The JSON that comes back; None where the server does not know the path or says no JSON. Errors: as those of
        Exchange, and EndpointRefused, EndpointBusy."""
        with self.exchange(path, body, time.monotonic() + SHORT_S) as exchange:
            content = exchange.read()
            if exchange.status in (400, 404, 405, 415, 422, 501):
                return None
            if exchange.status >= 300:
                raise refusal(self.origin, exchange.status, exchange.headers, content)
        try:
            return json.loads(content)
        except ValueError:
            return None

    @property
    def origin(self) -> str:
        return self._options.address.origin


def refusal(origin: str, status: int, headers: HTTPMessage, content: bytes) -> EndpointFailed:
    """What a status other than 200 means."""
    said = f"{origin} says {status}: {_said(content)}".rstrip(": ")
    if status in (401, 403):
        return EndpointRefused(said, "Set model_key (ANDON_MODEL_KEY) to a key that the server knows.")
    if status in (301, 302, 303, 307, 308):
        return EndpointRefused(
            f"{origin} sends the caller elsewhere ({headers.get('Location', '?')}).", "Set model to that address."
        )
    if status == 429 or status == 503:
        return EndpointBusy(said, "Wait a little, or let the server take more requests at once.")
    if status >= 500:
        return EndpointBroken(said, "See the log of the server there, then ask again.")
    return EndpointRefused(said, "Check the model's name and the context length of the server.")


def may_help_to_wait(failed: EndpointFailed) -> bool:
    """Whether the same request may succeed a little later."""
    return isinstance(failed, EndpointAway | EndpointBusy | EndpointBroken) and not isinstance(failed, EndpointSlow)


def retry_after_s(headers: HTTPMessage) -> float | None:
    """Seconds that the header Retry-After asks to wait, from its number or its date; None without."""
    value = (headers.get("Retry-After") or "").strip()
    if value.isdecimal():
        return float(value)
    try:
        return max(0.0, email.utils.parsedate_to_datetime(value).timestamp() - time.time()) if value else None
    except ValueError:
        return None


def _said(content: bytes) -> str:
    """The message inside an error, in whichever shape it comes."""
    text = content.decode("utf-8", "replace").strip()
    try:
        found = json.loads(text)
    except ValueError:
        return text[:SAID_CHARACTERS]
    inner = found.get("error", found) if isinstance(found, dict) else found
    if isinstance(inner, dict):
        inner = inner.get("message") or inner.get("detail") or inner
    return str(inner)[:SAID_CHARACTERS]
