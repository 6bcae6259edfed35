"""Adapters by name, from the settings to what the runner is asked for: each door takes one, and none is overlooked."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fake_runner import FakeRunner
from fastapi.testclient import TestClient
from service_site import ASK, OPERATOR, Site, check_error, events_of
from test_edge_adapters import lora
from test_edge_runners import tiny_gguf

from assistant.answer import Answer
from assistant.ask import AskOptions, Assistant
from assistant.build import ask_options, build
from assistant.errors import SettingsWrong
from assistant.health import loaded_models
from assistant.http.service import make_service
from assistant.langchain import make_chat_model
from assistant.settings import read_settings
from edge.errors import AdapterUnknown, AdapterUnreadable
from edge.llama.runner import LlamaCppRunner
from edge.options import Adapter, EdgeOptions
from edge.runner import Message, Piece, Sampling
from ui.cli import main

__all__ = ["tiny_gguf"]
CHAT = "/v1/chat/completions"


class Recording(FakeRunner):
    """Says the same with each adapter and keeps which were asked for."""

    def __init__(self) -> None:
        super().__init__(lambda messages: "主電源 QS1 を OFF にして 15 分以上待つ。[1]")
        self.adapters: list[str] = []

    def stream(self, messages: Sequence[Message], sampling: Sampling) -> Iterator[Piece]:
        self.adapters.append(sampling.adapter)
        return super().stream(messages, replace(sampling, adapter=""))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    made = Site(tmp_path_factory.mktemp("site"))
    yield made
    made.close()


@pytest.fixture
def runner() -> Recording:
    return Recording()


def client_over(site: Site, runner: Recording, **options: Any) -> TestClient:
    assistant = Assistant(site.library, runner, AskOptions(adapters=("line2", "terse"), **options))
    client = TestClient(make_service(replace(site.andon, assistant=assistant)), raise_server_exceptions=False)
    assert client.post("/session", json={"name": OPERATOR[0], "password": OPERATOR[1]}).status_code == 200
    return client


def asked(site: Site, runner: Recording, name: str, **options: Any) -> Answer:
    assistant = Assistant(site.library, runner, AskOptions(adapters=("line2", "terse"), **options))
    *_, answer = assistant.ask(ASK["question"], adapter=name)
    assert isinstance(answer, Answer)
    return answer


def test_the_one_asked_for_answers_and_is_named(site: Site, runner: Recording) -> None:
    assert asked(site, runner, "").model == "fake"
    assert asked(site, runner, "terse").model == "fake:terse"
    assert asked(site, runner, "", adapter="line2").model == "fake:line2", "the one of the settings"
    assert asked(site, runner, "terse", adapter="line2").model == "fake:terse"
    assert asked(site, runner, "none", adapter="line2").model == "fake"
    assert runner.adapters == ["", "terse", "line2", "terse", ""]


def test_one_that_is_not_there_is_refused_before_anything_is_found(site: Site, runner: Recording) -> None:
    events = Assistant(site.library, runner, AskOptions(adapters=("line2",))).ask(ASK["question"], adapter="line9")
    with pytest.raises(AdapterUnknown, match="line9") as caught:
        next(iter(events))
    assert "line2" in caught.value.remedy and not runner.adapters


def test_the_service_takes_it_as_a_field(site: Site, runner: Recording) -> None:
    client = client_over(site, runner)
    (*_, (last, answer)) = events_of(client.post("/ask", json={**ASK, "adapter": "line2"}).text)
    assert last == "answer" and answer["model"] == "fake:line2" and runner.adapters == ["line2"]
    check_error(client.post("/ask", json={**ASK, "adapter": "line9"}), 404, "adapter_unknown")


def test_the_openai_door_takes_it_behind_the_models_name(site: Site, runner: Recording) -> None:
    client = client_over(site, runner, adapter="line2")
    assert [model["id"] for model in client.get("/v1/models").json()["data"]] == ["andon", "andon:line2", "andon:terse"]
    assert client.get("/v1/models/andon:terse").json()["id"] == "andon:terse"
    messages = [{"role": "user", "content": ASK["question"]}]
    for name in ("andon", "andon:terse", "andon:none"):
        told = client.post(CHAT, json={"model": name, "messages": messages}).json()
        assert told["model"] == name
    assert runner.adapters == ["line2", "terse", ""] and told["andon"]["model"] == "fake"
    streamed = client.post(CHAT, json={"model": "andon:terse", "messages": messages, "stream": True}).text
    assert '"model": "andon:terse"' in streamed and runner.adapters[-1] == "terse"
    for name in ("andon:line9", "andon:", "other:terse", "terse"):
        refused = client.post(CHAT, json={"model": name, "messages": messages})
        assert refused.status_code == 404 and refused.json()["error"]["code"] == "model_not_found"
        assert "'andon:terse'" in refused.json()["error"]["message"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("response_format", {"type": "json_schema", "json_schema": {"name": "x", "schema": {}}}),
        ("grammar", "root ::= x"),
        ("guided_json", {}),
        ("structured_outputs", {"json": {}}),
    ],
)
def test_a_schema_is_refused_with_the_reason(site: Site, runner: Recording, name: str, value: object) -> None:
    body = {"model": "andon", "messages": [{"role": "user", "content": ASK["question"]}], name: value}
    error = client_over(site, runner).post(CHAT, json=body).json()["error"]
    assert (error["code"], error["param"]) == ("parameter_refused", name) and not runner.adapters
    assert "a passage was found to hold" in error["message"] and "make_chat_model" in error["message"]


def test_settings_name_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "andon.toml"
    monkeypatch.setenv("ANDON_CONFIG", str(file))
    monkeypatch.setenv("HOME", str(tmp_path))
    file.write_text('adapter = "二号機"\n[adapters]\n"二号機" = "~/2.gguf"\nterse = "/m/t.gguf"\n', encoding="utf-8")
    settings = read_settings()
    assert settings.adapters == {"二号機": tmp_path / "2.gguf", "terse": Path("/m/t.gguf")}
    assert ask_options(settings).adapters == ("二号機", "terse") and ask_options(settings).adapter == "二号機"
    assert ask_options(read_settings(adapter="none")).adapter == ""
    with pytest.raises(SettingsWrong, match="'terce'") as caught:
        read_settings(adapter="terce")
    assert "terse" in caught.value.remedy
    monkeypatch.setenv("ANDON_ADAPTERS", '{"terse": "/m/other.gguf"}')
    assert read_settings(adapter="terse").adapters["terse"] == Path("/m/other.gguf"), "over the file's"
    for wrong in ("terse=/m/t.gguf", '{"two words": "/m/t.gguf"}', '{"a:b": "/m/t.gguf"}'):
        monkeypatch.setenv("ANDON_ADAPTERS", wrong)
        with pytest.raises(SettingsWrong, match=r"ADAPTERS|adapters"):
            read_settings()


def test_one_that_does_not_fit_is_refused_at_start(tiny_gguf: Path, tmp_path: Path) -> None:
    """Andon then quotes without a model, and says why."""
    fits = lora(tmp_path / "fits.gguf", tiny_gguf)
    given: dict[str, Any] = {"data": tmp_path / "data", "embedder": "none", "model": str(tiny_gguf)}
    for path, reason in ((fits, ""), (tiny_gguf, "no adapter"), (tmp_path / "gone.gguf", "missing")):
        andon = build(read_settings(**given, adapters={"line2": path}))
        andon.close()
        assert bool(andon.assistant.runner) is not bool(reason)
        shown = [model for model in loaded_models(andon) if model.role == "adapter"]
        assert [(model.name, model.bytes) for model in shown] == ([] if reason else [("line2", fits.stat().st_size)])
        assert reason in andon.model_problem and bool(andon.model_problem) is bool(reason)
    away = build(read_settings(**{**given, "model": "http://127.0.0.1:9/v1"}, adapters={"line2": fits}))
    away.close()
    assert isinstance(away.model_failure, AdapterUnreadable) and "#NAME" in away.model_failure.remedy


def test_the_command_takes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ANDON_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("ANDON_EMBEDDER", "none")
    for locale, says in (("C.UTF-8", "no adapter 'line9'"), ("ja_JP.UTF-8", "追加学習の差分(LoRA)")):
        monkeypatch.setenv("LC_ALL", locale)
        monkeypatch.setattr(sys, "argv", ["andon", "ask", ASK["question"], "--model", "none", "--adapter", "line9"])
        with pytest.raises(SystemExit) as ended:
            main()
        assert ended.value.code == 1 and says in capsys.readouterr().err


def test_an_adapter_changes_what_the_model_says(tiny_gguf: Path, tmp_path: Path) -> None:
    """Through the settings, in a process of its own, as a site has it."""
    adapters = {"line2": lora(tmp_path / "2.gguf", tiny_gguf, seed=2)}
    andon = build(read_settings(data=tmp_path / "data", embedder="none", model=str(tiny_gguf), adapters=adapters))
    runner = andon.assistant.runner
    assert runner is not None
    texts = [
        "".join(piece.text for piece in runner.stream((Message("user", "E-1?"),), Sampling(12, adapter=adapter)))
        for adapter in ("", "line2", "")
    ]
    andon.close()
    assert texts[0] == texts[2] != texts[1]


def test_the_bare_chat_model_takes_a_schema_a_grammar_and_an_adapter(tiny_gguf: Path, tmp_path: Path) -> None:
    adapters = (Adapter("line2", lora(tmp_path / "2.gguf", tiny_gguf, seed=2)),)
    runner = LlamaCppRunner(EdgeOptions(tiny_gguf, context_tokens=256, threads=1, batch_tokens=16, adapters=adapters))
    model = make_chat_model(runner, max_tokens=12)
    assert model.invoke("E-1?", json_schema='{"enum": ["OFF"]}').content == '"OFF"'
    assert model.invoke("E-1?", grammar='root ::= "ON"').content == "ON"
    assert model.invoke("E-1?", adapter="line2").content != model.invoke("E-1?").content
    with pytest.raises(AdapterUnknown):
        model.invoke("E-1?", adapter="line3")
    runner.close()
