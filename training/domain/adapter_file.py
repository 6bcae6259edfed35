"""A LoRA adapter of peft as a GGUF file, which llama.cpp lays over the base without touching it.

Names and layout follow llama.cpp's own converter as the loader asks for them: "NAME.lora_a" (rank, in) and
"NAME.lora_b" (out, rank), with the rows of queries and keys in llama.cpp's order. rsLoRA scales by alpha / sqrt(rank)
where the loader divides alpha by the rank, so the alpha written is the one that comes to the same.
"""

from __future__ import annotations

import json
import math
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from training.errors import AdapterUnfit

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_NAMES = {
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output",
    "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
}


def write_adapter(adapter: Path, base: Path, target: Path) -> Path:
    """``adapter`` (a peft folder) over ``base`` (the transformers folder it was trained on) as the file ``target``,
    whole or not at all. Raises AdapterUnfit where a layer has no place in llama.cpp."""
    import gguf
    from safetensors.numpy import load_file

    settings: dict[str, Any] = json.loads((adapter / "adapter_config.json").read_text("utf-8"))
    shape: dict[str, Any] = json.loads((base / "config.json").read_text("utf-8"))
    heads = int(shape["num_attention_heads"])
    turned = {"attn_q": heads, "attn_k": int(shape.get("num_key_value_heads") or heads)}
    rank, alpha = int(settings["r"]), float(settings["lora_alpha"])
    part = target.with_name(f"{target.name}.{os.getpid()}.part")
    target.parent.mkdir(parents=True, exist_ok=True)
    writer = gguf.GGUFWriter(part, "llama")
    try:
        writer.add_string("general.type", "adapter")
        writer.add_string("adapter.type", "lora")
        writer.add_float32("adapter.lora.alpha", alpha * math.sqrt(rank) if settings.get("use_rslora") else alpha)
        for name, values in sorted(load_file(adapter / "adapter_model.safetensors").items()):
            place, side = _place(name)
            kind = place.split(".")[2]
            kept = _interleaved(values, turned[kind]) if side == "b" and kind in turned else values
            writer.add_tensor(f"{place}.weight.lora_{side}", kept.astype("float32"))
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
        writer.close()
        part.replace(target)
    finally:
        writer.close()
        part.unlink(missing_ok=True)
    return target


def _place(name: str) -> tuple[str, str]:
    """("blk.0.attn_q", "a") of "base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight"."""
    inner = name.removeprefix("base_model.model.").removeprefix("model.layers.")
    layer, _, rest = inner.partition(".")
    for theirs, ours in _NAMES.items():
        for side in ("a", "b"):
            if rest == f"{theirs}.lora_{side.upper()}.weight":
                return f"blk.{layer}.{ours}", side
    raise AdapterUnfit(
        f"The adapter changes {name}, for which llama.cpp has no place.",
        "Use the merged model, or train an adapter on the linear layers alone.",
    )


def _interleaved(rows: NDArray[np.float32], heads: int) -> NDArray[np.float32]:
    count, width = rows.shape
    return rows.reshape(heads, 2, count // heads // 2, width).swapaxes(1, 2).reshape(count, width)
