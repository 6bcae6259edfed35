"""convert_checked: a conversion that leaves a file only where it proved to be like its source."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from edge.convert import Dtype, convert_hf_to_gguf
from edge.errors import ConversionRefused, TokenizerUnknown
from edge.token_parity import TokenParity, token_parity

SHOWN = 60
MOST_LOGIT_DIFFERENCE = {"f32": 1e-2, "f16": 0.5, "bf16": 4.0}  # measured on random wide weights, times five


@dataclass(frozen=True, slots=True)
class LogitParity:
    """Over ``positions`` after each token of some texts: the largest difference of a logit, the mean difference of the
    log-probability of the token that follows, and how often the likeliest token is the same (0 to 1)."""

    positions: int
    most_difference: float
    mean_log_probability: float
    same_token: float


@dataclass(frozen=True, slots=True)
class Checked:
    """What was made, and what was found; ``logits`` None where nothing installed can compute the source."""

    path: Path
    tokens: TokenParity
    logits: LogitParity | None


def convert_checked(
    source: Path,
    target: Path,
    dtype: Dtype = "f16",
    *,
    name: str = "",
    licence: str = "",
    logits: Callable[[Path, Path], LogitParity | None] = lambda _source, _gguf: None,
) -> Checked:
    """As ``convert_hf_to_gguf``, then the gates: all probe texts give the same ids, and what ``logits`` (of the folder
    and the file) finds is within what ``dtype`` rounds away. ``target`` appears only after them.

    Errors: those of the conversion; TokenizerUnknown, ConversionRefused where a gate does not open.
    """
    trial = target.with_name(f".{target.name}.{os.getpid()}.trial.gguf")
    try:
        convert_hf_to_gguf(source, trial, dtype, name=name or source.resolve().name, licence=licence)
        tokens = token_parity(source, trial)
        if tokens.different:
            shown = "; ".join(repr(text[:SHOWN]) for text in tokens.different[:3])
            raise TokenizerUnknown(
                f"{len(tokens.different)} of {tokens.checked} texts are split otherwise than by {source}: {shown}.",
                "Take a ready GGUF of this model, or convert it with convert_hf_to_gguf.py of llama.cpp.",
            )
        found = logits(source, trial)
        if found is not None and found.most_difference > MOST_LOGIT_DIFFERENCE[dtype]:
            raise ConversionRefused(
                f"What the file computes differs from {source}: a logit by {found.most_difference:.3g}.",
                "Convert with --dtype f32 or bf16; if it stays, this model is not computed alike.",
            )
        trial.replace(target)
    finally:
        trial.unlink(missing_ok=True)
    return Checked(target, tokens, found)
