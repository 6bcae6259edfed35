"""Other thing: whether a line of a manual tells of the like of what was asked for: M1 for M2, the upper for the lower.

Such a sentence is true and stands beside the right one. Where a procedure is asked for nothing is left out of it: its
steps go from one side to the other.
"""

from __future__ import annotations

from assistant.answer import Quote
from index.codes.find import find_codes
from index.search.names import machine_names
from index.search.opposites import beyond, marks_of, of_another_thing, without_names
from index.search.question import asks_how


class OtherThing:
    """What ``question`` asks for; alarms, parameters and machines that it names are looked up, and no matter here."""

    def __init__(self, question: str) -> None:
        said = question
        for code in reversed(find_codes(question)):
            if code.kind in ("alarm", "parameter"):
                said = f"{said[: code.start]} {said[code.end :]}"
        self._asked = marks_of(said)
        self._steps = asks_how(question)

    def tells(self, line: str, quote: Quote) -> bool:
        """Whether ``line``, which ``quote`` holds, is of the like of it alone."""
        asked = self._asked
        if not asked.sides and not asked.names:
            return False
        hit = quote.hit
        if hit.passage.kind == "steps" and self._steps:
            return False
        above = marks_of(" / ".join((hit.manual.title, *hit.passage.section)))
        left = beyond(without_names(asked, machine_names(hit.manual)), above)
        return bool(left.sides or left.names) and of_another_thing(left, line)
