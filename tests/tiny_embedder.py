"""A tiny embedder for the tests: an ONNX file that adds up random rows of bytes, with its tokenizer beside it."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
from tokenizers import Tokenizer, models, pre_tokenizers, processors

VOCABULARY = ["[PAD]", "[CLS]", "[SEP]", *sorted(pre_tokenizers.ByteLevel.alphabet())]


def write_tokenizer(path: Path, separator: str = "[SEP]") -> None:
    """Bytes as tokens, between [CLS] and ``separator``."""
    tokenizer = Tokenizer(models.BPE({token: number for number, token in enumerate(VOCABULARY)}, []))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    ends = [(token, VOCABULARY.index(token)) for token in {"[CLS]", separator}]
    tokenizer.post_processor = processors.TemplateProcessing(single=f"[CLS] $A {separator}", special_tokens=ends)
    tokenizer.save(str(path))


def write_embedder(
    folder: Path, name: str = "tiny", *, dim: int = 16, seed: int = 0, scale: float = 1.0, **metadata: str
) -> Path:
    """NAME.onnx and NAME.tokenizer.json in ``folder``; returns the former. Needs the package onnx. Metadata are those
    of a bundled embedder unless ``metadata`` says otherwise."""
    from onnx import TensorProto, helper, numpy_helper, save

    tokenizer = folder / f"{name}.tokenizer.json"
    write_tokenizer(tokenizer)
    rows = np.random.default_rng(seed).normal(0.0, scale, (len(VOCABULARY), dim)).astype(np.float32)
    nodes = [
        helper.make_node("Gather", ["rows", "input_ids"], ["gathered"]),
        helper.make_node("Cast", ["attention_mask"], ["mask"], to=TensorProto.FLOAT),
        helper.make_node("Unsqueeze", ["mask", "last"], ["column"]),
        helper.make_node("Mul", ["gathered", "column"], ["kept"]),
        helper.make_node("ReduceSum", ["kept", "middle"], ["sum"], keepdims=0),
        helper.make_node("LpNormalization", ["sum"], ["vector"], axis=1, p=2),
    ]
    graph = helper.make_graph(
        nodes,
        name,
        [helper.make_tensor_value_info(i, TensorProto.INT64, ["b", "t"]) for i in ("input_ids", "attention_mask")],
        [helper.make_tensor_value_info("vector", TensorProto.FLOAT, ["b", dim])],
        [
            numpy_helper.from_array(rows, "rows"),
            numpy_helper.from_array(np.array([2], np.int64), "last"),
            numpy_helper.from_array(np.array([1], np.int64), "middle"),
        ],
    )
    model: Any = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    known = {
        "name": name, "languages": "ja,en", "max_tokens": "256",
        "tokenizer_sha256": hashlib.sha256(tokenizer.read_bytes()).hexdigest(),
    }  # fmt: skip
    helper.set_model_props(model, {**known, **metadata})
    path = folder / f"{name}.onnx"
    save(model, str(path))
    return path
