"""Verify: whether truth, keyword index, codes, vectors and originals agree; what can be made again is made again."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from index.embedders.embedder import Embedder, Reading
from index.embedders.word_vectors import packed
from index.errors import IndexStale
from index.ingest.build import EMBED_AT_ONCE, embedding_text
from index.ingest.originals import Originals
from index.truth.truth import Truth
from index.truth.verify_truth import TruthCheck
from index.truth.word_rows import WordRows
from index.vectors.kept_vectors import KeptVectors
from index.vectors.store import VectorStore
from index.vectors.vector_probe import MISSED_AT_MOST

FindingKind = Literal[
    "database", "orphans", "passages_lost", "keywords", "keyword_index", "codes",
    "vectors_damaged", "vectors_missing", "vectors_stray", "vectors_wrong", "vectors_unused", "vector_file",
    "words_missing", "words_stray", "words_wrong",
    "original_missing", "original_altered", "original_leftover", "job_original_missing",
]  # fmt: skip
# what only a person can mend, because the truth does not hold it
BY_HAND: frozenset[FindingKind] = frozenset(
    {"passages_lost", "original_missing", "original_altered", "job_original_missing"}
)
NAMED = 5  # examples told of each finding
SAMPLE = 32  # passages embedded again where not all are
WITHIN_STEPS = 3  # of STEPS, of a stored number of a word vector
WITHIN = 1e-2  # of cosine: what two builds of one runtime may differ by, and no other text comes near

ReportCheck = Callable[[str, int, int], None]  # what is being looked at, done, total


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that does not agree: how many, with examples (names of manuals, or ids of passages), and whether it
    is mended now."""

    kind: FindingKind
    count: int
    where: tuple[str, ...] = ()
    repaired: bool = False

    @property
    def by_hand(self) -> bool:
        return self.kind in BY_HAND


@dataclass(frozen=True, slots=True)
class Report:
    """What was looked at, and what was found. ``embedded`` is how many passages were embedded again to compare their
    vectors. ``beside``: another process was writing, so leftovers were not looked for: they may be its work in hand."""

    manuals: int
    passages: int
    vectors: int
    originals: int
    embedded: int
    beside: bool = False
    findings: tuple[Finding, ...] = ()

    @property
    def agrees(self) -> bool:
        """True where all agrees now, at once or after repair."""
        return all(finding.repaired for finding in self.findings)

    def mended_by(self, after: Report) -> Report:
        """This report, with what ``after`` no longer finds as repaired, and what only it finds."""
        still = {finding.kind: finding for finding in after.findings if not finding.repaired}
        known = {finding.kind for finding in self.findings}
        told = [still.get(finding.kind) or replace(finding, repaired=True) for finding in self.findings]
        return replace(after, findings=(*told, *(found for found in after.findings if found.kind not in known)))


def finding(kind: FindingKind, where: Iterable[str]) -> list[Finding]:
    """One finding, or none where nothing is in ``where``."""
    found = sorted(where)
    return [Finding(kind, len(found), tuple(found[:NAMED]))] if found else []


class Verifier:
    """Looks at one index. ``publishing`` is held by whoever changes passages in this process."""

    def __init__(
        self, truth: Truth, store: KeptVectors | None, embedder: Embedder | None, originals: Originals,
        publishing: threading.Lock,
    ) -> None:  # fmt: skip
        self._truth = truth
        self._store = store
        self._embedder = embedder
        self._originals = originals
        self._publishing = publishing

    def check(self, *, deep: bool, beside: bool, filling: bool, say: ReportCheck | None = None) -> Report:
        """Look at everything; with ``deep`` every passage is embedded again, else a sample. ``beside``: another process
        may be changing what is here; ``filling``: vectors are being made in this one."""
        say = say or _silent
        findings = TruthCheck(self._truth).findings(say)
        vectors, embedded = 0, 0
        if self._store is not None and self._embedder is not None:
            found, vectors, embedded = self._vectors(deep, beside, filling, say)
            findings += found
            if self._embedder.word_dim:
                findings += self._words(WordRows(self._truth, self._embedder.name), deep, beside, filling)
        found, originals = self._files(beside, say)
        manuals = self._truth.manuals()
        return Report(
            len(manuals), sum(manual.passages for manual in manuals), vectors, originals, embedded, beside,
            tuple(findings + found),
        )  # fmt: skip

    def _vectors(self, deep: bool, beside: bool, filling: bool, say: ReportCheck) -> tuple[list[Finding], int, int]:
        """Findings, how many vectors there are, and how many passages were embedded again. What comes or goes while
        this looks is in the truth only before, or only after, and counts as neither missing nor stray."""
        assert self._store is not None
        try:
            before = self._truth.passage_ids()
            with self._store.record() as record:
                with self._publishing:
                    held, after = record.ids(), self._truth.passage_ids()
                    doubled = record.count() - len(held)
                whole = sorted(held & before & after)
                wrong, embedded = self._compared(record, whole, deep, say)
                unlike = self._store.unlike()
        except IndexStale as stale:
            return [Finding("vectors_damaged", 1, (stale.message,))], 0, 0
        if doubled > 0 and not beside:
            return [Finding("vectors_damaged", 1, (f"{doubled} twice",))], len(held), embedded
        missing = set() if filling else (before & after) - held
        stray = set() if beside else held - before - after
        unused = [] if beside or filling else self._store.others()
        findings = [
            *finding("vectors_missing", missing), *finding("vectors_stray", stray),
            *finding("vectors_wrong", wrong), *finding("vectors_unused", unused), *finding("vector_file", unlike),
        ]  # fmt: skip
        return findings, len(held), embedded

    def _compared(self, record: VectorStore, ids: list[str], deep: bool, say: ReportCheck) -> tuple[list[str], int]:
        """Passages whose vector has another size or length than the embedder's, or is not what embedding the passage
        gives; and those that search does not find, where they are more than its index misses of sound ones."""
        assert self._store is not None and self._embedder is not None
        wrong: set[str] = set()
        missed: set[str] = set()
        every = 1 if deep else max(1, len(ids) // SAMPLE)
        compared = 0
        for start in range(0, len(ids), EMBED_AT_ONCE):
            part = ids[start : start + EMBED_AT_ONCE]
            say("vectors", start, len(ids))
            held = record.vectors(part)
            for passage_id, vector in held.items():
                if vector.shape != (self._embedder.dim,) or abs(float(np.linalg.norm(vector)) - 1.0) > WITHIN:
                    wrong.add(passage_id)
            sample = [part[place] for place in range(-start % every, len(part), every)]
            wanted = [passage_id for passage_id in sample if passage_id in held and passage_id not in wrong]
            compared += len(wanted)
            for passage_id, reading in self._made_again(wanted).items():
                vector = reading.vector
                near = self._store.nearest(vector, 1)
                if float(held[passage_id] @ vector) < 1.0 - WITHIN:
                    wrong.add(passage_id)
                elif not near or near[0][1] < 1.0 - WITHIN:
                    missed.add(passage_id)
        if len(missed) > compared * MISSED_AT_MOST:
            wrong |= missed
        return sorted(wrong & self._truth.passage_ids()), compared

    def _words(self, rows: WordRows, deep: bool, beside: bool, filling: bool) -> list[Finding]:
        """Findings of the word vectors: passages that have none, rows of no passage, and rows that are not what
        reading the passage again gives."""
        with self._truth.snapshot():
            held, passages, stray = rows.ids(), self._truth.passage_ids(), rows.strays()
            wrong = self._wrong_words(rows, sorted(held), deep)
        return [
            *finding("words_missing", () if filling else passages - held),
            *finding("words_stray", () if beside else map(str, stray)), *finding("words_wrong", wrong),
        ]  # fmt: skip

    def _wrong_words(self, rows: WordRows, ids: list[str], deep: bool) -> list[str]:
        sample = ids if deep else ids[:: max(1, len(ids) // SAMPLE)]
        wrong: list[str] = []
        for start in range(0, len(sample), EMBED_AT_ONCE):
            part = sample[start : start + EMBED_AT_ONCE]
            numbers = self._truth.numbers(part)
            held = rows.packed(numbers.values())
            for passage_id, reading in self._made_again(part).items():
                ours, theirs = held.get(numbers[passage_id], b""), packed(reading.words)
                apart = np.frombuffer(ours, np.int8).astype(int) if len(ours) == len(theirs) else None
                if apart is None or np.abs(apart - np.frombuffer(theirs, np.int8)).max(initial=0) > WITHIN_STEPS:
                    wrong.append(passage_id)
        return wrong

    def _made_again(self, ids: list[str]) -> dict[str, Reading]:
        assert self._embedder is not None
        if not ids:
            return {}
        titles = {manual.id: manual.title for manual in self._truth.manuals()}
        found = [passage for passage in self._truth.passages(ids).values() if passage.manual_id in titles]
        texts = [embedding_text(titles[passage.manual_id], passage) for passage in found]
        readings = self._embedder.read(texts, "passage") if texts else ()
        return {passage.id: reading for passage, reading in zip(found, readings, strict=True)}

    def _files(self, beside: bool, say: ReportCheck) -> tuple[list[Finding], int]:
        """Findings of the originals, and how many manuals have theirs whole."""
        manuals = self._truth.manuals()
        missing: list[str] = []
        altered: list[str] = []
        for done, manual in enumerate(manuals):
            say("originals", done, len(manuals))
            state = self._originals.state(self._originals.at(manual.sha256, self._truth.suffix(manual.id)))
            now = self._truth.manual(manual.id)
            if state != "whole" and now is not None and now.sha256 == manual.sha256:
                (missing if state == "missing" else altered).append(manual.name)
        waiting = [
            str(row["name"])
            for row in self._truth.db.execute(
                "SELECT name, sha256, suffix FROM job WHERE state IN ('queued','running')"
            )
            if self._originals.state(self._originals.at(row["sha256"], row["suffix"]), content=False) == "missing"
        ]
        with self._publishing:  # what is no longer needed is deleted before it is let go
            leftovers = [] if beside else [path.name for path in self._originals.leftovers()]
        findings = [
            *finding("original_missing", missing), *finding("original_altered", altered),
            *finding("job_original_missing", waiting), *finding("original_leftover", leftovers),
        ]  # fmt: skip
        return findings, len(manuals) - len(missing) - len(altered)

    def repair(self, found: Report, refill: Callable[[], object], remake: Callable[[], object]) -> None:
        """Mend what ``found`` names and the truth can mend. ``refill`` makes missing vectors, ``remake`` all. Where
        some vectors are wrong, all are compared."""
        kinds = {finding.kind for finding in found.findings}
        with self._publishing:
            TruthCheck(self._truth).repair(kinds)
        if "original_leftover" in kinds:
            self._originals.drop_leftovers()
        if self._store is None:
            return
        if "vectors_damaged" in kinds:
            remake()
            return
        if "vector_file" in kinds:
            self._store.copy_again()
        if self._embedder is not None and kinds & {"words_stray", "words_wrong", "orphans"}:
            rows = WordRows(self._truth, self._embedder.name)
            with self._publishing:
                rows.drop_strays()
                rows.drop(self._wrong_words(rows, sorted(rows.ids()), True) if "words_wrong" in kinds else ())
            refill()
        if kinds & {"vectors_missing", "vectors_stray", "vectors_wrong", "vectors_unused", "words_missing", "orphans"}:
            with self._publishing:
                stray = self._store.ids() - self._truth.passage_ids()
                self._store.delete(stray)
            if "vectors_wrong" in kinds:
                with self._store.record() as record:
                    wrong, _ = self._compared(record, sorted(record.ids()), True, _silent)
                self._store.delete(wrong)
            refill()


def _silent(what: str, done: int, total: int) -> None:
    """Nobody watches."""
