"""CPT text: the manuals as they are, their facts told in other words, and a share of general text (replay)."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from index.passage import Manual, Passage
from training.domain.facts import Fact, machine_of
from training.domain.general import GeneralText, replay_rows
from training.domain.recipe import TextStage

_MARKS = ("<|im_start|>", "<|im_end|>", "<s>", "</s>", "<unk>", "<pad>", "<|endoftext|>")


def text_rows(
    passages: Mapping[str, Sequence[Passage]],
    manuals: Mapping[str, Manual],
    facts: Sequence[Fact],
    told: Iterable[str],
    general: GeneralText,
    stage: TextStage,
    seed: int,
) -> tuple[list[dict[str, Any]], dict[str, int]]:
    """Rows {"text"} in random order, and the characters of each part. ``passages`` by manual id, ``told``: further
    statements of the site, such as answers of its FAQ. Each fact is told in ``stage.restatements`` wordings."""
    raw = [
        f"{machine_of(manuals[manual].title)} {' > '.join(passage.section)}\n{passage.text}"
        for manual, held in passages.items()
        for passage in held
    ]
    restated = [fact.told(wording) for fact in facts for wording in range(stage.restatements)]
    said = list(told)
    own = sum(map(len, (*raw, *restated, *said)))
    wanted = round(own * stage.replay_share / (1 - stage.replay_share))
    replay = replay_rows(general, wanted, seed)
    parts = {"manuals": raw, "restated": restated, "faq": said, "replay": replay}
    rows = [{"text": without_marks(text), "part": part} for part, texts in parts.items() for text in texts]
    random.Random(f"{seed}:text").shuffle(rows)
    return rows, {part: sum(map(len, texts)) for part, texts in parts.items()}


def without_marks(text: str) -> str:
    """Marks of a chat inside a text would be read as such; a space keeps them apart."""
    for mark in _MARKS:
        text = text.replace(mark, f"{mark[0]} {mark[1:]}")
    return text
