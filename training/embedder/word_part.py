"""The static part as a module of sentence-transformers; a copy of this file lies in the saved model's folder.

Loaded by ``SentenceTransformer(folder, trust_remote_code=True)``. Stands after the normalized sentence vector and joins
the mean of the text's static word rows to it. Imports its libraries at the top because they alone ever import it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from sentence_transformers.sentence_transformer.modules import Module
from torch.nn.functional import normalize

WEIGHTS = "words.safetensors"


class WordPart(Module):  # type: ignore[misc,unused-ignore]
    """``table`` (rows, dim), ``rows`` (tokens,) each token's row, ``share`` (0 to 1) of this part in the cosine."""

    def __init__(self, table: torch.Tensor, rows: torch.Tensor, share: float) -> None:
        super().__init__()
        self.table = torch.nn.Parameter(table, requires_grad=False)
        self.register_buffer("rows", rows.long())
        self.register_buffer("share", torch.tensor(float(share)))

    def forward(self, features: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
        static = normalize(self.table[self.rows[features["input_ids"]]].sum(1), dim=-1)
        parts = [features["sentence_embedding"] * (1 - self.share) ** 0.5, static * self.share**0.5]
        features["sentence_embedding"] = normalize(torch.cat(parts, dim=-1), dim=-1)
        return features

    def save(self, output_path: str, *_: Any, **__: Any) -> None:
        tensors = {"table": self.table.data, "rows": self.rows, "share": self.share}
        save_file(tensors, str(Path(output_path) / WEIGHTS))

    @classmethod
    def load(cls, model_name_or_path: str, subfolder: str = "", **_: Any) -> WordPart:
        tensors = load_file(str(Path(model_name_or_path) / subfolder / WEIGHTS))
        return cls(tensors["table"], tensors["rows"], float(tensors["share"]))
