"""Endpoint: a small OpenAI-style server of the tests that streams slowly, three tokens a piece."""

from __future__ import annotations

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Endpoint:
    """Answers with four pieces, 10 ms apart, and says in ``usage`` that they were twelve tokens. ``strict`` refuses
    fields that OpenAI's interface does not have."""

    def __init__(self) -> None:
        self.usage = True
        self.strict = False
        self.bodies: list[dict[str, Any]] = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                site._answer(self)

            def log_message(self, *arguments: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def __enter__(self) -> Endpoint:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _answer(self, request: BaseHTTPRequestHandler) -> None:
        body = json.loads(request.rfile.read(int(request.headers["Content-Length"])))
        if request.path != "/v1/chat/completions":
            request.send_error(404)
            return
        self.bodies.append(body)
        if self.strict and "ignore_eos" in body:
            request.send_error(400, "unknown field ignore_eos")
            return
        request.send_response(200)
        request.send_header("Content-Type", "text/event-stream")
        request.end_headers()
        events: list[dict[str, Any]] = [{"choices": [{"delta": {"role": "assistant", "content": ""}}]}]
        events += [{"choices": [{"delta": {"content": "word "}}]}] * 4
        if self.usage:
            events.append({"choices": [], "usage": {"prompt_tokens": 33, "completion_tokens": 12}})
        for event in events:
            request.wfile.write(f"data: {json.dumps(event)}\n\n".encode())
            request.wfile.flush()
            time.sleep(0.01)
        request.wfile.write(b"data: [DONE]\n\n")
