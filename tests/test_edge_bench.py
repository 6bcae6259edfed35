"""andon bench's parts: prompts of an exact length, honest clocks and counts, memory, bytes a token, bandwidth."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.prompt import Excerpt, build_messages
from edge.llama.runner import LlamaCppRunner
from edge.options import EdgeOptions
from edge.runner import Sampling

BUNDLED = Path(__file__).resolve().parents[1] / "models" / "andon-slm-ja-en.q8_0.gguf"


@pytest.fixture(scope="module")
def runner() -> LlamaCppRunner:
    return LlamaCppRunner(EdgeOptions(BUNDLED))


def test_an_answer_can_be_made_to_go_on_past_its_end(runner: LlamaCppRunner) -> None:
    excerpt = Excerpt(1, "SC-200 > 5.2, p. 5-3", "AL.32 Overcurrent. Turn the power off and check the wiring.")
    asked = build_messages("What does AL.32 mean?", [excerpt], "en")
    ended = list(runner.stream(asked, Sampling(max_tokens=90)))[-1]
    went_on = list(runner.stream(asked, Sampling(max_tokens=90, ignore_end=True)))[-1]
    assert ended.finish == "stop" and ended.tokens < 90
    assert went_on.finish == "length" and went_on.tokens == 90
