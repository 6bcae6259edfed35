"""The service over a real socket for OpenAI's own client: uvicorn on 127.0.0.1, and a client with an API token."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn
from fastapi import FastAPI
from waiting import wait_for


@contextmanager
def serving(service: FastAPI) -> Iterator[str]:
    """The service's address, while it runs."""
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(service, log_level="critical", access_log=False, lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    wait_for(lambda: server.started or not thread.is_alive())
    assert server.started
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(30)
        listening.close()


def client_of(address: str, token: str) -> Any:
    """OpenAI's client at ``address``; it does not try again, so that a test sees each failure."""
    from openai import OpenAI

    return OpenAI(base_url=f"{address}/v1", api_key=token, max_retries=0, timeout=120)
