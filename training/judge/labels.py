"""Labels: a table that people fill in, right or wrong, without sight of the judge's verdict; and read again.

The sample is random over all answers, not over verdicts: a sample drawn by verdict would bend what is learnt of the
judge. Several people may fill in a table each; where they disagree nothing is learnt.
"""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from index.manuals.plain import read_text
from index.passage import Lang
from training.errors import LabelsWrong
from training.judge.given import Given

HEADERS: Mapping[Lang, tuple[str, ...]] = {
    "en": ("key", "question", "reference answer", "given answer", "right? (yes or no)", "note"),
    "ja": ("キー", "質問", "正解", "回答", "正しいか(はい・いいえ)", "備考"),
}
_KEYS = {HEADERS[lang][0] for lang in HEADERS}
_ANSWERS = {HEADERS[lang][4] for lang in HEADERS}
_YES = {"yes", "y", "true", "1", "right", "はい", "正", "正しい", "○", "〇", "◯", "o"}
_NO = {"no", "n", "false", "0", "wrong", "いいえ", "誤", "誤り", "×", "✕", "x"}
_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet would compute what begins so
TOLD = 10


@dataclass(frozen=True, slots=True)
class Labels:
    """``said``: by key, what all who said something of it agree on. ``pairs``: of answers that two people labelled what
    each said, the first two by the order of files. ``disputed``: keys on which they do not agree."""

    said: Mapping[str, bool]
    pairs: Sequence[tuple[bool, bool]]
    disputed: int


def write_sheet(path: Path, rows: Sequence[Given], most: int, lang: Lang, seed: int = 1) -> int:
    """A random sample of ``rows`` as CSV that Excel opens as UTF-8; how many. Does not overwrite what people filled in:
    raises LabelsWrong where ``path`` is there."""
    if path.exists():
        raise LabelsWrong(f"{path} is there already.", "Name another file, or move it away.")
    drawn = random.Random(f"{seed}:labels").sample(list(rows), min(most, len(rows)))
    none = "(なし)" if lang == "ja" else "(none)"
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(HEADERS[lang])
    for row in drawn:
        shown = (row.key, row.question, row.reference or none, row.answer or none)
        writer.writerow([*(_as_text(cell) for cell in shown), "", ""])
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(out.getvalue(), encoding="utf-8-sig", newline="")
    return len(drawn)


def read_labels(paths: Sequence[Path]) -> Labels:
    """What the tables say; rows without an answer are left out. Raises LabelsWrong, which names bad lines."""
    by_key: dict[str, list[bool]] = {}
    for path in paths:
        for key, right in _read(path).items():
            by_key.setdefault(key, []).append(right)
    agreed = {key: said[0] for key, said in by_key.items() if len(set(said)) == 1}
    pairs = [(said[0], said[1]) for said in by_key.values() if len(said) > 1]
    return Labels(agreed, pairs, len(by_key) - len(agreed))


def _read(path: Path) -> dict[str, bool]:
    if not path.is_file():
        raise LabelsWrong(f"There is no file {path}.", "Write one with: andon train judge ANSWERS --sheet FILE")
    text = read_text(path)
    delimiter = max(",\t;", key=text.split("\n", 1)[0].count)
    rows = [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter) if any(row)]
    head = [cell.strip().lstrip("\ufeff").casefold() for cell in rows[0]] if rows else []
    keys = [n for n, name in enumerate(head) if name in _KEYS]
    answers = [n for n, name in enumerate(head) if name in _ANSWERS]
    if not keys or not answers:
        raise LabelsWrong(
            f"The first row of {path.name} does not name the columns {HEADERS['en'][0]!r} and {HEADERS['en'][4]!r}.",
            "Fill in the sheet that --sheet wrote; leave its first row as it is.",
        )
    found: dict[str, bool] = {}
    wrong: list[str] = []
    for number, row in enumerate(rows[1:], start=2):
        cells = [*row, *[""] * len(head)]
        said = cells[answers[0]].strip().casefold()
        if said in _YES or said in _NO:
            found[cells[keys[0]].strip().lstrip("'")] = said in _YES
        elif said:
            wrong.append(f"row {number}: {said[:20]!r}")
    if wrong:
        raise LabelsWrong(
            f"{path.name}: neither yes nor no: {'; '.join(wrong[:TOLD])}.", "Write yes or no, or nothing."
        )
    return found


def _as_text(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
