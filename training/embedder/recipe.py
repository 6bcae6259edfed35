"""The embedder's recipe: everything that decides its training."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from training.embedder.distil import Phase
from training.errors import RecipeInvalid
from training.recipe import made
from training.toml_file import read_toml

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
    raw = read_toml(path) | dict(overrides or {})
    named = [(str(phase.pop("name", number)), phase) for number, phase in enumerate(_phases(raw, path), start=1)]
    phases = tuple((name, made(Phase, phase, path, f"phase {name}")) for name, phase in named)
    recipe = made(EmbedderRecipe, raw, path, given={"phases": phases})
    if unmade := sorted(set(recipe.average) - {name for name, _ in named} - {START}):
        raise RecipeInvalid(f"{path}: average names phases that are not there: {', '.join(unmade)}.")
    return recipe


def _phases(raw: dict[str, Any], path: Path) -> list[dict[str, Any]]:
    """The tables [[phase]], taken out of ``raw``."""
    phases = raw.pop("phase", [])
    if not isinstance(phases, list) or not all(isinstance(phase, dict) for phase in phases):
        raise RecipeInvalid(f"{path}: phase is no list of tables.", "Write [[phase]] for each.")
    return [dict(phase) for phase in phases]
