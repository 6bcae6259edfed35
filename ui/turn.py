"""Turn: one question being answered for one browser, in a thread of its own, and the line of those under way.

The page only watches. A browser that goes away, a second question or the stop button sets ``stop``; the thread itself
walks the answer to its end, so the runner is always freed, whatever the page does.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from assistant.answer import Answer, Found, Piece
from assistant.ask import Assistant
from assistant.conversation import Exchange
from assistant.errors import AssistantFailed
from assistant.records.entry import Asker
from assistant.records.records import Records
from edge.errors import EdgeFailed
from index.errors import IndexFailed
from index.library import Scope

_LOG = logging.getLogger("andon.ui")


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a question has no answer: the error's stable code and details."""

    code: str
    details: dict[str, str]


@dataclass(frozen=True, slots=True)
class View:
    """What a page shows of a question at one moment. ``busy``: so many answers are written before this one; ``scope``:
    what the question was narrowed to; ``asked_at``: when, in seconds of time.time(), 0 for one that was kept."""

    question: str
    found: Found | None = None
    pieces: tuple[Piece, ...] = ()
    answer: Answer | None = None
    failure: Failure | None = None
    stopping: bool = False
    busy: int = 0
    scope: Scope = field(default_factory=Scope)
    asked_at: float = 0.0

    @property
    def done(self) -> bool:
        return self.answer is not None or self.failure is not None


@dataclass(frozen=True, slots=True)
class Thread:
    """Where a turn belongs: the conversation, "" where none is kept, and its number there, from 1."""

    conversation: str = ""
    number: int = 1


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with what it is narrowed to, the turns before it, oldest first, and where it belongs."""

    question: str
    scope: Scope = field(default_factory=Scope)
    history: tuple[Exchange, ...] = ()
    thread: Thread = field(default_factory=Thread)


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
        self._watchers: list[Callable[[], None]] = []
        self.view = View(asked.question, scope=asked.scope, asked_at=time.time())
        self._thread = threading.Thread(target=self._work, name="andon-turn", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """End the generation after its current token."""
        self._stop.set()
        with self._guard:
            if not self.view.done:
                self.view = replace(self.view, stopping=True)
        self.tell()

    def watch(self, told: Callable[[], None]) -> None:
        """``told`` is called each time the view has changed, on whatever thread changed it."""
        with self._guard:
            self._watchers.append(told)

    def unwatch(self, told: Callable[[], None]) -> None:
        with self._guard:
            self._watchers.remove(told)

    def tell(self) -> None:
        """Let those who watch look again."""
        with self._guard:
            watchers = tuple(self._watchers)
        for told in watchers:
            told()

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
            thread = self.asked.thread
            if thread.conversation:
                self._records.keep_turn(self._who, thread.conversation, thread.number, event)

    def _set(self, **values: object) -> None:
        with self._guard:
            self.view = replace(self.view, **values)  # type: ignore[arg-type]
        self.tell()

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

    @property
    def turns(self) -> tuple[Turn, ...]:
        with self._guard:
            return tuple(self._turns)

    def __len__(self) -> int:
        with self._guard:
            return len(self._turns)
