"""LangChain, theirs in ours: any BaseChatModel as a Runner, any BaseRetriever as what is searched."""

from __future__ import annotations

import re
import weakref
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from typing import TYPE_CHECKING, Any, cast

from assistant.ask import AskOptions, Assistant
from assistant.langchain import keep_inside
from edge.errors import GenerationFailed, PromptTooLong
from edge.options import check_adapter
from edge.runner import Message, Piece, Runner, Sampling
from edge.text_stream import TextStream
from edge.turns import Generation, Turns
from index.codes.find import find_codes
from index.library import Library, Scope
from index.passage import Hit, Manual, Passage, Why
from index.search.searcher import Results
from index.text import informative, language, terms

if TYPE_CHECKING:
    from langchain_core.documents import Document
    from langchain_core.language_models import BaseChatModel
    from langchain_core.retrievers import BaseRetriever

REMEMBERED = 1000  # passages that a later step or follow-up may go back to
_GUESS = re.compile(r"[A-Za-z]{1,4}|\d{1,3}|[^\sA-Za-z\d]")  # pieces that a usual tokenizer does not make smaller


class ChatModelRunner:
    """A Runner over ``model``, one caller at a time. A chunk of its stream counts as a token. ``count_tokens`` is what
    measures prompts: by default the model's own count where it has one, else a guess on the high side; LangChain's own
    default is not asked, since it fetches a tokenizer from the network."""

    keeps_choices = False

    def __init__(
        self, model: BaseChatModel, *, name: str = "", context_tokens: int = 4096,
        count_tokens: Callable[[str], int] | None = None,
    ) -> None:  # fmt: skip
        self.name = name or str(getattr(model, "model_name", "") or getattr(model, "model", "") or model._llm_type)
        self.context_tokens = context_tokens
        self._model = model
        self._count = count_tokens
        self._turns = Turns()
        self._streams: weakref.WeakSet[Generation] = weakref.WeakSet()

    def load(self) -> None:
        """Nothing to do: the model is the caller's."""

    def count_tokens(self, text: str) -> int:
        if self._count is None:
            self._count = _count_of(self._model)
        return self._count(text)

    def stream(self, messages: Sequence[Message], sampling: Sampling) -> Iterator[Piece]:
        said = tuple(messages)
        made = Generation(self._turns, lambda cancelled: self._speak(said, sampling, cancelled))
        self._streams.add(made)
        return made

    def close(self) -> None:
        for stream in list(self._streams):
            stream.close()

    def _speak(self, said: tuple[Message, ...], sampling: Sampling, cancelled: Callable[[], bool]) -> Iterator[Piece]:
        check_adapter(sampling.adapter, (), self.name)
        sampling.refuse_beyond((), self.name)
        needed = sum(self.count_tokens(message.content) for message in said) + sampling.max_tokens
        if needed > self.context_tokens:
            raise PromptTooLong(
                f"Prompt and answer need {needed} tokens; {self.name} takes {self.context_tokens}.",
                "Ask with fewer excerpts, or name the model's true context_tokens.",
            )
        text, tokens, finish = TextStream(sampling.stop), 0, "stop"
        for chunk in self._chunks(said, sampling):
            if cancelled():
                yield Piece("", tokens, "cancelled")
                return
            tokens += 1
            shown, met = text.push(chunk.encode("utf-8", "replace"))
            if shown:
                yield Piece(shown, tokens)
            if met:
                yield Piece("", tokens, "stop")
                return
            if tokens == sampling.max_tokens:
                finish = "length"
                break
        yield Piece(text.flush(), tokens, cast(Any, finish))

    def _chunks(self, said: tuple[Message, ...], sampling: Sampling) -> Iterator[str]:
        """The text of each chunk that has one. Whatever breaks in the model is a GenerationFailed."""
        keep_inside()
        try:
            chunks = self._model.stream(
                [(message.role, message.content) for message in said], stop=list(sampling.stop) or None,
                **_options(self._model, sampling),
            )  # fmt: skip
            for chunk in chunks:
                if text := str(chunk.text):
                    yield text
        except Exception as failed:
            raise GenerationFailed(
                f"{self.name} broke off: {type(failed).__name__}: {failed}.", "Look at the log of its own server."
            ) from failed


def _options(model: BaseChatModel, sampling: Sampling) -> dict[str, Any]:
    """What can be asked of this model: the parameters that it has fields for."""
    known = type(model).model_fields
    wanted = {"max_tokens": sampling.max_tokens, "temperature": sampling.temperature, "seed": sampling.seed}
    return {name: value for name, value in wanted.items() if name in known}


def _count_of(model: BaseChatModel) -> Callable[[str], int]:
    from langchain_core.language_models import BaseLanguageModel

    own = type(model)
    counts = own.get_num_tokens is not BaseLanguageModel.get_num_tokens
    names = own.get_token_ids is not BaseLanguageModel.get_token_ids or model.custom_get_token_ids is not None
    return model.get_num_tokens if counts or names else lambda text: len(_GUESS.findall(text))


class RetrieverSource:
    """What ``retriever`` finds, in the shape of a library's search, so that an Assistant can ask over it.

    Of each Document the text is quoted as it is; metadata names the manual (``manual``, ``title`` or ``source``), the
    page (``page``, ``label`` or ``page_label``) and the ``section``. How well a document supports the question is
    measured by the question's words in it; a code that stands in none of them is unknown. A scope of kinds, lines or
    machines cannot be looked up here and finds nothing."""

    def __init__(self, retriever: BaseRetriever) -> None:
        self._retriever = retriever
        self._seen: OrderedDict[str, tuple[Passage, Manual]] = OrderedDict()

    def search(self, question: str, k: int = 10, scope: Scope | None = None) -> Results:
        keep_inside()
        wanted = {term for term in terms(question) if informative(term)}
        documents = self._retriever.invoke(question)
        hits = [_hit(document, rank, wanted) for rank, document in enumerate(documents, start=1)]
        hits = [hit for hit in hits if hit.passage.text.strip() and _within(hit, scope or Scope())]
        self._remember(hits)
        held = {term for hit in hits for term in terms(hit.passage.text)}
        codes = {code.canonical for code in find_codes(question)}
        known = codes & {code for hit in hits for code in hit.passage.codes}
        missing = len(wanted - held) / len(wanted) if wanted else 1.0
        return Results(tuple(hits[:k]), tuple(sorted(known)), tuple(sorted(codes - known)), missing=missing)

    def manuals(self) -> list[Manual]:
        """Those of the passages seen so far; before the first search one that stands for all."""
        seen = {manual.id: manual for _, manual in self._seen.values()}
        return list(seen.values()) or [_manual(self._retriever.get_name(), "en")]

    def passages(self, manual_id: str) -> list[Passage]:
        """Those of one manual that were found lately."""
        return [passage for passage, manual in self._seen.values() if manual.id == manual_id]

    def warnings_for(self, passage: Passage) -> tuple[Passage, ...]:
        """None: what stands around a passage is not known here."""
        return ()

    def beside(self, passage: Passage) -> list[Passage]:
        """[]: what stands around a passage is not known here."""
        return []

    def _remember(self, hits: Sequence[Hit]) -> None:
        for hit in hits:
            self._seen[hit.passage.id] = (hit.passage, hit.manual)
            self._seen.move_to_end(hit.passage.id)
        while len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)


def assistant_over(
    retriever: BaseRetriever, model: BaseChatModel | Runner | None, options: AskOptions | None = None
) -> Assistant:
    """Andon's answers, verified and with sources, over another's search and another's model (or one of our runners;
    None for quotes alone)."""
    from langchain_core.language_models import BaseChatModel

    runner = ChatModelRunner(model) if isinstance(model, BaseChatModel) else model
    return Assistant(cast(Library, RetrieverSource(retriever)), runner, options)


def _hit(document: Document, rank: int, wanted: set[str]) -> Hit:
    told, text = document.metadata, document.page_content
    name = str(told.get("manual") or told.get("title") or told.get("source") or "document")
    manual = _manual(name, language(text))
    page = told.get("page")
    label = str(told.get("label") or told.get("page_label") or ("" if page is None else page))
    section = told.get("section") or ()
    passage = Passage(
        id=document.id or sha256(f"{name}\n{text}".encode("utf-8", "replace")).hexdigest(),
        manual_id=manual.id, revision=1, ordinal=rank, text=text, pages=(page if isinstance(page, int) else 1,),
        page_labels=(label,), section=tuple(section.split(" > ")) if isinstance(section, str) else tuple(section),
        kind="prose", lang=language(text), codes=tuple(dict.fromkeys(code.canonical for code in find_codes(text))),
    )  # fmt: skip
    support = len(wanted & set(terms(text))) / len(wanted) if wanted else 0.0
    return Hit(passage, manual, 1 / rank, support, (Why("vector", rank),))


def _manual(name: str, lang: Any) -> Manual:
    return Manual(name, name, name, 1, "", 0, 0, lang, "")


def _within(hit: Hit, scope: Scope) -> bool:
    if scope.kinds or scope.lines or scope.machines:
        return False
    return not (scope.manuals and hit.manual.name not in scope.manuals) and not (
        scope.langs and hit.passage.lang not in scope.langs
    )
