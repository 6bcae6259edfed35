"""The HTTP service over a real socket: readers who leave, and many who wait."""

from __future__ import annotations

import socket
import threading
from pathlib import Path

import httpx
import uvicorn
from fastapi import FastAPI
from service_site import ADMIN, ASK, Site, events_of
from waiting import at_work, joined, wait_for


class Served:
    """The service behind uvicorn on a free port of this machine."""

    def __init__(self, service: FastAPI) -> None:
        self._socket = socket.socket()
        self._socket.bind(("127.0.0.1", 0))
        self._server = uvicorn.Server(uvicorn.Config(service, log_level="error", access_log=False))
        self._thread = threading.Thread(target=lambda: self._server.run(sockets=[self._socket]), daemon=True)
        self.address = f"http://127.0.0.1:{self._socket.getsockname()[1]}"

    def __enter__(self) -> Served:
        self._thread.start()
        wait_for(lambda: self._server.started)
        return self

    def __exit__(self, *error: object) -> None:
        self._server.should_exit = True
        self._thread.join(60)
        self._socket.close()


def test_a_reader_who_leaves_frees_the_runner(tmp_path: Path) -> None:
    site = Site(tmp_path)
    with Served(site.service) as served:
        site.runner.hang.set()
        with httpx.Client(base_url=served.address, auth=ADMIN, trust_env=False, timeout=120) as client:
            with client.stream("POST", "/ask", json=ASK) as response:
                text = response.iter_text()
                assert next(text).startswith("event: found"), "the quotes come before the model has said a word"
                wait_for(lambda: len(site.runner.asked) == 1)
            wait_for(lambda: not at_work("andon-write"))
            site.runner.hang.clear()
            events = events_of(client.post("/ask", json=ASK).text)
            assert [name for name, _ in events] == ["found", "piece", "answer"]
    site.close()


def test_waiting_questions_do_not_block_the_service(tmp_path: Path) -> None:
    site = Site(tmp_path)
    with Served(site.service) as served:
        site.runner.hang.set()
        answers: list[str] = []

        def question() -> None:
            answers.append(httpx.post(f"{served.address}/ask", json=ASK, auth=ADMIN, trust_env=False, timeout=240).text)

        threads = [threading.Thread(target=question) for _ in range(45)]  # more than the service has threads
        for thread in threads:
            thread.start()
        wait_for(lambda: len(at_work("andon-write")) >= 41)
        # were it held up, it would not answer at all: the questions wait until the runner goes on
        assert httpx.get(f"{served.address}/health", trust_env=False, timeout=60).json()["ok"] is True
        site.runner.hang.clear()
        joined(*threads)
        assert len(answers) == 45
        assert all(events_of(text)[-1][0] == "answer" for text in answers)
    site.close()
