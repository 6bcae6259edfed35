"""Cells: which text is written next: language and label first, then a point of the scenario grid, by a seed."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from training.tasks.task import Lang, Task

MOST_PASSAGES = 3


@dataclass(frozen=True, slots=True)
class Cell:
    """``scene``: (axis, value) in words of ``lang``; ``passages``: places of the passages that are shown."""

    number: int
    lang: Lang
    label: str
    scene: tuple[tuple[str, str], ...]
    passages: tuple[int, ...] = ()


def cells(task: Task, count: int, seed: int, langs: Sequence[Lang], passages: int = 0) -> list[Cell]:
    """``count`` cells. Languages and labels take turns in a shuffled order, so that each round of len(langs) *
    len(labels) holds every one once; a longer list begins with the shorter one, so that a run can be extended."""
    found: list[Cell] = []
    everyone = [(lang, label) for lang in langs for label in task.label_ids]
    for number in range(count):
        turn, place = divmod(number, len(everyone))
        order = random.Random(f"{seed}:{task.name}:{turn}").sample(everyone, len(everyone))
        lang, label = order[place]
        rng = random.Random(f"{seed}:{task.name}:cell:{number}")
        scene = tuple((axis.name[lang], rng.choice(axis.of(label)).words[lang]) for axis in task.axes)
        shown = tuple(rng.sample(range(passages), rng.randint(1, min(MOST_PASSAGES, passages)))) if passages else ()
        found.append(Cell(number, lang, label, scene, shown))
    return found
