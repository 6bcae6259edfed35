"""Workload: a prompt of so many tokens and an answer of so many, and the prompts that make it, cold and warm."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from edge.runner import Message

Count = Callable[[Sequence[Message]], int]


@dataclass(frozen=True, slots=True)
class Workload:
    """``quotes``: the answer is asked to repeat the prompt word for word, as answers from a manual do; speculation by
    prompt lookup gains there and nowhere else."""

    name: str
    prompt_tokens: int
    answer_tokens: int
    quotes: bool = False


WORKLOADS = (
    Workload("pp128-tg64", 128, 64),  # as rknn-llm's benchmark.md measures
    Workload("pp512-tg128", 512, 128),  # as llama-bench does by default
    Workload("rag1500-tg150", 1500, 150, quotes=True),  # three excerpts and a cited answer
)

_QUESTIONS = (
    "Question: what is to be checked first, and in which order?",
    "Question: which parts are touched, and with which torque?",
)
_QUOTE_QUESTIONS = (
    "Repeat the first entries above word for word, with their numbers.",
    "Repeat the entries from the second on word for word, with their numbers.",
)
_CAUSES = (
    "overload of axis {k}",
    "コンベヤ {k} の搬送異常",
    "air pressure below {k}.5 bar",
    "センサ B{n} の検出不良",
    "door switch S{n} open",
    "モータ M{k} の過熱",
)
_ACTS = (
    "Turn the power off and wait {k} minutes.",
    "電源を切り、{k} 分以上待つ。",
    "Check connector CN{n} for a loose pin.",
    "ボルト {k} 本を {n} N·m で締め直す。",
    "Clean the lens of B{n} with a dry cloth.",
    "パラメータ P{n} が {k}0 か確認する。",
)
_FITTED, _DRAWS = "0a1b2c3d", 60
_PAD = (" 1", " a", ".", " -", "\n", " 2")


def manual_text(entries: int) -> str:
    """Entries of an alarm list that does not exist; hardly two are alike, so that none can be guessed from another."""
    return "\n".join(_entry(number) for number in range(1, entries + 1))


def _entry(number: int) -> str:
    k, n = 2 + number % 7, 100 + number * 37 % 900
    cause = _CAUSES[number % len(_CAUSES)].format(k=k, n=n)
    first, second = _ACTS[number * 5 % len(_ACTS)], _ACTS[(number * 5 + 1 + number % 4) % len(_ACTS)]
    return f"AL.{number:03d} {cause}. 1. {first.format(k=k, n=n)} 2. {second.format(k=k + 1, n=n + 11)}"


@dataclass(frozen=True, slots=True)
class Prompts:
    """The prompt of one run. ``warm`` begins as ``cold`` does and asks another question at its end."""

    cold: tuple[Message, ...]
    warm: tuple[Message, ...]


class PromptMaker:
    """Prompts of one workload by ``count``, which counts the whole prompt with what the chat template adds. Their
    length is fitted once; a run differs by its nonce at the very beginning, so that nothing of an earlier one can be
    reused. Nonces are drawn until one has as many tokens as the one that was fitted."""

    def __init__(self, workload: Workload, count: Count) -> None:
        self._questions = _QUOTE_QUESTIONS if workload.quotes else _QUESTIONS
        self._count = count
        self._body = self._fitted(workload.prompt_tokens, count)
        self._tokens = count(self._messages(_FITTED, self._body, self._questions[0]))

    def make(self) -> Prompts:
        for _ in range(_DRAWS):
            nonce = secrets.token_hex(len(_FITTED) // 2)
            cold, warm = (self._messages(nonce, self._body, question) for question in self._questions)
            if self._count(cold) == self._tokens:
                break
        return Prompts(cold, warm)

    def _messages(self, nonce: str, body: str, question: str) -> tuple[Message, ...]:
        # one message of the user: there are chat templates that take no system message
        return (Message("user", f"[{nonce}]\n{body}\n\n{question}"),)

    def _fitted(self, tokens: int, count: Count) -> str:
        def size(body: str) -> int:
            return count(self._messages(_FITTED, body, self._questions[0]))

        text = manual_text(4 + tokens // 8)  # an entry has more than eight tokens in any vocabulary
        short, long = 0, len(text)
        while short < long:  # the longest beginning that is not over
            middle = (short + long + 1) // 2
            short, long = (middle, long) if size(text[:middle]) <= tokens else (short, middle - 1)
        body = text[:short]
        for _ in range(8):  # a last token or two, where they can be had
            more = next((body + pad for pad in _PAD if size(body) < size(body + pad) <= tokens), None)
            if more is None:
                break
            body = more
        return body
