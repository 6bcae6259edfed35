"""Library: one data folder's manuals, opened for reading or for writing. What other floors use of the index."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from index.attributes import Attributes, put_attributes
from index.disabled import put_enabled
from index.embedders.embedder import Embedder, Vectors, make_embedder
from index.embedders.refill import Refill, ReportDone, VectorState
from index.errors import IndexFailed, IndexStale, ManualUnknown, VectorsAway
from index.ingest.build import Added, Builder, Progress, ReportProgress, manual_name
from index.ingest.jobs import JobQueue
from index.ingest.originals import Originals
from index.ingest.parsing import Parser
from index.manuals.choose import suffixes
from index.manuals.page_drawing import has_pictures
from index.options import IndexOptions
from index.page_images import PageImage, PageImages
from index.passage import Manual, Passage
from index.passages.warnings import tells_steps, warnings_of
from index.revisions import Revision, revisions_of
from index.search.reranker import FIRST, Reranker, rerank
from index.search.scope import Filters, Scope
from index.search.searcher import Results, Searcher
from index.search.synonym_table import SynonymTable
from index.truth.term_form import renew
from index.truth.truth import Truth
from index.truth.word_rows import WordRows
from index.truth.writer_lock import locked, take_lock
from index.vectors.kept_vectors import KeptVectors
from index.verify import Finding, Report, ReportCheck, Verifier

__all__ = ["Added", "Attributes", "Filters", "Library", "Progress", "Scope"]

REFILL_AT_ONCE = 256  # so many missing vectors are made before opening returns, a few seconds; more in the background
log = logging.getLogger(__name__)


class Library:
    """Opens the index in ``options.folder``. ``write=True`` takes the writer lock (IndexBusy if another process has
    it), clears away what a crash left and makes the vectors that are missing, which after a change of the embedder are
    all: then on a thread, and search goes by codes and keywords until it is done. ``rebuild=True`` throws the vectors
    away instead: call ``rebuild`` next. Without ``embedder`` it is the one of ``options``;
    ``reranker`` reorders the first hits where one is given."""

    def __init__(
        self,
        options: IndexOptions,
        *,
        write: bool = False,
        rebuild: bool = False,
        embedder: Embedder | None = None,
        reranker: Reranker | None = None,
    ) -> None:
        self.options = options
        self.reranker = reranker
        self._writes = write or rebuild
        options.folder.mkdir(parents=True, exist_ok=True)
        with ExitStack() as opened:  # whatever fails below, what was opened before it is closed again
            if self._writes:
                opened.callback(take_lock(options.lock).close)
            self._truth = Truth(options.database)
            opened.callback(self._truth.close)
            self.embedder = embedder if embedder is not None else make_embedder(options.embedder)
            self._vectors_problem = ""
            self._store = self._open_vectors(opened, fresh=rebuild)
            self._synonyms = SynonymTable(self._truth)
            self._images = PageImages(options.page_images, options.draw)
            opened.callback(self._images.close)
            self._originals = Originals(options, self._truth, self._images.drop)
            self._parser = Parser(options.caps, ocr=options.ocr)
            opened.callback(self._parser.close)
            self._builder = Builder(self._truth, self._store, self.embedder, self._originals, self._parser.open)
            self._refill: Refill | None = None
            if self._store is not None and self.embedder is not None:
                self._refill = Refill(self._truth, self._store, self.embedder, self._builder.publishing)
                opened.callback(self._refill.stop)
            self._searcher = Searcher(self._truth, None, None)
            self.jobs = JobQueue(self._truth, self._builder, self._originals)
            if self._writes:
                renew(self._truth)
                self._originals.sweep()
            self._begin(rebuild)
            self._opened = opened.pop_all()

    def _open_vectors(self, opened: ExitStack, *, fresh: bool) -> KeptVectors | None:
        """The vectors, or None where they are not used; where a server does not answer ``vectors`` says so. Damaged
        ones are made again by a writer, and left out by a reader."""
        if self.embedder is None:
            return None
        index = self._truth.identity() if self.options.vector_server else ""
        try:
            kept = KeptVectors(self.options, self.embedder.name, write=self._writes, fresh=fresh, index=index)
        except VectorsAway as away:
            self._vectors_problem = str(away)
            log.warning("Search goes by codes and keywords only. %s", away)
            return None
        except IndexStale as stale:
            if self._writes:
                raise
            log.warning("Search goes by codes and keywords only. %s", stale)
            return None
        opened.callback(kept.close)
        return kept

    def _begin(self, rebuild: bool) -> None:
        if self._refill is None:
            return
        if not self._writes:
            state = self._refill.look()
        else:
            self._refill.sweep()
            state = self._refill.state
            if not rebuild and state.total - state.done <= REFILL_AT_ONCE:
                self._refill.run()
                state = self._refill.state
            elif not rebuild:
                self._refill.start(self._search_vectors)
        if state.complete:
            self._search_vectors()

    def _search_vectors(self) -> None:
        """From here on, search asks the vectors too."""
        self._searcher = Searcher(self._truth, self._store, self.embedder)

    @property
    def vectors(self) -> VectorState | None:
        """How far the vectors are; None without an embedder, or where a reader cannot open them."""
        if self._vectors_problem:
            return VectorState(0, len(self._truth.passage_ids()), self._vectors_problem)
        return self._refill.state if self._refill is not None else None

    def add(self, path: Path, name: str | None = None, report: ReportProgress | None = None) -> Added:
        """Index a file now, under ``name`` (its file name by default)."""
        self._must_write()
        if not path.is_file():
            raise ManualUnknown(f"There is no file {path}.", "Check the path.")
        name = manual_name(name or path.name)
        with self._originals.holding(path, name) as original:
            return self._builder.add(original, name, report)

    def remove(self, id_or_name: str) -> Manual:
        self._must_write()
        return self._builder.remove(id_or_name)

    def describe(self, id_or_name: str, attributes: Attributes) -> Manual:
        """Set the lines and machines that a manual is for. Needs no writer lock: the next question goes by them."""
        put_attributes(self._truth, self.manual(id_or_name).id, attributes)
        return self.manual(id_or_name)

    def enable(self, id_or_name: str, enabled: bool) -> Manual:
        """Take a manual into the search or out of it, from the next question on. Needs no writer lock."""
        put_enabled(self._truth, self.manual(id_or_name).id, enabled)
        return self.manual(id_or_name)

    def revisions(self, id_or_name: str) -> list[Revision]:
        """The editions that a manual has had, newest first."""
        return revisions_of(self._truth, self.manual(id_or_name).id)

    @property
    def synonyms(self) -> SynonymTable:
        """The site's own words, to be read and changed, also while another process writes."""
        return self._synonyms

    def filters(self) -> Filters:
        """What a search can be narrowed to."""
        return Filters.of(self.enabled())

    def search(self, question: str, k: int = 10, scope: Scope | None = None) -> Results:
        if self.reranker is None:
            return self._searcher.search(question, k, scope)
        found = self._searcher.search(question, max(k, FIRST), scope)
        return replace(found, hits=rerank(question, found.hits, self.reranker)[:k])

    def manuals(self) -> list[Manual]:
        return self._truth.manuals()

    def enabled(self) -> list[Manual]:
        """The manuals that are searched."""
        return [manual for manual in self.manuals() if manual.enabled]

    def manual(self, id_or_name: str) -> Manual:
        manual = self._truth.manual(id_or_name)
        if manual is None:
            raise ManualUnknown(f"There is no manual {id_or_name!r}.", "List them with: andon index list")
        return manual

    def passages(self, id_or_name: str) -> list[Passage]:
        return self._truth.passages_of(self.manual(id_or_name).id)

    def stored_vectors(self, ids: Iterable[str]) -> dict[str, Vectors]:
        """The vectors, each of shape (dim,), that the collection holds of these passages; empty where vectors are not
        used. Raises IndexStale and VectorsAway."""
        return self._store.vectors(ids) if self._store is not None else {}

    def beside(self, passage: Passage) -> list[Passage]:
        """``passage`` with those before and behind it in its section, two at most; [] where it is gone."""
        return self._truth.around(passage, 2)

    def warnings_for(self, passage: Passage) -> tuple[Passage, ...]:
        """The warnings that belong to a procedure and do not stand in its passage; () for what is no procedure."""
        if not tells_steps(passage):
            return ()
        path = passage.section
        above = [path[:depth] for depth in range(len(path) + 1)]
        return warnings_of(passage, self._truth.warning_or_steps(passage.manual_id, above))

    def original(self, id_or_name: str) -> Path:
        """Where the original file of a manual lies."""
        manual = self.manual(id_or_name)
        return self._originals.at(manual.sha256, self._truth.suffix(manual.id)).path

    def passage(self, passage_id: str) -> Passage | None:
        """A passage by its id; None where it is not, or no longer, there: a new revision has passages of its own."""
        return self._truth.passages([passage_id]).get(passage_id)

    def page_image(self, id_or_name: str, page: int, scale: float = 2.0) -> PageImage:
        """A page (from 1) of a manual's original as a picture with ``scale`` pixels a point, see index.page_images.
        Raises ManualUnknown, PageUnknown, PageWithoutPicture, and PageNotDrawn or ManualDamaged where it fails."""
        manual = self.manual(id_or_name)
        return self._images.image(self.original(manual.id), manual.sha256, page, scale)

    def has_page_images(self, id_or_name: str) -> bool:
        """Whether the manual's format has pages that can be shown as pictures."""
        return has_pictures(self._truth.suffix(self.manual(id_or_name).id))

    def rebuild(self, report: ReportDone | None = None) -> int:
        """Make all vectors again; returns how many."""
        self._must_write()
        if self._store is None or self._refill is None:
            return 0
        self._refill.stop()
        self._searcher = Searcher(self._truth, None, None)
        self._store.clear()
        if self.embedder is not None:
            WordRows(self._truth, self.embedder.name).drop_all()
        self._refill.sweep()
        made = self._refill.run(report)
        self._search_vectors()
        return made

    def verify(self, *, repair: bool = False, deep: bool = False, report: ReportCheck | None = None) -> Report:
        """Whether all that is kept agrees; with ``repair`` what can be made again is, and the report says what of it
        was. ``deep`` embeds every passage again to compare, else a sample."""
        if repair:
            self._must_write()
        verifier = Verifier(self._truth, self._store, self.embedder, self._originals, self._builder.publishing)
        if repair and self._refill is not None and self._refill.running:
            self._refill_now()
        beside = not self._writes and locked(self.options.lock)
        filling = self._refill is not None and self._refill.running
        found = verifier.check(deep=deep, beside=beside, filling=filling, say=report)
        if self._store is None and self.embedder is not None:  # a reader that could not open them
            damaged = Finding("vectors_damaged", 1, (str(self.options.vectors),))
            found = replace(found, findings=(*found.findings, damaged))
        if not repair or found.agrees:
            return found
        verifier.repair(found, self._refill_now, self.rebuild)
        return found.mended_by(verifier.check(deep=deep, beside=False, filling=False, say=report))

    def _refill_now(self) -> None:
        if self._refill is not None:
            self._refill.stop()
            self._refill.run()
            self._search_vectors()

    def close(self) -> None:
        """Let a running job stop at its next step, then let go of files and lock. Doing it twice is harmless."""
        self.jobs.stop()
        self._opened.close()
        self._writes = False

    def __enter__(self) -> Library:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _must_write(self) -> None:
        if not self._writes:
            raise IndexFailed("This library was opened for reading, or is closed.", "Open it with write=True.")


def files_under(path: Path) -> Sequence[Path]:
    """The readable files at ``path``: itself, or those below a folder, in order of name."""
    if path.is_file():
        return [path]
    known = set(suffixes())
    return sorted(p for p in path.rglob("*") if p.is_file() and p.suffix.lower() in known)
