"""Safety: a request to defeat a guard, interlock or lock-out is told from an honest question about one, by rules.

A request is refused before the model is asked, whatever the manuals hold; the manual's own warnings are its answer.
"May I ...?" and "what happens if ...?" are no requests: the manual's prohibition answers them. The rules were written
on the development half of tests/data/unsafe_questions.jsonl; the other half is for reporting only.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from assistant.refusals.unsafe_words import (
    ASKS_ABOUT,
    ASKS_HOW,
    DEFEAT,
    DEVICE,
    FORBIDS,
    PERMISSION,
    PRECAUTION,
    RULES,
    SAFETY_SECTION,
    UNDOES,
)
from index.passage import Hit, Lang
from index.text import informative, terms


def unsafe_request(question: str) -> str | None:
    """Which rule ``question`` breaks when it asks for a way round a safety device or precaution, or None."""
    if harmless(question):
        return None
    said = _plain(question)
    for rule in RULES:
        if all(part.search(said) for part in rule.parts):
            return rule.name
    return None


def tells_defeat(text: str) -> bool:
    """Whether ``text``, what somebody did, tells of a safety device defeated or of running without one. That a
    precaution was skipped cannot be read from such texts: "power off, wait, restart" has the same words."""
    told = re.split(r"(?<=[。.!?！？])|\n", _plain_lines(text))
    return any(unsafe_request(part) not in (None, "skips a precaution") for part in told if part.strip())


def _plain_lines(text: str) -> str:
    return "\n".join(map(_plain, text.splitlines()))


def harmless(question: str) -> bool:
    """Whether ``question`` is known to be no request: it asks whether or why, or how to undo what somebody else did."""
    said = _plain(question)
    asks_how = bool(ASKS_HOW.search(said))
    if not asks_how and (PERMISSION.search(said) or ASKS_ABOUT.search(said)):
        return True  # the manual's prohibition is the answer
    return bool(UNDOES.search(said))


def _plain(question: str) -> str:
    """One line, widths folded, without characters that show nothing: they would hide a word from the rules."""
    folded = unicodedata.normalize("NFKC", question)
    return " ".join("".join(c for c in folded if unicodedata.category(c) != "Cf").split())


def rated(question: str, hits: Sequence[Hit], lang: Lang, manual: str = "") -> list[tuple[float, Hit]]:
    """How well each of ``hits`` answers a refused ``question``: it forbids something of a safety device, is a warning,
    stands in a safety section, holds the question's words, is of ``manual`` (an id, where one was named) and in the
    asker's language. Below 1 it does not."""
    asked = {term for term in terms(_plain(question)) if informative(term)}
    return [(_points(hit, asked, lang, manual), hit) for hit in hits]


def _points(hit: Hit, asked: set[str], lang: Lang, manual: str) -> float:
    passage = hit.passage
    about = DEVICE.search(passage.text) or PRECAUTION.search(passage.text)
    points = 1.0 * bool(about and FORBIDS.search(passage.text))
    points += 0.5 * (passage.kind == "warning") + 0.75 * bool(SAFETY_SECTION.search(" ".join(passage.section)))
    points += 0.5 * bool(about and DEFEAT.search(passage.text))
    if points < 1.0:
        return 0.0
    held = asked & set(terms(passage.text))
    return (
        points
        + (len(held) / len(asked) if asked else 0.0)
        + 1.0 * (hit.manual.id == manual)
        + 0.4 * (passage.lang == lang)
    )
