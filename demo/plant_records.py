"""Records of the demo plant (FAQ, incidents, questions): read, resolved to printed pages, and checked."""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from manual_blocks import Mark
from manual_pdf import BuiltManual
from manual_source import Table

RECORDS = ("faq", "incidents", "questions")
REQUIRED = {
    "faq": ("id", "lang", "question", "answer", "machine", "manual", "section"),
    "incidents": ("id", "date", "line", "machine", "symptom", "cause", "remedy", "minutes_down", "lang", "reported_by"),
    "questions": ("id", "lang", "question", "kind", "answerable", "manual"),
}
KINDS = ("alarm", "symptom", "procedure", "value", "part", "safety")
ALARM_HEADS = (
    "アラーム番号",
    "アラーム",
    "エラー番号",
    "異常番号",
    "Code",
    "Alarm",
    "Fault",
    "Error",
    "Fault code",
    "コード",
)
_ALARM = re.compile(r"^[A-Z]+(?:[.\-][A-Z]?\d+)+$")
_TOKEN = re.compile(r"[0-9A-Za-z][0-9A-Za-z.\-]*")
# The demo plant is judged with these sizes; fewer would make its measurements worthless.
LEAST = {"pages": 61, "alarms": 60, "faq": 150, "incidents": 30}
QUESTIONS, UNANSWERABLE = 120, 20

Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class PrintedManual:
    """A built manual with the text of its pages, blanks removed (facts may run over a line's end)."""

    built: BuiltManual
    pages: tuple[str, ...]

    @property
    def slug(self) -> str:
        return self.built.source.slug

    def section_pages(self, number: str) -> list[int]:
        """Physical pages from a section's heading to the next heading of its level or above; [] when there is none."""
        wanted = squeezed(number)
        marks = self.built.marks
        for at, mark in enumerate(marks):
            if squeezed(mark.number) == wanted:
                return list(range(mark.page, self._last_page(mark, marks[at + 1 :]) + 1))
        return []

    def _last_page(self, mark: Mark, later: tuple[Mark, ...]) -> int:
        for following in later:
            if following.level <= mark.level:
                starts_the_page = (
                    not any(other.page == following.page and other.y > following.y for other in self.built.marks)
                    and following.y > 740
                )
                return max(mark.page, following.page - 1 if starts_the_page else following.page)
        return len(self.pages)

    def holding(self, text: str, pages: list[int]) -> list[int]:
        return [page for page in pages if squeezed(text) in self.pages[page - 1]]


def squeezed(text: str) -> str:
    """Text without white space, in compatibility form (so that full-width digits and "㎜" compare as printed)."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


def printed(built: BuiltManual) -> PrintedManual:
    """Read the text of every page back from the PDF."""
    import pypdfium2

    with pypdfium2.PdfDocument(str(built.path)) as document:
        pages = tuple(squeezed(page.get_textpage().get_text_bounded()) for page in document)
    return PrintedManual(built, pages)


def read_records(folder: Path, problems: list[str]) -> dict[str, list[Record]]:
    """The three JSONL files of one manual's folder; every fault is added to ``problems``."""
    records: dict[str, list[Record]] = {kind: [] for kind in RECORDS}
    for kind in RECORDS:
        path = folder / f"{kind}.jsonl"
        if not path.is_file():
            problems.append(f"{path}: missing.")
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
            except json.JSONDecodeError as error:
                problems.append(f"{path}:{number}: not JSON ({error.msg}).")
                continue
            lacking = [key for key in REQUIRED[kind] if row.get(key) in (None, "")]
            if lacking:
                problems.append(f"{path}:{number}: lacks {', '.join(lacking)}.")
            else:
                records[kind].append(row)
    return records


def resolve_faq(row: Record, manual: PrintedManual, problems: list[str]) -> Record:
    """The FAQ row with ``page`` and ``page_label``: the page of its section that holds most of the answer's figures."""
    pages = _pages_of(row, manual, problems)
    if not pages:
        return row
    tokens = {squeezed(token) for token in _TOKEN.findall(row["answer"]) if any(c.isdigit() for c in token)}
    if row.get("anchor"):
        pages = manual.holding(row["anchor"], pages) or pages
    best = max(pages, key=lambda page: (sum(token in manual.pages[page - 1] for token in tokens), -page))
    return {**row, "page": best, "page_label": manual.built.labels[best - 1]}


def resolve_question(row: Record, manual: PrintedManual, problems: list[str]) -> Record:
    """The question with ``page`` (where the answer is), ``page_label``, ``pages`` (all that its facts need) and
    ``also_pages``: other pages of the manual that print every fact too (only told for two facts or more, since a
    single short one may stand on a page by chance). Strict measurements use ``pages`` alone."""
    if row["kind"] not in KINDS:
        problems.append(f"{row['id']}: kind {row['kind']!r} is not one of {', '.join(KINDS)}.")
    if not row["answerable"]:
        return {**row, "facts": row.get("facts", [])}
    facts: list[str] = row.get("facts", [])
    if not facts:
        problems.append(f"{row['id']}: answerable, but names no facts.")
    within = _pages_of(row, manual, problems)
    if not within:
        return row
    pages = manual.holding(row["anchor"], within) if row.get("anchor") else within
    if not pages:
        problems.append(f"{row['id']}: anchor {row['anchor']!r} is not printed in section {row['section']}.")
        return row
    best = max(pages, key=lambda page: (sum(bool(manual.holding(fact, [page])) for fact in facts), -page))
    needed = {best}
    for fact in facts:
        where = manual.holding(fact, within)
        if not where:
            problems.append(f"{row['id']}: fact {fact!r} is not printed in section {row['section']}.")
        elif not needed & set(where):
            needed.add(where[0])
    labels = manual.built.labels
    ordered = sorted(needed)
    everywhere = list(range(1, len(labels) + 1))
    for fact in facts:
        everywhere = manual.holding(fact, everywhere)
    return {
        **row,
        "page": best,
        "page_label": labels[best - 1],
        "pages": ordered,
        "page_labels": [labels[page - 1] for page in ordered],
        "also_pages": [page for page in everywhere if page not in needed] if len(facts) > 1 else [],
    }


def _pages_of(row: Record, manual: PrintedManual, problems: list[str]) -> list[int]:
    if row["manual"] != manual.slug:
        problems.append(f"{row['id']}: names manual {row['manual']!r} but stands in the folder of {manual.slug!r}.")
    pages = manual.section_pages(str(row.get("section", "")))
    if not pages:
        problems.append(f"{row['id']}: section {row.get('section')!r} is not a heading of {manual.slug}.")
    return pages


def alarm_codes(manual: PrintedManual) -> set[str]:
    """Codes that head a row of the manual's alarm tables; sub-codes ("AL.32.1" beside "AL.32") are not counted."""
    codes = {
        row[0]
        for table in manual.built.source.elements
        if isinstance(table, Table) and table.header[0] in ALARM_HEADS and len(table.header) >= 3
        for row in table.rows
        if _ALARM.match(row[0])
    }
    return {code for code in codes if not any(code.startswith(f"{other}.") for other in codes)}


def repeated_ids(merged: dict[str, list[Record]]) -> list[str]:
    problems: list[str] = []
    for kind, rows in merged.items():
        seen: set[str] = set()
        for row in rows:
            if row["id"] in seen:
                problems.append(f"{kind}: id {row['id']!r} stands twice.")
            seen.add(row["id"])
    return problems


def counted(manuals: list[PrintedManual], merged: dict[str, list[Record]]) -> dict[str, int]:
    """The plant in figures."""
    return {
        "pages": sum(len(manual.pages) for manual in manuals),
        "alarms": sum(len(alarm_codes(manual)) for manual in manuals),
        "faq": len(merged["faq"]),
        "incidents": len(merged["incidents"]),
        "questions": len(merged["questions"]),
        "unanswerable": sum(not row["answerable"] for row in merged["questions"]),
    }


def count_problems(counts: dict[str, int]) -> list[str]:
    problems = [
        f"{name}: {counts[name]}, at least {least} wanted." for name, least in LEAST.items() if counts[name] < least
    ]
    if counts["questions"] != QUESTIONS or counts["unanswerable"] != UNANSWERABLE:
        problems.append(
            f"questions: {counts['questions']} with {counts['unanswerable']} unanswerable; "
            f"{QUESTIONS} with {UNANSWERABLE} wanted."
        )
    return problems
