"""The application without a browser: which page for whom, routes in their order, headers, nothing from elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from fake_runner import FakeRunner

from assistant.accounts import Accounts
from assistant.ask import Assistant
from assistant.attempts import Attempts
from assistant.build import Andon, open_library
from assistant.http.service import COOKIE
from assistant.settings import read_settings
from ui.login import lang_of_request, login_address, target

testclient = pytest.importorskip("starlette.testclient")

MANUAL = """# PK-7 manual

## 2 Alarms

| Alarm | Name | Cause |
|---|---|---|
| E-401 | Film break | No film. |
| E-402 | Clamp fault | Valve SV2. |
"""


@pytest.fixture(scope="module")
def andon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Andon]:
    folder = tmp_path_factory.mktemp("app")
    settings = read_settings(data=folder, embedder="none", model="none")
    library = open_library(settings, write=True)
    source = folder / "pk7.md"
    source.write_text(MANUAL, encoding="utf-8")
    library.add(source)
    accounts = Accounts(settings.accounts_file)
    accounts.put("op", "operator-pass", "operator")
    accounts.put("boss", "admin-pass-1", "admin")
    opened = Andon(settings, library, Assistant(library, FakeRunner(lambda messages: "")), accounts)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def app(andon: Andon) -> Any:
    from ui.app import make_app

    return make_app(andon)


@pytest.fixture
def client(app: Any) -> Any:
    return testclient.TestClient(app, follow_redirects=False)


def sign_in(client: Any, name: str = "op", password: str = "operator-pass", **more: str) -> Any:
    return client.post("/login", data={"name": name, "password": password, **more})


def test_signed_out_pages_lead_to_the_sign_in_page(client: Any) -> None:
    assert client.get("/").headers["location"] == "/login"
    assert client.get("/admin/").headers["location"] == "/login?next=/admin/"


@pytest.mark.parametrize("path", ["/config", "/gradio_api/info", "/admin/config", "/admin/gradio_api/info"])
def test_signed_out_nothing_of_the_pages_is_told(client: Any, path: str) -> None:
    assert client.get(path).status_code == 401


@pytest.mark.parametrize("path", ["/gradio_api/upload", "/admin/gradio_api/upload", "/gradio_api/queue/join"])
def test_signed_out_nothing_can_be_sent(client: Any, path: str) -> None:
    answer = client.post(path, content=b"x" * 100_000)
    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "not_allowed"


@pytest.mark.parametrize("path", ["/admin/config", "/admin/gradio_api/info", "/admin/gradio_api/upload"])
def test_an_operator_has_nothing_of_the_admin_page(client: Any, path: str) -> None:
    sign_in(client)
    assert client.request("POST" if path.endswith("upload") else "GET", path).status_code in (401, 403)
    page = client.get("/admin/", headers={"Accept-Language": "en"})
    assert page.status_code == 403
    assert "This page needs an admin" in page.text


def test_an_original_asks_people_to_sign_in_and_tells_programs(client: Any, andon: Andon) -> None:
    path = f"/manuals/{andon.library.manuals()[0].id}/original"
    assert client.get(path, headers={"Accept": "text/html"}).headers["location"] == f"/login?next={path}"
    assert client.get(path).status_code == 401
    assert sign_in(client, next=path).headers["location"] == path
    assert "E-401" in client.get(path, headers={"Accept": "text/html"}).text


def test_the_services_own_routes_win(client: Any) -> None:
    assert client.get("/health").json()["ok"] is True
    assert client.get("/manuals").json()["error"]["code"] == "not_allowed"
    sign_in(client)
    assert client.get("/manuals").json()["manuals"][0]["name"] == "pk7.md"
    with client.stream("POST", "/ask", json={"question": "E-401 film break"}) as answer:
        assert "event: found" in "".join(answer.iter_text())


def test_each_role_comes_to_its_page(client: Any, app: Any) -> None:
    assert sign_in(client).headers["location"] == "/"
    assert client.get("/").status_code == 200
    other = testclient.TestClient(app, follow_redirects=False)
    assert sign_in(other, "boss", "admin-pass-1").headers["location"] == "/admin/"
    assert other.get("/admin").headers["location"] == "/admin/"
    assert other.get("/admin/").status_code == 200
    assert other.get("/login").headers["location"] == "/admin/"


def test_the_cookie_is_kept_from_scripts_and_other_sites(client: Any) -> None:
    cookie = sign_in(client).headers["set-cookie"]
    assert cookie.startswith(f"{COOKIE}=")
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie


def test_signing_out_ends_the_session(client: Any, andon: Andon) -> None:
    sign_in(client)
    token = client.cookies[COOKIE]
    assert client.post("/logout").headers["location"] == "/login"
    assert andon.accounts.of_session(token) is None
    assert client.get("/").status_code == 303


def test_a_wrong_password_is_told_in_the_readers_language_and_escaped(client: Any) -> None:
    answer = client.post("/login", data={"name": '"><b>x', "password": "no", "next": '"><i>'})
    assert answer.status_code == 401
    assert "名前またはパスワードが違います" in answer.text
    assert "<b>x" not in answer.text
    assert "<i>" not in answer.text
    english = client.post("/login", data={"name": "x", "password": "no"}, headers={"Accept-Language": "en-GB,ja;q=0.5"})
    assert "wrong" in english.text


def test_guessing_is_slowed_down(client: Any, andon: Andon, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(andon.accounts, "_attempts", Attempts(lambda: 1000.0))  # no rest ends, however slow it is here
    states = [sign_in(client, "guessed", "wrong").status_code for _ in range(6)]
    assert states == [401] * 5 + [429]
    assert "秒待って" in sign_in(client, "guessed", "wrong").text


def test_the_language_chosen_at_the_door_is_remembered(client: Any) -> None:
    assert "<h1>Sign in</h1>" in client.get("/login?lang=en").text
    assert "<h1>Sign in</h1>" in client.get("/login").text


@pytest.mark.parametrize(
    "asked",
    [
        "//evil.example",
        "/\\evil.example",
        "https://evil.example",
        "javascript:1",
        "/ok\r\nX: y",
        "",
        "/login",
        "/logout",
    ],
)
def test_signing_in_never_leads_elsewhere(client: Any, asked: str) -> None:
    assert target(asked, None) == "/"
    assert sign_in(client, next=asked).headers["location"] == "/"


def test_signing_in_leads_to_the_page_asked_for() -> None:
    assert target("/manuals/m1/original", None) == "/manuals/m1/original"
    assert login_address("/") == "/login"


def test_a_body_too_large_is_refused(client: Any) -> None:
    assert client.post("/login", data={"name": "a" * (2 << 20)}).status_code == 413


def test_pages_allow_nothing_from_elsewhere(client: Any) -> None:
    sign_in(client)
    page = client.get("/")
    policy = page.headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "http" not in policy
    assert page.headers["x-frame-options"] == "DENY"
    assert page.headers["cache-control"] == "no-store"
    assert not re.findall(r'<(?:script|link|img|iframe)[^>]+(?:src|href)="https?://', page.text)
    assert not re.findall(r"fonts\.g|cdn\.|unpkg|jsdelivr", page.text)
    theme = client.get("/theme.css").text
    assert "@import" not in theme
    assert not re.findall(r"https?://(?!www\.w3\.org/2000/svg)", theme)  # the name of SVG is no address


def test_the_sign_in_page_needs_no_file_but_its_icon(client: Any) -> None:
    page = client.get("/login").text
    assert re.findall(r'(?:src|href)="([^"]+)"', page)[0] == "/favicon.svg"
    assert "<script" not in page
    assert client.get("/favicon.svg").headers["content-type"].startswith("image/svg+xml")


def test_the_footer_and_what_calls_home_are_off(client: Any) -> None:
    sign_in(client)
    config = client.get("/config").json()
    assert config["analytics_enabled"] is False
    assert config["footer_links"] == []
    assert config.get("run_history") in (False, None)
    told = client.get("/gradio_api/info").json()
    assert told["named_endpoints"] == {}
    assert told["unnamed_endpoints"] == {}


def test_the_language_is_the_cookies_then_the_browsers_then_japanese() -> None:
    class Asked:
        def __init__(self, cookie: str, accept: str) -> None:
            self.cookies = {"andon_lang": cookie} if cookie else {}
            self.headers = {"accept-language": accept}

    cases = [("en", "ja", "en"), ("", "fr, en;q=0.8, ja", "en"), ("", "fr", "ja"), ("xx", "ja-JP", "ja")]
    for cookie, accept, expected in cases:
        assert lang_of_request(Asked(cookie, accept)) == expected  # type: ignore[arg-type]
