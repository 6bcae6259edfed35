"""quantize: a smaller GGUF file out of a GGUF file, by the installed llama.cpp library."""

from __future__ import annotations

import ctypes
import logging
import os
import re
from pathlib import Path
from typing import Any, Literal

from edge.disk_room import need_room
from edge.errors import ModelMissing, QuantizationFailed, QuantizedAlready
from edge.gguf_file import GgufFile, read_gguf

Ftype = Literal["q4_0", "q5_0", "q8_0", "q4_k_m", "q5_k_m", "q6_k", "iq4_nl", "iq4_xs"]

FTYPES: dict[str, int] = {  # enum llama_ftype in llama.h
    "q4_0": 2,
    "q8_0": 7,
    "q5_0": 8,
    "q4_k_m": 15,
    "q5_k_m": 17,
    "q6_k": 18,
    "iq4_nl": 25,
    "iq4_xs": 30,
}
# bits a weight, over all weights of a model of some size (llama.cpp, tools/quantize/README.md); where the library does
# not say how large its result will be
_BITS = {
    "q4_0": 4.7, "q5_0": 5.6, "q8_0": 8.5, "q4_k_m": 4.9, "q5_k_m": 5.7, "q6_k": 6.6, "iq4_nl": 4.7, "iq4_xs": 4.4
}  # fmt: skip
_SAYS = re.compile(r"quant size\s*=\s*([\d.]+) MiB")


def quantize(source: Path, target: Path, ftype: Ftype, *, threads: int | None = None, again: bool = False) -> Path:
    """Writes ``source`` (F32, F16 or BF16 GGUF) as ``ftype`` to ``target`` and returns ``target``.

    Matrices whose rows are not a multiple of 256 fall back to a coarser block type where ``ftype`` is a K-quant; that
    is the library's doing. The file appears whole or not at all. ``threads`` None takes all processors. ``again``: a
    source that is quantised is taken too.

    Errors: ModelMissing, NotAModel, ModelTruncated, ModelUnreadable by the source; QuantizedAlready; DiskFull, asked
    before anything is written; QuantizationFailed for an unknown type or when the library refuses (its log says why).
    """
    from edge.llama.library import library

    head = _source(source, ftype)
    if head.quantised and not again:
        raise QuantizedAlready(
            f"{source} is quantised already (mostly {head.kind}).",
            "Start from its F16 or BF16 file; --again does it all the same.",
        )
    need_room(target.parent, forecast_bytes(source, ftype))
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f"{target.name}.{os.getpid()}.part")
    params = _params(ftype, threads, again)
    try:
        code = library().llama_model_quantize(os.fsencode(source), os.fsencode(part), ctypes.byref(params))
        if code != 0:
            need_room(target.parent, 0)
            raise QuantizationFailed(
                f"{source} could not be quantised to {ftype} (code {code}).",
                "Check the disk space, and that the source is an unquantised GGUF file.",
            )
        read_gguf(part)  # the library does not notice every write that failed
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    return target


def forecast_bytes(source: Path, ftype: Ftype) -> int:
    """Size of the file that ``quantize`` would write, within a hundredth; nothing is written. Errors: as quantize."""
    head = _source(source, ftype)
    overhead = source.stat().st_size - sum(tensor.bytes for tensor in head.tensors)
    said = _dry_run(source, ftype)
    return overhead + (said if said is not None else int(head.parameters * _BITS[ftype] / 8))


def _source(source: Path, ftype: str) -> GgufFile:
    if ftype not in FTYPES:
        raise QuantizationFailed(f"There is no quantisation type {ftype!r}.", f"Choose one of {', '.join(FTYPES)}.")
    if not source.is_file():
        raise ModelMissing(f"{source} is missing.", "Convert the model first.")
    return read_gguf(source)


def _params(ftype: Ftype, threads: int | None, again: bool) -> Any:
    from edge.llama.library import library

    params = library().llama_model_quantize_default_params()
    params.ftype = FTYPES[ftype]
    params.nthread = threads or os.cpu_count() or 1
    params.allow_requantize = again
    return params


class _Listener(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.bytes: int | None = None

    def emit(self, record: logging.LogRecord) -> None:
        if found := _SAYS.search(record.getMessage()):
            self.bytes = int(float(found[1]) * 1024 * 1024)


def _dry_run(source: Path, ftype: Ftype) -> int | None:
    """Bytes of the tensors, as the library says in its log when it only plans; None where it does not say."""
    from edge.llama import library as door

    params = _params(ftype, 1, again=True)
    if not hasattr(params, "dry_run"):
        return None
    params.dry_run = True
    listener, level, shares = _Listener(), door.log.level, door.log.propagate
    door.log.addHandler(listener)
    door.log.setLevel(logging.DEBUG)
    door.log.propagate = False
    try:
        door.library().llama_model_quantize(os.fsencode(source), os.fsencode(os.devnull), ctypes.byref(params))
    finally:
        door.log.removeHandler(listener)
        door.log.setLevel(level)
        door.log.propagate = shares
    return listener.bytes
