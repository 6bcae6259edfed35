"""Embedder: texts -> unit vectors, and which embedder a setting means."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Reading:
    """A text as an embedder reads it: ``vector`` (dim,) of unit length; ``words`` (t, word_dim) float32, each of unit
    length, and ``weights`` (t,), 0 or more. A text without words has none, nor has any where word_dim is 0."""

    vector: Vectors
    words: Vectors
    weights: Vectors


class Embedder(Protocol):
    """``name`` is stored with the vectors, and names the weights: other weights, another name, and all vectors are
    made again. ``languages`` are those in which its neighbours mean something: search does not ask it in others.
    ``embed`` returns (n, dim) float32 rows of unit length for any text, and may be called from several threads, as may
    ``read``, which gives the same vectors and, where ``word_dim`` is above 0, a vector for each word as well."""

    @property
    def name(self) -> str: ...

    @property
    def dim(self) -> int: ...

    @property
    def word_dim(self) -> int: ...

    @property
    def languages(self) -> frozenset[str]: ...

    def load(self) -> None:
        """Read the weights, once; ``embed`` does so too. Raises EmbedderMissing."""
        ...

    def embed(self, texts: Sequence[str], kind: TextKind) -> Vectors: ...

    def read(self, texts: Sequence[str], kind: TextKind) -> list[Reading]: ...


def without_words(vectors: Vectors) -> list[Reading]:
    """Readings of an embedder that has no words: what its ``embed`` gave."""
    return [Reading(vector, np.zeros((0, 0), np.float32), np.zeros(0, np.float32)) for vector in vectors]


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
