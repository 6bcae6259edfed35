"""TokenParity: whether a converted file splits text into the ids that its source does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from edge.probe_texts import PROBE_TEXTS


@dataclass(frozen=True, slots=True)
class TokenParity:
    """``checked`` texts, those of them that were split otherwise, and by what the source was read: "tokenizers",
    "sentencepiece", or "" where nothing installed can read it, so that nothing was checked."""

    checked: int
    different: tuple[str, ...]
    by: str


def token_parity(folder: Path, gguf: Path, texts: Sequence[str] = PROBE_TEXTS) -> TokenParity:
    """Compares the tokenizer in ``folder`` with that in ``gguf``. Errors: ModelUnreadable for ``gguf``."""
    from edge.llama.library import LlamaModel

    reader, by = _reader(folder)
    if reader is None:
        return TokenParity(0, (), "")
    model = LlamaModel(gguf, vocab_only=True)
    try:
        # as transformers does, marks written in a text count; sentencepiece itself takes them for text
        marks = by == "tokenizers"
        different = [t for t in texts if model.tokenize(t, add_special=marks, parse_special=marks) != reader(t)]
    finally:
        model.close()
    return TokenParity(len(texts), tuple(different), by)


def _reader(folder: Path) -> tuple[Callable[[str], list[int]] | None, str]:
    if (folder / "tokenizer.json").is_file():
        try:
            from tokenizers import Tokenizer
        except ImportError:
            return None, ""
        found = Tokenizer.from_file(str(folder / "tokenizer.json"))
        return lambda text: list(found.encode(text).ids), "tokenizers"
    try:
        import sentencepiece
    except ImportError:
        return None, ""
    pieces = sentencepiece.SentencePieceProcessor(model_file=str(folder / "tokenizer.model"))
    return lambda text: list(pieces.encode(text)), "sentencepiece"
