"""Ask request: what POST /ask takes, and what its events hold, as the API describes it."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field

from assistant.conversation import Exchange
from index.library import Scope

MOST_TURNS = 50
_Named = Field(default="", max_length=400)


class PastTurn(BaseModel):
    """An earlier turn of the same person. Only ``question`` is needed; the rest is taken from the first quote of its
    answer event (``manual``, ``section``, ``codes``, ``passage``) and from its ``text``."""

    question: str = Field(max_length=10_000, examples=["AL.32 が出て止まった"])
    manual: str = _Named
    section: list[str] = Field(default_factory=list, max_length=20)
    codes: list[str] = Field(default_factory=list, max_length=100)
    passage: str = _Named
    answer: str = Field(default="", max_length=100_000)

    def exchange(self) -> Exchange:
        return Exchange(
            self.question, self.manual, tuple(self.section), tuple(self.codes), self.passage, self.answer
        )  # fmt: skip


class AskRequest(BaseModel):
    """A question, and what it is narrowed to: see GET /filters. ``manuals``: ids, file names or titles. ``history``:
    the turns before it, oldest first; it completes a follow-up ("and if it comes back?", "2番目の手順は?") and leaves a
    question that stands alone as it is. ``adapter``: a name of the setting adapters, or "none" for the model alone."""

    question: str = Field(examples=["AL.32 が出て搬送軸が止まった"])
    manuals: list[str] = Field(default_factory=list, max_length=1000)
    lines: list[str] = Field(default_factory=list, max_length=100)
    machines: list[str] = Field(default_factory=list, max_length=100)
    kinds: list[str] = Field(default_factory=list, max_length=100)
    langs: list[str] = Field(default_factory=list, max_length=100)
    history: list[PastTurn] = Field(default_factory=list, max_length=MOST_TURNS)
    adapter: str = Field(default="", max_length=64)

    def scope(self) -> Scope:
        return Scope.of(
            manuals=self.manuals, lines=self.lines, machines=self.machines, kinds=self.kinds, langs=self.langs
        )

    def turns(self) -> tuple[Exchange, ...]:
        return tuple(turn.exchange() for turn in self.history)


_FOUND = {
    "question": "as it was sent",
    "understood": "the completed question of a follow-up that was searched for; empty where the question stands alone",
    "dropped": "how many earlier turns were left out of sight, the oldest first",
    "step": "the step that was asked for: number (-1: the last), lines (verbatim; none if there is no such), count",
    "choices": "where several machines have the code: code, manual, title, section, passage of each; ask again with "
    "that manual in manuals. The answer's verdict is then choose, and no model was asked",
    "rows": "where the best quote is a table and it cannot be told which row is asked for: quote, line, text, name of "
    "each row that may be; ask again with the name. The answer's verdict is then choose_row, and no model was asked",
    "quotes": "the manual's own words, best first, with manual, section and page",
    "declined": "why the manuals hold no answer, or null",
    "nearest": "the nearest sections where it is declined",
    "precedents": "how the same ended before, from colleagues' records, latest first; no words of a manual",
}
EVENTS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Server-sent events: found (at once), piece (verified sentences), answer (last); or error. "
        "While other answers are written before this one, waiting tells how many (ahead), again when that changes; 0: "
        "this one is being written. "
        "found holds, and answer repeats: " + "; ".join(f"{name}: {what}" for name, what in _FOUND.items()) + ".",
        "content": {"text/event-stream": {"schema": {"type": "string"}}},
    }
}
