"""OpenAI-compatible routes: /v1/chat/completions over the same answers as /ask, and /v1/models."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Iterator, Sequence
from functools import partial
from threading import Event as Flag
from typing import Any
from uuid import uuid4

import anyio
import anyio.to_thread
from anyio import CapacityLimiter
from fastapi import APIRouter, Depends, FastAPI, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse

from assistant.accounts import Account
from assistant.answer import Answer, Event, Found, Quote
from assistant.build import Andon
from assistant.http.openai_errors import OpenAiRoute, openai_error
from assistant.http.openai_request import MODEL, ChatRequest, adapter_of, history_of
from assistant.http.stream import Form, Streams
from assistant.http.wire import Json, answer_json, hit_json, quote_json
from assistant.plain_text import PlainText, page_and_label
from assistant.records.entry import Asker
from edge.errors import EdgeFailed
from edge.runner import Runner
from index.passage import Hit

CHAT = "/v1/chat/completions"
COUNT_S = 5.0  # longest wait for a count of tokens, the loading of the runner included
COUNTING = 4  # counts at a time
_LOG = logging.getLogger("andon.service")
LEFT = 499  # the reader went away before the answer was whole; nobody reads this


def add_openai(service: FastAPI, andon: Andon, account: Any, streams: Streams) -> None:
    """``account`` says who is signed in, or refuses."""
    asker = Depends(account)
    counting = _Counting()
    router = APIRouter(prefix="/v1", tags=["openai"], route_class=OpenAiRoute, dependencies=[asker])
    _add_models(router, andon)

    @router.post("/chat/completions")
    async def complete(body: ChatRequest, request: Request, who: Account = asker) -> Response:
        """OpenAI's chat completions: supported sentences with [n], or the manual's own words, then the source. The
        field ``andon`` has quotes, verdict and timings. With ``stream``: chunks, then [DONE]."""
        adapter = body.check(andon.assistant.options.adapters)
        said = body.said()
        runner = andon.assistant.runner if body.with_usage else None
        prompt_tokens = await counting.count(runner, [message.content for message in said])
        stop = Flag()
        events = andon.assistant.ask(said[-1].content, body.scope(), stop, history_of(said), adapter)
        events = andon.records.asking(events, Asker(who.name, "http", body.scope()))
        first = await streams.first(events)
        completion = Completion(runner, prompt_tokens, body.model)
        if body.stream:
            form = Form(partial(completion.chunks, with_usage=body.with_usage), _failed)
            return StreamingResponse(
                streams.written(first, events, stop, request, form),
                media_type="text/event-stream", headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
            )  # fmt: skip
        async for event in streams.events(first, events, stop, request):
            completion.take(event)
            if isinstance(event, Answer):
                return JSONResponse(completion.whole(event))
        return Response(status_code=LEFT)

    @router.api_route(
        "/{path:path}", methods=["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"], include_in_schema=False
    )
    def nothing(path: str) -> Response:
        told = {"code": "not_found", "message": f"Andon has no /v1/{path[:80]}.", "remedy": "", "details": {}}
        return JSONResponse(openai_error({"error": told}, 404), 404)

    service.include_router(router)


def _add_models(router: APIRouter, andon: Andon) -> None:
    started = int(time.time())

    def model(name: str = MODEL) -> Json:
        runner = andon.assistant.runner
        return {
            "id": name, "object": "model", "created": started, "owned_by": MODEL,
            "andon": {"model": runner.name if runner else "none", "manuals": len(andon.library.manuals())},
        }  # fmt: skip

    @router.get("/models")
    def models() -> Json:
        """The name that Andon answers to, and one for each adapter; ``andon`` tells which SLM is behind them."""
        names = [MODEL, *(f"{MODEL}:{adapter}" for adapter in andon.assistant.options.adapters)]
        return {"object": "list", "data": [model(name) for name in names]}

    @router.get("/models/{name:path}")
    def one(name: str) -> Json:
        adapter_of(name, andon.assistant.options.adapters)
        return model(name)


class Completion:
    """One answer in OpenAI's forms: whole, or as chunks of a stream."""

    def __init__(self, runner: Runner | None, prompt_tokens: int | None, model: str = MODEL) -> None:
        """``runner``: whose tokens are counted; ``prompt_tokens`` None where they are not; ``model`` as asked for."""
        self._runner = runner
        self._model = model
        self._prompt_tokens = prompt_tokens
        self._id = f"chatcmpl-{uuid4().hex}"
        self._created = int(time.time())
        self._plain = PlainText()

    def take(self, event: Event) -> str:
        return self._plain.take(event)

    def whole(self, answer: Answer) -> Json:
        """The completion, once all events were taken."""
        message = {"role": "assistant", "content": self._plain.text, "refusal": None}
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
        usage = self._usage()
        told = {"usage": usage} if usage else {}
        return {**self._head("chat.completion", [choice]), **told, "andon": _told(answer)}

    def chunks(self, event: Event, with_usage: bool) -> Iterator[bytes]:
        """The frames of one event: quotes at once, in the first chunk's field ``andon``, the verdict in the last."""
        none: Json = {"usage": None} if with_usage else {}
        text = self.take(event)
        if isinstance(event, Found):
            andon = {
                "sources": [source_json(quote) for quote in event.quotes], "declined": event.declined,
                "lang": event.lang, "found_ms": event.found_ms,
            }  # fmt: skip
            yield _frame({**self._chunk({"role": "assistant", "content": ""}), **none, "andon": andon})
        if text:
            yield _frame({**self._chunk({"content": text}), **none})
        if isinstance(event, Answer):
            yield _frame({**self._chunk({}, "stop"), **none, "andon": _told(event)})
            if with_usage and (usage := self._usage()):
                yield _frame({**self._head("chat.completion.chunk", []), "usage": usage})
            yield b"data: [DONE]\n\n"

    def _chunk(self, delta: Json, finish: str | None = None) -> Json:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        return self._head("chat.completion.chunk", [choice])

    def _head(self, kind: str, choices: list[Json]) -> Json:
        return {"id": self._id, "object": kind, "created": self._created, "model": self._model, "choices": choices}

    def _usage(self) -> Json | None:
        """None where tokens are not counted. The runner is loaded here, so that counting does not wait for it."""
        said = _count(self._runner, [self._plain.text]) if self._prompt_tokens is not None else None
        if said is None or self._prompt_tokens is None:
            return None
        return {
            "prompt_tokens": self._prompt_tokens, "completion_tokens": said,
            "total_tokens": self._prompt_tokens + said,
        }  # fmt: skip


def source_json(quote: Quote) -> Json:
    """A quote as in /ask, with the first ``page`` of the file and the ``label`` printed on it."""
    return {**_page_json(quote.hit), **quote_json(quote)}


def _page_json(hit: Hit) -> Json:
    page, label = page_and_label(hit)
    return {"page": page, "label": label}


def _told(answer: Answer) -> Json:
    """The field ``andon`` of a whole answer: what /ask tells, the quotes under the name sources."""
    told = answer_json(answer)
    for name in ("question", "text", "quotes", "nearest"):
        told.pop(name)
    told["sources"] = [source_json(quote) for quote in answer.quotes]
    told["nearest"] = [{**_page_json(hit), **hit_json(hit)} for hit in answer.nearest]
    return told


class _Counting:
    """Counts tokens on threads of its own, so that a runner that hangs while it is loaded holds up nobody."""

    def __init__(self) -> None:
        self._limiter = CapacityLimiter(COUNTING)

    async def count(self, runner: Runner | None, texts: Sequence[str]) -> int | None:
        """Tokens of ``texts``, as the runner counts; None without a runner, and where it cannot be used or does not
        come back: the answer names the failure."""
        with anyio.move_on_after(COUNT_S):
            return await anyio.to_thread.run_sync(
                partial(_count, runner, texts), abandon_on_cancel=True, limiter=self._limiter
            )
        return None


def _count(runner: Runner | None, texts: Sequence[str]) -> int | None:
    if runner is None:
        return None
    try:
        return sum(map(runner.count_tokens, texts))
    except EdgeFailed:
        return None
    except Exception:  # noqa: BLE001  a count is not worth an answer
        _LOG.exception("The runner %s cannot count.", runner.name)
        return None


def _failed(told: Json) -> bytes:
    return _frame(openai_error(told, 500))


def _frame(content: Json) -> bytes:
    return b"data: " + json.dumps(content, ensure_ascii=False).encode("utf-8", "replace") + b"\n\n"
