"""Recipes: tables of a TOML file -> frozen dataclasses. What is unknown, missing or of another kind is named.

Each kind of run has dataclasses and checks of its own (``recipe.py`` in bundled, domain, embedder); how a file becomes
one stands here alone. A field's annotation says what is read: bool, int, float, str, Path, tuples and mappings of
them, each also with ``| None`` (for which "" is written), and dataclasses for tables.
"""

from __future__ import annotations

import types
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, asdict, fields, is_dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from training.errors import RecipeInvalid

Made = TypeVar("Made")
WORDS = {bool: "value of true or false", int: "whole number", float: "number", str: "text", Path: "path"}


def made(kind: type[Made], raw: object, path: Path, table: str = "", given: Mapping[str, Any] | None = None) -> Made:
    """A ``kind`` made of the table ``raw``, called ``table`` in the file ``path`` ("" for its top). ``given``: fields
    that the caller has made already; the file may not name them. Raises RecipeInvalid with the key that is wrong."""
    given = given or {}
    if not isinstance(raw, Mapping):
        raise RecipeInvalid(f"{path}: {table} is no table.", f"Write [{table}] on a line of its own.")
    wanted = {f.name: f for f in fields(kind) if f.name not in given}  # type: ignore[arg-type]
    types_of = get_type_hints(kind)
    values: dict[str, Any] = dict(given)
    for key, value in raw.items():
        place = f"{table}.{key}" if table else str(key)
        if key not in wanted:
            raise RecipeInvalid(f"{path}: unknown key {place}.", _instead(str(key), wanted), "key")
        values[key] = _value(types_of[key], value, path, place)
    lacking = [f.name for f in wanted.values()
               if f.name not in values and f.default is MISSING and f.default_factory is MISSING]  # fmt: skip
    if lacking:
        where = f" in [{table}]" if table else ""
        raise RecipeInvalid(f"{path}: missing {', '.join(lacking)}{where}.", f"Write {lacking[0]} = ...", "missing")
    return kind(**values)


def as_plain(part: Any) -> dict[str, Any]:
    """A recipe or a part of it as JSON takes it."""
    if not is_dataclass(part) or isinstance(part, type):
        raise TypeError(f"{part!r} is no part of a recipe")
    return {key: _plain(value) for key, value in asdict(part).items()}


def _plain(value: Any) -> Any:
    if isinstance(value, Path):
        return value.as_posix()
    if isinstance(value, Mapping):
        return {key: _plain(held) for key, held in value.items()}
    return [_plain(held) for held in value] if isinstance(value, (list, tuple)) else value


def _instead(key: str, wanted: Sequence[str] | Mapping[str, Any]) -> str:
    close = get_close_matches(key, list(wanted), 1)
    meant = f"Did you mean {close[0]}? " if close else ""
    return f"{meant}Known are: {', '.join(sorted(wanted))}."


def _value(wanted: Any, value: Any, path: Path, place: str) -> Any:
    """``value`` brought to the type ``wanted``."""
    if is_dataclass(wanted):
        return made(wanted, value, path, place)  # type: ignore[arg-type]
    options = get_args(wanted) if get_origin(wanted) in (Union, types.UnionType) else (wanted,)
    if type(None) in options and value == "":
        return None
    (kind,) = (option for option in options if option is not type(None))
    try:
        return _converted(kind, value)
    except (TypeError, ValueError):
        raise RecipeInvalid(
            f"{path}: {place} is {value!r}, which is no {_named(kind)}.", _example(kind), "value"
        ) from None


def _converted(kind: Any, value: Any) -> Any:
    inner = get_args(kind)
    if get_origin(kind) is tuple:
        return tuple(_converted(inner[0], one) for one in (value if isinstance(value, list) else [value]))
    if inner and isinstance(value, Mapping):
        return {str(key): _converted(inner[1], held) for key, held in value.items()}
    if kind is bool and isinstance(value, bool):
        return value
    if kind in (int, float) and not isinstance(value, (bool, str)) and kind(value) == value:
        return kind(value)
    if kind in (str, Path) and isinstance(value, (str, Path)):
        return kind(value)
    raise TypeError


def _named(kind: Any) -> str:
    inner = get_args(kind)
    if get_origin(kind) is tuple:
        return f"list of {_named(inner[0])}s"
    return f"table of {_named(inner[1])}s" if inner else WORDS.get(kind, str(kind))


def _example(kind: Any) -> str:
    inner = get_args(kind)
    one = {bool: "true", int: "2", float: "0.5", str: '"text"', Path: '"folder/file"'}
    if get_origin(kind) is tuple:
        return f"Write it as [{one.get(inner[0], '...')}]."
    return f"Write it as {{ name = {one.get(inner[1], '...')} }}." if inner else f"Write it as {one.get(kind, '...')}."
