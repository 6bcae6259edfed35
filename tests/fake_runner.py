"""FakeRunner: a Runner that says what a function of the messages says; it can be told to fail or to hang."""

from __future__ import annotations

import random
import re
import threading
import weakref
from collections.abc import Callable, Iterator, Sequence

from edge.errors import GenerationFailed, PromptTooLong
from edge.options import check_adapter
from edge.runner import Message, Piece, Sampling
from edge.turns import Generation, Turns


def cut(text: str) -> list[str]:
    """Tokens of a kind: words with the space before them, single characters otherwise."""
    return re.findall(r"\s*[A-Za-z0-9_-]+|\s*[^\sA-Za-z0-9_-]|\s+", text)


class FakeRunner:
    """``script`` gives the whole answer to some messages. ``fail_after`` tokens it breaks, if set. It hangs before its
    first token while ``hang`` is set, until cleared or cancelled. ``asked`` keeps the messages of each stream."""

    keeps_choices = False

    def __init__(
        self,
        script: Callable[[Sequence[Message]], str],
        *,
        name: str = "fake",
        context_tokens: int = 2048,
        fail_after: int | None = None,
    ) -> None:
        self.name = name
        self.context_tokens = context_tokens
        self.fail_after = fail_after
        self.hang = threading.Event()
        self.asked: list[tuple[Message, ...]] = []
        self.loads = 0
        self._script = script
        self._turns = Turns()
        self._streams: weakref.WeakSet[Generation] = weakref.WeakSet()

    def load(self) -> None:
        self.loads += 1

    def count_tokens(self, text: str) -> int:
        return len(cut(text))

    def stream(self, messages: Sequence[Message], sampling: Sampling) -> Iterator[Piece]:
        asked = tuple(messages)
        made = Generation(self._turns, lambda cancelled: self._speak(asked, sampling, cancelled))
        self._streams.add(made)
        return made

    def close(self) -> None:
        for stream in list(self._streams):
            stream.close()

    def _speak(
        self, messages: tuple[Message, ...], sampling: Sampling, cancelled: Callable[[], bool]
    ) -> Iterator[Piece]:
        check_adapter(sampling.adapter, (), self.name)
        self.asked.append(messages)
        sampling.refuse_beyond((), self.name)
        needed = sum(self.count_tokens(m.content) for m in messages) + sampling.max_tokens
        if needed > self.context_tokens:
            raise PromptTooLong(f"{needed} tokens do not fit.", "Ask with fewer excerpts.")
        while self.hang.is_set() and not cancelled():
            threading.Event().wait(0.01)
        answer, met = self._script(messages), False
        for stop in sampling.stop:
            if stop in answer:
                answer, met = answer[: answer.index(stop)], True
        tokens = cut(answer)
        if sampling.temperature > 0:
            random.Random(sampling.seed).shuffle(tokens)
        for n, token in enumerate(tokens[: sampling.max_tokens], start=1):
            if cancelled():
                yield Piece("", n - 1, "cancelled")
                return
            if self.fail_after is not None and n > self.fail_after:
                raise GenerationFailed("The fake was told to fail.", "Tell it not to.")
            yield Piece(token, n)
        said = min(len(tokens), sampling.max_tokens)
        cut_short = said == sampling.max_tokens and not (met and said == len(tokens))
        yield Piece("", said, "length" if cut_short else "stop")
