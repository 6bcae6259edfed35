"""LineSpeaker: an answer made of given lines, word for word; the model only chooses which, and when to stop.

A small model finds the place and then loses its way while copying. Here it cannot: each line is weighed by how likely
the model finds its beginning, the best is taken whole, and what is certain is computed in one batch instead of token
by token.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from edge.llama.chances import log_shares
from edge.runner import Choice, Choices, Piece, Sampling
from edge.text_stream import TextStream

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LOOK_TOKENS = 16
"""So far a line is weighed. On 124 questions of the demo's FAQ the best line was chosen by one token for 23 % of them,
by 8 for 36 %, by 16 for 43 %, by the whole line for 41 % (docs/log/andon-slm.md)."""
BETWEEN = "\n"


class Vocabulary(Protocol):
    """What is asked of edge.llama.library.LlamaModel."""

    end_ids: frozenset[int]

    def tokenize(self, text: str) -> list[int]: ...

    def piece(self, token: int) -> bytes: ...


class Memory(Protocol):
    """What is asked of edge.llama.context.LlamaContext. Logits are (vocab_size,), one array after each token."""

    def keep(self, length: int) -> bool: ...

    def decode(self, tokens: Sequence[int], start: int, *, want_logits: bool) -> NDArray[np.float32] | None: ...

    def decode_each(self, tokens: Sequence[int], start: int) -> list[NDArray[np.float32]]: ...


@dataclass(frozen=True, slots=True)
class Candidate:
    """A line as tokens, the line break before it included. ``place`` is its number among the lines, -1 for one that is
    the whole answer."""

    ids: tuple[int, ...]
    prior: float
    place: int


def encode(vocabulary: Vocabulary, text: str) -> tuple[int, ...]:
    """Tokens that spell exactly ``text``; () where the vocabulary cannot (a text that holds SentencePiece's own "▁", a
    lone surrogate)."""
    # some tokenizers set a space before a text: it is then cut out from behind a character that merges with nothing
    for before in ("", "\x01"):
        lead = vocabulary.tokenize(before) if before else []
        ids = vocabulary.tokenize(before + text)
        if ids[: len(lead)] == lead and _spelled(vocabulary, ids[len(lead) :]) == text.encode("utf-8", "replace"):
            return tuple(ids[len(lead) :])
    if len(text) > 1 and text.startswith(BETWEEN):  # or they set it behind a line break
        head, tail = encode(vocabulary, BETWEEN), encode(vocabulary, text[len(BETWEEN) :])
        return head + tail if head and tail else ()
    return ()


def _spelled(vocabulary: Vocabulary, ids: Sequence[int]) -> bytes:
    return b"".join(vocabulary.piece(token) for token in ids)


class LineSpeaker:
    """Speaks one answer made of ``choices``. ``batch_tokens`` is the most that ``memory`` takes at once; a stop takes
    effect between two batches."""

    def __init__(
        self, vocabulary: Vocabulary, memory: Memory, batch_tokens: int, choices: Choices, sampling: Sampling
    ) -> None:
        self._vocabulary = vocabulary
        self._memory = memory
        self._batch = batch_tokens
        self._choices = choices
        self._most_tokens = sampling.max_tokens
        self._text = TextStream(sampling.stop)
        self._tokens: list[int] = []  # what stands firm: the prompt, then what has been said
        self._said = 0

    def speak(
        self, prompt: Sequence[int], logits: NDArray[np.float32], cancelled: Callable[[], bool]
    ) -> Iterator[Piece]:
        """The pieces. The memory holds ``prompt`` and ``logits`` are those after it. A line that does not fit into
        what is left of max_tokens is not begun; a stop string ends the answer in mid-line."""
        self._tokens, self._said = list(prompt), 0
        candidates, lines = self._openings(), 0
        while candidates:
            best = self._best(candidates, logits, cancelled)
            lines += 1
            if best is None:
                break
            room = self._most_tokens - self._said - len(best.ids)
            more = self._continuations(best.place, room) if lines < self._choices.most else []
            for at in range(0, len(best.ids), self._batch):
                if cancelled():
                    break
                batch = best.ids[at : at + self._batch]
                whole = at + self._batch >= len(best.ids)
                new, stopped = self._say(batch)
                if stopped or (whole and not more):  # nothing follows, so nothing is computed
                    yield Piece(new + self._text.flush(), self._said, "stop")
                    return
                if new:
                    yield Piece(new, self._said)
                found = self._memory.decode(batch, len(self._tokens) - len(batch), want_logits=whole)
                logits = logits if found is None else found
            if cancelled():
                break
            ends = max(float(logits[token]) for token in self._vocabulary.end_ids)
            candidates = more if any(float(logits[line.ids[0]]) > ends for line in more) else []
        yield Piece(self._text.flush(), self._said, "cancelled" if cancelled() else "stop")

    def _say(self, batch: Sequence[int]) -> tuple[str, bool]:
        self._tokens += batch
        self._said += len(batch)
        return self._text.push(_spelled(self._vocabulary, batch))

    def _openings(self) -> list[Candidate]:
        """What the answer may begin with."""
        alone = [(-1, choice) for choice in self._choices.alone]
        return self._encoded([*enumerate(self._choices.lines), *alone], "", self._most_tokens)

    def _continuations(self, place: int, room: int) -> list[Candidate]:
        """What may follow the line ``place``, in at most ``room`` tokens."""
        if place < 0:
            return []
        said = {choice.text for choice in self._choices.lines[: place + 1]}
        later = [(i, one) for i, one in enumerate(self._choices.lines) if i > place and one.text not in said]
        return self._encoded(later, BETWEEN, room)

    def _encoded(self, choices: Sequence[tuple[int, Choice]], before: str, room: int) -> list[Candidate]:
        found: dict[tuple[int, ...], Candidate] = {}
        for place, choice in choices:
            ids = encode(self._vocabulary, before + choice.text) if choice.text else ()
            if 0 < len(ids) <= room:  # of two equal lines the first counts
                found.setdefault(ids, Candidate(ids, choice.prior, place))
        return list(found.values())

    def _best(
        self, candidates: Sequence[Candidate], logits: NDArray[np.float32], cancelled: Callable[[], bool]
    ) -> Candidate | None:
        """The candidate whose first tokens have the greatest mean log-probability, its prior added; the memory then
        holds what stands firm and no more. None when cancelled on the way."""
        if len(candidates) == 1:
            return candidates[0]
        path: list[int] = []
        rows = [log_shares(logits)]  # after what stands firm, and after each token of ``path``
        scores: dict[tuple[int, ...], float] = {}
        # in the order of their tokens, so that what two lines begin with is computed once
        for candidate in sorted(candidates, key=lambda one: one.ids):
            if cancelled():
                return None
            head = candidate.ids[: min(LOOK_TOKENS, self._batch)]
            same = _shared(path, head[:-1])
            if new := head[same:-1]:
                self._back(len(self._tokens) + same, path[:same])
                found = self._memory.decode_each(new, len(self._tokens) + same)
                rows = [*rows[: same + 1], *map(log_shares, found)]
                path = list(head[:-1])
            likely = sum(float(row[token]) for row, token in zip(rows, head, strict=False)) / len(head)
            scores[candidate.ids] = likely + candidate.prior
        self._back(len(self._tokens), [])
        return max(candidates, key=lambda one: scores[one.ids])

    def _back(self, length: int, path: Sequence[int]) -> None:
        """Leaves the first ``length`` tokens in memory: what stands firm, then ``path``."""
        if self._memory.keep(length):
            return
        every = [*self._tokens, *path]  # a memory that can only forget everything reads it again
        for at in range(0, length, self._batch):
            self._memory.decode(every[at : min(at + self._batch, length)], at, want_logits=False)


def _shared(path: Sequence[int], head: Sequence[int]) -> int:
    """Length of the common beginning."""
    for i, (a, b) in enumerate(zip(path, head, strict=False)):
        if a != b:
            return i
    return min(len(path), len(head))
