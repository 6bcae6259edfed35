"""FakeHub: the few paths of the Hub over real sockets, with redirects to another port, ranges, and faults."""

from __future__ import annotations

import hashlib
import json
import re
import threading
from collections import deque
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

CUT_AT = 40_000


class FakeHub:
    """Holds ``files`` of the one repository "maker/model". ``faults``, one for each request of bytes: "cut" (after
    CUT_AT bytes), "ignore-range", "500", "wrong" (other bytes), "416", "downgrade"; "" for none. ``asked`` keeps path,
    Range and Authorization of each request, of both servers."""

    def __init__(self, files: dict[str, bytes], *, licence: str = "apache-2.0", gated: bool = False) -> None:
        self.files = files
        self.licence = licence
        self.gated = gated
        self.key = ""
        self.hashes = True
        self.faults: deque[str] = deque()
        self.asked: list[tuple[str, str, str]] = []
        hub = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                hub.asked.append((self.path, self.headers.get("Range", ""), self.headers.get("Authorization", "")))
                hub._serve(self)

            def log_message(self, *_: object) -> None:
                """Says nothing."""

        self._servers = [ThreadingHTTPServer(("127.0.0.1", 0), Handler) for _ in range(2)]
        for server in self._servers:
            server.daemon_threads = True
        self.base, self.store = (f"http://127.0.0.1:{server.server_address[1]}" for server in self._servers)

    def __enter__(self) -> FakeHub:
        for server in self._servers:
            threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        for server in self._servers:
            server.shutdown()
            server.server_close()

    def ranges(self) -> list[str]:
        return [span for path, span, _key in self.asked if path.startswith("/store/")]

    def _serve(self, handler: BaseHTTPRequestHandler) -> None:
        path = handler.path.split("?")[0]
        if self.gated and handler.headers.get("Authorization") != f"Bearer {self.key}" and "/store/" not in path:
            return _send(handler, 401, {"error": "Access to model is restricted"})
        if path.startswith("/api/models/maker/model/revision/"):
            return _send(handler, 200, self._card())
        if path.startswith("/maker/model/resolve/c0ffee/"):
            place = f"{self.store}/store/{path.rsplit('/', 1)[1]}"
            return _send(handler, 302, {}, {"Location": place})
        if path.startswith("/store/"):
            return self._bytes(handler, self.files[path.rsplit("/", 1)[1]])
        return _send(handler, 404, {"error": "Repository not found"})

    def _card(self) -> dict[str, Any]:
        siblings = [
            {"rfilename": name, "size": len(content)}
            | ({"lfs": {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}} if self.hashes else {})
            for name, content in self.files.items()
        ]
        return {
            "sha": "c0ffee", "siblings": siblings, "cardData": {"license": self.licence}, "gated": self.gated,
            "tags": [f"license:{self.licence}"],
        }  # fmt: skip

    def _bytes(self, handler: BaseHTTPRequestHandler, content: bytes) -> None:
        fault = self.faults.popleft() if self.faults else ""
        if fault in ("500", "416"):
            return _send(handler, int(fault), {})
        if fault == "wrong":
            content = bytes(len(content))
        asked = re.match(r"bytes=(\d+)-", handler.headers.get("Range", ""))
        begin = int(asked[1]) if asked and fault != "ignore-range" else 0
        handler.send_response(206 if begin else 200)
        if begin:
            handler.send_header("Content-Range", f"bytes {begin}-{len(content) - 1}/{len(content)}")
        handler.send_header("Content-Length", str(len(content) - begin))
        handler.end_headers()
        handler.wfile.write(content[begin : begin + CUT_AT] if fault == "cut" else content[begin:])
        handler.close_connection = True
        return None


def _send(handler: BaseHTTPRequestHandler, status: int, value: object, headers: dict[str, str] | None = None) -> None:
    body = json.dumps(value).encode()
    handler.send_response(status)
    for name, text in {"Content-Length": str(len(body)), **(headers or {})}.items():
        handler.send_header(name, text)
    handler.end_headers()
    handler.wfile.write(body)
