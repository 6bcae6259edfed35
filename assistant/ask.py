"""ask(): a question -> Found at once, then verified pieces of the answer, then the Answer."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from threading import Event as Flag
from threading import Thread
from typing import Any

from assistant.answer import Answer, Event, Found, Piece, Quote, Sentence, Timing, Verdict
from assistant.atoms import CITATION
from assistant.conversation import Exchange
from assistant.errors import QuestionEmpty, QuestionTooLong
from assistant.extract import choices_of
from assistant.finding import find
from assistant.instructions import neutral, readable
from assistant.prompt import NOT_FOUND, Excerpt, build_messages, fit_excerpts
from assistant.refusal import made_safe
from assistant.verify import SentenceSplitter, verify_sentence
from edge.errors import EdgeFailed
from edge.runner import Piece as Spoken
from edge.runner import Runner, Sampling
from index.library import Library, Scope
from index.passage import Hit

MARKS_TOKENS = 32  # room for the chat template's own marks
LOOK_S = 0.1  # how often a waiting generation looks whether it shall stop
LOOP_CHARACTERS = 96
_LOOP = re.compile(r"(.{1,16}?)\1{5}$", re.DOTALL)  # the same few characters six times over
_LOG = logging.getLogger("andon.ask")


@dataclass(frozen=True, slots=True)
class AskOptions:
    """``quotes``: how many passages are quoted, ``excerpts``: how many of them the model reads, in ``prompt_tokens``
    with the question; ``answer_tokens``: longest answer; ``max_question``: characters; ``extract``: an answer is made
    of lines of the excerpts, where the runner can keep to that."""

    quotes: int = 3
    answer_tokens: int = 200
    max_question: int = 2000
    excerpts: int = 1
    prompt_tokens: int = 640
    extract: bool = False


@dataclass
class _Progress:
    """What has been said and verified so far. ``sources``: the quotes as the model may read and cite them."""

    found: Found
    start: float
    sources: tuple[Quote, ...] = ()
    sentences: list[Sentence] = field(default_factory=list)
    first_piece_ms: float = 0.0
    stopped: bool = False
    failure: str = ""

    def listen(self, pieces: Iterator[Spoken], stop: Flag) -> Iterator[Piece]:
        """Cut what the model says into sentences and take each."""
        splitter, tail = SentenceSplitter(), ""
        for piece in pieces:
            if piece.text:
                self.first_piece_ms = self.first_piece_ms or _ms(self.start)
            if stop.is_set():
                break
            for sentence in splitter.feed(piece.text):
                yield from self.take(sentence)
            tail = (tail + piece.text)[-LOOP_CHARACTERS:]
            if _LOOP.search(tail):  # a small model that repeats itself says nothing more
                break
        if stop.is_set():
            self.stopped = True
            return
        for sentence in splitter.finish():
            yield from self.take(sentence)

    def take(self, text: str) -> Iterator[Piece]:
        """Verify one sentence; it comes out only if it is supported and not said before."""
        plain = CITATION.sub("", text).strip()
        if plain in NOT_FOUND.values():
            self.sentences.append(Sentence(plain, (), False, "the model found nothing"))
            return
        sentence = verify_sentence(text, self.sources)
        if any(sentence.text == earlier.text for earlier in self.sentences):
            return
        self.sentences.append(sentence)
        if sentence.supported:
            yield Piece(sentence.text, sentence.citations)


class Assistant:
    """Answers questions over one library with one runner, or with quotes alone where there is none."""

    def __init__(self, library: Library, runner: Runner | None, options: AskOptions | None = None) -> None:
        self.library = library
        self.runner = runner
        self.options = options or AskOptions()

    def ask(
        self,
        question: str,
        scope: Scope | None = None,
        stop: Flag | None = None,
        history: Sequence[Exchange] = (),
    ) -> Iterator[Event]:
        """Yields Found, then any number of Piece, then Answer. Raises QuestionEmpty or QuestionTooLong before Found.

        ``history``: the turns before this one, oldest first; it completes a follow-up and never changes a question that
        stands alone. Where several machines have what was asked for, or a step was asked for, no model is asked.

        A runner that fails does not fail the answer: the quotes stand, and ``failure`` names the error's code
        ("runner_crashed" for what is not an EdgeFailed; the log has the traceback). ``stop``, when set from any thread,
        ends the generation after the current token, also while it waits in the runner's queue; closing the iterator
        ends it too.
        """
        start = time.perf_counter()
        question = self._checked(question)
        found = made_safe(
            self.library, find(self.library, question, history, scope, self.options.quotes), scope, self.options.quotes
        )
        yield found
        progress = _Progress(found, start)
        if found.step is not None:
            for line in found.step.lines:  # the manual's own words
                progress.sentences.append(Sentence(line, (1,), True))
                yield Piece(line, (1,))
        elif found.quotes and not found.declined and not found.choices and self.runner is not None:
            yield from self._generate(self.runner, progress, stop or Flag())
        yield _answer(progress, self.runner.name if self.runner is not None else "")

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

    def _generate(self, runner: Runner, progress: _Progress, stop: Flag) -> Iterator[Event]:
        try:
            runner.load()
            read = (readable(quote) for quote in progress.found.quotes)
            progress.sources = tuple(quote for quote in read if quote.text)
            if not progress.sources:
                return  # they only give orders
            asked = neutral(progress.found.asked)
            excerpts = self._excerpts(runner, asked, progress)
            if not excerpts:
                progress.failure = "prompt_too_long"
                return
            messages = build_messages(asked, excerpts, progress.found.lang)
            choices = None
            if self.options.extract and runner.keeps_choices:
                choices = choices_of(asked, excerpts, progress.sources)
                if not choices.lines:
                    return  # the quotes are the answer
            sampling = Sampling(max_tokens=self.options.answer_tokens, temperature=0.0, choices=choices)
            with _closed_by(stop, runner.stream(messages, sampling)) as pieces:
                yield from progress.listen(pieces, stop)
        except EdgeFailed as failed:
            progress.failure = failed.code
        except Exception:  # noqa: BLE001  the quotes are worth more than the model's sentences: whatever it does, they stand
            _LOG.exception("The runner %s crashed.", runner.name)
            progress.failure = "runner_crashed"

    def _excerpts(self, runner: Runner, asked: str, progress: _Progress) -> tuple[Excerpt, ...]:
        bare = build_messages(asked, (), progress.found.lang)
        taken = sum(runner.count_tokens(message.content) for message in bare) + MARKS_TOKENS
        room = runner.context_tokens - self.options.answer_tokens - taken
        excerpts = [_excerpt(quote) for quote in progress.sources]
        usual = fit_excerpts(excerpts, min(room, self.options.prompt_tokens - taken), runner.count_tokens)
        usual = usual[: self.options.excerpts]
        if excerpts[0] in usual:
            return usual
        # the best passage goes in whole even where it is longer than what the model reads well
        return fit_excerpts(excerpts[:1], room, runner.count_tokens) or usual


@contextmanager
def _closed_by(stop: Flag, pieces: Iterator[Spoken]) -> Iterator[Iterator[Spoken]]:
    """``pieces``, closed at the end, or by another thread as soon as ``stop`` is set: a generation that waits in the
    runner's queue or for its first token must not hold the runner for a reader who has gone."""
    done = Flag()
    close: Any = getattr(pieces, "close", lambda: None)

    def watch() -> None:
        while not done.is_set():
            if stop.wait(LOOK_S):
                with suppress(ValueError):  # a plain generator that is at work: it ends at its next piece
                    close()
                return

    Thread(target=watch, name="andon-stop", daemon=True).start()
    try:
        yield pieces
    finally:
        done.set()
        close()


def place(hit: Hit) -> str:
    """Where a hit stands, on one line: manual, section, page label."""
    section = " > ".join(hit.passage.section)
    labels = hit.passage.page_labels
    pages = f"p. {labels[0]}" if len(set(labels)) == 1 else f"p. {labels[0]}–{labels[-1]}"
    pages = pages if any(labels) else ""  # a format without pages
    return ", ".join(part for part in (hit.manual.title, section, pages) if part)


def _excerpt(quote: Quote) -> Excerpt:
    return Excerpt(quote.number, place(quote.hit), quote.text)


def _answer(progress: _Progress, model: str) -> Answer:
    found = progress.found
    shown = [sentence for sentence in progress.sentences if sentence.supported]
    gap = "" if found.lang == "ja" else " "
    return Answer(
        question=found.question,
        lang=found.lang,
        text=gap.join(f"{s.text} {''.join(f'[{n}]' for n in s.citations)}" for s in shown),
        sentences=tuple(progress.sentences),
        quotes=found.quotes,
        verdict=_verdict(progress, len(shown)),
        declined=found.declined,
        nearest=found.nearest,
        timing=Timing(found.found_ms, progress.first_piece_ms, _ms(progress.start)),
        model=model,
        failure=progress.failure,
        understood=found.understood,
        dropped=found.dropped,
        step=found.step,
        choices=found.choices,
    )


def _verdict(progress: _Progress, shown: int) -> Verdict:
    if progress.found.declined:
        return "declined"
    if progress.found.choices:
        return "choose"
    if progress.stopped:
        return "stopped"
    if not shown:
        return "quote_only"
    return "supported" if shown == len(progress.sentences) else "partly_supported"


def _ms(start: float) -> float:
    return round((time.perf_counter() - start) * 1000, 1)
