"""Turn: one question being answered for one browser, in a thread of its own; and who sits where.

The page only watches. A browser that goes away, a second question or the stop button sets ``stop``; the thread itself
walks the answer to its end, so the runner is always freed, whatever the page does.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace

from assistant.answer import Answer, Found, Piece
from assistant.ask import Assistant
from assistant.conversation import Exchange, exchange_of
from assistant.errors import AssistantFailed
from assistant.records.entry import Asker
from assistant.records.records import Records
from edge.errors import EdgeFailed
from index.errors import IndexFailed
from index.library import Scope
from ui.wording import Lang

_LOG = logging.getLogger("andon.ui")
MOST_TURNS = 20  # that a page remembers
_LOOK_S = 0.03  # how often a page looks for something new; shorter than anybody notices


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a question has no answer: the error's stable code and details."""

    code: str
    details: dict[str, str]


@dataclass(frozen=True, slots=True)
class View:
    """What a page shows of a question at one moment. ``busy``: so many answers are written before this one; ``scope``:
    what the question was narrowed to."""

    question: str
    found: Found | None = None
    pieces: tuple[Piece, ...] = ()
    answer: Answer | None = None
    failure: Failure | None = None
    stopping: bool = False
    busy: int = 0
    scope: Scope = field(default_factory=Scope)

    @property
    def done(self) -> bool:
        return self.answer is not None or self.failure is not None


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with what it is narrowed to and the turns before it, oldest first."""

    question: str
    scope: Scope = field(default_factory=Scope)
    history: tuple[Exchange, ...] = ()


class Turn:
    """One question on its way. ``view`` is always whole; it is replaced, never changed."""

    def __init__(self, assistant: Assistant, asked: Asked, line: Line, records: Records, who: str = "") -> None:
        self._assistant = assistant
        self.asked = asked
        self._records = records
        self._who = who
        self._line = line
        self._stop = threading.Event()
        self._guard = threading.Lock()
        self.view = View(asked.question, scope=asked.scope)
        self._thread = threading.Thread(target=self._work, name="andon-turn", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """End the generation after its current token."""
        self._stop.set()
        with self._guard:
            if not self.view.done:
                self.view = replace(self.view, stopping=True)

    def join(self, timeout_s: float) -> None:
        self._thread.join(timeout_s)

    def _work(self) -> None:
        self._line.enter(self)
        try:
            asked = self.asked
            events = self._assistant.ask(asked.question, asked.scope, self._stop, asked.history)
            for event in self._records.asking(events, Asker(self._who, "page", asked.scope)):
                self._take(event)
        except (AssistantFailed, IndexFailed, EdgeFailed) as failed:
            self._set(failure=Failure(failed.code, failed.details))
        except Exception:  # noqa: BLE001  the page must not wait for ever; the log has the traceback
            _LOG.exception("A question could not be answered.")
            self._set(failure=Failure("unexpected", {}))
        finally:
            self._line.leave(self)

    def _take(self, event: Found | Piece | Answer) -> None:
        if isinstance(event, Found):
            self._set(found=event)
        elif isinstance(event, Piece):
            self._set(pieces=(*self.view.pieces, event), busy=0)
        else:
            self._set(answer=event, stopping=False, busy=0)

    def _set(self, **values: object) -> None:
        with self._guard:
            self.view = replace(self.view, **values)  # type: ignore[arg-type]

    def set_busy(self, busy: int) -> None:
        if self.view.busy != busy and not self.view.done:
            self._set(busy=busy)


class Line:
    """The turns under way in this process, in the order in which they came: only the first one writes."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._turns: list[Turn] = []

    def enter(self, turn: Turn) -> None:
        with self._guard:
            self._turns.append(turn)
            self._tell()

    def leave(self, turn: Turn) -> None:
        with self._guard:
            self._turns.remove(turn)
            self._tell()

    def _tell(self) -> None:
        for place, turn in enumerate(self._turns):
            turn.set_busy(place)

    def __len__(self) -> int:
        with self._guard:
            return len(self._turns)


@dataclass(slots=True)
class _Seat:
    """One open page: its language, its latest turn, what was asked before that, oldest first, and what the next
    question is narrowed to."""

    lang: Lang
    turn: Turn | None = None
    history: tuple[Exchange, ...] = ()
    scope: Scope = field(default_factory=Scope)


class Seats:
    """Every open page of this process, each by its own key; nobody sees another's turn."""

    def __init__(self, assistant: Assistant, records: Records | None = None) -> None:
        self._assistant = assistant
        self._records = records or Records(None)
        self.line = Line()
        self._guard = threading.Lock()
        self._seats: dict[str, _Seat] = {}

    def sit(self, key: str, lang: Lang) -> None:
        with self._guard:
            seat = self._seats.setdefault(key, _Seat(lang))
            seat.lang = lang

    def narrow(self, key: str, scope: Scope) -> None:
        """From here on, questions at this seat are narrowed to ``scope``."""
        with self._guard:
            self._seats.setdefault(key, _Seat("ja")).scope = scope

    def lang(self, key: str, default: Lang = "ja") -> Lang:
        with self._guard:
            seat = self._seats.get(key)
        return seat.lang if seat else default

    def view(self, key: str) -> View | None:
        with self._guard:
            seat = self._seats.get(key)
        return seat.turn.view if seat and seat.turn else None

    def ask(self, key: str, question: str) -> Turn:
        """Begin a turn after those before it; an earlier one at this seat is stopped."""
        with self._guard:
            seat = self._seats.setdefault(key, _Seat("ja"))
            view = seat.turn.view if seat.turn else None
            over = view and (view.answer or view.found)
            if over:
                seat.history = (*seat.history, exchange_of(over))[-MOST_TURNS:]
            earlier, seat.turn = seat.turn, self._turn(key, Asked(question, seat.scope, seat.history))
            turn = seat.turn
        return _begun(turn, earlier)

    def choose(self, key: str, manual_id: str) -> Turn | None:
        """Ask the question at this seat again, of one of the machines that were offered; None where it was not."""
        with self._guard:
            seat = self._seats.get(key)
            earlier = seat.turn if seat else None
            found = earlier.view.found if earlier else None
            if seat is None or earlier is None or found is None:
                return None
            if manual_id not in {choice.manual_id for choice in found.choices}:
                return None
            scope = replace(earlier.asked.scope, manuals=frozenset((manual_id,)))
            turn = seat.turn = self._turn(key, replace(earlier.asked, scope=scope))
        return _begun(turn, earlier)

    def widen(self, key: str) -> Turn | None:
        """Ask the question at this seat again, of all manuals; None where none was asked."""
        with self._guard:
            seat = self._seats.get(key)
            earlier = seat.turn if seat else None
            if seat is None or earlier is None:
                return None
            turn = seat.turn = self._turn(key, replace(earlier.asked, scope=Scope()))
        return _begun(turn, earlier)

    def clear(self, key: str) -> None:
        """Begin anew at this seat: its turn is stopped, and nothing of before is remembered."""
        with self._guard:
            seat = self._seats.get(key)
            if seat is None:
                return
            earlier, seat.turn, seat.history = seat.turn, None, ()
        if earlier is not None:
            earlier.stop()

    def _turn(self, key: str, asked: Asked) -> Turn:
        return Turn(self._assistant, asked, self.line, self._records, key.partition("\n")[0])

    def stop(self, key: str) -> View | None:
        """Stop the turn at this seat; returns what is there to show."""
        with self._guard:
            seat = self._seats.get(key)
        if seat is None or seat.turn is None:
            return None
        seat.turn.stop()
        return seat.turn.view

    def leave(self, key: str) -> None:
        """The page was closed."""
        with self._guard:
            seat = self._seats.pop(key, None)
        if seat is not None and seat.turn is not None:
            seat.turn.stop()

    async def watch(self, key: str, turn: Turn) -> AsyncIterator[tuple[View, Lang]]:
        """What to show, each time it changes, until the turn is done or another one took the seat. It holds no thread,
        so that many pages may wait."""
        shown: tuple[View, Lang] | None = None
        while True:
            view = turn.view
            with self._guard:
                seat = self._seats.get(key)
                if seat is None or seat.turn is not turn:
                    return
                lang = seat.lang
            if shown == (view, lang):
                await asyncio.sleep(_LOOK_S)
                continue
            shown = (view, lang)
            yield view, lang
            if view.done:
                return


def _begun(turn: Turn, earlier: Turn | None) -> Turn:
    if earlier is not None:
        earlier.stop()
    turn.start()
    return turn
