"""Refill: vectors are made again from the truth where they are missing, as after a crash or with another embedder."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from index.embedders.embedder import Embedder
from index.embedders.word_vectors import packed
from index.errors import IndexFailed
from index.ingest.build import EMBED_AT_ONCE, embedding_text
from index.truth.truth import Truth
from index.truth.word_rows import WordRows
from index.vectors.kept_vectors import KeptVectors

LOG_EVERY = 2000  # passages

log = logging.getLogger(__name__)
ReportDone = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class VectorState:
    """How many passages have a vector of this embedder. Until all have, search goes by codes and keywords alone: a
    passage must not come behind because its vector is not there yet. ``problem`` is why it has stopped, if it has."""

    done: int = 0
    total: int = 0
    problem: str = ""

    @property
    def complete(self) -> bool:
        return self.done >= self.total


class Refill:
    """Gives every passage of the truth its vector. ``publishing`` is held by whoever changes passages; adding and
    removing manuals meanwhile is fine."""

    def __init__(self, truth: Truth, store: KeptVectors, embedder: Embedder, publishing: threading.Lock) -> None:
        self._truth = truth
        self._store = store
        self._embedder = embedder
        self._words = WordRows(truth, embedder.name) if embedder.word_dim else None
        self._publishing = publishing
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._state = VectorState()

    @property
    def state(self) -> VectorState:
        return self._state

    @property
    def running(self) -> bool:
        """Whether vectors are being made on the thread now."""
        return self._thread is not None and self._thread.is_alive()

    def look(self) -> VectorState:
        """Count what is there."""
        passages = self._truth.passage_ids()
        done = self._store.count() if self._words is None else min(self._store.count(), len(self._words.ids()))
        self._state = VectorState(done, len(passages))
        return self._state

    def sweep(self) -> None:
        """Throw away vectors that no passage has, put those of an older Andon in their places, and count. Only before
        anything else uses this index: a manual that is being added has vectors before it has passages."""
        if not self._store.by_language:
            langs = {manual.id: manual.lang for manual in self._truth.manuals()}
            of = self._truth.manual_of_passages()
            self._store.settle({passage: langs[manual] for passage, manual in of.items() if manual in langs})
        passages, vectors = self._truth.passage_ids(), self._store.ids()
        self._store.delete(vectors - passages)
        self._state = VectorState(len(self._have(vectors) & passages), len(passages))

    def _have(self, vectors: set[str]) -> set[str]:
        """Those of ``vectors`` whose words are there too."""
        return vectors if self._words is None else vectors & self._words.ids()

    def run(self, report: ReportDone | None = None) -> int:
        """Make what is missing; vectors of other embedders go when all is there. Returns how many were made, fewer
        than missing if ``stop`` was called."""
        made = 0
        while missing := sorted(self._truth.passage_ids() - self._have(self._store.ids())):
            for start in range(0, len(missing), EMBED_AT_ONCE):
                if self._stopping.is_set():
                    return made
                self._make(missing[start : start + EMBED_AT_ONCE])
                done = min(start + EMBED_AT_ONCE, len(missing))
                made += done - start
                total = self._state.total
                self._state = VectorState(total - len(missing) + done, total)
                if report is not None:
                    report(done, len(missing))
        self.look()
        self._store.drop_others()
        WordRows(self._truth, self._embedder.name).drop_others()
        return made

    def start(self, finished: Callable[[], None]) -> None:
        """``run`` on a thread of its own, then ``finished``."""
        self._thread = threading.Thread(target=self._work, args=(finished,), name="index-vectors", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the thread after its current batch; the next ``run`` goes on from there."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        self._stopping.clear()

    def _work(self, finished: Callable[[], None]) -> None:
        state = self._state
        log.warning(
            "%d of %d passages have no vector of %s yet; they are made in the background, and search goes by codes and "
            "keywords meanwhile.", state.total - state.done, state.total, self._embedder.name,
        )  # fmt: skip
        try:
            self.run(_log_progress)
        except Exception as failed:  # search goes on by keywords, and the next start tries again
            log.exception("The vectors could not be made.")
            reason = str(failed) if isinstance(failed, IndexFailed) else f"{type(failed).__name__}: {failed}"
            self._state = VectorState(self._state.done, self._state.total, reason)
            return
        if not self._stopping.is_set():
            finished()
            log.warning("All passages have a vector of %s now.", self._embedder.name)

    def _make(self, ids: list[str]) -> None:
        manuals = {manual.id: manual for manual in self._truth.manuals()}
        found = list(self._truth.passages(ids).values())
        if not found:
            return
        texts = [
            embedding_text(manuals[passage.manual_id].title if passage.manual_id in manuals else "", passage)
            for passage in found
        ]
        readings = self._embedder.read(texts, "passage")
        with self._publishing:
            there = self._truth.passages(ids)  # some may have been removed meanwhile
            kept = [place for place, passage in enumerate(found) if passage.id in there]
            by_lang: dict[str, list[int]] = {}
            for place in kept:
                if found[place].manual_id in manuals:
                    by_lang.setdefault(manuals[found[place].manual_id].lang, []).append(place)
            for lang, places in by_lang.items():
                own = [found[place] for place in places]
                ids, of = [passage.id for passage in own], [passage.manual_id for passage in own]
                self._store.add(ids, np.stack([readings[place].vector for place in places]), of, lang)
            if self._words is not None:
                self._words.put({found[place].id: packed(readings[place].words) for place in kept})


def _log_progress(done: int, total: int) -> None:
    if done // LOG_EVERY != (done - EMBED_AT_ONCE) // LOG_EVERY or done == total:
        log.info("Vectors: %d of %d made.", done, total)
