"""TokenizerFlags: what a tokenizer puts around a text, which tokens were added to it, and its chat template."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from edge.errors import ConversionRefused
from edge.llama_shape import read_json


@dataclass(frozen=True, slots=True)
class TokenizerFlags:
    """Whether the tokenizer begins a text with bos, ends it with eos, and puts a space before its first word."""

    add_bos: bool
    add_eos: bool
    space_prefix: bool


@dataclass(frozen=True, slots=True)
class Added:
    """A token added to a trained vocabulary. ``special`` ones steer the model and never come from plain text."""

    id: int
    text: str
    special: bool


def token_text(value: Any) -> str:
    """The text of a token as tokenizer_config.json writes it: plain, or an object with ``content``."""
    if isinstance(value, dict):
        value = value.get("content")
    return value if isinstance(value, str) else ""


def read_flags(config: dict[str, Any], table: dict[str, Any], *, space_prefix: bool, bos: bool) -> TokenizerFlags:
    """tokenizer.json says it best, since that is what transformers runs; then tokenizer_config.json; then the defaults
    given here, which come from the SentencePiece model."""
    if table:
        before, after = _around(table.get("post_processor") or {})
        return TokenizerFlags(before, after, _prefix(table, space_prefix))
    return TokenizerFlags(
        add_bos=bool(config.get("add_bos_token", bos)),
        add_eos=bool(config.get("add_eos_token", False)),
        space_prefix=bool(config.get("add_prefix_space", space_prefix)),
    )


def _around(processor: dict[str, Any]) -> tuple[bool, bool]:
    """Whether a special token stands before and after the text in the post-processor's template."""
    for step in processor.get("processors", [processor]):
        if step.get("type") == "TemplateProcessing":
            places = ["SpecialToken" in item for item in step["single"]]
            return places[0], places[-1]
    return False, False


def _prefix(table: dict[str, Any], default: bool) -> bool:
    pre, norm = table.get("pre_tokenizer") or {}, table.get("normalizer") or {}
    if pre.get("type") == "Metaspace":
        return bool(pre.get("prepend_scheme", "always") != "never")
    if norm:
        return any(step.get("type") == "Prepend" for step in norm.get("normalizers", [norm]))
    return default


def read_added(config: dict[str, Any], table: dict[str, Any], folder: Path) -> tuple[Added, ...]:
    """The added tokens by rising id, from tokenizer.json, tokenizer_config.json or the older added_tokens.json.

    Errors: ConversionRefused for a token that swallows the white space around it, which llama.cpp does not do.
    """
    entries: dict[int, dict[str, Any]] = {}
    older = folder / "added_tokens.json"
    if older.is_file():
        entries.update({int(n): {"content": text, "special": False} for text, n in read_json(older).items()})
    entries.update({int(n): entry for n, entry in config.get("added_tokens_decoder", {}).items()})
    entries.update({int(entry["id"]): entry for entry in table.get("added_tokens", [])})
    for entry in entries.values():
        if entry.get("lstrip") or entry.get("rstrip") or entry.get("single_word"):
            raise ConversionRefused(
                f"The added token {entry['content']!r} takes the white space beside it.",
                "Add it with lstrip, rstrip and single_word all False.",
            )
    return tuple(Added(n, entries[n]["content"], bool(entries[n].get("special"))) for n in sorted(entries))


def read_chat_template(folder: Path, config: dict[str, Any]) -> str:
    """The Jinja chat template: chat_template.jinja where it is, else that of tokenizer_config.json; "" for none."""
    beside = folder / "chat_template.jinja"
    if beside.is_file():
        return beside.read_text(encoding="utf-8")
    template = config.get("chat_template") or ""
    if isinstance(template, list):
        named = {entry.get("name"): entry.get("template", "") for entry in template}
        template = named.get("default", "")
    return str(template)
