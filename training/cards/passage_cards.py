"""Cards cut by the index itself: training reads the very passages that the box will quote, in form and in length."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence

from index.manuals.block import Block, Page
from index.manuals.markdown import blocks_of_markdown
from index.passages.chunk import DraftPassage, chunk
from training.cards.card import Ask, Card, Span
from training.cards.made_manual import Draft, draft
from training.cards.manual_cards import goal_question
from training.cards.operator_questions import row_question, sentence_question, written_by_hand
from training.corpus import Document, sentences

LONGEST_PASSAGE = {"ja": 620, "en": 1500}
LONGEST_ANSWER = {"ja": 230, "en": 560}
"""Characters: what 200 tokens of answer hold with some room."""
WINDOW = {"ja": 1600, "en": 3000}
"""Characters of a page that are cut at a time."""
CROSS_SHARE = 0.15
"""Of the made-up sections are asked in the other language, where a code can be: the answer stays in the manual's."""
DETAIL_ASKS = 5
_ROW = re.compile(r"^[^:/]{1,40}: (?P<first>[^/]+?) / .*[^:/]{1,40}: \S")
_SHORT_CELL = re.compile(r"^[^:]{1,40}: .{1,16}$")  # a code or a name: nobody asks for what he has just read
_NUMBERED = re.compile(r"^\s*(?:\d{1,2}[.)]|[(]\d{1,2}[)]) ")


def made_cards(lang: str, rng: random.Random, filler: Sequence[str]) -> list[Card]:
    """Cards of one made-up section in ``lang``, or of a section in the other language asked in ``lang``."""
    other = "en" if lang == "ja" else "ja"
    made = draft(other if rng.random() < CROSS_SHARE else lang, rng, filler)
    cards = []
    for passage in _cut(made.blocks, made.page, made.lang):
        asks = _fact_asks(made, passage, lang, rng)
        if made.lang == lang:
            asks += detail_asks(passage, lang, made.machine, rng)
        if asks:
            cards.append(Card(lang, _place(made.title, passage), passage.text, tuple(asks), passage.kind))
    return cards


def document_passages(document: Document, rng: random.Random) -> list[Card]:
    """Cards of a stretch of a page, with questions on its own sentences, rows and steps."""
    window = WINDOW[document.lang]
    start = document.text.rfind("\n#", 0, rng.randrange(max(1, len(document.text) - window // 2))) + 1
    text = document.text[start : start + window]
    text = text[: text.rfind("\n")] if len(text) == window and "\n" in text else text
    page = rng.choice((str(rng.randint(1, 300)), f"{rng.randint(1, 15)}-{rng.randint(1, 50)}"))
    cards = []
    for passage in _cut(tuple(blocks_of_markdown(text)), page, document.lang):
        asks = [*_goal_asks(passage, document.lang, rng), *detail_asks(passage, document.lang, document.title, rng)]
        if asks and len(passage.text) > 40:
            place = _place(document.title[:60], passage)
            cards.append(Card(document.lang, place, passage.text, tuple(asks), passage.kind))
    return cards


def _cut(blocks: tuple[Block, ...], page: str, lang: str) -> Iterator[DraftPassage]:
    for passage in chunk([Page(1, page, blocks)], "ja" if lang == "ja" else "en"):
        if len(passage.text) <= LONGEST_PASSAGE[lang]:
            yield passage


def _place(title: str, passage: DraftPassage) -> str:
    """As assistant.ask.place prints it."""
    return ", ".join(part for part in (title, " > ".join(passage.section), f"p. {passage.page_labels[0]}") if part)


def _fact_asks(made: Draft, passage: DraftPassage, lang: str, rng: random.Random) -> list[Ask]:
    """The facts of ``made`` whose lines stand in ``passage``, each line there once."""
    asks = []
    above = " ".join(passage.section)
    for fact in made.facts:
        if lang not in fact.questions or (fact.key not in passage.text and fact.key not in above):
            continue
        spans = _spans(passage.text, fact.lines, made.lang)
        if spans:
            asks.append(Ask(written_by_hand(fact.questions[lang], fact.code, rng), fact.key, spans, True))
    return asks


def _spans(text: str, lines: Sequence[str], lang: str) -> tuple[Span, ...]:
    """Where ``lines`` stand; none where one is missing or stands twice. Ends before the answer grows too long."""
    spans: list[Span] = []
    left = LONGEST_ANSWER[lang]
    for line in lines:
        if text.count(line) != 1:
            return ()
        if spans and len(line) > left:
            break
        spans.append((text.index(line), text.index(line) + len(line)))
        left -= len(line)
    return tuple(spans) if left > -LONGEST_ANSWER[lang] // 2 else ()


def _goal_asks(passage: DraftPassage, lang: str, rng: random.Random) -> list[Ask]:
    """For steps under a heading: the heading asks for them."""
    heading = re.sub(r"^[\d.\-]+ ", "", passage.section[-1]) if passage.section else ""
    if passage.kind != "steps" or not 3 <= len(heading) <= 60:
        return []
    lines = [line for line in passage.text.split("\n") if _NUMBERED.match(line)]
    spans = _spans(passage.text, lines, lang) if len(lines) > 1 else ()
    question = goal_question(heading, lang, rng)
    return [Ask(question, heading, spans, True)] if spans else []


def detail_asks(passage: DraftPassage, lang: str, machine: str, rng: random.Random) -> list[Ask]:
    """Questions on single rows, steps and sentences of a passage."""
    asks, at = [], 0
    for line in passage.text.split("\n"):
        row = _ROW.match(line) if passage.kind == "table" else None
        if row:
            asks += _row_ask(passage.text, line, at, lang, machine, rng)
        elif _NUMBERED.match(line) or passage.kind in ("alarm", "symptom"):
            if _NUMBERED.match(line) or not _SHORT_CELL.match(line):
                asks += _line_ask(passage.text, (at, at + len(line)), lang, machine, rng)
        else:
            for start, end in sentences(line, lang):
                asks += _line_ask(passage.text, (at + start, at + end), lang, machine, rng)
        at += len(line) + 1
    return rng.sample(asks, min(len(asks), DETAIL_ASKS))


def _row_ask(text: str, line: str, at: int, lang: str, machine: str, rng: random.Random) -> list[Ask]:
    cells = [cell.partition(": ") for cell in line.split(" / ")]
    named = [(header, value) for header, colon, value in cells if colon and value]
    if len(named) < 2:
        return []
    place = rng.randrange(len(named)) if rng.random() < 0.25 else 0
    _, key = named[place]
    asked = rng.choice([h for i, (h, _) in enumerate(named) if i != place])
    if text.count(key) != 1 or not 2 <= len(key) <= 50 or len(line) > LONGEST_ANSWER[lang]:
        return []
    return [Ask(row_question(key, asked, lang, machine, rng), key, ((at, at + len(line)),), True)]


def _line_ask(text: str, span: Span, lang: str, machine: str, rng: random.Random) -> list[Ask]:
    sentence = text[span[0] : span[1]]
    if not 8 <= len(sentence) <= LONGEST_ANSWER[lang]:
        return []
    found = sentence_question(sentence, text, lang, machine, rng)
    return [Ask(written_by_hand(found[0], "", rng), found[1], (span,), True)] if found else []
