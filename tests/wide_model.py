"""A small Llama model made wide: it computes the same function with many times the work, so that ratios of times mean
what they mean for a model of the size that people use.

The hidden vector gets zeros behind it, every matrix grows by rows and columns that lead into those zeros (the new parts
of gate and up are random, those of output and down are zero), and each norm's weights shrink by what the longer mean
takes from its root. Text and logits stay those of the small model, up to rounding.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

SKIPPED = ("GGUF.", "general.architecture", "llama.embedding_length", "llama.feed_forward_length")
HEADS = ("llama.attention.head_count", "llama.attention.layer_norm_rms_epsilon")


def widen(source: Path, target: Path, *, hidden: int = 1024, feed_forward: int = 4096) -> Path:
    """``source``, a GGUF Llama with as many key heads as heads, as a wider Q8_0 file at ``target``. ``hidden`` is a
    power of four times its own width, so that the norms' factor is exact."""
    import gguf

    reader = gguf.GGUFReader(source)
    width = int(reader.fields["llama.embedding_length"].contents())
    heads = int(reader.fields["llama.attention.head_count"].contents())
    times = hidden // width
    writer = gguf.GGUFWriter(target, "llama")
    writer.add_embedding_length(hidden)
    writer.add_feed_forward_length(feed_forward)
    writer.add_head_count(heads * times)
    writer.add_layer_norm_rms_eps(float(reader.fields["llama.attention.layer_norm_rms_epsilon"].contents()) / times)
    for name, field in reader.fields.items():
        if not name.startswith(SKIPPED) and name not in HEADS:
            sub = field.types[-1] if len(field.types) > 1 else None
            writer.add_key_value(name, field.contents(), field.types[0], sub_type=sub)
    random = np.random.default_rng(5)
    for tensor in reader.tensors:
        values = gguf.quants.dequantize(tensor.data, tensor.tensor_type)
        made = _widened(tensor.name, values, hidden, feed_forward, heads, random)
        if made.ndim == 1:
            writer.add_tensor(tensor.name, made)
            continue
        packed = gguf.quants.quantize(made, gguf.GGMLQuantizationType.Q8_0)
        writer.add_tensor(tensor.name, packed, raw_dtype=gguf.GGMLQuantizationType.Q8_0)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return target


def _widened(
    name: str, values: NDArray[np.float32], hidden: int, feed_forward: int, heads: int, random: Any
) -> NDArray[np.float32]:
    """Rows are outputs, columns inputs."""
    width = values.shape[-1] if "ffn_down" not in name else values.shape[0]
    times = hidden // width
    if values.ndim == 1:
        return np.concatenate([values / np.float32(times**0.5), np.zeros(hidden - width, np.float32)])
    part = name.split(".")[-2]
    if part in ("ffn_gate", "ffn_up"):
        made = random.normal(0, 0.02, (feed_forward, hidden)).astype(np.float32)
        made[: len(values)] = 0
    else:
        rows = {"attn_q": hidden, "attn_output": hidden, "ffn_down": hidden}.get(part, len(values))
        made = np.zeros((rows, feed_forward if part == "ffn_down" else hidden), np.float32)
    if part == "attn_q":  # a head and its key head keep together: every ``times``-th of the new heads is an old one
        size = len(values) // heads
        for head in range(heads):
            made[head * times * size :][:size, :width] = values[head * size :][:size]
    elif part == "attn_output":
        size = values.shape[1] // heads
        for head in range(heads):
            made[:width, head * times * size :][:, :size] = values[:, head * size :][:, :size]
    else:
        made[: values.shape[0], : values.shape[1]] = values
    return made
