"""Adapter file: whether a LoRA adapter fits the model that it is laid over, told from both files' heads."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from edge.errors import AdapterUnreadable, ModelMissing, ModelUnreadable
from edge.gguf_file import GgufFile, Tensor, read_gguf
from edge.options import Adapter

_A, _B = ".lora_a", ".lora_b"
_CONVERT = "Convert the adapter with the model that it was trained on."


def check_adapters(model: Path, adapters: Sequence[Adapter]) -> None:
    """Errors: AdapterUnreadable for one whose file is missing, damaged, a model or of another kind, made for another
    architecture, or with sizes of another model. One of a model of the very same shape cannot be told apart. Of a
    .rkllm model, whose files are closed, it is only seen that each adapter is there."""
    for adapter in adapters:
        if not adapter.path.is_file():
            raise AdapterUnreadable(
                f"The adapter {adapter.name!r} is missing: {adapter.path}.",
                "Copy it there, or take it out of the setting adapters.",
            )
    if not adapters or model.suffix.lower() != ".gguf":
        return
    try:
        base = read_gguf(model)
    except (ModelMissing, ModelUnreadable):
        return  # of the model is told where it is loaded
    for adapter in adapters:
        _check(adapter, base)


def _check(adapter: Adapter, base: GgufFile) -> None:
    try:
        found = read_gguf(adapter.path)
    except ModelUnreadable as error:
        raise AdapterUnreadable(f"The adapter {adapter.name!r}: {error.message}", error.remedy) from error
    wrong = _wrong(found, base)
    if wrong:
        raise AdapterUnreadable(
            f"The adapter {adapter.name!r} ({adapter.path.name}) does not fit {base.path.name}: {wrong}.", _CONVERT
        )


def _wrong(found: GgufFile, base: GgufFile) -> str:
    """What keeps ``found`` from being laid over ``base``; "" for nothing."""
    if found.keys.get("general.type") != "adapter":
        return "it is a model, no adapter"
    kind = found.keys.get("adapter.type")
    if kind != "lora":
        return f"it is an adapter of the type {kind!r}, not LoRA"
    if found.architecture != base.architecture:
        return f"it was made for the architecture {found.architecture}, the model is {base.architecture}"
    weights = {tensor.name: tensor for tensor in base.tensors}
    parts = {tensor.name: tensor for tensor in found.tensors}
    if not parts:
        return "it holds no weights"
    for name, part in parts.items():
        stem = name.removesuffix(_A).removesuffix(_B)
        if stem not in weights:
            return f"the model has no {stem}"
        a, b = parts.get(stem + _A), parts.get(stem + _B)
        if a is None or b is None:
            return f"half of {part.name} is missing"
        if not _fits(a, b, weights[stem]):
            return f"{stem} is {_sizes(weights[stem])} there and {a.dims[0]} x {b.dims[-1]} here"
    return ""


def _fits(a: Tensor, b: Tensor, weight: Tensor) -> bool:
    """``a`` is (inner, rank), ``b`` (rank, outer) and the weight (inner, outer); of the embeddings of tokens both are
    the other way round (llama.cpp, src/llama-adapter.cpp)."""
    if not len(a.dims) == len(b.dims) == len(weight.dims) == 2:
        return False
    if weight.name == "token_embd.weight":
        return (b.dims[1], a.dims[1]) == weight.dims
    return (a.dims[0], b.dims[1]) == weight.dims and a.dims[1] == b.dims[0]


def _sizes(tensor: Tensor) -> str:
    return " x ".join(map(str, tensor.dims))
