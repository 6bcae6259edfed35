"""LlamaShape: what a Hugging Face config.json says of a Llama-like model, or why it cannot be converted."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from edge.errors import ConversionRefused, ModelMissing

ARCHITECTURES = ("LlamaForCausalLM", "MistralForCausalLM")
OTHER_WAY = "Use convert_hf_to_gguf.py of llama.cpp for this model."


@dataclass(frozen=True, slots=True)
class LlamaShape:
    """Sizes are counts; ``rope_linear_factor`` is 1.0 where positions are not stretched; ``rope_divisors`` holds
    head_dim / 2 numbers that divide the rotation frequencies (Llama 3.1 scaling) and is empty otherwise."""

    vocab: int
    hidden: int
    feed_forward: int
    layers: int
    heads: int
    kv_heads: int
    head_dim: int
    context: int
    norm_eps: float
    rope_theta: float
    rope_linear_factor: float
    rope_divisors: tuple[float, ...]
    tied: bool
    attention_bias: bool


def read_json(path: Path) -> dict[str, Any]:
    """The object in ``path``. Errors: ModelMissing, ConversionRefused where it is not a JSON object."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as exc:
        raise ModelMissing(f"{path} is missing.", "Name a folder as save_pretrained writes it.") from exc
    except (OSError, ValueError) as exc:
        raise ConversionRefused(f"{path} cannot be read: {exc}.", "Save the model again.") from exc
    if not isinstance(found, dict):
        raise ConversionRefused(f"{path} does not hold a JSON object.", "Save the model again.")
    return found


def read_shape(folder: Path) -> LlamaShape:
    """The shape of the model in ``folder``; both the config of transformers 4 (``rope_theta``, ``rope_scaling``) and
    that of transformers 5 (``rope_parameters``) are understood.

    Errors: ModelMissing, ConversionRefused for everything that llama.cpp's "llama" graph would not compute alike.
    """
    config = read_json(folder / "config.json")
    _refuse_other_architectures(config, folder)
    try:
        heads = int(config["num_attention_heads"])
        hidden = int(config["hidden_size"])
        head_dim = int(config.get("head_dim") or hidden // heads)
        linear, divisors, theta = _rope(config, head_dim)
        return LlamaShape(
            vocab=int(config["vocab_size"]),
            hidden=hidden,
            feed_forward=int(config["intermediate_size"]),
            layers=int(config["num_hidden_layers"]),
            heads=heads,
            kv_heads=int(config.get("num_key_value_heads") or heads),
            head_dim=head_dim,
            context=int(config.get("max_position_embeddings", 2048)),
            norm_eps=float(config.get("rms_norm_eps", 1e-6)),
            rope_theta=theta,
            rope_linear_factor=linear,
            rope_divisors=divisors,
            tied=bool(config.get("tie_word_embeddings", False)),
            attention_bias=bool(config.get("attention_bias", False)),
        )
    except KeyError as exc:
        raise ConversionRefused(f"{folder / 'config.json'} lacks {exc}.", "Save the model again.") from exc


def _refuse_other_architectures(config: dict[str, Any], folder: Path) -> None:
    named = config.get("architectures") or ["(none named)"]
    reason = ""
    if named[0] not in ARCHITECTURES:
        reason = f"its architecture is {named[0]}, not one of {', '.join(ARCHITECTURES)}"
    elif config.get("hidden_act", "silu") != "silu":
        reason = f"its activation is {config['hidden_act']}, not silu"
    elif config.get("mlp_bias"):
        reason = "its feed-forward layers have biases"
    elif config.get("sliding_window") and named[0] == "MistralForCausalLM":
        reason = "it uses sliding-window attention"
    elif config.get("quantization_config"):
        reason = "its weights are quantised already"
    if reason:
        raise ConversionRefused(f"{folder} cannot be converted: {reason}.", OTHER_WAY)


def _rope(config: dict[str, Any], head_dim: int) -> tuple[float, tuple[float, ...], float]:
    """Linear factor, frequency divisors and base of the rotary position embedding."""
    rope: dict[str, Any] = dict(config.get("rope_parameters") or config.get("rope_scaling") or {})
    theta = float(rope.get("rope_theta") or config.get("rope_theta") or 10000.0)
    kind = rope.get("rope_type") or rope.get("type") or "default"
    if float(rope.get("partial_rotary_factor", config.get("partial_rotary_factor", 1.0)) or 1.0) != 1.0:
        raise ConversionRefused("The model rotates only a part of each head.", OTHER_WAY)
    if kind == "default":
        return 1.0, (), theta
    if kind == "linear":
        return float(rope["factor"]), (), theta
    if kind == "llama3":
        return 1.0, _llama3_divisors(rope, theta, head_dim, config), theta
    raise ConversionRefused(f"Position scaling of type {kind!r} is not supported.", OTHER_WAY)


def _llama3_divisors(rope: dict[str, Any], theta: float, head_dim: int, config: dict[str, Any]) -> tuple[float, ...]:
    """The factors of Llama 3.1 (Llama model card, "rope scaling"): short waves stay, long ones are stretched by
    ``factor``, those between are blended."""
    factor, low, high = (float(rope[key]) for key in ("factor", "low_freq_factor", "high_freq_factor"))
    trained = float(rope.get("original_max_position_embeddings") or config["max_position_embeddings"])
    divisors = []
    for i in range(0, head_dim, 2):
        wave = 2 * math.pi * theta ** (i / head_dim)
        if wave < trained / high:
            divisors.append(1.0)
        elif wave > trained / low:
            divisors.append(factor)
        else:
            blend = (trained / wave - low) / (high - low)
            divisors.append(1.0 / ((1 - blend) / factor + blend))
    return tuple(divisors)
