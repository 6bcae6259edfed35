"""The embedder's recipe: everything that decides its training, read from one TOML file."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from training.embedder.distil import Phase
from training.errors import RecipeInvalid

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

START = "start"


@dataclass(frozen=True, slots=True)
class Static:
    """The static part: ``minutes`` of training (or ``steps`` where above 0), ``dim`` dimensions, ``batch`` pairs;
    ``share`` (0 to 1) of the finished embedder's cosine."""

    minutes: float = 4.0
    dim: int = 256
    batch: int = 1024
    steps: int = 0
    share: float = 0.3


@dataclass(frozen=True, slots=True)
class EmbedderRecipe:
    """``teacher``: folder of all-MiniLM-L6-v2, none takes the installed package's; ``facts``: folder of asked facts;
    ``excluded``: texts in repository or path that keep a page out; ``most_pairs``: 0 reads all; ``model_file``: where
    the ONNX file goes (none: it stays in ``out``); ``average``: phases whose weights' mean is the model (none: the last
    phase's; one named three times weighs three times), which keeps what the earlier one could (Wortsman et al.: Robust
    fine-tuning of zero-shot models, 2022).
    ``start``: an embedder exported before, trained further instead of made anew; in ``average`` it is called "start".
    ``late``: numbers a token for late interaction, 0 for none."""

    name: str
    corpus: Path
    out: Path
    phases: tuple[tuple[str, Phase], ...]
    static: Static = Static()
    teacher: Path | None = None
    glossary: Path | None = None
    facts: Path | None = None
    model_file: Path | None = None
    results_file: Path | None = None
    excluded: tuple[str, ...] = ()
    seed: int = 1
    threads: int = 2
    pieces: int = 10_000
    subjects: int = 700
    most_pairs: int = 0
    average: tuple[str, ...] = ()
    start: Path | None = None
    late: int = 0
    note: str = ""


def read_embedder_recipe(path: Path, overrides: Mapping[str, Any] | None = None) -> EmbedderRecipe:
    """Read ``path``; ``overrides`` replaces top-level values. Relative paths count from the current folder. Raises
    RecipeInvalid with the key that is wrong."""
    try:
        raw = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise RecipeInvalid(f"No recipe {path}.", "The bundled ones lie in training/recipes.") from None
    except tomllib.TOMLDecodeError as reason:
        raise RecipeInvalid(f"{path} is not TOML: {reason}.") from None
    raw.update(overrides or {})
    phases = raw.pop("phase", [])
    known = {f.name: f for f in fields(EmbedderRecipe) if f.name != "phases"}
    if unknown := sorted(set(raw) - set(known)):
        raise RecipeInvalid(f"{path}: unknown keys {', '.join(unknown)}.", f"Known are: {', '.join(sorted(known))}.")
    if missing := [key for key in ("name", "corpus", "out") if key not in raw]:
        raise RecipeInvalid(f"{path}: missing {', '.join(missing)}.")
    for key in ("corpus", "out", "teacher", "glossary", "facts", "model_file", "results_file", "start"):
        if raw.get(key):
            raw[key] = Path(str(raw[key]))
    raw["excluded"] = tuple(raw.get("excluded", ()))
    raw["average"] = tuple(raw.get("average", ()))
    raw["static"] = _table(Static, raw.get("static", {}), path, "static")
    named = [(str(p.pop("name", number)), p) for number, p in enumerate(map(dict, phases), start=1)]
    if unmade := sorted(set(raw["average"]) - {name for name, _ in named} - {START}):
        raise RecipeInvalid(f"{path}: average names phases that are not there: {', '.join(unmade)}.")
    return EmbedderRecipe(phases=tuple((n, _table(Phase, p, path, f"phase {n}")) for n, p in named), **raw)


def _table(kind: Any, raw: Mapping[str, Any], path: Path, table: str) -> Any:
    try:
        return kind(**raw)
    except TypeError as wrong:
        known = ", ".join(f.name for f in fields(kind))
        raise RecipeInvalid(f"{path}: {table}: {wrong}.", f"Known are: {known}.") from None
