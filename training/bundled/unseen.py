"""Two hundred questions over manuals that no stage has read, made by rule: what is asked, and the words that answer it.

| part    | lang | from | asked by rule |
|---------|------|------|---------------|
| demo-en | en   | the English manuals of the demo plant | alarm, symptom and table rows, first step of a procedure |
| grbl    | en   | code lists of the Grbl controller | what a code or setting is |
| demo-ja | ja   | the Japanese manuals of the demo plant | as demo-en |
| jsquad  | ja   | paragraphs of JSQuAD's test part | people's own questions, with short answers that stand there |

None of it is in the training corpus. Of the demo plant the stages knew the FAQ (its questions and answers, not the
manuals). The wordings here are not those of the training rows.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.passage import Passage
from training.errors import CorpusMissing

COUNTS = {"demo-en": 60, "grbl": 40, "demo-ja": 60, "jsquad": 40}
ALARM_ASKS = {
    "ja": ("{m}で{c}が点いた。何と書いてある? {h}を知りたい", "{m}の{c}、{h}だけ教えて"),
    "en": ("{c} is lit on the {m}. I need the {h}", "{m}, {c}: give me the {h}"),
}
SYMPTOM_ASKS = {"ja": ("{m}。{k}。{h}は何?",), "en": ("{m}: {k}. Tell me the {h}",)}
ROW_ASKS = {
    "ja": ("{m}の表で、{k}の「{h}」にはいくつと書いてありますか", "{m} {k} {h}"),
    "en": ("In the tables of the {m}, what is given as {h} for {k}?", "{m} {k} {h}"),
}
STEP_ASKS = {"ja": ("{m}で「{g}」をするとき、最初にすることは?",), "en": ("{m}, {g}: what comes first?",)}
GRBL_ASKS = {
    "alarm": ("Grbl went into alarm {c}, what happened?", "ALARM:{c}, what is it?"),
    "error": ("The controller answers error {c}. Why?", "error:{c} in the console, what is wrong?"),
    "setting": ("What is {c} good for in Grbl?", "I want to know what setting {c} does"),
}
_MODEL = re.compile(r"\b[A-Z]{2}-\d{1,3}\b")
_STEP = re.compile(r"^\s*1[.)] (?P<text>.+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Question:
    """``facts``: any one of these must stand in the answer, compared without white space and marks."""

    part: str
    lang: str
    kind: str
    question: str
    facts: tuple[str, ...]


def write_manuals(data: Path, folder: Path) -> None:
    """Write the Grbl lists and the JSQuAD paragraphs that are asked about as markdown files into ``folder``. Raises
    CorpusMissing where ``data`` does not hold them."""
    rows = _lines(data / "grbl-codes-en" / "codes.jsonl")
    kinds = {"alarm": "Alarm codes", "error": "Error codes", "setting": "Settings"}
    parts = ["# Grbl codes"]
    for kind, title in kinds.items():
        parts += ["", f"## {title}", "", f"| {kind.title()} | Name | Description |", "|---|---|---|"]
        shown = {"alarm": "ALARM:{}", "error": "error:{}", "setting": "{}"}[kind]
        found = [row for row in rows if row["kind"] == kind]
        parts += [f"| {shown.format(r['code'])} | {r['title']} | {r['text'].replace('|', '/')} |" for r in found]
    (folder / "grbl-codes.md").write_text("\n".join(parts) + "\n", "utf-8")
    paragraphs = {row["context_id"] for row in _jsquad(data)}
    texts = [row for row in _lines(data / "jsquad-dev-ja" / "docs.jsonl") if row["id"] in paragraphs]
    body = "\n\n".join(f"## {row['title']}\n\n{row['text']}" for row in texts)
    (folder / "jsquad.md").write_text(f"# 百科事典の抜粋\n\n{body}\n", "utf-8")


def questions(data: Path, passages: Sequence[tuple[str, Passage]]) -> list[Question]:
    """The set. ``passages`` are (manual's title, passage) of the demo plant's manuals; the same input gives the same
    questions."""
    made = {
        "demo-en": [q for title, p in passages if p.lang == "en" for q in _of_passage("demo-en", title, p)],
        "grbl": list(_grbl(data)),
        "demo-ja": [q for title, p in passages if p.lang == "ja" for q in _of_passage("demo-ja", title, p)],
        "jsquad": [Question("jsquad", "ja", "prose", row["question"], tuple(row["answers"])) for row in _jsquad(data)],
    }
    chosen: list[Question] = []
    for part, count in COUNTS.items():
        pool = sorted({q.question: q for q in made[part]}.values(), key=lambda q: q.question)
        random.Random(f"unseen:{part}").shuffle(pool)
        chosen += _balanced(pool, count)
    return chosen


def _balanced(pool: Sequence[Question], count: int) -> list[Question]:
    """``count`` questions, as evenly over the kinds as there are."""
    kinds: dict[str, list[Question]] = {}
    for question in pool:
        kinds.setdefault(question.kind, []).append(question)
    chosen: list[Question] = []
    while len(chosen) < count and any(kinds.values()):
        for found in kinds.values():
            if found and len(chosen) < count:
                chosen.append(found.pop())
    return chosen


def _of_passage(part: str, title: str, passage: Passage) -> Iterator[Question]:
    lang = "ja" if part.endswith("ja") else "en"
    model = _MODEL.search(title)
    machine = model[0] if model else title
    rng = random.Random(f"{part}:{machine}:{passage.ordinal}")
    if passage.kind in ("alarm", "symptom"):
        cells = [cell for line in passage.text.split("\n") if (cell := _cell(line))]
        if len(cells) == len(passage.text.split("\n")) and len(cells) > 1:
            header, value = rng.choice(cells[1:])
            asks = ALARM_ASKS if passage.kind == "alarm" else SYMPTOM_ASKS
            asked = rng.choice(asks[lang]).format(m=machine, c=cells[0][1], k=cells[0][1], h=_header(header, lang))
            yield Question(part, lang, passage.kind, asked, (_first(value),))
    elif passage.kind == "table":
        rows = [[c for piece in line.split(" / ") if (c := _cell(piece))] for line in passage.text.split("\n")]
        whole = [row for row in rows if len(row) > 1]
        if whole:
            row = rng.choice(whole)
            header, value = rng.choice(row[1:])
            asked = rng.choice(ROW_ASKS[lang]).format(m=machine, k=row[0][1], h=_header(header, lang))
            yield Question(part, lang, "table", asked, (value,))
    elif passage.kind == "steps" and (step := _STEP.search(passage.text)) and passage.section:
        goal = re.sub(r"^[\d.]+ ", "", passage.section[-1])
        yield Question(part, lang, "steps", STEP_ASKS[lang][0].format(m=machine, g=goal), (_first(step["text"]),))


def _cell(text: str) -> tuple[str, str] | None:
    header, colon, value = text.partition(": ")
    return (header, value) if colon and value and len(header) <= 40 else None


def _header(header: str, lang: str) -> str:
    return header.lower() if lang == "en" else header


def _first(text: str) -> str:
    """The first sentence of ``text``, without its end mark."""
    return re.split(r"。|\.(?=\s|$)", text)[0]


def _grbl(data: Path) -> Iterator[Question]:
    for row in _lines(data / "grbl-codes-en" / "codes.jsonl"):
        rng = random.Random(row["id"])
        asked = rng.choice(GRBL_ASKS[row["kind"]]).format(c=row["code"])
        yield Question("grbl", "en", row["kind"], asked, (_first(row["text"]), row["title"]))


def _jsquad(data: Path) -> list[Any]:
    """A fixed draw of questions, one a paragraph, with answers of two characters or more."""
    rows = [row for row in _lines(data / "jsquad-dev-ja" / "qa.jsonl") if min(map(len, row["answers"])) > 1]
    random.Random("unseen:jsquad").shuffle(rows)
    first = {row["context_id"]: row for row in reversed(rows)}
    return [row for row in rows if first[row["context_id"]] is row][: COUNTS["jsquad"]]


def _lines(path: Path) -> list[Any]:
    if not path.is_file():
        raise CorpusMissing(f"{path} is not there.", "Name the folder of the open data as unseen_data in the recipe.")
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]
