"""Made-up manuals as a reader gives them to the index: headings, alarm tables, steps, warnings, and facts to ask.

Nothing here knows how the index cuts a manual. A fact tells in which words its answer is printed; whichever passage
holds these words can be asked for them (training.cards.passage_cards).
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from index.manuals.block import Block, pair_cells
from training.cards.manual_words import TableForm, manual_words
from training.cards.pen import Pen

BOTH = ("ja", "en")
CODES = (("E-", 3), ("AL.", 2), ("F-", 3), ("R-", 4), ("PLC-E", 3), ("E", 2), ("ERR ", 2), ("ALM-", 2), ("A-", 3))
"""How codes begin, and their digits."""


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that can be asked. ``questions`` by language (a code can be asked in both, words only in their own);
    ``lines`` are the wanted lines as the index prints them, ``code`` what people may type differently."""

    key: str
    questions: Mapping[str, str]
    lines: tuple[str, ...]
    code: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """One section of a made-up manual: its ``title``, the name people use for the machine, blocks with headings first,
    and what can be asked about it."""

    lang: str
    title: str
    machine: str
    page: str
    blocks: tuple[Block, ...]
    facts: tuple[Fact, ...]


def draft(lang: str, rng: random.Random, filler: Sequence[str] = ()) -> Draft:
    """One made-up section. The same ``rng`` gives the same one."""
    model = f"{rng.choice('ABCDEFGHKLMPRSTVX')}{rng.choice('ABCDEGKLMNPRSTVX')}-{rng.randint(10, 990)}"
    pen = Pen(rng, lang, filler, model)
    machine = rng.choice(pen.words.machines)
    name = rng.choice(pen.words.names)
    title = f"{machine} {model} {name}" if rng.random() < 0.8 else f"{model} {name}"
    if rng.random() < 0.4:
        title += f" ({rng.choice(('OM', 'HB', 'SM'))}-{model.replace('-', '')}-{rng.choice('JE')})"
    kinds = (_alarms, _alarms, _alarm, _symptoms, _table, _table, _procedure, _procedure, _notes)
    number = rng.randint(1, 12)
    blocks, facts = rng.choice(kinds)(pen, machine, number)
    page = rng.choice((str(rng.randint(2, 220)), f"{number}-{rng.randint(1, 20)}"))
    return Draft(lang, title, machine, page, tuple(blocks), tuple(facts))


Section = tuple[list[Block], list[Fact]]


def _headings(pen: Pen, number: int, chapter: str, section: str) -> list[Block]:
    blocks = [Block("heading", f"{number} {chapter}", 1)]
    if section:
        blocks.append(Block("heading", f"{number}.{pen.rng.randint(1, 12)} {section}", 2))
    return blocks


def _codes(rng: random.Random, count: int) -> list[str]:
    """Codes of one machine, close to each other."""
    head, digits = rng.choice(CODES)
    base = rng.randrange(10 ** (digits - 1), 10**digits - 20)
    return [f"{head}{base + step:0{digits}d}" for step in sorted(rng.sample(range(20), count))]


def _joined(pen: Pen, parts: Sequence[str]) -> str:
    return pen.parts.gap.join(parts)


def _alarm_facts(pen: Pen, machine: str, code: str, lines: Mapping[str, tuple[str, ...]]) -> list[Fact]:
    facts = []
    for kind, wanted in lines.items():
        questions = {}
        for lang in BOTH:
            template = pen.rng.choice(manual_words(lang).alarm_questions[kind])
            questions[lang] = template.format(c=code, m=pen.spoken(lang, machine))
        facts.append(Fact(code, questions, wanted, code))
    return facts


def _alarms(pen: Pen, machine: str, number: int) -> Section:
    rng, words = pen.rng, pen.words
    blocks = _headings(pen, number, rng.choice(words.alarm_chapters), pen.fill(words.alarm_groups))
    headers, facts = rng.choice(words.alarm_columns), list[Fact]()
    for code in _codes(rng, 3):
        cause = _joined(pen, [pen.sentence(words.alarm_details) for _ in range(rng.choice((1, 1, 2, 3)))])
        steps = [pen.sentence(pen.parts.actions) for _ in range(rng.choice((1, 1, 2, 3)))]
        action = _joined(pen, [*steps, *([pen.fill(words.resets)] if rng.random() < 0.5 and len(headers) == 4 else [])])
        cells = [code, pen.fill(words.alarm_names), cause, action, pen.fill(words.resets)][: len(headers)]
        if len(headers) == 3:
            cells[2] = _joined(pen, [cause, action])
        row = pair_cells(headers, cells)
        blocks.append(Block("row", " | ".join(cells), cells=row))
        name, *rest = (f"{header}: {cell}" for header, cell in row[1:])
        last = rest[1:] or rest
        asked = {"meaning": (name, rest[0]), "cause": (rest[0],), "action": tuple(last), "seen": tuple(rest[:2])}
        facts += _alarm_facts(pen, machine, code, asked)
    return blocks, facts


def _alarm(pen: Pen, machine: str, number: int) -> Section:
    """The section of one alarm: what it is, warnings, and the steps to take."""
    rng, words = pen.rng, pen.words
    (code,) = _codes(rng, 1)
    chapter, group = rng.choice(words.alarm_chapters), pen.fill(words.alarm_groups)
    blocks = _headings(pen, number, chapter, group if rng.random() < 0.5 else "")
    section = f"{number}.{rng.randint(1, 9)}.{rng.randint(1, 9)}"
    blocks.append(Block("heading", f"{section} {code} {pen.fill(words.alarm_names)}", 3))
    about = _joined(pen, [pen.sentence(words.alarm_details) for _ in range(rng.randint(1, 3))])
    blocks.append(Block("paragraph", about))
    if rng.random() < 0.3:
        blocks.append(Block("warning", f"{rng.choice(words.warnings)}\n{pen.fill(words.warning_texts)}"))
    steps = _steps(pen, blocks, rng.randint(2, 6))
    asked = {"meaning": (about,), "cause": (about,), "action": steps, "seen": steps}
    return blocks, _alarm_facts(pen, machine, code, asked)


def _steps(pen: Pen, blocks: list[Block], count: int) -> tuple[str, ...]:
    """Append ``count`` steps to ``blocks``; their lines."""
    lines = []
    for number in range(1, count + 1):
        templates = pen.words.screen_steps if pen.rng.random() < 0.5 else pen.parts.actions
        text = pen.sentence(templates)
        if pen.rng.random() < 0.3:
            text = _joined(pen, [text, pen.sentence(pen.parts.actions)])
        blocks.append(Block("step", text, 0, f"{number}."))
        lines.append(f"{number}. {text}")
    return tuple(lines)


def _symptoms(pen: Pen, machine: str, number: int) -> Section:
    rng, words = pen.rng, pen.words
    blocks = _headings(pen, number, rng.choice(words.symptom_chapters), pen.fill(["{p}"]) if rng.random() < 0.7 else "")
    headers, facts = rng.choice(words.symptom_columns), list[Fact]()
    for _ in range(3):
        symptom = pen.fill(words.symptoms)
        cause = _joined(pen, [pen.sentence(words.alarm_details) for _ in range(rng.choice((1, 1, 2)))])
        action = _joined(pen, [pen.sentence(pen.parts.actions) for _ in range(rng.choice((1, 2, 2)))])
        cells = [symptom, cause, action] if len(headers) == 3 else [symptom, action]
        row = pair_cells(headers, cells)
        blocks.append(Block("row", " | ".join(cells), cells=row))
        asked = symptom[0].lower() + symptom[1:] if rng.random() < 0.7 else symptom
        question = rng.choice(words.symptom_questions).format(k=asked, m=pen.spoken(pen.lang, machine))
        facts.append(Fact(symptom, {pen.lang: question}, tuple(f"{h}: {c}" for h, c in row[1:])))
    return blocks, facts


def _table(pen: Pen, machine: str, number: int) -> Section:
    rng = pen.rng
    form: TableForm = rng.choice(pen.words.tables)
    title = rng.choice(form.titles)
    blocks = _headings(pen, number, rng.choice(pen.parts.fact_titles), title if rng.random() < 0.8 else "")
    if rng.random() < 0.7:
        label = "表" if pen.lang == "ja" else "Table"
        blocks.append(Block("caption", f"{label} {number}-{rng.randint(1, 9)} {title}"))
    columns = rng.choice(form.columns)
    facts: list[Fact] = []
    for _ in range(rng.randint(3, 7)):
        drawn = [pen.fill(cells) for cells in form.cells]
        if any(drawn[form.key] in fact.key or fact.key in drawn[form.key] for fact in facts):
            continue  # a key that stands twice asks for two rows
        row = tuple((header, drawn[cell]) for cell, header in columns)
        blocks.append(Block("row", " | ".join(cell for _, cell in row), cells=row))
        key, code = drawn[form.key], drawn[form.key] if form.cells[form.key][0][:2] in ("{y", "{z") else ""
        spoken = pen.spoken(pen.lang, machine)
        asked = rng.choice(form.questions).format(k=key, m=spoken)
        facts.append(Fact(key, {pen.lang: asked}, (" / ".join(f"{header}: {cell}" for header, cell in row),), code))
    return blocks, facts


def _procedure(pen: Pen, machine: str, number: int) -> Section:
    rng, words = pen.rng, pen.words
    goal = pen.fill(words.goals)
    blocks = _headings(pen, number, rng.choice(pen.parts.fact_titles), goal)
    if rng.random() < 0.4:
        blocks.append(Block("warning", f"{rng.choice(words.warnings)}\n{pen.fill(words.warning_texts)}"))
    if rng.random() < 0.8:
        lead = [pen.sentence(words.alarm_details)] if rng.random() < 0.4 else []
        blocks.append(Block("paragraph", _joined(pen, [*lead, pen.fill(words.intros)])))
    steps = _steps(pen, blocks, rng.randint(3, 8))
    spoken = goal if pen.lang == "ja" else goal[0].lower() + goal[1:]
    question = rng.choice(words.goal_questions).format(g=spoken, m=pen.spoken(pen.lang, machine))
    return blocks, [Fact(goal, {pen.lang: question}, steps)]


def _notes(pen: Pen, machine: str, number: int) -> Section:
    """Prose: paragraphs, bullets and warnings; what is asked about them is found in their sentences."""
    rng, words = pen.rng, pen.words
    blocks = _headings(pen, number, rng.choice(pen.parts.fact_titles), pen.fill(["{p}"]))
    statements = [statement for statement, _ in pen.parts.facts]
    kind = rng.choice(("paragraph", "bullet", "warning"))
    for _ in range(rng.randint(2, 5)):
        if kind == "warning":
            blocks.append(Block("warning", f"{rng.choice(words.warnings)}\n{pen.fill(words.warning_texts)}"))
        elif kind == "bullet":
            blocks.append(Block("bullet", pen.sentence(statements)))
        else:
            said = [pen.sentence(statements) for _ in range(rng.randint(1, 3))]
            blocks.append(Block("paragraph", _joined(pen, said)))
    return blocks, []
