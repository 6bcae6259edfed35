"""Building: a file becomes a searchable manual in one step, or nothing changes."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

import numpy as np

from index.chunk import chunk
from index.embedder import Embedder
from index.errors import EmptyManual, IndexFailed, ManualUnknown, ManualUnreadable
from index.manuals.block import Page
from index.manuals.choose import reader_for
from index.options import IndexOptions
from index.passage import Manual, Passage
from index.store import VectorStore
from index.text import language
from index.truth import Truth

EMBED_AT_ONCE = 64


class Cancelled(IndexFailed):
    code = "cancelled"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a manual is: ``stage`` is "read" (in pages) or "embed" (in passages)."""

    stage: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Original:
    """A stored original: its content hash (SHA-256), suffix and where it lies."""

    sha256: str
    suffix: str
    path: Path


@dataclass(frozen=True, slots=True)
class Added:
    """What adding did: the manual, and whether anything changed ("added", "replaced" or "unchanged")."""

    manual: Manual
    change: str


ReportProgress = Callable[[Progress], None]


class Builder:
    """Changes one index. Callers hold the writer lock (see index.library)."""

    def __init__(
        self, options: IndexOptions, truth: Truth, store: VectorStore | None, embedder: Embedder | None
    ) -> None:
        self._options = options
        self._truth = truth
        self._store = store
        self._embedder = embedder

    def keep_original(self, source: Path, suffix: str) -> Original:
        """Copy ``source`` beside the truth under its content hash; in place only when it is there whole."""
        size = source.stat().st_size
        if size == 0:
            raise EmptyManual(f"{source.name} is empty (0 bytes).", "Export or copy the file again and retry.")
        if size > self._options.max_file_bytes:
            raise ManualUnreadable(
                f"{source.name} has {size:,} bytes, more than the limit of {self._options.max_file_bytes:,}.",
                "Split the file, or raise the setting max_file_bytes.",
            )
        folder = self._options.originals
        folder.mkdir(parents=True, exist_ok=True)
        digest = _sha256(source)
        target = folder / f"{digest}{suffix}"
        if not target.exists():
            part = folder / f".{digest}.{os.getpid()}.part"
            with source.open("rb") as reading, part.open("wb") as writing:
                shutil.copyfileobj(reading, writing, 1 << 20)
                writing.flush()
                os.fsync(writing.fileno())
            part.replace(target)
        return Original(digest, suffix, target)

    def add(self, original: Original, name: str, report: ReportProgress | None = None) -> Added:
        """Make ``original`` searchable as ``name``; a manual of that name gets a new revision. The same content again
        changes nothing. Raises ManualUnreadable and its kin; then nothing has changed."""
        same = self._truth.manual_of_content(original.sha256)
        if same is not None:
            return Added(same, "unchanged")
        say = report or (lambda progress: None)
        old = self._truth.manual(name)
        manual_id = old.id if old else _manual_id(name)
        revision = self._truth.last_revision(manual_id) + 1
        title, pages, passages = self._read(original, name, manual_id, revision, say)
        self._embed(passages, title, say)
        manual = Manual(
            id=manual_id, name=name, title=title, revision=revision, sha256=original.sha256, pages=pages,
            passages=len(passages), lang=language("\n".join(p.text for p in passages[:40])),
            added_at=datetime.now(timezone.utc).isoformat(timespec="seconds"),
        )  # fmt: skip
        replaced = self._truth.put_manual(manual, original.suffix, passages)
        self._forget(replaced)
        return Added(manual, "replaced" if old else "added")

    def remove(self, id_or_name: str) -> Manual:
        """Remove a manual with its passages, vectors and original."""
        manual = self._truth.manual(id_or_name)
        if manual is None:
            raise ManualUnknown(f"There is no manual {id_or_name!r}.", "List them with: andon index list")
        suffix = self._truth.suffix(manual.id)
        self._forget(self._truth.drop_manual(manual.id))
        (self._options.originals / f"{manual.sha256}{suffix}").unlink(missing_ok=True)
        return manual

    def reconcile(self) -> tuple[int, int]:
        """Make the vectors agree with the truth: (embedded again, thrown away)."""
        if self._store is None or self._embedder is None:
            return 0, 0
        truth, vectors = self._truth.passage_ids(), self._store.ids()
        extra, missing = vectors - truth, sorted(truth - vectors)
        self._store.delete(extra)
        titles = {manual.id: manual.title for manual in self._truth.manuals()}
        for start in range(0, len(missing), EMBED_AT_ONCE):
            found = self._truth.passages(missing[start : start + EMBED_AT_ONCE])
            by_title: dict[str, list[Passage]] = {}
            for passage in found.values():
                by_title.setdefault(titles.get(passage.manual_id, ""), []).append(passage)
            for title, group in by_title.items():
                self._embed(group, title, lambda progress: None)
        return len(missing), len(extra)

    def _read(
        self, original: Original, name: str, manual_id: str, revision: int, say: ReportProgress
    ) -> tuple[str, int, list[Passage]]:
        reading = reader_for(original.path).open(original.path)
        total = reading.page_count

        def counted() -> Iterator[Page]:
            for done, page in enumerate(reading.pages, start=1):
                yield page
                say(Progress("read", done, total))

        passages = [
            Passage(
                id=f"{manual_id}.r{revision}.{ordinal}", manual_id=manual_id, revision=revision, ordinal=ordinal,
                text=draft.text, pages=draft.pages, page_labels=draft.page_labels, section=draft.section,
                kind=draft.kind, lang=draft.lang, codes=draft.codes, boxes=draft.boxes,
            )
            for ordinal, draft in enumerate(chunk(counted()))
        ]  # fmt: skip
        if not passages:
            raise EmptyManual(f"{name} holds no text that could be read.", "If it is a scan, run OCR on it first.")
        title = reading.title.strip()
        return title if title and title != original.path.stem else Path(name).stem, total, passages

    def _embed(self, passages: list[Passage], title: str, say: ReportProgress) -> None:
        if self._store is None or self._embedder is None:
            return
        for start in range(0, len(passages), EMBED_AT_ONCE):
            part = passages[start : start + EMBED_AT_ONCE]
            vectors = self._embedder.embed([embedding_text(title, passage) for passage in part], "passage")
            self._store.add([p.id for p in part], np.asarray(vectors), [p.manual_id for p in part])
            say(Progress("embed", min(start + EMBED_AT_ONCE, len(passages)), len(passages)))

    def _forget(self, passage_ids: list[str]) -> None:
        if self._store is not None and passage_ids:
            self._store.delete(passage_ids)


def embedding_text(title: str, passage: Passage) -> str:
    """What is embedded for a passage: where it stands, then its text."""
    return f"{title} > {' > '.join(passage.section)}\n{passage.text}" if passage.section else f"{title}\n{passage.text}"


def _manual_id(name: str) -> str:
    return "m" + hashlib.sha256(name.encode()).hexdigest()[:12]


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while part := file.read(1 << 20):
            digest.update(part)
    return digest.hexdigest()
