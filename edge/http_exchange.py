"""Exchange: one HTTP request and its response, which ends when its caller says so, from whatever it waits for.

Made of http.client: no proxy of the environment is ever asked, no redirect followed, no cookie kept. A thread watches
over the exchange, since only shutting the socket wakes a read that waits.
"""

from __future__ import annotations

import http.client
import math
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from edge.errors import EndpointAway, EndpointBroken, EndpointSlow
from edge.http_address import Address

POLL_S = 0.05  # how soon a cancel and a passed deadline are noticed
_READ_BYTES = 1 << 16


@dataclass(frozen=True, slots=True)
class Request:
    """What is sent. ``ca_file``: certificates to trust instead of the system's, for a site's own authority."""

    address: Address
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    connect_s: float = 5.0
    ca_file: Path | None = None


class Exchange:
    """A request on its way; use it in a ``with`` block. Opening sends it and waits for the response's head.

    ``deadline`` (``time.monotonic``) bounds all waiting and may be moved by the caller; ``cancelled`` is asked twenty
    times a second. ``ended`` says which of them cut it short: reading then ends without an error for "cancelled", and
    raises EndpointSlow for "late".
    Errors: AddressRefused, EndpointAway (no connection, name unknown, certificate not trusted), EndpointSlow,
    EndpointBroken (the connection was cut, or what came is no HTTP).
    """

    def __init__(
        self, request: Request, deadline: float = math.inf, cancelled: Callable[[], bool] = lambda: False
    ) -> None:
        self.deadline = deadline
        self.ended: Literal["", "cancelled", "late"] = ""
        self.status = 0
        self.headers: http.client.HTTPMessage = http.client.HTTPMessage()
        self._request = request
        self._cancelled = cancelled
        self._done = threading.Event()
        self._socket: socket.socket | None = None
        self._response: http.client.HTTPResponse | None = None

    def __enter__(self) -> Exchange:
        try:
            self._open()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _open(self) -> None:
        request = self._request
        self._socket = _connect(request, min(request.connect_s, max(self.deadline - time.monotonic(), POLL_S)))
        threading.Thread(target=self._watch, name="exchange", daemon=True).start()
        client = http.client.HTTPConnection(request.address.host, request.address.port)
        client.sock = self._socket
        headers = {"Accept-Encoding": "identity", "Connection": "close", "Host": request.address.netloc}
        try:
            body = request.body or None
            client.request(request.method, request.address.path, body, headers | dict(request.headers))
            self._response = client.getresponse()
        except (OSError, http.client.HTTPException) as failed:
            self._raise_unless_cancelled(failed)
            return
        self.status, self.headers = self._response.status, self._response.headers

    def pieces(self) -> Iterator[bytes]:
        """The body as it comes, unpacked where it was compressed."""
        if self._response is None:
            return
        packed = self.headers.get("Content-Encoding", "").lower() in ("gzip", "x-gzip", "deflate")
        unpack = zlib.decompressobj(zlib.MAX_WBITS | 32) if packed else None
        length = self._response.length
        received = 0
        try:
            while piece := self._response.read1(_READ_BYTES):
                received += len(piece)
                out = unpack.decompress(piece) if unpack else piece
                if out:
                    yield out
        except (OSError, http.client.HTTPException, zlib.error, ValueError) as failed:
            self._raise_unless_cancelled(failed)
            return
        if self.ended or (length is not None and received < length):
            self._raise_unless_cancelled(EOFError(f"{received} of {length} bytes came"))

    def read(self, most: int = 1 << 24) -> bytes:
        """The whole body, at most ``most`` bytes of it."""
        body = b""
        for piece in self.pieces():
            body += piece
            if len(body) >= most:
                break
        return body[:most]

    def _raise_unless_cancelled(self, failed: Exception) -> None:
        if self.ended == "cancelled":
            return
        where = self._request.address.origin
        if self.ended == "late":
            raise EndpointSlow(
                f"{where} did not answer in time.", "See whether the server still computes, or give it more time."
            ) from failed
        raise EndpointBroken(
            f"{where} broke off: {failed or type(failed).__name__}.", "See the log of the server there, then ask again."
        ) from failed

    def _watch(self) -> None:
        while not self._done.wait(POLL_S):
            if self._cancelled():
                self.ended = "cancelled"
            elif time.monotonic() > self.deadline:
                self.ended = "late"
            else:
                continue
            self._shut()
            return

    def _shut(self) -> None:
        held = self._socket
        if held is not None:
            try:
                socket.socket.shutdown(held, socket.SHUT_RDWR)  # not SSLSocket's, which forgets its session on the way
            except OSError:
                return  # the other side was quicker

    def close(self) -> None:
        """Closes the connection, which tells the server to stop. Harmless when repeated."""
        self._done.set()
        if self._response is not None:
            self._response.close()
        if self._socket is not None:
            self._shut()
            self._socket.close()


def _connect(request: Request, timeout_s: float) -> socket.socket:
    address = request.address
    last: OSError | None = None
    for ip in address.resolve():
        try:
            made = socket.create_connection((ip, address.port), timeout_s)
            if address.scheme == "https":
                context = ssl.create_default_context(cafile=str(request.ca_file) if request.ca_file else None)
                made = context.wrap_socket(made, server_hostname=address.host)
            made.settimeout(None)
            made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return made
        except ssl.SSLCertVerificationError as failed:
            raise EndpointAway(
                f"The certificate of {address.origin} is not trusted: {failed.verify_message}.",
                "Name the file of the site's own authority in the setting model_ca.",
            ) from failed
        except OSError as failed:
            last = failed
    raise EndpointAway(
        f"{address.origin} cannot be reached: {last}.", "Start the server there, or mend the address in the settings."
    ) from last
