"""KeptVectors: the vectors of an index as the other parts use them: Chroma keeps them, a file beside it is searched.

Chroma (index.vectors.store) is written first and is what the file is made from again; the file
(index.vectors.vector_file) is written next and then names the state of Chroma that it agrees with. Where it names
another, or is not there, it is made anew from Chroma, so a process may end anywhere between the two. Who only searches,
and finds the file in agreement, never opens Chroma; who writes opens it for as long as there is something to write, and
``idle_s`` seconds more.

Chroma on a server is asked by itself; there is no file then.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from index.embedders.embedder import Vectors
from index.errors import IndexStale
from index.options import IndexOptions
from index.truth.writer_lock import locked
from index.vectors.store import VectorStore
from index.vectors.store_state import store_state
from index.vectors.vector_file import VectorFile
from index.vectors.vector_probe import OpenMark, damage

IDLE_S = 60.0  # Chroma without work is closed then; opening 10,000 vectors takes half a second
UNKNOWN = "?"  # the state of a Chroma whose tables are not those that are known: agrees with none

log = logging.getLogger(__name__)


class KeptVectors:
    """Vectors by passage id, of one embedder. ``write``: for the holder of the writer lock, who also mends what is
    damaged; others get IndexStale for it. ``fresh`` throws away what is there. ``index`` tells this index from others
    on a server; VectorsAway where that does not answer."""

    def __init__(
        self,
        options: IndexOptions,
        embedder: str,
        *,
        write: bool,
        fresh: bool = False,
        index: str = "",
        idle_s: float = IDLE_S,
    ) -> None:
        self._options = options
        self._embedder = embedder
        self._writes = write
        self._idle_s = idle_s
        self._changing = threading.RLock()  # Chroma and the file, one after the other
        self._guard = threading.Lock()
        self._users = 0
        self._later: threading.Timer | None = None
        self._store: VectorStore | None = None
        self._file: VectorFile | None = None
        self._mark = OpenMark(options.folder)
        self._suspect = self._mark.found  # whoever had Chroma open last did not come to close it
        if options.vector_server:
            self._store = VectorStore(options.vector_server, embedder, index=index, fresh=fresh)
        elif write:
            self._file = VectorFile(options.vector_file, embedder)
            self._begin(self._file, fresh)
        elif self._agrees(file := VectorFile(options.vector_file, embedder)):
            self._file = file
        else:
            file.close()
            self._store = self._opened_to_read()

    # opening

    def _begin(self, file: VectorFile, fresh: bool) -> None:
        """Bring the file into agreement with Chroma, and open it only where they differ."""
        state = store_state(self._options.vectors, self._embedder)
        if fresh:
            self._anew(file)
        elif state is not None and file.version == state.version:
            file.sweep()
        elif state is not None and not state.version:
            file.start()
        else:
            try:
                with self.record() as store:
                    self._copy(store, file)
            except IndexStale as stale:
                log.warning("%s They are thrown away and made again.", stale.message)
                self._anew(file)

    def _anew(self, file: VectorFile) -> None:
        """Chroma and the file without a vector."""
        if self._store is not None:
            self._store.close()
        self._suspect = False
        self._keep(VectorStore(self._options.vectors, self._embedder, fresh=True))
        file.start()
        file.agree(self._version())

    def _agrees(self, file: VectorFile) -> bool:
        """Whether a reader may go by the file. A writer that lives adds to it before the truth names a passage, and
        takes away after: what it does just now is no disagreement."""
        version, state = file.version, store_state(self._options.vectors, self._embedder)
        return version is not None and ((state is not None and version == state.version) or locked(self._options.lock))

    def _opened_to_read(self) -> VectorStore:
        """Chroma for a reader; a process that was killed while it wrote may have left files that end the next one."""
        if self._suspect and not locked(self._options.lock):
            why = damage(self._options.vectors, self._embedder)
            if why:
                raise IndexStale(
                    f"The vectors in {self._options.vectors} are damaged: {why}.", "Run: andon index verify --repair"
                )
        return VectorStore(self._options.vectors, self._embedder)

    def _opened_to_write(self) -> VectorStore:
        """Chroma for the writer; where it is damaged, a new one with the vectors that the file holds."""
        folder = self._options.vectors
        why = damage(folder, self._embedder) if self._suspect else ""
        self._suspect = False
        try:
            if not why:
                return self._keep(VectorStore(folder, self._embedder))
        except IndexStale as stale:
            why = stale.message
        log.warning("The vectors in %s are thrown away and made again: %s", folder, why)
        store = self._keep(VectorStore(folder, self._embedder, fresh=True))
        file = self._file
        if file is not None and file.version is not None:
            for lang, ids, manuals, vectors in file.batches():
                store.add(ids, vectors, manuals, lang)
            file.agree(self._version())
        return store

    def _keep(self, store: VectorStore) -> VectorStore:
        self._mark.leave()
        self._store = store
        return store

    @contextmanager
    def record(self) -> Iterator[VectorStore]:
        """Chroma, opened where it is not. Raises IndexStale where a reader finds it damaged."""
        with self._guard:
            if self._later is not None:
                self._later.cancel()
                self._later = None
            if self._store is None:
                self._store = self._opened_to_write() if self._writes else self._opened_to_read()
            store = self._store
            self._users += 1
        try:
            yield store
        finally:
            with self._guard:
                self._users -= 1
                if not self._users and self._file is not None:
                    self._later = threading.Timer(self._idle_s, self._let_go)
                    self._later.daemon = True
                    self._later.start()

    def _let_go(self) -> None:
        """Close Chroma where nobody uses it."""
        with self._guard:
            if self._users or self._store is None or self._file is None:
                return
            store, self._store = self._store, None
            store.close()
            if self._writes:
                self._mark.clear()

    def close(self) -> None:
        """Let go of all files."""
        with self._guard:
            if self._later is not None:
                self._later.cancel()
            store, self._store = self._store, None
            if store is not None:
                store.close()
                if self._writes and self._file is not None:
                    self._mark.clear()
            if self._file is not None:
                self._file.close()

    # searching

    def _read(self) -> VectorStore | VectorFile:
        if self._file is not None:
            return self._file
        assert self._store is not None
        return self._store

    @property
    def by_language(self) -> bool:
        return self._read().by_language

    def nearest(
        self,
        vector: Vectors,
        k: int,
        manual_ids: Collection[str] = (),
        only: Sequence[str] | None = None,
        lang: str | None = None,
    ) -> list[tuple[str, float]]:
        """The ``k`` nearest passage ids with cosine similarity, best first; see index.search.neighbours."""
        return self._read().nearest(vector, k, manual_ids, only, lang)

    def ids(self) -> set[str]:
        return self._read().ids()

    def count(self) -> int:
        return self._read().count()

    def vectors(self, ids: Iterable[str]) -> dict[str, Vectors]:
        """The vectors, each of shape (dim,), as search sees them."""
        return self._read().vectors(ids)

    def others(self) -> list[str]:
        """The embedders of which vectors lie here besides this one's."""
        if self._file is not None:
            state = store_state(self._options.vectors, self._embedder)
            if state is not None:
                return list(state.others)
        with self.record() as store:
            return store.others()

    # changing

    def add(self, ids: Sequence[str], vectors: Vectors, manual_ids: Sequence[str], lang: str = "") -> None:
        """Put vectors, of manuals in ``lang``."""
        with self._changed() as (store, file):
            store.add(ids, vectors, manual_ids, lang)
            if file is not None:
                file.add(ids, manual_ids, vectors, lang, self._version())

    def delete(self, ids: Iterable[str]) -> None:
        gone = list(ids)
        if not gone:
            return
        with self._changed() as (store, file):
            store.delete(gone)
            if file is not None:
                file.delete(gone, self._version())

    def clear(self) -> None:
        """Throw this embedder's vectors away and start again."""
        with self._changed() as (store, file):
            store.clear()
            if file is not None:
                file.start()
                file.agree(self._version())

    def drop_others(self) -> None:
        """Throw away the vectors of every other embedder."""
        if self.others():
            with self.record() as store:
                store.drop_others()
        if self._file is not None:
            self._file.drop_others()

    def settle(self, lang_of: Mapping[str, str]) -> None:
        """Put vectors that lie without a language in their places, see index.vectors.store."""
        with self._changed() as (store, file):
            store.settle(lang_of)
            if file is not None:
                self._copy(store, file)

    def unlike(self) -> set[str]:
        """The passages of which search sees other vectors than Chroma keeps, or none, or only it has some. Nothing
        where the file is not searched, or is just being brought into agreement by another process."""
        file, version = self._file, self._version()
        if file is None or file.version != version:
            return set()
        with self._changing, self.record() as store:
            found = file.unlike(store.vectors) | (file.ids() ^ store.ids())
            return found if file.version == version == self._version() else set()

    def copy_again(self) -> None:
        """Make the file anew from Chroma."""
        with self._changed() as (store, file):
            if file is not None:
                self._copy(store, file)

    @contextmanager
    def _changed(self) -> Iterator[tuple[VectorStore, VectorFile | None]]:
        """Both, to be changed one after the other. What breaks off between leaves them apart: the file is made anew
        before the next change."""
        with self._changing, self.record() as store:
            file = self._file
            if file is not None and file.version != self._version():
                self._copy(store, file)
            yield store, file

    def _copy(self, store: VectorStore, file: VectorFile) -> None:
        version = self._version()
        file.remake(store.each(), version)
        log.info("The vectors that are searched were made anew from the store: %d.", file.count())

    def _version(self) -> str:
        state = store_state(self._options.vectors, self._embedder)
        return UNKNOWN if state is None else state.version
