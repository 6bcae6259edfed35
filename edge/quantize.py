"""quantize: a smaller GGUF file out of a GGUF file, by the installed llama.cpp library."""

from __future__ import annotations

import ctypes
import os
from pathlib import Path
from typing import Literal

from edge.errors import ModelMissing, QuantizationFailed

Ftype = Literal["q4_0", "q8_0", "q4_k_m", "q5_k_m", "q6_k", "iq4_nl", "iq4_xs"]

FTYPES: dict[str, int] = {  # enum llama_ftype in llama.h
    "q4_0": 2,
    "q8_0": 7,
    "q4_k_m": 15,
    "q5_k_m": 17,
    "q6_k": 18,
    "iq4_nl": 25,
    "iq4_xs": 30,
}


def quantize(source: Path, target: Path, ftype: Ftype, *, threads: int | None = None) -> Path:
    """Writes ``source`` (F32, F16 or BF16 GGUF) as ``ftype`` to ``target`` and returns ``target``.

    Matrices whose rows are not a multiple of 256 fall back to a coarser block type where ``ftype`` is a K-quant; that
    is the library's doing. The file appears whole or not at all. ``threads`` None takes all processors.

    Errors: ModelMissing; QuantizationFailed for an unknown type or when the library refuses (its log says why).
    """
    from edge.llama.library import library

    if ftype not in FTYPES:
        raise QuantizationFailed(f"There is no quantisation type {ftype!r}.", f"Choose one of {', '.join(FTYPES)}.")
    if not source.is_file():
        raise ModelMissing(f"{source} is missing.", "Convert the model first.")
    llama = library()
    params = llama.llama_model_quantize_default_params()
    params.ftype = FTYPES[ftype]
    params.nthread = threads or os.cpu_count() or 1
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f"{target.name}.{os.getpid()}.part")
    try:
        code = llama.llama_model_quantize(os.fsencode(source), os.fsencode(part), ctypes.byref(params))
        if code != 0:
            raise QuantizationFailed(
                f"{source} could not be quantised to {ftype} (code {code}).",
                "Check the disk space, and that the source is an unquantised GGUF file.",
            )
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    return target
