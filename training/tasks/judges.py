"""Judges: what a model says of each hand-written text; a Runner as it is served, or a transformers folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from edge.errors import AskRefused
from edge.runner import Message, Runner, Sampling
from training.tasks.handwritten import Item
from training.tasks.prompts import judge_messages
from training.tasks.task import Task
from training.tasks.verdict import Verdict, read_verdict, verdict_schema

MOST_TOKENS = 160
Speak = Callable[[Sequence[Message]], str]


@dataclass(frozen=True, slots=True)
class Judged:
    """``said`` is None where the reply was no verdict: then the item counts as wrong."""

    item: Item
    said: Verdict | None

    @property
    def right(self) -> bool:
        return self.said is not None and self.said.label == self.item.label


def judge(task: Task, items: Sequence[Item], speak: Speak) -> Iterator[Judged]:
    for item in items:
        said = speak(judge_messages(task, item.text, item.lang))
        yield Judged(item, read_verdict(said, task.label_ids))


def by_runner(task: Task, runner: Runner) -> Speak:
    """Greedy, and bound to the form of a verdict where the runner can be."""
    asked = Sampling(max_tokens=MOST_TOKENS, json_schema=verdict_schema(task.label_ids))
    bound = True

    def speak(messages: Sequence[Message]) -> str:
        nonlocal bound
        if bound:
            try:
                return "".join(piece.text for piece in runner.stream(messages, asked))
            except AskRefused:
                bound = False
        return "".join(piece.text for piece in runner.stream(messages, replace(asked, json_schema="")))

    return speak


def by_folder(folder: Path) -> Speak:
    """Greedy and free, by the transformers model in ``folder``, on the GPU where there is one."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    device = "cuda" if torch.cuda.is_available() else "cpu"
    tokenizer: Any = AutoTokenizer.from_pretrained(folder)
    model: Any = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval().to(device)

    def speak(messages: Sequence[Message]) -> str:
        asked = [{"role": one.role, "content": one.content} for one in messages]
        opening = tokenizer.apply_chat_template(asked, add_generation_prompt=True, tokenize=False)
        given = tokenizer(opening, add_special_tokens=False, return_tensors="pt").to(device)
        ids, seen = given["input_ids"], given["attention_mask"]
        with torch.no_grad():
            made = model.generate(
                input_ids=ids, attention_mask=seen, max_new_tokens=MOST_TOKENS, do_sample=False,
                pad_token_id=tokenizer.pad_token_id, eos_token_id=tokenizer.eos_token_id,
            )  # fmt: skip
        return str(tokenizer.decode(made[0, ids.shape[1] :], skip_special_tokens=True))

    return speak
