"""Asked sets: what manuals of made-up machines say, and how people at the line ask for it (tests/data/asked_facts.txt).

Written by hand in the form of training/facts, by somebody who had not read those; no training reads it. Machines are
halved: what is tuned looks at one half ("development"), the other ("held_back") only scores. No question names its
machine, and a section's facts are close rivals.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from index.passage import Lang
from tests.retrieval_sets import Asked, RetrievalSet, Target
from training.embedder.asked import AskedFact, read_asked_file, read_unanswered_file

FILE = Path(__file__).parent / "data/asked_facts.txt"
Half = Literal["development", "held_back"]
DIRECTIONS: tuple[tuple[Lang, Lang], ...] = (("en", "en"), ("ja", "ja"), ("en", "ja"), ("ja", "en"))


def asked_set(half: Half, asked_in: Lang, written_in: Lang) -> RetrievalSet:
    """The machines of ``half``, a manual each in ``written_in``, every fact a section; questions in ``asked_in``."""
    facts = [fact for fact in read_asked_file(FILE) if fact.machine["en"] in _machines(half)]
    targets = tuple(_target(fact, number, written_in) for number, fact in enumerate(facts))
    questions = tuple(Asked(text, n) for n, fact in enumerate(facts) for text in fact.questions[asked_in])
    return RetrievalSet(f"asked {half} {asked_in}-{written_in}", asked_in, written_in, targets, questions)


def unanswered(half: Half, lang: Lang) -> list[str]:
    """Questions about the machines of ``half`` that sound close to a section and that none of its lines answers."""
    near = [one for one in read_unanswered_file(FILE) if one.lang == lang and one.machine["en"] in _machines(half)]
    return [question for one in near for question in one.questions]


def _machines(half: Half) -> set[str]:
    every = list(dict.fromkeys(fact.machine["en"] for fact in read_asked_file(FILE)))
    return set(every[half == "held_back" :: 2])


def _target(fact: AskedFact, number: int, lang: Lang) -> Target:
    machine, section = fact.machine[lang], fact.place[lang].removeprefix(fact.machine[lang]).strip()
    return Target(f"{fact.machine['en'].lower().replace(' ', '-')}.md", machine, f"{section} {number}", fact.text[lang])
