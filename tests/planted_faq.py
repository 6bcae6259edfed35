"""FAQ sets with planted equivalents (tests/data/faq_equivalents_*.txt), and entries of other facts between them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from training.data.faq_table import FaqEntry
from training.embedder.asked import FOLDER, read_asked_file

DATA = Path(__file__).resolve().parent / "data"
# facts that stand between: each half has its own
BETWEEN = {"dev": ("assembly", "utilities", "filling", "maintenance"), "test": ("values", "machining", "packaging")}
LONGEST = 220  # characters of an answer


@dataclass(frozen=True, slots=True)
class PlantedFaq:
    """``fact``: for each entry the fact that it tells; entries of one fact are the planted equivalents."""

    entries: list[FaqEntry]
    fact: list[str]

    def equivalent(self, one: int, other: int) -> bool:
        return one != other and self.fact[one] == self.fact[other]

    @property
    def planted(self) -> int:
        """Entries that tell a fact which an earlier one told."""
        return len(self.fact) - len(set(self.fact))


def read_planted(half: str, between: int = 400) -> PlantedFaq:
    """The ``half`` ("dev" or "test") with up to ``between`` entries of other facts in each language."""
    entries: list[FaqEntry] = []
    facts: list[str] = []
    lang, product, fact = "en", "", ""
    for number, line in enumerate((DATA / f"faq_equivalents_{half}.txt").read_text("utf-8").splitlines(), start=1):
        sign, _, rest = line.partition(" ")
        if sign == "@":
            lang, product = (part.strip() for part in rest.split("|"))
        elif sign in ("-", "="):
            question, answer = (part.strip() for part in rest.split("||"))
            fact = f"fact {number}" if sign == "-" else fact
            entries.append(FaqEntry(f"{half}-{number}", question, answer, lang, product, product, line=number))  # type: ignore[arg-type]
            facts.append(fact)
    for one in ("en", "ja"):
        entries += _between(half, one, between)
    facts += [entry.id for entry in entries[len(facts) :]]
    return PlantedFaq(entries, facts)


def _between(half: str, lang: str, most: int) -> list[FaqEntry]:
    found: list[FaqEntry] = []
    for name in BETWEEN[half]:
        for number, fact in enumerate(read_asked_file(FOLDER / f"{name}.txt")):
            if len(fact.text[lang]) <= LONGEST and len(found) < most:
                identity = f"{half}-{name}-{number}-{lang}"
                question = fact.questions[lang][number % len(fact.questions[lang])]
                found.append(FaqEntry(identity, question, fact.text[lang], lang, name, fact.machine[lang]))  # type: ignore[arg-type]
    return found
