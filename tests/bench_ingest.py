"""How much adding a PDF costs over its bare minimum: reading out its text and embedding its passages, nothing else.

    python -m tests.bench_ingest docs/results/ingest.json

For each born-digital PDF, in turns within one run: (a) the text of every page by pypdfium2 alone, and the vectors of
the passages' texts by the product's embedder alone, in one call on all cores, summed; (b) Library.add, from file to
searchable; (c) the same file once more, unchanged. Medians over --repeats turns. PDFs: the demo manuals; of
ANDON_SHARED_DATA, or ../shared/data beside the repository, the open manuals that are not scans; and the open Markdown
manuals in English and Japanese, 40,000 characters of each, printed to PDF here. The reader's process is started before
the first turn, as it is in a service. Exits with 1 where bare over product is under 0.7 or unchanged over first 1 %.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from assistant.build import open_embedder
from assistant.settings import ROOT, read_settings
from index.embedders.embedder import Embedder
from index.ingest.build import embedding_text
from index.library import Library
from index.options import IndexOptions

OPEN_PDFS = ("ender3-quick-start-guide.pdf", "ender3-online-printing.pdf", "tagged.pdf", "toc.pdf")
PRINTED = (("linuxcnc-en", "Helvetica"), ("akari-ja", "HeiseiKakuGo-W5"))
CHARACTERS = 40_000
LEAST_RATIO, MOST_UNCHANGED = 0.7, 0.01


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("result", type=Path)
    parser.add_argument("--repeats", type=int, default=5)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        report = measured(Path(folder), args.repeats)
    args.result.write_text(json.dumps(report, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(report, ensure_ascii=False, indent=2))
    total = report["total"]
    sys.exit(total["bare_over_product"] < LEAST_RATIO or total["unchanged_over_first"] > MOST_UNCHANGED)


def measured(folder: Path, repeats: int) -> dict[str, Any]:
    embedder = open_embedder(read_settings(data=folder))
    if embedder is None:
        raise SystemExit("There is no embedder (the setting embedder is none).")
    files = list(pdfs(folder))
    turns: dict[str, list[dict[str, float]]] = {path.name: [] for path in files}
    told: dict[str, dict[str, int]] = {}
    with Library(IndexOptions(folder=folder / "index"), write=True, embedder=embedder) as library:
        first = folder / "first.txt"
        first.write_text("Starts the reader's process and takes the embedder's first run.", encoding="utf-8")
        library.add(first)
        for _ in range(repeats):
            for path in files:
                turn, told[path.name] = one_turn(library, embedder, path)
                turns[path.name].append(turn)
    rows = [{"file": name, **told[name], **row(held)} for name, held in turns.items()]
    everything = [
        {name: sum(turns[path.name][at][name] for path in files) for name in turns[files[0].name][0]}
        for at in range(repeats)
    ]
    counts = {name: sum(held[name] for held in told.values()) for name in ("pages", "passages")}
    total = {**counts, **row(everything)}
    return {"cores": len(os.sched_getaffinity(0)), "repeats": repeats, "total": total, "files": rows}


def one_turn(library: Library, embedder: Embedder, path: Path) -> tuple[dict[str, float], dict[str, int]]:
    """Seconds of each part for one file, and what it holds; the library is left as it was."""
    add_s = seconds(lambda: library.add(path))
    manual = library.manual(path.name)
    texts = [embedding_text(manual.title, passage) for passage in library.passages(manual.id)]
    unchanged_s = seconds(lambda: library.add(path))
    library.remove(manual.id)
    bare_text_s = seconds(lambda: bare_text(path))
    bare_embedding_s = seconds(lambda: embedder.embed(texts, "passage"))
    turn = {
        "bare_text_s": bare_text_s,
        "bare_embedding_s": bare_embedding_s,
        "add_s": add_s,
        "unchanged_s": unchanged_s,
    }
    return turn, {"pages": manual.pages, "passages": manual.passages}


def row(turns: list[dict[str, float]]) -> dict[str, Any]:
    """Medians over the turns; the ratio is the median of the turns' ratios, each of one moment of the machine."""
    ratios = [(turn["bare_text_s"] + turn["bare_embedding_s"]) / turn["add_s"] for turn in turns]
    unchanged = statistics.median(turn["unchanged_s"] / turn["add_s"] for turn in turns)
    return {
        **{name: round(statistics.median(turn[name] for turn in turns), 4) for name in turns[0]},
        "bare_over_product": round(statistics.median(ratios), 3),
        "bare_over_product_of_turns": [round(ratio, 3) for ratio in ratios],
        "unchanged_over_first": round(unchanged, 4),
    }


def seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def bare_text(path: Path) -> int:
    import pypdfium2

    characters = 0
    document = pypdfium2.PdfDocument(path.read_bytes())
    for number in range(len(document)):
        page = document[number]
        textpage = page.get_textpage()
        characters += len(textpage.get_text_range())
        textpage.close()
        page.close()
    document.close()
    return characters


def pdfs(folder: Path) -> Iterator[Path]:
    yield from sorted((ROOT / "demo" / "manuals").glob("*.pdf"))
    data = Path(os.environ.get("ANDON_SHARED_DATA") or ROOT.parent / "shared" / "data")
    yield from (path for name in OPEN_PDFS if (path := data / "pdf-manuals" / name).is_file())
    for name, face in PRINTED:
        if (data / name / "docs").is_dir():
            yield printed(data / name / "docs", folder / f"{name}.pdf", face)


def printed(docs: Path, out: Path, face: str) -> Path:
    """The first CHARACTERS of a folder of Markdown as a PDF: headings, and paragraphs line by line."""
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.pdfbase import cidfonts, pdfmetrics
    from reportlab.platypus import Paragraph, SimpleDocTemplate

    if face.startswith("Heisei"):
        pdfmetrics.registerFont(cidfonts.UnicodeCIDFont(face))
    wrap = "CJK" if face.startswith("Heisei") else None
    body = ParagraphStyle("body", fontName=face, fontSize=10, leading=14, spaceAfter=5, wordWrap=wrap)
    heads = [ParagraphStyle(f"h{n}", body, fontSize=20 - 3 * n, leading=26 - 3 * n, spaceBefore=10) for n in range(4)]
    text = "\n".join(path.read_text(encoding="utf-8") for path in sorted(docs.rglob("*.md")))[:CHARACTERS]
    story = []
    for line in filter(str.strip, text.splitlines()):
        depth = len(line) - len(line.lstrip("#"))
        style = heads[min(depth, len(heads)) - 1] if depth else body
        story.append(Paragraph(escape(line.lstrip("# ").strip()) or "-", style))
    SimpleDocTemplate(str(out), title=out.stem).build(story)
    return out


if __name__ == "__main__":
    main()
