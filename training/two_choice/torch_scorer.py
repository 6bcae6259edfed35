"""TorchScorer: likelihoods of answers by a transformers model, the answers to one prompt or to many in batches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from edge.runner import Message
from training.two_choice.scoring import LogProb

AT_ONCE = 24  # answers of a batch


@dataclass(frozen=True, slots=True)
class Asked:
    """An answer to be weighed: ``said`` after ``messages``; with ``ends`` the token that ends an answer counts, too."""

    messages: Sequence[Message]
    said: str
    ends: bool = False


class TorchScorer:
    """``model`` and ``tokenizer`` as transformers loads them. Where the tokenizer has no chat template the texts of the
    messages are read as they are, each followed by a line break, after the token that begins a text."""

    def __init__(self, model: Any, tokenizer: Any, name: str) -> None:
        self.name = name
        self._model = model.eval()
        self._tokenizer = tokenizer

    @classmethod
    def of_folder(cls, folder: Path) -> TorchScorer:
        """The transformers model in ``folder``, in float32, on the GPU where there is one."""
        import torch
        from transformers import AutoModelForCausalLM, AutoTokenizer

        device = "cuda" if torch.cuda.is_available() else "cpu"
        tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
        model: Any = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, local_files_only=True)
        return cls(model.to(device), tokenizer, folder.name)

    def log_probs(self, messages: Sequence[Message], continuations: Sequence[str]) -> list[LogProb]:
        return self._batch([self._pieces(Asked(messages, text)) for text in continuations])

    def weigh(self, asked: Sequence[Asked], *, bf16: bool = False) -> list[LogProb]:
        """The likelihood of each, in the order of ``asked``; batches are of like length. ``bf16``: matrix products in
        bfloat16."""
        import torch

        pieces = [self._pieces(one) for one in asked]
        order = sorted(range(len(pieces)), key=lambda n: -len(pieces[n][0]))
        found = [LogProb(0.0, 0)] * len(pieces)
        for start in range(0, len(order), AT_ONCE):
            part = order[start : start + AT_ONCE]
            with torch.autocast(self._device().type, dtype=torch.bfloat16, enabled=bf16):
                for place, told in zip(part, self._batch([pieces[n] for n in part]), strict=True):
                    found[place] = told
        return found

    def _device(self) -> Any:
        return next(self._model.parameters()).device

    def _pieces(self, asked: Asked) -> tuple[list[int], int]:
        """The tokens up to the end of the answer, and where the answer begins."""
        start = self._prompt(asked.messages)
        end = [int(self._tokenizer.eos_token_id)] if asked.ends else []
        return [*start, *self._ids(asked.said), *end], len(start)

    def _batch(self, pieces: Sequence[tuple[list[int], int]]) -> list[LogProb]:
        import torch

        longest = max(len(ids) for ids, _ in pieces)
        first = min(start for _, start in pieces)
        device = self._device()
        rows = torch.tensor([ids + [0] * (longest - len(ids)) for ids, _ in pieces], device=device)
        seen = torch.tensor([[1] * len(ids) + [0] * (longest - len(ids)) for ids, _ in pieces], device=device)
        with torch.no_grad():
            logits = self._model(input_ids=rows, attention_mask=seen).logits[:, first - 1 : -1]
            told = logits.float().log_softmax(-1).gather(2, rows[:, first:, None])[..., 0].cpu()
        return [
            LogProb(float(told[n, start - first : len(ids) - first].sum()), len(ids) - start)
            for n, (ids, start) in enumerate(pieces)
        ]

    def _prompt(self, messages: Sequence[Message]) -> list[int]:
        if getattr(self._tokenizer, "chat_template", None):
            chat = [{"role": message.role, "content": message.content} for message in messages]
            text = self._tokenizer.apply_chat_template(chat, tokenize=False, add_generation_prompt=True)
            return self._ids(text)
        begin = self._tokenizer.bos_token_id
        ids = self._ids("".join(f"{message.content}\n" for message in messages))
        return ids if begin is None else [int(begin), *ids]

    def _ids(self, text: str) -> list[int]:
        return [int(token) for token in self._tokenizer(text, add_special_tokens=False)["input_ids"]]
