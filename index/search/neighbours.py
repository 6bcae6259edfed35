"""Neighbours: what a search needs of whoever keeps the vectors: the passages nearest to a question's."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Protocol

from index.embedders.embedder import Vectors


class Neighbours(Protocol):
    """The vector store of the manuals, or the vectors of a few notes."""

    @property
    def by_language(self) -> bool:
        """Whether the nearest can be asked for by their manuals' language."""
        ...

    def nearest(
        self,
        vector: Vectors,
        k: int,
        manual_ids: Collection[str] = (),
        only: Sequence[str] | None = None,
        lang: str | None = None,
    ) -> list[tuple[str, float]]:
        """The ``k`` nearest passage ids with cosine similarity, best first, see index.vectors.store."""
        ...
