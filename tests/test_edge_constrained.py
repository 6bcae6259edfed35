"""Answers made of given lines: always whole lines, word for word, whatever model and lines; and how they are chosen."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from edge.llama.constrained import LineSpeaker, encode
from edge.llama.runner import LlamaCppRunner
from edge.options import EdgeOptions
from edge.runner import Choice, Choices, Message, Piece, Sampling

ASK = (Message("system", "Answer briefly."), Message("user", "AL-16 が出た。 What now?"))
LINES = (
    "1. 主電源を OFF にして 15 分以上待つ。 [1]",
    "Cause: the spindle is hot / Remedy: wait 30 minutes [1]",
    "Cause: the spindle is hot [1]",
    "🔥 髙橋 ㍿ ①②③ é é [2]",
    " a sentence that followed a space. [1]",
    "一\t二  三 [1]",
    "x",
    "<|im_end|> ends nothing here [1]",
)


class Letters:
    """A vocabulary of bytes; 256 ends."""

    end_ids = frozenset((256,))

    def tokenize(self, text: str) -> list[int]:
        return list(text.encode("utf-8", "replace"))

    def piece(self, token: int) -> bytes:
        return bytes([token]) if token < 256 else b""


class Wish:
    """A memory of a model that wants to say ``wish``. It counts what it computes; with ``forgetful`` it cannot go back
    without forgetting everything."""

    def __init__(self, wish: str, forgetful: bool = False) -> None:
        self.wish = [*wish.encode(), 256]
        self.forgetful = forgetful
        self.held: list[int] = [0]
        self.batches: list[int] = []

    def logits(self, length: int) -> NDArray[np.float32]:
        out = np.zeros(257, np.float32)
        said = length - 1
        out[self.wish[min(said, len(self.wish) - 1)]] = 8.0
        return out

    def keep(self, length: int) -> bool:
        if self.forgetful and length < len(self.held):
            self.held = []
            return length == 0
        assert length <= len(self.held)
        self.held = self.held[:length]
        return True

    def decode(self, tokens: Sequence[int], start: int, *, want_logits: bool) -> NDArray[np.float32] | None:
        return self.decode_each(tokens, start)[-1] if want_logits else self._take(tokens, start)

    def decode_each(self, tokens: Sequence[int], start: int) -> list[NDArray[np.float32]]:
        self._take(tokens, start)
        return [self.logits(start + i + 1) for i in range(len(tokens))]

    def _take(self, tokens: Sequence[int], start: int) -> None:
        assert start == len(self.held), "tokens are appended, never set into the middle"
        assert 0 < len(tokens) <= 16
        self.held += tokens
        self.batches.append(len(tokens))


def spoken(memory: Wish, choices: Choices, **sampling: int) -> list[Piece]:
    speaker = LineSpeaker(Letters(), memory, 16, choices, Sampling(**sampling))  # type: ignore[arg-type]
    return list(speaker.speak([0], memory.logits(1), lambda: False))


def text_of(pieces: Sequence[Piece]) -> str:
    return "".join(piece.text for piece in pieces)


def choices(*lines: str, **options: int) -> Choices:
    return Choices(tuple(map(Choice, lines)), **options)  # type: ignore[arg-type]


@pytest.mark.parametrize("forgetful", [False, True])
def test_the_line_that_the_model_means_is_said_though_it_would_say_it_wrongly(forgetful: bool) -> None:
    memory = Wish("open the valve V3 slowly and run away", forgetful)
    lines = ("close the valve V3", "open the door", "open the valve V3 slowly and wait for 30 seconds", "open")
    pieces = spoken(memory, choices(*lines))
    assert text_of(pieces) == lines[2]
    assert (pieces[-1].finish, pieces[-1].tokens) == ("stop", len(lines[2]))


def test_it_goes_on_with_another_line_or_ends() -> None:
    lines = ("first one", "second one", "third one", "fourth one")
    assert text_of(spoken(Wish("second one"), choices(*lines))) == "second one"
    both = "first one\nthird one"
    assert text_of(spoken(Wish(both), choices(*lines))) == both
    assert text_of(spoken(Wish("\n".join(lines)), choices(*lines, most=3))) == "\n".join(lines[:3])
    assert text_of(spoken(Wish("fourth one\nfirst one"), choices(*lines))) == "fourth one", "lines keep their order"


def test_a_prior_speaks_for_a_line_and_alone_stands_alone() -> None:
    lines = (Choice("a cold motor"), Choice("a warm motor", 0.0), Choice("a loose belt", 30.0))
    assert text_of(spoken(Wish("a warm motor"), Choices(lines))) == "a loose belt"
    assert text_of(spoken(Wish("a warm motor"), Choices(lines[:2]))) == "a warm motor"
    refusal = Choices(lines, (Choice("It is not there.", 40.0),))
    assert text_of(spoken(Wish("a warm motor\na loose belt"), refusal)) == "It is not there."


def test_the_only_line_costs_no_more_than_reading_it() -> None:
    memory = Wish("nothing of the kind")
    assert text_of(spoken(memory, choices("z" * 60))) == "z" * 60
    assert len(memory.batches) <= 4, "16 tokens at once, and nothing is weighed where there is no choice"


def test_what_two_lines_begin_with_is_computed_once() -> None:
    memory = Wish("item B")
    spoken(memory, choices("item A: one", "item B: two", "item C: three"))
    weighing = sum(memory.batches) - len("item B: two")
    assert weighing <= len("item A: one") + len("B: two") + len("C: three")


def test_a_line_that_does_not_fit_is_not_begun() -> None:
    lines = ("0123456789", "short", "0123456789 and more")
    assert text_of(spoken(Wish(lines[2]), choices(*lines), max_tokens=10)) == lines[0]
    assert text_of(spoken(Wish("\n".join(lines)), choices(*lines), max_tokens=16)) == "0123456789\nshort"
    assert spoken(Wish("x"), choices(*lines), max_tokens=4) == [Piece("", 0, "stop")]


def test_a_stop_string_ends_it() -> None:
    memory = Wish("abcdef")
    speaker = LineSpeaker(Letters(), memory, 16, choices("abcdef", "abc"), Sampling(stop=("de",)))
    pieces = list(speaker.speak([0], memory.logits(1), lambda: False))
    assert (text_of(pieces), pieces[-1].finish) == ("abc", "stop")


def test_a_stop_takes_effect_between_batches() -> None:
    for allowed in range(6):
        memory, asked = Wish("line 2"), itertools.count()
        speaker = LineSpeaker(Letters(), memory, 16, choices("line 1" * 10, "line 2" * 10), Sampling())
        pieces = list(speaker.speak([0], memory.logits(1), lambda: next(asked) >= allowed))  # noqa: B023
        assert pieces[-1].finish == "cancelled"
        assert "line 2".startswith(text_of(pieces)[:6])
        assert len(memory.batches) <= allowed


@pytest.fixture(scope="module", params=[False, True], ids=["plain", "spaced"])
def tiny_gguf(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model whose tokenizer takes text as it is, and one that sets a space before it."""
    for needed in ("torch", "transformers", "sentencepiece", "gguf"):
        pytest.importorskip(needed, reason="makes the tiny model: pip install 'andon[train]'")
    from tiny_model import save_model, save_sentencepiece_tokenizer

    from edge.convert import convert_hf_to_gguf

    folder = tmp_path_factory.mktemp("tiny")
    tokenizer = save_sentencepiece_tokenizer(folder / "hf", dummy_prefix=request.param)
    save_model(folder / "hf", len(tokenizer) + 5)
    return convert_hf_to_gguf(folder / "hf", folder / "tiny.gguf", "f32")


@pytest.fixture
def tiny(tiny_gguf: Path) -> Iterator[LlamaCppRunner]:
    runner = LlamaCppRunner(EdgeOptions(tiny_gguf, context_tokens=512, threads=1, batch_tokens=16))
    yield runner
    runner.close()


def answer(runner: LlamaCppRunner, chosen: Choices, **sampling: float) -> list[Piece]:
    return list(runner.stream(ASK, Sampling(choices=chosen, **sampling)))  # type: ignore[arg-type]


def test_tokens_spell_the_line(tiny: LlamaCppRunner) -> None:
    model, _chat = tiny._loaded()
    for line in (*LINES, *("\n" + line for line in LINES)):
        ids = encode(model, line)
        assert b"".join(map(model.piece, ids)).decode() == line
        assert not model.control_ids.intersection(ids)
    assert encode(model, "") == ()
    assert encode(model, "what SentencePiece writes for a space: ▁") == ()
    assert encode(model, "half a character: \ud800") == encode(model, "half a character: ?")


def test_an_answer_is_always_made_of_the_lines(tiny: LlamaCppRunner) -> None:
    allowed = ["\n".join(some) for size in (1, 2) for some in itertools.combinations(LINES, size)]
    for start in range(0, len(LINES), 3):
        lines = LINES[start:]
        for most in (1, 2):
            pieces = answer(tiny, choices(*lines, most=most), max_tokens=200)
            assert text_of(pieces) in allowed
            assert text_of(pieces).count("\n") < most
            assert [bool(piece.finish) for piece in pieces] == [False] * (len(pieces) - 1) + [True]
            assert pieces[-1].finish == "stop"
            assert answer(tiny, choices(*lines, most=most), max_tokens=200) == pieces, "it repeats itself"
    warm = answer(tiny, choices(*LINES, most=1), max_tokens=200, temperature=1.0)
    assert warm == answer(tiny, choices(*LINES, most=1), max_tokens=200)


def test_odd_lists(tiny: LlamaCppRunner) -> None:
    assert answer(tiny, Choices(())) == [Piece("", 0, "stop")]
    assert answer(tiny, choices("", "▁")) == [Piece("", 0, "stop")]
    same = answer(tiny, choices("AL-16 [1]", "AL-16 [1]", "AL-16 [1]"))
    assert text_of(same) == "AL-16 [1]", "each line once"
    beginnings = ("停止", "停止する", "停止する。", "停止する。 [1]")
    assert text_of(answer(tiny, choices(*beginnings, most=1))) in beginnings
    refused = answer(tiny, Choices((Choice("a"),), (Choice("記載がありません。", 99.0),)))
    assert text_of(refused) == "記載がありません。"
    assert tiny.keeps_choices


def test_a_free_answer_is_the_same_after_a_bound_one(tiny: LlamaCppRunner) -> None:
    before = list(tiny.stream(ASK, Sampling(max_tokens=12)))
    answer(tiny, choices(*LINES))
    assert list(tiny.stream(ASK, Sampling(max_tokens=12))) == before


def test_closing_it_frees_the_runner(tiny: LlamaCppRunner) -> None:
    tiny.load()
    stream = tiny.stream(ASK, Sampling(max_tokens=300, choices=choices("停止する。" * 20, "停止した。" * 20, most=2)))
    assert next(stream).text
    closing = threading.Thread(target=stream.close)  # type: ignore[attr-defined]
    closing.start()
    closing.join(10)
    assert "".join(piece.text for piece in stream) == ""
    assert text_of(answer(tiny, choices("AL-16"))) == "AL-16"
