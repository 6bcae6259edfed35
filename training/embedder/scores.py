"""Scores on held-out pages: is a heading's section found among many, in one language and across the two?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from training.embedder.export import token_ids
from training.embedder.pairs import Pair
from training.embedder.vocabulary import Vocabulary

Vectors = NDArray[np.float32]
Encode = Callable[[Sequence[str]], Vectors]


def held_out_sets(pairs: Sequence[Pair], queries: int, pool: int) -> dict[str, tuple[list[str], list[str]]]:
    """Name -> (questions, passages), the first passages being those of the questions in their order."""
    found = {}
    for name, kind, left, right in (
        ("ja", "found", "ja", "ja"),
        ("en", "found", "en", "en"),
        ("en -> ja", "crossed", "en", "ja"),
        ("translation", "aligned", "ja", "en"),
    ):
        mine = [p for p in pairs if (p.kind, p.left_lang, p.right_lang) == (kind, left, right) and len(p.right) > 40]
        once = list({p.right: p for p in {p.left: p for p in mine}.values()}.values())[:pool]
        found[name] = ([p.left for p in once[:queries]], [p.right for p in once])
    return found


def recall(encode: Encode, questions: Sequence[str], passages: Sequence[str]) -> dict[str, float]:
    """Share of questions whose own passage is among the first 1 and 5, and the mean reciprocal rank."""
    asked, told = encode(questions), encode(passages)
    near = asked @ told.T
    own = near[np.arange(len(asked)), np.arange(len(asked))]
    rank = (near > own[:, None]).sum(1) + 1
    return {
        "questions": len(asked),
        "passages": len(told),
        "recall_at_1": round(float((rank <= 1).mean()), 3),
        "recall_at_5": round(float((rank <= 5).mean()), 3),
        "mrr": round(float((1 / rank).mean()), 3),
    }


def box_encoder(file: Path, vocabulary: Vocabulary) -> Encode:
    """texts -> vectors of the exported file, each text alone as on the box."""
    import onnxruntime  # type: ignore[import-untyped,unused-ignore]

    session = onnxruntime.InferenceSession(str(file), providers=["CPUExecutionProvider"])

    def encode(texts: Sequence[str]) -> Vectors:
        found = []
        for text in texts:
            ids = token_ids(vocabulary, text)[None]
            found.append(session.run(None, {"input_ids": ids, "attention_mask": np.ones_like(ids)})[0][0])
        return np.stack(found)

    return encode
