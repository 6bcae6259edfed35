"""Made-up factory text: alarm lists, parameter lists, procedures and upkeep plans of machines that do not exist.

The words are a small grammar of our own; codes and numbers are drawn at random, so nothing in them can be learnt by
heart and the only way to answer is to find the row and copy it.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from training.cards.card import Ask, Card, CardText
from training.cards.factory_words import LANGS, Words, factory_words

FILLER_SHARE = 0.45  # of the sentences are real ones: the grammar is small, and what it says can be learnt by heart


@dataclass(frozen=True, slots=True)
class _Writer:
    """A seeded source of words in one language. ``filler`` are corpus sentences that stand in for grammar at times."""

    rng: random.Random
    words: Words
    lang: str
    filler: Sequence[str]

    def pick(self, options: Sequence[str]) -> str:
        return self.rng.choice(options)

    def fill(self, template: str) -> str:
        """``template`` with parts, numbers and units drawn for its fields."""
        rng, words = self.rng, self.words
        part = self.pick(words.parts)
        if rng.random() < 0.35:
            part = self.pick(words.where).format(part=part)
        number = str(rng.choice((rng.randint(2, 99), rng.randint(100, 3000), rng.randint(1, 99) / 10)))
        other = str(rng.randint(2, 60))
        return template.format(
            p=part, q=self.pick(words.parts), n=number, m=other, u=self.pick(words.units), t=self.pick(words.times)
        )

    def sentence(self, templates: Sequence[str]) -> str:
        if self.filler and self.rng.random() < FILLER_SHARE:
            return self.pick(self.filler)
        return self.fill(self.pick(templates))

    def place(self, title: str) -> str:
        rng = self.rng
        model = f"{rng.choice('ABCDEFGHKLMPRSTVXZ')}{rng.choice('ABCDEGKLMNPRSTVX')}-{rng.randint(10, 990)}"
        section = rng.choice(
            (title, f"{rng.randint(1, 12)}.{rng.randint(1, 9)} {title}", f"{rng.randint(1, 12)} {title}")
        )
        name = rng.choice((model, f"{model} {self.pick(self.words.manual_names)}"))
        label = rng.choice((str(rng.randint(1, 220)), f"{rng.randint(1, 12)}-{rng.randint(1, 40)}"))
        deep = rng.choice(("", "", f"{rng.randint(1, 12)} {self.pick(self.words.fact_titles)} > "))
        return f"{name}, {deep}{section}, p. {label}"


def random_code(rng: random.Random) -> str:
    """An alarm code in one of the shapes makers use: AL.32, E-401, F07, ERR 1203, 0x1A, A.910, SV0401."""
    number = rng.choice((str(rng.randint(1, 99)), f"{rng.randint(0, 99):02d}", str(rng.randint(100, 9999))))
    head = rng.choice(("AL.", "E-", "F", "ERR ", "A.", "SV0", "E", "ALM-", "W-", "EX", "OH-", "T", "M-", "C", "P-"))
    return f"0x{rng.randint(16, 255):02X}" if rng.random() < 0.06 else head + number


def near_code(code: str, rng: random.Random) -> str:
    """A code that differs from ``code`` in one digit: the distractor a careless reader falls for."""
    places = [i for i, c in enumerate(code) if c.isdigit() and not code.startswith("0x")]
    if not places:
        return random_code(rng)
    i = rng.choice(places)
    return code[:i] + rng.choice([d for d in "0123456789" if d != code[i]]) + code[i + 1 :]


def alarm_card(writer: _Writer, codes: Sequence[str]) -> Card:
    """One alarm or a list of them, in the forms the index gives: labelled lines, bare lines, prose, table rows, or the
    section of one alarm with the code in its heading."""
    rng, words = writer.rng, writer.words
    text, asks = CardText(), []
    place = writer.place(writer.pick(words.alarm_titles))
    layout = rng.choice(("labels", "labels", "labels", "slashes", "table", "prose", "section"))
    shown = codes[:1] if layout == "section" else codes
    labels = rng.choice(words.alarm_columns)
    for code in shown:
        meaning = [writer.sentence(words.meanings)]
        cause = [writer.sentence(words.causes) for _ in range(rng.choice((1, 1, 2)))]
        action = [writer.sentence(words.actions) for _ in range(rng.choice((1, 1, 2, 3)))]
        if layout == "section":
            place = writer.place(f"{code} {meaning[0].rstrip('.。')}")
        spans = _write_alarm(text, layout, labels, words.gap, (code, meaning, cause, action))
        for kind, found in zip(("meaning", "cause", "action"), spans, strict=True):
            asks.append(Ask(writer.pick(words.alarm_questions[kind]).format(c=code), code, found))
        asks.append(Ask(writer.pick(words.alarm_questions["seen"]).format(c=code), code, spans[0] + spans[2]))
        asks.append(Ask(writer.pick(words.alarm_questions["seen_too"]).format(c=code), code, spans[2]))
    rng.shuffle(asks)
    return Card(writer.lang, place, text.text, tuple(asks), "alarm")


AlarmRow = tuple[str, list[str], list[str], list[str]]


def _write_alarm(
    text: CardText, layout: str, labels: Sequence[str], gap: str, row: AlarmRow
) -> list[tuple[tuple[int, int], ...]]:
    """Write one alarm; the spans of its meaning, cause and action sentences. A label in front belongs to its sentence:
    the answer then says which it is, and begins with a word that the question calls for."""
    code, *cells = row
    head, meaning, cause, action = labels
    leads = {
        "table": (f"| {code} | ", " | ", " | ", " |\n"),
        "labels": (f"{head}: {code}\n", "\n", "\n", "\n"),
        "slashes": (f"{head}: {code} / ", " / ", " / ", "\n"),
        "prose": (f"{code} ", gap, gap, "\n"),
        "section": ("", f"\n{cause}\n", f"\n{action}\n", "\n"),
    }[layout]
    spans = []
    for lead, label, cell in zip(leads, (meaning, cause, action), cells, strict=False):
        text.add(lead)
        found = []
        for number, sentence in enumerate(cell):
            text.add(gap if number else "")
            labelled = layout in ("labels", "slashes") and number == 0
            found.append(text.add(f"{label}: {sentence}" if labelled else sentence))
        spans.append(tuple(found))
    text.add(leads[3])
    return spans


def parameter_card(writer: _Writer) -> Card:
    """A parameter list: number, name and one sentence on how it is set."""
    rng, words = writer.rng, writer.words
    text, asks = CardText(), []
    head = rng.choice(("Pr.", "P", "n", "Pn", "C-", "No."))
    for number in rng.sample(range(1, 400), rng.randint(2, 5)):
        code, name = f"{head}{number}", writer.fill(writer.pick(words.parameter_names))
        statement, questions = rng.choice(words.parameter_facts)
        if writer.filler and rng.random() < FILLER_SHARE:
            statement, questions = writer.pick(writer.filler).replace("{", "(").replace("}", ")"), ()
        text.add(
            rng.choice((f"{code} {name}: ", f"| {code} | {name} | ", f"No.: {code} / {name}: ", f"{code} {name}\n"))
        )
        span = text.add(writer.fill(statement))
        text.add("\n")
        for subject in (code, name):
            asks.append(Ask(writer.pick(questions or words.parameter_questions).format(c=subject), subject, (span,)))
        asks.append(Ask(writer.pick(words.parameter_questions).format(c=code), code, (span,)))
    return Card(writer.lang, writer.place(writer.pick(words.parameter_titles)), text.text, tuple(asks), "parameter")


def procedure_card(writer: _Writer) -> Card:
    """A numbered procedure under its heading."""
    rng, words = writer.rng, writer.words
    text, spans = CardText(), []
    goal = writer.fill(writer.pick(words.goals))
    text.add(f"{goal}\n")
    for number in range(1, rng.randint(3, 5)):
        text.add(f"{number}. ")
        spans.append(text.add(writer.sentence(words.actions)))
        text.add("\n")
    ask = Ask(
        writer.pick(words.goal_questions).format(g=goal if writer.lang == "ja" else goal.lower()),
        goal,
        tuple(spans),
        True,
    )
    return Card(writer.lang, writer.place(goal), text.text, (ask,), "procedure")


def fact_card(writer: _Writer) -> Card:
    """A paragraph of upkeep facts; each question names the part one sentence is about."""
    rng, words = writer.rng, writer.words
    text, asks = CardText(), []
    for part in rng.sample(list(words.parts), rng.randint(2, 5)):
        statement, questions = rng.choice(words.facts)
        number, other = str(rng.choice((rng.randint(2, 90), rng.randint(100, 5000)))), str(rng.randint(2, 60))
        fields = {"p": part, "n": number, "m": other, "u": writer.pick(words.units), "t": writer.pick(words.times)}
        span = text.add(statement.format(**fields))
        text.add(rng.choice((words.gap, "\n")))
        asks.append(Ask(writer.pick(questions).format(**fields), part, (span,)))
    return Card(writer.lang, writer.place(writer.pick(words.fact_titles)), text.text, tuple(asks), "fact")


def factory_cards(lang: str, rng: random.Random, filler: Sequence[str] = ()) -> list[Card]:
    """Cards of one made-up machine: alarm lists, one of them with codes nearly those of another, and a card of each
    other kind."""
    writer = _Writer(rng, factory_words(lang), lang, filler)
    codes = list(dict.fromkeys(random_code(rng) for _ in range(rng.randint(2, 6))))
    near = [c for c in dict.fromkeys(near_code(c, rng) for c in codes) if c not in codes]
    half = max(1, len(codes) // 2)
    cards = [alarm_card(writer, codes[:half]), parameter_card(writer), procedure_card(writer), fact_card(writer)]
    if codes[half:]:
        cards.append(alarm_card(writer, codes[half:]))
    if near:
        cards.append(alarm_card(writer, near[:2]))
    return cards


def tokenizer_sample(seed: int) -> list[str]:
    """Enough made-up text for the tokenizer to know the grammar's words."""
    rng = random.Random(seed)
    return [f"{card.place}\n{card.text}" for _ in range(700) for lang in LANGS for card in factory_cards(lang, rng)]
