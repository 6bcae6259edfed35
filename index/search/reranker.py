"""Reranker: an optional cross-encoder that reads question and passage together and reorders the first hits.

It is slow beside the rest of search (tens of milliseconds a passage on a box's CPU), so it is off by default, reads
the first FIRST hits only and stops at SECONDS: then the fused order stands, and each hit's reasons say so. An entry of
a code that the question names never comes behind a passage that is none.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from index.errors import IndexFailed
from index.passage import Hit, Why

FIRST = 20  # hits that are read
SECONDS = 2.0  # for all of them; looked at between two passages
AT_ONCE = 4  # passages scored between two looks at the clock
MAX_TOKENS = 512  # of question and passage together
MAX_CHARACTERS = 8000  # a passage is cut here before it is tokenised
_REMEDY = (
    "The setting reranker may be the folder of a sentence-transformers CrossEncoder, the path of an .onnx file with "
    'its tokenizer beside it, or "none".'
)
log = logging.getLogger(__name__)


class RerankerMissing(IndexFailed):
    """A reranker's file or package is absent, or is not what it should be. Search goes on in the fused order."""

    code = "reranker_missing"


class Reranker(Protocol):
    """``name`` names the weights. ``score`` gives one finite number a text, higher for a better answer to the question,
    comparable within one question only; the same whether texts come alone or together. May be called from several
    threads."""

    @property
    def name(self) -> str: ...

    def load(self) -> None:
        """Read the weights, once; ``score`` does so too. Raises RerankerMissing."""
        ...

    def score(self, question: str, texts: Sequence[str]) -> list[float]: ...


def make_reranker(setting: str) -> Reranker | None:
    """The reranker that ``setting`` means, not yet loaded; None for "none". Raises RerankerMissing."""
    if setting == "none":
        return None
    path = Path(setting).expanduser()
    if path.suffix.lower() == ".onnx":
        from index.search.cross_encoders import OnnxCrossEncoder

        return OnnxCrossEncoder(path)
    if (path / "config.json").is_file():
        from index.search.cross_encoders import FolderCrossEncoder

        return FolderCrossEncoder(path)
    raise RerankerMissing(f"There is no reranker {setting!r}.", _REMEDY)


def rerank(
    question: str,
    hits: Sequence[Hit],
    reranker: Reranker,
    *,
    seconds: float = SECONDS,
    clock: Callable[[], float] = time.monotonic,
) -> tuple[Hit, ...]:
    """``hits`` with the first FIRST of them in the reranker's order, each with that as a reason. Scores stay those of
    the places, so that they go on falling. Where the time is up or the reranker fails, the order is as it was."""
    first, rest = list(hits[:FIRST]), hits[FIRST:]
    if len(first) < 2:
        return tuple(hits)
    start, scores = clock(), list[float]()
    try:
        for at in range(0, len(first), AT_ONCE):
            scores += reranker.score(question, [_text(hit) for hit in first[at : at + AT_ONCE]])
            if clock() - start > seconds and len(scores) < len(first):
                return (*_as_found(first, f"stopped after {seconds:g} s"), *rest)
    except Exception:  # whatever an optional model does, the hits stand as they were found
        log.exception("The reranker %s failed; the order is as it was.", reranker.name)
        return (*_as_found(first, "failed"), *rest)
    order = sorted(range(len(first)), key=lambda place: (not _is_entry(first[place]), -scores[place], place))
    points = sorted((hit.score for hit in first), reverse=True)
    moved = (
        replace(_with_why(first[place], rank, f"{scores[place]:.2f}"), score=points[rank - 1])
        for rank, place in enumerate(order, start=1)
    )
    return (*moved, *rest)


def _is_entry(hit: Hit) -> bool:
    """Whether the passage is about a code that the question names, which outweighs all words."""
    return any(why.by == "code" and why.rank == 1 for why in hit.why)


def _text(hit: Hit) -> str:
    """What is read of a hit: the text under its title and headings, as its vector was made."""
    return "\n".join((hit.manual.title, " > ".join(hit.passage.section), hit.passage.text))[:MAX_CHARACTERS]


def _as_found(hits: Sequence[Hit], why: str) -> list[Hit]:
    return [_with_why(hit, rank, why) for rank, hit in enumerate(hits, start=1)]


def _with_why(hit: Hit, rank: int, detail: str) -> Hit:
    return replace(hit, why=(*hit.why, Why("reranker", rank, detail)))
