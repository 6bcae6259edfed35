"""Weights: how many bytes a model file makes the memory deliver for each token, read from the GGUF header."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from edge.gguf_file import GgufFile, read_gguf

# enum llama_ftype in llama.h
_FILE_TYPES = {
    0: "F32", 1: "F16", 2: "Q4_0", 3: "Q4_1", 7: "Q8_0", 8: "Q5_0", 9: "Q5_1", 10: "Q2_K", 11: "Q3_K_S", 12: "Q3_K_M",
    13: "Q3_K_L", 14: "Q4_K_S", 15: "Q4_K_M", 16: "Q5_K_S", 17: "Q5_K_M", 18: "Q6_K", 25: "IQ4_NL", 30: "IQ4_XS",
    32: "BF16",
}  # fmt: skip
KV_BYTES = {"f16": 2.0, "f32": 4.0, "q8_0": 34 / 32}  # a value; q8_0: 32 of them and a scale of 2 bytes


@dataclass(frozen=True, slots=True)
class Weights:
    """``read_bytes``: weights read for a token; of the input's embedding one row is, so it counts only where it is the
    output's as well, and of a mixture of experts those that are asked. ``kv_values``: keys and values read for each
    token that stands before. ``exact`` is false where the file's size is all that is known (not GGUF)."""

    quantisation: str
    read_bytes: int
    kv_values: int
    exact: bool

    def bytes_per_token(self, before: float, kv_type: str) -> float:
        """With ``before`` tokens in the context."""
        return self.read_bytes + self.kv_values * before * KV_BYTES.get(kv_type, 2.0)


def read_weights(path: Path) -> Weights:
    """Errors: those of edge.gguf_file.read_gguf."""
    if path.suffix.lower() != ".gguf":
        return Weights(path.suffix.lstrip("."), path.stat().st_size, 0, exact=False)
    header = read_gguf(path)
    tied = not any(tensor.name == "output.weight" for tensor in header.tensors)
    file_type = header.keys.get("general.file_type", -1)
    return Weights(
        quantisation=_FILE_TYPES.get(file_type, header.kind),
        read_bytes=round(sum(tensor.bytes * _share(header, tensor.name, tied) for tensor in header.tensors)),
        kv_values=header.kv_bytes(1, 1.0),
        exact=True,
    )


def _share(header: GgufFile, name: str, tied: bool) -> float:
    """Which part of a tensor a token needs."""
    if name == "token_embd.weight":
        return 1.0 if tied else 0.0
    if "_exps." in name:
        return header.number("expert_used_count") / max(1, header.number("expert_count"))
    return 1.0
