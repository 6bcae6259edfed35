"""andon bench's parts: prompts of an exact length, honest clocks and counts, memory, bytes a token, bandwidth."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from board_trees import JETSON, PC, ROCK5B, plant
from fake_runner import FakeRunner
from timed_endpoint import Endpoint
from waiting import wait_for

from assistant.prompt import Excerpt, build_messages
from edge.bench.bandwidth import measured, nominal
from edge.bench.driver import RunnerDriver
from edge.bench.endpoint import EndpointDriver
from edge.bench.memory_watch import MemoryUse, MemoryWatch
from edge.bench.run import measure
from edge.bench.weights import read_weights
from edge.bench.workload import WORKLOADS, PromptMaker, Workload, manual_text
from edge.board.board import read_board
from edge.errors import EdgeFailed
from edge.llama.runner import LlamaCppRunner
from edge.options import EdgeOptions
from edge.runner import Message, Piece, Sampling

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


@pytest.mark.parametrize("workload", WORKLOADS, ids=lambda workload: workload.name)
def test_prompts_have_the_tokens_that_were_asked_for(runner: LlamaCppRunner, workload: Workload) -> None:
    driver = RunnerDriver(runner)
    maker = PromptMaker(workload, driver.count)
    prompts, others = maker.make(), maker.make()
    for cold in (prompts.cold, others.cold):
        assert driver.count(cold) == workload.prompt_tokens
    assert prompts.cold[0].content[:9] != others.cold[0].content[:9]
    body = prompts.cold[0].content.rpartition("\n\n")[0]
    assert len(body) > 0.5 * len(prompts.cold[0].content)
    assert prompts.warm[0].content.startswith(body)
    assert prompts.cold != prompts.warm


def test_hardly_two_entries_of_the_prompt_text_are_alike() -> None:
    entries = [line.split(" ", 1)[1] for line in manual_text(100).splitlines()]
    assert len(set(entries)) >= 98


class SlowRunner(FakeRunner):
    """Says one word every 20 ms, two tokens a piece, after reading for 300 ms; reads a known beginning in no time."""

    def __init__(self) -> None:
        super().__init__(lambda messages: " ".join(f"word{n}" for n in range(500)))
        self.read: list[str] = []

    def stream(self, messages: Sequence[Message], sampling: Sampling) -> Iterator[Piece]:
        content = messages[0].content
        time.sleep(0.0 if any(content[:40] == known[:40] for known in self.read) else 0.3)
        self.read.append(content)
        for said in range(2, sampling.max_tokens + 1, 2):
            yield Piece("two tokens ", said)
            time.sleep(0.02)
        yield Piece("", sampling.max_tokens, "length")


def test_times_and_speeds_are_those_of_the_runner() -> None:
    workload = Workload("small", 60, 10)
    (result,) = measure(RunnerDriver(SlowRunner()), [workload], runs=2)
    assert result.runs == 2 and result.answer_tokens == 10
    assert result.first_ms_cold is not None and result.first_ms_cold.median >= 300
    assert result.first_ms_warm is not None and result.first_ms_warm.median < result.first_ms_cold.median
    assert result.tokens_per_s is not None  # 8 tokens in 4 steps of 20 ms; a piece is not a token
    assert 1 < result.tokens_per_s.median <= 101  # a busy machine is slower, none is faster
    (once,) = measure(RunnerDriver(SlowRunner()), [workload], runs=1)
    assert once.prompt_per_s is not None and once.first_ms_cold is not None
    assert once.prompt_per_s.median == pytest.approx(once.prompt_tokens / once.first_ms_cold.median * 1000, rel=0.01)


def test_a_workload_that_does_not_fit_is_skipped_and_says_so() -> None:
    small = FakeRunner(lambda messages: "a b c d e f g h", context_tokens=200)
    fits, too_long = measure(RunnerDriver(small), [Workload("fits", 60, 8), Workload("too long", 300, 8)], runs=1)
    assert not fits.skipped
    assert too_long.skipped == "needs 308 tokens of context; there are 200"
    assert too_long.tokens_per_s is None


def test_answers_that_end_early_are_told() -> None:
    (result,) = measure(RunnerDriver(FakeRunner(lambda messages: "a b c")), [Workload("w", 60, 50)], runs=1)
    assert result.answer_tokens == 3
    assert result.tokens_per_s is None  # too few to time


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    with Endpoint() as site:
        yield site


def test_an_endpoint_is_counted_by_its_usage_and_never_by_its_pieces(endpoint: Endpoint) -> None:
    driver = EndpointDriver(endpoint.url, "m", lambda text: len(text.split()))
    timed = driver.speak((Message("user", "one two three"),), 12, reuse=False)
    assert (timed.prompt_tokens, timed.tokens, timed.counted_by) == (33, 12, "the server's usage")
    assert endpoint.bodies[-1]["cache_prompt"] is False and endpoint.bodies[-1]["ignore_eos"] is True
    assert 0 < timed.first_s < timed.last_s


def test_an_endpoint_that_does_not_count_needs_the_models_file(endpoint: Endpoint) -> None:
    endpoint.usage = False
    with pytest.raises(EdgeFailed, match="does not say how many tokens") as failed:
        EndpointDriver(endpoint.url, "m", len).speak((Message("user", "x"),), 12, reuse=True)
    assert "--model" in failed.value.remedy
    counted = EndpointDriver(endpoint.url, "m", len, len).speak((Message("user", "one two"),), 12, reuse=True)
    assert counted.counted_by == "the model's file"
    assert (counted.prompt_tokens, counted.tokens) == (7, len("word " * 4))


def test_an_endpoint_that_knows_only_openais_fields_is_asked_again_without_the_others(endpoint: Endpoint) -> None:
    endpoint.strict = True
    driver = EndpointDriver(endpoint.url, "m", len)
    driver.speak((Message("user", "x"),), 12, reuse=True)
    driver.speak((Message("user", "x"),), 12, reuse=True)
    assert ["ignore_eos" in body for body in endpoint.bodies] == [True, False, False]


def test_an_endpoint_that_is_not_there_says_so(endpoint: Endpoint) -> None:
    with pytest.raises(EdgeFailed, match="does not answer"):
        EndpointDriver("http://127.0.0.1:9/v1", "m", len).speak((Message("user", "x"),), 12, reuse=True)
    with pytest.raises(EdgeFailed, match="says 404"):
        EndpointDriver(endpoint.url + "/no", "m", len).speak((Message("user", "x"),), 12, reuse=True)
    with pytest.raises(EdgeFailed, match="no address"):
        EndpointDriver("127.0.0.1:8080", "m", len)


def test_bytes_a_token_are_read_from_the_file() -> None:
    weights = read_weights(BUNDLED)
    assert weights.quantisation == "Q8_0" and weights.exact
    assert 0.5 * BUNDLED.stat().st_size < weights.read_bytes <= BUNDLED.stat().st_size
    assert weights.bytes_per_token(0, "f16") == weights.read_bytes
    assert weights.bytes_per_token(10, "f16") == weights.read_bytes + 20 * weights.kv_values
    assert weights.kv_values > 0


def test_a_file_that_is_no_gguf_counts_whole_and_a_damaged_one_is_refused(tmp_path: Path) -> None:
    other = tmp_path / "model.rkllm"
    other.write_bytes(b"x" * 1000)
    assert read_weights(other).read_bytes == 1000 and not read_weights(other).exact
    for content in (b"", b"GGUF", b"GGML" + bytes(100), BUNDLED.read_bytes()[:500]):
        damaged = tmp_path / "damaged.gguf"
        damaged.write_bytes(content)
        with pytest.raises(EdgeFailed):
            read_weights(damaged)


@pytest.mark.parametrize(
    ("files", "changed", "gigabytes"),
    [(JETSON, {}, 102.4), (JETSON, {"rate": "2133000000\n"}, 68.3), (JETSON, {"emc": None}, 102.4),
     (JETSON, {"emc": None, "status": "pmode:0000\n"}, 68.3), (ROCK5B, {}, 33.8), (ROCK5B, {"dmc": None}, 33.8),
     (ROCK5B, {"cur_freq": "528000000\n"}, 8.4)],
)  # fmt: skip
def test_bandwidth_of_the_boards(
    files: dict[str, str], changed: dict[str, str | None], gigabytes: float, tmp_path: Path
) -> None:
    found = nominal(read_board(plant(tmp_path, files, **changed), lambda command: ""))
    assert found is not None and found.gb_per_s == pytest.approx(gigabytes, abs=0.1)


def test_bandwidth_of_a_pc_is_measured(tmp_path: Path) -> None:
    assert nominal(read_board(plant(tmp_path, PC), lambda command: "")) is None
    found = measured(rounds=1)
    assert found.by == "measured" and 0.01 < found.gb_per_s < 5000  # a busy machine is slow


def test_memory_is_watched_over_the_whole_process_tree() -> None:
    script = "import sys; held = b'x' * 120_000_000; print('there', flush=True); sys.stdin.read()"
    with MemoryWatch() as watch:
        wait_for(lambda: watch.use().pss)
        before = watch.use().pss or 0
        child = subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert child.stdout is not None and child.stdout.readline()
        wait_for(lambda: (watch.use().pss or 0) > before + 110_000_000)
        child.communicate(b"")
    use = watch.use()
    assert use.pss is not None
    assert use.figure == max(use.pss, use.available_drop or 0)


def test_what_is_counted_as_the_figure() -> None:
    assert MemoryUse(9, 5, 7).figure == 7
    assert MemoryUse(9, 5, None).figure == 5
    assert MemoryUse(None, None, None).figure is None
