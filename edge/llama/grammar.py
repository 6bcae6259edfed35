"""Grammar: binds free speech to a GBNF grammar or a JSON Schema, by llama.cpp's own grammar sampler."""

from __future__ import annotations

import ctypes
import json
import re
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from edge.errors import GrammarWrong
from edge.llama.library import LlamaModel, library
from edge.runner import Sampling

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MOST_CHARACTERS = 65_536  # llama.cpp's parser takes seconds for more
_TEXT = re.compile(r'"(?:\\.|[^"\\])*"|\[(?:\\.|[^\]\\])*\]|#[^\n]*')  # literals, character classes, remarks
_REPEAT = re.compile(r"\{\s*(\d+)\s*,\s*(\d+)\s*\}")


class Grammar:
    """What may come next, from the beginning of an answer on. Free it with ``close``.

    Errors: GrammarWrong.
    """

    def __init__(self, model: LlamaModel, gbnf: str) -> None:
        import numpy as np

        if len(gbnf) > MOST_CHARACTERS:
            raise GrammarWrong(
                f"The grammar has {len(gbnf):,} characters, more than {MOST_CHARACTERS:,}.", "Use a simpler one."
            )
        if any(int(least) > int(most) for least, most in _REPEAT.findall(_TEXT.sub("", gbnf))):
            # llama.cpp counts down from the one to the other and meets zero after 2^64 steps
            raise GrammarWrong("A repetition in the grammar ends before it begins.", "Write it as {least,most}.")
        self._llama = library()
        self._handle = self._llama.llama_sampler_init_grammar(model.vocab, gbnf.encode("utf-8", "replace"), b"root")
        if not self._handle:
            raise GrammarWrong(
                "The grammar cannot be used: it lacks the rule root, names a rule that is not there, begins a rule "
                "with itself, or is not GBNF.",
                "Check it against llama.cpp's grammars/README.md.",
            )
        # llama_token_data
        self._all = np.zeros(model.vocab_size, dtype=[("id", np.int32), ("logit", np.float32), ("p", np.float32)])
        self._ids = np.arange(model.vocab_size, dtype=np.int32)

    def allows(self, token: int) -> bool:
        """Whether ``token`` may come next; much cheaper than ``bound``."""
        self._all[0] = (token, 1.0, 0.0)
        self._apply(1)
        return bool(self._all["logit"][0] > float("-inf"))

    def bound(self, logits: NDArray[np.float32]) -> NDArray[np.float32]:
        """``logits`` with minus infinity for each token that may not come next.

        Errors: GrammarWrong where none may: the vocabulary cannot write what the grammar asks for.
        """
        self._all["id"], self._all["logit"] = self._ids, logits
        self._apply(len(self._all))
        found: NDArray[np.float32] = self._all["logit"].copy()
        if float(found.max()) == float("-inf"):
            raise GrammarWrong(
                "No token of the model goes on as the grammar asks for.", "Let it allow other characters there."
            )
        return found

    def accept(self, token: int) -> None:
        """``token``, which ``allows`` or ``bound`` lets through, has been said."""
        self._llama.llama_sampler_accept(self._handle, token)

    def _apply(self, count: int) -> None:
        data = self._all.ctypes.data_as(self._llama.llama_token_data_p)
        array = self._llama.llama_token_data_array(data=data, size=count, selected=-1, sorted=False)
        self._llama.llama_sampler_apply(self._handle, ctypes.byref(array))

    def close(self) -> None:
        if self._handle:
            self._llama.llama_sampler_free(self._handle)
            self._handle = None


def grammar_of(model: LlamaModel, sampling: Sampling) -> Grammar | None:
    """The grammar that ``sampling`` asks for; None for none. Errors: GrammarWrong."""
    if sampling.grammar and sampling.json_schema:
        raise GrammarWrong("A grammar and a JSON Schema cannot bind one answer.", "Give one of them.")
    if sampling.json_schema:
        return Grammar(model, gbnf_of(sampling.json_schema))
    return Grammar(model, sampling.grammar) if sampling.grammar else None


def gbnf_of(json_schema: str) -> str:
    """A JSON Schema as a grammar for JSON that keeps to it, by the binding's translation.

    Errors: GrammarWrong for what is no JSON, no schema, or a schema that cannot be translated.
    """
    try:
        converter = _converter()
        converter.visit(converter.resolve_refs(json.loads(json_schema), "asked"), "")
        return str(converter.format_grammar())
    except RecursionError:
        raise GrammarWrong("The JSON Schema is nested too deep.", "Use a simpler one.") from None
    except Exception as exc:  # the translation raises what comes up: AssertionError, KeyError, re.error ...
        raise GrammarWrong(f"The JSON Schema cannot be followed: {str(exc)[:300]}.", "Use a simpler one.") from exc


def _converter() -> Any:
    """The binding's translation, but for constants and names. Those it hands to GBNF as JSON writes them, unescaped, so
    that a backslash or a line break in one makes another text of it or no JSON, and half of all emoji no text."""
    library()
    from llama_cpp.llama_grammar import SchemaConverter

    class Converter(SchemaConverter):  # type: ignore[misc]
        def _format_literal(self, literal: str) -> str:
            with suppress(ValueError):  # else a character of its own rules
                literal = json.dumps(json.loads(literal), ensure_ascii=False)
            return '"' + re.sub(r'[\\"]', r"\\\g<0>", literal).replace("\n", r"\n").replace("\r", r"\r") + '"'

    return Converter(prop_order={}, allow_fetch=False, dotall=False, raw_pattern=False)
