"""The vector store: Chroma, embedded or a server, always rebuilt from the truth at need. The only door to chromadb.

Each embedder has a collection for each language of manuals, since a search asks each language for its own neighbours
and Chroma's filters cost time with every vector that they let through. Vectors of an older Andon lie in one collection
without a language, until ``settle`` puts them in their places.

A server is shared perhaps, so collections on it carry the index's own name. It is asked by HTTP at the address that is
set and nowhere else; when it does not answer, VectorsAway is raised at once for ``WAIT_S``, so that no question waits.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

import numpy as np

from index.embedders.embedder import Vectors
from index.errors import IndexFailed, IndexStale, VectorsAway

ADD_AT_ONCE = 1000
AT_ONCE = 4096  # that are read
ANSWERS_WITHIN_S = 30.0  # a server; adding a thousand vectors takes it 2 to 3 s
WAIT_S = 20.0
MOST_COLLECTIONS = 10_000  # that a server is asked for
_REBUILD = "Rebuild them with: andon index rebuild"


class VectorStore:
    """Vectors by passage id: those of another embedder stay until ``drop_others``. ``place`` is a folder, or the
    address of a server ("http://127.0.0.1:8000"), where ``index`` tells one index from another; ``embedder`` is the
    name of what makes them. Damaged ones raise IndexStale, and a server that does not answer VectorsAway.
    ``fresh=True`` throws away first what is in the folder, or this index's on the server."""

    def __init__(self, place: Path | str, embedder: str, *, index: str = "", fresh: bool = False) -> None:
        # Chroma's telemetry is switched off twice: by setting and by environment, since both have been ignored before
        os.environ.setdefault("ANONYMIZED_TELEMETRY", "False")
        _leave_out_exporter()
        self.place = place
        self._embedder = embedder
        self._index = index
        self._away_until = 0.0
        self._client: Any = None
        if isinstance(place, Path):
            if fresh and place.exists():
                shutil.rmtree(place)
            place.mkdir(parents=True, exist_ok=True)
            self._open_folder(place)
        else:
            with self._asked():
                self._client = _server(place)
                for held in self._held() if fresh else ():
                    self._client.delete_collection(held.name)
                self._parts = self._open()

    def _open_folder(self, folder: Path) -> None:
        import chromadb
        from chromadb.api.shared_system_client import SharedSystemClient
        from chromadb.config import Settings
        from chromadb.errors import ChromaError

        try:
            self._client = chromadb.PersistentClient(
                path=str(folder), settings=Settings(anonymized_telemetry=False, allow_reset=False)
            )
            self._parts = self._open()
            for part in self._parts.values():
                part.get(limit=1, include=["embeddings"])  # reads the files; later it would be too late
        except ChromaError as error:
            self.close()
            SharedSystemClient.clear_system_cache()  # it would hand out the broken client again, even for a new folder
            raise IndexStale(f"The vectors in {folder} cannot be opened ({error}).", _REBUILD) from error

    @contextmanager
    def _asked(self) -> Iterator[None]:
        """What a server's silence and a refusal are to whoever asks. A folder refuses where it is damaged, or where
        ``clear`` has thrown away on another thread what is asked just now."""
        import httpx
        from chromadb.errors import ChromaError, NotFoundError

        if isinstance(self.place, Path):
            try:
                yield
            except ChromaError as error:
                raise IndexStale(f"The vectors in {self.place} cannot be asked ({error}).", _REBUILD) from error
            return
        if time.monotonic() < self._away_until:
            raise self._away("it did not answer a moment ago")
        try:
            yield
        except NotFoundError as error:
            raise IndexStale(
                f"The vector server {self.place} has lost this index's vectors ({error}).", _REBUILD
            ) from error
        except (httpx.HTTPError, ChromaError, ValueError, OSError) as error:  # the client says ValueError for no answer
            self._away_until = time.monotonic() + WAIT_S
            raise self._away(str(error)) from error

    def _away(self, reason: str) -> VectorsAway:
        port = urlsplit(str(self.place)).port or 8000
        return VectorsAway(
            f"The vector server {self.place} does not answer ({reason}).",
            f"Start it with: chroma run --host 127.0.0.1 --port {port} --path FOLDER; then start Andon again.",
        )

    def _held(self) -> list[Any]:
        """This index's collections, of all embedders."""
        found = self._client.list_collections(limit=MOST_COLLECTIONS)
        return [held for held in found if (held.metadata or {}).get("index", "") == self._index]

    def _open(self) -> dict[str, Any]:
        """The collections that name this embedder, whatever they are called, by language; "" for one without."""
        return {
            str(held.metadata.get("lang", "")): self._client.get_collection(held.name, embedding_function=None)
            for held in self._held()
            if (held.metadata or {}).get("embedder") == self._embedder
        }

    def _part(self, lang: str) -> Any:
        """The collection for ``lang``, made where there is none yet."""
        if lang not in self._parts:
            name = hashlib.sha256(f"{self._embedder} {self._index}".encode()).hexdigest()[:16]
            self._parts[lang] = self._client.get_or_create_collection(
                f"passages-{name}-{lang or 'any'}",
                embedding_function=None,
                metadata={"embedder": self._embedder, "lang": lang, "index": self._index},
                configuration={"hnsw": {"space": "cosine"}},
            )
        return self._parts[lang]

    @property
    def by_language(self) -> bool:
        """Whether every vector lies with those of its language."""
        return "" not in self._parts

    def settle(self, lang_of: Mapping[str, str]) -> None:
        """Put vectors that lie without a language (``lang_of``: passage id -> language of its manual) in their places.
        Broken off, it goes on the next time; vectors of no known passage go."""
        with self._asked():
            old = self._parts.get("")
            while old is not None and (part := old.get(limit=ADD_AT_ONCE, include=["embeddings", "metadatas"]))["ids"]:
                rows = list(zip(part["ids"], part["embeddings"], part["metadatas"], strict=True))
                for lang in sorted({lang_of[row[0]] for row in rows if row[0] in lang_of}):
                    own = [row for row in rows if lang_of.get(row[0]) == lang]
                    ids, vectors, metadatas = (list(column) for column in zip(*own, strict=True))
                    self._part(lang).upsert(ids=ids, embeddings=vectors, metadatas=metadatas)
                old.delete(ids=part["ids"])
            if old is not None:
                self._client.delete_collection(old.name)
                del self._parts[""]

    def others(self) -> list[str]:
        """The embedders of which vectors lie here besides this one's."""
        with self._asked():
            names = [str((held.metadata or {}).get("embedder")) for held in self._held()]
            return sorted(set(names) - {self._embedder})

    def drop_others(self) -> None:
        """Throw away the vectors of every other embedder. Chroma leaves their files behind (1.7 KB a vector of 384
        places); opening with ``fresh`` frees them."""
        with self._asked():
            own = {part.id for part in self._parts.values()}
            for collection in self._held():
                if collection.id not in own:
                    self._client.delete_collection(collection.name)

    def close(self) -> None:
        """Let go of the files, so that they can be opened again."""
        if self._client is not None:
            self._client.close()

    def add(self, ids: Sequence[str], vectors: Vectors, manual_ids: Sequence[str], lang: str = "") -> None:
        """Put vectors, of manuals in ``lang``."""
        with self._asked():
            for start in range(0, len(ids), ADD_AT_ONCE):
                part = slice(start, start + ADD_AT_ONCE)
                self._part(lang).upsert(
                    ids=list(ids[part]),
                    embeddings=vectors[part],
                    metadatas=[{"manual": manual} for manual in manual_ids[part]],
                )

    def delete(self, ids: Iterable[str]) -> None:
        gone = list(ids)
        with self._asked():
            for start in range(0, len(gone), ADD_AT_ONCE):
                for part in list(self._parts.values()):
                    part.delete(ids=gone[start : start + ADD_AT_ONCE])

    def nearest(
        self,
        vector: Vectors,
        k: int,
        manual_ids: Collection[str] = (),
        only: Sequence[str] | None = None,
        lang: str | None = None,
    ) -> list[tuple[str, float]]:
        """The ``k`` nearest passage ids with cosine similarity, best first; of these manuals only, if any are named, of
        the passages ``only``, if they are given, and of manuals in ``lang``. ``vector`` has shape (dim,)."""
        if k <= 0 or (only is not None and not only):
            return []
        near: list[tuple[str, float]] = []
        with self._asked():
            for name, part in list(self._parts.items()):
                if lang is None or name == lang:
                    found = _query(part, vector, k, manual_ids, only)
                    near += [
                        (str(i), 1.0 - float(d)) for i, d in zip(found["ids"][0], found["distances"][0], strict=True)
                    ]
        return sorted(near, key=lambda one: -one[1])[:k]

    def ids(self) -> set[str]:
        with self._asked():
            return {str(i) for part in list(self._parts.values()) for i in part.get(include=[])["ids"]}

    def vectors(self, ids: Iterable[str]) -> dict[str, Vectors]:
        """The vectors, each of shape (dim,), as search sees them. Raises IndexStale where a listed one is lost."""
        found: dict[str, Vectors] = {}
        wanted = list(ids)
        for start in range(0, len(wanted), ADD_AT_ONCE):
            for part in list(self._parts.values()):
                held = self._got(part, wanted[start : start + ADD_AT_ONCE], ["embeddings"])
                found |= {str(i): vector for i, vector in zip(held["ids"], held["embeddings"], strict=True)}
        return found

    def _got(self, part: Any, ids: list[str], what: list[str]) -> Any:
        """What ``part`` holds of these ids that it has, with a vector for each."""
        from chromadb.errors import ChromaError

        with self._asked():
            try:
                held = part.get(ids=ids, include=what)
                if len(held["ids"]) != len(held["embeddings"]):
                    raise ValueError(f"{len(held['ids'])} are listed, {len(held['embeddings'])} are there")
            except (ChromaError, ValueError) as error:  # ids without vectors, where they are thrown away now
                raise IndexStale(f"Vectors are lost ({error}).", _REBUILD) from error
            return held

    def each(self) -> Iterator[tuple[str, list[str], list[str], Vectors]]:
        """All of it: (language, passage ids, manuals, vectors), some at a time. Raises IndexStale as ``vectors``."""
        for lang, part in list(self._parts.items()):
            with self._asked():
                ids = part.get(include=[])["ids"]
            for start in range(0, len(ids), AT_ONCE):
                held = self._got(part, ids[start : start + AT_ONCE], ["embeddings", "metadatas"])
                manuals = [str((told or {}).get("manual", "")) for told in held["metadatas"]]
                yield lang, list(held["ids"]), manuals, np.asarray(held["embeddings"], np.float32)

    def count(self) -> int:
        with self._asked():
            return sum(int(part.count()) for part in list(self._parts.values()))

    def clear(self) -> None:
        """Throw this embedder's vectors away and start again."""
        with self._asked():
            gone, self._parts = self._parts, {}
            for part in gone.values():
                self._client.delete_collection(part.name)


def _leave_out_exporter() -> None:
    """Chroma imports gRPC with an exporter of traces that is used only where an address for them is set, which Andon
    never does: 12 MB, and a way out of the box, less."""
    name = "opentelemetry.exporter.otlp.proto.grpc.trace_exporter"
    if name not in sys.modules:
        stand_in = ModuleType(name)
        stand_in.OTLPSpanExporter = None  # type: ignore[attr-defined]
        sys.modules[name] = stand_in


def _query(part: Any, vector: Vectors, k: int, manual_ids: Collection[str], only: Sequence[str] | None) -> Any:
    """What a collection has near ``vector``. Chroma refuses a query that names an id which it does not hold, as one may
    be whose manual is removed just now: such ids are left out then."""
    from chromadb.errors import ChromaError

    asked: dict[str, Any] = {
        "query_embeddings": [vector],
        "n_results": k,
        "include": ["distances"],
        "where": {"manual": {"$in": sorted(manual_ids)}} if manual_ids else None,
    }
    if only is None:
        return part.query(**asked)
    try:
        return part.query(**asked, ids=list(only))
    except ChromaError:
        batches = (list(only[start : start + ADD_AT_ONCE]) for start in range(0, len(only), ADD_AT_ONCE))
        held = [i for batch in batches for i in part.get(ids=batch, include=[])["ids"]]
        return part.query(**asked, ids=held) if held else {"ids": [[]], "distances": [[]]}


def _server(address: str) -> Any:
    """A client of the server at ``address``. Raises IndexFailed where that is no address."""
    import chromadb
    import httpx
    from chromadb.config import Settings

    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise IndexFailed(f"{address!r} is no address of a vector server.", "It looks like http://127.0.0.1:8000.")
    # Chroma's client would wait for ever, already while it is made, and has no setting for it
    httpx.get(f"{address.rstrip('/')}/api/v2/heartbeat", timeout=ANSWERS_WITHIN_S).raise_for_status()
    client = chromadb.HttpClient(
        parts.hostname, parts.port or 8000, ssl=parts.scheme == "https", settings=Settings(anonymized_telemetry=False)
    )
    client._server._session.timeout = ANSWERS_WITHIN_S
    return client
