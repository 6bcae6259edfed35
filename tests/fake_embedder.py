"""FakeEmbedder: a bag of terms hashed into 64 places; deterministic, without a model, for both languages."""

from __future__ import annotations

import time
from collections.abc import Sequence
from zlib import crc32

import numpy as np

from index.embedders.embedder import Reading, TextKind, Vectors, without_words
from index.text import terms


class FakeEmbedder:
    """Texts with terms in common are near each other. ``calls`` counts (kind, number of texts); ``seconds_a_text``
    makes it slow; ``word_dim`` places for each term, none by default."""

    def __init__(
        self,
        name: str = "fake",
        languages: Sequence[str] = ("ja", "en"),
        seconds_a_text: float = 0.0,
        word_dim: int = 0,
    ) -> None:
        self.name = name
        self.dim = 64
        self.word_dim = word_dim
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

    def read(self, texts: Sequence[str], kind: TextKind) -> list[Reading]:
        vectors = self.embed(texts, kind)
        if not self.word_dim:
            return without_words(vectors)
        return [Reading(vector, *self._words(text)) for vector, text in zip(vectors, texts, strict=True)]

    def _words(self, text: str) -> tuple[Vectors, Vectors]:
        found = terms(text)
        words = np.zeros((len(found), self.word_dim), dtype=np.float32)
        for row, term in enumerate(found):
            words[row, crc32(term.encode()) % self.word_dim] = 1.0
        return words, np.ones(len(found), dtype=np.float32)
