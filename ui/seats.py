"""Seats: every open page by its own key: its language, its turns, what the next question is narrowed to."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import threading
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace

from assistant.answer import Answer, Found, Piece
from assistant.ask import Assistant
from assistant.conversation import Exchange, exchange_of
from assistant.records.records import Records
from index.library import Scope
from ui.turn import Asked, Line, Thread, Turn, View
from ui.wording import Lang

MOST_TURNS = 20  # that a page remembers
_LOOK_S = 1.0  # how often a page looks without having been told; what it is told comes at once


@dataclass(slots=True)
class _Seat:
    """One open page: its language, its latest turn, what was asked and shown before that, oldest first, what the next
    question is narrowed to, the conversation with its number of turns, and which turn is looked at again."""

    lang: Lang
    turn: Turn | None = None
    history: tuple[Exchange, ...] = ()
    past: tuple[View, ...] = ()
    scope: Scope = field(default_factory=Scope)
    thread: Thread = field(default_factory=Thread)
    looked_at: View | None = None

    @property
    def views(self) -> tuple[View, ...]:
        return (*self.past, self.turn.view) if self.turn is not None else self.past

    def closed(self) -> None:
        """The latest turn becomes one of those before."""
        view = self.turn.view if self.turn is not None else None
        said = view.answer or view.found if view is not None else None
        if view is not None and said is not None:
            self.history = (*self.history, exchange_of(said))[-MOST_TURNS:]
            self.past = (*self.past, *([view] if view.done else []))[-MOST_TURNS:]
            self.thread = replace(self.thread, number=self.thread.number + 1)
        self.turn = None

    @property
    def latest(self) -> tuple[Asked, Found | None] | None:
        """What was asked last, and what was found for it; also where it was kept and is opened again."""
        if self.turn is not None:
            return self.turn.asked, self.turn.view.found
        if not self.past:
            return None
        last, before = self.past[-1], replace(self.thread, number=max(1, self.thread.number - 1))
        return Asked(last.question, last.scope, self.history[:-1], before), last.found

    def again(self) -> None:
        """What was asked last is about to be asked again, in its place."""
        if self.turn is None and self.past:
            self.past, self.history = self.past[:-1], self.history[:-1]
            self.thread = replace(self.thread, number=max(1, self.thread.number - 1))


class Seats:
    """Every open page of this process; nobody sees another's turn. Keys begin with the account's name and a line
    break."""

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
            turn = seat.turn
        if turn is not None:
            turn.tell()

    def narrow(self, key: str, scope: Scope) -> None:
        """From here on, questions at this seat are narrowed to ``scope``."""
        with self._guard:
            self._seat(key).scope = scope

    def scope(self, key: str) -> Scope:
        """What the next question at this seat is narrowed to."""
        with self._guard:
            seat = self._seats.get(key)
        return seat.scope if seat else Scope()

    def lang(self, key: str, default: Lang = "ja") -> Lang:
        with self._guard:
            seat = self._seats.get(key)
        return seat.lang if seat else default

    def view(self, key: str) -> View | None:
        """What the page shows: the latest turn, or the one that is looked at again."""
        with self._guard:
            seat = self._seats.get(key)
            if seat is None:
                return None
            return seat.looked_at or (seat.views[-1] if seat.views else None)

    def views(self, key: str) -> tuple[View, ...]:
        """All turns of the page's conversation that it remembers, oldest first."""
        with self._guard:
            seat = self._seats.get(key)
            return seat.views if seat else ()

    def ask(self, key: str, question: str) -> Turn:
        """Begin a turn after those before it; an earlier one at this seat is stopped."""
        with self._guard:
            seat = self._seat(key)
            earlier = seat.turn
            seat.closed()
            if not seat.thread.conversation:
                seat.thread = Thread(secrets.token_urlsafe(12))
            turn = self._begin(key, seat, Asked(question, seat.scope, seat.history, seat.thread))
        return _begun(turn, earlier)

    def choose(self, key: str, manual_id: str) -> Turn | None:
        """Ask the question at this seat again, of one of the machines that were offered; None where it was not."""
        with self._guard:
            seat = self._seats.get(key)
            latest = seat.latest if seat else None
            asked, found = latest or (None, None)
            if seat is None or asked is None or found is None:
                return None
            if manual_id not in {choice.manual_id for choice in found.choices}:
                return None
            earlier = seat.turn
            seat.again()
            scope = replace(asked.scope, manuals=frozenset((manual_id,)))
            turn = self._begin(key, seat, replace(asked, scope=scope))
        return _begun(turn, earlier)

    def widen(self, key: str) -> Turn | None:
        """Ask the question at this seat again, of all manuals; None where none was asked."""
        with self._guard:
            seat = self._seats.get(key)
            latest = seat.latest if seat else None
            if seat is None or latest is None:
                return None
            earlier = seat.turn
            seat.again()
            turn = self._begin(key, seat, replace(latest[0], scope=Scope()))
        return _begun(turn, earlier)

    def clear(self, key: str) -> None:
        """Begin anew at this seat: its turn is stopped, and nothing of before is remembered."""
        self._restart(key, Thread(), ())

    def reopen(self, key: str, conversation: str, answers: Sequence[Answer]) -> View | None:
        """Go on with a conversation that was kept; returns its last turn."""
        views = tuple(view_of(answer) for answer in answers)
        views = (*views[:-1], *map(self._fresh, views[-1:]))
        self._restart(key, Thread(conversation, len(views) + 1), views)
        return views[-1] if views else None

    def look(self, key: str, at: int) -> View | None:
        """Show an earlier turn (from 0) again; None where there is none, or the latest is still under way."""
        with self._guard:
            seat = self._seats.get(key)
            views = seat.views if seat else ()
            if seat is None or not 0 <= at < len(views) or not views[-1].done:
                return None
        fresh = self._fresh(views[at])
        with self._guard:
            if at < len(seat.past):
                seat.past = (*seat.past[:at], fresh, *seat.past[at + 1 :])
            seat.looked_at = fresh if at < len(seat.past) else views[at]
            return seat.looked_at

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
        loop, changed = asyncio.get_running_loop(), asyncio.Event()

        def told() -> None:
            with contextlib.suppress(RuntimeError):  # the service is ending, and its loop with it
                loop.call_soon_threadsafe(changed.set)

        turn.watch(told)
        try:
            shown: tuple[View, Lang] | None = None
            while True:
                changed.clear()
                view = turn.view
                with self._guard:
                    seat = self._seats.get(key)
                    if seat is None or seat.turn is not turn:
                        return
                    lang = seat.lang
                if shown == (view, lang):
                    with contextlib.suppress(asyncio.TimeoutError):
                        await asyncio.wait_for(changed.wait(), _LOOK_S)
                    continue
                shown = (view, lang)
                yield view, lang
                if view.done:
                    return
        finally:
            turn.unwatch(told)

    def _fresh(self, view: View) -> View:
        """``view`` with how the same ended before as it is known now: meanwhile a record may have come, or gone."""
        precedents = self._assistant.precedents
        if precedents is None or view.found is None:
            return view
        return replace(view, found=precedents.beside(view.found, view.scope, view.answer.id if view.answer else ""))

    def _seat(self, key: str) -> _Seat:
        return self._seats.setdefault(key, _Seat("ja"))

    def _begin(self, key: str, seat: _Seat, asked: Asked) -> Turn:
        seat.looked_at = None
        seat.turn = Turn(self._assistant, asked, self.line, self._records, key.partition("\n")[0])
        return seat.turn

    def _restart(self, key: str, thread: Thread, views: tuple[View, ...]) -> None:
        with self._guard:
            seat = self._seat(key)
            earlier, seat.turn, seat.looked_at, seat.thread = seat.turn, None, None, thread
            seat.past = views[-MOST_TURNS:]
            seat.history = tuple(exchange_of(view.answer) for view in seat.past if view.answer is not None)
        if earlier is not None:
            earlier.stop()


def view_of(answer: Answer) -> View:
    """What a page showed of an answer that was kept."""
    found = Found(
        answer.question, answer.lang, answer.quotes, answer.declined, answer.nearest, answer.timing.found_ms,
        answer.understood, answer.dropped, answer.step, answer.choices,
        rows=answer.rows,
    )  # fmt: skip
    pieces = tuple(Piece(one.text, one.citations) for one in answer.sentences if one.supported)
    return View(answer.question, found, pieces, answer)


def _begun(turn: Turn, earlier: Turn | None) -> Turn:
    if earlier is not None:
        earlier.stop()
        earlier.tell()
    turn.start()
    return turn
