"""The vector store: embedded Chroma, which can always be rebuilt from the truth. The only door to chromadb."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import Any

from index.embedders.embedder import Vectors
from index.errors import IndexStale

ADD_AT_ONCE = 1000
_REBUILD = "Rebuild them with: andon index rebuild"


class VectorStore:
    """Vectors by passage id, in one collection for each embedder: those of another embedder stay until ``drop_others``.
    ``embedder`` is the name of what makes them. Damaged ones raise IndexStale. ``fresh=True`` throws away whatever is
    in the folder first."""

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
        self._embedder = embedder
        self._client: Any = None
        try:
            self._client = chromadb.PersistentClient(
                path=str(folder), settings=Settings(anonymized_telemetry=False, allow_reset=False)
            )
            self._collection = self._open()
            self._collection.get(limit=1, include=["embeddings"])  # reads the files; later it would be too late
        except ChromaError as error:
            self.close()
            SharedSystemClient.clear_system_cache()  # it would hand out the broken client again, even for a new folder
            raise IndexStale(f"The vectors in {folder} cannot be opened ({error}).", _REBUILD) from error

    def _open(self) -> Any:
        """The collection that names this embedder, whatever it is called; else a new one."""
        for held in self._client.list_collections():
            if (held.metadata or {}).get("embedder") == self._embedder:
                return self._client.get_collection(held.name, embedding_function=None)
        return self._client.create_collection(
            f"passages-{hashlib.sha256(self._embedder.encode()).hexdigest()[:12]}",
            embedding_function=None,
            metadata={"embedder": self._embedder},
            configuration={"hnsw": {"space": "cosine"}},
        )

    def others(self) -> list[str]:
        """The embedders of which vectors lie here besides this one's."""
        names = [str((held.metadata or {}).get("embedder")) for held in self._client.list_collections()]
        return sorted(set(names) - {self._embedder})

    def drop_others(self) -> None:
        """Throw away the vectors of every other embedder. Chroma leaves their files behind (1.7 KB a vector of 384
        places); opening with ``fresh`` frees them."""
        for collection in self._client.list_collections():
            if collection.id != self._collection.id:
                self._client.delete_collection(collection.name)

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

    def nearest(
        self, vector: Vectors, k: int, manual_ids: Collection[str] = (), only: Sequence[str] | None = None
    ) -> list[tuple[str, float]]:
        """The ``k`` nearest passage ids with cosine similarity, best first; of these manuals only, if any are named,
        and of the passages ``only``, if they are given. ``vector`` has shape (dim,)."""
        count = self.count()
        if k <= 0 or count == 0 or (only is not None and not only):
            return []
        found = self._collection.query(
            query_embeddings=[vector],
            n_results=min(k, count),
            include=["distances"],
            where={"manual": {"$in": sorted(manual_ids)}} if manual_ids else None,
            ids=list(only) if only is not None else None,
        )
        return [(str(i), 1.0 - float(d)) for i, d in zip(found["ids"][0], found["distances"][0], strict=True)]

    def ids(self) -> set[str]:
        return {str(i) for i in self._collection.get(include=[])["ids"]}

    def vectors(self, ids: Iterable[str]) -> dict[str, Vectors]:
        """The vectors, each of shape (dim,), as search sees them. Raises IndexStale where a listed one is lost."""
        from chromadb.errors import ChromaError

        found: dict[str, Vectors] = {}
        wanted = list(ids)
        for start in range(0, len(wanted), ADD_AT_ONCE):
            try:
                part = self._collection.get(ids=wanted[start : start + ADD_AT_ONCE], include=["embeddings"])
            except ChromaError as error:
                raise IndexStale(f"Vectors are lost ({error}).", _REBUILD) from error
            found |= {str(i): vector for i, vector in zip(part["ids"], part["embeddings"], strict=True)}
        return found

    def count(self) -> int:
        return int(self._collection.count())

    def clear(self) -> None:
        """Throw this embedder's vectors away and start again."""
        self._client.delete_collection(self._collection.name)
        self._collection = self._open()
