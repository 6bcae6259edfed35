"""FreeSpeaker: speaks an answer in the model's own words, token by token, each chosen from the model's logits."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from edge.llama.chances import chance_of
from edge.llama.constrained import Memory, Vocabulary
from edge.llama.grammar import Grammar
from edge.llama.sampler import Sampler
from edge.runner import Finish, Piece, Sampling, TokenChance
from edge.text_stream import TextStream

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class FreeSpeaker:
    """Speaks one answer. ``memory`` holds the prompt; a stop takes effect between two tokens."""

    def __init__(
        self, vocabulary: Vocabulary, memory: Memory, sampling: Sampling, grammar: Grammar | None = None
    ) -> None:
        self._vocabulary = vocabulary
        self._memory = memory
        self._sampling = sampling
        self._grammar = grammar
        self._sampler = Sampler(sampling)
        self._text = TextStream(sampling.stop)
        self._chances: list[TokenChance] = []

    def speak(
        self, prompt: Sequence[int], logits: NDArray[np.float32], cancelled: Callable[[], bool]
    ) -> Iterator[Piece]:
        """The pieces; ``logits`` are those after ``prompt``."""
        at, piece = len(prompt), self._vocabulary.piece
        ends = frozenset[int]() if self._sampling.ignore_end else self._vocabulary.end_ids
        most, told = self._sampling.max_tokens, self._sampling.logprobs is not None
        count = 0
        while count < most and not cancelled():
            token = self._choose(logits)
            if token in ends:
                yield self._piece(self._text.flush(), count, "stop")
                return
            count += 1
            if told:
                self._chances.append(chance_of(logits, token, self._sampling.logprobs or 0, piece))
            new, stopped = self._text.push(piece(token))
            if stopped:
                yield self._piece(new, count, "stop")
                return
            if new:
                yield self._piece(new, count)
            if count < most and not cancelled():
                found = self._memory.decode((token,), at + count - 1, want_logits=True)
                assert found is not None
                logits = found
        yield self._piece(self._text.flush(), count, "length" if count >= most else "cancelled")

    def _choose(self, logits: NDArray[np.float32]) -> int:
        token = self._sampler.choose(logits, self._grammar)
        if self._grammar is not None and token not in self._vocabulary.end_ids:
            self._grammar.accept(token)
        return token

    def _piece(self, text: str, count: int, finish: Finish = "") -> Piece:
        if not self._chances:
            return Piece(text, count, finish)
        told, self._chances = tuple(self._chances), []
        return Piece(text, count, finish, told)
