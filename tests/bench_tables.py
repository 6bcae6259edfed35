"""Table cells: asks single cells of demo and real tables by row and column, and looks for the row in the first hits.

    python -m tests.bench_tables docs/results/tables.json [--show]

The tables come from the sources (tests/table_truth.py), never from Andon's own readers. Real pages are asked as the
Markdown they are, and set as PDF in five ways (ruled, split over pages with the header printed once, level lines only,
no lines at all); part lists and made tables (two header rows, merged cells) also as XLSX and CSV. A hit is right if it
is of that manual and one of its lines (or the passage of an alarm or symptom) holds every cell of the row, each behind
the name of its column. Every table belongs by hash to the half that the program was tuned on or to the half held back.
--show prints each question that was not answered first, with its first hit; of the held-back half only the numbers.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from made_tables import MADE
from table_files import LAYOUTS, print_pdf, set_page, write_csv, write_workbook
from table_questions import TableQuestion, ask, translated
from table_truth import ROOT, TrueTable, demo_tables, folded, number_of, open_tables

from index.library import Library, Scope
from index.options import IndexOptions
from index.passage import Hit, Passage

SHARED = Path(os.environ.get("ANDON_SHARED_DATA", ROOT.parent / "shared" / "data"))
_WHOLE = ("alarm", "symptom", "faq")  # kinds of passages that are one entry, told in several lines
BUGCHECKS = 24  # pages of the 200 that are asked: they are all alike


@dataclass
class TableSet:
    """Files to index together, and the questions asked of them; a question's table ``place`` is its file's name."""

    name: str
    files: list[Path] = field(default_factory=list)
    questions: list[TableQuestion] = field(default_factory=list)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("result", type=Path)
    parser.add_argument("--show", action="store_true")
    parser.add_argument("--only", help="sets whose name holds this")
    args = parser.parse_args()
    if not SHARED.is_dir():
        sys.exit(f"The open manuals are not at {SHARED}; set ANDON_SHARED_DATA.")
    answers: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as folder:
        for one in table_sets(Path(folder)):
            if not args.only or args.only in one.name:
                found = list(measure(one, Path(folder) / "index" / one.name))
                answers += found
                print(one.name, rates(found), file=sys.stderr, flush=True)
    if args.show:
        for answer in answers:
            if answer["place"] != 1 and not answer["held_back"]:
                print(json.dumps(answer, ensure_ascii=False, indent=1))
    report = {
        "all": rates(answers),
        "development": rates(a for a in answers if not a["held_back"]),
        "held_back": rates(a for a in answers if a["held_back"]),
        "by_set": grouped(answers, "set"),
        "by_language": grouped(answers, "languages"),
    }
    args.result.write_text(json.dumps(report, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(report, ensure_ascii=False, indent=2))


def grouped(answers: Sequence[dict[str, Any]], key: str) -> dict[str, Any]:
    return {
        f"{value}, {half}": rates(a for a in answers if a[key] == value and a["held_back"] == (half == "held back"))
        for value in sorted({a[key] for a in answers})
        for half in ("development", "held back")
    }


def rates(answers: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """How many were asked; the share whose row came first, in the first 3; whose row stands whole in any passage."""
    places = [(a["place"], a["readable"]) for a in answers]
    count = len(places) or 1
    return {
        "asked": len(places),
        "right_row_first": round(sum(place == 1 for place, _ in places) / count, 3),
        "right_row_in_first_3": round(sum(0 < place <= 3 for place, _ in places) / count, 3),
        "row_with_headers_in_a_passage": round(sum(readable for _, readable in places) / count, 3),
    }


def table_sets(folder: Path) -> Iterator[TableSet]:
    demo = demo_tables()
    yield TableSet("demo-pdf", sorted((ROOT / "demo/manuals").glob("*.pdf")), [*ask(demo, 1), *translated(demo)])
    for name, lang, pages, each in (
        ("linuxcnc-en", "en", "linuxcnc-en/docs", 1), ("odrive-en", "en", "odrive-en/docs", 4),
        ("akari-ja", "ja", "akari-ja/docs", 6), ("bugcheck-en", "en", "windows-bugcheck-en-ja/docs/en", 1),
        ("bugcheck-ja", "ja", "windows-bugcheck-en-ja/docs/ja", 1),
    ):  # fmt: skip
        found = open_tables(SHARED / pages, "ja" if lang == "ja" else "en")
        if name.startswith("bugcheck"):
            chosen = sorted({t.place for t in found}, key=number_of)[:BUGCHECKS]
            found = [table for table in found if table.place in chosen]
        yield _as_markdown(name, found, SHARED / pages, folder, each)
        if not name.startswith("bugcheck"):
            yield _as_pdf(name, found, SHARED / pages, folder, each)
    yield _made(folder)


def _as_markdown(name: str, tables: Sequence[TrueTable], pages: Path, folder: Path, each: int) -> TableSet:
    """The pages themselves, with those of the same manual that hold no table."""
    kept = folder / f"{name}-md"
    kept.mkdir()
    out = TableSet(f"{name}-md")
    for path in sorted(pages.rglob("*.md")):
        place = path.relative_to(pages).as_posix()
        if "bugcheck" in name and place not in {table.place for table in tables}:
            continue
        out.files.append(kept / place.replace("/", "--"))
        out.files[-1].write_bytes(path.read_bytes())
    out.questions = list(ask([replace(t, place=t.place.replace("/", "--")) for t in tables], each))
    return out


def _as_pdf(name: str, tables: Sequence[TrueTable], pages: Path, folder: Path, each: int) -> TableSet:
    """Each page that holds tables, set in one of the layouts by hash."""
    kept = folder / f"{name}-pdf"
    kept.mkdir()
    out = TableSet(f"{name}-pdf")
    named: list[TrueTable] = []
    for number, place in enumerate(sorted({table.place for table in tables})):
        layout = LAYOUTS[number % len(LAYOUTS)]
        target = kept / f"{place.replace('/', '--').removesuffix('.md')}.{layout}.pdf"
        mine = [table for table in tables if table.place == place]
        set_page(pages / place, target, mine, layout)
        out.files.append(target)
        named += [replace(table, place=target.name) for table in mine]
    out.questions = list(ask(named, each))
    return out


def _made(folder: Path) -> TableSet:
    """Made tables with two header rows and merged cells: each layout of each as a PDF, and as XLSX and CSV."""
    kept = folder / "made"
    kept.mkdir()
    out = TableSet("made")
    for number, tables in enumerate(MADE):
        title = tables[0].title
        places = []
        for layout in LAYOUTS:
            places.append(f"{number}.{layout}.pdf")
            print_pdf(kept / places[-1], tables[0].lang, layout, [
                (f"{table.heading}", [table.title], [table]) for table in tables
            ])  # fmt: skip
        places.append(f"{number}.xlsx")
        write_workbook(kept / places[-1], tables)
        for place in places:
            asked = list(ask([replace(table, place=place, title=title) for table in tables], 2))
            out.questions += asked
        out.files += [kept / place for place in places]
        for table in tables:
            if not any("|" in name for name in table.header):
                out.files.append(kept / f"{number}.{number_of(table.key) % 1000}.csv")
                write_csv(out.files[-1], table)
                out.questions += ask([replace(table, place=out.files[-1].name)], 2)
    return out


def measure(one: TableSet, folder: Path) -> Iterator[dict[str, Any]]:
    with Library(IndexOptions(folder=folder, embedder="none"), write=True) as library:
        for path in one.files:
            library.add(path)
        ids = {manual.name: manual.id for manual in library.manuals()}
        passages: dict[str, list[Passage]] = {}
        for question in one.questions:
            place = question.table.place
            scope = frozenset({ids[place]}) if one.name == "made" else frozenset()
            hits = library.search(question.text, 10, Scope(scope)).hits
            if place not in passages:
                passages[place] = library.passages(place)
            yield _answer(one, question, hits, passages[place])


def _answer(one: TableSet, question: TableQuestion, hits: Sequence[Hit], passages: Sequence[Passage]) -> dict[str, Any]:
    place = next((n for n, hit in enumerate(hits, 1) if is_right(hit, question)), 0)
    held = any(holds(p.text, p.kind, question.pairs) for p in passages)
    lang = question.table.lang
    asked_in = ({"ja": "en", "en": "ja"}[lang]) if question.translated else lang
    return {
        "set": one.name, "file": question.table.place, "held_back": question.table.held_back,
        "languages": asked_in if asked_in == lang else f"{asked_in} -> {lang}",
        "question": question.text, "row": " / ".join(f"{name}: {cell}" for name, cell in question.pairs),
        "place": place, "readable": held, "first": [f"[{h.passage.kind}] {h.passage.text[:300]}" for h in hits[:1]],
    }  # fmt: skip


def is_right(hit: Hit, question: TableQuestion) -> bool:
    return hit.manual.name == question.table.place and holds(hit.passage.text, hit.passage.kind, question.pairs)


def holds(text: str, kind: str, pairs: Sequence[tuple[str, str]]) -> bool:
    """Whether one line of ``text``, or a passage that is one entry, tells all ``pairs`` in order, each cell behind its
    column's name."""
    for stretch in [text, *text.split("\n")] if kind in _WHOLE else text.split("\n"):
        line, at = folded(stretch), 0
        for name, cell in pairs:
            at = line.find(f"{folded(name)}:{folded(cell)}", at)
            if at < 0:
                break
        else:
            return True
    return False


if __name__ == "__main__":
    main()
