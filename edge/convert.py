"""convert_hf_to_gguf: a Llama-like model as transformers saves it becomes one GGUF file for llama.cpp.

Keys and tensor names follow the GGUF specification (github.com/ggml-org/ggml, docs/gguf.md) and what llama.cpp's
"llama" loader asks for. What would compute differently there is refused (see edge.llama_shape, edge.gguf_tokenizer).
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from edge.disk_room import disk_full, is_full, need_room
from edge.errors import ConversionRefused, EdgeFailed
from edge.gguf_tokenizer import CONTROL, Vocabulary, read_vocabulary
from edge.llama_shape import LlamaShape, read_json, read_shape
from edge.safetensors_file import Weights
from edge.tokenizer_flags import read_chat_template

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Dtype = Literal["f32", "f16", "bf16"]
_F16_MAX = 65504.0
_LAYER_NAMES = {
    "input_layernorm": "attn_norm",
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output",
    "post_attention_layernorm": "ffn_norm",
    "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
}


def convert_hf_to_gguf(source: Path, target: Path, dtype: Dtype = "f16", *, name: str = "", licence: str = "") -> Path:
    """Writes the model in folder ``source`` to the file ``target`` and returns ``target``.

    ``dtype`` is that of the matrices; norms and biases stay float32. ``name`` defaults to the folder's name and
    ``licence`` to the one in the folder's README.md. The file appears whole or not at all: it is written beside its
    place and renamed last. Tensors are read one at a time, so memory stays near the largest tensor's float32 size.

    Errors: FolderIncomplete; ConversionRefused and what is below it; DiskFull; EdgeFailed where the extra "convert" is
    not installed.
    """
    try:
        import gguf
    except ImportError as exc:
        raise EdgeFailed(f"Conversion needs the package {exc.name}.", "pip install 'andon[convert]'") from exc
    shape = read_shape(source)
    vocabulary = read_vocabulary(source, shape.vocab)
    weights = Weights(source)
    tensors = list(_plan(shape, weights))
    need_room(target.parent, _bytes_needed(weights, tensors, dtype))
    part = target.with_name(f"{target.name}.{os.getpid()}.part")
    target.parent.mkdir(parents=True, exist_ok=True)
    writer = gguf.GGUFWriter(part, "llama")
    try:
        _describe(writer, source, dtype, name or source.resolve().name, licence or licence_of(source))
        _write_shape(writer, shape)
        _write_vocabulary(writer, vocabulary)
        _write_stops(writer, source, vocabulary)
        _write_tensors(writer, shape, weights, tensors, dtype)
        writer.close()
        part.replace(target)
    except OSError as failed:
        if not is_full(failed):
            raise
        raise disk_full(target, failed) from failed
    finally:
        writer.close()
        part.unlink(missing_ok=True)
    return target


def write_vocabulary(source: Path, target: Path) -> Path:
    """Writes the tokenizer of folder ``source`` alone to the file ``target``, which opens with ``vocab_only``; it takes
    a moment, whatever the model's size. Errors: as of ``convert_hf_to_gguf``."""
    import gguf

    shape = read_shape(source)
    writer = gguf.GGUFWriter(target, "llama")
    _describe(writer, source, "f16", source.resolve().name, "")
    _write_shape(writer, shape)
    _write_vocabulary(writer, read_vocabulary(source, shape.vocab))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.close()
    return target


def _bytes_needed(weights: Weights, tensors: list[tuple[str, str]], dtype: Dtype) -> int:
    import math

    return sum(math.prod(weights.shape(hf)) for _ours, hf in tensors) * (4 if dtype == "f32" else 2)


def _plan(shape: LlamaShape, weights: Weights) -> Iterator[tuple[str, str]]:
    """(GGUF name, Hugging Face name) of every tensor to write, in order. Errors: ConversionRefused when the folder
    lacks one or holds one that would be lost."""
    pairs = [("token_embd.weight", "model.embed_tokens.weight"), ("output_norm.weight", "model.norm.weight")]
    if not shape.tied:
        pairs.append(("output.weight", "lm_head.weight"))
    for n in range(shape.layers):
        for hf, ours in _LAYER_NAMES.items():
            pairs.append((f"blk.{n}.{ours}.weight", f"model.layers.{n}.{hf}.weight"))
            if (shape.attention_bias and hf.startswith("self_attn.")) or (shape.mlp_bias and hf.startswith("mlp.")):
                pairs.append((f"blk.{n}.{ours}.bias", f"model.layers.{n}.{hf}.bias"))
    wanted = {hf for _ours, hf in pairs}
    if missing := sorted(wanted - weights.names()):
        raise ConversionRefused(f"The weights lack {missing[0]} ({len(missing)} in all).", "Save the model again.")
    spare = {n for n in weights.names() - wanted if not n.endswith("rotary_emb.inv_freq")}
    if shape.tied:
        spare.discard("lm_head.weight")
    if spare:
        raise ConversionRefused(
            f"The weights hold {min(spare)} ({len(spare)} such), which a plain Llama has no place for.",
            "Merge adapters first; for other architectures use convert_hf_to_gguf.py of llama.cpp.",
        )
    rows = weights.shape("model.embed_tokens.weight")
    if rows != (shape.vocab, shape.hidden):
        raise ConversionRefused(
            f"The embedding is {rows}, config.json says {(shape.vocab, shape.hidden)}.", "Save the model again."
        )
    yield from pairs


def _describe(writer: Any, source: Path, dtype: Dtype, name: str, licence: str) -> None:
    import gguf

    kinds = {"f32": gguf.LlamaFileType.ALL_F32, "f16": gguf.LlamaFileType.MOSTLY_F16}
    writer.add_type(gguf.GGUFType.MODEL)
    writer.add_name(name)
    if licence:
        writer.add_license(licence)
    writer.add_file_type(int(kinds.get(dtype, gguf.LlamaFileType.MOSTLY_BF16)))
    writer.add_quantization_version(gguf.GGML_QUANT_VERSION)


def _write_shape(writer: Any, shape: LlamaShape) -> None:
    import gguf

    writer.add_vocab_size(shape.vocab)
    writer.add_context_length(shape.context)
    writer.add_embedding_length(shape.hidden)
    writer.add_block_count(shape.layers)
    writer.add_feed_forward_length(shape.feed_forward)
    writer.add_head_count(shape.heads)
    writer.add_head_count_kv(shape.kv_heads)
    writer.add_key_length(shape.head_dim)
    writer.add_value_length(shape.head_dim)
    writer.add_layer_norm_rms_eps(shape.norm_eps)
    writer.add_rope_dimension_count(shape.head_dim)
    writer.add_rope_freq_base(shape.rope.theta)
    if shape.rope.linear_factor != 1.0:
        writer.add_rope_scaling_type(gguf.RopeScalingType.LINEAR)
        writer.add_rope_scaling_factor(shape.rope.linear_factor)
    if (yarn := shape.rope.yarn) is not None:
        writer.add_rope_scaling_type(gguf.RopeScalingType.YARN)
        writer.add_rope_scaling_factor(yarn.factor)
        writer.add_rope_scaling_orig_ctx_len(yarn.trained_context)
        writer.add_rope_scaling_attn_factors(yarn.attention)


def _write_vocabulary(writer: Any, vocabulary: Vocabulary) -> None:
    writer.add_tokenizer_model(vocabulary.model)
    writer.add_tokenizer_pre(vocabulary.pre)
    writer.add_token_list(list(vocabulary.tokens))
    writer.add_token_types(list(vocabulary.types))
    if vocabulary.model == "llama":
        writer.add_token_scores(list(vocabulary.scores))
    else:
        writer.add_token_merges(list(vocabulary.merges))
    for kind, number in vocabulary.special_ids.items():
        writer.add_uint32(_SPECIAL_KEYS[kind], number)
    writer.add_add_bos_token(vocabulary.flags.add_bos)
    writer.add_add_eos_token(vocabulary.flags.add_eos)
    writer.add_add_space_prefix(vocabulary.flags.space_prefix)


_SPECIAL_KEYS = {
    "bos": "tokenizer.ggml.bos_token_id",
    "eos": "tokenizer.ggml.eos_token_id",
    "unk": "tokenizer.ggml.unknown_token_id",
    "pad": "tokenizer.ggml.padding_token_id",
}


def _write_stops(writer: Any, source: Path, vocabulary: Vocabulary) -> None:
    """The chat template, and the end of a turn where generation_config.json names a second end token."""
    config = read_json(source / "tokenizer_config.json") if (source / "tokenizer_config.json").is_file() else {}
    if template := read_chat_template(source, config):
        writer.add_chat_template(template)
    generation = source / "generation_config.json"
    ends = read_json(generation).get("eos_token_id") if generation.is_file() else None
    for number in ends if isinstance(ends, list) else [ends]:
        if number is not None and number != vocabulary.special_ids.get("eos") and vocabulary.types[number] == CONTROL:
            writer.add_eot_token_id(int(number))
            return


def licence_of(source: Path) -> str:
    """The ``license:`` line of the model card's front matter; "" where there is none."""
    card = source / "README.md"
    if not card.is_file():
        return ""
    front = card.read_text(encoding="utf-8", errors="replace").split("---")
    found = re.search(r"^license:[ \t]*(\S+)", front[1], re.MULTILINE) if len(front) > 2 else None
    return found.group(1) if found else ""


def _write_tensors(
    writer: Any, shape: LlamaShape, weights: Weights, tensors: list[tuple[str, str]], dtype: Dtype
) -> None:
    import gguf
    import numpy as np

    matrix = {"f32": (np.float32, "F32"), "f16": (np.float16, "F16"), "bf16": (np.uint16, "BF16")}[dtype]
    for ours, hf in tensors:
        dims = weights.shape(hf)
        element, kind = matrix if len(dims) > 1 else (np.float32, "F32")
        size = int(np.prod(dims)) * np.dtype(element).itemsize
        writer.add_tensor_info(ours, dims, np.dtype(element), size, gguf.GGMLQuantizationType[kind])
    divisors = np.asarray(shape.rope.divisors, np.float32)
    if len(divisors):
        writer.add_tensor_info("rope_freqs.weight", divisors.shape, divisors.dtype, divisors.nbytes)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_ti_data_to_file()
    for ours, hf in tensors:
        values = _permuted(weights.read(hf), ours, shape)
        writer.write_tensor_data(_cast(values, ours, dtype) if values.ndim > 1 else values)
    if len(divisors):
        writer.write_tensor_data(divisors)


def _permuted(values: NDArray[np.float32], ours: str, shape: LlamaShape) -> NDArray[np.float32]:
    """Query and key rows in llama.cpp's order: transformers rotates element i with i + head_dim / 2, llama.cpp i with
    i + 1, so the two halves of each head are interleaved."""
    import numpy as np

    heads = {"attn_q": shape.heads, "attn_k": shape.kv_heads}.get(ours.split(".")[-2])
    if heads is None:
        return values
    halves = values.reshape(heads, 2, shape.head_dim // 2, *values.shape[1:])
    return np.ascontiguousarray(halves.swapaxes(1, 2)).reshape(values.shape)


def _cast(values: NDArray[np.float32], ours: str, dtype: Dtype) -> NDArray[Any]:
    import numpy as np

    if dtype == "f32":
        return values
    if dtype == "f16":
        if float(np.abs(values).max(initial=0.0)) > _F16_MAX:
            raise ConversionRefused(f"{ours} holds values beyond float16.", "Convert with dtype bf16.")
        return values.astype(np.float16)
    bits = values.view(np.uint32)  # round to nearest even, as torch does
    return ((bits + np.uint32(0x7FFF) + ((bits >> np.uint32(16)) & np.uint32(1))) >> np.uint32(16)).astype(np.uint16)
