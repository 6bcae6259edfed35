"""The HTTP service: routes, roles, sessions, streams, bad input, uploads, and one error shape for everything."""

from __future__ import annotations

import io
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from fake_runner import FakeRunner
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given
from hypothesis import settings as how
from hypothesis import strategies as st

from assistant.accounts import Accounts
from assistant.answer import Event
from assistant.ask import Assistant
from assistant.build import Andon
from assistant.service import COOKIE, MAX_JSON_BYTES, make_service
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
        self.andon = Andon(settings, self.library, Assistant(self.library, self.runner), self.accounts)
        self.service: FastAPI = make_service(self.andon)
        self.library.jobs.start()

    def client(self, who: tuple[str, str] | None = None) -> TestClient:
        client = TestClient(self.service, raise_server_exceptions=False)
        if who:
            assert client.post("/session", json={"name": who[0], "password": who[1]}).status_code == 200
        return client

    def close(self) -> None:
        self.andon.close()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    made = Site(tmp_path_factory.mktemp("site"))
    yield made
    made.close()


@pytest.fixture
def operator(site: Site) -> TestClient:
    return site.client(OPERATOR)


@pytest.fixture
def admin(site: Site) -> TestClient:
    return site.client(ADMIN)


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


# sessions and roles


OPEN_TO_OPERATORS = [("GET", "/manuals"), ("GET", "/search?q=AL.32"), ("POST", "/ask")]
FOR_ADMINS = [("GET", "/jobs"), ("GET", "/jobs/1"), ("POST", "/manuals"), ("DELETE", "/manuals/x")]


@pytest.mark.parametrize(("method", "path"), [*OPEN_TO_OPERATORS, *FOR_ADMINS, ("GET", "/manuals/x/original")])
def test_unsigned(site: Site, method: str, path: str) -> None:
    files = {"file": ("a.md", b"# A\n\ntext")} if (method, path) == ("POST", "/manuals") else None
    body = ASK if path == "/ask" else None
    check_error(site.client().request(method, path, json=body, files=files), 401, "not_allowed")


@pytest.mark.parametrize(("method", "path"), FOR_ADMINS)
def test_operators_may_not_administer(site: Site, operator: TestClient, method: str, path: str) -> None:
    files = {"file": ("a.md", b"# A\n\ntext")} if method == "POST" else None
    check_error(operator.request(method, path, files=files), 403, "admin_only")
    assert len(site.library.manuals()) >= 1


def test_cookie_session(site: Site) -> None:
    client = site.client()
    response = client.post("/session", json={"name": OPERATOR[0], "password": OPERATOR[1]})
    cookie = response.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    token = client.cookies[COOKIE]
    assert token not in response.text
    assert client.get("/manuals").status_code == 200
    assert client.delete("/session").status_code == 200
    client.cookies.set(COOKIE, token)
    check_error(client.get("/manuals"), 401, "not_allowed")


def test_basic(site: Site) -> None:
    client = site.client()
    assert client.get("/manuals", auth=(OPERATOR[0].encode(), OPERATOR[1])).status_code == 200
    assert client.get("/jobs", auth=ADMIN).status_code == 200
    check_error(client.get("/manuals", auth=("admin", "wrong password")), 401, "not_allowed")
    check_error(client.get("/manuals", headers={"Authorization": "Bearer x"}), 401, "not_allowed")
    for broken in ("Basic !!!", "Basic", "Basic /w==", "Basic YWRtaW4="):
        check_error(client.get("/manuals", headers={"Authorization": broken}), 401, "not_allowed")


def test_guessing_is_slowed(site: Site) -> None:
    site.accounts.put("guessed", "the password", "operator")
    client = site.client()
    for _ in range(5):
        check_error(client.post("/session", json={"name": "guessed", "password": "guess"}), 401, "not_allowed")
    response = client.post("/session", json={"name": "guessed", "password": "the password"})
    check_error(response, 429, "too_many_attempts")
    assert 1 <= int(response.headers["retry-after"]) <= 60


def test_health_is_open_and_tells_nothing(site: Site) -> None:
    response = site.client().get("/health")
    assert response.status_code == 200
    assert response.json()["ok"] is True
    for secret in (str(site.folder), "sc9", "SC-9", OPERATOR[0], "admin", site.manual.id):
        assert secret not in response.text


def test_the_api_describes_itself(site: Site) -> None:
    paths = site.client().get("/api").json()["paths"]
    assert {"/ask", "/search", "/manuals", "/jobs", "/session", "/health"} <= set(paths)
    assert site.client().get("/docs").status_code == 404


# questions


def test_ask(site: Site, operator: TestClient) -> None:
    response = operator.post("/ask", json=ASK)
    assert response.headers["content-type"].startswith("text/event-stream")
    assert response.headers["cache-control"] == "no-store"
    events = events_of(response.text)
    assert [name for name, _ in events] == ["found", "piece", "answer"]
    found, piece, answer = (content for _, content in events)
    assert found["quotes"][0]["file"] == "sc9.md"
    assert piece == {"text": "主電源 QS1 を OFF にして 15 分以上待つ。", "citations": [1]}
    assert answer["verdict"] == "partly_supported"
    assert "QS1 を ON" not in response.text


def test_declined(site: Site, operator: TestClient) -> None:
    events = events_of(operator.post("/ask", json={"question": "AL.99 の意味は?"}).text)
    assert [name for name, _ in events] == ["found", "answer"]
    assert events[1][1]["declined"] == "unknown_code"


def test_scope(site: Site, operator: TestClient) -> None:
    events = events_of(operator.post("/ask", json={**ASK, "manuals": ["no such manual"]}).text)
    assert events[-1][1]["quotes"] == []


@pytest.mark.parametrize(
    ("body", "code", "says"),
    [
        ({"question": ""}, "question_empty", "empty"),
        ({"question": " \n\u3000"}, "question_empty", "empty"),
        ({"question": "\x00"}, "question_empty", "empty"),
        ({"question": "あ" * 50_000}, "question_too_long", "50,000"),
        ({}, "request_refused", "body.question"),
        ({"question": 5}, "request_refused", "body.question"),
        ({"question": None}, "request_refused", "body.question"),
        ({"question": "x", "manuals": "all"}, "request_refused", "body.manuals"),
        ([], "request_refused", "body"),
    ],
)
def test_bad_questions(operator: TestClient, body: Any, code: str, says: str) -> None:
    assert says in check_error(operator.post("/ask", json=body), 422, code)["message"]


def test_broken_json(operator: TestClient) -> None:
    response = operator.post("/ask", content=b'{"question": ', headers={"Content-Type": "application/json"})
    check_error(response, 422, "request_refused")


def test_a_lone_surrogate_is_survived(operator: TestClient) -> None:
    response = operator.post(
        "/ask", content=b'{"question": "\\ud800 AL.32"}', headers={"Content-Type": "application/json"}
    )
    assert events_of(response.text)[-1][0] == "answer"


def test_a_refused_password_is_not_echoed(site: Site) -> None:
    response = site.client().post("/session", json={"name": "a", "password": "s3cret" * 50})
    check_error(response, 422, "request_refused")
    assert "s3cret" not in response.text


@pytest.mark.parametrize("path", ["/search", "/search?q=", "/search?q=a&k=0", "/search?q=a&k=1000", "/search?q=a&k=x"])
def test_bad_searches(operator: TestClient, path: str) -> None:
    check_error(operator.get(path), 422, "request_refused")


def test_search(operator: TestClient) -> None:
    body = operator.get("/search", params={"q": "AL.32 過電流", "k": 3}).json()
    assert body["codes"] == ["AL32"]
    assert body["unknown_codes"] == []
    assert body["hits"][0]["file"] == "sc9.md"
    assert body["hits"][0]["why"]


class BreaksOff(Assistant):
    """Breaks off after the first event."""

    def ask(self, *arguments: Any, **options: Any) -> Iterator[Event]:
        yield next(super().ask(*arguments, **options))
        raise RuntimeError(f"secret of {self.library}")


def test_a_stream_that_breaks_off_ends_with_an_error_event(site: Site) -> None:
    service = make_service(Andon(site.andon.settings, site.library, BreaksOff(site.library, None), site.accounts))
    client = TestClient(service, raise_server_exceptions=False)
    events = events_of(client.post("/ask", json=ASK, auth=ADMIN).text)
    assert [name for name, _ in events] == ["found", "error"]
    assert events[1][1]["error"]["code"] == "unexpected"
    assert "secret" not in json.dumps(events)


# errors


def test_one_shape_for_what_is_not_there(admin: TestClient) -> None:
    check_error(admin.get("/nothing"), 404, "not_found")
    check_error(admin.put("/ask"), 405, "method_not_allowed")
    check_error(admin.get("/jobs/999999"), 404, "not_found")
    check_error(admin.get("/jobs/x"), 422, "request_refused")
    check_error(admin.get(f"/jobs/{2**70}"), 422, "request_refused")
    check_error(admin.get("/manuals/none/original"), 404, "manual_unknown")
    check_error(admin.delete("/manuals/none"), 404, "manual_unknown")


def test_unexpected_errors_keep_their_secrets(site: Site) -> None:
    service = make_service(site.andon)

    @service.get("/boom")
    def boom() -> None:
        raise RuntimeError("/secret/path")

    response = TestClient(service, raise_server_exceptions=False).get("/boom")
    check_error(response, 500, "unexpected")
    assert "secret" not in response.text


def test_large_bodies_are_refused(site: Site, admin: TestClient) -> None:
    announced = {"Content-Type": "application/json", "Content-Length": str(1 << 30)}
    check_error(admin.post("/ask", content=b"{}", headers=announced), 413, "request_too_large")

    sent = 0

    def endless() -> Iterator[bytes]:
        nonlocal sent
        while sent < 64 * MAX_JSON_BYTES:
            sent += 1 << 16
            yield b" " * (1 << 16)

    response = admin.post("/ask", content=endless(), headers={"Content-Type": "application/json"})
    check_error(response, 413, "request_too_large")
    check_error(admin.post("/manuals", files={"file": ("a.md", b"x" * (3 << 20))}), 413, "request_too_large")
    check_error(site.client().post("/session", content=b"x" * (2 << 20)), 413, "request_too_large")


# uploads


def ended(site: Site, response: Any) -> Any:
    assert response.status_code == 202, response.text
    return site.library.jobs.wait(int(response.json()["id"]), 30)


def pdf(text: str, password: str = "") -> bytes:
    from pypdf import PdfWriter

    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    writer.add_metadata({"/Title": text})
    if password:
        writer.encrypt(password, algorithm="RC4-128")
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


def test_upload_search_original_remove(site: Site, admin: TestClient) -> None:
    text = "# 説明書 X\n\n## 1 安全\n\nズンドコ弁を閉じる。\n"
    response = admin.post("/manuals", files={"file": ("説明書 X.md", text.encode())})
    job = ended(site, response)
    assert job.state == "done"
    assert admin.get(f"/jobs/{job.id}").json()["state"] == "done"
    assert job.id in [row["id"] for row in admin.get("/jobs").json()["jobs"]]
    assert admin.get("/search", params={"q": "ズンドコ弁"}).json()["hits"][0]["file"] == "説明書 X.md"
    listed = {row["id"]: row for row in admin.get("/manuals").json()["manuals"]}
    assert listed[job.manual_id]["title"] == "説明書 X"
    original = admin.get(f"/manuals/{job.manual_id}/original")
    assert original.content == text.encode()
    assert admin.delete(f"/manuals/{job.manual_id}").json()["id"] == job.manual_id
    hits = admin.get("/search", params={"q": "ズンドコ弁"}).json()["hits"]
    assert "説明書 X.md" not in [hit["file"] for hit in hits]
    check_error(admin.get(f"/manuals/{job.manual_id}/original"), 404, "manual_unknown")


def test_an_uploaded_page_never_runs(site: Site, admin: TestClient) -> None:
    page = b"<html><body><h1>A</h1><p>Press the green button.</p><script>alert(1)</script></body></html>"
    job = ended(site, admin.post("/manuals", files={"file": ("page.html", page)}))
    assert job.state == "done"
    for name in (job.manual_id, site.manual.id):
        headers = admin.get(f"/manuals/{name}/original").headers
        assert headers["x-content-type-options"] == "nosniff"
        assert "sandbox" in headers["content-security-policy"]
    assert admin.get(f"/manuals/{job.manual_id}/original").headers["content-disposition"].startswith("attachment")


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("corrupt.pdf", b"%PDF-1.7\n" + b"\x93\x01garbage" * 50, "manual_damaged"),
        ("picture.pdf", b"\x89PNG\r\n\x1a\n" + bytes(200), "unknown_format"),
        ("locked.pdf", pdf("x", "password"), "manual_encrypted"),
        ("blank.pdf", pdf("x"), "empty_manual"),
        ("blank.md", b"\n\n \n", "empty_manual"),
    ],
)
def test_bad_files_fail_clearly(site: Site, admin: TestClient, name: str, content: bytes, code: str) -> None:
    before = site.library.manuals()
    job = ended(site, admin.post("/manuals", files={"file": (name, content)}))
    assert (job.state, job.error_code) == ("failed", code)
    error = admin.get(f"/jobs/{job.id}").json()["error"]
    assert error["code"] == code
    assert len(error["message"]) > 20
    assert site.library.manuals() == before


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("empty.pdf", b"", "empty_manual"),
        ("run.exe", b"MZ", "unknown_format"),
        ("noending", b"text", "unknown_format"),
        ("a.md/../..", b"text", "unknown_format"),
        ("large.md", b"x" * (1024 * 1024 + 5), "manual_unreadable"),
    ],
)
def test_bad_files_are_refused(admin: TestClient, name: str, content: bytes, code: str) -> None:
    check_error(admin.post("/manuals", files={"file": (name, content)}), 422, code)


def test_an_upload_without_a_file(admin: TestClient) -> None:
    check_error(admin.post("/manuals"), 422, "request_refused")
    check_error(admin.post("/manuals", data={"file": "text"}), 422, "request_refused")


@pytest.mark.parametrize(
    "name",
    ["../../escape.md", "..\\..\\escape.md", "/etc/escape.md", "C:\\escape.md", "esc\x00ape.md", "%2e%2e%2fescape.md",
     "x" * 300 + ".md", "あ" * 300 + ".md", "a.md\r\nX-Injected: 1.md", ". .md"],
)  # fmt: skip
def test_names_are_no_paths(site: Site, admin: TestClient, name: str) -> None:
    before = {path for path in site.folder.rglob("*") if "data" not in path.parts}
    content = f"# T\n\n{name.encode()!r} を押す。\n".encode()
    job = ended(site, admin.post("/manuals", files={"file": (name, content)}))
    assert job.state == "done"
    assert "/" not in job.name
    assert "\\" not in job.name
    assert job.name.isprintable()
    assert len(job.name) <= 200
    assert {path for path in site.folder.rglob("*") if "data" not in path.parts} == before
    response = admin.get(f"/manuals/{job.manual_id}/original")
    assert response.content == content
    assert "x-injected" not in response.headers


def test_two_uploads_at_once(site: Site) -> None:
    jobs: list[Any] = []

    def upload(number: int) -> None:
        text = f"# マニュアル {number}\n\n部品 QQ-{number} を交換する。\n".encode()
        jobs.append(ended(site, site.client(ADMIN).post("/manuals", files={"file": (f"two{number}.md", text)})))

    threads = [threading.Thread(target=upload, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert [job.state for job in jobs] == ["done"] * 4
    assert {f"two{number}.md" for number in range(4)} <= {manual.name for manual in site.library.manuals()}


@how(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.binary(max_size=400), st.sampled_from([".md", ".pdf", ".html", ".txt"]))
def test_any_bytes_can_be_uploaded(site: Site, content: bytes, suffix: str) -> None:
    client = site.client()
    response = client.post("/manuals", files={"file": (f"any{suffix}", content)}, auth=ADMIN)
    if response.status_code == 422:
        assert response.json()["error"]["code"] in ("empty_manual", "unknown_format", "request_refused")
        return
    job = ended(site, response)
    assert job.state in ("done", "failed")
    assert job.error_code != "unexpected", job.error


# over a real socket


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
        self._thread.join(10)
        self._socket.close()


def wait_for(condition: Callable[[], bool], timeout_s: float = 10.0) -> None:
    end = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)


def test_a_reader_who_leaves_frees_the_runner(tmp_path: Path) -> None:
    site = Site(tmp_path)
    with Served(site.service) as served:
        site.runner.hang.set()
        with httpx.Client(base_url=served.address, auth=ADMIN, trust_env=False, timeout=10) as client:
            with client.stream("POST", "/ask", json=ASK) as response:
                text = response.iter_text()
                assert next(text).startswith("event: found"), "the quotes come before the model has said a word"
                wait_for(lambda: len(site.runner.asked) == 1)
            wait_for(lambda: not [thread for thread in threading.enumerate() if thread.name == "andon-stop"])
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
            answers.append(httpx.post(f"{served.address}/ask", json=ASK, auth=ADMIN, trust_env=False, timeout=60).text)

        threads = [threading.Thread(target=question) for _ in range(45)]  # more than the service has threads
        for thread in threads:
            thread.start()
        wait_for(lambda: len([t for t in threading.enumerate() if t.name == "andon-stop"]) >= 41, 30)
        start = time.monotonic()
        assert httpx.get(f"{served.address}/health", trust_env=False, timeout=10).json()["ok"] is True
        assert time.monotonic() - start < 5
        site.runner.hang.clear()
        for thread in threads:
            thread.join(60)
        assert len(answers) == 45
        assert all(events_of(text)[-1][0] == "answer" for text in answers)
    site.close()
