"""Reading and writing of token reports: files of text in, tokens.json and a page for people out."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from training.errors import CorpusMissing
from training.tokens.report import Cutter, TokenReport, page, report_of


def write_report(cutter: Cutter, site: Sequence[str], general: Sequence[str], out: Path, name: str) -> TokenReport:
    """``tokens.json`` and ``tokens.md`` into ``out``; the report."""
    report = report_of(cutter, site, general)
    out.mkdir(parents=True, exist_ok=True)
    (out / "tokens.json").write_text(json.dumps(report.as_plain(), ensure_ascii=False, indent=1) + "\n", "utf-8")
    (out / "tokens.md").write_text(page(name, report), "utf-8")
    return report


def texts_of(files: Sequence[Path]) -> list[str]:
    """The texts of ``files``: the field "text" of each line of .jsonl, else the paragraphs. Raises CorpusMissing where
    there are none."""
    found: list[str] = []
    for file in files:
        try:
            held = file.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as reason:
            raise CorpusMissing(f"{file} cannot be read ({reason}).", "Name UTF-8 text or cpt.jsonl.") from None
        if file.suffix == ".jsonl":
            found += [_text(line, file, number) for number, line in enumerate(held.splitlines(), start=1) if line]
        else:
            found += [paragraph for paragraph in held.split("\n\n") if paragraph.strip()]
    if not found:
        raise CorpusMissing("The files hold no text.", "andon train text --out FOLDER writes cpt.jsonl of the index.")
    return found


def _text(line: str, file: Path, number: int) -> str:
    try:
        return str(json.loads(line)["text"])
    except (ValueError, KeyError, TypeError):
        raise CorpusMissing(
            f"{file}, line {number} is no JSON object with a text.", "andon train text --out FOLDER writes such a file."
        ) from None
