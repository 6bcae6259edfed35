"""Runner: the protocol of everything that turns messages into text on this box."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from edge.errors import AskRefused

Role = Literal["system", "user", "assistant"]
Finish = Literal["", "stop", "length", "cancelled"]
Extra = Literal["grammar", "logprobs"]  # what Sampling may ask for and not every runner can


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
    EdgeOptions.adapters, "" none.

    Extras, which a runner does or refuses with AskRefused: ``grammar`` (GBNF, its rule "root") or ``json_schema`` (a
    JSON Schema as text) bind free speech, one of them at most; ``logprobs`` 0 tells each token's log-probability,
    n > 0 those of the n likeliest beside it, too."""

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
    grammar: str = ""
    json_schema: str = ""
    logprobs: int | None = None

    def extras(self) -> tuple[Extra, ...]:
        """Which extras are asked for."""
        asked: dict[Extra, bool] = {
            "grammar": bool(self.grammar or self.json_schema),
            "logprobs": self.logprobs is not None,
        }
        return tuple(extra for extra, wanted in asked.items() if wanted)

    def refuse_beyond(self, can: Collection[Extra], name: str) -> None:
        """Raises AskRefused for an extra that ``name``, a runner, is asked for beyond what it ``can`` do."""
        for extra in self.extras():
            if extra not in can:
                raise AskRefused(
                    f"{name} cannot do what was asked of it: {extra}.",
                    "Leave it out, or run a GGUF model by llama.cpp.",
                    asked=extra,
                    model=name,
                )


@dataclass(frozen=True, slots=True)
class TokenChance:
    """A generated token: its bytes and its log-probability (natural logarithm) as the model had it, before temperature
    and penalty. ``others``: the likeliest tokens there, best first, it may be among them."""

    token: bytes
    logprob: float
    others: tuple[tuple[bytes, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of generated text. Only the last piece has ``finish``; it may have empty text. ``tokens`` counts the
    tokens generated so far. ``chances``, where asked for: of the tokens since the piece before; text that waits for the
    rest of a character or of a stop string comes later than its token."""

    text: str
    tokens: int
    finish: Finish = ""
    chances: tuple[TokenChance, ...] = ()


class Runner(Protocol):
    """One model, one caller at a time; further callers wait in a queue, first come first served.

    ``__init__`` is light and loads nothing; ``load`` is explicit and idempotent. Closing the iterator that ``stream``
    returned stops the generation and frees the runner for the next caller. ``keeps_choices`` says whether
    ``Sampling.choices`` binds the answer here; an extra that it cannot do it refuses at the first ``next``
    (``Sampling.refuse_beyond``) and never leaves out without a word.
    Errors: edge.errors.
    """

    name: str
    context_tokens: int
    keeps_choices: bool

    def load(self) -> None: ...

    def count_tokens(self, text: str) -> int: ...

    def stream(self, messages: Sequence[Message], sampling: Sampling) -> Iterator[Piece]: ...

    def close(self) -> None: ...
