"""EndpointDriver: any OpenAI-style endpoint (llama-server, vLLM, ollama, an rkllm server), timed from outside."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit

from edge.bench.driver import Timed
from edge.errors import EdgeFailed
from edge.runner import Message

Tokenize = Callable[[str], int]


class EndpointDriver:
    """``url`` up to and with "/v1". ``tokenize`` counts by the model's own file where its owner named one; without it
    the server's ``usage`` counts, and a server that tells none cannot be measured: its pieces are no tokens.
    ``fit`` counts prompts while they are fitted, which needs to be near, not exact.

    Errors: EdgeFailed where the server is not there, refuses, or counts nothing.
    """

    def __init__(self, url: str, model: str, fit: Tokenize, tokenize: Tokenize | None = None) -> None:
        parts = urlsplit(url.rstrip("/"))
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise EdgeFailed(f"{url} is no address of an endpoint.", "Write it as http://127.0.0.1:8080/v1.")
        self.context_tokens = 0
        self._parts = parts
        self._model = model
        self._fit = fit
        self._tokenize = tokenize
        self._plain = False  # whether the server refuses fields beyond OpenAI's own

    def count(self, messages: Sequence[Message]) -> int:
        return sum((self._tokenize or self._fit)(message.content) for message in messages)

    def speak(self, messages: Sequence[Message], tokens: int, *, reuse: bool) -> Timed:
        body: dict[str, Any] = {
            "model": self._model, "stream": True, "stream_options": {"include_usage": True}, "temperature": 0,
            "max_tokens": tokens, "messages": [{"role": m.role, "content": m.content} for m in messages],
        }  # fmt: skip
        extra = {"ignore_eos": True, "cache_prompt": reuse}
        if not self._plain:
            try:
                return self._timed(messages, body | extra)
            except _RefusedFields:
                self._plain = True
        try:
            return self._timed(messages, body)
        except _RefusedFields as refused:
            raise EdgeFailed(f"The endpoint refuses the request: {refused}", "Check --endpoint-model.") from refused

    def _timed(self, messages: Sequence[Message], body: dict[str, Any]) -> Timed:
        texts: list[str] = []
        first_s = last_s = 0.0
        usage: dict[str, Any] = {}
        start = time.perf_counter()
        for event in self._events(body):
            usage = event.get("usage") or usage
            for choice in event.get("choices") or ():
                delta = choice.get("delta") or {}
                text = delta.get("content") or delta.get("reasoning_content") or ""
                if text:
                    last_s = time.perf_counter() - start
                    first_s = first_s or last_s
                    texts.append(text)
        if not texts:
            raise EdgeFailed("The endpoint answered without any text.", "Look into its own log.")
        prompt_tokens, said, counted_by = self._counted(messages, "".join(texts), usage)
        first = self._tokenize(texts[0]) if self._tokenize else 1
        return Timed(first_s, last_s, max(1, first), said, prompt_tokens, counted_by)

    def _counted(self, messages: Sequence[Message], text: str, usage: dict[str, Any]) -> tuple[int, int, str]:
        if self._tokenize is not None:
            return self.count(messages), self._tokenize(text), "the model's file"
        try:
            return int(usage["prompt_tokens"]), int(usage["completion_tokens"]), "the server's usage"
        except (KeyError, TypeError, ValueError) as exc:
            raise EdgeFailed(
                "The endpoint does not say how many tokens it read and wrote, and pieces of a stream are no tokens.",
                "Name the model's GGUF file with --model, so that its tokens can be counted here.",
            ) from exc

    def _events(self, body: dict[str, Any]) -> Iterator[dict[str, Any]]:
        kind = http.client.HTTPSConnection if self._parts.scheme == "https" else http.client.HTTPConnection
        connection = kind(self._parts.hostname or "", self._parts.port, timeout=600)
        try:
            connection.request(
                "POST", f"{self._parts.path}/chat/completions", json.dumps(body), {"Content-Type": "application/json"}
            )
            answer = connection.getresponse()
            if answer.status in (400, 422):
                raise _RefusedFields(answer.read(300).decode("utf-8", "replace"))
            if answer.status != 200:
                raise EdgeFailed(f"The endpoint says {answer.status} {answer.reason}.", "Look into its own log.")
            for line in answer:
                data = line.strip().removeprefix(b"data:").strip()
                if line.startswith(b"data:") and data != b"[DONE]":
                    yield json.loads(data)
        except (OSError, http.client.HTTPException, ValueError) as exc:
            where = f"{self._parts.scheme}://{self._parts.netloc}{self._parts.path}"
            raise EdgeFailed(f"{where} does not answer as an OpenAI-style endpoint: {exc}.", "Is it running?") from exc
        finally:
            connection.close()


class _RefusedFields(Exception):
    """The server takes none but OpenAI's own fields, or not these values."""
