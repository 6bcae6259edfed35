"""Extraction: which lines an answer may be made of, that verification accepts each, and when the model is bound."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from assistant_sources import quote
from fake_runner import FakeRunner

from assistant.answer import Answer, Found, Piece, Quote
from assistant.ask import AskOptions, Assistant, place
from assistant.build import build
from assistant.extract import MOST_LINES, VALUE_WEIGHT, choices_of, lines_of
from assistant.prompt import Excerpt
from assistant.settings import read_settings
from assistant.verification.verify import SentenceSplitter, verify_sentence
from edge.runner import Message, Sampling
from edge.runner import Piece as Spoken
from index.library import Library
from index.options import IndexOptions

MANUAL = """# Labeller HL-2 manual

## 5.1 E-401 Film break

The film has torn. The dancer arm stands at its upper end.

1. Press STOP. Wait until the carousel stands still.
2. Thread new film over roller R3.
3. Never reach past the guard.

## 8.2 Settings

| Parameter | Range | Unit |
|---|---|---|
| P-12 Film tension | 20 to 80 | N |
| P-13 Film speed | 5 to 40 | m/min |

## 9 膜張力

張力は 45 N に調整する。ボルトは 25 N·m で締める。調整後はロックナットを締める。
"""
ASK = "E-401 film break: how do I thread new film?"


class Keeping(FakeRunner):
    """A runner that keeps to choices: it says those that begin with one of ``picks``."""

    keeps_choices = True

    def __init__(self, *picks: str) -> None:
        super().__init__(lambda messages: "")
        self.picks = picks
        self.given: list[Sampling] = []

    def stream(self, messages: Sequence[Message], sampling: Sampling) -> Iterator[Spoken]:
        self.given.append(sampling)
        assert sampling.choices is not None
        lines = [choice.text for choice in sampling.choices.lines if choice.text.startswith(self.picks)]
        for count, line in enumerate(lines):
            yield Spoken(line if count + 1 == len(lines) else line + "\n", count + 1)
        yield Spoken("", len(lines), "stop")


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder = tmp_path_factory.mktemp("extract")
    made = Library(IndexOptions(folder / "index", embedder="none"), write=True)
    (folder / "hl2.md").write_text(MANUAL, encoding="utf-8")
    made.add(folder / "hl2.md")
    yield made
    made.close()


def found(library: Library, question: str = ASK) -> Found:
    event = next(Assistant(library, None).ask(question))
    assert isinstance(event, Found)
    return event


def excerpts_of(quotes: Sequence[Quote]) -> list[Excerpt]:
    return [Excerpt(quote.number, place(quote.hit), quote.text) for quote in quotes]


def test_steps_and_rows_stay_whole_and_prose_is_cut() -> None:
    prose = "The film has torn. Look at R3 (approx. 2 mm). Done"
    assert list(lines_of(prose, "prose")) == ["The film has torn.", " Look at R3 (approx. 2 mm).", " Done"]
    assert list(lines_of("膜が切れた。R3 を見る。", "prose")) == ["膜が切れた。", "R3 を見る。"]
    step = "2. Press STOP. Wait until it stands still."
    assert list(lines_of(f"Do this first. Then:\n{step}\n\n", "steps")) == ["Do this first.", " Then:", step]
    row = "Cause: worn. Torn too. / Remedy: replace it."
    assert list(lines_of(f"{row}\n  \n{row}", "table")) == [row, row]
    assert list(lines_of("", "prose")) == list(lines_of("\n\n", "table")) == []
    twice = "Stop. Stop. Stop."
    assert "".join(lines_of(twice, "prose")) == twice


@pytest.mark.parametrize("question", [ASK, "P-12 film tension range", "膜張力はいくつに調整しますか"])
def test_whatever_is_chosen_is_accepted(library: Library, question: str) -> None:
    quotes = found(library, question).quotes
    assert quotes
    chosen = choices_of(question, excerpts_of(quotes), quotes)
    assert chosen.lines and chosen.most == MOST_LINES and chosen.alone == ()
    assert len({choice.text for choice in chosen.lines}) == len(chosen.lines)
    for choice in chosen.lines:
        splitter = SentenceSplitter()
        for sentence in [*splitter.feed(choice.text), *splitter.finish()]:
            assert verify_sentence(sentence, quotes).supported, sentence


def test_what_would_be_withheld_is_not_offered(library: Library) -> None:
    quotes = found(library).quotes
    foreign = Excerpt(1, "elsewhere", "Press START at once.\n" + quotes[0].text)
    offered = {choice.text for choice in choices_of(ASK, [foreign], quotes).lines}
    assert offered == {choice.text for choice in choices_of(ASK, excerpts_of(quotes)[:1], quotes).lines}
    assert not choices_of(ASK, [Excerpt(1, "", "Press START at once.")], quotes).lines


def test_words_of_the_question_speak_for_a_line(library: Library) -> None:
    quotes = found(library).quotes
    chosen = choices_of(ASK, excerpts_of(quotes)[:1], quotes)
    best = max(chosen.lines, key=lambda choice: choice.prior)
    assert best.text == "2. Thread new film over roller R3. [1]"
    assert {choice.prior for choice in choices_of("???", excerpts_of(quotes), quotes).lines} == {0.0}


def test_a_value_asked_for_speaks_for_its_line(library: Library) -> None:
    question = "膜張力の調整のあと、何 N·m で締めますか"
    quotes = found(library, question).quotes
    best = max(choices_of(question, excerpts_of(quotes)[:1], quotes).lines, key=lambda choice: choice.prior)
    assert best.text == "ボルトは 25 N·m で締める。 [1]" and best.prior >= VALUE_WEIGHT


@pytest.mark.parametrize("caption", ["表 2-3 表示灯の意味", "Table 4: Film break", "Figure A.1", "図3-1 膜"])
def test_a_caption_is_no_answer(library: Library, caption: str) -> None:
    quotes = found(library).quotes
    hit = replace(quotes[0].hit, passage=replace(quotes[0].hit.passage, text=f"{caption}\nTable lamps are off."))
    chosen = choices_of(ASK, [Excerpt(1, "", hit.passage.text)], [Quote(1, hit)])
    assert [choice.text for choice in chosen.lines] == ["Table lamps are off. [1]"]


def test_a_runner_that_can_is_bound_and_its_lines_are_shown(library: Library) -> None:
    runner = Keeping("1.", "2.")
    events = list(Assistant(library, runner, AskOptions(extract=True)).ask(ASK))
    answer = events[-1]
    assert isinstance(answer, Answer)
    assert answer.verdict == "supported"
    shown = [event.text for event in events if isinstance(event, Piece)]
    assert shown == ["1. Press STOP.", "Wait until the carousel stands still.", "2. Thread new film over roller R3."]
    (sampling,) = runner.given
    assert sampling.choices is not None and sampling.temperature == 0
    assert all(choice.text.endswith(" [1]") for choice in sampling.choices.lines), "of what the model reads, no more"


def test_others_speak_freely(library: Library) -> None:
    seen: list[Sampling] = []

    class Free(FakeRunner):
        def stream(self, messages: Sequence[Message], sampling: Sampling) -> Iterator[Spoken]:
            seen.append(sampling)
            return super().stream(messages, sampling)

    class Able(Free):
        keeps_choices = True

    said = "Thread new film over roller R3. [1]"
    for runner, extract in ((Free(lambda _: said), True), (Able(lambda _: said), False)):
        answer = list(Assistant(library, runner, AskOptions(extract=extract)).ask(ASK))[-1]
        assert isinstance(answer, Answer) and answer.text == "Thread new film over roller R3. [1]"
    assert [sampling.choices for sampling in seen] == [None, None]


@pytest.mark.parametrize(
    ("style", "answers", "extract"),
    [("extract", None, True), ("free", None, False), ("", None, False), ("free", "extract", True),
     ("extract", "free", False)],
)  # fmt: skip
def test_the_card_says_how_and_the_setting_overrules_it(
    tmp_path: Path, style: str, answers: Any, extract: bool
) -> None:
    from edge.models import file_sha256

    models = tmp_path / "models"
    models.mkdir()
    file = models / "m.gguf"
    file.write_bytes(b"GGUF")
    says = f'style = "{style}"\n' if style else ""
    (models / "models.toml").write_text(
        f'[[model]]\nid = "m"\nrole = "slm"\nfile = "m.gguf"\nsha256 = "{file_sha256(file)}"\nbytes = 4\n'
        f'licence = "x"\nsource = "x"\n{says}',
        encoding="utf-8",
    )
    for model in ("m", str(file)):
        settings = read_settings(data=tmp_path / "data", models=models, model=model, embedder="none", answers=answers)
        andon = build(settings, write=True)
        assert andon.assistant.options.extract == extract
        assert andon.model_problem == ""
        andon.close()


def test_of_a_table_with_an_asked_row_no_other_row_is_offered() -> None:
    """The true torque of another part, checked and cited, would still be the wrong answer."""
    rows = "Table 3-1\nJoint: Suction cup nipple / Torque: 8 N·m\nJoint: J4 motor / Torque: 27 N·m"
    found = quote(rows, lang="en")
    table = replace(found.hit, passage=replace(found.hit.passage, kind="table"))
    for row, offered in ((1, ["nipple"]), (2, ["J4"]), (None, ["nipple", "J4"])):
        quotes = [Quote(1, replace(table, row=row))]
        said = choices_of("吸着パッドの締付けトルクは?", [Excerpt(1, "RP-180", rows)], quotes).lines
        assert [any(word in choice.text for word in offered) for choice in said] == [True] * len(offered), said


def procedure(text: str) -> Quote:
    found = quote(text, title="CF-40 manual", lang="en")
    return replace(found, hit=replace(found.hit, passage=replace(found.hit.passage, kind="steps")))


def test_a_procedure_that_is_asked_for_is_offered_from_its_first_step_on() -> None:
    steps = "Change the cups:\n1. Lock out.\n2. Pull the cups off.\nNever use oil.\n3. Check for -60 kPa."
    sources = [procedure(steps)]
    excerpts = [Excerpt(1, "7.3", steps)]
    asked = choices_of("How do I change the cups?", excerpts, sources)
    first = "1. Lock out. [1]\n2. Pull the cups off. [1]"
    assert [choice.text for choice in asked.lines] == [
        first, f"{first}\nNever use oil. [1]\n3. Check for -60 kPa. [1]",
    ]  # fmt: skip
    assert asked.lines[1].prior > asked.lines[0].prior
    single = choices_of("What must the pressure be?", excerpts, sources)  # one value: any step may hold it
    assert "3. Check for -60 kPa. [1]" in [choice.text for choice in single.lines]


def test_without_its_first_step_no_step_of_a_procedure_is_offered() -> None:
    steps = "2. Pull the cups off.\n3. Check for -60 kPa.\nKeep the old cups."
    asked = choices_of("How do I change the cups?", [Excerpt(1, "7.3", steps)], [procedure(steps)])
    assert [choice.text for choice in asked.lines] == ["Keep the old cups. [1]"]


def test_a_procedure_ends_where_a_step_is_missing() -> None:
    steps = "1. Lock out.\n2. Pull the cups off.\n4. Check for -60 kPa.\n5. Close the door."
    asked = choices_of("How do I change the cups?", [Excerpt(1, "7.3", steps)], [procedure(steps)])
    assert [choice.text for choice in asked.lines] == ["1. Lock out. [1]\n2. Pull the cups off. [1]"]
