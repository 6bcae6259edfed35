"""card_of_file: the catalogue entry of a model file that was looked into, with its hash and where it comes from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from edge.errors import EntryRefused, ModelMissing, NotAModel
from edge.gguf_file import GgufFile, read_gguf
from edge.models import ModelCard, Style, file_sha256

SMALLEST_RKLLM_BYTES = 1 << 20  # below that it is a pointer or an error page


@dataclass(frozen=True, slots=True)
class Told:
    """What the person says of the file; "" takes what the file says of itself."""

    id: str = ""
    role: str = "slm"
    licence: str = ""
    source: str = ""
    style: Style = "free"


@dataclass(frozen=True, slots=True)
class LookedInto:
    """The entry and, for GGUF, the head of the file."""

    card: ModelCard
    gguf: GgufFile | None


def look_into(path: Path) -> GgufFile | None:
    """The head of a GGUF file that this box's llama.cpp can open, architecture and vocabulary included; None for
    .rkllm, which only its own runtime can look into.

    Errors: ModelMissing, NotAModel, ModelTruncated, ModelUnreadable.
    """
    if not path.is_file():
        raise ModelMissing(f"There is no file {path}.", "Check the path.")
    if path.suffix.lower() == ".rkllm":
        if path.stat().st_size < SMALLEST_RKLLM_BYTES:
            raise NotAModel(f"{path} has {path.stat().st_size} bytes: too few for a model.", "Copy it again.")
        return None
    head = read_gguf(path)
    from edge.llama.library import LlamaModel

    LlamaModel(path, vocab_only=True).close()
    return head


def card_of_file(path: Path, told: Told) -> LookedInto:
    """The entry of ``path``; reads the whole file. Errors: as ``look_into``; EntryRefused where neither the person nor
    the file says licence and source."""
    head = look_into(path)
    keys = head.keys if head is not None else {}
    licence = told.licence or str(keys.get("general.license.name") or keys.get("general.license") or "")
    source = told.source or str(
        keys.get("general.source.url") or keys.get("general.source.huggingface.repository") or ""
    )
    if not licence or not source:
        lacking = " and ".join(name for name, value in (("licence", licence), ("source", source)) if not value)
        raise EntryRefused(
            f"Neither you nor the file says its {lacking}.",
            "Say it, so that the next person knows: --licence Apache-2.0 --source https://...",
        )
    card = ModelCard(
        id=told.id or path.stem,
        role=told.role,
        path=path.resolve(),
        sha256=file_sha256(path),
        bytes=path.stat().st_size,
        licence=licence,
        source=source,
        style=told.style,
    )
    return LookedInto(card, head)
