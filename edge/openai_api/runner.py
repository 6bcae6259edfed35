"""OpenAiRunner: a model behind an OpenAI-compatible endpoint (vLLM, llama-server, ollama, MLC, LM Studio)."""

from __future__ import annotations

import json
import math
import threading
import time
import weakref
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from edge.errors import AskRefused, EndpointBroken, EndpointFailed, EndpointRefused, GenerationFailed, PromptTooLong
from edge.http_exchange import Exchange
from edge.openai_api.chances import chances_of
from edge.openai_api.counting import TokenCounter
from edge.openai_api.door import Door, may_help_to_wait, refusal, retry_after_s
from edge.openai_api.events import events
from edge.openai_api.options import EndpointOptions
from edge.openai_api.reasoning import Spoken
from edge.openai_api.request import chat_request
from edge.openai_api.served import Served, read_served
from edge.options import check_adapter
from edge.runner import Finish, Message, Piece, Sampling, TokenChance
from edge.text_stream import TextStream
from edge.turns import Generation, Turns

TRIES = 3
LONGEST_WAIT_S = 15.0  # a server that asks for more is not waited for
Cancelled = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class _Loaded:
    served: Served
    counter: TokenCounter


class _Later(Exception):
    """A try that failed before the first token and may succeed after ``wait_s`` seconds."""

    def __init__(self, failed: EndpointFailed, wait_s: float | None) -> None:
        super().__init__(str(failed))
        self.failed = failed
        self.wait_s = wait_s


class OpenAiRunner:
    """A Runner over one model of an endpoint. Whether the same messages give the same text at temperature 0 is up to
    the server; choices are not kept.

    Until the first token a request is sent again (at most ``TRIES`` times, after growing waits or what Retry-After
    asks) when the server is away, busy or breaks off; after it never, since the reader has seen text. ``close`` of a
    stream closes its connection, which makes these servers stop computing. What a model reasons is never shown.
    Tokens are those the server reports in its last chunk, until then chunks with text.

    Errors: EndpointFailed with what is below it, ModelMissing, PromptTooLong, GenerationFailed.
    """

    keeps_choices = False

    def __init__(self, options: EndpointOptions) -> None:
        self.name = options.model or options.address.netloc
        self.context_tokens = options.context_tokens
        self._options = options
        self._door = Door(options)
        self._turns = Turns()
        self._opening = threading.RLock()
        self._loaded: _Loaded | None = None
        self._plain = False  # the server refused fields beyond OpenAI's
        self._streams: weakref.WeakSet[Generation] = weakref.WeakSet()

    def load(self) -> None:
        self._ready()

    def _ready(self) -> _Loaded:
        with self._opening:
            if self._loaded is None:
                served = read_served(self._door, self._options.model)
                counter = TokenCounter(self._door, self._options, served.model)
                self.context_tokens = min(self._options.context_tokens, served.context_tokens or 1 << 30)
                self.name = served.model
                self._loaded = _Loaded(served, counter)
            return self._loaded

    @property
    def counts_by(self) -> str:
        """How tokens are counted here: "llama-server", "vllm", "file" or "bytes"."""
        return self._ready().counter.way

    def count_tokens(self, text: str) -> int:
        """Tokens of ``text``, at most. Does not wait for a generation."""
        return self._ready().counter.count(text)

    def stream(self, messages: Sequence[Message], sampling: Sampling) -> Iterator[Piece]:
        """The answer to ``messages``, piece by piece. The iterator queues at its first ``next``."""
        asked = tuple(messages)
        generation = Generation(self._turns, lambda cancelled: self._generate(asked, sampling, cancelled))
        with self._opening:
            self._streams.add(generation)
        return generation

    def close(self) -> None:
        """Ends running and waiting streams. Harmless when repeated."""
        with self._opening:
            streams, self._loaded = list(self._streams), None
        for stream in streams:
            stream.close()

    def _generate(self, messages: Sequence[Message], sampling: Sampling, cancelled: Cancelled) -> Iterator[Piece]:
        check_adapter(sampling.adapter, (), self.name)
        loaded = self._ready()
        sampling.refuse_beyond(loaded.served.extras, self.name)
        _refuse_other_forms(sampling, loaded.served)
        needed = loaded.counter.count_messages(messages)
        if needed + sampling.max_tokens > self.context_tokens:
            raise PromptTooLong(
                f"The prompt has up to {needed} tokens and the answer up to {sampling.max_tokens}; {self.name} holds "
                f"{self.context_tokens} in all.",
                "Ask with fewer or shorter excerpts, or raise context_tokens here and at the server.",
                prompt_tokens=str(needed),
                context_tokens=str(self.context_tokens),
            )
        try:
            yield from self._tried(loaded.served.model, messages, sampling, cancelled)
        except EndpointFailed:
            with self._opening:
                self._loaded = None  # it may come back with another model or context
            raise

    def _tried(
        self, model: str, messages: Sequence[Message], sampling: Sampling, cancelled: Cancelled
    ) -> Iterator[Piece]:
        for attempt in range(1, TRIES + 1):
            try:
                yield from self._try(model, messages, sampling, cancelled)
                return
            except _Later as later:
                wait_s = self._options.back_off_s * 2 ** (attempt - 1) if later.wait_s is None else later.wait_s
                if attempt == TRIES or wait_s > LONGEST_WAIT_S:
                    raise later.failed from later
                until = time.monotonic() + wait_s
                while time.monotonic() < until and not cancelled():
                    time.sleep(min(0.02, wait_s))
            if cancelled():
                yield Piece("", 0, "cancelled")
                return

    def _try(
        self, model: str, messages: Sequence[Message], sampling: Sampling, cancelled: Cancelled
    ) -> Iterator[Piece]:
        body = chat_request(model, messages, sampling, plain=self._plain)
        answer: _Answer | None = None
        try:
            with self._door.exchange(
                "chat/completions", body, time.monotonic() + self._options.first_s, cancelled
            ) as exchange:
                if exchange.ended:
                    yield Piece("", 0, "cancelled")
                    return
                self._check(exchange)
                answer = _Answer(exchange, sampling, self._options.gap_s)
                yield from answer.pieces(cancelled)
        except EndpointFailed as failed:
            if (answer is not None and answer.begun) or not may_help_to_wait(failed):
                raise
            raise _Later(failed, None) from failed

    def _check(self, exchange: Exchange) -> None:
        """Errors: _Later, EndpointFailed for a status other than 200."""
        if exchange.status == 200:
            return
        content = exchange.read()
        failed = refusal(self._door.origin, exchange.status, exchange.headers, content)
        if exchange.status in (400, 422) and not self._plain and isinstance(failed, EndpointRefused):
            self._plain = True  # perhaps it was one of the further fields
            raise _Later(failed, 0.0)
        if may_help_to_wait(failed):
            raise _Later(failed, retry_after_s(exchange.headers))
        raise failed


def _refuse_other_forms(sampling: Sampling, served: Served) -> None:
    """Raises AskRefused for what the server would not understand: GBNF elsewhere than at llama-server, a schema that is
    no JSON."""
    why = ""
    if sampling.grammar and served.kind != "llama-server":
        why = f"{served.model} is not behind llama-server, which alone reads GBNF."
    if sampling.json_schema:
        try:
            json.loads(sampling.json_schema)
        except ValueError as failed:
            why = f"The schema is no JSON: {failed}."
    if why:
        raise AskRefused(why, "Give a json_schema that is one.", asked="grammar", model=served.model)


class _Answer:
    """The chunks of one response as pieces. ``begun``: a token has come."""

    def __init__(self, exchange: Exchange, sampling: Sampling, gap_s: float) -> None:
        self.begun = False
        self._exchange = exchange
        self._most = sampling.max_tokens
        self._gap_s = gap_s
        self._spoken = Spoken()
        self._text = TextStream(sampling.stop)
        self._count = 0
        self._chances: list[TokenChance] = []
        self._finish: Finish = ""
        self._ended = False

    def pieces(self, cancelled: Cancelled) -> Iterator[Piece]:
        try:
            for data in events(self._exchange.pieces()):
                if data.strip() == "[DONE]":
                    self._ended = True
                    break
                new, stopped = self._take(data)
                if stopped:
                    yield Piece(new, max(self._count, 1), "stop", self._told())
                    return
                if new:
                    self._exchange.deadline = math.inf  # the reader may take its time
                    yield Piece(new, self._count, "", self._told())
                    self._exchange.deadline = time.monotonic() + self._gap_s
        except ValueError as failed:
            raise EndpointBroken(
                f"What the endpoint sends is not understood: {failed}.", "See that the address ends with /v1."
            ) from failed
        if cancelled():
            yield Piece("", self._count, "cancelled", self._told())
            return
        if not self._ended and not self._finish:
            raise EndpointBroken("The endpoint's answer ends in the middle.", "See the log of the server there.")
        rest, _ = self._text.push(self._spoken.flush().encode())
        yield Piece(rest + self._text.flush(), self._count, self._finish or "stop", self._told())

    def _told(self) -> tuple[TokenChance, ...]:
        """The chances since the piece before."""
        chances, self._chances = tuple(self._chances), []
        return chances

    def _take(self, data: str) -> tuple[str, bool]:
        """The text of one chunk that may be shown, and whether a stop string was met. Raises ValueError,
        EndpointBroken."""
        try:
            chunk = json.loads(data)
        except ValueError as failed:
            raise ValueError(f"{data[:80]!r} is no JSON") from failed
        if not isinstance(chunk, dict):
            raise ValueError(f"{data[:80]!r} is no chunk")
        if chunk.get("error"):
            raise EndpointBroken(f"The endpoint says: {str(chunk['error'])[:300]}.", "See the log of the server there.")
        usage = chunk.get("usage")
        if isinstance(usage, dict) and isinstance(usage.get("completion_tokens"), int):
            self._count = min(max(self._count, usage["completion_tokens"]), self._most)
        choices = chunk.get("choices")
        choice = choices[0] if isinstance(choices, list) and choices and isinstance(choices[0], dict) else {}
        if choice.get("finish_reason"):
            self._finish = "length" if choice["finish_reason"] == "length" else "stop"
        delta = choice.get("delta")
        if isinstance(delta, dict) and delta.get("content"):
            self._chances += chances_of(choice.get("logprobs"))
        return self._hear(delta)

    def _hear(self, delta: Any) -> tuple[str, bool]:
        if not isinstance(delta, dict):
            return "", False
        said = delta.get("content") or ""
        if not said and not (delta.get("reasoning_content") or delta.get("reasoning")):
            return "", False
        self.begun = True
        self._exchange.deadline = time.monotonic() + self._gap_s
        if not said:
            return "", False
        self._count = min(self._count + 1, self._most)
        shown = self._spoken.push(str(said))
        if self._spoken.torn:
            raise GenerationFailed(
                "The endpoint sends what the model reasons as if it were its answer.",
                "Start llama-server with --reasoning-format deepseek, vLLM with --reasoning-parser, or switch thinking "
                "off.",
            )
        return self._text.push(shown.encode("utf-8", "replace"))
