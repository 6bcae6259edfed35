"""The model: a small Llama, and the structured start that gives it a copying circuit before the first step.

Answering from an excerpt is finding a place and copying from there. Transformers find the copying circuit (a head that
looks one token back, then a head that looks for what came after the same token before: "induction heads", Olsson et
al. 2022) by themselves, but late: after more tokens than a two-core box reads in an hour. So the first layers start
with that circuit written into their weights, as in mimetic initialisation (Trockman and Kolter 2023). Training is free
to change every weight of it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from training.bundled.recipe import Shape
from training.bundled.tokenizer import BOS_ID, END_ID, PAD_ID
from training.errors import RecipeInvalid

EMBEDDING_STD = 0.05
CONSTANT = slice(0, 8)  # dimensions that are the same for every token: what position-only heads look at
BACK = (slice(8, 56), slice(56, 88))  # where the heads of layer 0 write the token one and two places back
CONTENT_FROM = 88  # the token's own random code
BACK_PAIRS = 6  # fastest rotary pairs: they tell one place from the next
MATCH_FROM = 12  # rotary pairs from here on turn less than one radian within a prompt at theta 1e8


def new_model(shape: Shape, vocab_size: int, seed: int) -> Any:
    """A LlamaForCausalLM with tied embeddings; with ``shape.structured``, started as described above."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    if shape.structured and not _can_be_structured(shape):
        raise RecipeInvalid(
            "The structured start needs hidden >= 176, layers >= 3, heads = kv_heads >= 2 and head_dim 64.",
            "Enlarge [shape] or set structured = false.",
        )
    torch.manual_seed(seed)
    config = LlamaConfig(
        vocab_size=vocab_size,
        hidden_size=shape.hidden,
        intermediate_size=shape.ffn,
        num_hidden_layers=shape.layers,
        num_attention_heads=shape.heads,
        num_key_value_heads=shape.kv_heads,
        head_dim=shape.head_dim,
        max_position_embeddings=shape.context,
        rope_parameters={"rope_type": "default", "rope_theta": shape.rope_theta},
        rms_norm_eps=1e-5,
        tie_word_embeddings=True,
        bos_token_id=BOS_ID,
        eos_token_id=END_ID,
        pad_token_id=PAD_ID,
        attn_implementation="sdpa",
    )
    model = LlamaForCausalLM(config)
    if shape.structured:
        with torch.no_grad():
            _structure(model, shape)
    return model


def _can_be_structured(shape: Shape) -> bool:
    roomy = shape.hidden >= 2 * CONTENT_FROM and shape.head_dim == 64 and shape.layers >= 3
    return roomy and shape.heads == shape.kv_heads >= 2


def load_model(folder: Path) -> Any:
    """The model that was saved into ``folder``, in float32."""
    import torch
    from transformers import LlamaForCausalLM

    return LlamaForCausalLM.from_pretrained(folder, dtype=torch.float32, attn_implementation="sdpa")


def _structure(model: Any, shape: Shape) -> None:
    """Write the copying circuit: layer 0 looks back, layers 1 and 2 look for the successor and copy it."""
    import torch

    width = shape.hidden - CONTENT_FROM
    codes = torch.linalg.qr(torch.randn(width, width))[0]
    copies = torch.linalg.qr(torch.randn(width, width))[0]
    embedding = model.model.embed_tokens.weight
    embedding.normal_(0.0, EMBEDDING_STD)
    embedding[:, :CONTENT_FROM] *= 0.1
    embedding[:, CONSTANT] = 2 * EMBEDDING_STD
    layers = model.model.layers
    for layer in layers:
        layer.self_attn.o_proj.weight *= 0.25
        torch.nn.init.normal_(layer.mlp.down_proj.weight, 0.0, 0.02 / (2 * shape.layers) ** 0.5)
    for head, target in enumerate(BACK):
        _look_back(layers[0].self_attn, shape, head, target, codes)
    quarter = width // 4
    for turn in range(4):
        attention, head = layers[1 + turn // 2].self_attn, turn % 2
        _look_for_successor(attention, shape, head, codes, gain=2.0 + 0.6 * (turn // 2))
        _copy(attention, shape, head, copies[turn * quarter : (turn + 1) * quarter])


def _rows(shape: Shape, head: int) -> slice:
    return slice(head * shape.head_dim, (head + 1) * shape.head_dim)


def _look_back(attention: Any, shape: Shape, head: int, target: slice, codes: Any) -> None:
    """Make ``head`` attend ``head + 1`` tokens back, whatever they are, and write that token's code into ``target``.

    Queries and keys are constant; turning the query back by the distance puts the peak of the rotary score there.
    """
    import torch

    rows, half, width = _rows(shape, head), shape.head_dim // 2, target.stop - target.start
    q, k, v, o = (getattr(attention, f"{name}_proj").weight for name in "qkvo")
    q[rows], k[rows], v[rows], o[:, rows] = 0.0, 0.0, 0.0, 0.0
    for pair in range(BACK_PAIRS):
        angle = torch.tensor(-(head + 1) * shape.rope_theta ** (-pair / half))
        q[rows][pair, CONSTANT] = 0.55 * torch.cos(angle)
        q[rows][pair + half, CONSTANT] = 0.55 * torch.sin(angle)
        k[rows][pair, CONSTANT] = 0.55
    v[rows][:width, CONTENT_FROM:] = codes[:width]
    o[target, rows][:, :width] = EMBEDDING_STD * torch.eye(width)


def _look_for_successor(attention: Any, shape: Shape, head: int, codes: Any, gain: float) -> None:
    """Make ``head`` attend to tokens whose two predecessors are the token here and the one before it."""
    import torch

    rows, half = _rows(shape, head), shape.head_dim // 2
    slots = [*range(MATCH_FROM, half), *range(MATCH_FROM + half, shape.head_dim)]
    near, far = BACK[0].stop - BACK[0].start, BACK[1].stop - BACK[1].start
    q, k = attention.q_proj.weight, attention.k_proj.weight
    q[rows], k[rows] = 0.0, 0.0
    first, second = range(head * near // 2, (head + 1) * near // 2), range(head * far // 2, (head + 1) * far // 2)
    for slot, code in zip(slots, first, strict=False):
        q[rows][slot, CONTENT_FROM:] = gain * codes[code]
        k[rows][slot, BACK[0].start + code] = gain
    for slot, code in zip(slots[len(first) :], second, strict=True):
        q[rows][slot, BACK[0].start + code] = gain
        k[rows][slot, BACK[1].start + code] = gain
    q[rows] += 0.01 * torch.randn_like(q[rows])
    k[rows] += 0.01 * torch.randn_like(k[rows])


def _copy(attention: Any, shape: Shape, head: int, basis: Any) -> None:
    """Make ``head`` add the attended token's part along ``basis`` to what is predicted here."""
    rows, width = _rows(shape, head), basis.shape[0]
    v, o = attention.v_proj.weight, attention.o_proj.weight
    v[rows], o[:, rows] = 0.0, 0.0
    v[rows][:width, CONTENT_FROM:] = basis
    o[CONTENT_FROM:, rows][:, :width] = 2 * EMBEDDING_STD * basis.T
