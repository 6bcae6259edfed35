"""The whole way over the NPU's runner: question, search, prompt as tokens, answer, verification; here and in a process
of its own. The runtime is of our own; what it says is set here."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from rkllm_site import RkllmSite, compiler

from assistant.answer import Answer
from assistant.ask import AskOptions, Assistant
from edge.choose import make_runner
from edge.errors import GenerationFailed
from edge.options import EdgeOptions
from edge.rkllm.errors import ContextRefused
from edge.runner import Message, Sampling
from index.library import Library
from index.options import IndexOptions

pytestmark = pytest.mark.skipif(compiler() is None, reason="needs a C compiler")
MANUAL = """# Press

## AL-16

AL-16: the cover is open. Close the cover and press RESET. Wait 5 minutes before the restart.
"""


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    manual = tmp_path / "press.md"
    manual.write_text(MANUAL, encoding="utf-8")
    opened = Library(IndexOptions(folder=tmp_path / "index"), write=True, embedder=None)
    opened.add(manual)
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("said", "shown", "cited"),
    [
        ("Close the cover and press RESET. [1]", True, (1,)),
        ("Close the cover and press RESET.", True, (1,)),  # without a number: looked for, and found
        ("Close the cover and press RESET. [7]", False, ()),  # a source that there is not
        ("Wait 50 minutes before the restart. [1]", False, ()),  # a number that does not stand there
    ],
)
def test_citations_are_checked_and_mended_whatever_form_they_come_in(
    library: Library, tmp_path: Path, said: str, shown: bool, cited: tuple[int, ...]
) -> None:
    site = RkllmSite(tmp_path / "model")
    runner = site.runner(context_tokens=1024)
    runner.load()
    site.says(site.encode(said))
    assistant = Assistant(library, runner, AskOptions(excerpts=3, prompt_tokens=700))
    answer = list(assistant.ask("AL-16 is shown. What must I do?"))[-1]
    assert isinstance(answer, Answer) and not answer.failure
    assert [(s.supported, s.citations) for s in answer.sentences] == [(shown, cited)]
    assert ("RESET" in answer.text) == shown
    runner.close()


def test_it_runs_in_a_process_of_its_own_and_its_errors_come_through(tmp_path: Path) -> None:
    """There a crash of the runtime does not take the service down."""
    site = RkllmSite(tmp_path / "model")
    ask = (Message("user", "AL-16"),)
    runner = make_runner(EdgeOptions(site.model, context_tokens=256, isolate=True))
    said = list(runner.stream(ask, Sampling(max_tokens=8)))
    assert said[-1].tokens == 8 and runner.keeps_choices is False
    here = site.runner()
    assert [p.text for p in here.stream(ask, Sampling(max_tokens=8))] == [p.text for p in said]
    here.close()
    runner.close()
    with pytest.raises(ContextRefused, match="multiple of 32"):
        make_runner(EdgeOptions(site.model, context_tokens=100, isolate=True)).load()


def test_a_runtime_that_crashes_takes_down_its_own_process_only(tmp_path: Path) -> None:
    site = RkllmSite(tmp_path / "model")
    runner = make_runner(EdgeOptions(site.model, context_tokens=256, isolate=True))
    runner.load()
    (site.model.parent / "crash").write_text("")
    with pytest.raises(GenerationFailed):
        list(runner.stream((Message("user", "AL-16"),), Sampling(max_tokens=8)))
    (site.model.parent / "crash").unlink()
    assert list(runner.stream((Message("user", "AL-16"),), Sampling(max_tokens=8)))[-1].tokens == 8
    runner.close()
