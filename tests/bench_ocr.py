"""How well and how fast OCR reads: scans with known text, the same page skewed and turned, and a Japanese alarm page.

    python -m tests.bench_ocr docs/results/ocr.json

linn.txt is itself the corrected output of an OCR program and holds a few slips ("0r", "FOOTSWIT CH", "0" for a bullet);
they count as errors here. Bullets, quotes and dashes are brought to one form on both sides, nothing else.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import resource
import subprocess
import tempfile
import unicodedata
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pypdfium2
from PIL import Image

from assistant.build import open_library
from assistant.settings import ROOT, read_settings
from index.manuals import ocr, ocr_tesseract
from index.manuals.block import Page
from index.manuals.pdf import PdfReader
from index.manuals.pdf_quality import look_at, verdict

Row = dict[str, Any]
JAPANESE = ("sc200.pdf", 24)
ASKED = ("AL.33 が出た", "フィルタの目詰まりでアンプが過熱", "モータ過熱の処置", "AL.61 原点復帰未完了")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("result", type=Path)
    args = parser.parse_args()
    scans = Path(os.environ.get("ANDON_SHARED_DATA") or ROOT.parent / "shared" / "data") / "pdf-manuals"
    truth = (scans / "linn.txt").read_text(encoding="utf-8")
    report: Row = {"pages_sent_to_ocr": {"demo manuals": sent(ROOT / "demo/manuals"), "open PDF files": sent(scans)}}
    report["english_scan"] = {
        name: english(scans / name, truth) for name in ("linn.pdf", "skew.pdf", "rotated_skew.pdf")
    }
    with tempfile.TemporaryDirectory() as folder:
        report["japanese_page"] = japanese(Path(folder))
    report["tesseract"] = tesseract(scans / "linn.pdf", truth)
    report["peak_memory_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    report["load_average"] = [round(load, 1) for load in os.getloadavg()]
    args.result.write_text(json.dumps(report, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(report, ensure_ascii=False, indent=2))


def sent(folder: Path) -> dict[str, int]:
    """Pages by what the quality test says of them."""
    counts: Counter[str] = Counter()
    for path in sorted(folder.glob("*.pdf")):
        document: Any = pypdfium2.PdfDocument(path)
        counts.update(verdict(look_at(document[number])) for number in range(len(document)))
    return dict(sorted(counts.items()))


def read(path: Path) -> tuple[list[Page], float]:
    start = cpu_seconds()
    pages = list(PdfReader().open(path).pages)
    return pages, cpu_seconds() - start


def cpu_seconds() -> float:
    """Of this process and of those that it started, such as Tesseract's."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def english(path: Path, truth: str) -> Row:
    pages, seconds = read(path)
    got = "\n".join(block.text for page in pages for block in page.blocks)
    wanted_words, got_words = words(truth), words(got)
    return {
        "word_error": round(distance(wanted_words, got_words) / len(wanted_words), 4),
        "word_error_any_order": round(
            1 - sum((Counter(wanted_words) & Counter(got_words)).values()) / len(wanted_words), 4
        ),
        "character_error": round(distance("".join(wanted_words), "".join(got_words)) / len("".join(wanted_words)), 4),
        "cpu_seconds": round(seconds, 1),
    }


def japanese(folder: Path, program: str = "rapidocr") -> Row:
    """A demo page rendered at 150 dpi, its picture wrapped into a PDF; against the text layer of the same page."""
    name, number = JAPANESE
    document: Any = pypdfium2.PdfDocument(ROOT / "demo/manuals" / name)
    picture: Image.Image = document[number - 1].render(scale=150 / 72).to_pil().convert("L")
    path = folder / "scan.pdf"
    picture.save(path, resolution=150)
    one = folder / "text.pdf"
    single = pypdfium2.PdfDocument.new()
    single.import_pages(document, [number - 1])
    single.save(one)
    wanted = plain(read(one)[0])
    pages, seconds = read(path)
    got = plain(pages)
    library = open_library(read_settings(data=folder / "data", embedder="none", ocr=program), write=True)
    try:
        library.add(path)
        found = {question: first(library, question) for question in ASKED}
    finally:
        library.close()
    return {
        "page": f"{name} page {number}", "characters": len(wanted),
        "character_error": round(distance(wanted, got) / len(wanted), 4),
        "table_rows": sum(block.kind == "row" for page in pages for block in page.blocks),
        "found_first": found, "cpu_seconds": round(seconds, 1),
    }  # fmt: skip


def tesseract(scan: Path, truth: str) -> Row:
    """The same scan and the same page by the program Tesseract."""
    if not ocr_tesseract.is_present():
        return {"skipped": "Tesseract is not installed: apt-get install tesseract-ocr tesseract-ocr-jpn"}
    ocr.choose("tesseract")
    version = subprocess.run(["tesseract", "--version"], capture_output=True, text=True, check=True).stdout.split()[1]
    try:
        with tempfile.TemporaryDirectory() as folder:
            return {
                "version": version,
                "linn.pdf": english(scan, truth),
                "japanese_page": japanese(Path(folder), "tesseract"),
            }
    finally:
        ocr.choose("auto")


def first(library: Any, question: str) -> str:
    hits = library.search(question, 1).hits
    return hits[0].passage.text.split("\n")[0] if hits else ""


def words(text: str) -> list[str]:
    text = unicodedata.normalize("NFKC", text).translate(dict.fromkeys(map(ord, "‘’“”\"'`´"), None))
    text = re.sub(r"[-‐‑–—⁃]+", " ", re.sub(r"(?m)^\s*(?:[•●・]|0)\s+", "", text))
    return re.findall(r"\w+|[^\w\s]", re.sub(r"\b1\s*/\s*2\b|1⁄2", "½", text))


def plain(pages: Sequence[Page]) -> str:
    return re.sub(r"\s|\|", "", unicodedata.normalize("NFKC", "".join(b.text for p in pages for b in p.blocks)))


def distance(a: Sequence[str], b: Sequence[str]) -> int:
    """Edit distance (Levenshtein), a row of the table at a time."""
    known: dict[str, int] = {}
    coded = np.array([known.setdefault(item, len(known)) for item in b])
    row = np.arange(len(b) + 1)
    for place, item in enumerate(a, start=1):
        change = row[:-1] + (coded != known.get(item, -1))
        best = np.minimum(change, row[1:] + 1)
        row = np.concatenate(([place], best))
        row = np.minimum.accumulate(row - np.arange(len(row))) + np.arange(len(row))  # insertions run along the row
    return int(row[-1])


if __name__ == "__main__":
    main()
