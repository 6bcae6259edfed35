"""OnnxGraph: nodes and weights of an ONNX file, read where they lie and left out one by one, without the package onnx.

The field numbers are those of onnx.proto; protobuf never changes a number that is in use.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

_GRAPH = 7  # of ModelProto
_NODE, _INITIALIZER, _INPUT, _OUTPUT = 1, 5, 11, 12  # of GraphProto
_NUMBER, _BYTES = 0, 2  # kinds of field; the others have a fixed size
_FIXED = {1: 8, 5: 4}


class NotOnnx(ValueError):
    """The bytes are no ONNX file, or a damaged one."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a message: bytes ``start`` to ``end``, of which the content begins ``inside``; ``value`` of a
    number."""

    number: int
    start: int
    inside: int
    end: int
    value: int


@dataclass(frozen=True, slots=True)
class Node:
    """``axis`` is 0 where the node names none; ``holds_graph``: a branch or a loop, whose body may use any tensor."""

    start: int
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    kind: str
    axis: int
    holds_graph: bool


@dataclass(frozen=True, slots=True)
class Weights:
    """Numbers of TensorProto.DataType ``kind`` that lie raw from ``at`` to ``end``; ``at`` is -1 where they do not."""

    start: int
    name: str
    shape: tuple[int, ...]
    kind: int
    at: int
    end: int


class OnnxGraph:
    """The graph of an ONNX file whose bytes are ``data``. Raises NotOnnx."""

    def __init__(self, data: memoryview) -> None:
        self._data = data
        try:
            self._graph = next(field for field in _fields(data, 0, len(data)) if field.number == _GRAPH)
            self._parts = list(_fields(data, self._graph.inside, self._graph.end))
            self.nodes = [self._node(part) for part in self._of(_NODE)]
            self.weights = {found.name: found for found in map(self._weights, self._of(_INITIALIZER))}
            self.ends = {self._text(part, 1) for part in self._parts if part.number in (_INPUT, _OUTPUT)}
        except (IndexError, StopIteration, UnicodeDecodeError) as error:
            raise NotOnnx(str(error)) from error

    def without(self, starts: Collection[int], inputs: Collection[tuple[str, int, int]]) -> bytes:
        """The whole file but for the nodes and weights that begin at ``starts``, with more ``inputs``: name, kind and
        width of each, of shape (any, any, width)."""
        data, graph = self._data, self._graph
        inside = [bytes(data[part.start : part.end]) for part in self._parts if part.start not in starts]
        inside += [_input(*given) for given in inputs]
        return b"".join([bytes(data[: graph.start]), message(_GRAPH, b"".join(inside)), bytes(data[graph.end :])])

    def _of(self, number: int) -> Iterator[Field]:
        return (part for part in self._parts if part.number == number)

    def _node(self, node: Field) -> Node:
        inputs, outputs, kind, axis, holds_graph = [], [], "", 0, False
        for field in _fields(self._data, node.inside, node.end):
            match field.number:
                case 1:
                    inputs.append(self._content(field))
                case 2:
                    outputs.append(self._content(field))
                case 4:
                    kind += self._content(field)
                case 5:
                    named = {part.number: part for part in _fields(self._data, field.inside, field.end)}
                    holds_graph |= bool({6, 11} & named.keys())  # AttributeProto.g and graphs
                    if 1 in named and 3 in named and self._content(named[1]) == "axis":
                        axis = named[3].value
                case 7 if self._content(field):
                    kind = f"{self._content(field)}:{kind}"
        return Node(node.start, tuple(inputs), tuple(outputs), kind, axis, holds_graph)

    def _weights(self, tensor: Field) -> Weights:
        name, shape, kind, raw = "", list[int](), 0, None
        for field in _fields(self._data, tensor.inside, tensor.end):
            match field.number:
                case 1 if self._data[field.start] & 7 == _BYTES:  # many in one field
                    at = field.inside
                    while at < field.end:
                        size, at = _varint(self._data, at)
                        shape.append(size)
                case 1:
                    shape.append(field.value)
                case 2:
                    kind = field.value
                case 8:
                    name = self._content(field)
                case 9:
                    raw = field
        return Weights(tensor.start, name, tuple(shape), kind, raw.inside if raw else -1, raw.end if raw else -1)

    def _text(self, message: Field, number: int) -> str:
        found = [part for part in _fields(self._data, message.inside, message.end) if part.number == number]
        return self._content(found[0]) if found else ""

    def _content(self, field: Field) -> str:
        return bytes(self._data[field.inside : field.end]).decode()


def _fields(data: memoryview, at: int, end: int) -> Iterator[Field]:
    while at < end:
        start = at
        head, at = _varint(data, at)
        kind, value = head & 7, 0
        inside = at
        if kind == _NUMBER:
            value, at = _varint(data, at)
        elif kind == _BYTES:
            size, inside = _varint(data, at)
            at = inside + size
        elif kind in _FIXED:
            at += _FIXED[kind]
        else:
            raise NotOnnx(f"a field of kind {kind} at {start}")
        if at > end:
            raise NotOnnx(f"the field at {start} goes beyond its message")
        yield Field(head >> 3, start, inside, at, value)


def _varint(data: memoryview, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return value, at


def _written(number: int) -> bytes:
    found = bytearray()
    while number > 127:
        found.append(number & 127 | 128)
        number >>= 7
    return bytes([*found, number])


def message(number: int, content: bytes) -> bytes:
    return _written(number << 3 | _BYTES) + _written(len(content)) + content


def varint_field(number: int, value: int) -> bytes:
    return _written(number << 3 | _NUMBER) + _written(value)


def _input(name: str, kind: int, width: int) -> bytes:
    """A ValueInfoProto among the graph's inputs."""
    any_size = message(1, b"")
    shape = message(2, any_size + any_size + message(1, varint_field(1, width)))
    tensor = message(1, varint_field(1, kind) + shape)
    return message(_INPUT, message(1, name.encode()) + message(2, tensor))
