"""OpenAI's chat request: which parameters are taken, ignored or refused, and the question and history in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from assistant.conversation import Exchange
from assistant.errors import ModelUnknown, ParameterRefused
from edge.options import BARE
from edge.runner import Message
from index.library import Scope

MODEL = "andon"
MOST_MESSAGES = 2000

# change nothing here: the text is verified or verbatim, made at temperature 0, and as long as the manual's words
IGNORED = frozenset(
    {
        "frequency_penalty",
        "max_completion_tokens",
        "max_tokens",
        "metadata",
        "parallel_tool_calls",
        "presence_penalty",
        "prompt_cache_key",
        "prompt_cache_retention",
        "reasoning_effort",
        "safety_identifier",
        "seed",
        "service_tier",
        "store",
        "temperature",
        "top_p",
        "user",
        "verbosity",
    }
)
_ONE = "There is one answer to a question."
_NO_TOOLS = "Andon calls no functions."
_NO_NUMBERS = "Probabilities of tokens say nothing about text that is verified or quoted."
_TEXT = "An answer is text."
_NO_SCHEMA = (
    "An answer is put together of sentences that a passage was found to hold, or of the manual's own words: no grammar "
    "and no JSON Schema can bind it. Its parts are in the field andon, as JSON; the bare model keeps to a schema by "
    "make_chat_model (docs/programs.md)."
)
_WHOLE = "An answer is never cut short: a step or a warning could be lost."
# name -> the values that change nothing, and why any other is refused
REFUSED: dict[str, tuple[tuple[Any, ...], str]] = {
    "n": ((1,), _ONE),
    "tools": (([],), _NO_TOOLS),
    "tool_choice": (("none", "auto"), _NO_TOOLS),
    "functions": (([],), _NO_TOOLS),
    "function_call": (("none", "auto"), _NO_TOOLS),
    "logprobs": ((False,), _NO_NUMBERS),
    "top_logprobs": ((0,), _NO_NUMBERS),
    "logit_bias": (({},), "Words of a manual are not weighed."),
    "response_format": (({"type": "text"},), _NO_SCHEMA),
    "grammar": (("",), _NO_SCHEMA),
    "guided_json": ((), _NO_SCHEMA),
    "guided_grammar": ((), _NO_SCHEMA),
    "structured_outputs": ((), _NO_SCHEMA),
    "modalities": ((["text"], []), _TEXT),
    "audio": ((), _TEXT),
    "moderation": ((), "Andon has no such service."),
    "prediction": ((), "An answer cannot be foretold here."),
    "web_search_options": ((), "Andon reads the site's own manuals and nothing else."),
    "stop": (([], ""), _WHOLE),
}


class Part(BaseModel):
    model_config = ConfigDict(extra="allow")
    type: str
    text: str = ""


class ChatMessage(BaseModel):
    model_config = ConfigDict(extra="allow")
    role: Literal["system", "developer", "user", "assistant"]
    content: str | list[Part] | None = None


class StreamOptions(BaseModel):
    model_config = ConfigDict(extra="allow")
    include_usage: bool = False


class Narrowing(BaseModel):
    """What the question is narrowed to: see GET /filters."""

    model_config = ConfigDict(extra="forbid")
    manuals: list[str] = Field(default_factory=list, max_length=1000)
    lines: list[str] = Field(default_factory=list, max_length=100)
    machines: list[str] = Field(default_factory=list, max_length=100)
    kinds: list[str] = Field(default_factory=list, max_length=100)
    langs: list[str] = Field(default_factory=list, max_length=100)


class ChatRequest(BaseModel):
    """OpenAI's chat completion request. The last message is the question, those before it the conversation; system
    messages are not followed, since Andon's own say what may be told. ``andon`` narrows the question."""

    model_config = ConfigDict(
        extra="allow",
        json_schema_extra={"example": {"model": MODEL, "messages": [{"role": "user", "content": "AL.32 が出た"}]}},
    )
    model: str
    messages: list[ChatMessage] = Field(min_length=1, max_length=MOST_MESSAGES)
    stream: bool | None = False
    stream_options: StreamOptions | None = None
    andon: Narrowing | None = None

    def check(self, adapters: Sequence[str] = ()) -> str:
        """The adapter that the model's name asks for, "" for the one of the settings. Raises ModelUnknown, and
        ParameterRefused for what cannot be done or is not known, naming the parameter."""
        adapter = adapter_of(self.model, adapters)
        for name, value in (self.model_extra or {}).items():
            if value is None or name in IGNORED:
                continue
            if name not in REFUSED:
                raise _refused(name, f"There is no parameter {name[:80]!r}.", "Leave it out.")
            harmless, why = REFUSED[name]
            if value not in harmless:
                raise _refused(name, f"The parameter {name} cannot have this value.", f"Leave it out. {why}")
        if self.stream_options is not None and not self.stream:
            raise _refused("stream_options", "stream_options goes with stream only.", "Leave it out, or set stream.")
        return adapter

    @property
    def with_usage(self) -> bool:
        """Whether tokens are counted: always, but in a stream only where asked for."""
        return not self.stream or (self.stream_options is not None and self.stream_options.include_usage)

    def scope(self) -> Scope:
        return Scope.of(**self.andon.model_dump()) if self.andon else Scope()

    def said(self) -> tuple[Message, ...]:
        """What was said, the question last; system messages are left out. Raises ParameterRefused."""
        said = [(at, m) for at, m in enumerate(self.messages) if m.role in ("user", "assistant")]
        if not said or said[-1][1].role != "user":
            raise _refused("messages", "The last message is not a question.", "End with a message of the role user.")
        return tuple(Message("user" if m.role == "user" else "assistant", _text(m, at)) for at, m in said)


def history_of(said: Sequence[Message]) -> tuple[Exchange, ...]:
    """The turns before the question, oldest first: each message of the user with the answers that follow it."""
    turns: list[Exchange] = []
    for message in said[:-1]:
        if message.role == "user":
            turns.append(Exchange(message.content))
        elif turns:  # what stands before the first question is a greeting
            turns[-1] = replace(turns[-1], answer=f"{turns[-1].answer}\n{message.content}".strip())
    return tuple(turns)


def adapter_of(name: str, adapters: Sequence[str]) -> str:
    """What stands behind the colon of a model's name: one of ``adapters``, or BARE; "" for MODEL alone, whatever SLM
    runs behind it. Raises ModelUnknown for any other name."""
    model, colon, adapter = name.partition(":")
    if model != MODEL or (colon and adapter not in (BARE, *adapters)):
        names = " or ".join(repr(known) for known in (MODEL, *(f"{MODEL}:{one}" for one in adapters)))
        raise ModelUnknown(f"There is no model {name[:80]!r} here.", f"Ask for {names}.", param="model")
    return adapter


def _text(message: ChatMessage, at: int) -> str:
    content = message.content
    if isinstance(content, list):
        other = next((part.type for part in content if part.type != "text"), "")
        if other:
            raise _refused(
                f"messages[{at}].content", f"A part of the type {other[:40]!r} cannot be read.", "Send text only."
            )
        return "\n".join(part.text for part in content)
    return content or ""


def _refused(param: str, message: str, remedy: str) -> ParameterRefused:
    return ParameterRefused(message, remedy, param=param[:80])
