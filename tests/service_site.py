"""A service over one small manual for the tests of its routes: the site, the shape of errors and of streams."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from fake_runner import FakeRunner
from fastapi import FastAPI
from fastapi.testclient import TestClient

from assistant.accounts import Accounts
from assistant.ask import Assistant
from assistant.build import Andon, open_precedents, open_records
from assistant.http.service import make_service
from assistant.settings import Settings
from index.library import Library
from index.options import IndexOptions

MANUAL = """# コンベヤ SC-9 取扱説明書

## 5.1 AL.32 過電流

1. 主電源 QS1 を OFF にして 15 分以上待つ。
2. モータの動力線の絶縁抵抗を測る。
"""
ASK = {"question": "AL.32 過電流で止まった。何をすればよいですか"}
OPERATOR = ("佐藤", "operator password")
ADMIN = ("admin", "admin password")


class Site:
    """A service over a library of one small manual, with a runner that copies from it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        settings = Settings(data=folder / "data", embedder="none", model="none", max_file_mb=1)
        options = IndexOptions(settings.index_folder, embedder="none", max_file_bytes=1024 * 1024)
        self.library = Library(options, write=True)
        (folder / "sc9.md").write_text(MANUAL, encoding="utf-8")
        self.manual = self.library.add(folder / "sc9.md").manual
        self.runner = FakeRunner(lambda messages: "主電源 QS1 を OFF にして 15 分以上待つ。[1]QS1 を ON にする。[1]")
        self.accounts = Accounts(settings.accounts_file, work=16)
        self.accounts.put(*OPERATOR, "operator")
        self.accounts.put(*ADMIN, "admin")
        records = open_records(settings, self.library)
        precedents = open_precedents(settings, self.library, records, write=True)
        assistant = Assistant(self.library, self.runner, precedents=precedents)
        self.andon = Andon(settings, self.library, assistant, self.accounts, records=records, precedents=precedents)
        self.service: FastAPI = make_service(self.andon)
        self.library.jobs.start()

    def client(self, who: tuple[str, str] | None = None) -> TestClient:
        client = TestClient(self.service, raise_server_exceptions=False)
        if who:
            assert client.post("/session", json={"name": who[0], "password": who[1]}).status_code == 200
        return client

    def close(self) -> None:
        self.andon.close()


def check_error(response: Any, status: int, code: str) -> dict[str, Any]:
    assert response.status_code == status, response.text
    assert response.headers["content-type"].startswith("application/json")
    body = response.json()
    assert set(body) == {"error"}
    error: dict[str, Any] = body["error"]
    assert set(error) == {"code", "message", "remedy", "details"}
    assert error["code"] == code
    assert error["message"]
    assert error["remedy"]
    return error


def events_of(text: str) -> list[tuple[str, dict[str, Any]]]:
    frames = [frame.split("\n") for frame in text.split("\n\n") if frame]
    assert all(len(frame) == 2 for frame in frames)
    return [(frame[0].removeprefix("event: "), json.loads(frame[1].removeprefix("data: "))) for frame in frames]


def ended(site: Site, response: Any) -> Any:
    assert response.status_code == 202, response.text
    return site.library.jobs.wait(int(response.json()["id"]), 120)
