"""Embedder: texts -> unit vectors, and which embedder a setting means."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from index.errors import IndexFailed

Vectors = NDArray[np.float32]
TextKind = Literal["query", "passage"]


class EmbedderMissing(IndexFailed):
    """An embedder's file or package is absent, or is not what it should be. Search goes on by codes and keywords."""

    code = "embedder_missing"


class Embedder(Protocol):
    """``name`` is stored with the vectors, and names the weights: other weights, another name, and all vectors are
    made again. ``languages`` are those in which its neighbours mean something: search does not ask it in others.
    ``embed`` returns (n, dim) float32 rows of unit length for any text, and may be called from several threads."""

    @property
    def name(self) -> str: ...

    @property
    def dim(self) -> int: ...

    @property
    def languages(self) -> frozenset[str]: ...

    def load(self) -> None:
        """Read the weights, once; ``embed`` does so too. Raises EmbedderMissing."""
        ...

    def embed(self, texts: Sequence[str], kind: TextKind) -> Vectors: ...


def make_embedder(setting: str) -> Embedder | None:
    """The embedder that ``setting`` means, not yet loaded: None for "none" (codes and keywords only), "minilm", the
    path of an .onnx file with its tokenizer beside it, or the folder of a sentence-transformers model. Raises
    EmbedderMissing."""
    if setting == "none":
        return None
    if setting == "minilm":
        from index.embedders.torch_model import MiniLm

        return MiniLm()
    path = Path(setting).expanduser()
    if path.suffix.lower() == ".onnx":
        from index.embedders.onnx_file import OnnxEmbedder

        return OnnxEmbedder(path)
    if path.is_dir():
        from index.embedders.torch_model import SentenceModel

        return SentenceModel(path)
    raise EmbedderMissing(
        f"There is no embedder {setting!r}.",
        'The setting embedder may be an id of models.toml with role "embedder", the path of an .onnx file, the folder '
        'of a sentence-transformers model, "minilm", or "none".',
    )
