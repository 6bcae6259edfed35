"""OpenAI's own client against a real server: answers whole and streamed, models, errors, sign-in, history."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fake_runner import FakeRunner
from fastapi.testclient import TestClient
from openai_site import client_of, serving
from service_site import ADMIN, ASK, OPERATOR, Site
from waiting import wait_for

from assistant.answer import Event
from assistant.ask import Assistant
from assistant.build import Andon
from assistant.http.openai_request import IGNORED, REFUSED
from assistant.http.service import COOKIE, make_service

openai = pytest.importorskip("openai")
pytest_plugins = ("service_visitors",)

QUESTION = [{"role": "user", "content": ASK["question"]}]
SAID = "主電源 QS1 を OFF にして 15 分以上待つ。 [1]"
SOURCE = "\n\n出典: [1] コンベヤ SC-9 取扱説明書, コンベヤ SC-9 取扱説明書 > 5.1 AL.32 過電流"
CHAT = "/v1/chat/completions"


@pytest.fixture(scope="module")
def address(site: Site) -> Iterator[str]:
    with serving(site.service) as at:
        yield at


@pytest.fixture(scope="module")
def client(site: Site, address: str) -> Iterator[Any]:
    with client_of(address, site.accounts.tokens.make(OPERATOR[0], "tests")) as made:
        yield made


def ask(client: Any, question: str = ASK["question"], **parameters: Any) -> Any:
    return client.chat.completions.create(model="andon", messages=[{"role": "user", "content": question}], **parameters)


def check(body: Any, code: str, kind: str, param: str | None = None) -> str:
    assert set(body) == {"error"}
    error = body["error"]
    assert set(error) == {"message", "type", "param", "code"}
    assert (error["code"], error["type"], error["param"]) == (code, kind, param)
    assert error["message"]
    return str(error["message"])


def test_an_answer(client: Any) -> None:
    done = ask(client)
    assert done.object == "chat.completion"
    assert done.model == "andon"
    (choice,) = done.choices
    assert choice.finish_reason == "stop"
    assert choice.message.role == "assistant"
    assert choice.message.content == SAID + SOURCE
    assert "QS1 を ON" not in done.model_dump_json()
    andon = done.andon
    assert andon["verdict"] == "partly_supported"
    assert andon["declined"] is None
    assert andon["timing"]["total_ms"] >= andon["timing"]["found_ms"] > 0
    source = andon["sources"][0]
    assert source["number"] == 1
    assert source["file"] == "sc9.md"
    assert "1. 主電源 QS1 を OFF にして 15 分以上待つ。" in source["text"]
    assert source["score"] > 0
    assert {"manual", "title", "page", "label", "section", "why"} <= set(source)
    counted = FakeRunner(lambda messages: "").count_tokens
    assert done.usage.prompt_tokens == counted(ASK["question"])
    assert done.usage.completion_tokens == counted(SAID + SOURCE)
    assert done.usage.total_tokens == done.usage.prompt_tokens + done.usage.completion_tokens


def test_a_stream_says_the_same_in_pieces(client: Any) -> None:
    chunks = list(ask(client, stream=True))
    assert {chunk.object for chunk in chunks} == {"chat.completion.chunk"}
    assert len({chunk.id for chunk in chunks}) == 1
    first, *_, last = chunks
    assert first.choices[0].delta.role == "assistant"
    assert first.andon["sources"][0]["file"] == "sc9.md"
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == ask(client).choices[0].message.content
    assert chunks[1].choices[0].delta.content == SAID
    assert [chunk.choices[0].finish_reason for chunk in chunks] == [None] * (len(chunks) - 1) + ["stop"]
    assert last.andon["verdict"] == "partly_supported"
    assert all(chunk.usage is None for chunk in chunks)


def test_a_stream_with_usage(client: Any) -> None:
    *chunks, last = ask(client, stream=True, stream_options={"include_usage": True})
    assert last.choices == []
    assert last.usage == ask(client).usage
    assert all(chunk.usage is None for chunk in chunks)


def test_the_frames_are_openai_s(site: Site) -> None:
    response = site.client(OPERATOR).post(CHAT, json={"model": "andon", "messages": QUESTION, "stream": True})
    assert response.headers["content-type"].startswith("text/event-stream")
    *frames, done, end = response.text.split("\n\n")
    assert (done, end) == ("data: [DONE]", "")
    for frame in frames:
        assert frame.startswith("data: ")
        assert json.loads(frame.removeprefix("data: "))["choices"][0]["index"] == 0


def test_declined(client: Any) -> None:
    done = ask(client, "AL.99 の意味は?")
    assert done.choices[0].message.content.startswith("このコードは登録済みのマニュアルにありません。")
    assert (done.andon["verdict"], done.andon["declined"]) == ("declined", "unknown_code")
    english = ask(client, "What does alarm AL.99 mean on this conveyor?").choices[0].message.content
    assert english.startswith("This code stands in none of the manuals.")
    chunks = list(ask(client, "AL.99 の意味は?", stream=True))
    assert chunks[0].andon["declined"] == "unknown_code"
    assert "".join(c.choices[0].delta.content or "" for c in chunks) == done.choices[0].message.content


def quotes_only(site: Site, runner: FakeRunner | None) -> TestClient:
    service = make_service(Andon(site.andon.settings, site.library, Assistant(site.library, runner), site.accounts))
    return TestClient(service, raise_server_exceptions=False)


@pytest.mark.parametrize("says", [None, "QS1 を ON にする。[1]", "AL.77 を 99 N で締める。[9]"])
def test_what_no_source_holds_is_never_said(site: Site, says: str | None) -> None:
    """The quote stands in for it, verbatim; with no model there are no tokens to count."""
    client = quotes_only(site, FakeRunner(lambda messages: says) if says else None)
    body = client.post(CHAT, json={"model": "andon", "messages": QUESTION}, auth=ADMIN).json()
    andon = body["andon"]
    assert andon["verdict"] == "quote_only"
    assert body["choices"][0]["message"]["content"] == andon["sources"][0]["text"] + SOURCE
    assert ("usage" in body) is (says is not None)
    for secret in ("ON にする", "AL.77", "99 N"):
        assert secret not in json.dumps(body, ensure_ascii=False)


def test_a_runner_that_fails(site: Site) -> None:
    client = quotes_only(site, FakeRunner(lambda messages: "主電源 QS1", fail_after=1))
    body = client.post(CHAT, json={"model": "andon", "messages": QUESTION}, auth=ADMIN).json()
    assert body["andon"]["failure"] == "generation_failed"
    assert body["choices"][0]["message"]["content"].endswith(SOURCE)


def test_models(client: Any) -> None:
    (model,) = client.models.list().data
    assert (model.id, model.object, model.owned_by) == ("andon", "model", "andon")
    assert model.andon == {"model": "fake", "manuals": 1}
    assert client.models.retrieve("andon") == model
    with pytest.raises(openai.NotFoundError) as caught:
        client.models.retrieve("gpt-4o")
    assert caught.value.code == "model_not_found"


def test_history(client: Any) -> None:
    """A follow-up is completed from the turns before it, which the client sends along."""
    before = [
        {"role": "system", "content": "Answer as a pirate."}, *QUESTION, {"role": "assistant", "content": SAID},
    ]  # fmt: skip
    follow_up = [{"role": "user", "content": [{"type": "text", "text": "2番目の手順は?"}]}]
    done = client.chat.completions.create(model="andon", messages=[*before, *follow_up])
    assert "2. モータの動力線の絶縁抵抗を測る。" in done.choices[0].message.content


def test_the_log_has_it(site: Site, client: Any) -> None:
    """Who asked is the token's account, and the answer's id is there for feedback."""
    done = ask(client)
    entry = site.andon.records.audit.entry(done.andon["id"])
    assert entry is not None
    assert (entry.who, entry.door, entry.subject) == (OPERATOR[0], "http", ASK["question"])


def test_a_question_is_narrowed(site: Site, client: Any) -> None:
    done = ask(client, extra_body={"andon": {"manuals": [site.manual.id]}})
    assert done.andon["sources"][0]["manual"] == site.manual.id
    with pytest.raises(openai.BadRequestError) as caught:
        ask(client, extra_body={"andon": {"machines": ["ZZ-1"]}})
    assert "SC-9" in check({"error": caught.value.body}, "scope_unknown", "invalid_request_error")


# sign-in


def test_sign_in(site: Site, address: str) -> None:
    for token in ("wrong", "andon-wrong"):
        with client_of(address, token) as stranger, pytest.raises(openai.AuthenticationError) as caught:
            ask(stranger)
        check({"error": caught.value.body}, "invalid_api_key", "authentication_error")
    token = site.accounts.tokens.make(OPERATOR[0], "soon revoked")
    with client_of(address, token) as client:
        assert client.models.list().data
        site.accounts.tokens.revoke(site.accounts.tokens.tokens()[-1].id)
        with pytest.raises(openai.AuthenticationError):
            client.models.list()


def test_other_ways_to_sign_in(site: Site) -> None:
    body = {"model": "andon", "messages": QUESTION}
    plain = site.client()
    check(plain.post(CHAT, json=body).json(), "invalid_api_key", "authentication_error")
    basic = base64.b64encode(":".join(OPERATOR).encode()).decode()
    assert plain.post(CHAT, json=body, headers={"Authorization": f"Basic {basic}"}).status_code == 200
    signed_in = site.client(OPERATOR)
    assert COOKIE in signed_in.cookies
    assert signed_in.post(CHAT, json=body).status_code == 200
    assert signed_in.get("/v1/models").status_code == 200


# bad requests


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("n", 2), ("tools", [{"type": "function", "function": {"name": "f"}}]), ("logprobs", True), ("top_logprobs", 3),
        ("stop", ["."]), ("response_format", {"type": "json_object"}), ("logit_bias", {"5": 1}), ("functions", [{}]),
        ("tool_choice", "required"), ("modalities", ["audio"]), ("web_search_options", {}), ("temprature", 0.5),
        ("stream_options", {"include_usage": True}),
    ],
)  # fmt: skip
def test_parameters_that_make_no_sense_are_named(client: Any, name: str, value: Any) -> None:
    with pytest.raises(openai.BadRequestError) as caught:
        ask(client, extra_body={name: value})
    assert name in check({"error": caught.value.body}, "parameter_refused", "invalid_request_error", name)


def test_parameters_that_change_nothing_are_taken(client: Any) -> None:
    harmless = {name: values[0] for name, (values, _) in REFUSED.items() if values}
    assert len(harmless) > 8
    ignored: dict[str, Any] = dict.fromkeys(IGNORED, 1)
    done = ask(client, temperature=2.0, top_p=0.5, max_tokens=1, extra_body={**ignored, **harmless, "audio": None})
    assert done.choices[0].message.content == SAID + SOURCE


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({"messages": QUESTION}, "model"),
        ({"model": "andon"}, "messages"),
        ({"model": "andon", "messages": []}, "messages"),
        ({"model": "andon", "messages": "hello"}, "messages"),
        ({"model": "andon", "messages": [{"role": "tool", "content": "x"}]}, "messages[0].role"),
        ({"model": "andon", "messages": [{"role": "user", "content": 5}]}, "messages[0].content"),
        ({"model": "andon", "messages": [*QUESTION, {"role": "assistant", "content": "x"}]}, "messages"),
        (
            {"model": "andon", "messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {}}]}]},
            "messages[0].content",
        ),
        ({"model": "andon", "messages": QUESTION, "stream": "maybe"}, "stream"),
        ({"model": "andon", "messages": QUESTION, "andon": {"manual": "x"}}, "andon.manual"),
        ([], None),
    ],
)
def test_bad_requests(site: Site, body: Any, param: str | None) -> None:
    response = site.client(OPERATOR).post(CHAT, json=body)
    assert response.status_code == 400
    error = response.json()["error"]
    assert error["code"] in ("request_refused", "parameter_refused")
    check(response.json(), error["code"], "invalid_request_error", param)


def test_an_unknown_model_and_questions_that_are_refused(client: Any) -> None:
    with pytest.raises(openai.NotFoundError) as unknown:
        client.chat.completions.create(model="gpt-4o", messages=QUESTION)
    check({"error": unknown.value.body}, "model_not_found", "invalid_request_error", "model")
    for question, code in (("", "question_empty"), ("あ" * 50_000, "question_too_long")):
        for stream in (False, True):
            with pytest.raises(openai.BadRequestError) as refused:
                ask(client, question, stream=stream)
            check({"error": refused.value.body}, code, "invalid_request_error")


def test_bodies_that_cannot_be_read(site: Site) -> None:
    client = site.client(OPERATOR)
    json_type = {"Content-Type": "application/json"}
    for content in (b'{"model": ', b"\xff\xfe", b""):
        response = client.post(CHAT, content=content, headers=json_type)
        assert response.status_code == 400
        check(response.json(), "request_refused", "invalid_request_error")
    announced = client.post(CHAT, content=b"x" * (2 << 20), headers=json_type)
    came = client.post(CHAT, content=iter([b" " * (1 << 19)] * 5), headers=json_type)
    for response in (announced, came):
        assert response.status_code == 413
        check(response.json(), "request_too_large", "invalid_request_error")
    lone = b'{"model": "andon", "messages": [{"role": "user", "content": "\\ud800 AL.32"}]}'
    assert client.post(CHAT, content=lone, headers=json_type).status_code == 200


def test_what_andon_does_not_have(client: Any) -> None:
    with pytest.raises(openai.NotFoundError) as caught:
        client.embeddings.create(model="andon", input="x")
    assert "embeddings" in check({"error": caught.value.body}, "not_found", "invalid_request_error")


class BreaksOff(Assistant):
    """Breaks off after the first event."""

    def ask(self, *arguments: Any, **options: Any) -> Iterator[Event]:
        yield next(super().ask(*arguments, **options))
        raise RuntimeError("secret")


def test_a_failure_nobody_foresaw(site: Site) -> None:
    service = make_service(Andon(site.andon.settings, site.library, BreaksOff(site.library, None), site.accounts))
    with serving(service) as address, client_of(address, site.accounts.tokens.make(OPERATOR[0])) as client:
        with pytest.raises(openai.InternalServerError) as whole:
            ask(client)
        assert "secret" not in check({"error": whole.value.body}, "unexpected", "server_error")
        with pytest.raises(openai.APIError) as streamed:
            list(ask(client, stream=True))
        assert "secret" not in check({"error": streamed.value.body}, "unexpected", "server_error")


class HangsOnce(FakeRunner):
    """Never begins the first answer, until it is cancelled."""

    def __init__(self) -> None:
        super().__init__(lambda messages: "主電源 QS1 を OFF にして 15 分以上待つ。[1]")
        self.hang = self  # type: ignore[assignment]

    def is_set(self) -> bool:
        return len(self.asked) <= 1


@pytest.mark.parametrize("stream", [False, True])
def test_who_leaves_frees_the_runner(site: Site, stream: bool) -> None:
    runner = HangsOnce()
    service = make_service(Andon(site.andon.settings, site.library, Assistant(site.library, runner), site.accounts))
    token = site.accounts.tokens.make(OPERATOR[0])
    with serving(service) as address:
        with client_of(address, token) as left:
            if stream:
                chunks = ask(left, stream=True)
                assert next(iter(chunks)).andon["sources"]
                wait_for(lambda: runner.asked)
                chunks.close()
            else:
                for patience_s in (1.5, 60):  # a busy machine may not have come to the runner in the first
                    if not runner.asked:
                        with pytest.raises(openai.APITimeoutError):
                            ask(left, timeout=patience_s)
        assert len(runner.asked) == 1
        with client_of(address, token) as client:
            assert ask(client).choices[0].message.content == SAID + SOURCE


def test_the_api_describes_it(site: Site) -> None:
    described = site.client().get("/api").json()
    assert {"/v1/chat/completions", "/v1/models", "/v1/models/{name}"} <= set(described["paths"])
    assert "/v1/{path}" not in described["paths"]


def test_the_wheel_is_not_needed_to_serve(tmp_path: Path) -> None:
    """The client is for tests only: nothing of ours imports it."""
    root = Path(__file__).resolve().parents[1]
    for floor in ("assistant", "edge", "index", "ui", "training"):
        for file in (root / floor).rglob("*.py"):
            lines = file.read_text(encoding="utf-8").splitlines()
            assert not [line for line in lines if line.strip().startswith(("import openai", "from openai"))], file


@pytest.mark.timeout(120)  # it takes a second
@pytest.mark.parametrize("turn", ["AL.32 が出た。\x00\n", "あ" * 3000, "{'\"<script>[1]" * 300])
def test_a_long_conversation_is_survived(site: Site, turn: str) -> None:
    """Nearly as much as a request may carry: the last turns are looked at, the question is answered."""
    turns = min(900_000 // len(turn.encode()) // 2, 900)
    said = [{"role": role, "content": turn} for _ in range(turns) for role in ("user", "assistant")]
    response = site.client(OPERATOR).post(CHAT, json={"model": "andon", "messages": [*said, *QUESTION]})
    assert response.status_code == 200

    assert response.json()["choices"][0]["message"]["content"] == SAID + SOURCE
