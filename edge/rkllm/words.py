"""ModelWords: the tokenizer and the chat template that lie beside a .rkllm file, whose own cannot be read.

Prompts go to the runtime as tokens, so that they are the same bytes on every runtime and nothing in a manual or a
question can become a control token.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from edge.chat_prompt import ChatPrompt
from edge.errors import ModelMissing, ModelUnreadable
from edge.runner import Message

BUNDLE = ("tokenizer.json", "tokenizer_config.json", "chat_template.jinja", "generation_config.json")
_REMEDY = "Copy tokenizer.json, tokenizer_config.json and chat_template.jinja of the model's source beside it."


class ModelWords:
    """What the files in ``folder`` say of a model's tokens. ``end_ids``: tokens that end an answer; ``size``: how many
    tokens there are.

    Errors: ModelMissing without tokenizer.json; ModelUnreadable for files that make no sense, or no chat template.
    """

    def __init__(self, folder: Path) -> None:
        from tokenizers import Tokenizer

        file = folder / "tokenizer.json"
        if not file.is_file():
            raise ModelMissing(f"{file} is missing; a .rkllm file's own tokenizer cannot be read.", _REMEDY)
        try:
            self._tokenizer: Any = Tokenizer.from_file(str(file))
        except Exception as exc:  # the library raises Exception itself
            raise ModelUnreadable(f"{file} cannot be read: {exc}.", _REMEDY) from exc
        config = _read(folder / "tokenizer_config.json")
        added = _read(file).get("added_tokens", [])
        self._control = {str(one["content"]): int(one["id"]) for one in added if _is_control(one)}
        self._control_ids = frozenset(self._control.values())
        bos, eos = _text_of(config.get("bos_token")), _text_of(config.get("eos_token"))
        self.size = int(self._tokenizer.get_vocab_size(with_added_tokens=True))
        self.end_ids = frozenset(self._ends(folder, eos))
        self._anchor = next((one["content"] for one in added if _is_control(one) and not one.get("rstrip")), "")
        template = _template_of(folder, config)
        if not template:
            raise ModelUnreadable(f"{folder} holds no chat template.", _REMEDY)
        self._chat = ChatPrompt(template, self._control, bos, eos)

    def count(self, text: str) -> int:
        """Tokens of ``text`` as content of a message."""
        return len(self._encode(text))

    def prompt(self, messages: Sequence[Message]) -> list[int]:
        """The ids of ``messages`` through the chat template, up to where the model speaks."""
        ids: list[int] = []
        for part in self._chat.parts(messages):
            ids += [part] if isinstance(part, int) else self._encode(part)
        return ids

    def prompt_text(self, messages: Sequence[Message]) -> str:
        """The same as text, for what tokenises by itself (calibration)."""
        names = {number: text for text, number in self._control.items()}
        return "".join(names[part] if isinstance(part, int) else part for part in self._chat.parts(messages))

    def holds_control(self, text: str) -> bool:
        """Whether the text of a control token stands in ``text``."""
        return any(one in text for one in self._control)

    def _encode(self, text: str) -> list[int]:
        """Tokens that spell ``text``, none of them a control token."""
        if not text:
            return []
        ids = self._after_anchor(text)
        if not self._control_ids.intersection(ids):
            return ids
        spelled: list[int] = []  # it holds a control token's text, or merging arrives at one
        for character in text:
            spelled += [i for i in self._after_anchor(character) if i not in self._control_ids]
        return spelled

    def _after_anchor(self, text: str) -> list[int]:
        """Tokens of ``text`` where it does not begin the prompt: some tokenizers set a space before the first word."""
        ids: list[int] = self._tokenizer.encode(self._anchor + text, add_special_tokens=False).ids
        return ids[1:] if self._anchor else ids

    def _ends(self, folder: Path, eos: str) -> list[int]:
        given = _read(folder / "generation_config.json").get("eos_token_id", [])
        ends = [int(one) for one in (given if isinstance(given, list) else [given])]
        if eos and (found := self._tokenizer.token_to_id(eos)) is not None:
            ends.append(int(found))
        return ends


def _is_control(added: dict[str, Any]) -> bool:
    """Special tokens, and those that look like marks ("<think>"); not line breaks and words that were added."""
    text = str(added.get("content", ""))
    return bool(added.get("special")) or (len(text) > 2 and text[0] == "<" and text[-1] == ">")


def _template_of(folder: Path, config: dict[str, Any]) -> str:
    file = folder / "chat_template.jinja"
    if file.is_file():
        return file.read_text(encoding="utf-8")
    given = config.get("chat_template", "")
    if isinstance(given, list):  # several, by name
        given = next((one.get("template", "") for one in given if one.get("name") == "default"), "")
    return str(given or "")


def _text_of(token: Any) -> str:
    return str(token.get("content", "")) if isinstance(token, dict) else str(token or "")


def _read(file: Path) -> dict[str, Any]:
    if not file.is_file():
        return {}
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as exc:
        raise ModelUnreadable(f"{file} cannot be read: {exc}.", _REMEDY) from exc
    return found if isinstance(found, dict) else {}
