"""Writing a site's text to train on: cpt.jsonl, what a teacher wrote and what of it failed its check, and a card."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path, PurePath
from typing import Any

from edge.runner import Runner
from index.passage import Lang
from training.data.data_card import DataCard, write_rows
from training.data.faq_table import FaqEntry
from training.data.passage_writer import PassageWriter, Written
from training.data.prepare import read_part
from training.data.text_rows import TextRows, TextShares, text_rows
from training.errors import CorpusMissing
from training.teacher import Teacher
from training.two_choice.facts import Manuals

TAUGHT = ("prose", "steps", "alarm", "symptom", "warning", "table")
SHORTEST = 80  # characters of a passage that a teacher is given; a shorter one says one thing, and it stands there
RULE = "Manuals kept from training by the FAQ's split are read by nobody here, the teacher included."


@dataclass(frozen=True, slots=True)
class Taught:
    """``questions`` and ``restatements`` that a teacher is asked for of each passage."""

    questions: int = 3
    restatements: int = 2


def write_text(
    library: Manuals, out: Path, shares: TextShares, *, faq: Path | None = None, general: Path | None = None,
    runner: Runner | None = None, taught: Taught | None = None,
) -> DataCard:  # fmt: skip
    """``cpt.jsonl`` and its card into ``out``; with a ``runner`` as teacher also ``sft-written.jsonl`` and
    ``written-left-out.jsonl``. ``faq`` is a folder of andon train faq. Raises CorpusMissing where no manual is left."""
    unseen = _unseen(library, faq)
    entries: Sequence[FaqEntry] = read_part(faq, "train")[0] if faq is not None else ()
    written = _written(library, unseen, out, runner, taught or Taught()) if runner is not None else []
    found = text_rows(library, unseen, shares, entries, written, general)
    if not any(row["kind"] == "raw" for row in found.rows):
        raise CorpusMissing("No manual to train on is indexed.", "Add manuals with: andon index add FILES")
    files = {"cpt.jsonl": write_rows(out / "cpt.jsonl", found.rows)}
    if runner is not None:
        rows = [_answer_row(one) for one in written if one.question and not one.reason]
        files["sft-written.jsonl"] = write_rows(out / "sft-written.jsonl", rows)
        left_out = [asdict(one) for one in written if one.reason]
        files["written-left-out.jsonl"] = write_rows(out / "written-left-out.jsonl", left_out)
    card = _card(found, shares, files, written, unseen, runner)
    card.write(out, "cpt.card")
    return card


def _unseen(library: Manuals, faq: Path | None) -> set[str]:
    """The manuals whose names, with or without suffix, the FAQ's split keeps from training."""
    if faq is None or not (faq / "card.json").is_file():
        return set()
    kept = set(json.loads((faq / "card.json").read_text("utf-8"))["figures"]["documents kept from training"])
    return {manual.name for manual in library.manuals() if kept & {manual.name, PurePath(manual.name).stem}}


def _written(library: Manuals, unseen: Collection[str], out: Path, runner: Runner, taught: Taught) -> list[Written]:
    passages: list[tuple[str, str, Lang]] = [
        (passage.id, passage.text, passage.lang)
        for manual in library.manuals() if manual.name not in unseen
        for passage in library.passages(manual.id) if passage.kind in TAUGHT and len(passage.text) >= SHORTEST
    ]  # fmt: skip
    teacher = PassageWriter(Teacher(runner, out / "teacher-replies.jsonl", top_p=1.0))
    asked = teacher.questions(passages, taught.questions) if taught.questions else []
    return [*asked, *(teacher.restatements(passages, taught.restatements) if taught.restatements else [])]


def _answer_row(one: Written) -> dict[str, Any]:
    return {
        "prompt": [{"role": "user", "content": one.question}],
        "completion": [{"role": "assistant", "content": one.answer}],
        "form": "written", "id": one.source, "lang": one.lang,
    }  # fmt: skip


def _card(
    found: TextRows, shares: TextShares, files: dict[str, int], written: Sequence[Written], unseen: Collection[str],
    runner: Runner | None,
) -> DataCard:  # fmt: skip
    total = sum(found.characters.values())
    figures: dict[str, Any] = {
        "characters": dict(found.characters),
        "share of general text": round(found.characters["replay"] / total, 4),
        "manuals kept from training": sorted(unseen),
    }
    funnel = [("rows", files["cpt.jsonl"])]
    gaps = []
    if runner is not None:
        used = sum(not one.reason for one in written)
        figures["teacher"] = runner.name
        figures["left out of what the teacher wrote"] = dict(
            Counter(one.reason.split(" that ")[0].split(" of the ")[0] for one in written if one.reason).most_common(12)
        )
        funnel = [("written by the teacher", len(written)), ("passed every check", used), *funnel]
    else:
        gaps.append(
            "No teacher wrote restatements: each fact stands there as it is, as a sentence and in the FAQ only."
        )
    if shares.replay and not found.characters["replay"]:
        gaps.append("No general text was given: training on this alone forgets what the model knew.")
    return DataCard(
        name="Text for continual pre-training", made_by="andon train text",
        licence="the site's own; general text as its sources", inputs={}, funnel=funnel, settings=asdict(shares),
        files=files, rule=RULE, gaps=gaps, figures=figures,
    )  # fmt: skip
