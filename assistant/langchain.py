"""LangChain, ours in theirs: the search as BaseRetriever, a runner as BaseChatModel, the whole answer as Runnable.

Nothing here is loaded before one of the functions is called; langchain_core comes with its tracing switched off.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from threading import Event as Flag
from typing import TYPE_CHECKING, Any, Protocol, cast

from assistant.answer import Answer, Found
from assistant.ask import Assistant
from assistant.conversation import Exchange
from assistant.errors import ParameterRefused, RequestRefused
from assistant.http.openai_request import history_of
from assistant.http.wire import answer_json
from assistant.plain_text import PlainText, page_and_label
from assistant.relevance import decline
from edge.runner import Message, Runner, Sampling
from index.library import Scope
from index.passage import Hit, Passage
from index.search.searcher import Results

if TYPE_CHECKING:
    from langchain_core.documents import Document
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import BaseMessage
    from langchain_core.outputs import ChatGenerationChunk
    from langchain_core.retrievers import BaseRetriever
    from langchain_core.runnables import Runnable

TRACING = ("LANGSMITH_TRACING", "LANGSMITH_TRACING_V2", "LANGCHAIN_TRACING", "LANGCHAIN_TRACING_V2")
_ROLES = {"human": "user", "ai": "assistant", "AIMessageChunk": "assistant", "system": "system"}
_SAMPLING = (
    "max_tokens", "temperature", "top_p", "top_k", "repeat_penalty", "seed", "adapter", "grammar", "json_schema",
)  # fmt: skip


class Searches(Protocol):
    """What finds passages: index.library.Library does."""

    def search(self, question: str, k: int = ..., scope: Scope | None = ...) -> Results: ...

    def warnings_for(self, passage: Passage) -> tuple[Passage, ...]: ...


def keep_inside() -> None:
    """Switch LangSmith's tracing off, whatever the environment says: questions and manuals stay on this box."""
    from langsmith.utils import get_env_var

    os.environ.update(dict.fromkeys(TRACING, "false"))
    cast(Any, get_env_var).cache_clear()  # it remembers what the environment said before


def make_retriever(
    library: Searches, k: int = 4, scope: Scope | None = None, *, answerable_only: bool = False
) -> BaseRetriever:
    """The search over ``library`` as a BaseRetriever: the best ``k`` passages in ``scope``, verbatim.
    ``answerable_only``: no document where the manuals do not hold an answer (``assistant.relevance``)."""
    keep_inside()
    from langchain_core.callbacks import CallbackManagerForRetrieverRun
    from langchain_core.retrievers import BaseRetriever
    from pydantic import Field

    class AndonRetriever(BaseRetriever):
        library: Any = Field(exclude=True, repr=False)
        k: int
        scope: Any = None
        answerable_only: bool = False

        def _get_relevant_documents(self, query: str, *, run_manager: CallbackManagerForRetrieverRun) -> list[Document]:
            results = self.library.search(query, self.k, self.scope)
            if self.answerable_only and decline(results):
                return []
            return [document_of(hit, self.library.warnings_for(hit.passage)) for hit in results.hits]

    return AndonRetriever(library=library, k=k, scope=scope, answerable_only=answerable_only)


def document_of(hit: Hit, warnings: Sequence[Passage] = ()) -> Document:
    """A hit as a Document. Metadata: ``source`` (the file's name), ``manual`` (its title), ``page`` (of the file,
    from 1; None for a format without pages), ``label`` (as printed), ``section`` (headings joined with " > "),
    ``score``, ``why`` ("keyword 1": by which means, at which rank), ``kind``, ``lang``, ``revision``; ``warnings``:
    texts of a procedure's section that are to be read before it."""
    from langchain_core.documents import Document

    passage, (page, label) = hit.passage, page_and_label(hit)
    return Document(
        id=passage.id,
        page_content=passage.text,
        metadata={
            "source": hit.manual.name, "manual": hit.manual.title, "manual_id": hit.manual.id, "page": page,
            "label": label, "section": " > ".join(passage.section), "score": hit.score,
            "why": [f"{why.by} {why.rank}" for why in hit.why], "kind": passage.kind, "lang": passage.lang,
            "revision": passage.revision, "warnings": [warning.text for warning in warnings],
        },
    )  # fmt: skip


def make_chat_model(runner: Runner, **sampling: Any) -> BaseChatModel:
    """``runner`` as a BaseChatModel, as free as any: nothing it says is verified (the chain's answers are).
    ``sampling``: max_tokens, temperature, top_p, top_k, repeat_penalty, seed, adapter, grammar (GBNF), json_schema
    (as text); each call may set them too."""
    keep_inside()
    from langchain_core.callbacks import CallbackManagerForLLMRun
    from langchain_core.language_models import BaseChatModel
    from langchain_core.language_models.chat_models import generate_from_stream
    from langchain_core.outputs import ChatResult
    from pydantic import Field

    class AndonChatModel(BaseChatModel):
        runner: Any = Field(exclude=True, repr=False)
        sampling: dict[str, Any] = Field(default_factory=dict)

        @property
        def _llm_type(self) -> str:
            return "andon"

        @property
        def _identifying_params(self) -> dict[str, Any]:
            return {"model": self.runner.name, **self.sampling}

        def get_num_tokens(self, text: str) -> int:
            return int(self.runner.count_tokens(text))

        def _generate(
            self, messages: list[BaseMessage], stop: list[str] | None = None,
            run_manager: CallbackManagerForLLMRun | None = None, **options: Any,
        ) -> ChatResult:  # fmt: skip
            return generate_from_stream(self._stream(messages, stop, run_manager, **options))

        def _stream(
            self, messages: list[BaseMessage], stop: list[str] | None = None,
            run_manager: CallbackManagerForLLMRun | None = None, **options: Any,
        ) -> Iterator[ChatGenerationChunk]:  # fmt: skip
            for chunk in _spoken(self.runner, messages, _sampling({**self.sampling, **options}, stop)):
                if run_manager is not None:
                    run_manager.on_llm_new_token(cast(str, chunk.message.content), chunk=chunk)
                yield chunk

    _sampling(sampling, None)
    return AndonChatModel(runner=runner, sampling=sampling)


def _sampling(options: Mapping[str, Any], stop: Sequence[str] | None) -> Sampling:
    given = {name: value for name, value in options.items() if value is not None}
    for name in given:
        if name not in _SAMPLING:
            raise ParameterRefused(f"The runner takes no parameter {name}.", f"Known: {', '.join(_SAMPLING)}.")
    return Sampling(**given, stop=tuple(stop or ()))


def _spoken(runner: Runner, messages: Sequence[BaseMessage], sampling: Sampling) -> Iterator[ChatGenerationChunk]:
    """What the runner says, as chunks; the last one has the tokens' count and why it ended."""
    from langchain_core.messages import AIMessageChunk
    from langchain_core.messages.ai import UsageMetadata
    from langchain_core.outputs import ChatGenerationChunk

    asked = [message_of(message) for message in messages]
    runner.load()
    pieces = runner.stream(asked, sampling)
    try:
        for piece in pieces:
            if not piece.finish:
                yield ChatGenerationChunk(message=AIMessageChunk(content=piece.text))
                continue
            read = sum(runner.count_tokens(message.content) for message in asked)
            yield ChatGenerationChunk(
                message=AIMessageChunk(
                    content=piece.text, chunk_position="last",
                    usage_metadata=UsageMetadata(
                        input_tokens=read, output_tokens=piece.tokens, total_tokens=read + piece.tokens
                    ),
                    response_metadata={"finish_reason": piece.finish, "model_name": runner.name},
                )
            )  # fmt: skip
    finally:
        cast(Any, pieces).close()  # whoever stops listening frees the runner


def message_of(message: BaseMessage) -> Message:
    """A message of LangChain's as the runner takes it. Raises RequestRefused for tools and for what is not text."""
    role = _ROLES.get(message.type)
    parts = message.content if isinstance(message.content, list) else []
    other = [part for part in parts if isinstance(part, dict) and part.get("type") != "text"]
    if role is None or other:
        what = f"of the type {message.type}" if role is None else f"with a part of the type {other[0].get('type')}"
        raise RequestRefused(f"A message {what} cannot be read.", "Send text of system, human or AI only.")
    return Message(cast(Any, role), str(message.text))


def make_chain(assistant: Assistant) -> Runnable[Any, Any]:
    """The whole answer as a Runnable. Input: the question, or a dict with ``input``, and if need be ``chat_history``
    (messages, oldest first) and ``scope`` (a Scope, or its fields). Output, as of LangChain's retrieval chains:
    ``input``, ``context`` (Documents: the quotes), ``answer`` (supported sentences or the quote, then the source), and
    ``andon`` (verdict, declined, timing ...). A stream brings the context at once, then the answer in its pieces."""
    keep_inside()
    from langchain_core.runnables import RunnableLambda
    from langchain_core.runnables.utils import AddableDict

    def andon(asked: Any) -> Iterator[AddableDict]:
        question, history, scope = _asked(asked)
        stop, plain = Flag(), PlainText()
        try:
            for event in assistant.ask(question, scope, stop, history):
                text = plain.take(event)
                if isinstance(event, Found):
                    yield AddableDict(input=question, context=[document_of(q.hit, q.warnings) for q in event.quotes])
                if text:
                    yield AddableDict(answer=text)
                if isinstance(event, Answer):
                    yield AddableDict(andon=answer_json(event))
        finally:
            stop.set()

    return RunnableLambda(andon, name="andon")


def _asked(asked: Any) -> tuple[str, tuple[Exchange, ...], Scope | None]:
    if isinstance(asked, str):
        return asked, (), None
    if not isinstance(asked, Mapping) or not isinstance(asked.get("input"), str):
        raise RequestRefused("The chain was given no question.", 'Give it a text, or {"input": a text}.')
    from langchain_core.messages import convert_to_messages

    messages = [message_of(message) for message in convert_to_messages(asked.get("chat_history") or [])]
    said = [message for message in messages if message.role != "system"]
    scope = asked.get("scope")
    if isinstance(scope, Mapping):
        scope = Scope.of(**scope)
    return asked["input"], history_of([*said, Message("user", asked["input"])]), scope
