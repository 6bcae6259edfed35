"""andon serve: the pages and the HTTP service."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Annotated

import typer

from ui.terminal import Data, reason_of, settings_with, tell

if TYPE_CHECKING:
    from assistant.build import Andon
    from assistant.settings import Settings


def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on (default 127.0.0.1).")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on (default 7860).")] = None,
    data: Data = None,
) -> None:
    """Serve the operator page, the admin page and the HTTP API until Ctrl+C."""
    run(settings_with(data=data, host=host, port=port), _prepare)


def _prepare(andon: Andon) -> None:
    if not andon.accounts.accounts():
        tell("cli.no_accounts")


def run(settings: Settings, prepare: Callable[[Andon], None], announce: Callable[[str], None] | None = None) -> None:
    """Open everything, ``prepare`` it, load the model, serve, and ``announce`` the address when it answers."""
    from assistant.build import build
    from assistant.errors import SettingsWrong
    from assistant.heap import few_arenas
    from edge.errors import EdgeFailed

    few_arenas()
    listening = _listen(settings.host, settings.port)
    if listening is None:
        raise SettingsWrong(
            f"Port {settings.port} on {settings.host} cannot be used; another program has it.",
            "Choose another with --port.",
        )
    andon = build(settings, write=True)
    beside = ThreadPoolExecutor(1, "import-pages")
    try:
        pages = beside.submit(_import_pages, andon)
        prepare(andon)
        tell("cli.loading")
        if andon.library.embedder is not None:
            andon.library.embedder.embed(["warm up"], "query")
        if andon.embedder_problem:
            tell("cli.no_embedder", reason=andon.embedder_problem)
        if andon.model_failure is not None:
            tell("cli.no_model", reason=reason_of(andon.model_failure))
        if andon.assistant.runner is not None:
            try:
                andon.assistant.runner.load()
            except EdgeFailed as failed:
                tell("cli.no_model", reason=reason_of(failed))
        pages.result()
        _serve(andon, listening, announce)
    finally:
        beside.shutdown()
        andon.close()
        listening.close()


def _import_pages(andon: Andon) -> None:
    """The slow part of ``make_app``, on a thread of its own beside indexing and loading the model."""
    from ui.app import import_pages

    import_pages(andon)


def _serve(andon: Andon, listening: socket.socket, announce: Callable[[str], None] | None) -> None:
    import uvicorn

    from assistant.heap import GivingBack, settle
    from assistant.running_service import RunningService, ServiceMark
    from ui.app import make_app

    app = make_app(andon)
    andon.library.jobs.start()
    host, port = listening.getsockname()[:2]
    address = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    runner = andon.assistant.runner
    mark = ServiceMark(andon.settings.data, RunningService(os.getpid(), address, runner.name if runner else "none"))

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            tell("cli.ready", address=address)
            if announce is not None:
                announce(address)
            tell("cli.stop")

    config = uvicorn.Config(app, log_level="warning", access_log=False, timeout_graceful_shutdown=5)
    giving_back = GivingBack()
    giving_back.start()
    settle()
    try:
        Server(config).run(sockets=[listening])
    finally:
        giving_back.stop()
        mark.clear()


def _listen(host: str, port: int) -> socket.socket | None:
    """A listening socket, taken before anything slow happens; None if the port is in use."""
    sock = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind((host, port))
    except OSError:
        sock.close()
        return None
    sock.listen(128)
    return sock
