"""FakeEndpoint: an OpenAI-compatible server written by hand over real sockets, which misbehaves when told to."""

from __future__ import annotations

import gzip
import json
import random
import socket
import socketserver
import ssl
import threading
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from fake_runner import cut

Say = Callable[[list[dict[str, str]]], str]


@dataclass
class Manner:
    """How it answers. ``kind``: whose further paths it has ("llama-server", "vllm", "llama-cpp-python", "bare").
    ``faults``: one for each chat request, "" for none: a status ("429", "500"), "hang", "hang-middle", "cut",
    "cut-before", "json", "silent" (neither finish nor [DONE]), "error-event", "strict" (refuses fields beyond
    OpenAI's)."""

    kind: str = "llama-server"
    model: str = "fake-3b"
    context: int = 2048
    key: str = ""
    faults: deque[str] = field(default_factory=deque)
    retry_after: str = ""
    reasoning: str = ""  # sent as reasoning_content before the answer
    gzip: bool = False
    crlf: bool = False
    comments: bool = False
    several_data_lines: bool = False
    piece_bytes: int = 0  # the whole stream cut into pieces of so many bytes, characters torn
    usage: bool = True
    gap_s: float = 0.0


class FakeEndpoint:
    """Use it in a ``with`` block; ``url`` ends with /v1. ``asked`` keeps path, headers and body of each request;
    ``left`` counts callers that closed their connection before the answer was over."""

    def __init__(self, say: Say, manner: Manner | None = None) -> None:
        self.say = say
        self.manner = manner or Manner()
        self.asked: list[tuple[str, dict[str, str], dict[str, Any]]] = []
        self.left = 0
        self.released = threading.Event()
        fake = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                try:
                    fake._serve(self)
                except OSError:
                    fake.left += 1

        socketserver.ThreadingTCPServer.allow_reuse_address = True
        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._server.block_on_close = False
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def __enter__(self) -> FakeEndpoint:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.released.set()
        self._server.shutdown()
        self._server.server_close()

    def over_tls(self, context: ssl.SSLContext) -> None:
        """From now on the server speaks TLS."""
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.url = self.url.replace("http://", "https://")

    def chats(self) -> list[dict[str, Any]]:
        return [body for path, _headers, body in self.asked if path.endswith("/chat/completions")]

    def _serve(self, handler: socketserver.StreamRequestHandler) -> None:
        method, path, headers, body = _read(handler)
        self.asked.append((path, headers, body))
        manner = self.manner
        if manner.key and headers.get("authorization") != f"Bearer {manner.key}":
            return _send(handler, 401, {"error": {"message": "Invalid API Key"}})
        if path == "/v1/models" and method == "GET":
            more = {"max_model_len": manner.context} if manner.kind == "vllm" else {}
            return _send(handler, 200, {"object": "list", "data": [{"id": manner.model, "object": "model"} | more]})
        if path == "/props" and manner.kind == "llama-server":
            return _send(handler, 200, {"default_generation_settings": {"n_ctx": manner.context}})
        if path == "/extras/tokenize/count" and manner.kind == "llama-cpp-python":
            return _send(handler, 200, {"count": len(cut(body["input"]))})
        if path == "/tokenize" and manner.kind in ("llama-server", "vllm"):
            return self._tokenize(handler, body)
        if path == "/v1/chat/completions" and method == "POST":
            return self._chat(handler, body)
        return _send(handler, 404, {"error": {"message": "Not Found"}})

    def _tokenize(self, handler: socketserver.StreamRequestHandler, body: dict[str, Any]) -> None:
        if self.manner.kind == "llama-server":
            return _send(handler, 200, {"tokens": list(range(len(cut(body.get("content", "")))))})
        if "prompt" not in body:
            return _send(handler, 400, {"error": {"message": "prompt is missing"}})
        count = len(cut(body["prompt"]))
        return _send(handler, 200, {"count": count, "max_model_len": 1, "tokens": list(range(count))})

    def _chat(self, handler: socketserver.StreamRequestHandler, body: dict[str, Any]) -> None:
        manner = self.manner
        fault = manner.faults.popleft() if manner.faults else ""
        if fault.isdigit():
            extra = {"Retry-After": manner.retry_after} if manner.retry_after else {}
            return _send(handler, int(fault), {"error": {"message": f"told to say {fault}"}}, extra)
        if fault == "cut-before":
            return None
        if fault == "strict" and not set(body) <= STANDARD:
            manner.faults.append("strict")
            return _send(handler, 400, {"error": {"message": "Unrecognized request argument"}})
        if fault == "hang":
            self._wait_until_left(handler)
            return None
        stream = b"".join(self._events(body, fault))
        if manner.gzip:
            stream = gzip.compress(stream)
        head = ["HTTP/1.1 200 OK", "Content-Type: text/event-stream", "Transfer-Encoding: chunked"]
        head += ["Content-Encoding: gzip"] if manner.gzip else []
        handler.wfile.write("\r\n".join([*head, "", ""]).encode())
        size = manner.piece_bytes or (len(stream) if manner.gzip else 0)
        pieces = [stream[i : i + size] for i in range(0, len(stream), size)] if size else _events_of(stream)
        for n, piece in enumerate(pieces):
            if n == 3 and fault == "hang-middle":
                self._wait_until_left(handler)
                return None
            if n == 3 and fault == "cut":
                return None
            handler.wfile.write(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
            handler.wfile.flush()
            if manner.gap_s:
                self.released.wait(manner.gap_s)
        handler.wfile.write(b"0\r\n\r\n")
        return None

    def _wait_until_left(self, handler: socketserver.StreamRequestHandler) -> None:
        handler.connection.settimeout(0.02)
        while not self.released.is_set():
            try:
                if not handler.connection.recv(1):
                    break
            except TimeoutError:
                continue
        self.left += 1

    def _events(self, body: dict[str, Any], fault: str) -> Iterator[bytes]:
        manner = self.manner
        tokens = cut(self.say(body["messages"]))
        if body["temperature"] > 0:
            random.Random(body["seed"]).shuffle(tokens)
        if "grammar" in body:  # the one that the contract gives
            tokens = cut("AL-16")
        if "response_format" in body:
            tokens = cut(json.dumps(body["response_format"]["json_schema"]["schema"]["enum"][0]))
        said, finish = tokens[: body["max_tokens"]], "length" if len(tokens) > body["max_tokens"] else "stop"
        for stop in body.get("stop", []):
            whole = "".join(said)
            if stop in whole:
                said, finish = cut(whole[: whole.index(stop)]), "stop"
        yield self._event({"choices": [{"index": 0, "delta": {"role": "assistant", "content": ""}}]})
        if manner.reasoning:
            yield self._event({"choices": [{"index": 0, "delta": {"reasoning_content": manner.reasoning}}]})
        for n, token in enumerate(said):
            if manner.comments:
                yield b": still here\r\n\r\n" if manner.crlf else b": still here\n\n"
            if n == 1 and fault == "json":
                yield b"data: {not json\n\n"
            if n == 1 and fault == "error-event":
                yield self._event({"error": {"message": "out of memory"}})
            choice: dict[str, Any] = {"index": 0, "delta": {"content": token}, "finish_reason": None}
            if body.get("logprobs"):
                choice["logprobs"] = {"content": [_chance(token, body.get("top_logprobs", 0))]}
            yield self._event({"choices": [choice]})
        if fault == "silent":
            return
        yield self._event({"choices": [{"index": 0, "delta": {}, "finish_reason": finish}]})
        if manner.usage and body.get("stream_options", {}).get("include_usage"):
            usage = {"prompt_tokens": 1, "completion_tokens": len(said)}
            yield self._event({"choices": [], "usage": usage})
        yield b"data: [DONE]\r\n\r\n" if manner.crlf else b"data: [DONE]\n\n"

    def _event(self, chunk: dict[str, Any]) -> bytes:
        text = json.dumps(chunk, ensure_ascii=False, indent=1 if self.manner.several_data_lines else None)
        lines = [f"data: {line}" for line in text.split("\n")]
        end = "\r\n" if self.manner.crlf else "\n"
        return (end.join(["event: message", *lines]) + end * 2).encode()


def _chance(token: str, others: int) -> dict[str, Any]:
    """A token with its log-probability, as OpenAI writes it; half of them without the bytes, which are optional."""
    raw = list(token.encode()) if len(token) % 2 else None
    entry: dict[str, Any] = {"token": token, "logprob": -0.25, "bytes": raw}
    return entry | {"top_logprobs": [entry | {"logprob": -0.25 - n} for n in range(others)]}


STANDARD = {
    "model", "messages", "max_tokens", "temperature", "top_p", "seed", "stream", "stream_options", "stop",
    "response_format", "logprobs", "top_logprobs",
}  # fmt: skip


def _events_of(stream: bytes) -> list[bytes]:
    """The stream cut after each event."""
    end = b"\r\n\r\n" if b"\r\n\r\n" in stream else b"\n\n"
    return [event + end for event in stream.split(end) if event]


def _read(handler: socketserver.StreamRequestHandler) -> tuple[str, str, dict[str, str], dict[str, Any]]:
    method, path, _version = handler.rfile.readline().decode().split()
    headers: dict[str, str] = {}
    while line := handler.rfile.readline().strip():
        name, _, value = line.decode().partition(":")
        headers[name.lower()] = value.strip()
    body = handler.rfile.read(int(headers.get("content-length", "0")))
    return method, path, headers, json.loads(body) if body else {}


def _send(
    handler: socketserver.StreamRequestHandler, status: int, value: object, headers: dict[str, str] | None = None
) -> None:
    body = json.dumps(value).encode()
    lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(body)}", "Content-Type: application/json"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    handler.wfile.write("\r\n".join([*lines, "", ""]).encode() + body)


_HELD: list[socket.socket] = []


def closed_port() -> int:
    """A port on which nobody listens; it is held, so that nobody comes to while the tests run, and no connection to it
    begins at it, which would answer itself."""
    held = socket.socket()
    held.bind(("127.0.0.1", 0))
    _HELD.append(held)
    return int(held.getsockname()[1])
