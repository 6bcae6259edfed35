"""TorchScorer: likelihoods of answers by a transformers model, the answers to one prompt as one batch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from edge.runner import Message
from training.two_choice.scoring import LogProb


class TorchScorer:
    """``model`` and ``tokenizer`` as transformers loads them. Where the tokenizer has no chat template the texts of the
    messages are read as they are, each followed by a line break, after the token that begins a text."""

    def __init__(self, model: Any, tokenizer: Any, name: str) -> None:
        self.name = name
        self._model = model.eval()
        self._tokenizer = tokenizer

    def log_probs(self, messages: Sequence[Message], continuations: Sequence[str]) -> list[LogProb]:
        import torch

        prompt = self._prompt(messages)
        answers = [self._ids(text) for text in continuations]
        longest = max(len(answer) for answer in answers)
        rows = torch.zeros(len(answers), len(prompt) + longest, dtype=torch.long)
        seen = torch.zeros_like(rows)
        for row, answer in enumerate(answers):
            held = [*prompt, *answer]
            rows[row, : len(held)] = torch.tensor(held)
            seen[row, : len(held)] = 1
        device = next(self._model.parameters()).device
        with torch.no_grad():
            logits = self._model(input_ids=rows.to(device), attention_mask=seen.to(device)).logits
        shares = logits[:, len(prompt) - 1 : -1].float().log_softmax(-1).cpu()
        return [
            LogProb(float(shares[row, range(len(answer)), answer].sum()), len(answer))
            for row, answer in enumerate(answers)
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
