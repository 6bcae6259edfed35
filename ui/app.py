"""App: the HTTP service with the login, operator and admin pages mounted on it."""

from __future__ import annotations

import os
import shutil
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI, Request
from fastapi.responses import Response

from assistant.http.errors import BodyLimit
from assistant.http.service import account_of_request, make_service
from ui.door import ADMIN_CALLS, CALLS, Door
from ui.history import add_history
from ui.late_module import import_late
from ui.login import ADMIN_PAGE, add_login
from ui.page_view import add_page_view
from ui.theme import FAVICON, admin_css, admin_head, favicon_svg, make_theme, page_css, page_head

if TYPE_CHECKING:
    from assistant.build import Andon

SMALL_BYTES = 1 << 20  # a question, a sign-in
_SMALL = ("/login", "/logout", f"{CALLS}queue/join", f"{ADMIN_CALLS}queue/join", f"{CALLS}upload")

# Read by Gradio when it is imported: no analytics, no version check, no run history, no server-side rendering by node
_OFFLINE = {
    "GRADIO_ANALYTICS_ENABLED": "False",
    "GRADIO_RUN_HISTORY": "False",
    "GRADIO_SSR_MODE": "False",
    "GRADIO_SHARE": "False",
    "HF_HUB_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
}


def make_app(andon: Andon) -> FastAPI:
    """The whole application over ``andon``. The caller starts and stops ``andon.library.jobs``.

    The service's own routes were added first and win; then /login, then the admin page, then the operator page at "/".
    """
    import_pages(andon)
    uploads = _uploads(andon)
    shutil.rmtree(uploads, ignore_errors=True)
    uploads.mkdir(mode=0o700, parents=True)
    from ui.admin.page import AdminPage
    from ui.chat import OperatorPage

    service = make_service(andon)
    add_login(service, andon)
    add_page_view(service, andon)
    add_history(service, andon)
    _add_icon(service)
    admin, operator = AdminPage(andon), OperatorPage(andon)
    service.state.seats = operator.seats
    largest = f"{andon.settings.max_file_mb}mb"
    _mount(service, andon, admin.blocks, ADMIN_PAGE.rstrip("/"), admin_only=True, max_file_size=largest)
    _mount(service, andon, operator.blocks, "/", admin_only=False, max_file_size="1kb")
    service.add_middleware(BodyLimit, limits=dict.fromkeys(_SMALL, SMALL_BYTES))
    service.add_middleware(Door, andon=andon)
    return service


def import_pages(andon: Andon) -> None:
    """Import Gradio and the pages written with it, which takes two seconds: so that it can be done beside other work,
    before ``make_app``."""
    os.environ.update(_OFFLINE)
    os.environ["GRADIO_TEMP_DIR"] = str(_uploads(andon))
    import_late("pandas")
    import_module("ui.admin.page")
    import_module("ui.chat")


def _uploads(andon: Andon) -> Path:
    """Where Gradio keeps a file until the index has its own copy."""
    return andon.settings.data / "uploads"


def _mount(service: FastAPI, andon: Andon, blocks: Any, path: str, *, admin_only: bool, max_file_size: str) -> None:
    from gradio import mount_gradio_app

    def who(request: Request) -> str | None:
        account = account_of_request(andon, request)
        return None if account is None or (admin_only and not account.is_admin) else account.name

    mount_gradio_app(
        service, blocks, path, auth_dependency=who, max_file_size=max_file_size, footer_links=[], run_history=False,
        show_error=False, ssr_mode=False, pwa=False, mcp_server=False, enable_monitoring=False,
        theme=make_theme(), css=admin_css() if admin_only else page_css(),
        head=admin_head() if admin_only else page_head(),
    )  # fmt: skip


def _add_icon(service: FastAPI) -> None:
    @service.get(FAVICON, include_in_schema=False)
    @service.get("/favicon.ico", include_in_schema=False)
    def icon() -> Response:
        return Response(favicon_svg(), media_type="image/svg+xml", headers={"Cache-Control": "max-age=86400"})
