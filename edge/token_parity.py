"""TokenParity: whether a converted file splits text into the ids that its source does."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from edge.probe_texts import PROBE_TEXTS


@dataclass(frozen=True, slots=True)
class TokenParity:
    """``checked`` texts, those of them that were split otherwise, and by what the source was read: "tokenizers",
    "sentencepiece", or "" where nothing installed can read it, so that nothing was checked. ``at_edges``: texts of
    which only the white space at the beginning, or beside a mark such as <s>, is split otherwise; that happens where a
    tokenizer puts a space before a text, on which transformers and llama.cpp differ."""

    checked: int
    different: tuple[str, ...]
    by: str
    at_edges: tuple[str, ...] = ()


def token_parity(folder: Path, gguf: Path, texts: Sequence[str] = PROBE_TEXTS) -> TokenParity:
    """Compares the tokenizer in ``folder`` with that in ``gguf``. Errors: ModelUnreadable for ``gguf``."""
    from edge.llama.library import LlamaModel

    reader, marks = _reader(folder)
    if reader is None:
        return TokenParity(0, (), "")
    # as transformers does, marks written in a text count; sentencepiece itself takes them for text
    parse = marks is not None
    cut = re.compile("|".join(map(re.escape, sorted(marks, key=len, reverse=True)))) if marks else None
    model = LlamaModel(gguf, vocab_only=True)

    def same(text: str) -> bool:
        return model.tokenize(text, add_special=parse, parse_special=parse) == reader(text)

    try:
        other = [text for text in texts if not same(text)]
        edges = [t for t in other if all(same(one.lstrip()) for one in (cut.split(t) if cut else [t]))]
    finally:
        model.close()
    different = tuple(text for text in other if text not in edges)
    return TokenParity(len(texts), different, "tokenizers" if parse else "sentencepiece", tuple(edges))


def _reader(folder: Path) -> tuple[Callable[[str], list[int]] | None, list[str] | None]:
    """What splits a text as the source does, None where nothing here can; and the texts of its marks, None for a reader
    that knows none."""
    if (folder / "tokenizer.json").is_file():
        try:
            from tokenizers import Tokenizer
        except ImportError:
            return None, None
        found = Tokenizer.from_file(str(folder / "tokenizer.json"))
        marks = [added.content for added in found.get_added_tokens_decoder().values()]
        return lambda text: list(found.encode(text).ids), marks
    try:
        import sentencepiece
    except ImportError:
        return None, None
    pieces = sentencepiece.SentencePieceProcessor(model_file=str(folder / "tokenizer.model"))
    return lambda text: list(pieces.encode(text)), None
