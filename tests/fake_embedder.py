"""FakeEmbedder: a bag of terms hashed into 64 places; deterministic, without a model, for both languages."""

from __future__ import annotations

import time
from collections.abc import Sequence
from zlib import crc32

import numpy as np

from index.embedders.embedder import TextKind, Vectors
from index.text import terms


class FakeEmbedder:
    """Texts with terms in common are near each other. ``calls`` counts (kind, number of texts); ``seconds_a_text``
    makes it slow."""

    def __init__(
        self, name: str = "fake", languages: Sequence[str] = ("ja", "en"), seconds_a_text: float = 0.0
    ) -> None:
        self.name = name
        self.dim = 64
        self.languages = frozenset(languages)
        self.calls: list[tuple[TextKind, int]] = []
        self._seconds_a_text = seconds_a_text

    def load(self) -> None:
        """There is nothing to read."""

    def embed(self, texts: Sequence[str], kind: TextKind) -> Vectors:
        self.calls.append((kind, len(texts)))
        time.sleep(self._seconds_a_text * len(texts))
        vectors = np.zeros((len(texts), self.dim), dtype=np.float32)
        for row, text in enumerate(texts):
            for term in terms(text) or ["nothing"]:
                vectors[row, crc32(term.encode()) % self.dim] += 1.0
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True).astype(np.float32)
