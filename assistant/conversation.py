"""Conversation: the last turns of a person, and what a follow-up means after them; no model is asked for it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace

from assistant.answer import Answer, Found
from assistant.followups import HELD, Lean, lean
from index.codes.find import Code, canonical, find_codes
from index.passage import Hit, Manual
from index.search.names import machine_labels, machine_names, mentions
from index.text import language

MOST_CHARACTERS = 4_000  # of the turns that are looked at; the oldest are left out first
LONGEST_HEADING = 60
MOST_CODES = 2  # of a passage that names many, the first: more would ask about all of them
_NUMBER = re.compile(r"^\s*(?:[A-Z]?[\d.\-]+|第\s?\d+\s?[章節])\s+")
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Exchange:
    """One turn that is over: the question as it was typed, and of the best quote the manual (its id), the headings down
    to a row's own name, the codes as printed and the passage (its id); then the answer's text. Only the question must
    be known: a client may have kept no more than the words."""

    question: str
    manual: str = ""
    section: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    passage: str = ""
    answer: str = ""

    @property
    def characters(self) -> int:
        return len(self.question) + len(self.answer) + sum(map(len, self.section))


@dataclass(frozen=True, slots=True)
class Understood:
    """What a question means after the turns before it. ``question``: what to search for, the typed one where it stands
    alone, and ``leans`` says whether it does not; ``manuals``: ids of the last machine's manuals and of those that name
    no machine, looked in first, and ``only`` there where the machine is known and the question stays with it;
    ``step``: the number of a step of ``passage`` (its id in ``manual``, "" where no turn knows it) that is asked for, 0
    for none; ``dropped``: how many turns the budget left out of sight."""

    question: str
    leans: bool = False
    manuals: frozenset[str] = frozenset()
    only: bool = False
    step: int = 0
    manual: str = ""
    passage: str = ""
    dropped: int = 0


def exchange_of(answer: Answer | Found) -> Exchange:
    """What later questions need to know of an answer, or of what was found where it was stopped before."""
    asked = answer.understood or answer.question
    text = answer.text if isinstance(answer, Answer) else ""
    if not answer.quotes or answer.declined or answer.choices:  # no quote that the next question could lean on
        return Exchange(answer.question, codes=_codes_in(asked), answer=text)
    hit = answer.quotes[0].hit
    section = (*hit.passage.section, *own_name(hit))
    codes = _codes_in(asked) or _codes_in(section[-1] if section else "")
    return Exchange(answer.question, hit.manual.id, section, codes, hit.passage.id, text)


def fit_history(history: Sequence[Exchange], characters: int = MOST_CHARACTERS) -> tuple[Exchange, ...]:
    """The latest turns that fit, oldest dropped first; the last one always stays."""
    kept: list[Exchange] = []
    left = characters
    for exchange in reversed(history):
        left -= exchange.characters
        if kept and left < 0:
            break
        kept.append(exchange)
    return tuple(reversed(kept))


def understand_in(
    question: str, history: Sequence[Exchange], manuals: Sequence[Manual], characters: int = MOST_CHARACTERS
) -> Understood:
    """What ``question`` means after ``history`` (oldest turn first). Without turns, and for a question that stands
    alone, it is the question itself."""
    if not history:
        return Understood(question)
    held = _held(question, manuals)
    leaning = lean(held.text)
    if leaning is None:
        return Understood(question)
    kept = fit_history(history, characters)
    last = kept[-1]
    manual = next((manual for manual in manuals if manual.id == last.manual), None)
    near = Understood("", True, _near(manual, manuals), dropped=len(history) - len(kept))
    if leaning.way == "swap":
        asked = _swapped(held, kept, manuals)
        return replace(near, question=asked, manuals=frozenset() if held.machine else near.manuals)
    near = replace(near, only=manual is not None and bool(machine_names(manual)))
    machine = "".join(machine_labels(manual)[:1]) if manual is not None else ""
    if leaning.way == "machine":
        if not machine:
            return replace(near, question=question, leans=False)
        return replace(near, question=_asked(leaning.rest.replace(HELD, machine)))
    asked = _joined(_subject(last, machine, manuals), leaning.rest)
    if leaning.way == "step":
        return replace(near, question=asked, step=leaning.number, manual=last.manual, passage=last.passage)
    return replace(near, question=asked)


@dataclass(frozen=True, slots=True)
class _Held:
    """A question with its codes and machines' names taken out: ``names`` are these as printed, in order; ``machine``:
    whether the first is a machine's."""

    text: str
    names: tuple[str, ...]
    machine: bool


def _held(question: str, manuals: Sequence[Manual]) -> _Held:
    text = _SPACE.sub(" ", unicodedata.normalize("NFKC", question)).strip()
    spans = _spans(text, manuals)
    out, at = "", 0
    for start, end, _ in spans:
        out, at = out + text[at:start] + HELD, end
    return _Held(out + text[at:], tuple(text[a:b] for a, b, _ in spans), bool(spans) and spans[0][2])


def _spans(text: str, manuals: Sequence[Manual]) -> list[tuple[int, int, bool]]:
    """(start, end, whether a machine's name) of the machines and codes that ``text`` names, in order."""
    codes = find_codes(text)
    machines = {(start, end) for _, start, end in mentions(text, manuals, codes)}
    spans = [(start, end, True) for start, end in machines]
    spans += [(c.start, c.end, False) for c in codes if not any(_overlap(c, one) for one in machines)]
    return sorted(spans)


def _overlap(code: Code, span: tuple[int, int]) -> bool:
    return code.start < span[1] and span[0] < code.end


def _swapped(held: _Held, history: Sequence[Exchange], manuals: Sequence[Manual]) -> str:
    """The last question that was one of its own, with the new code or machine in the place of its own."""
    new = held.names[0]
    for exchange in reversed(history):
        before = _held(exchange.question, manuals)
        leaning = lean(before.text)
        if leaning is not None and leaning.way == "swap":
            continue  # only the name in it is of its own
        if leaning is not None:
            heading = _heading(exchange) if held.machine else ""
            return _joined(" ".join(part for part in (new, heading) if part), _rest(leaning))
        text = unicodedata.normalize("NFKC", exchange.question).strip()
        old = [span for span in _spans(text, manuals) if span[2] == held.machine]
        if not old:
            return f"{new} {text}"
        for start, end, _ in reversed(old):
            text = text[:start] + (new if start == old[0][0] else "") + text[end:]
        return _SPACE.sub(" ", text if held.machine else _without_name(text, exchange))
    return new


def _without_name(text: str, exchange: Exchange) -> str:
    """Without what the old code was called ("過電流" of AL.32): the new one is called something else."""
    name = _heading(exchange)
    for code in exchange.codes:
        name = name.replace(code, "")
    name = name.strip()
    return (
        re.sub(rf"\s*{re.escape(name)}\b" if name.isascii() else re.escape(name), "", text, flags=re.I)
        if name
        else text
    )


def _rest(leaning: Lean) -> str:
    return leaning.rest.replace(HELD, "").strip()


def _subject(last: Exchange, machine: str, manuals: Sequence[Manual]) -> str:
    """What the last turn was about: machine, codes, heading; its question where nothing was found for it."""
    codes = list(last.codes) or [name for name, is_machine in _names(last.question, manuals) if not is_machine]
    if not codes and not last.section:  # a client that kept words only
        said = [name for name, is_machine in _names(last.answer, manuals) if not is_machine]
        codes = said if len(set(said)) == 1 else []
    heading = _heading(last)
    told = {canonical(code) for code in _codes_in(heading)}
    if told & {canonical(code) for code in codes}:
        codes = []  # the heading says it
    parts = [machine, *dict.fromkeys(codes[:MOST_CODES]), heading]
    if not heading and not codes:
        parts.append(last.question.strip().rstrip("?？。.!！")[:LONGEST_HEADING])
    return " ".join(part for part in parts if part)


def _names(text: str, manuals: Sequence[Manual]) -> list[tuple[str, bool]]:
    text = unicodedata.normalize("NFKC", text)
    return [(text[start:end], machine) for start, end, machine in _spans(text, manuals)]


def _codes_in(text: str) -> tuple[str, ...]:
    text = unicodedata.normalize("NFKC", text)
    codes = (code for code in find_codes(text) if code.kind in ("alarm", "flag", "parameter"))
    return tuple(dict.fromkeys(text[code.start : code.end] for code in codes))


def own_name(hit: Hit) -> tuple[str, ...]:
    """Code and name of a row, which for it are what a heading is for a section."""
    if hit.passage.kind not in ("alarm", "symptom"):
        return ()
    values = [line.partition(": ")[2].strip() for line in hit.passage.text.split("\n")[:2]]
    return (" ".join(value for value in (values if hit.passage.kind == "alarm" else values[:1]) if value),)


def _heading(exchange: Exchange) -> str:
    return _NUMBER.sub("", exchange.section[-1])[:LONGEST_HEADING].strip() if exchange.section else ""


def _joined(subject: str, rest: str) -> str:
    if not subject:
        return rest
    return _asked(f"{subject} {rest}" if language(rest) == "ja" else f"{subject}: {rest}")


def _asked(text: str) -> str:
    return text if text.endswith(("?", "？", "。")) else f"{text}?"


def _near(manual: Manual | None, manuals: Sequence[Manual]) -> frozenset[str]:
    """The ids of the manuals of that one's machine and of those of no machine (FAQ, incidents); of a manual that names
    no machine, its own; empty where there is none."""
    if manual is None:
        return frozenset()
    names = machine_names(manual)
    if not names:
        return frozenset((manual.id,))
    return frozenset(m.id for m in manuals if names & machine_names(m) or not machine_names(m))
