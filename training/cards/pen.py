"""The pen of the made-up manuals: a seeded source of words, sentences and names in one language."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from training.cards.factory_words import Words, factory_words
from training.cards.manual_words import ManualWords, manual_words

FILLER_SHARE = 0.4  # of the sentences are real ones, or the few patterns here are learnt by heart


class _Fields(dict[str, str]):
    """Words for the fields of one template, drawn when they are first asked for."""

    def __init__(self, pen: Pen) -> None:
        super().__init__()
        self._pen = pen

    def __missing__(self, name: str) -> str:
        self[name] = self._pen.word(name)
        return self[name]


@dataclass(frozen=True, slots=True)
class Pen:
    """A seeded source of words in one language; ``filler`` are corpus sentences that stand in at times."""

    rng: random.Random
    lang: str
    filler: Sequence[str]
    model: str

    @property
    def words(self) -> ManualWords:
        return manual_words(self.lang)

    @property
    def parts(self) -> Words:
        return factory_words(self.lang)

    def fill(self, templates: Sequence[str]) -> str:
        return self.rng.choice(templates).format_map(_Fields(self))

    def word(self, name: str) -> str:
        rng = self.rng
        letters = "ABCDEFHKLMPRST"
        if name in ("p", "q"):
            part = rng.choice(self.parts.parts)
            return rng.choice(self.parts.where).format(part=part) if rng.random() < 0.3 else part
        drawn = {
            "n": rng.choice((str(rng.randint(2, 99)), str(rng.randint(100, 3000)), f"{rng.randint(1, 99) / 10}")),
            "n2": str(rng.randint(100, 5000)),
            "b": str(rng.randint(2, 30)),
            "m": str(rng.randint(2, 60)),
            "u": rng.choice(self.parts.units),
            "t": rng.choice(self.parts.times),
            "w": rng.choice(self.words.screen_words),
            "w2": rng.choice(self.words.screen_words),
            "x": f"{self.model.split('-')[0]}{rng.randint(1, 9)}-{rng.choice(letters)}{rng.randint(100, 9999)}",
            "y": rng.choice(("P-{:02d}", "Pr.{}", "S-{:02d}", "n{}", "C{:03d}", "No. {}")).format(rng.randint(1, 99)),
            "z": f"{rng.choice(('F', 'LED', 'X', 'Y', 'PH', 'L', 'PS', 'SQ'))}{rng.randint(0, 60)}",
        }
        return drawn[name]

    def sentence(self, templates: Sequence[str]) -> str:
        if self.filler and self.rng.random() < FILLER_SHARE:
            return self.rng.choice(self.filler)
        return self.fill(templates)

    def spoken(self, lang: str, machine: str) -> str:
        """The machine as a question names it: by its model number, or by what it is in its own language."""
        return self.model if lang != self.lang else self.rng.choice((self.model, self.model, machine))
