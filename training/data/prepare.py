"""Preparing a FAQ: tables -> cleaned entries -> fact groups -> parts, written as files with a card that says how."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from training.data.answer_rows import answer_rows
from training.data.cleaning import FEWEST, Cleaned, read_faq_table
from training.data.data_card import DataCard, read_rows_of, write_rows
from training.data.equivalence import equivalents
from training.data.faq_table import FaqEntry
from training.data.groups import FactGroups, fact_groups
from training.data.index_vectors import IndexVectors, LiveIndex, index_vectors
from training.data.nearest import nearest
from training.data.split import PARTS, Part, Shares, Split, leaks, split
from training.errors import FaqUnusable
from training.provenance import sha256_of

RULE = (
    "By fact group and by document, before anything else was made: `unseen` are whole documents that no training may "
    "read, `text` are facts whose text may be read but whose questions are never trained, `dev` chooses settings, "
    "`train` is trained. A group that stands on both sides is used nowhere."
)
_FIELDS = ("id", "question", "answer", "lang", "document", "product", "section", "page", "same_as", "line")


@dataclass(frozen=True, slots=True)
class Prepared:
    """``cleaned`` by table; ``vectors`` only where an index was asked."""

    entries: tuple[FaqEntry, ...]
    groups: FactGroups
    split: Split
    cleaned: Mapping[str, Cleaned]
    vectors: IndexVectors | None = None

    def of(self, part: Part) -> tuple[list[FaqEntry], list[int]]:
        """The entries of a part, with the numbers of their groups."""
        places = self.split.places(part)
        return [self.entries[place] for place in places], [self.groups.of[place] for place in places]


def prepare(
    tables: Sequence[Path], shares: Shares, index: LiveIndex | None = None, *, leave_out_bad: bool = False,
    remembered: Path | None = None,
) -> Prepared:  # fmt: skip
    """Read, group and divide ``tables``. With an ``index`` facts told in other words are found by its embedder too;
    without one by their words alone. Raises FaqUnusable."""
    fewest = FEWEST if len(tables) == 1 else 1
    cleaned = {path.name: read_faq_table(path, leave_out_bad=leave_out_bad, fewest=fewest) for path in tables}
    entries = _distinct([entry for table in cleaned.values() for entry in table.entries])
    if len(entries) < FEWEST:
        raise FaqUnusable(
            f"{len(entries)} usable entries in all tables; {FEWEST} is the least.", "Add entries.", "too_few"
        )
    vectors = index_vectors(entries, index, remembered) if index is not None else None
    groups = fact_groups(entries, equivalents(entries, vectors.questions, vectors.answers) if vectors else ())
    return Prepared(entries, groups, split(entries, groups, shares), cleaned, vectors)


def _distinct(entries: Sequence[FaqEntry]) -> tuple[FaqEntry, ...]:
    """Entries of several tables with ids that tell them apart."""
    seen: Counter[str] = Counter()
    found = []
    for entry in entries:
        seen[entry.id] += 1
        found.append(entry if seen[entry.id] == 1 else replace(entry, id=f"{entry.id}:{seen[entry.id]}"))
    return tuple(found)


def write_prepared(
    prepared: Prepared, tables: Sequence[Path], out: Path, shares: Shares, rows: AnswerShares
) -> DataCard:
    """``train.jsonl``, ``text.jsonl``, ``dev.jsonl``, ``unseen.jsonl``, ``sft.jsonl`` and the card into ``out``."""
    files: dict[str, int] = {}
    for part in PARTS:
        entries, groups = prepared.of(part)
        written = [{name: getattr(entry, name) for name in _FIELDS} | {"group": group}
                   for entry, group in zip(entries, groups, strict=True)]  # fmt: skip
        files[f"{part}.jsonl"] = write_rows(out / f"{part}.jsonl", written)
    trained, groups = prepared.of("train")
    near = _near(prepared, trained)
    files["sft.jsonl"] = write_rows(
        out / "sft.jsonl", answer_rows(trained, groups, near, rows.with_excerpts, rows.unanswerable, shares.seed)
    )
    card = _card(prepared, tables, shares, rows, files)
    card.write(out)
    return card


@dataclass(frozen=True, slots=True)
class AnswerShares:
    """``with_excerpts``: share of the instruction rows that show passages; ``unanswerable``: of those without the right
    one."""

    with_excerpts: float = 0.3
    unanswerable: float = 0.2


def _near(prepared: Prepared, trained: Sequence[FaqEntry]) -> dict[int, list[int]]:
    """For each trained entry others of its language: by vectors, or else of its product in the order of the table."""
    if prepared.vectors is not None:
        import numpy as np

        places = np.array(prepared.split.places("train"))
        rows = nearest(prepared.vectors.questions[places], prepared.vectors.answers[places], 12).places
        found = {n: [int(m) for m in row if m >= 0] for n, row in enumerate(rows)}
    else:
        found = {n: [m for m, other in enumerate(trained) if m != n and other.product == entry.product][:12]
                 for n, entry in enumerate(trained)}  # fmt: skip
    return {n: [m for m in row if trained[m].lang == trained[n].lang] for n, row in found.items()}


def _card(
    prepared: Prepared, tables: Sequence[Path], shares: Shares, rows: AnswerShares, files: Mapping[str, int]
) -> DataCard:
    read = sum(table.rows for table in prepared.cleaned.values())
    counts = prepared.split.counts
    trained = [text for entry in prepared.of("train")[0] for text in (entry.question, entry.answer)]
    leaked = {
        part: len(leaks(trained, [entry.answer for entry in prepared.of(part)[0]])) for part in ("text", "unseen")
    }
    figures: dict[str, Any] = {
        "fact groups": prepared.groups.count,
        "joined by": dict(prepared.groups.joined),
        "documents kept from training": sorted(prepared.split.unseen),
        "answers of a part that half stand in a trained text": leaked,
    }
    if prepared.vectors is not None:
        figures["vectors"] = {"embedder": prepared.vectors.embedder, **prepared.vectors.counted}
    return DataCard(
        name="FAQ, cleaned and divided",
        made_by="andon train faq",
        licence="the site's own; as its source documents",
        inputs={path.name: sha256_of(path) for path in tables},
        funnel=[("rows of the tables", read), ("usable", len(prepared.entries)),
                ("in a part", len(prepared.entries) - counts["across"])],
        settings={**asdict(shares), **asdict(rows)},
        files=files,
        rule=RULE,
        gaps=_gaps(prepared),
        figures=figures,
    )  # fmt: skip


def _gaps(prepared: Prepared) -> list[str]:
    gaps = [line for table in prepared.cleaned.values() for line in table.told()]
    if prepared.vectors is None:
        gaps.append("Facts told in other words were looked for by words alone; with --data the index's embedder helps.")
    for part in PARTS:
        if not prepared.split.counts[part]:
            gaps.append(f"The part {part} is empty.")
    return gaps


def read_part(folder: Path, part: Part) -> tuple[list[FaqEntry], list[int]]:
    """The entries of a part that ``write_prepared`` wrote, with their groups. Raises FaqUnusable."""
    path = folder / f"{part}.jsonl"
    if not path.is_file():
        raise FaqUnusable(f"There is no {path}.", "Make it with: andon train faq TABLE --out FOLDER")
    rows = read_rows_of(path)
    return [FaqEntry(**{name: row[name] for name in _FIELDS}) for row in rows], [int(row["group"]) for row in rows]
