"""LlamaCppRunner: a GGUF model through llama.cpp, on the processor or an NVIDIA GPU, with our own generation loop.

The loop is ours because the library's high-level one keeps logits of every prompt token, decodes the whole answer anew
for each token, cannot be stopped while it reads the prompt, and takes control tokens from content.
"""

from __future__ import annotations

import logging
import threading
import weakref
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from edge.chat_prompt import ChatPrompt
from edge.errors import GenerationStuck, ModelUnreadable, PromptTooLong
from edge.forecast import refuse_too_large
from edge.llama.batch_costs import USUAL, measure
from edge.llama.constrained import LineSpeaker
from edge.llama.context import LlamaContext
from edge.llama.drafting import Drafting, Plan
from edge.llama.grammar import grammar_of
from edge.llama.library import LlamaModel, version
from edge.llama.prompt_memory import PromptMemory
from edge.llama.saved_prefixes import SavedPrefixes
from edge.llama.speaker import FreeSpeaker
from edge.models import file_sha256
from edge.options import EdgeOptions, check_adapter, default_threads
from edge.runner import Extra, Message, Piece, Sampling
from edge.turns import Generation, Turns

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MOST_LOST = 2  # contexts that hanging generations keep for themselves; each costs its memory
log = logging.getLogger(__name__)


class LlamaCppRunner:
    """A Runner over one GGUF file.

    At temperature 0 the same messages give the same text whatever was asked before: of an earlier prompt only whole
    batches are reused, and a batch is always cut at the same places, so every number is computed the same way.
    ``load`` happens on demand too; after ``close`` it opens the model again. Choices are kept (edge.llama.constrained).
    A generation that was closed and does not come back (a GPU's driver that hangs) keeps its context for itself, and
    the next one gets another over the same weights; after ``MOST_LOST`` of them each caller gets GenerationStuck.

    Errors: ModelMissing, ModelUnreadable (also without a chat template), AdapterUnreadable, AdapterUnknown, AskRefused,
    PromptTooLong, GenerationFailed.
    """

    keeps_choices = True
    can: frozenset[Extra] = frozenset(("grammar", "logprobs"))

    def __init__(self, options: EdgeOptions) -> None:
        self.name = options.model.stem
        self.context_tokens = options.context_tokens
        self._options = options
        self._turns = Turns()
        self._opening = threading.RLock()  # guards the fields below; held briefly, never while generating
        self._model: LlamaModel | None = None
        self._memory: PromptMemory | None = None
        self._lost = 0  # generations that hang, with contexts that nobody else uses
        self._chat: ChatPrompt | None = None
        self._prefixes: dict[str, SavedPrefixes] = {}  # by adapter
        self._adapters: dict[str, Any] = {}
        self._plan: Plan | None = None  # for guessing ahead
        self._streams: weakref.WeakSet[Generation] = weakref.WeakSet()

    def load(self) -> None:
        with self._opening:
            if self._model is not None:
                return
            refuse_too_large(self._options)
            model = LlamaModel(self._options.model, gpu_layers=self._options.gpu_layers)
            try:
                self._chat = _chat_of(model)
                self.context_tokens = _context_of(model, self._options.context_tokens)
                self._memory = self._new_memory(model)
                self._adapters = {one.name: model.adapter(one.path) for one in self._options.adapters}
                self._prefixes = self._saved_by(model)
            except BaseException:
                model.close()
                raise
            self._model = model

    def _new_memory(self, model: LlamaModel) -> PromptMemory:
        context = LlamaContext(
            model,
            context_tokens=self.context_tokens,
            batch_tokens=self._options.batch_tokens,
            threads=self._threads(),
            kv_type=self._options.kv_type,
            flash_attention=self._options.flash_attention,
        )
        return PromptMemory(context, self._options.batch_tokens, model.piece)

    def _saved_by(self, model: LlamaModel) -> dict[str, SavedPrefixes]:
        """What is on disk for the model as it is set, without an adapter ("") and with each."""
        options = self._options
        if options.prompt_cache is None or options.prompt_cache_bytes <= 0:
            return {}
        made_by = (
            file_sha256(model.path), version(), options.kv_type, options.flash_attention, self.context_tokens,
            options.batch_tokens, self._threads(), options.gpu_layers,
        )  # fmt: skip
        adapted = {"": ()} | {one.name: (file_sha256(one.path), one.scale) for one in options.adapters}
        return {
            name: SavedPrefixes(options.prompt_cache, options.prompt_cache_bytes, repr((made_by, by)))
            for name, by in adapted.items()
        }

    def _threads(self) -> int:
        return self._options.threads or default_threads(self._options.model.stat().st_size)

    def count_tokens(self, text: str) -> int:
        """Tokens of ``text`` as content of a message. Does not wait for a generation."""
        with self._opening:
            return len(self._loaded()[0].tokenize(text))

    def prompt_tokens(self, messages: Sequence[Message]) -> list[int]:
        """The ids that ``stream`` would feed for ``messages``."""
        with self._opening:
            model, chat = self._loaded()
            ids: list[int] = []
            for part in chat.parts(messages):
                ids += [part] if isinstance(part, int) else model.tokenize(part)
            return ids

    def stream(self, messages: Sequence[Message], sampling: Sampling) -> Iterator[Piece]:
        """The answer to ``messages``, piece by piece. The iterator queues at its first ``next``; its ``close`` may be
        called from any thread and takes effect within one batch."""
        asked = tuple(messages)
        generation = Generation(self._turns, lambda cancelled: self._generate(asked, sampling, cancelled))
        with self._opening:
            self._streams.add(generation)
        return generation

    def close(self) -> None:
        """Ends running and waiting streams, then frees the memory, but for what a hanging one uses. Harmless when
        repeated."""
        with self._opening:
            streams = list(self._streams)
        for stream in streams:
            stream.close()
        ticket = self._turns.join()
        try:
            self._turns.wait(ticket)  # until the batch being computed is done, or its grace has passed
            with self._opening:
                model, memory, prefixes = self._model, self._memory, self._prefixes
                self._prefixes, self._adapters = {}, {}
                self._model = self._memory = self._chat = self._plan = None
                if memory is not None and memory.busy:
                    self._lost += 1
                elif memory is not None:
                    memory.context.close()
                if model is not None and self._lost:
                    log.warning("%s: a generation hangs; its model stays in memory.", self.name)
                elif model is not None:
                    model.close()
            for saved in prefixes.values():
                saved.close()
        finally:
            self._turns.leave(ticket)

    def _loaded(self) -> tuple[LlamaModel, ChatPrompt]:
        self.load()
        assert self._model is not None and self._chat is not None
        return self._model, self._chat

    @contextmanager
    def _working(self) -> Iterator[tuple[LlamaModel, PromptMemory]]:
        """The model, and a context for the one who has the turn."""
        with self._opening:
            model, _chat = self._loaded()
            assert self._memory is not None
            if self._memory.busy:  # the one before has lost its turn and is still at work
                if self._lost >= MOST_LOST:
                    raise GenerationStuck(
                        f"{self.name} does not come back: {self._lost + 1} generations hang.",
                        "Restart Andon; if it happens again, set gpu_layers to 0 or look after the GPU's driver.",
                    )
                log.error("%s: a generation hangs; the next one gets a context of its own.", self.name)
                self._memory = self._new_memory(model)
                self._lost += 1
            memory = self._memory
            memory.busy = True
        try:
            yield model, memory
        finally:
            with self._opening:
                memory.busy = False
                if memory is not self._memory:
                    memory.context.close()
                    self._lost -= 1

    def _generate(
        self, messages: Sequence[Message], sampling: Sampling, cancelled: Callable[[], bool]
    ) -> Iterator[Piece]:
        check_adapter(sampling.adapter, self._options.adapters, self.name)
        sampling.refuse_beyond(self.can, self.name)
        if sampling.choices is not None:
            sampling.refuse_beyond((), "An answer made of given lines")
        prompt = self.prompt_tokens(messages)
        if len(prompt) + sampling.max_tokens > self.context_tokens:
            raise PromptTooLong(
                f"The prompt has {len(prompt)} tokens and the answer up to {sampling.max_tokens}; "
                f"{self.name} holds {self.context_tokens} in all.",
                "Ask with fewer or shorter excerpts, or raise context_tokens.",
                prompt_tokens=str(len(prompt)),
                context_tokens=str(self.context_tokens),
            )
        with self._working() as (model, memory):
            yield from self._speak(model, memory, prompt, sampling, cancelled)

    def _read(
        self, memory: PromptMemory, prompt: list[int], sampling: Sampling, cancelled: Callable[[], bool]
    ) -> NDArray[np.float32] | None:
        """Logits after ``prompt``; None where nothing is to be said, or when cancelled on the way."""
        if sampling.max_tokens <= 0:
            return None
        self._adapt(memory, sampling.adapter)
        return memory.read(prompt, self._prefixes.get(sampling.adapter), cancelled)

    def _adapt(self, memory: PromptMemory, name: str) -> None:
        """Sets the adapter ``name``, "" for none; what another made of a prompt is not used again."""
        if memory.adapter == name:
            return
        scale = next((one.scale for one in self._options.adapters if one.name == name), 1.0)
        memory.forget()
        memory.context.adapt(self._adapters.get(name), scale)
        memory.adapter = name

    def _planned(self, model: LlamaModel, memory: PromptMemory, prompt: int) -> Plan | None:
        """How much is guessed ahead; None where nothing is. What batches cost here is measured before the first answer
        that is written freely, behind its ``prompt`` of so many tokens."""
        most = min(self._options.draft_tokens, self._options.batch_tokens - 1, self.context_tokens // 4)
        if most <= 0 or not model.goes_back:
            return None
        if self._plan is None:
            if prompt + most + 2 > self.context_tokens:  # no room; the next prompt will be shorter
                return Plan(USUAL, most)
            costs = measure(memory.context, prompt, most + 1, 0 if self._options.gpu_layers else self._threads())
            if costs is None:  # before the next answer again
                log.info("%s: the cores are busy, what batches cost cannot be told.", self.name)
                return Plan(USUAL, most)
            log.info("%s: batches cost %s single steps.", self.name, dict(costs.first))
            self._plan = Plan(costs, most)
        return self._plan

    def _speak(
        self,
        model: LlamaModel,
        memory: PromptMemory,
        prompt: list[int],
        sampling: Sampling,
        cancelled: Callable[[], bool],
    ) -> Iterator[Piece]:
        if sampling.choices is not None:  # whole lines, which no grammar binds any further
            logits = self._read(memory, prompt, sampling, cancelled)
            if logits is None:
                yield _unsaid(cancelled)
                return
            lines = LineSpeaker(model, memory.context, self._options.batch_tokens, sampling.choices, sampling)
            yield from lines.speak(prompt, logits, cancelled)
            return
        grammar = grammar_of(model, sampling)  # before the prompt is read: a wrong one is told at once
        try:
            logits = self._read(memory, prompt, sampling, cancelled)
            if logits is None:
                yield _unsaid(cancelled)
                return
            plan = self._planned(model, memory, len(prompt))
            drafting = Drafting(prompt, plan, model.piece) if plan is not None else None
            speaker = FreeSpeaker(model, memory.context, sampling, grammar, drafting)
            yield from speaker.speak(prompt, logits, cancelled)
        finally:
            if grammar is not None:
                grammar.close()


def _unsaid(cancelled: Callable[[], bool]) -> Piece:
    """The one piece of an answer of which nothing was to be said."""
    return Piece("", 0, "cancelled" if cancelled() else "length")


def _chat_of(model: LlamaModel) -> ChatPrompt:
    template = model.chat_template()
    if not template:
        raise ModelUnreadable(
            f"{model.path} has no chat template.", "Save chat_template.jinja beside the model and convert it again."
        )
    bos, eos = model.bos_eos_texts()
    return ChatPrompt(template, model.special_texts(), bos, eos)


def _context_of(model: LlamaModel, wanted: int) -> int:
    if wanted > model.trained_context > 0:
        log.warning("%s was trained for %d tokens; %d are not used", model.path.name, model.trained_context, wanted)
        return model.trained_context
    return wanted
