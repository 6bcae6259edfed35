"""chat_request: messages and sampling as the body of /chat/completions."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from edge.runner import Message, Sampling

MOST_STOPS = 4  # what OpenAI's interface promises to take; further ones are looked for here
# what servers read as a control token wherever it stands: <|im_end|>, <start_of_turn>, </s>, [INST], <|eot_id|>
_MARKS = re.compile(r"<\|(?=[^<>|\s]{1,40}\|>)|<(?=/?(?:s|start_of_turn|end_of_turn|bos|eos|think)>)|\[(?=/?INST\])")


def chat_request(model: str, messages: Sequence[Message], sampling: Sampling, *, plain: bool) -> dict[str, Any]:
    """The body. ``plain``: only what OpenAI's interface itself names, for servers that refuse other fields."""
    body: dict[str, Any] = {
        "model": model,
        "messages": [{"role": m.role, "content": harmless(m.content)} for m in messages],
        "max_tokens": sampling.max_tokens,
        "temperature": sampling.temperature,
        "top_p": sampling.top_p,
        "seed": sampling.seed,
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    if stops := [stop for stop in sampling.stop if stop][:MOST_STOPS]:
        body["stop"] = stops
    _bind(body, sampling)
    if plain:
        return body
    body["chat_template_kwargs"] = {"enable_thinking": False}  # reasoning would use up the answer's tokens
    if sampling.ignore_end:
        body["ignore_eos"] = True
    if sampling.top_k > 0:
        body["top_k"] = sampling.top_k
    if sampling.repeat_penalty != 1.0:
        body["repeat_penalty"] = body["repetition_penalty"] = sampling.repeat_penalty  # llama-server's name, vLLM's
    return body


def _bind(body: dict[str, Any], sampling: Sampling) -> None:
    """What binds the answer's form, and whether chances are asked for; both are asked of servers that do them."""
    if sampling.json_schema:
        schema = {"name": "answer", "schema": json.loads(sampling.json_schema), "strict": True}
        body["response_format"] = {"type": "json_schema", "json_schema": schema}
    if sampling.grammar:
        body["grammar"] = sampling.grammar
    if sampling.logprobs is not None:
        body["logprobs"] = True
        body["top_logprobs"] = sampling.logprobs


def harmless(content: str) -> str:
    """``content`` in which no control token is spelled: servers parse them in whatever a prompt holds. A space is set
    into the mark."""
    return _MARKS.sub(lambda found: f"{found[0]} ", content)
