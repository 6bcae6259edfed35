"""TokenCounter: how many tokens a text is, exactly where the endpoint or a tokenizer file says, else at most."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any, Literal

from edge.errors import EdgeFailed, EndpointFailed, ModelUnreadable
from edge.openai_api.door import Door
from edge.openai_api.options import EndpointOptions
from edge.runner import Message

Way = Literal["llama-server", "vllm", "llama-cpp-python", "file", "bytes"]
_ASKED: tuple[Way, ...] = ("llama-server", "vllm", "llama-cpp-python")
KEPT_TEXTS = 512
AWAY_S = 10.0  # after a failed count the bound is used for so long, so that a dead server is not waited for each time
# what a chat template writes around a message and around all of them; the longest known (gpt-oss, Llama 3.2 with its
# dates, Qwen 2.5 with its default system text) stay below
MESSAGE_TOKENS, TEMPLATE_TOKENS = 12, 96


class TokenCounter:
    """Counts by /tokenize (llama-server's form, then vLLM's), by llama-cpp-python's own path, by the file
    ``tokenizer``, or by bytes.

    The last never undercounts: each token of a byte-level or byte-fallback vocabulary, which all the usual ones are,
    stands for one byte of UTF-8 at least; two more allow for what some put before a text. It overcounts, Japanese
    about threefold, so prompts become shorter than they might be: name a tokenizer file then.
    Safe to call from several threads; waits for no generation.
    """

    def __init__(self, door: Door, options: EndpointOptions, model: str) -> None:
        self._door = door
        self._model = model
        self._guard = threading.Lock()
        self._known: OrderedDict[str, int] = OrderedDict()
        self._away_until = 0.0
        self._file = _tokenizer_of(options)
        self.way: Way = "file" if self._file is not None else self._find_way()

    def _find_way(self) -> Way:
        for way in _ASKED:
            if self._asked("cover", way) is not None:
                return way
        return "bytes"

    def count(self, text: str) -> int:
        if not text:
            return 0
        with self._guard:
            if text in self._known:
                self._known.move_to_end(text)
                return self._known[text]
        found = self._exactly(text)
        if found is None:
            return len(text.encode("utf-8", "replace")) + 2
        with self._guard:
            self._known[text] = found
            while len(self._known) > KEPT_TEXTS:
                self._known.popitem(last=False)
        return found

    def count_messages(self, messages: Sequence[Message]) -> int:
        """Tokens of the whole prompt, at most: contents, and an allowance for what the chat template writes."""
        return sum(self.count(m.content) + MESSAGE_TOKENS for m in messages) + TEMPLATE_TOKENS

    def _exactly(self, text: str) -> int | None:
        if self._file is not None:
            return len(self._file.encode(text, add_special_tokens=False).ids)
        if self.way == "bytes" or time.monotonic() < self._away_until:
            return None
        try:
            return self._asked(text, self.way)
        except EndpointFailed:
            self._away_until = time.monotonic() + AWAY_S
            return None

    def _asked(self, text: str, way: Way) -> int | None:
        if way == "llama-cpp-python":
            said = self._door.ask("/extras/tokenize/count", {"input": text})
            count = said.get("count") if isinstance(said, dict) else None
            return count if isinstance(count, int) and count > 0 else None
        if way == "llama-server":
            said = self._door.ask("/tokenize", {"content": text, "add_special": False, "parse_special": False})
        else:
            said = self._door.ask("/tokenize", {"model": self._model, "prompt": text, "add_special_tokens": False})
        tokens = said.get("tokens") if isinstance(said, dict) else None
        return len(tokens) if isinstance(tokens, list) and tokens else None


def _tokenizer_of(options: EndpointOptions) -> Any:
    """The tokenizer in the file that the options name; None without. Errors: ModelUnreadable, EdgeFailed."""
    if options.tokenizer is None:
        return None
    try:
        from tokenizers import Tokenizer
    except ImportError as exc:
        raise EdgeFailed("The package tokenizers is not installed.", "pip install tokenizers") from exc
    try:
        return Tokenizer.from_file(str(options.tokenizer))
    except Exception as exc:
        raise ModelUnreadable(
            f"{options.tokenizer} is no tokenizer that can be read: {exc}.",
            "Name the tokenizer.json of the model in the setting model_tokenizer.",
        ) from exc
