"""The student as one ONNX graph with 8-bit weights, in operators that onnxruntime runs fused on any CPU."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.embedder.late import OF_STATIC, SPECIALS
from training.embedder.student import EPSILON, HEADS
from training.embedder.words import Words

Array = NDArray[Any]
OPSET = 17
FUSED = "com.microsoft"
WEIGHT_STEPS = 63
"""Weights use 7 of 8 bits: processors without VNNI add two products in 16 bits, which 8-bit ones would overflow."""


class _Graph:
    """Nodes and constants, collected."""

    def __init__(self, peaks: Mapping[str, Array], level: float) -> None:
        self.peaks, self.level = peaks, level
        self.nodes: list[Any] = []
        self.constants: list[Any] = []
        self._count = 0

    def constant(self, name: str, value: Array) -> str:
        """Add a constant once; its name."""
        from onnx import numpy_helper

        if all(known.name != name for known in self.constants):
            self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def node(self, kind: str, *inputs: str, outputs: int = 1, domain: str = "", **attributes: Any) -> Any:
        """Add a node; the name of its output, or a list of names where it has several."""
        from onnx import helper

        self._count += 1
        names = [f"{kind.lower()}_{self._count}_{i}" for i in range(outputs)]
        self.nodes.append(helper.make_node(kind, list(inputs), names, domain=domain, **attributes))
        return names[0] if outputs == 1 else names


def build_graph(
    state: Mapping[str, Array],
    words: Words,
    metadata: Mapping[str, str],
    peaks: Mapping[str, Array] | None = None,
    late: Mapping[str, Array] | None = None,
    level: float = 0.95,
) -> Any:
    """An onnx.ModelProto: input_ids (b, t) and attention_mask (b, t), int64 -> vector (b, width + dim of the static
    part) float32, unit length. With the weights of the head for late interaction (``late``, by name) also
    word_vectors (b, t, dim) of unit length and word_weights (b, t), both 0 for [CLS], [SEP] and padding.

    ``state``: the student's weights by name, float32. Matrices get one scale a column, word tables one a row;
    activations are quantized as they come. ``peaks``: for the input of each matrix (``student.input_peaks``) the
    largest value of each channel; with it, what is above their quantile ``level`` is taken from the input into the
    matrix, so that eight bits hold both (after SmoothQuant, arXiv 2211.10438).
    """
    from onnx import TensorProto, checker, helper

    graph = _Graph(peaks or {}, level)
    mask = graph.node("Cast", "attention_mask", to=TensorProto.INT32)
    row = graph.node("Gather", graph.constant("token_rows", words.rows.astype(np.int32)), "input_ids")
    x = _embedded(graph, state, row)
    layers = 1 + max(int(name.split(".")[2]) for name in state if name.startswith("encoder.layer."))
    for number in range(layers):
        x = _layer(graph, state, f"encoder.layer.{number}", x, mask)
    static = _looked_up(graph, "static", words.table, row)
    parts = [(_pooled(graph, x), 1 - words.share), (_pooled(graph, static), words.share)]
    scaled = [
        graph.node("Mul", part, graph.constant(f"share_{place}", np.array([share**0.5], np.float32)))
        for place, (part, share) in enumerate(parts)
    ]
    graph.nodes.append(
        helper.make_node("LpNormalization", [graph.node("Concat", *scaled, axis=-1)], ["vector"], axis=-1, p=2)
    )
    width = state["embeddings.LayerNorm.weight"].shape[0] + words.table.shape[1]
    outputs = [helper.make_tensor_value_info("vector", TensorProto.FLOAT, ["b", width])]
    if late is not None:
        _late(graph, late, x, static)
        dim = len(late["of_hidden.weight"])
        outputs.append(helper.make_tensor_value_info("word_vectors", TensorProto.FLOAT, ["b", "t", dim]))
        outputs.append(helper.make_tensor_value_info("word_weights", TensorProto.FLOAT, ["b", "t"]))
    whole = helper.make_graph(
        graph.nodes,
        "embedder",
        [helper.make_tensor_value_info(n, TensorProto.INT64, ["b", "t"]) for n in ("input_ids", "attention_mask")],
        outputs,
        graph.constants,
    )
    domains = [helper.make_opsetid("", OPSET), helper.make_opsetid(FUSED, 1)]
    model = helper.make_model(whole, opset_imports=domains, ir_version=8)
    helper.set_model_props(model, dict(metadata))
    checker.check_model(model)
    return model


def _late(graph: _Graph, late: Mapping[str, Array], x: str, static: str) -> None:
    """The outputs "word_vectors" and "word_weights", as training.embedder.late has them."""
    from onnx import helper

    real = graph.node("Cast", "attention_mask", to=1)
    for special in SPECIALS:
        number = graph.constant(f"special_{special}", np.array(special, np.int64))
        other = graph.node("Not", graph.node("Equal", "input_ids", number))
        real = graph.node("Mul", real, graph.node("Cast", other, to=1))
    last = graph.constant("last_axis", np.array([2]))
    sides = [
        graph.node("MatMul", _unit(graph, part), graph.constant(f"late.{name}", late[f"{name}.weight"].T * share))
        for name, part, share in (("of_hidden", x, 1.0), ("of_static", static, OF_STATIC))
    ]
    mixed = _unit(graph, graph.node("Add", *sides))
    graph.nodes.append(helper.make_node("Mul", [mixed, graph.node("Unsqueeze", real, last)], ["word_vectors"]))
    weight = graph.node("MatMul", x, graph.constant("late.weight", late["weight.weight"].T))
    weight = graph.node("Add", weight, graph.constant("late.bias", late["weight.bias"]))
    weight = graph.node("Softplus", graph.node("Squeeze", weight, last))
    graph.nodes.append(helper.make_node("Mul", [weight, real], ["word_weights"]))


def _unit(graph: _Graph, x: str) -> str:
    """Each row at length 1; a row of zeros stays one."""
    length = graph.node("ReduceL2", x, axes=[-1], keepdims=1)
    length = graph.node("Max", length, graph.constant("least_length", np.array(EPSILON, np.float32)))
    found: str = graph.node("Div", x, length)
    return found


def _embedded(graph: _Graph, state: Mapping[str, Array], row: str) -> str:
    """Word rows plus positions, normalized."""
    words = _looked_up(graph, "words", state["embeddings.word_embeddings.weight"], row)
    shape = graph.node("Shape", "input_ids", start=1, end=2)
    zero = graph.constant("zero", np.zeros(1, np.int64))
    places = graph.constant("positions", state["embeddings.position_embeddings.weight"])
    places = graph.node("Slice", places, zero, shape, zero)
    return _normalized(graph, state, "embeddings.LayerNorm", graph.node("Add", words, places))


def _looked_up(graph: _Graph, name: str, table: Array, row: str) -> str:
    """Rows of a table that is kept in 8 bits with a scale a row."""
    scale = np.maximum(np.abs(table).max(1, keepdims=True), 1e-9).astype(np.float32) / 127
    small = graph.node("Gather", graph.constant(name, np.round(table / scale).astype(np.int8)), row)
    scales = graph.node("Gather", graph.constant(f"{name}_scales", scale), row)
    found: str = graph.node("Mul", graph.node("Cast", small, to=1), scales)
    return found


def _normalized(graph: _Graph, state: Mapping[str, Array], name: str, x: str) -> str:
    scale = graph.constant(f"{name}.weight", state[f"{name}.weight"])
    bias = graph.constant(f"{name}.bias", state[f"{name}.bias"])
    found: str = graph.node("LayerNormalization", x, scale, bias, axis=-1, epsilon=EPSILON)
    return found


def _layer(graph: _Graph, state: Mapping[str, Array], name: str, x: str, mask: str) -> str:
    joined = [state[f"{name}.attention.self.{part}.weight"].T for part in ("query", "key", "value")]
    biases = [state[f"{name}.attention.self.{part}.bias"] for part in ("query", "key", "value")]
    even, matrix = _levelled(graph, f"{name}.attention.self.query", x, np.concatenate(joined, axis=1))
    weight, scale = _quantized(matrix)
    small, step, offset = graph.node("DynamicQuantizeLinear", even, outputs=3)
    mixed = graph.node(
        "QAttention",
        small,
        graph.constant(f"{name}.qkv", weight),
        graph.constant(f"{name}.qkv_bias", np.concatenate(biases)),
        step,
        graph.constant(f"{name}.qkv_scale", scale),
        mask,
        offset,
        graph.constant(f"{name}.qkv_zero", np.zeros(len(scale), np.int8)),
        domain=FUSED,
        num_heads=HEADS,
    )
    x = _added(
        graph, state, f"{name}.attention.output", _product(graph, state, f"{name}.attention.output.dense", mixed), x
    )
    inner = graph.node("Gelu", _product(graph, state, f"{name}.intermediate.dense", x), domain=FUSED)
    return _added(graph, state, f"{name}.output", _product(graph, state, f"{name}.output.dense", inner), x)


def _product(graph: _Graph, state: Mapping[str, Array], name: str, x: str) -> str:
    x, matrix = _levelled(graph, name, x, state[f"{name}.weight"].T)
    weight, scale = _quantized(matrix)
    found: str = graph.node(
        "DynamicQuantizeMatMul",
        x,
        graph.constant(f"{name}.weight", weight),
        graph.constant(f"{name}.scale", scale),
        graph.constant(f"{name}.zero", np.zeros(len(scale), np.int8)),
        graph.constant(f"{name}.bias", state[f"{name}.bias"]),
        domain=FUSED,
    )
    return found


def _added(graph: _Graph, state: Mapping[str, Array], name: str, new: str, old: str) -> str:
    scale = graph.constant(f"{name}.LayerNorm.weight", state[f"{name}.LayerNorm.weight"])
    bias = graph.constant(f"{name}.LayerNorm.bias", state[f"{name}.LayerNorm.bias"])
    found: str = graph.node("SkipLayerNormalization", new, old, scale, bias, domain=FUSED, epsilon=EPSILON)
    return found


def _levelled(graph: _Graph, name: str, x: str, matrix: Array) -> tuple[str, Array]:
    """The input with its few large channels made smaller, and the matrix with their rows made larger."""
    if name not in graph.peaks:
        return x, matrix
    peaks = graph.peaks[name]
    factor = np.maximum(1, peaks / np.quantile(peaks, graph.level)).astype(np.float32)
    return graph.node("Mul", x, graph.constant(f"{name}.level", 1 / factor)), matrix * factor[:, None]


def _quantized(matrix: Array) -> tuple[Array, Array]:
    """int8 (in, out) and one float32 scale a column."""
    scale = np.maximum(np.abs(matrix).max(0), 1e-9).astype(np.float32) / WEIGHT_STEPS
    return np.round(matrix / scale).astype(np.int8), scale


def _pooled(graph: _Graph, x: str) -> str:
    """The mean over real tokens, brought to unit length: the sum has the same direction."""
    shown = graph.node(
        "Unsqueeze", graph.node("Cast", "attention_mask", to=1), graph.constant("last_axis", np.array([2]))
    )
    total = graph.node(
        "ReduceSum", graph.node("Mul", x, shown), graph.constant("token_axis", np.array([1])), keepdims=0
    )
    found: str = graph.node("LpNormalization", total, axis=-1, p=2)
    return found
