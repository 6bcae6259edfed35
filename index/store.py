"""The vector store: embedded Chroma, which can always be rebuilt from the truth. The only door to chromadb."""

from __future__ import annotations

import os
import shutil
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import Any

from index.embedder import Vectors
from index.errors import IndexStale

COLLECTION = "passages"
ADD_AT_ONCE = 1000


class VectorStore:
    """Vectors by passage id. ``embedder`` is the name of what made them; opening those of another, or damaged ones,
    raises IndexStale. ``fresh=True`` throws away whatever is in the folder first."""

    def __init__(self, folder: Path, embedder: str, *, fresh: bool = False) -> None:
        # Chroma's telemetry is switched off twice: by setting and by environment, since both have been ignored before
        os.environ.setdefault("ANONYMIZED_TELEMETRY", "False")
        import chromadb
        from chromadb.api.shared_system_client import SharedSystemClient
        from chromadb.config import Settings
        from chromadb.errors import ChromaError

        if fresh and folder.exists():
            shutil.rmtree(folder)
        folder.mkdir(parents=True, exist_ok=True)
        self._client: Any = None
        try:
            self._client = chromadb.PersistentClient(
                path=str(folder), settings=Settings(anonymized_telemetry=False, allow_reset=False)
            )
            self._collection = self._make(embedder)
        except ChromaError as error:
            self.close()
            SharedSystemClient.clear_system_cache()  # it would hand out the broken client again, even for a new folder
            raise IndexStale(
                f"The vectors in {folder} cannot be opened ({error}).", "Rebuild them with: andon index rebuild"
            ) from error
        made_with = (self._collection.metadata or {}).get("embedder")
        if made_with != embedder:
            self.close()
            raise IndexStale(
                f"The vectors in {folder} were made with {made_with}, not with {embedder}.",
                "Rebuild them with: andon index rebuild",
                made_with=str(made_with),
            )

    def _make(self, embedder: str) -> Any:
        return self._client.get_or_create_collection(
            COLLECTION,
            embedding_function=None,
            metadata={"embedder": embedder},
            configuration={"hnsw": {"space": "cosine"}},
        )

    def close(self) -> None:
        """Let go of the files, so that they can be opened again."""
        if self._client is not None:
            self._client.close()

    def add(self, ids: Sequence[str], vectors: Vectors, manual_ids: Sequence[str]) -> None:
        for start in range(0, len(ids), ADD_AT_ONCE):
            part = slice(start, start + ADD_AT_ONCE)
            self._collection.upsert(
                ids=list(ids[part]),
                embeddings=vectors[part],
                metadatas=[{"manual": manual} for manual in manual_ids[part]],
            )

    def delete(self, ids: Iterable[str]) -> None:
        gone = list(ids)
        for start in range(0, len(gone), ADD_AT_ONCE):
            self._collection.delete(ids=gone[start : start + ADD_AT_ONCE])

    def nearest(self, vector: Vectors, k: int, manual_ids: Collection[str] = ()) -> list[tuple[str, float]]:
        """The ``k`` nearest passage ids with cosine similarity, best first; of these manuals only, if any are named.
        ``vector`` has shape (dim,)."""
        count = self.count()
        if k <= 0 or count == 0:
            return []
        found = self._collection.query(
            query_embeddings=[vector],
            n_results=min(k, count),
            include=["distances"],
            where={"manual": {"$in": sorted(manual_ids)}} if manual_ids else None,
        )
        return [(str(i), 1.0 - float(d)) for i, d in zip(found["ids"][0], found["distances"][0], strict=True)]

    def ids(self) -> set[str]:
        return {str(i) for i in self._collection.get(include=[])["ids"]}

    def count(self) -> int:
        return int(self._collection.count())

    def clear(self, embedder: str) -> None:
        """Throw all vectors away and start again for ``embedder``."""
        self._client.delete_collection(COLLECTION)
        self._collection = self._make(embedder)
