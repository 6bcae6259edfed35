"""First hits: whether they hold the thing that is asked for or only its like, and a value of the kind asked for."""

from __future__ import annotations

from collections.abc import Sequence

from index.passage import Hit
from index.search.matters import asked_matters
from index.search.quantity import Quantity, asked_quantities, gives

LOOKED_AT = 6  # of 371 answerable development questions none is without such a value here; with 4 one was


def only_twins(hits: Sequence[Hit]) -> bool:
    """Whether the best of ``hits`` is a table that has the like of the thing asked for (M1 for M2), and none of them
    has a row of the thing itself."""
    return bool(hits) and hits[0].untold == "twin" and all(hit.row is None for hit in hits)


def without_value(question: str, hits: Sequence[Hit]) -> bool:
    """Whether ``question`` asks for a quantity of which none of the first ``hits`` gives a value, in a row the row that
    is meant."""
    quantities = wanted_quantities(question)
    return bool(quantities) and bool(hits) and not any(gives_asked(quantities, hit) for hit in hits[:LOOKED_AT])


def wanted_quantities(question: str) -> tuple[Quantity, ...]:
    """The quantities that ``question`` asks for: "how long is the warranty" asks for no length."""
    return () if asked_matters(question) else asked_quantities(question)


def gives_asked(quantities: tuple[Quantity, ...], hit: Hit) -> bool:
    """Whether ``hit`` gives a value of one of ``quantities``, of a table with a told row in that row."""
    if hit.untold == "twin":
        return False
    if hit.row is None:
        return gives(quantities, hit.passage.text)
    lines = hit.passage.text.split("\n")
    return gives(quantities, lines[hit.row], lines[0] if hit.row else "")
