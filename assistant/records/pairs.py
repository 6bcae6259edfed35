"""Pairs: reviewed feedback as training pairs: the prompt, the answer that is right, and the one that was shown."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from assistant.answer import Quote
from assistant.prompt import NOT_FOUND, Excerpt, Lang, build_messages
from assistant.records.feedback import Feedback
from assistant.refusals.instructions import neutral
from assistant.verification.atoms import CITATION
from assistant.verification.verify import SentenceSplitter, verify_sentence
from index.passage import Hit, Manual
from index.passage import Passage as IndexPassage

_NUMBERED = re.compile(r"\s*\d{1,2}[.)]\s+")


@dataclass(frozen=True, slots=True)
class Pair:
    """One pair: both answers are to ``question`` over ``excerpts``, with citations as the model writes them."""

    feedback: int
    lang: Lang
    question: str
    excerpts: tuple[Excerpt, ...]
    chosen: str
    rejected: str
    state: str
    model: str
    revision: str


def make_pairs(reviewed: Iterable[Feedback], excerpts: int) -> tuple[list[Pair], Counter[str]]:
    """The pairs of what was accepted or corrected, each over its first ``excerpts`` passages, and how much was left out
    by which rule:

    not_reviewed      nobody has accepted or corrected it
    nothing_shown     no passage, or no answer of the model, stood on the screen, so that there is nothing to reject
    nothing_chosen    accepted, but no better answer is known: no correction, and no rejected answer to the question
    same              both answers say the same
    not_held          a sentence of the chosen answer does not stand in the passages: it would teach inventing
    """
    left, pairs, shown = Counter[str](), [], list(reviewed)
    for feedback in shown:
        found = _pair(feedback, shown, excerpts)
        if isinstance(found, Pair):
            pairs.append(found)
        else:
            left[found] += 1
    return pairs, left


def _pair(feedback: Feedback, others: Sequence[Feedback], excerpts: int) -> Pair | str:
    if feedback.state not in ("accepted", "corrected"):
        return "not_reviewed"
    lang: Lang = "ja" if feedback.lang == "ja" else "en"
    chosen, rejected = feedback.chosen, feedback.answer
    if feedback.thumb == "up" and feedback.state == "accepted":
        rejected = next((other.answer for other in others if _refutes(other, feedback)), "")
        if not rejected:
            return "nothing_chosen"
    elif feedback.reason == "not_in_manuals" and not chosen:
        chosen = NOT_FOUND[lang]
    if not feedback.excerpts or not rejected:
        return "nothing_shown"
    if not chosen:
        return "nothing_chosen"
    quotes = [_quote(feedback, number) for number in range(min(excerpts, len(feedback.excerpts)))]
    cited = _cited(chosen, quotes, lang)
    if cited is None:
        return "not_held"
    rejected = _without_other_citations(rejected, len(quotes))
    if _plain(cited) == _plain(rejected):
        return "same"
    read = tuple(Excerpt(each.number, each.place, each.text) for each in feedback.excerpts[: len(quotes)])
    return Pair(
        feedback.id,
        lang,
        neutral(feedback.question),
        read,
        cited,
        rejected,
        feedback.state,
        feedback.model,
        feedback.revision,
    )


def _refutes(other: Feedback, feedback: Feedback) -> bool:
    """Whether ``other`` says of another answer to the same question over the same passages that it is wrong."""
    same = (other.question, other.excerpts) == (feedback.question, feedback.excerpts)
    judged = other.thumb == "down" and other.state in ("accepted", "corrected")
    return same and judged and _plain(other.answer) != _plain(feedback.answer)


def _cited(chosen: str, quotes: Sequence[Quote], lang: Lang) -> str | None:
    """``chosen`` with the number of its passage after each sentence, as the model is taught to write; None where a
    sentence stands in none of them."""
    if _plain(chosen) == _plain(NOT_FOUND[lang]):
        return NOT_FOUND[lang]
    splitter, sentences = SentenceSplitter(), []
    for sentence in [*splitter.feed(chosen), *splitter.finish()]:
        # people number the steps they write down; the model copies lines without
        plain = CITATION.sub("", _NUMBERED.sub("", sentence) if _NUMBERED.match(sentence) else sentence).strip()
        held = verify_sentence(plain, quotes)
        if not held.supported:
            return None
        sentences.append(f"{held.text} [{held.citations[0]}]")
    return ("" if lang == "ja" else " ").join(sentences) or None


def _without_other_citations(text: str, excerpts: int) -> str:
    """The model could only cite what it read."""
    return CITATION.sub(lambda found: found[0] if int(found[1]) <= excerpts else "", text).strip()


def _plain(text: str) -> str:
    return re.sub(r"[\s。.、,]+", "", CITATION.sub("", text))


def _quote(feedback: Feedback, at: int) -> Quote:
    """A stored passage in the form that verification takes."""
    kept = feedback.excerpts[at]
    title, *section = kept.place.split(", ")
    manual = Manual(kept.manual, "", title, kept.revision, "", 0, 0, "ja", "")
    passage = IndexPassage(
        kept.passage, kept.manual, kept.revision, 0, kept.text, (1,), ("",), tuple(" ".join(section).split(" > ")),
        kind="prose", lang="ja",
    )  # fmt: skip
    return Quote(kept.number, Hit(passage, manual, 0.0, 0.0))


def pair_json(pair: Pair) -> dict[str, Any]:
    """A line of the file: prompt, chosen and rejected as chats (the conversational preference format of TRL), and what
    the prompt was made of, for trainers that build rows themselves."""
    prompt = build_messages(pair.question, pair.excerpts, pair.lang)
    return {
        "prompt": [{"role": message.role, "content": message.content} for message in prompt],
        "chosen": [{"role": "assistant", "content": pair.chosen}],
        "rejected": [{"role": "assistant", "content": pair.rejected}],
        "lang": pair.lang, "question": pair.question,
        "excerpts": [{"number": e.number, "place": e.place, "text": e.text} for e in pair.excerpts],
        "feedback": pair.feedback, "state": pair.state, "model": pair.model, "index_revision": pair.revision,
    }  # fmt: skip


def pair_lines(pairs: Iterable[Pair]) -> Iterator[str]:
    for pair in pairs:
        yield json.dumps(pair_json(pair), ensure_ascii=False) + "\n"
