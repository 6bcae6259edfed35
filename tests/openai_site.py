"""The service over a real socket for OpenAI's own client: uvicorn on 127.0.0.1, and a client with an API token."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn
from fastapi import FastAPI


@contextmanager
def serving(service: FastAPI) -> Iterator[str]:
    """The service's address, while it runs."""
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(service, log_level="critical", access_log=False, lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    limit = time.monotonic() + 30
    while not server.started:
        assert time.monotonic() < limit
        assert thread.is_alive()
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(30)
        listening.close()


def client_of(address: str, token: str) -> Any:
    """OpenAI's client at ``address``; it does not try again, so that a test sees each failure."""
    from openai import OpenAI

    return OpenAI(base_url=f"{address}/v1", api_key=token, max_retries=0, timeout=30)
