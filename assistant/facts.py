"""Facts: the numbers with units and the codes that a text states, and how often it says no."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.verification.atoms import NEGATION, atoms_of


@dataclass(frozen=True, slots=True)
class Facts:
    """``numbers``: (value, unit or "") as written, in normal form; ``codes``: words with digits in them (AL32, M8);
    ``negations``: how many."""

    numbers: frozenset[tuple[str, str]]
    codes: frozenset[str]
    negations: int


def facts_of(text: str) -> Facts:
    """The facts that ``text`` states. Citations and list marks are no facts."""
    atoms = [atom for atom in atoms_of(text).atoms if not atom.mark]
    numbers = set()
    for place, atom in enumerate(atoms):
        if atom.kind == "number":
            after = atoms[place + 1] if place + 1 < len(atoms) else None
            numbers.add((atom.key, after.key if after is not None and after.kind == "unit" else ""))
    codes = frozenset(atom.key for atom in atoms if atom.kind == "ident")
    return Facts(frozenset(numbers), codes, sum(atom.key.count(NEGATION) for atom in atoms))


def missing_numbers(said: Facts, source: Facts) -> set[str]:
    """Numbers of ``said`` that ``source`` does not hold, with their units."""
    return {f"{value} {unit}".strip() for value, unit in said.numbers - source.numbers}
