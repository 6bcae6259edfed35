"""GgufScorer: likelihoods of answers by a GGUF file through llama.cpp, over the very tokens that a box would feed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from edge.chat_prompt import ChatPrompt
from edge.errors import PromptTooLong
from edge.llama.context import LlamaContext
from edge.llama.library import LlamaModel
from edge.options import default_threads
from edge.runner import Message
from training.two_choice.scoring import LogProb

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

CONTEXT, BATCH = 1024, 128


class GgufScorer:
    """``path`` is the model. Without a chat template in it the texts of messages are read as they are, each followed
    by a line break. Close it when done. Errors: edge.errors."""

    def __init__(self, path: Path, context: int = CONTEXT) -> None:
        self.name = path.name
        self._model = LlamaModel(path)
        threads = default_threads(path.stat().st_size)
        self._context = LlamaContext(self._model, context_tokens=context, batch_tokens=BATCH, threads=threads)
        self._room = context
        template = self._model.chat_template()
        bos, eos = self._model.bos_eos_texts()
        self._chat = ChatPrompt(template, self._model.special_texts(), bos, eos) if template else None

    def log_probs(self, messages: Sequence[Message], continuations: Sequence[str]) -> list[LogProb]:
        prompt = self._prompt(messages)
        return [self._one(prompt, self._model.tokenize(text)) for text in continuations]

    def _prompt(self, messages: Sequence[Message]) -> list[int]:
        if self._chat is None:
            return self._model.tokenize("".join(f"{message.content}\n" for message in messages), add_special=True)
        ids: list[int] = []
        for part in self._chat.parts(messages):
            ids += [part] if isinstance(part, int) else self._model.tokenize(part)
        return ids

    def _one(self, prompt: Sequence[int], answer: Sequence[int]) -> LogProb:
        import numpy as np

        if len(prompt) + len(answer) > self._room:
            raise PromptTooLong(f"{len(prompt) + len(answer)} tokens do not fit.", "Leave out items with long answers.")
        self._context.keep(0)
        last: NDArray[np.float32] | None = None
        for at in range(0, len(prompt), BATCH):
            last = self._context.decode(prompt[at : at + BATCH], at, want_logits=at + BATCH >= len(prompt))
        if last is None or not answer:
            return LogProb(0.0, 0)
        rows = [last]
        for at in range(0, len(answer) - 1, BATCH):
            rows += self._context.decode_each(answer[at : min(at + BATCH, len(answer) - 1)], len(prompt) + at)
        logits = np.stack(rows).astype(np.float64)
        logits -= logits.max(axis=1, keepdims=True)
        logits -= np.log(np.exp(logits).sum(axis=1, keepdims=True))
        return LogProb(float(logits[np.arange(len(answer)), list(answer)].sum()), len(answer))

    def close(self) -> None:
        self._context.close()
        self._model.close()
