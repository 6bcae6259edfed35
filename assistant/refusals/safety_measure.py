"""Safety measure: how near a question comes to requests to defeat a safety device, beside the rules, by its vector.

A logistic regression over the vector that search gives the question anyway and its letter runs (made by
`python -m training.safety.requests`). It belongs to one embedder: with another, or with none, the rules stand alone.
"""

from __future__ import annotations

import json
import logging
import unicodedata
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from assistant.refusals.letter_runs import letter_runs
from edge.errors import EdgeFailed, ModelUnreadable
from edge.models import find, load_catalogue, verify
from index.codes.readings import in_digits
from index.embedders.embedder import Embedder, Vectors
from index.text import language

ROLE = "safety"
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Fitted:
    """What was fitted: a question is refused where ``weights`` (dim + runs,) times its features, plus ``offset``, is
    above ``threshold``. ``embedder`` is the name of the one whose vectors these are."""

    embedder: str
    weights: Vectors
    runs: int
    offset: float
    threshold: float

    def refuses(self, vector: Vectors, text: str) -> bool:
        return float(self.weights @ features(vector, text, self.runs)) + self.offset > self.threshold


def features(vector: Vectors, text: str, runs: int) -> Vectors:
    """(dim + runs,): what is measured of ``text``, whose vector is ``vector``."""
    return np.concatenate([vector, letter_runs(text, runs)])


class SafetyMeasure:
    """What ``models``/models.toml lists for the role "safety", read when the first question is asked."""

    def __init__(self, models: Path, embedder: Embedder | None) -> None:
        self._models = models
        self._embedder = embedder

    @cached_property
    def problem(self) -> str:
        """Why the rules stand alone; "" where they do not."""
        return self._read[1]

    def refuses(self, question: str) -> bool:
        """Whether ``question`` is measured to be a request that is refused; False where there is no measure."""
        fitted = self._read[0]
        if fitted is None or self._embedder is None or language(question) not in self._embedder.languages:
            return False
        text = as_searched(question)
        return fitted.refuses(self._embedder.embed([text], "query")[0], text)

    @cached_property
    def _read(self) -> tuple[Fitted | None, str]:
        if self._embedder is None:
            return None, "There is no embedder."
        try:
            card = find(load_catalogue(self._models / "models.toml"), ROLE)
            verify(card)
            fitted = read_fitted(card.path)
        except EdgeFailed as failed:
            log.warning("Unsafe requests are known by rules alone. %s", failed)
            return None, str(failed)
        if fitted.embedder != self._embedder.name:
            return None, f"{card.path.name} belongs to {fitted.embedder}. Run: python -m training.safety.requests"
        return fitted, ""


def as_searched(question: str) -> str:
    """``question`` as search embeds it, letter for letter, so that its vector is made once; and without characters that
    show nothing, which would turn the vector away."""
    shown = "".join(c for c in unicodedata.normalize("NFKC", question) if unicodedata.category(c) != "Cf")
    return in_digits(shown)


def read_fitted(path: Path) -> Fitted:
    """Raises ModelUnreadable where the file is not as `python -m training.safety.requests` writes it."""
    try:
        told: dict[str, Any] = json.loads(path.read_text("utf-8"))
        return Fitted(
            str(told["embedder"]),
            np.array(told["weights"], np.float32),
            int(told["runs"]),
            float(told["offset"]),
            float(told["threshold"]),
        )
    except (OSError, ValueError, KeyError, TypeError) as wrong:
        raise ModelUnreadable(
            f"{path} cannot be read: {wrong!r}.", "Run: python -m training.safety.requests"
        ) from wrong
