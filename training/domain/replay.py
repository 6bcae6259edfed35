"""Replay: general text as rows of a stage, so that a model that learns a site keeps what it could before.

In continual pre-training it is read as it stands. In instruction tuning, whose rows are conversations and whose loss
counts answers alone, it is what a question that has nothing to do with the site is answered with (rehearsal: Scialom,
Chakrabarty, Muresan: Fine-tuned language models are continual learners, 2022), or, where the general text holds no
questions, the rest of a text whose beginning is given.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from typing import Any

from training.domain.general import GeneralText, Questioned
from training.errors import CorpusMissing

Row = dict[str, Any]
GO_ON = {"en": "Go on with this text:", "ja": "次の文章の続きを書いてください。"}
SHOWN = 0.3  # of a piece stands in the prompt
SHORTEST = 40  # characters of a piece; a shorter one has no beginning and rest
_BORDER = re.compile(r"(?<=[。\n])|(?<=[.!?] )")
_JAPANESE = re.compile(r"[ぁ-んァ-ヶ一-鿿]")


def replay_texts(general: GeneralText, characters: int, seed: int) -> list[str]:
    """Texts of about so many ``characters``, drawn again only when all were taken."""
    return list(_drawn(general.replay, characters, random.Random(f"{seed}:replay"), len))


def replay_answers(general: GeneralText, characters: int, longest: int, seed: int) -> list[Row]:
    """Rows {"prompt", "completion"} of about so many ``characters``, each of at most ``longest``: of the questions that
    ``general`` holds, or else of its texts. None of it is what measures forgetting. Raises CorpusMissing where nothing
    fits."""
    rows = [_asked(one) for one in general.questioned] or [
        _continued(piece) for text in general.replay for piece in pieces(text, longest)
    ]
    fitting = [row for row in rows if _length(row) <= longest]
    if characters > 0 and not fitting:
        raise CorpusMissing(
            f"The general text holds nothing of at most {longest} characters for instruction tuning.",
            "Add a table of questions and answers or longer texts to its folder, or raise sft.max_tokens.",
        )
    return list(_drawn(fitting, characters, random.Random(f"{seed}:replay answers"), _length))


def share_of_rows(own: Sequence[Row], share: float) -> int:
    """Characters that general rows must have to be ``share`` of all, beside ``own``."""
    return round(sum(map(_length, own)) * share / (1 - share))


def pieces(text: str, longest: int) -> list[str]:
    """``text`` cut at the ends of sentences and lines into pieces that make rows of at most ``longest`` characters; a
    sentence that is longer by itself is left out, as are pieces without a rest to go on with."""
    room = longest - max(map(len, GO_ON.values())) - 1
    found = [""]
    for sentence in _BORDER.split(text):
        if len(found[-1]) + len(sentence) > room:
            found.append("")
        if len(sentence) <= room:
            found[-1] += sentence
    return [piece for piece in found if len(piece) >= SHORTEST and len(_BORDER.split(piece.strip())) > 1]


def _continued(piece: str) -> Row:
    """The beginning of ``piece``, whole sentences of about SHOWN of it, and the rest as the answer."""
    sentences = [sentence for sentence in _BORDER.split(piece) if sentence]
    shown = sentences.pop(0)
    while len(sentences) > 1 and len(shown) + len(sentences[0]) <= SHOWN * len(piece):
        shown += sentences.pop(0)
    lang = "ja" if _JAPANESE.search(piece) else "en"
    return _row(f"{GO_ON[lang]}\n{shown.strip()}", "".join(sentences).strip())


def _asked(one: Questioned) -> Row:
    return _row(one.question, one.answer)


def _row(prompt: str, completion: str) -> Row:
    return {
        "prompt": [{"role": "user", "content": prompt}],
        "completion": [{"role": "assistant", "content": completion}],
    }


def _length(row: Row) -> int:
    return sum(len(one["content"]) for side in ("prompt", "completion") for one in row[side])


def _drawn(held: Sequence[Any], characters: int, rng: random.Random, length: Any) -> Iterator[Any]:
    """Of ``held`` in a random order until there are ``characters``, all of it before anything comes again."""
    left = characters
    while held and left > 0:
        for one in rng.sample(held, len(held)):
            if left <= 0:
                return
            yield one
            left -= length(one)
