"""FreeSpeaker: speaks an answer in the model's own words, token by token, each chosen from the model's logits."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from edge.llama.chances import chance_of
from edge.llama.constrained import Memory, Vocabulary
from edge.llama.drafting import Drafting
from edge.llama.grammar import Grammar
from edge.llama.sampler import Sampler
from edge.runner import Finish, Piece, Sampling, TokenChance
from edge.text_stream import TextStream

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class FreeSpeaker:
    """Speaks one answer. ``memory`` holds the prompt; a stop takes effect between two tokens. ``drafting``:
    guesses that the model checks in one batch; each token is chosen as without them, from the model's logits, so that
    what is said differs only where the last bits of a number do."""

    def __init__(
        self,
        vocabulary: Vocabulary,
        memory: Memory,
        sampling: Sampling,
        grammar: Grammar | None = None,
        drafting: Drafting | None = None,
    ) -> None:
        self._vocabulary = vocabulary
        self._memory = memory
        self._sampling = sampling
        self._grammar = grammar
        self._drafting = drafting
        self._sampler = Sampler(sampling)
        self._text = TextStream(sampling.stop)
        self._chances: list[TokenChance] = []

    def speak(
        self, prompt: Sequence[int], logits: NDArray[np.float32], cancelled: Callable[[], bool]
    ) -> Iterator[Piece]:
        """The pieces; ``logits`` are those after ``prompt``."""
        most, piece = self._sampling.max_tokens, self._vocabulary.piece
        told = self._sampling.logprobs
        ends = frozenset[int]() if self._sampling.ignore_end else self._vocabulary.end_ids
        count, rows, guesses = 0, [logits], list[int]()
        while count < most and not cancelled():
            token, right = -1, 0
            for row in rows:  # after what stands firm, and after each guess as long as they are right
                token = self._choose(row)
                if token in ends:
                    yield self._piece(self._text.flush(), count, "stop")
                    return
                count += 1
                if told is not None:
                    self._chances.append(chance_of(row, token, told, piece))
                new, stopped = self._text.push(piece(token))
                if stopped:
                    yield self._piece(new, count, "stop")
                    return
                if new:
                    yield self._piece(new, count)
                if self._drafting is not None:
                    self._drafting.said(token)
                if right == len(guesses) or token != guesses[right] or cancelled():
                    break
                right += 1
            if count < most and not cancelled():
                rows, guesses = self._go_on(token, len(prompt) + count - 1, guesses, right, most - count - 1)
        yield self._piece(self._text.flush(), count, "length" if count >= most else "cancelled")

    def _go_on(
        self, token: int, at: int, guesses: list[int], right: int, room: int
    ) -> tuple[list[NDArray[np.float32]], list[int]]:
        """Logits after ``token``, which stands at ``at``, and after each of some new guesses; of those before, the
        first ``right`` were said."""
        if right < len(guesses):
            self._memory.keep(at)  # without the wrong ones
        if self._drafting is not None:
            if guesses:
                self._drafting.checked(len(guesses), right)
            guesses = self._drafting.guess(room)
            if guesses:
                return self._memory.decode_each((token, *guesses), at), guesses
        found = self._memory.decode((token,), at, want_logits=True)
        assert found is not None
        return [found], []

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
