"""Scoring: two-choice items by log-likelihood of a transformers folder, in the chat's own form, without any help.

Primary is the sum of log-probabilities a character (OLMES, Gu et al. 2024: small models need the cloze form, and a sum
alone prefers short answers). The question is not shown to the blind scorer, which must not know anything then.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from training.domain.marks import without_marks
from training.two_choice.items import Item

AT_ONCE = 24
BLIND = {"en": "Answer.", "ja": "回答してください。"}


@dataclass(frozen=True, slots=True)
class Result:
    """``margin``: log-probability a character of the right choice less that of the wrong one, in nats."""

    item: Item
    margin: float

    @property
    def right(self) -> bool:
        return self.margin > 0


def score(folder: Path, items: Sequence[Item], *, blind: bool = False, bf16: bool = False) -> list[Result]:
    """The results of the model in ``folder``, in the order of ``items``."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(folder)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    model: Any = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval().to(device)
    asked = [
        (BLIND[item.lang] if blind else item.question, said) for item in items for said in (item.right, item.wrong)
    ]
    pieces = [_ids(tokenizer, question, said) for question, said in asked]
    order = sorted(range(len(pieces)), key=lambda n: -len(pieces[n][0]))
    sums = [0.0] * len(pieces)
    for start in range(0, len(order), AT_ONCE):
        part = order[start : start + AT_ONCE]
        with torch.no_grad(), torch.autocast(device, dtype=torch.bfloat16, enabled=bf16):
            for place, total in zip(part, _sums(model, [pieces[n] for n in part], device), strict=True):
                sums[place] = total
    return [
        Result(item, sums[2 * n] / len(item.right) - sums[2 * n + 1] / len(item.wrong)) for n, item in enumerate(items)
    ]


def _ids(tokenizer: Any, question: str, said: str) -> tuple[list[int], int]:
    """The chat up to the end of the answer, and where the answer begins."""
    asked = [{"role": "user", "content": without_marks(question)}]
    opening = tokenizer.apply_chat_template(asked, add_generation_prompt=True, tokenize=False)
    start = tokenizer(opening, add_special_tokens=False)["input_ids"]
    rest = tokenizer(without_marks(said), add_special_tokens=False)["input_ids"]
    return [*start, *rest, tokenizer.eos_token_id], len(start)


def _sums(model: Any, pieces: Sequence[tuple[list[int], int]], device: str) -> list[float]:
    import torch

    longest = max(len(ids) for ids, _ in pieces)
    rows = torch.tensor([ids + [0] * (longest - len(ids)) for ids, _ in pieces], device=device)
    seen = torch.tensor([[1] * len(ids) + [0] * (longest - len(ids)) for ids, _ in pieces], device=device)
    logits = model(input_ids=rows, attention_mask=seen).logits.float().log_softmax(-1)
    told = logits[:, :-1].gather(2, rows[:, 1:, None])[..., 0]
    return [float(told[n, start - 1 : len(ids) - 1].sum()) for n, (ids, start) in enumerate(pieces)]
