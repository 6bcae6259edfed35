"""Building: a file becomes a searchable manual in one step, or nothing changes."""

from __future__ import annotations

import hashlib
import logging
import threading
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from pathlib import Path

import numpy as np

from index.embedders.embedder import Embedder, Reading
from index.embedders.word_vectors import packed
from index.errors import EmptyManual, IndexFailed, ManualUnknown, ManualUnreadable, VectorsAway
from index.ingest.embed_ahead import EmbedAhead
from index.ingest.originals import Original, Originals
from index.ingest.parsing import OpenFile, Seen, Watch, open_here
from index.manuals.block import Page
from index.manuals.coverage import Coverage, Tally
from index.passage import Lang, Manual, Passage
from index.passages.chunk import DraftPassage, chunk
from index.text import language
from index.truth.stored_rows import WordRow, Words, words_of
from index.truth.truth import Truth, storable
from index.vectors.kept_vectors import KeptVectors

EMBED_AT_ONCE = 64
log = logging.getLogger(__name__)


class Cancelled(IndexFailed):
    code = "cancelled"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a manual is: ``stage`` is "recognise" (pages looked at so far, where OCR reads some: seconds a page),
    "read" (in pages), "embed" (in passages), or "wait": nothing new, but whoever wants to stop may say so."""

    stage: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Added:
    """What adding did: the manual, and whether anything changed ("added", "replaced" or "unchanged")."""

    manual: Manual
    change: str


ReportProgress = Callable[[Progress], None]


@dataclass(frozen=True, slots=True)
class _Ready:
    """A manual read and embedded, but not yet in the index."""

    title: str
    coverage: Coverage
    drafts: tuple[DraftPassage, ...]
    words: tuple[Words, ...]
    readings: Sequence[Reading] | None


class Builder:
    """Changes one index. Callers hold the writer lock (see index.library); several threads may add at once."""

    def __init__(
        self,
        truth: Truth,
        store: KeptVectors | None,
        embedder: Embedder | None,
        originals: Originals,
        open_file: OpenFile = open_here,
    ) -> None:
        self._truth = truth
        self._store = store
        self._embedder = embedder
        self._originals = originals
        self._open_file = open_file
        self.publishing = threading.Lock()  # held while what is searchable changes

    def add(self, original: Original, name: str, report: ReportProgress | None = None) -> Added:
        """Make ``original`` searchable as ``name``; a manual of that name gets a new revision. The same content again
        changes nothing. Raises ManualUnreadable and its kin; then nothing has changed."""
        name = manual_name(name)
        same = self._same(original, name)
        if same is not None:
            return Added(same, "unchanged")
        say = report or _silent
        ready = self._read(original, name, say)
        with self.publishing:  # short: all slow work is done
            same = self._same(original, name)  # another thread may have been faster
            return Added(same, "unchanged") if same is not None else self._publish(original, name, ready)

    def remove(self, id_or_name: str) -> Manual:
        """Remove a manual with its passages, vectors and original."""
        with self.publishing:
            manual = self._truth.manual(id_or_name)
            if manual is None:
                raise ManualUnknown(f"There is no manual {id_or_name!r}.", "List them with: andon index list")
            original = self._originals.at(manual.sha256, self._truth.suffix(manual.id))
            self._forget(self._truth.drop_manual(manual.id))
            self._originals.drop_unused(original)
        return manual

    def _same(self, original: Original, name: str) -> Manual | None:
        """The live manual that already is this: the one of that name if there is one, else any of that content."""
        named = self._truth.manual(name)
        if named is not None:
            return named if named.sha256 == original.sha256 else None
        return self._truth.manual_of_content(original.sha256)

    def _publish(self, original: Original, name: str, ready: _Ready) -> Added:
        old = self._truth.manual(name)
        old_original = self._originals.at(old.sha256, self._truth.suffix(old.id)) if old else None
        manual_id = old.id if old else _manual_id(name)
        revision = self._truth.last_revision(manual_id) + 1
        passages = [
            Passage(
                id=f"{manual_id}.r{revision}.{ordinal}", manual_id=manual_id, revision=revision, ordinal=ordinal,
                text=draft.text, pages=draft.pages, page_labels=draft.page_labels, section=draft.section,
                kind=draft.kind, lang=draft.lang, codes=draft.codes, boxes=draft.boxes, recognised=draft.recognised,
            )
            for ordinal, draft in enumerate(ready.drafts)
        ]  # fmt: skip
        manual = Manual(
            id=manual_id, name=name, title=ready.title, revision=revision, sha256=original.sha256,
            pages=ready.coverage.pages, passages=len(passages), lang=language("\n".join(p.text for p in passages[:40])),
            added_at=datetime.now(timezone.utc).isoformat(timespec="seconds"), coverage=ready.coverage,
        )  # fmt: skip
        ids = [passage.id for passage in passages]
        try:
            # vectors first: those without a passage in the truth are never shown, a passage without one would be missed
            if self._store is not None and ready.readings is not None:
                vectors = np.stack([reading.vector for reading in ready.readings])
                self._store.add(ids, vectors, [manual_id] * len(ids), manual.lang)
            replaced = self._truth.put_manual(manual, original.suffix, passages, ready.words, self._word_rows(ready))
        except BaseException:
            self._forget(ids)
            raise
        self._forget(replaced)
        if old_original is not None:
            self._originals.drop_unused(old_original)
        return Added(manual, "replaced" if old else "added")

    def _word_rows(self, ready: _Ready) -> list[WordRow]:
        """What is kept of each passage's words; nothing where the embedder has none."""
        if self._embedder is None or ready.readings is None or not self._embedder.word_dim:
            return []
        name = self._embedder.name
        return [WordRow(name, packed(reading.words)) for reading in ready.readings]

    def _read(self, original: Original, name: str, say: ReportProgress) -> _Ready:
        with EmbedAhead(self._embedder if self._store is not None else None, EMBED_AT_ONCE) as ahead:
            try:
                reading = self._open_file(original.path, _watching(say))
                total = reading.page_count
                heading = storable(reading.title.strip())
                title = heading if heading and heading != original.path.stem else Path(name).stem

                tally = Tally(list(reading.skipped))

                def counted() -> Iterator[Page]:
                    for done, page in enumerate(tally.counted(reading.pages), start=1):
                        yield page
                        say(Progress("read", done, total))

                hint: Lang | None = "ja" if language(title) == "ja" else None
                drafts = []
                for draft in map(_stored, chunk(counted(), hint, title=title)):
                    drafts.append(draft)
                    ahead.take(embedding_text(title, draft))
            except ManualUnreadable as error:  # the reader knows the file by its hash; a person knows it by its name
                message = error.message.replace(original.path.name, name)
                raise type(error)(message, error.remedy, **error.details) from error
            if not drafts:
                raise EmptyManual(f"{name} holds no text that could be read.", "If it is a scan, run OCR on it first.")
            words = tuple(words_of(title, name, draft) for draft in drafts)  # while the last ones are being embedded
            readings = ahead.readings(lambda done: say(Progress("embed", done, len(drafts))))
            return _Ready(title, tally.coverage(), tuple(drafts), words, readings)

    def _forget(self, passage_ids: Sequence[str]) -> None:
        if self._store is not None and passage_ids:
            try:
                self._store.delete(passage_ids)
            except VectorsAway as away:  # without their passage they are never shown, and the next start removes them
                log.warning("%d vectors stay for now. %s", len(passage_ids), away)


def embedding_text(title: str, passage: DraftPassage | Passage) -> str:
    """What is embedded for a passage: where it stands, then its text."""
    return f"{title} > {' > '.join(passage.section)}\n{passage.text}" if passage.section else f"{title}\n{passage.text}"


def manual_name(name: str) -> str:
    """``name`` as it is kept and shown: without control characters, those that turn the direction of reading and so
    show another suffix, and what UTF-8 cannot hold. Raises ManualUnreadable where nothing is left."""
    hidden = ("Cc", "Cf")
    kept = "".join(character for character in storable(name) if unicodedata.category(character) not in hidden).strip()
    if not kept:
        raise ManualUnreadable("The file has no name.", "Give the file a name and upload it again.")
    return kept


def _stored(draft: DraftPassage) -> DraftPassage:
    return replace(
        draft,
        text=storable(draft.text),
        section=tuple(storable(heading) for heading in draft.section),
        page_labels=tuple(storable(label) for label in draft.page_labels),
    )


def _watching(say: ReportProgress) -> Watch:
    """What a reader has seen, as progress; pages looked at without OCR are no news, reading them is quick."""
    recognised = False

    def watch(seen: Seen | None) -> None:
        nonlocal recognised
        recognised |= seen is not None and seen.by_ocr
        news = seen is not None and recognised
        say(Progress("recognise", seen.done, seen.total) if seen and news else Progress("wait", 0, 0))

    return watch


def _silent(progress: Progress) -> None:
    """Nobody watches."""


def _manual_id(name: str) -> str:
    return "m" + hashlib.sha256(name.encode()).hexdigest()[:12]
