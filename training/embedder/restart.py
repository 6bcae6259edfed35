"""Restart: the student and its word rows read back from an exported ONNX file, to be trained further.

Weights come back with the rounding of their 7 or 8 bits; the vectors differ as little as those of the export do
(about 0.3 % of the cosine), which a few steps of training undo.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.embedder.student import student_module
from training.embedder.vocabulary import SPECIAL, Vocabulary, is_latin
from training.embedder.words import Words
from training.errors import StageMissing

Array = NDArray[Any]


def read_exported(file: Path, teacher_file: Path) -> tuple[Any, Words, Vocabulary]:
    """The student (a torch module), its static part and its vocabulary from ``file`` (.onnx, as export_onnx writes it)
    and the tokenizer beside it. ``teacher_file``: the teacher's tokenizer.json, which tells whose pieces are whose.
    Raises StageMissing."""
    import onnx
    import torch
    from onnx import numpy_helper
    from tokenizers import Tokenizer

    tokenizer = file.with_suffix(".tokenizer.json")
    if not file.is_file() or not tokenizer.is_file():
        raise StageMissing(f"There is no embedder {file} with its tokenizer.", "Copy both there, or train anew.")
    held = {c.name: numpy_helper.to_array(c) for c in onnx.load(str(file)).graph.initializer}
    if not {"token_rows", "words", "static", "positions"} <= held.keys():
        raise StageMissing(f"{file} is no embedder made by this recipe.", "Name models/andon-embed-ja-en.onnx.")
    state = _state(held)
    table = state["embeddings.word_embeddings.weight"]
    layers = 1 + max(int(name.split(".")[2]) for name in state if name.startswith("encoder.layer."))
    inner = len(state["encoder.layer.0.intermediate.dense.bias"])
    student = student_module(len(table), len(held["positions"]), table.shape[1], layers, inner)
    student.load_state_dict({name: torch.from_numpy(np.array(value)) for name, value in state.items()})
    rows = held["token_rows"].astype(np.int32)
    words = Words(_rows(held, "static"), rows, float(held["share_1"][0]) ** 2)
    text = tokenizer.read_text("utf-8")
    return student, words, Vocabulary(Tokenizer.from_str(text), rows.tolist(), _teacher_ids(text, rows, teacher_file))


def _state(held: dict[str, Array]) -> dict[str, Array]:
    state = {
        "embeddings.word_embeddings.weight": _rows(held, "words"),
        "embeddings.position_embeddings.weight": held["positions"],
    }
    for name, value in held.items():
        if "LayerNorm" in name:
            state[name] = value
        elif name.endswith(".qkv"):
            layer = name.removesuffix(".qkv")
            whole = _matrix(value, held[f"{layer}.qkv_scale"], held.get(f"{layer}.attention.self.query.level"))
            for part, matrix, bias in zip(
                ("query", "key", "value"), np.split(whole, 3), np.split(held[f"{layer}.qkv_bias"], 3), strict=True
            ):
                state[f"{layer}.attention.self.{part}.weight"] = matrix
                state[f"{layer}.attention.self.{part}.bias"] = bias
        elif name.endswith("dense.weight"):
            product = name.removesuffix(".weight")
            state[name] = _matrix(value, held[f"{product}.scale"], held.get(f"{product}.level"))
            state[f"{product}.bias"] = held[f"{product}.bias"]
    return state


def _rows(held: dict[str, Array], name: str) -> NDArray[np.float32]:
    return (held[name].astype(np.float32) * held[f"{name}_scales"]).astype(np.float32)


def _matrix(weight: Array, scale: Array, level: Array | None) -> NDArray[np.float32]:
    """(out, in) float32 of an (in, out) int8 matrix with a scale a column; ``level``: what its inputs were multiplied
    by."""
    matrix = weight.astype(np.float32) * scale[None, :]
    if level is not None:
        matrix = matrix * level[:, None]
    return np.ascontiguousarray(matrix.T)


def _teacher_ids(text: str, rows: Array, teacher_file: Path) -> list[int]:
    """For each row the teacher's token id, -1 for a Japanese piece."""
    ours: dict[str, int] = json.loads(text)["model"]["vocab"]
    theirs: dict[str, int] = json.loads(teacher_file.read_text("utf-8"))["model"]["vocab"]
    found = [-1] * (int(rows.max()) + 1)
    for token, number in ours.items():
        if token in SPECIAL or is_latin(token):
            found[int(rows[number])] = theirs.get(token, -1)
    return found
