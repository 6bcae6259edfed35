"""The prompt: the one text form that training and serving share.

Stable things come first (system text, then the excerpts in the order of their numbers, then the turns before, then the
question), so that a runner can reuse its cache for the part that did not change. Excerpts are data between numbered
marks; nothing in them is an instruction.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from edge.runner import Message

Lang = Literal["ja", "en"]

SYSTEM = {
    "ja": "抜粋だけを根拠に、短く答える。各文の末尾に出典番号を [1] の形で付ける。"
    "抜粋に答えがなければ「マニュアルに記載がありません。」とだけ答える。",
    "en": "Answer briefly, from the excerpts only. End each sentence with its source number, such as [1]. "
    'If the excerpts do not hold the answer, reply only "It is not in the manuals."',
}
NOT_FOUND = {"ja": "マニュアルに記載がありません。", "en": "It is not in the manuals."}
QUESTION = {"ja": "質問: ", "en": "Question: "}
OWN_TOKENS = 8  # that a vocabulary may set around a text
BEFORE = {"ja": ("前の質問: ", "前の回答: "), "en": ("Earlier question: ", "Earlier answer: ")}


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A numbered source of a prompt: where it stands ("SC-200 > 5.2, p. 5-3") and its verbatim text."""

    number: int
    place: str
    text: str


def render_excerpt(excerpt: Excerpt) -> str:
    return f"[{excerpt.number}] {excerpt.place}\n{excerpt.text}\n"


@dataclass(frozen=True, slots=True)
class PastTurn:
    """An earlier question and what was answered, "" for nothing."""

    question: str
    answer: str = ""


def render_turn(turn: PastTurn, lang: Lang) -> str:
    asked, answered = BEFORE[lang]
    said = f"{answered}{turn.answer.strip()}\n" if turn.answer.strip() else ""
    return f"{asked}{turn.question.strip()}\n{said}"


def build_messages(
    question: str, excerpts: Sequence[Excerpt], lang: Lang, past: Sequence[PastTurn] = ()
) -> tuple[Message, ...]:
    """System and user message for ``question`` over ``excerpts``, answered in ``lang``; ``past``: the turns before it,
    oldest first."""
    body = "\n".join(render_excerpt(e) for e in excerpts)
    before = "".join(render_turn(turn, lang) for turn in past)
    return (
        Message("system", SYSTEM[lang]),
        Message("user", f"{body}\n{before}{QUESTION[lang]}{question.strip()}"),
    )


def most_tokens(text: str) -> int:
    """As many tokens as ``text`` can have, told without its model: none is shorter than a byte. Where so many fit, the
    model's process need not be asked."""
    return len(text.encode("utf-8", "replace")) + OWN_TOKENS


def fit_excerpts(
    excerpts: Iterable[Excerpt], budget_tokens: int, count_tokens: Callable[[str], int], most: int | None = None
) -> tuple[Excerpt, ...]:
    """The first excerpts that fit into ``budget_tokens`` together, ``most`` of them at most; one that does not fit is
    left out whole, never cut. What comes after the last one taken is not looked at."""
    kept: list[Excerpt] = []
    left = budget_tokens
    for excerpt in excerpts:
        cost = count_tokens(render_excerpt(excerpt)) + 1
        if cost <= left:
            kept.append(excerpt)
            left -= cost
        if len(kept) == most:
            break
    return tuple(kept)


def fit_turns(
    past: Sequence[PastTurn], budget_tokens: int, count_tokens: Callable[[str], int], lang: Lang
) -> tuple[PastTurn, ...]:
    """The latest turns that fit into ``budget_tokens`` together, oldest dropped first, each whole or not at all."""
    kept: list[PastTurn] = []
    left = budget_tokens
    for turn in reversed(past):
        left -= count_tokens(render_turn(turn, lang)) + 1
        if left < 0:
            break
        kept.append(turn)
    return tuple(reversed(kept))
