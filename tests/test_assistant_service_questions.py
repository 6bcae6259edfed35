"""The HTTP service's questions: streams of events, search, scope, bad input."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from service_site import ADMIN, ASK, Site, check_error, events_of

from assistant.answer import Event
from assistant.ask import Assistant
from assistant.build import Andon
from assistant.http.service import make_service

pytest_plugins = ("service_visitors",)


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


def test_a_follow_up_is_completed_and_a_step_comes_verbatim(operator: TestClient) -> None:
    quoted = events_of(operator.post("/ask", json=ASK).text)[-1][1]["quotes"][0]
    known = {name: quoted[name] for name in ("manual", "section", "codes", "passage")}
    history = [{"question": ASK["question"], **known, "answer": "主電源を切る。"}]
    events = events_of(operator.post("/ask", json={"question": "なぜ?", "history": history}).text)
    assert events[0][1]["understood"] == events[-1][1]["understood"] == "SC-9 AL.32 過電流 なぜ?"
    events = events_of(operator.post("/ask", json={"question": "2番目の手順は?", "history": history}).text)
    assert [content["text"] for name, content in events if name == "piece"] == ["2. モータの動力線の絶縁抵抗を測る。"]
    assert events[0][1]["step"]["count"] == 2
    alone = events_of(operator.post("/ask", json={**ASK, "history": history}).text)
    assert alone[0][1]["understood"] == ""
    assert alone[0][1]["quotes"][0]["passage"] == quoted["passage"]


@pytest.mark.parametrize(
    ("history", "says"),
    [
        ([{"question": "a"}] * 51, "body.history"), ("none", "body.history"), ([{}], "body.history.0.question"),
        ([{"question": "a", "section": "5.1"}], "body.history.0.section"), ([{"question": None}], "question"),
    ],
)  # fmt: skip
def test_a_wrong_history_is_refused_in_words(operator: TestClient, history: Any, says: str) -> None:
    response = operator.post("/ask", json={**ASK, "history": history})
    assert says in check_error(response, 422, "request_refused")["message"]


def test_a_history_of_a_megabyte_is_refused(operator: TestClient) -> None:
    history = [{"question": "a", "answer": "x" * 50_000}] * 25
    check_error(operator.post("/ask", json={**ASK, "history": history}), 413, "request_too_large")
    within = [{"question": "AL.32", "answer": "x" * 50_000}] * 15
    events = events_of(operator.post("/ask", json={"question": "なぜ?", "history": within}).text)
    assert events[0][1]["dropped"] == 14


def test_the_api_describes_history_and_choices(site: Site) -> None:
    described = json.dumps(site.service.openapi())
    for word in ("PastTurn", "understood", "choices", "text/event-stream"):
        assert word in described


def test_declined(site: Site, operator: TestClient) -> None:
    events = events_of(operator.post("/ask", json={"question": "AL.99 の意味は?"}).text)
    assert [name for name, _ in events] == ["found", "answer"]
    assert events[1][1]["declined"] == "unknown_code"


def test_a_question_is_narrowed(site: Site, operator: TestClient) -> None:
    for scope in ({"manuals": [site.manual.id]}, {"machines": ["sc9"]}, {"kinds": ["alarm"]}, {"langs": ["ja"]}):
        events = events_of(operator.post("/ask", json={**ASK, **scope}).text)
        assert events[-1][1]["quotes"][0]["file"] == "sc9.md"
        assert operator.get("/search", params={"q": "AL.32", **scope}).json()["hits"]
    assert events_of(operator.post("/ask", json={**ASK, "kinds": ["warning"]}).text)[-1][1]["quotes"] == []
    assert operator.get("/search", params={"q": "AL.32", "langs": "en"}).json()["hits"] == []


@pytest.mark.parametrize(
    ("scope", "known"),
    [
        ({"manuals": ["no such manual"]}, "sc9.md"), ({"machines": ["ZZ-1"]}, "SC-9"),
        ({"kinds": ["steps", "x"]}, "alarm"),
        ({"langs": ["fr"]}, "ja, en"), ({"lines": ["L1"]}, "andon index set"),
    ],
)  # fmt: skip
def test_what_a_question_cannot_be_narrowed_to_is_said(operator: TestClient, scope: Any, known: str) -> None:
    for response in (operator.post("/ask", json={**ASK, **scope}), operator.get("/search", params={"q": "a", **scope})):
        assert known in check_error(response, 422, "scope_unknown")["remedy"]


def test_filters(operator: TestClient) -> None:
    body = operator.get("/filters").json()
    assert body["machines"] == ["SC-9"]
    assert body["manuals"] == ["sc9.md"]
    assert {"steps", "alarm"} <= set(body["kinds"])


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
    head = {"Content-Type": "application/json"}
    check_error(operator.post("/ask", content=b'{"question": ', headers=head), 422, "request_refused")
    for unreadable in (b"\xff\xfe\x80", b'{"question": "\xe3\x81"}', b'{"question": ' + b"[" * 100_000):
        assert (
            "UTF-8"
            in check_error(operator.post("/ask", content=unreadable, headers=head), 400, "request_refused")["message"]
        )


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
