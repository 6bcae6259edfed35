"""Recommended: open models for a small box, with licence, size, and what memory and speed to expect of a board."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

FILE = Path(__file__).with_name("recommended.toml")
Kind = Literal["q4_k_m", "q8_0", "w8a8"]
# bytes a weight where no published file was found: over all weights of a model of 1 to 4 billion (llama.cpp,
# tools/quantize/README.md); w8a8 keeps a byte
_BYTES_A_WEIGHT: dict[str, float] = {"q4_k_m": 4.95 / 8, "q8_0": 8.5 / 8, "w8a8": 1.0}
KV_BYTES = 2.0  # f16
BESIDE_GB = 0.6  # Andon with its embedder, llama.cpp's buffers of a batch
CONTEXT_TOKENS = 2048


@dataclass(frozen=True, slots=True)
class RecommendedBoard:
    """A board and runtime. What is read for a token bounds its speed: ``bandwidth_gb_s`` is the memory's (for
    processors what a copy test reaches), of which runtimes were seen to reach ``share_low`` to ``share_high``.
    ``usable_gb``: memory that is left for a model and all beside it."""

    id: str
    name: str
    runtime: str
    kind: Kind
    bandwidth_gb_s: float
    share_low: float
    share_high: float
    usable_gb: float


@dataclass(frozen=True, slots=True)
class RecommendedModel:
    """``licence`` as published; ``licence_certain`` false where more than one text applies; ``commercial`` false where
    it forbids use in production. ``shape_certain``: whether layers and heads were read from the model's own page or
    config.json, or those of its offspring (recommended.toml names them)."""

    id: str
    source: str
    licence: str
    licence_certain: bool
    commercial: bool
    parameters: int
    layers: int
    kv_heads: int
    head_size: int
    shape_certain: bool
    context: int
    q4_k_m_gb: float
    q8_0_gb: float
    note_en: str
    note_ja: str

    def published(self, kind: Kind) -> bool:
        """Whether the size of ``kind`` is that of a published file rather than an estimate."""
        return bool({"q4_k_m": self.q4_k_m_gb, "q8_0": self.q8_0_gb}.get(kind))

    def size_gb(self, kind: Kind) -> float:
        known = {"q4_k_m": self.q4_k_m_gb, "q8_0": self.q8_0_gb}.get(kind, 0)
        return known or self.parameters * _BYTES_A_WEIGHT[kind] / 1e9

    def kv_gb(self, tokens: int = CONTEXT_TOKENS) -> float:
        """Keys and values of ``tokens``: 2 x layers x key heads x head size x 2 bytes each."""
        return 2 * self.layers * self.kv_heads * self.head_size * KV_BYTES * tokens / 1e9


@dataclass(frozen=True, slots=True)
class Expected:
    """What to expect of a model on a board; by formula, never measured. ``fits``: weights, keys and values and what
    runs beside them are below what the board has left."""

    model: RecommendedModel
    board: RecommendedBoard
    size_gb: float
    memory_gb: float
    tokens_a_second_low: float
    tokens_a_second_high: float
    fits: bool


def recommended() -> tuple[tuple[RecommendedModel, ...], tuple[RecommendedBoard, ...]]:
    """The models and boards of recommended.toml, in its order."""
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    found: dict[str, list[dict[str, Any]]] = tomllib.loads(FILE.read_text(encoding="utf-8"))
    models = tuple(RecommendedModel(**entry) for entry in found["model"])
    return models, tuple(RecommendedBoard(**entry) for entry in found["board"])


def expect(model: RecommendedModel, board: RecommendedBoard, tokens: int = CONTEXT_TOKENS) -> Expected:
    """By the roofline: tokens a second are bandwidth x share / bytes read for a token, the weights and, half full, the
    keys and values."""
    size, kv = model.size_gb(board.kind), model.kv_gb(tokens)
    roof = board.bandwidth_gb_s / (size + kv / 2)
    memory = size + kv + BESIDE_GB
    return Expected(
        model, board, size, memory, roof * board.share_low, roof * board.share_high, memory <= board.usable_gb
    )
