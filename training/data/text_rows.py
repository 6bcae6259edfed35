"""Text rows: manuals as text for continual pre-training: as they are, restated, with questions after them, and replay.

Raw text alone teaches a small model little of what it says; the same facts in several forms teach more (Allen-Zhu, Li:
Physics of Language Models 3.1, 2023; EntiGraph, Yang et al. 2024), and a share of general text keeps what it knew.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from index.passage import Lang, Manual, Passage
from training.corpus import Document, sample_documents
from training.data.faq_table import FaqEntry
from training.data.passage_writer import Written
from training.data.wordings import TOLD, Cell
from training.two_choice.facts import Manuals, machine_of, rows_of

Row = dict[str, Any]
LONGEST = 3_000  # characters of a row; packing cuts longer ones at any place
_ASKED = {"ja": ("問", "答"), "en": ("Q", "A")}


@dataclass(frozen=True, slots=True)
class TextShares:
    """``replay``: share of general text among all characters, 0 to below 1; ``restatements``: how many further forms of
    each fact at most; ``seed``."""

    replay: float = 0.1
    restatements: int = 4
    seed: int = 1


@dataclass(slots=True)
class TextRows:
    """``rows``: {"text", "kind", "source", "lang"} in a random order; ``characters`` by kind."""

    rows: list[Row]
    characters: Counter[str] = field(default_factory=Counter)


def text_rows(
    library: Manuals, unseen: Collection[str], shares: TextShares, faq: Sequence[FaqEntry] = (),
    written: Sequence[Written] = (), general: Path | None = None,
) -> TextRows:  # fmt: skip
    """Rows of all manuals but those named in ``unseen``. ``faq``: entries of the trained part only, asked after the
    text of their manual; ``written``: what a teacher wrote from the passages, unusable ones are left out; ``general``:
    folder of general text (*.jsonl.zst) for the replay share, none of it where there is no such folder."""
    rng = random.Random(f"{shares.seed}:text")
    asked = _by_document(faq)
    told: defaultdict[str, list[Written]] = defaultdict(list)
    for one in written:
        if not one.reason:
            told[one.source].append(one)
    rows: list[Row] = []
    for manual in sorted(library.manuals(), key=lambda one: one.name):
        if manual.name in unseen:
            continue
        passages = library.passages(manual.id)
        rows += [_row(text, "raw", manual.name, manual.lang) for text in _chapters(manual.title, passages)]
        for form in range(shares.restatements):
            rows += _tables(form, manual, passages)
            rows += _forms(form, manual.name, manual.lang, passages, asked, told, rng)
    rows += _replay(general, shares, sum(len(row["text"]) for row in rows))
    rng.shuffle(rows)
    characters: Counter[str] = Counter()
    for row in rows:
        characters[row["kind"]] += len(row["text"])
    return TextRows(rows, characters)


def _row(text: str, kind: str, source: str, lang: Lang) -> Row:
    return {"text": text, "kind": kind, "source": source, "lang": lang}


def _chapters(title: str, passages: Sequence[Passage]) -> list[str]:
    """The manual in its own order, cut between passages; each piece begins with where it stands."""
    pieces: list[str] = []
    for passage in sorted(passages, key=lambda one: one.ordinal):
        head = " > ".join((title, *passage.section))
        if pieces and pieces[-1].startswith(f"{head}\n") and len(pieces[-1]) + len(passage.text) < LONGEST:
            pieces[-1] += f"\n{passage.text}"
        else:
            pieces.append(f"{head}\n{passage.text}")
    return pieces


def _forms(
    form: int, name: str, lang: Lang, passages: Sequence[Passage], asked: dict[str, list[FaqEntry]],
    told: dict[str, list[Written]], rng: random.Random,
) -> list[Row]:  # fmt: skip
    """The ``form``-th restatement of a manual beside its tables: 0 its FAQ as questions and answers, then the
    teacher's, one of each passage at a time."""
    if form == 0:
        mark = _ASKED[lang]
        entries = [e for key in (name, name.rpartition(".")[0]) for e in asked.get(key, [])]
        rng.shuffle(entries)
        texts = [f"{mark[0]}: {entry.question}\n{mark[1]}: {entry.answer}" for entry in entries]
        return [_row("\n\n".join(texts[at : at + 4]), "asked", name, lang) for at in range(0, len(texts), 4)]
    rows = []
    for passage in passages:
        of_passage = told.get(passage.id, [])
        if form - 1 < len(of_passage):
            one, mark = of_passage[form - 1], _ASKED[lang]
            after = f"{passage.text}\n\n{mark[0]}: {one.question}\n{mark[1]}: {one.answer}"
            rows.append(_row(after if one.question else one.answer, "written", name, lang))
    return rows


def _tables(form: int, manual: Manual, passages: Sequence[Passage]) -> list[Row]:
    """The rows of the manual's tables as sentences in the ``form``-th wording, a text a passage; none where there are
    no more wordings."""
    if form >= len(TOLD[manual.lang]):
        return []
    machine = machine_of(manual)
    texts = [_sentences(passage, manual.lang, machine, form) for passage in passages]
    return [_row(text, "restated", manual.name, manual.lang) for text in texts if text]


def _sentences(passage: Passage, lang: Lang, machine: str, form: int) -> str:
    """The rows of a table, or the fields of an alarm, as sentences; "" for other passages."""
    said: list[str] = []
    for headers, cells in rows_of(passage):
        said += [
            Cell(machine, cells[0], column, cell, lang).told(form)
            for column, cell in zip(headers[1:], cells[1:], strict=True)
            if cell not in ("", "-")
        ]
    return ("" if lang == "ja" else " ").join(said)


def _by_document(faq: Sequence[FaqEntry]) -> dict[str, list[FaqEntry]]:
    found: defaultdict[str, list[FaqEntry]] = defaultdict(list)
    for entry in faq:
        found[entry.document or entry.product].append(entry)
    return dict(found)


def _replay(general: Path | None, shares: TextShares, domain: int) -> list[Row]:
    """General text, so much that it is the share of all characters, half of it in each language."""
    wanted = round(domain * shares.replay / (1 - shares.replay)) if general is not None else 0
    if general is None or wanted <= 0:
        return []
    rows: list[Row] = []
    documents: dict[str, list[Document]] = sample_documents(general, wanted // 2 + LONGEST, shares.seed)
    for lang in ("ja", "en"):
        left = wanted // 2
        for document in documents[lang]:
            text = document.text[: min(left, LONGEST)]
            if left <= 0:
                break
            rows.append(_row(text, "replay", document.source, "ja" if lang == "ja" else "en"))
            left -= len(text)
    return rows
