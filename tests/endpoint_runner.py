"""A runner behind a server of our own, and what that server says."""

from __future__ import annotations

from typing import Any

from contract_runner import ASK, text_of
from fake_endpoint import FakeEndpoint

from edge.http_address import Address
from edge.openai_api.options import EndpointOptions
from edge.openai_api.runner import OpenAiRunner
from edge.runner import Sampling

ANSWER = "電源を切り、カバーを外して確認する。 Turn the power OFF, then wait. 🔥 [1]"


def say(messages: list[dict[str, str]]) -> str:
    return f"{messages[-1]['content']} {ANSWER}"


def runner_of(fake: FakeEndpoint, **options: Any) -> OpenAiRunner:
    return OpenAiRunner(EndpointOptions(Address.of(fake.url), **{"back_off_s": 0.01, **options}))


def said(runner: OpenAiRunner, sampling: Sampling | None = None) -> str:
    return text_of(list(runner.stream(ASK, sampling or Sampling())))
