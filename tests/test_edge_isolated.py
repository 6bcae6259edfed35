"""The isolated runner: the contract over its process; crashes, hangs, nonsense and orphans, all with real processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from broken_model import BREAKS, HANGS_S, SAID
from contract_runner import ASK, OTHER, RunnerContract, close, text_of
from test_edge_runners import tiny_gguf
from waiting import joined, wait_for

from edge.choose import make_runner
from edge.errors import GenerationFailed, GenerationStuck, ModelCrashed, ModelMissing, ModelUnreadable
from edge.isolated.runner import IsolatedRunner, Patience
from edge.isolated.wire import Nonsense, failure_json, failure_of, line_of, made, message_of, piece_of, plain
from edge.llama.runner import LlamaCppRunner
from edge.options import EdgeOptions
from edge.runner import Choice, Choices, Message, Runner, Sampling

__all__ = ["tiny_gguf"]
TESTS = str(Path(__file__).parent)
QUICK = Patience(load=120, stop=1.0, count=2.0, again=0.4)
PATIENT = Patience(load=120, stop=60, count=60)  # for what must come by itself


@pytest.fixture(autouse=True)
def _children_find_the_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([TESTS, *filter(None, [os.environ.get("PYTHONPATH")])]))


def broken(model: Path, patience: Patience = PATIENT) -> IsolatedRunner:
    return IsolatedRunner(EdgeOptions(model), keeps_choices=False, child="broken_model", patience=patience)


@pytest.fixture
def runner(tmp_path: Path) -> Iterator[IsolatedRunner]:
    made_one = broken(tmp_path / "none")
    yield made_one
    made_one.close()


def say(how: str) -> tuple[Message, ...]:
    return (Message("user", how),)


class TestIsolatedFake(RunnerContract):
    @pytest.fixture
    def make(self, tmp_path: Path) -> Callable[[], Runner]:
        return lambda: broken(tmp_path / "none")


class TestIsolatedLlamaCpp(RunnerContract):
    @pytest.fixture
    def make(self, tiny_gguf: Path) -> Callable[[], Runner]:
        options = EdgeOptions(tiny_gguf, context_tokens=256, threads=1, batch_tokens=16, isolate=True)
        return lambda: make_runner(options)


def test_it_says_the_same_as_the_runner_in_this_process(tiny_gguf: Path) -> None:
    options = EdgeOptions(tiny_gguf, context_tokens=256, threads=1, batch_tokens=16)
    here, there = LlamaCppRunner(options), IsolatedRunner(options)
    lines = (Choice("電源を切る。", 0.2), Choice("Turn it OFF."), Choice("カバーを外す。"))
    choices = Choices(lines, (Choice("No."),), 2)
    free = Sampling(12, 1.0, 0.9, 40, 1.1, 7)
    for sampling in (Sampling(max_tokens=24), Sampling(max_tokens=40, choices=choices), free):
        assert list(there.stream(ASK, sampling)) == list(here.stream(ASK, sampling))
    for text in ("", "AL-16", "全角 ＡＬ\n", "\ud800 lone", "x<|im_end|>"):
        assert there.count_tokens(text) == here.count_tokens(text)
    assert (there.name, there.context_tokens, there.keeps_choices) == (here.name, here.context_tokens, True)
    here.close()
    there.close()


@pytest.mark.parametrize("how", BREAKS)
def test_a_crash_ends_only_the_answer_in_work(runner: IsolatedRunner, how: str) -> None:
    pieces = []
    with pytest.raises(ModelCrashed) as caught:
        for piece in runner.stream(say(f"middle {how}"), Sampling()):
            pieces.append(piece)
    assert SAID.startswith(text_of(pieces)) and len(pieces) == 5, "what came before it was delivered"
    assert caught.value.remedy
    if how.startswith("SIG"):
        assert how in str(caught.value)
    assert text_of(list(runner.stream(ASK, Sampling()))) == SAID
    assert runner.count_tokens("one two") == 2


def test_those_who_wait_are_answered_after_a_crash(runner: IsolatedRunner) -> None:
    runner.load()
    holding = runner.stream(say("middle SIGSEGV"), Sampling())
    next(holding)
    said: list[str] = []
    threads = [
        threading.Thread(target=lambda: said.append(text_of(list(runner.stream(ASK, Sampling()))))) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    with pytest.raises(ModelCrashed):
        list(holding)
    joined(*threads)
    assert said == [SAID] * 4


@pytest.mark.parametrize("how", ["hang", "hang with the interpreter"])
def test_a_hang_is_killed_when_its_reader_has_left(tmp_path: Path, how: str) -> None:
    runner = broken(tmp_path / "none", QUICK)
    stream = runner.stream(say(f"middle {how}"), Sampling())
    for _ in range(5):
        next(stream)
    wait_for((tmp_path / "none.broken").exists)
    hanging = runner.pid
    begin = time.monotonic()
    close(stream)
    assert text_of(list(runner.stream(ASK, Sampling()))) == SAID
    assert QUICK.stop < time.monotonic() - begin < HANGS_S, "it had a moment to stop, and no longer"
    assert runner.pid != hanging
    wait_for(lambda: not alive(hanging))  # it was ended, not kept
    runner.close()


def test_a_stop_in_time_keeps_the_process(runner: IsolatedRunner) -> None:
    stream = runner.stream(ASK, Sampling())
    next(stream)
    before = runner.pid
    close(stream)
    assert text_of(list(runner.stream(OTHER, Sampling()))) == SAID
    assert runner.pid == before


def test_counting_that_hangs_or_crashes_is_told(runner: IsolatedRunner) -> None:
    runner.load()
    runner._patience = QUICK
    with pytest.raises(GenerationStuck):
        runner.count_tokens("count hang")
    runner._patience = PATIENT
    with pytest.raises(ModelCrashed, match="SIGSEGV"):
        runner.count_tokens("count SIGSEGV")
    with pytest.raises(GenerationFailed, match="boom"):
        runner.count_tokens("count boom")
    assert runner.count_tokens("one two") == 2


def test_what_python_raises_there_is_told_here_and_the_process_stays(runner: IsolatedRunner) -> None:
    runner.load()
    before = runner.pid
    with pytest.raises(GenerationFailed, match="boom"):
        list(runner.stream(say("middle boom"), Sampling()))
    assert text_of(list(runner.stream(ASK, Sampling()))) == SAID
    assert runner.pid == before


@pytest.mark.parametrize("how", ["SIGSEGV", "exit", "nonsense"])
def test_one_that_dies_at_each_load_is_not_loaded_again_and_again(tmp_path: Path, how: str) -> None:
    model = tmp_path / "model"
    model.write_text(how)
    runner = broken(model, replace(QUICK, again=600, again_most=600))
    with pytest.raises(ModelCrashed, match="while loading"):
        runner.load()
    process = runner._process
    for _ in range(50):
        with pytest.raises(ModelCrashed, match="tried again in"):
            list(runner.stream(ASK, Sampling()))
    assert runner._process is process, "none was started"
    runner.close()
    soon = broken(model, QUICK)
    with pytest.raises(ModelCrashed, match="while loading"):
        soon.load()
    model.unlink()  # it is mended
    time.sleep(QUICK.again)  # as it was told to
    assert text_of(list(soon.stream(ASK, Sampling()))) == SAID
    soon.close()


def test_a_load_that_hangs_ends(tmp_path: Path) -> None:
    model = tmp_path / "model"
    model.write_text("hang")
    runner = broken(model, Patience(load=1.0))
    with pytest.raises(ModelCrashed):
        runner.load()
    assert runner.pid == 0
    other = broken(model)
    told: list[ModelCrashed] = []

    def load() -> None:
        try:
            other.load()
        except ModelCrashed as crash:
            told.append(crash)

    thread = threading.Thread(target=load, daemon=True)
    thread.start()
    wait_for(lambda: other.pid)
    other.close()  # does not wait until it has loaded
    joined(thread)
    assert told and other.pid == 0


def test_the_models_own_errors_come_over_as_themselves(tmp_path: Path) -> None:
    model = tmp_path / "model"
    model.write_text("unreadable")
    runner = broken(model)
    with pytest.raises(ModelUnreadable) as caught:
        runner.load()
    assert (caught.value.remedy, caught.value.details) == ("Copy it again.", {"file": "model"})
    assert runner.pid == 0
    with pytest.raises(ModelMissing):
        make_runner(EdgeOptions(tmp_path / "none.gguf", isolate=True)).load()


def alive(pid: int) -> bool:
    try:
        return " Z " not in Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False


@pytest.mark.skipif(sys.platform != "linux", reason="PR_SET_PDEATHSIG")
@pytest.mark.parametrize("where", ["first hang with the interpreter", "ASK"])
def test_the_child_ends_when_its_parent_is_killed(tmp_path: Path, where: str) -> None:
    code = f"""
import sys, threading, time
from pathlib import Path
from test_edge_isolated import broken, say
from edge.runner import Sampling
runner = broken(Path({str(tmp_path / "none")!r}))
loading = threading.Thread(target=runner.load)  # whose end must not end the child
loading.start(); loading.join(); time.sleep(0.2)
threading.Thread(target=lambda: list(runner.stream(say({where!r}), Sampling())), daemon=True).start()
time.sleep(0.3)
print(runner.pid, flush=True)
time.sleep(600)
"""
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    assert child and alive(child)
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    wait_for(lambda: not alive(child))
    parent.stdout.close()


@pytest.mark.skipif(sys.platform != "linux", reason="oom_score_adj")
def test_the_kernel_takes_the_model_before_the_service(runner: IsolatedRunner) -> None:
    runner.load()
    there, here = (int(Path(f"/proc/{pid}/oom_score_adj").read_text()) for pid in (runner.pid, "self"))
    assert there > here


def test_values_travel_and_nothing_else_does() -> None:
    sampling = Sampling(5, 0.5, stop=("\n", "\ud800"), choices=Choices((Choice("行", 0.1),), (Choice("いいえ"),), 3))
    options = EdgeOptions(Path("/a b/模型.gguf"), threads=2)
    for value in (options, Message("user", "\x00\n𠮷"), sampling, (1, (2.5, None))):
        assert made(message_of(line_of({"value": plain(value)}))["value"]) == value
    with pytest.raises(TypeError):
        plain(object())
    for nonsense in ({"class": "Popen", "args": ["true"]}, {"no": "class"}, {"class": "Piece", "text": "x"}):
        with pytest.raises(Nonsense):
            made(nonsense)
    for line in (b"", b"[1]", b"\xff{}", b'{"half": '):
        with pytest.raises(Nonsense):
            message_of(line)
    for piece in ("x", {"class": "Piece", "text": 1, "tokens": 1, "finish": ""}, plain(Message("user", "x"))):
        with pytest.raises(Nonsense):
            piece_of(piece)


def test_errors_travel_as_their_class() -> None:
    for error in (GenerationStuck("a", "b", n="1"), ModelMissing("x"), ModelCrashed("y", cause="memory")):
        again = failure_of(message_of(line_of(failure_json(error))))
        assert type(again) is type(error) and again.args == error.args
        assert (again.remedy, again.details) == (error.remedy, error.details)
    assert type(failure_of({"code": "newer", "message": "m"})) is GenerationFailed
    with pytest.raises(Nonsense):
        failure_of("boom")
