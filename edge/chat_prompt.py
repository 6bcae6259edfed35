"""ChatPrompt: messages through the model's own Jinja template, where content can never become a control token.

Whoever writes a manual or a question could write "<|im_end|>" in it. The template's control tokens and the same letters
in a content must therefore end up as different tokens, which is why prompts are handed on as parts, not as one text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

from edge.errors import ModelUnreadable
from edge.runner import Message

_PRIVATE_USE = range(0xE000, 0xF900)


class ChatPrompt:
    """Renders messages with ``template``. ``control`` maps the texts of control tokens to their ids; ``bos`` and
    ``eos`` are what the template calls bos_token and eos_token.

    Errors: ModelUnreadable for a template that is broken or refuses these messages.
    """

    def __init__(self, template: str, control: Mapping[str, int], bos: str = "", eos: str = "") -> None:
        from jinja2 import TemplateError
        from jinja2.sandbox import ImmutableSandboxedEnvironment

        def refuse(reason: str) -> NoReturn:
            raise TemplateError(reason)

        # the settings under which transformers renders chat templates, so that both see the same text
        environment = ImmutableSandboxedEnvironment(
            trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.loopcontrols"]
        )
        environment.globals["raise_exception"] = refuse
        self._failures = (TemplateError, TypeError, ValueError, KeyError, ArithmeticError)
        self._control = dict(control)
        self._source = template
        self._names = {"bos_token": bos, "eos_token": eos}
        texts = sorted((t for t in control if t), key=len, reverse=True)
        self._pattern = re.compile("|".join(re.escape(t) for t in texts) if texts else r"(?!)")
        try:
            self._template = environment.from_string(template)
        except TemplateError as exc:
            raise ModelUnreadable(f"The model's chat template is broken: {exc}.", "Convert the model again.") from exc

    def parts(self, messages: Sequence[Message]) -> list[str | int]:
        """The prompt up to where the model speaks: control tokens as ids, everything between them as text that is to be
        tokenised without looking for control tokens."""
        seam = self._seam(messages)
        rendered = self._render([{"role": m.role, "content": self._sewn(m.content, seam)} for m in messages])
        parts: list[str | int] = []
        at = 0
        for found in self._pattern.finditer(rendered):
            if text := rendered[at : found.start()].replace(seam, ""):
                parts.append(text)
            parts.append(self._control[found.group()])
            at = found.end()
        if text := rendered[at:].replace(seam, ""):
            parts.append(text)
        return parts

    def _render(self, messages: list[dict[str, Any]]) -> str:
        try:
            return self._template.render(messages=messages, add_generation_prompt=True, **self._names)
        except self._failures as exc:
            raise ModelUnreadable(
                f"The model's chat template does not take these messages: {exc}.", "Use a model whose template does."
            ) from exc

    def _seam(self, messages: Sequence[Message]) -> str:
        """A character that occurs nowhere in the prompt."""
        used = set(self._source).union(*(m.content for m in messages), *self._control)
        for code in _PRIVATE_USE:
            if chr(code) not in used:
                return chr(code)
        raise ModelUnreadable("The messages use every private character of Unicode.", "Remove them from the text.")

    def _sewn(self, content: str, seam: str) -> str:
        """``content`` with seams in it, so that no control token's text is left, neither inside nor across its ends.
        White space at the ends stays outside the seams: templates trim it."""
        core = content.strip()
        if not core:
            return content
        inner = self._pattern.sub(lambda found: seam.join(found.group()), core)
        start = content.index(core)
        return f"{content[:start]}{seam}{inner}{seam}{content[start + len(core) :]}"
