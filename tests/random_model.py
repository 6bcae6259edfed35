"""random_gguf: a GGUF model of any shape with random weights and the bundled model's vocabulary, made in seconds."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from assistant.settings import ROOT

BUNDLED = ROOT / "models" / "andon-slm-ja-en.q8_0.gguf"


@dataclass(frozen=True, slots=True)
class Shape:
    """Of a Llama model. ``f16``: 2 bytes a weight, else 8 bits in blocks of 32."""

    layers: int
    width: int
    feed_forward: int
    heads: int
    kv_heads: int
    f16: bool = False
    context: int = 8192

    @property
    def head(self) -> int:
        return self.width // self.heads


def random_gguf(path: Path, shape: Shape) -> Path:
    """Writes it to ``path``. Needs the package gguf."""
    from gguf import GGMLQuantizationType, GGUFWriter

    writer = GGUFWriter(path, "llama")
    writer.add_context_length(shape.context)
    writer.add_embedding_length(shape.width)
    writer.add_block_count(shape.layers)
    writer.add_feed_forward_length(shape.feed_forward)
    writer.add_head_count(shape.heads)
    writer.add_head_count_kv(shape.kv_heads)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(shape.head)
    vocabulary = _add_vocabulary(writer)
    rng = np.random.default_rng(1)

    def add(name: str, rows: int, columns: int) -> None:
        if shape.f16:
            writer.add_tensor(name, rng.normal(0, 0.02, (rows, columns)).astype(np.float16))
            return
        blocks = np.zeros((rows, columns // 32), dtype=[("scale", "<f2"), ("values", "i1", 32)])
        blocks["scale"] = 0.02 / 64
        blocks["values"] = rng.integers(-127, 128, (rows, columns // 32, 32), dtype=np.int8)
        raw = blocks.view(np.uint8).reshape(rows, -1)
        writer.add_tensor(name, raw, raw_dtype=GGMLQuantizationType.Q8_0)

    def add_norm(name: str) -> None:
        writer.add_tensor(name, np.ones(shape.width, np.float32))

    add("token_embd.weight", vocabulary, shape.width)
    add_norm("output_norm.weight")
    for number in range(shape.layers):
        block = f"blk.{number}"
        add_norm(f"{block}.attn_norm.weight")
        add(f"{block}.attn_q.weight", shape.width, shape.width)
        add(f"{block}.attn_k.weight", shape.kv_heads * shape.head, shape.width)
        add(f"{block}.attn_v.weight", shape.kv_heads * shape.head, shape.width)
        add(f"{block}.attn_output.weight", shape.width, shape.width)
        add_norm(f"{block}.ffn_norm.weight")
        add(f"{block}.ffn_gate.weight", shape.feed_forward, shape.width)
        add(f"{block}.ffn_up.weight", shape.feed_forward, shape.width)
        add(f"{block}.ffn_down.weight", shape.width, shape.feed_forward)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def _add_vocabulary(writer: Any) -> int:
    """The bundled model's tokenizer and chat template; how many tokens it has."""
    from gguf import GGUFReader

    fields = GGUFReader(BUNDLED).fields
    tokens = fields["tokenizer.ggml.tokens"].contents()
    writer.add_tokenizer_model("llama")
    writer.add_token_list(tokens)
    writer.add_token_types(fields["tokenizer.ggml.token_type"].contents())
    writer.add_token_scores(fields["tokenizer.ggml.scores"].contents())
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_unk_token_id(0)
    writer.add_chat_template(fields["tokenizer.chat_template"].contents())
    return len(tokens)
