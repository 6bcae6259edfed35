"""Wire: what service and model process say to each other, as lines of JSON; nothing that runs code is ever read.

To the process: its options, then ``load``, ``count``, ``stream`` and ``cancel``, each with the number of what it is
about. From it: ``loaded``, ``counts``, ``piece``, or ``failed`` (an error of edge.errors) and ``broke`` (anything else)
with the number that they answer. Values of the runner's protocol travel as objects that name their class.
"""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, get_args

from edge.errors import EdgeFailed, GenerationFailed
from edge.options import Adapter, EdgeOptions
from edge.rkllm.options import RkllmOptions
from edge.runner import Choice, Choices, Finish, Message, Piece, Sampling, TokenChance

Json = dict[str, Any]
LONGEST_LINE = 64 * 1024 * 1024  # bytes; a prompt of a million tokens has a tenth of it
_KINDS: dict[str, type] = {
    kind.__name__: kind
    for kind in (Adapter, Choice, Choices, EdgeOptions, Message, Piece, RkllmOptions, Sampling, TokenChance)
}
_CLASS = "class"


class Nonsense(Exception):
    """The other side said what it cannot have meant: its memory is damaged, perhaps."""


def line_of(message: Json) -> bytes:
    return json.dumps(message, separators=(",", ":")).encode("ascii") + b"\n"  # ASCII: lone surrogates travel, too


def message_of(line: bytes) -> Json:
    """Raises Nonsense."""
    try:
        message = json.loads(line)
    except ValueError as error:
        raise Nonsense(f"no JSON: {line[:80]!r}") from error
    if not isinstance(message, dict):
        raise Nonsense(f"no object: {line[:80]!r}")
    return message


def plain(value: Any) -> Any:
    """``value`` as JSON has it."""
    if is_dataclass(value) and type(value).__name__ in _KINDS:
        return {_CLASS: type(value).__name__, **{f.name: plain(getattr(value, f.name)) for f in fields(value)}}
    if isinstance(value, Path):
        return {_CLASS: "Path", "path": str(value)}
    if isinstance(value, bytes):
        return {_CLASS: "bytes", "hex": value.hex()}
    if isinstance(value, tuple | list):
        return [plain(one) for one in value]
    if value is None or isinstance(value, str | int | float):
        return value
    raise TypeError(f"{type(value).__name__} does not travel")


def made(value: Any) -> Any:
    """What ``plain`` was given; lists come out as tuples. Raises Nonsense."""
    if isinstance(value, list):
        return tuple(made(one) for one in value)
    if not isinstance(value, dict):
        return value
    given = {name: made(one) for name, one in value.items() if name != _CLASS}
    try:
        if value[_CLASS] == "bytes":
            return bytes.fromhex(given["hex"])
        return Path(given["path"]) if value[_CLASS] == "Path" else _KINDS[value[_CLASS]](**given)
    except (KeyError, TypeError, ValueError) as error:
        raise Nonsense(f"no such value: {value!r:.200}") from error


def piece_of(value: Any) -> Piece:
    """Raises Nonsense."""
    piece = made(value)
    if (
        isinstance(piece, Piece)
        and isinstance(piece.text, str)
        and isinstance(piece.tokens, int)
        and piece.finish in get_args(Finish)
    ):
        return piece
    raise Nonsense(f"no piece: {value!r:.200}")


def failure_json(error: EdgeFailed) -> Json:
    return {"code": error.code, "message": error.message, "remedy": error.remedy, "details": error.details}


def failure_of(told: Any) -> EdgeFailed:
    """The error that was raised over there, as its own class again. Raises Nonsense."""
    if not isinstance(told, dict) or not isinstance(told.get("details", {}), dict):
        raise Nonsense(f"no error: {told!r:.200}")
    classes: list[type[EdgeFailed]] = [EdgeFailed]
    for known in classes:
        classes += known.__subclasses__()
    kind = next((known for known in classes if known.code == told.get("code")), GenerationFailed)
    details = {str(name): str(value) for name, value in told.get("details", {}).items()}
    return kind(str(told.get("message", "")), str(told.get("remedy", "")), **details)
