"""The HTTP service: sessions, roles, limits, and one error shape for everything."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from service_site import ADMIN, ASK, OPERATOR, Site, check_error

from assistant.attempts import Attempts
from assistant.http.service import COOKIE, MAX_JSON_BYTES, make_service

pytest_plugins = ("service_visitors",)


# sessions and roles


OPEN_TO_OPERATORS = [
    ("GET", "/manuals"), ("GET", "/search?q=AL.32"), ("POST", "/ask"), ("GET", "/synonyms"), ("GET", "/synonyms/file"),
    ("GET", "/filters"),
]  # fmt: skip
FOR_ADMINS = [
    ("GET", "/jobs"), ("GET", "/jobs/1"), ("POST", "/manuals"), ("DELETE", "/manuals/x"), ("PATCH", "/manuals/x"),
    ("POST", "/synonyms"), ("PUT", "/synonyms/1"), ("DELETE", "/synonyms/1"), ("POST", "/synonyms/file"),
]  # fmt: skip


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


def test_guessing_is_slowed(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(site.accounts, "_attempts", Attempts(lambda: 1000.0))  # no rest ends, however slow it is here
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
    assert {"/ask", "/search", "/manuals", "/jobs", "/session", "/health", "/synonyms", "/filters"} <= set(paths)
    assert set(paths["/manuals/{manual_id}"]) == {"delete", "patch"}
    names = {parameter["name"] for parameter in paths["/search"]["get"]["parameters"]}
    assert names == {"q", "k", "manuals", "lines", "machines", "kinds", "langs"}
    assert site.client().get("/docs").status_code == 404


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
    for method, path in (("PATCH", f"/manuals/{site.manual.id}"), ("POST", "/synonyms"), ("PUT", "/synonyms/1")):
        check_error(admin.request(method, path, content=b"x" * (2 << 20)), 413, "request_too_large")
    check_error(admin.post("/synonyms/file", files={"file": ("a.csv", b"x" * (2 << 20))}), 413, "request_too_large")
