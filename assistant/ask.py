"""ask(): a question -> Found at once, then verified pieces of the answer, then the Answer."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from threading import Event as Flag
from typing import TYPE_CHECKING

from assistant.answer import Answer, Event, Found, Piece, Quote, Sentence, Timing, Verdict
from assistant.conversation import Exchange, fit_history
from assistant.errors import QuestionEmpty, QuestionTooLong
from assistant.extract import choices_of
from assistant.finding import find
from assistant.hearing import AnswerLate, Hearing
from assistant.other_thing import OtherThing
from assistant.prompt import Excerpt, PastTurn, build_messages, fit_excerpts, fit_turns, most_tokens, render_excerpt
from assistant.refusals.instructions import neutral, readable
from assistant.refusals.refusal import made_safe
from assistant.refusals.safety_measure import SafetyMeasure
from assistant.table_rows import told_row_only
from assistant.verification.atoms import CITATION
from assistant.verification.said import Said
from assistant.verification.verified import Verified
from edge.errors import AdapterUnknown, EdgeFailed, GenerationStuck, PromptTooLong
from edge.options import BARE
from edge.runner import Message, Runner, Sampling
from edge.runner import Piece as Spoken
from index.library import Library, Scope
from index.passage import Hit
from index.search.question import asks_how

if TYPE_CHECKING:
    from assistant.precedents import Precedents

MARKS_TOKENS = 32  # room for the chat template's own marks
PROCEDURE_TOKENS = 800  # of an answer that says a whole procedure, line by line
READS_TURNS = 1024  # a model that reads so long a prompt well reads the turns before a follow-up, too
TURNS_SHARE = 4  # of the prompt, at most one part in so many
STUCK_S = 30.0  # a generation that was left so long ago should have ended
MOST_STUCK = 8  # so many that have not, and no further one is begun: each holds a thread
_LOG = logging.getLogger("andon.ask")


@dataclass(frozen=True, slots=True)
class AskOptions:
    """``quotes``: how many passages are quoted, ``excerpts``: how many of them the model reads, in ``prompt_tokens``
    with the question and, from READS_TURNS on, the turns before a follow-up; ``answer_tokens``: longest answer;
    ``max_question``: characters; ``extract``: an answer is made of lines of the excerpts, where the runner can keep to
    that; ``answer_seconds``: longest wait for an answer, the queue included; ``adapters``: names of the LoRA adapters
    that were loaded with the model, ``adapter`` the one for questions that name none."""

    quotes: int = 3
    answer_tokens: int = 200
    max_question: int = 2000
    excerpts: int = 1
    prompt_tokens: int = 640
    extract: bool = False
    answer_seconds: float = 120.0
    adapters: tuple[str, ...] = ()
    adapter: str = ""


class Assistant:
    """Answers questions over one library with one runner, or with quotes alone where there is none.
    ``precedents``: finds how the same ended before, which is shown beside the quotes and has no part in the answer."""

    def __init__(
        self,
        library: Library,
        runner: Runner | None,
        options: AskOptions | None = None,
        measure: SafetyMeasure | None = None,
        precedents: Precedents | None = None,
    ) -> None:
        self._measure = measure
        self.precedents = precedents
        self.library = library
        self.runner = runner
        self.options = options or AskOptions()
        self._verified = Verified()
        self._guard = threading.Lock()
        self._left: list[Hearing] = []  # generations whose threads may still be at work
        self._line: list[Flag] = []  # of the answers under way, in the order in which they came to the runner

    def ask(
        self,
        question: str,
        scope: Scope | None = None,
        stop: Flag | None = None,
        history: Sequence[Exchange] = (),
        adapter: str = "",
    ) -> Iterator[Event]:
        """Yields Found, then any number of Piece, then Answer. Raises QuestionEmpty, QuestionTooLong or AdapterUnknown
        before Found.

        ``history``: the turns before this one, oldest first; it completes a follow-up and never changes a question that
        stands alone. Where several machines have what was asked for, where the row of a table was not told, or a step
        was asked for, no model is asked.
        ``adapter``: the LoRA adapter that the model answers with, "" for the one of the options, BARE for none.

        A runner that fails does not fail the answer: the quotes stand, and ``failure`` names the error's code
        ("runner_crashed" for what is not an EdgeFailed; the log has the traceback). One that hangs does not hold it
        either: after ``answer_seconds`` the answer ends with the failure "answer_late". ``stop``, when set from any
        thread, ends the generation at once, also while it waits in the runner's queue; so does closing the iterator.
        """
        start, until = time.perf_counter(), time.monotonic() + self.options.answer_seconds
        question, adapter = self._checked(question), self._adapter(adapter)
        found = self._found(question, scope, history)
        # ``found`` itself goes on without them: nothing that a colleague wrote reaches the model or the verification
        shown = self._with_precedents(found, scope)
        yield shown
        said = Said(found.quotes)
        told = _Told(found.dropped, adapter)
        if found.step is not None:
            for line in found.step.lines:  # the manual's own words
                said.sentences.append(Sentence(line, (1,), True))
                yield Piece(line, (1,))
        elif self._asks_model(found) and self.runner is not None:
            past = history if found.understood else ()
            yield from self._generate(self.runner, found, said, told, _Limits(stop or Flag(), until), past)
        first_ms = round((said.first_at - start) * 1000, 1) if said.first_at else 0.0
        timing = Timing(found.found_ms, first_ms, _ms(start))
        model = ":".join(filter(None, (self.runner.name, adapter))) if self.runner is not None else ""
        yield _answer(shown, said, told, model, timing)

    def look(self, question: str, scope: Scope | None = None) -> Found:
        """What is shown of ``question`` before a model is asked, and nothing more. Raises as ``ask`` does."""
        return self._with_precedents(self._found(self._checked(question), scope, ()), scope)

    def _found(self, question: str, scope: Scope | None, history: Sequence[Exchange]) -> Found:
        found = find(self.library, question, history, scope, self.options.quotes)
        return made_safe(self.library, found, scope, self.options.quotes, self._measure)

    def _with_precedents(self, found: Found, scope: Scope | None) -> Found:
        return self.precedents.beside(found, scope) if self.precedents is not None else found

    @staticmethod
    def _asks_model(found: Found) -> bool:
        """Not for a choice that is the asker's, nor over a table of which no row was told."""
        return bool(found.quotes) and not (found.declined or found.choices or found.quotes[0].hit.untold)

    def ahead(self, stop: Flag) -> int:
        """How many answers are written before the one that ``stop`` was given for; 0 where it is its turn, or over."""
        with self._guard:
            return self._line.index(stop) if stop in self._line else 0

    def _checked(self, question: str) -> str:
        # lone surrogates come from broken clients and cannot be written anywhere
        question = question.replace("\x00", "").encode("utf-8", "replace").decode("utf-8").strip()
        if not question:
            raise QuestionEmpty("The question is empty.", "Type what happened, or the alarm's code.")
        if len(question) > self.options.max_question:
            raise QuestionTooLong(
                f"The question has {len(question):,} characters; the limit is {self.options.max_question:,}.",
                "Ask about one stoppage, in a few sentences.",
                characters=f"{len(question):,}",
                limit=f"{self.options.max_question:,}",
            )
        return question

    def _adapter(self, name: str) -> str:
        """The adapter that ``name``, as it was asked for, means; "" for none."""
        name = name or self.options.adapter
        if name in ("", BARE):
            return ""
        if name not in self.options.adapters:
            raise AdapterUnknown(
                f"There is no adapter {name[:80]!r}.",
                f"The setting adapters has: {', '.join(self.options.adapters) or 'none'}.",
                adapter=name[:80],
            )
        return name

    def _generate(
        self, runner: Runner, found: Found, said: Said, told: _Told, limits: _Limits, history: Sequence[Exchange]
    ) -> Iterator[Piece]:
        hearing = None
        with self._guard:
            self._line.append(limits.stop)
        try:
            self._check_threads(runner)
            hearing = Hearing(lambda: self._begin(runner, found, said, told, history), limits.stop, limits.until)
            yield from said.listen(hearing, limits.stop)
            told.stopped = limits.stop.is_set()
        except AnswerLate as late:
            told.failure = late.code
            _LOG.error("The runner %s took more than %g s.", runner.name, self.options.answer_seconds)
        except EdgeFailed as failed:
            told.failure = failed.code
        except Exception:  # noqa: BLE001  the quotes are worth more than the model's sentences: whatever it does, they stand
            _LOG.exception("The runner %s crashed.", runner.name)
            told.failure = "runner_crashed"
        finally:
            with self._guard:
                self._line.remove(limits.stop)
            if hearing is not None:
                hearing.close()
                with self._guard:
                    self._left = [one for one in (*self._left, hearing) if one.at_work]

    def _check_threads(self, runner: Runner) -> None:
        """Raises GenerationStuck where too many generations do not end."""
        with self._guard:
            stuck = sum(one.left_since(STUCK_S) for one in self._left)
        if stuck >= MOST_STUCK:
            raise GenerationStuck(f"{runner.name} does not come back: {stuck} generations hang.", "Restart Andon.")

    def _begin(
        self, runner: Runner, found: Found, said: Said, told: _Told, history: Sequence[Exchange]
    ) -> Iterator[Spoken]:
        """What the runner says. Called on the thread that hears it: what does not come back holds no reader."""
        runner.load()
        extract = self.options.extract and runner.keeps_choices
        readings = _Readings(found.quotes)
        asked = neutral(found.asked)
        excerpts, room = self._excerpts(runner, asked, readings, found)
        if not readings.read:
            return iter(())  # they only give orders
        if not excerpts:
            raise PromptTooLong(f"{runner.name} cannot hold the shortest prompt.", "Raise context_tokens.")
        # lines of the excerpts cite these alone
        numbers = {excerpt.number for excerpt in excerpts}
        sources = [q for q in readings.read if q.number in numbers] if extract else list(readings)
        verify = self._verified.over(sources)
        said.sources, said.verify, said.other = tuple(sources), verify, OtherThing(asked)
        past = self._past(runner, history, excerpts, room, found)
        if self._reads_turns and history:
            told.dropped = len(history) - len(past)
        messages = build_messages(asked, excerpts, found.lang, past)
        choices, longest = None, self.options.answer_tokens
        if extract:
            choices = choices_of(asked, excerpts, sources, verify)
            if not choices.lines:
                return iter(())  # the quotes are the answer
            if asks_how(asked):  # a procedure is said whole, or it would look as if it ended early
                longest = max(longest, _procedure_tokens(runner, messages))
        sampling = Sampling(max_tokens=longest, temperature=0.0, choices=choices, adapter=told.adapter)
        return runner.stream(messages, sampling)

    def _excerpts(
        self, runner: Runner, asked: str, readings: _Readings, found: Found
    ) -> tuple[tuple[Excerpt, ...], int]:
        """What the model reads, and the tokens that there were for it; 0 where it is longer than usual."""
        system, user = build_messages(asked, (), found.lang)
        fixed, most = runner.count_tokens(system.content) + MARKS_TOKENS, self.options.excerpts
        if not self._reads_turns:  # then nothing hangs on how much is left over, and most fits whatever the question is
            usual = self._room(runner, fixed + most_tokens(user.content))[1]
            excerpts = fit_excerpts(map(_excerpt, readings), usual, runner.count_tokens, most)
            if excerpts and len(excerpts) == len(readings.read):
                return excerpts, usual
        whole, usual = self._room(runner, fixed + runner.count_tokens(user.content))
        excerpts = fit_excerpts(map(_excerpt, readings), usual, runner.count_tokens, most)
        if not readings.read or (excerpts and excerpts[0].number == readings.read[0].number):
            return excerpts, usual
        # the best passage goes in whole even where it is longer than what the model reads well
        return fit_excerpts([_excerpt(readings.read[0])], whole, runner.count_tokens) or excerpts, 0

    def _room(self, runner: Runner, taken: int) -> tuple[int, int]:
        """The tokens that there are for excerpts beside ``taken``: at most, and usually."""
        whole = runner.context_tokens - self.options.answer_tokens - taken
        return whole, min(whole, self.options.prompt_tokens - taken)

    @property
    def _reads_turns(self) -> bool:
        return self.options.prompt_tokens >= READS_TURNS

    def _past(
        self, runner: Runner, history: Sequence[Exchange], excerpts: Sequence[Excerpt], room: int, found: Found
    ) -> tuple[PastTurn, ...]:
        """The turns before that the model reads, in what the excerpts leave of ``room`` tokens."""
        if not self._reads_turns or not history:
            return ()
        left = room - sum(runner.count_tokens(render_excerpt(one)) + 1 for one in excerpts)
        past = [
            PastTurn(neutral(turn.question), neutral(CITATION.sub("", turn.answer))) for turn in fit_history(history)
        ]  # their citations name other passages
        return fit_turns(past, min(left, self.options.prompt_tokens // TURNS_SHARE), runner.count_tokens, found.lang)


@dataclass(frozen=True, slots=True)
class _Limits:
    """What ends a generation: a flag, or the time (seconds of time.monotonic())."""

    stop: Flag
    until: float


@dataclass
class _Told:
    """What there is to tell of an answer beside what was said; ``adapter``: which the model answers with."""

    dropped: int
    adapter: str = ""
    stopped: bool = False
    failure: str = ""


class _Readings:
    """``quotes`` as the model may read and cite them, made one by one as they are iterated over: each as it was found,
    without those that only give orders and tables of which no row was told. ``read``: those made so far."""

    def __init__(self, quotes: Sequence[Quote]) -> None:
        self.read: list[Quote] = []
        self._rest = iter(quotes)

    def __iter__(self) -> Iterator[Quote]:
        yield from list(self.read)
        for quote in self._rest:
            told = told_row_only(quote.as_found)
            if told is not None and (made := readable(told)).text:
                self.read.append(made)
                yield made


def _procedure_tokens(runner: Runner, messages: Sequence[Message]) -> int:
    """The tokens that there are behind ``messages`` for a procedure."""
    system, user = (message.content for message in messages)
    left = runner.context_tokens - MARKS_TOKENS - runner.count_tokens(system)
    if left - most_tokens(user) >= PROCEDURE_TOKENS:
        return PROCEDURE_TOKENS
    return min(PROCEDURE_TOKENS, left - runner.count_tokens(user))


def place(hit: Hit) -> str:
    """Where a hit stands, on one line: manual, section, page label."""
    section = " > ".join(hit.passage.section)
    labels = hit.passage.page_labels
    pages = f"p. {labels[0]}" if len(set(labels)) == 1 else f"p. {labels[0]}–{labels[-1]}"
    pages = pages if any(labels) else ""  # a format without pages
    return ", ".join(part for part in (hit.manual.title, section, pages) if part)


def _excerpt(quote: Quote) -> Excerpt:
    return Excerpt(quote.number, place(quote.hit), quote.text)


def _answer(found: Found, said: Said, told: _Told, model: str, timing: Timing) -> Answer:
    shown = [sentence for sentence in said.sentences if sentence.supported]
    gap = "" if found.lang == "ja" else " "
    return Answer(
        question=found.question,
        lang=found.lang,
        text=gap.join(f"{s.text} {''.join(f'[{n}]' for n in s.citations)}" for s in shown),
        sentences=tuple(said.sentences),
        quotes=found.quotes,
        verdict=_verdict(found, said, told, len(shown)),
        declined=found.declined,
        nearest=found.nearest,
        timing=timing,
        model=model,
        failure=told.failure,
        understood=found.understood,
        dropped=told.dropped,
        step=found.step,
        choices=found.choices,
        precedents=found.precedents,
        rows=found.rows,
    )


def _verdict(found: Found, said: Said, told: _Told, shown: int) -> Verdict:
    if found.declined:
        return "declined"
    if found.choices:
        return "choose"
    if found.quotes and found.quotes[0].hit.untold and found.step is None:
        return "choose_row"
    if told.stopped:
        return "stopped"
    if not shown:
        return "quote_only"
    return "supported" if shown == len(said.sentences) else "partly_supported"


def _ms(start: float) -> float:
    return round((time.perf_counter() - start) * 1000, 1)
