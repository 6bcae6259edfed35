"""LlamaShape: what a Hugging Face config.json says of a Llama-like model, or why it cannot be converted."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from edge.errors import ArchitectureUnknown, ConversionRefused, FolderIncomplete

ARCHITECTURES = ("LlamaForCausalLM", "MistralForCausalLM")
OTHER_WAY = "Use convert_hf_to_gguf.py of llama.cpp for this model."


@dataclass(frozen=True, slots=True)
class Yarn:
    """Position scaling of YaRN (arxiv.org/abs/2309.00071): frequencies of slow waves are divided by ``factor``, those
    of fast ones stay; ``attention`` scales what is rotated, relative to the paper's 1 + 0.1 ln(factor)."""

    factor: float
    trained_context: int
    attention: float = 1.0


@dataclass(frozen=True, slots=True)
class Rope:
    """Rotary positions. ``linear_factor`` is 1.0 where they are not stretched; ``divisors`` holds head_dim / 2 numbers
    that divide the frequencies (Llama 3.1 scaling) and is empty otherwise."""

    theta: float = 10000.0
    linear_factor: float = 1.0
    divisors: tuple[float, ...] = ()
    yarn: Yarn | None = None


@dataclass(frozen=True, slots=True)
class LlamaShape:
    """Sizes are counts."""

    vocab: int
    hidden: int
    feed_forward: int
    layers: int
    heads: int
    kv_heads: int
    head_dim: int
    context: int
    norm_eps: float
    rope: Rope
    tied: bool
    attention_bias: bool
    mlp_bias: bool


def read_json(path: Path) -> dict[str, Any]:
    """The object in ``path``. Errors: FolderIncomplete, ConversionRefused where it is not a JSON object."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as exc:
        raise FolderIncomplete(f"{path} is missing.", "Name a folder as save_pretrained writes it.") from exc
    except (OSError, ValueError) as exc:
        raise ConversionRefused(f"{path} cannot be read: {exc}.", "Save the model again.") from exc
    if not isinstance(found, dict):
        raise ConversionRefused(f"{path} does not hold a JSON object.", "Save the model again.")
    return found


def read_shape(folder: Path) -> LlamaShape:
    """The shape of the model in ``folder``; both the config of transformers 4 (``rope_theta``, ``rope_scaling``) and
    that of transformers 5 (``rope_parameters``) are understood.

    Errors: FolderIncomplete; ArchitectureUnknown for everything that llama.cpp's "llama" graph would not compute alike.
    """
    config = read_json(folder / "config.json")
    _refuse_other_architectures(config, folder)
    try:
        heads = int(config["num_attention_heads"])
        hidden = int(config["hidden_size"])
        head_dim = int(config.get("head_dim") or hidden // heads)
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
            rope=_rope(config, head_dim),
            tied=bool(config.get("tie_word_embeddings", False)),
            attention_bias=bool(config.get("attention_bias", False)),
            mlp_bias=bool(config.get("mlp_bias", False)),
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
    elif config.get("sliding_window") and named[0] == "MistralForCausalLM":
        reason = "it uses sliding-window attention"
    elif config.get("quantization_config"):
        reason = "its weights are quantised already"
    if reason:
        raise ArchitectureUnknown(f"{folder} cannot be converted: {reason}.", OTHER_WAY)


def _rope(config: dict[str, Any], head_dim: int) -> Rope:
    rope: dict[str, Any] = dict(config.get("rope_parameters") or config.get("rope_scaling") or {})
    theta = float(rope.get("rope_theta") or config.get("rope_theta") or 10000.0)
    kind = rope.get("rope_type") or rope.get("type") or "default"
    if float(rope.get("partial_rotary_factor", config.get("partial_rotary_factor", 1.0)) or 1.0) != 1.0:
        raise ArchitectureUnknown("The model rotates only a part of each head.", OTHER_WAY)
    if kind == "default":
        return Rope(theta)
    if kind == "linear":
        return Rope(theta, linear_factor=float(rope["factor"]))
    if kind == "llama3":
        return Rope(theta, divisors=_llama3_divisors(rope, theta, head_dim, config))
    if kind == "yarn":
        return Rope(theta, yarn=_yarn(rope))
    raise ArchitectureUnknown(f"Position scaling of type {kind!r} is not supported.", OTHER_WAY)


def _yarn(rope: dict[str, Any]) -> Yarn:
    factor, usual = float(rope["factor"]), 1.0
    if factor > 1.0:
        usual += 0.1 * math.log(factor)
    given = rope.get("attention_factor")
    # the "llama" graph does not read the two betas from the file and takes the paper's
    betas = (float(rope.get("beta_fast") or 32.0), float(rope.get("beta_slow") or 1.0))
    other_scale = given is None and bool(rope.get("mscale") or rope.get("mscale_all_dim"))
    if betas != (32.0, 1.0) or rope.get("truncate") is False or other_scale:
        raise ArchitectureUnknown("Its YaRN scaling is of a kind that llama.cpp computes otherwise.", OTHER_WAY)
    return Yarn(
        factor,
        int(rope["original_max_position_embeddings"]),
        1.0 if given is None else float(given) / usual,
    )


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
