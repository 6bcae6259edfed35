"""The prompt: the one text form that training and serving share.

Stable things come first (system text, then the excerpts, then the question), so that a runner can reuse its cache for
the part that did not change. Excerpts are data between numbered marks; nothing in them is an instruction.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
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


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A numbered source of a prompt: where it stands ("SC-200 > 5.2, p. 5-3") and its verbatim text."""

    number: int
    place: str
    text: str


def render_excerpt(excerpt: Excerpt) -> str:
    return f"[{excerpt.number}] {excerpt.place}\n{excerpt.text}\n"


def build_messages(question: str, excerpts: Sequence[Excerpt], lang: Lang) -> tuple[Message, ...]:
    """System and user message for ``question`` over ``excerpts``, answered in ``lang``."""
    body = "\n".join(render_excerpt(e) for e in excerpts)
    return (
        Message("system", SYSTEM[lang]),
        Message("user", f"{body}\n{QUESTION[lang]}{question.strip()}"),
    )


def fit_excerpts(
    excerpts: Sequence[Excerpt], budget_tokens: int, count_tokens: Callable[[str], int]
) -> tuple[Excerpt, ...]:
    """The first excerpts that fit into ``budget_tokens`` together; one that does not fit is left out whole, never
    cut."""
    kept: list[Excerpt] = []
    left = budget_tokens
    for excerpt in excerpts:
        cost = count_tokens(render_excerpt(excerpt)) + 1
        if cost <= left:
            kept.append(excerpt)
            left -= cost
    return tuple(kept)
