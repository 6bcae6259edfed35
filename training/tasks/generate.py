"""Generation: cells -> drafts by the teacher -> cheap filters -> the blind second look -> balance, with a card."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from training.data.data_card import DataCard, write_rows
from training.provenance import sha256_of
from training.tasks.cells import Cell, cells
from training.tasks.filters import REASONS, Cheap, Draft, balanced, second_look
from training.tasks.handwritten import Held, read_items
from training.tasks.prompts import judge_messages, write_messages
from training.tasks.task import FILE, LANGS, TESTS, Lang, Task
from training.tasks.verdict import object_schema, read_object, read_verdict, verdict_schema
from training.teacher import Teacher

TEXTS, REJECTS, REPLIES = "texts.jsonl", "rejects.jsonl", "replies.jsonl"
TRIES = 2  # of a reply that is not in the asked form, each with another seed
DRAFT_SCHEMA = object_schema({"text": {"type": "string"}, "evidence": {"type": "string"}})


@dataclass(frozen=True, slots=True)
class Wanted:
    """``count`` drafts in ``langs``; ``passages``: of the site, shown one to three at a time; ``balance``: a label has
    at most that many times the texts of the rarest."""

    count: int
    seed: int = 1
    langs: tuple[Lang, ...] = LANGS
    passages: tuple[str, ...] = ()
    temperature: float = 0.9
    balance: float = 2.0


@dataclass(frozen=True, slots=True)
class Generated:
    drafts: tuple[Draft, ...]

    @property
    def kept(self) -> list[Draft]:
        return [made for made in self.drafts if not made.reason]

    @property
    def rejected(self) -> dict[str, int]:
        counts = Counter(made.reason for made in self.drafts)
        return {reason: counts[reason] for reason in REASONS if counts[reason]}


def generate(
    task: Task,
    wanted: Wanted,
    teacher: Teacher,
    second: Teacher,
    out: Path,
    say: Callable[[dict[str, object]], None],
) -> Generated:
    """Write the texts that are kept, those that are not with their reasons, and the card into ``out``. A run that was
    cut off asks only for what it lacks. ``second``: who looks blind, best another model. Raises TeacherFailed."""
    cheap = Cheap(task, Held(read_items(task)))
    drafts: list[Draft] = []
    for cell in cells(task, wanted.count, wanted.seed, wanted.langs, len(wanted.passages)):
        made = cheap.draft(cell.number, cell.lang, cell.label, _written(task, cell, wanted, teacher))
        if not made.reason:
            made = _looked_at(task, made, wanted.seed, second)
        drafts.append(made)
        say({"draft": cell.number + 1, "of": wanted.count, "label": cell.label, "reason": made.reason})
    made_all = Generated(tuple(balanced(drafts, wanted.balance)))
    write_rows(out / TEXTS, [made.row() for made in made_all.kept])
    write_rows(out / REJECTS, [made.row() for made in made_all.drafts if made.reason])
    _card(task, wanted, made_all, (teacher, second)).write(out)
    return made_all


def _written(task: Task, cell: Cell, wanted: Wanted, teacher: Teacher) -> str:
    messages = write_messages(task, cell, [wanted.passages[place] for place in cell.passages])
    said = ""
    for attempt in range(TRIES):
        seed = wanted.seed * 1_000_003 + cell.number * TRIES + attempt
        said = teacher.ask(messages, seed, wanted.temperature, DRAFT_SCHEMA)
        if read_object(said, ("text", "evidence")):
            break
    return said


def _looked_at(task: Task, made: Draft, seed: int, second: Teacher) -> Draft:
    said = second.ask(judge_messages(task, made.text, made.lang), seed, 0.0, verdict_schema(task.label_ids))
    return second_look(task, made, read_verdict(said, task.label_ids))


def _card(task: Task, wanted: Wanted, made: Generated, asked: Sequence[Teacher]) -> DataCard:
    left = wanted.count
    funnel = [("drafts asked for", left)]
    for reason, dropped in made.rejected.items():
        left -= dropped
        funnel.append((f"after: {reason}", left))
    settings: dict[str, Any] = {
        "seed": wanted.seed, "languages": ", ".join(wanted.langs), "temperature": wanted.temperature,
        "balance": wanted.balance, "passages": len(wanted.passages),
    }  # fmt: skip
    counts = Counter(f"{one.lang} {one.label}" for one in made.kept)
    teacher, second = asked
    return DataCard(
        name=f"Texts for {task.name}",
        made_by="andon train task generate",
        licence="as the teacher's terms allow; written by a model, not by people",
        inputs={name: sha256_of(task.folder / name) for name in (FILE, TESTS)},
        funnel=funnel,
        settings={**settings, "teacher": teacher.runner.name, "second look": second.runner.name},
        files={TEXTS: len(made.kept), REJECTS: len(made.drafts) - len(made.kept)},
        rule="All of it is for training. No teacher sees the hand-written test, and a text near it goes.",
        gaps=_gaps(task, wanted, teacher, second, counts),
        figures={"by language and label": dict(sorted(counts.items())), "rejected": made.rejected},
    )  # fmt: skip


def _gaps(task: Task, wanted: Wanted, teacher: Teacher, second: Teacher, counts: Counter[str]) -> list[str]:
    gaps = [task.notice["en"]]
    if teacher.runner.name == second.runner.name:
        gaps.append("One model wrote and looked again: what it misunderstands, it misunderstands twice.")
    missing = [f"{lang} {label}" for lang in wanted.langs for label in task.label_ids if not counts[f"{lang} {label}"]]
    if missing:
        gaps.append(f"No text was kept of: {', '.join(missing)}.")
    return gaps
