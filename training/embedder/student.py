"""The student: the teacher's layers over the bilingual vocabulary; texts -> unit vectors, and its losses."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

PAD_TO = 8
PAD, CLS, SEP = 0, 2, 3  # rows, in the order of vocabulary.SPECIAL
HEADS = 12
EPSILON = 1e-12
TEMPERATURE = 0.05


def make_student(teacher_folder: Path, words: NDArray[np.float32]) -> Any:
    """A torch module of the teacher's layers (MiniLM: 6 x 384, 12 heads) with ``words`` (rows, 384) as its word table.

    Its ``forward(rows (b, t) int64, mask (b, t) bool)`` gives (b, 384) unit vectors: the mean over the text's tokens,
    as sentence-transformers' all-MiniLM-L6-v2 does it.
    """
    import torch
    from safetensors.torch import load_file

    weights = load_file(str(teacher_folder / "model.safetensors"))
    names = {n.removeprefix("bert."): w for n, w in weights.items()}
    positions, width = names["embeddings.position_embeddings.weight"].shape
    layers = 1 + max(int(n.split(".")[2]) for n in names if n.startswith("encoder.layer."))
    inner = names["encoder.layer.0.intermediate.dense.bias"].shape[0]
    student = student_module(len(words), positions, width, layers, inner)
    state = {n: w for n, w in names.items() if n in student.state_dict() and "word_embeddings" not in n}
    kind = names["embeddings.token_type_embeddings.weight"][0]
    state["embeddings.position_embeddings.weight"] = names["embeddings.position_embeddings.weight"] + kind
    state["embeddings.word_embeddings.weight"] = torch.from_numpy(words)
    missing, unexpected = student.load_state_dict(state, strict=False)
    if missing or unexpected:
        raise ValueError(f"The teacher lacks {missing} or has {unexpected}: not all-MiniLM-L6-v2.")
    return student


def student_module(rows: int, positions: int = 512, width: int = 384, layers: int = 6, inner: int = 1536) -> Any:
    """The empty module; parameter names are those of a BERT model, so that any library can read them."""
    import torch
    from torch import nn

    def layer() -> Any:
        attention = nn.ModuleDict(
            {"self": nn.ModuleDict({n: nn.Linear(width, width) for n in ("query", "key", "value")})}
        )
        attention["output"] = nn.ModuleDict(
            {"dense": nn.Linear(width, width), "LayerNorm": nn.LayerNorm(width, EPSILON)}
        )
        return nn.ModuleDict(
            {
                "attention": attention,
                "intermediate": nn.ModuleDict({"dense": nn.Linear(width, inner)}),
                "output": nn.ModuleDict({"dense": nn.Linear(inner, width), "LayerNorm": nn.LayerNorm(width, EPSILON)}),
            }
        )

    class Student(nn.Module):  # type: ignore[misc,unused-ignore]
        def __init__(self) -> None:
            super().__init__()
            self.embeddings = nn.ModuleDict(
                {
                    "word_embeddings": nn.Embedding(rows, width),
                    "position_embeddings": nn.Embedding(positions, width),
                    "LayerNorm": nn.LayerNorm(width, EPSILON),
                }
            )
            self.encoder = nn.ModuleDict({"layer": nn.ModuleList(layer() for _ in range(layers))})

        def hidden(self, ids: Any, mask: Any) -> Any:
            """What the last layer makes of each token, (b, t, width)."""
            places = torch.arange(ids.shape[1])
            parts = self.embeddings
            x = parts["LayerNorm"](parts["word_embeddings"](ids) + parts["position_embeddings"](places))
            seen = mask[:, None, None, :]
            for block in self.encoder["layer"]:
                x = _block(block, x, seen)
            return x

        def forward(self, ids: Any, mask: Any) -> Any:
            return pooled(self.hidden(ids, mask), mask)

    return Student()


def pooled(hidden: Any, mask: Any) -> Any:
    """The (b, width) unit vectors of ``hidden`` (b, t, width): the mean over each text's own tokens."""
    from torch.nn.functional import normalize

    kept = mask[:, :, None].to(hidden.dtype)
    return normalize((hidden * kept).sum(1).float() / kept.sum(1).float(), dim=-1)


def _block(block: Any, x: Any, seen: Any) -> Any:
    from torch.nn.functional import gelu, scaled_dot_product_attention

    batch, length, width = x.shape
    heads = [
        block["attention"]["self"][n](x).view(batch, length, HEADS, width // HEADS).transpose(1, 2)
        for n in ("query", "key", "value")
    ]
    mixed = (
        scaled_dot_product_attention(heads[0], heads[1], heads[2], attn_mask=seen)
        .transpose(1, 2)
        .reshape(batch, length, width)
    )
    after = block["attention"]["output"]
    x = after["LayerNorm"](after["dense"](mixed) + x)
    out = block["output"]
    return out["LayerNorm"](out["dense"](gelu(block["intermediate"]["dense"](x))) + x)


def framed(text: NDArray[np.int32], longest: int) -> NDArray[np.int32]:
    """The text's rows between [CLS] and [SEP], at most ``longest`` in all."""
    return np.concatenate([[CLS], text[: longest - 2], [SEP]]).astype(np.int32)


def batch_of(texts: Sequence[NDArray[np.int32]], pad: int) -> tuple[Any, Any]:
    """Rows of several texts, padded to a common length: (b, t) int64 and the mask of real tokens (b, t) bool."""
    import torch

    longest = -(-max(len(t) for t in texts) // PAD_TO) * PAD_TO
    ids = np.full((len(texts), longest), pad, np.int64)
    for place, text in enumerate(texts):
        ids[place, : len(text)] = text
    lengths = np.array([len(t) for t in texts])
    return torch.from_numpy(ids), torch.from_numpy(np.arange(longest)[None, :] < lengths[:, None])


def contrast(left: Any, right: Any) -> Any:
    """InfoNCE both ways: each text must know its partner among the batch's."""
    import torch
    from torch.nn.functional import cross_entropy

    scores = left @ right.T / TEMPERATURE
    goal = torch.arange(len(left))
    return (cross_entropy(scores, goal) + cross_entropy(scores.T, goal)) / 2


def distance(student: Any, teacher: Any) -> Any:
    """1 - cosine to the teacher's vectors, mean over the batch."""
    return 1 - (student * teacher).sum(-1).mean()


def input_peaks(student: Any, batches: Sequence[tuple[Any, Any]]) -> dict[str, NDArray[np.float32]]:
    """For each matrix, by its name, the largest absolute value of each channel of its input over ``batches``."""
    import torch

    peaks: dict[str, Any] = {}

    def watch(name: str) -> Any:
        def hook(_: Any, inputs: Any) -> None:
            found = inputs[0].abs().amax((0, 1))
            peaks[name] = torch.maximum(peaks[name], found) if name in peaks else found

        return hook

    handles = [
        module.register_forward_pre_hook(watch(name))
        for name, module in student.named_modules()
        if isinstance(module, torch.nn.Linear)
    ]
    with torch.no_grad():
        for batch in batches:
            student(*batch)
    for handle in handles:
        handle.remove()
    return {name: found.numpy() for name, found in peaks.items()}
