"""IndexVectors: entries as the live index sees them: its own embedder's vectors, and those that its collection holds.

Rejected answers shall be the confusions that this very search makes, so no other embedder is asked. What came from
where is counted, and the count stands in the report.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from index.embedders.embedder import TextKind
from index.passage import Manual, Passage
from index.text import normalise
from training.data.faq_table import FaqEntry
from training.errors import MiningFailed

if TYPE_CHECKING:
    from index.embedders.embedder import Embedder, Vectors

AT_ONCE = 512  # texts embedded between two words about the progress


class LiveIndex(Protocol):
    """What is asked of index.library.Library."""

    embedder: Embedder | None

    def manuals(self) -> list[Manual]: ...

    def passages(self, id_or_name: str) -> list[Passage]: ...

    def stored_vectors(self, ids: Iterable[str]) -> dict[str, Vectors]: ...


@dataclass(frozen=True, slots=True)
class IndexVectors:
    """Rows of unit length, (entries, dim): ``questions`` as the embedder reads a query, ``answers`` as passages;
    ``stored`` are vectors that the collection holds for whole entries, by place. ``counted``: "embedded_query",
    "embedded_passage" (texts that the index's embedder read), "remembered" (read before, from the file beside),
    "from_collection" (vectors taken from Chroma)."""

    embedder: str
    questions: Vectors
    answers: Vectors
    stored: Mapping[int, Vectors] = field(default_factory=dict)
    counted: Mapping[str, int] = field(default_factory=dict)


def index_vectors(entries: Sequence[FaqEntry], index: LiveIndex, remembered: Path | None = None) -> IndexVectors:
    """Vectors of ``entries``. ``remembered`` is a file (.npz) in which they are kept for the next time. Raises
    MiningFailed where the index has no embedder."""
    if index.embedder is None:
        raise MiningFailed(
            "The index has no embedder, so likeness in meaning cannot be told.",
            "Set embedder to an id of models.toml (andon doctor says what is wrong with it).",
        )
    counted: Counter[str] = Counter()
    store = _Remembered(remembered, index.embedder, counted)
    questions = store.vectors([entry.question for entry in entries], "query")
    answers = store.vectors([entry.answer for entry in entries], "passage")
    store.keep()
    stored = _from_collection(entries, index)
    counted["from_collection"] = len(stored)
    return IndexVectors(index.embedder.name, questions, answers, stored, dict(counted))


def _from_collection(entries: Sequence[FaqEntry], index: LiveIndex) -> dict[int, Vectors]:
    """The collection's vectors of the entries that were uploaded as a table: passages of kind "faq" that hold both the
    question and the answer."""
    asked: dict[str, list[int]] = {}
    for place, entry in enumerate(entries):
        asked.setdefault(normalise(entry.question), []).append(place)
    found: dict[int, str] = {}
    for manual in index.manuals():
        for passage in index.passages(manual.id):
            if passage.kind != "faq":
                continue
            cells = [normalise(line.partition(": ")[2]) for line in passage.text.split("\n")]
            for place in (place for cell in cells for place in asked.get(cell, ())):
                if normalise(entries[place].answer) in normalise(passage.text):
                    found.setdefault(place, passage.id)
    vectors = index.stored_vectors(set(found.values()))
    return {place: vectors[passage] for place, passage in found.items() if passage in vectors}


class _Remembered:
    """Vectors by text and kind, kept in a file that only this embedder's are read from."""

    def __init__(self, path: Path | None, embedder: Embedder, counted: Counter[str]) -> None:
        self._path = path
        self._embedder = embedder
        self._counted = counted
        self._known: dict[str, Vectors] = {}
        if path is not None and path.is_file():
            import numpy as np

            with np.load(path, allow_pickle=False) as held:
                if str(held["embedder"]) == embedder.name:
                    self._known = dict(zip(held["keys"].tolist(), held["vectors"], strict=True))

    def vectors(self, texts: Sequence[str], kind: TextKind) -> Vectors:
        import numpy as np

        keys = [hashlib.sha256(f"{kind}\0{text}".encode()).hexdigest()[:24] for text in texts]
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in self._known}
        self._counted["remembered"] += len(set(keys)) - len(missing)
        fresh = list(missing.items())
        for start in range(0, len(fresh), AT_ONCE):
            batch = fresh[start : start + AT_ONCE]
            made = self._embedder.embed([text for _, text in batch], kind)
            self._known.update(zip((key for key, _ in batch), made, strict=True))
            self._counted[f"embedded_{kind}"] += len(batch)
        return np.stack([self._known[key] for key in keys]).astype(np.float32)

    def keep(self) -> None:
        import numpy as np

        if self._path is None or not self._known:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._path.with_suffix(".new.npz")
        keys = list(self._known)
        np.savez(fresh, embedder=self._embedder.name, keys=keys, vectors=np.stack([self._known[key] for key in keys]))
        fresh.replace(self._path)
