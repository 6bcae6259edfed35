"""Runner: the protocol of everything that turns messages into text on this box."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

Role = Literal["system", "user", "assistant"]
Finish = Literal["", "stop", "length", "cancelled"]


@dataclass(frozen=True, slots=True)
class Message:
    role: Role
    content: str


@dataclass(frozen=True, slots=True)
class Choice:
    """A line that an answer may hold, word for word. ``prior`` is what speaks for it before the model is asked: it is
    added to the model's mean log-probability of a token (natural logarithm)."""

    text: str
    prior: float = 0.0


@dataclass(frozen=True, slots=True)
class Choices:
    """What an answer may be made of: one to ``most`` of ``lines``, each whole, once, in the order given here and with a
    line break between two; or one of ``alone`` as the whole answer. Without any line the answer is empty."""

    lines: tuple[Choice, ...]
    alone: tuple[Choice, ...] = ()
    most: int = 5


@dataclass(frozen=True, slots=True)
class Sampling:
    """How to choose tokens. ``temperature`` 0 is deterministic: the same messages give the same text. ``choices`` binds
    the answer to given lines, of which the likeliest are taken whatever the temperature; a runner whose
    ``keeps_choices`` is false speaks freely all the same. ``ignore_end``, for measuring speed, goes on to
    ``max_tokens`` past the model's own end; a runner that cannot do that ends. ``adapter`` names one of
    EdgeOptions.adapters, "" none."""

    max_tokens: int = 256
    temperature: float = 0.0
    top_p: float = 1.0
    top_k: int = 0
    repeat_penalty: float = 1.0
    seed: int = 0
    stop: tuple[str, ...] = ()
    choices: Choices | None = None
    ignore_end: bool = False
    adapter: str = ""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of generated text. Only the last piece has ``finish``; it may have empty text. ``tokens`` counts the
    tokens generated so far."""

    text: str
    tokens: int
    finish: Finish = ""


class Runner(Protocol):
    """One model, one caller at a time; further callers wait in a queue, first come first served.

    ``__init__`` is light and loads nothing; ``load`` is explicit and idempotent. Closing the iterator that ``stream``
    returned stops the generation and frees the runner for the next caller. ``keeps_choices`` says whether
    ``Sampling.choices`` binds the answer here.
    Errors: edge.errors.
    """

    name: str
    context_tokens: int
    keeps_choices: bool

    def load(self) -> None: ...

    def count_tokens(self, text: str) -> int: ...

    def stream(self, messages: Sequence[Message], sampling: Sampling) -> Iterator[Piece]: ...

    def close(self) -> None: ...
