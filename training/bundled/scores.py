"""Scores of grounded answers: copied word for word, from the right excerpt, and refused where nothing answers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

from assistant.prompt import NOT_FOUND
from training.bundled.items import Item

_CITED = re.compile(r"(.*?)\s*\[(\d+)\]", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Judged:
    """One answer. ``verbatim``: every sentence has a citation and stands word for word in the cited excerpt;
    ``right_source``: every citation names the excerpt that holds the answer; ``exact``: it is the wanted answer;
    ``overlap``: at least one sentence of the wanted answer is in it."""

    answerable: bool
    refused: bool
    verbatim: bool
    right_source: bool
    exact: bool
    overlap: bool


def judge(item: Item, answer: str) -> Judged:
    """Compare ``answer`` with ``item``. White space, and a final mark that a table cell does not have, do not count."""
    text = answer.strip()
    refused = text == NOT_FOUND[item.lang]
    parts = [(sentence.strip(), int(number)) for sentence, number in _CITED.findall(text)]
    rest = _CITED.sub("", text).strip()
    sources = {e.number: _squeezed(e.text) for e in item.excerpts}
    verbatim = bool(parts) and not rest and all(_stands(s, sources.get(n, "")) for s, n in parts)
    wanted = {_squeezed(s) for s, _ in _CITED.findall(item.answer)}
    return Judged(
        answerable=item.number > 0,
        refused=refused,
        verbatim=verbatim,
        right_source=bool(parts) and all(n == item.number for _, n in parts),
        exact=_squeezed(text) == _squeezed(item.answer),
        overlap=any(_squeezed(s) in wanted for s, _ in parts),
    )


def summary(judged: Iterable[Judged]) -> dict[str, float | int]:
    """Shares of a set of answers, rounded to three places; a share of nothing is 0.

    ``verbatim`` and ``right_source`` count among answers that are not a refusal, ``answered_right`` (a wanted sentence
    is given) and ``exact`` among answerable questions.
    """
    every = list(judged)
    answerable = [j for j in every if j.answerable]
    spoken = [j for j in every if not j.refused]
    refused = [j for j in every if j.refused]
    missing = [j for j in every if not j.answerable]
    return {
        "questions": len(every),
        "answerable": len(answerable),
        "verbatim": _share([j.verbatim for j in spoken]),
        "right_source": _share([j.right_source for j in spoken if j.answerable]),
        "answered_right": _share([j.overlap for j in answerable]),
        "exact": _share([j.exact for j in answerable]),
        "refusal_precision": _share([not j.answerable for j in refused]),
        "refusal_recall": _share([j.refused for j in missing]),
    }


def as_row(item: Item, answer: str) -> dict[str, object]:
    """An answer with its judgement, for the record."""
    asked = {"lang": item.lang, "family": item.family, "question": item.question}
    return {**asked, "wanted": item.answer, "answer": answer, **asdict(judge(item, answer))}


def _stands(sentence: str, source: str) -> bool:
    squeezed = _squeezed(sentence)
    return len(squeezed) > 1 and (squeezed in source or squeezed.rstrip("。.") in source)


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def _share(flags: Sequence[bool]) -> float:
    return round(sum(flags) / len(flags), 3) if flags else 0.0
