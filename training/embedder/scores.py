"""Scores on held-out pages: is a heading's section found among many, in one language and across the two?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.embedder.pairs import Pair
from training.embedder.student import PAD, batch_of, framed

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


def student_encoder(
    student: Any, row_ids: Callable[[Sequence[str]], list[NDArray[np.int32]]], longest: int = 128
) -> Encode:
    """texts -> vectors of the student, in bfloat16 and batches of like length."""
    import torch

    def encode(texts: Sequence[str]) -> Vectors:
        rows = [framed(text, longest) for text in row_ids(texts)]
        order = sorted(range(len(rows)), key=lambda n: len(rows[n]))
        found = np.zeros((len(rows), student.embeddings["LayerNorm"].weight.shape[0]), np.float32)
        with torch.no_grad(), torch.autocast("cpu", dtype=torch.bfloat16):
            for at in range(0, len(order), 32):
                part = order[at : at + 32]
                found[part] = student(*batch_of([rows[n] for n in part], PAD)).float().numpy()
        return found

    return encode
