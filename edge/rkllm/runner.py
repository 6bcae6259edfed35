"""RkllmRunner: a .rkllm model on the NPU of an RK3588, through the vendor's runtime.

The runtime draws the tokens by itself: no grammar, no logits while it speaks, no seed. Never run on a board yet: what
its documents say is proven against a library of our own (tests/rkllm_runtime.c).
"""

from __future__ import annotations

import logging
import threading
import weakref
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from edge.board.tree import Tree
from edge.errors import GenerationFailed, ModelMissing, NotAModel, PromptTooLong
from edge.options import EdgeOptions, check_adapter
from edge.rkllm.driver import check_driver
from edge.rkllm.errors import ContextRefused
from edge.rkllm.heard import Ended, Hearing, Usage
from edge.rkllm.library import RkllmLibrary, find_library
from edge.rkllm.prompt_cache import WORTH_TOKENS, PromptCache, common
from edge.rkllm.session import Asked, Drawing, Loading, Session
from edge.rkllm.words import ModelWords
from edge.runner import Message, Piece, Sampling
from edge.text_stream import TextStream
from edge.turns import GRACE_S, Generation, Turns

CONTEXT_STEP, CONTEXT_MOST = 32, 16384  # SDK guide of 1.2.3 and 1.3.0
CPUS = 8
_LOOK_S = 0.05
_OTHERS = {b"GGUF": "a GGUF file", b"vers": "a pointer of Git LFS", b"PK\x03\x04": "a ZIP file", b"<!DO": "a web page"}
log = logging.getLogger(__name__)


class RkllmRunner:
    """A Runner over one .rkllm file, with tokenizer.json, tokenizer_config.json and chat_template.jinja beside it.

    One model at a time in a process (SecondModel). At temperature 0 the likeliest token is taken; above it the runtime
    draws without a seed, so ``Sampling.seed`` is not kept. Under release 1.2.3 drawing is fixed when the model is
    loaded: asking for another loads it again. Choices are not kept. ``usage`` is what the last whole answer cost.

    Errors: ModelMissing, ModelUnreadable, RuntimeMissing, RuntimeUnusable, RuntimeUnknown, DriverUnusable,
    NpuLoadFailed, ContextRefused, SecondModel, AdapterUnknown, PromptTooLong, GenerationFailed, GenerationStuck.
    """

    keeps_choices = False

    def __init__(self, options: EdgeOptions, *, tree: Tree | None = None, grace_s: float = GRACE_S) -> None:
        self.name = options.model.stem
        self.context_tokens = options.context_tokens
        self.usage: Usage | None = None
        self._options = options
        self._tree = tree or Tree()  # where the kernel tells of its driver
        self._grace_s = grace_s
        self._turns = Turns(grace_s)
        self._opening = threading.RLock()  # guards the fields below; never held while generating
        self._words: ModelWords | None = None
        self._session: Session | None = None
        self._cache: PromptCache | None = None
        self._held: tuple[tuple[int, ...], str] = ((), "")  # the prompt in the NPU's memory, and its adapter
        self._streams: weakref.WeakSet[Generation] = weakref.WeakSet()

    def load(self) -> None:
        with self._opening:
            if self._session is None:
                self._open(_drawing(Sampling(), self._known_words().size))

    def count_tokens(self, text: str) -> int:
        """Tokens of ``text`` as content of a message. Loads the tokenizer only."""
        with self._opening:
            return self._known_words().count(text)

    def prompt_tokens(self, messages: Sequence[Message]) -> list[int]:
        """The ids that ``stream`` would feed for ``messages``."""
        with self._opening:
            return self._known_words().prompt(messages)

    def stream(self, messages: Sequence[Message], sampling: Sampling) -> Iterator[Piece]:
        """The answer to ``messages``, piece by piece. The iterator queues at its first ``next``; its ``close`` may be
        called from any thread and takes effect at once. The next one waits until the runtime has stopped, too."""
        asked = tuple(messages)
        generation = Generation(self._turns, lambda cancelled: self._generate(asked, sampling, cancelled))
        with self._opening:
            self._streams.add(generation)
        return generation

    def close(self) -> None:
        """Ends running and waiting streams, then frees the NPU's memory unless the runtime hangs. Harmless when
        repeated."""
        with self._opening:
            streams = list(self._streams)
        for stream in streams:
            stream.close()
        ticket = self._turns.join()
        try:
            self._turns.wait(ticket)
            with self._opening:
                session, self._session, self._words, self._cache = self._session, None, None, None
                self._held = ((), "")
            if session is not None:
                session.close(self._grace_s)
        finally:
            self._turns.leave(ticket)

    def _known_words(self) -> ModelWords:
        if self._words is None:
            check_model(self._options.model)
            self._words = ModelWords(self._options.model.parent)
        return self._words

    def _open(self, drawing: Drawing) -> Session:
        options = self._options
        words = self._known_words()
        check_context(options.context_tokens)
        check_driver(self._tree)
        for adapter in options.adapters:
            if not adapter.path.is_file():
                raise ModelMissing(f"The adapter {adapter.name!r} is missing: {adapter.path}.", "Copy it there again.")
        library = RkllmLibrary(find_library(options.rkllm.library, options.model), options.rkllm.version)
        cpus = tuple(range(CPUS))[-options.threads :] if options.threads else ()
        self._session = Session(
            library,
            Loading(options.model, options.context_tokens, drawing, words.end_ids, cpus, options.adapters),
        )
        self._held = ((), "")
        if options.rkllm.prompt_cache is not None and options.rkllm.prompt_cache_bytes > 0:
            state = options.model.stat()
            model = (options.model.name, state.st_size, state.st_mtime_ns, library.version, options.context_tokens)
            self._cache = PromptCache(options.rkllm.prompt_cache, options.rkllm.prompt_cache_bytes, repr(model))
        log.info("%s: runtime %s, told by its %s.", self.name, library.version, library.told_by)
        return self._session

    def _ready(self, drawing: Drawing) -> Session:
        """The session, loaded anew where its release cannot draw as asked otherwise. Nothing runs on it."""
        with self._opening:
            session = self._session or self._open(drawing)
            if session.library.abi.sampling_per_run or session.loading.drawing == drawing:
                return session
            log.warning("%s is loaded again: release %s draws as it was loaded.", self.name, session.library.version)
            self._session = None
            session.close(self._grace_s)
            return self._open(drawing)

    def _generate(
        self, messages: Sequence[Message], sampling: Sampling, cancelled: Callable[[], bool]
    ) -> Iterator[Piece]:
        with self._opening:
            words = self._known_words()
        prompt = tuple(words.prompt(messages))
        if len(prompt) + sampling.max_tokens > self.context_tokens:
            raise PromptTooLong(
                f"The prompt has {len(prompt)} tokens and the answer up to {sampling.max_tokens}; "
                f"{self.name} holds {self.context_tokens} in all.",
                "Ask with fewer or shorter excerpts, or raise context_tokens.",
                prompt_tokens=str(len(prompt)),
                context_tokens=str(self.context_tokens),
            )
        check_adapter(sampling.adapter, self._options.adapters, self.name)
        sampling.refuse_beyond((), self.name)
        if sampling.max_tokens <= 0:
            yield Piece("", 0, "length")
            return
        if (session := self._session) is not None and not session.wait(cancelled, self._grace_s):
            yield Piece("", 0, "cancelled")
            return
        session = self._ready(_drawing(sampling, words.size))
        asked = self._asked(prompt, sampling, words.size)
        self._held = ((), "")  # nothing counts as held if what follows fails
        hearing = session.begin(asked)
        try:
            yield from self._speak(session, hearing, asked, sampling, cancelled)
        finally:
            session.stop(hearing)

    def _asked(self, prompt: tuple[int, ...], sampling: Sampling, vocabulary: int) -> Asked:
        """The run, with a prompt cache to begin from or to write where that is worth it."""
        load, save, worth = None, None, 0
        if self._cache is not None and self._cache.in_use:
            found = self._cache.find(prompt, sampling.adapter)
            held, adapter = self._held
            in_memory = common(held, prompt) if adapter == sampling.adapter else 0
            if found is not None and found.shared >= in_memory + WORTH_TOKENS:
                load, worth = found.path, (found.shared + in_memory) // 2
            if found is None or found.shared < len(prompt) - 1:
                save = self._cache.place(prompt, sampling.adapter)
        return Asked(prompt, sampling.max_tokens, _drawing(sampling, vocabulary), sampling.adapter, load, save, worth)

    def _speak(
        self, session: Session, hearing: Hearing, asked: Asked, sampling: Sampling, cancelled: Callable[[], bool]
    ) -> Iterator[Piece]:
        text, count = TextStream(sampling.stop), 0
        while not cancelled():
            said = hearing.next(_LOOK_S)
            if said is None:
                continue
            if isinstance(said, Ended):
                self._after(said, hearing, asked)
                yield Piece(text.flush(), count, "length" if count >= sampling.max_tokens else "stop")
                return
            count = said.number
            new, stopped = text.push(said.spelled)
            if stopped:
                yield Piece(new, count, "stop")
                return
            if new:
                yield Piece(new, count)
            if count == sampling.max_tokens and not session.library.abi.sampling_per_run:
                session.ask_to_end(hearing)  # it does not know this run's limit, and may not heed the pause
        yield Piece(text.flush(), count, "cancelled")

    def _after(self, ended: Ended, hearing: Hearing, asked: Asked) -> None:
        """Books what a run has told; raises GenerationFailed where it failed."""
        if ended.failed or ended.code != 0:
            if self._cache is not None and asked.load is not None:
                self._cache.drop(asked.load)
            raise GenerationFailed(
                f"The NPU's runtime broke off (code {ended.code}{', error reported' if ended.failed else ''}).",
                "Look into dmesg for the rknpu driver; a driver before 0.9.8 fails so. Then restart Andon.",
            )
        if not hearing.paused:
            self._held = (asked.ids, asked.adapter)
        self.usage = ended.usage
        if self._cache is None:
            return
        if asked.load is not None and not hearing.loaded:
            self._cache.drop(asked.load)
        elif asked.load is not None and ended.usage is not None:
            self._cache.told(gained=ended.usage.prompt_tokens - ended.usage.prefill_tokens >= asked.worth)
        if asked.save is not None:
            self._cache.keep(asked.save, asked.ids)


def check_model(model: Path) -> None:
    """Errors: ModelMissing; NotAModel for what is plainly no .rkllm file. Its own marks are not documented, so
    the runtime has the last word."""
    if not model.is_file():
        raise ModelMissing(f"{model} is missing.", "Copy the model's folder to the box again.")
    with model.open("rb") as file:
        head = file.read(4)
    what = _OTHERS.get(head, "an empty file" if not head else "")
    if what:
        raise NotAModel(f"{model} is {what}, not a .rkllm model.", "Copy or convert the model again.")


def check_context(tokens: int) -> None:
    """Errors: ContextRefused."""
    if tokens <= 0 or tokens % CONTEXT_STEP or tokens > CONTEXT_MOST:
        near = min(max(CONTEXT_STEP, tokens // CONTEXT_STEP * CONTEXT_STEP), CONTEXT_MOST)
        raise ContextRefused(
            f"The NPU takes no context of {tokens} tokens: it must be a multiple of {CONTEXT_STEP}, at most "
            f"{CONTEXT_MOST}.",
            f"Set context_tokens to {near}.",
        )


def _drawing(sampling: Sampling, vocabulary: int) -> Drawing:
    if sampling.temperature <= 0:
        return Drawing(1, 1.0, 1.0, sampling.repeat_penalty)
    return Drawing(sampling.top_k or vocabulary, sampling.top_p, sampling.temperature, sampling.repeat_penalty)
