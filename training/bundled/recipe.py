"""A recipe: everything that decides a training run, read from one TOML file."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, TypeVar

from training.errors import RecipeInvalid

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


@dataclass(frozen=True, slots=True)
class Shape:
    """The model: a Llama. ``rope_theta`` is large so that most of a head's dimensions hardly turn within a prompt and
    can match words at any distance. ``structured`` starts some heads as copying circuits (``model.py``)."""

    hidden: int = 256
    layers: int = 6
    heads: int = 4
    kv_heads: int = 4
    head_dim: int = 64
    ffn: int = 768
    context: int = 2048
    rope_theta: float = 1e8
    structured: bool = True


@dataclass(frozen=True, slots=True)
class Stage:
    """One training stage. ``minutes`` is its budget of wall clock; ``steps``, where above 0, is counted instead, which
    is how a run is repeated exactly. The learning rate warms up over ``warmup_steps``, stays, and falls to 0 over the
    last ``decay_share`` of the budget. Prompts have one to ``most_excerpts`` excerpts; those of real pages
    have at most ``excerpt_chars`` characters (half as many in Japanese). ``passage_share`` of the rows are passages as
    the index cuts them, one a prompt; there too ``factory_share`` of them are of made-up manuals."""

    minutes: float = 10.0
    steps: int = 0
    tokens_per_step: int = 4096
    learning_rate: float = 2e-3
    warmup_steps: int = 50
    decay_share: float = 0.0
    weight_decay: float = 0.05
    plain_share: float = 0.0
    max_tokens: int = 512
    factory_share: float = 0.5
    passage_share: float = 0.0
    most_excerpts: int = 4
    excerpt_chars: int = 900
    checkpoint_minutes: float = 5.0
    seed: int = 1


@dataclass(frozen=True, slots=True)
class PreferenceStage(Stage):
    """The stage of wanted against unwanted answers (``preference.py``). ``beta``: how strongly the model is held
    to the one it starts from; ``answer_weight``: of the plain loss on the wanted answers, which keeps their probability
    up; ``missing_share``: of the questions have no answer in their passage."""

    beta: float = 0.1
    answer_weight: float = 1.0
    missing_share: float = 0.1


@dataclass(frozen=True, slots=True)
class TokenizerPart:
    vocab_size: int = 12000
    chars_per_lang: int = 8_000_000


@dataclass(frozen=True, slots=True)
class Recipe:
    """The whole run. ``chars_per_lang`` is how much corpus text of each language the stages draw from;
    ``questions_per_group`` how many held-out questions score each language and family;
    ``model_file`` where the finished GGUF file goes, with its card and catalogue entry beside it (none: it stays in
    ``out``); ``unseen_data`` is the folder of the open data sets whose manuals no stage reads and which score the
    finished model (none: that score is left out); ``note`` goes into the card."""

    name: str
    corpus: Path
    out: Path
    seed: int
    threads: int
    chars_per_lang: int
    faq: Path | None
    questions_per_group: int
    tokenizer: TokenizerPart
    shape: Shape
    pretrain: Stage
    tune: Stage
    adapt: Stage
    prefer: PreferenceStage
    model_file: Path | None
    results_file: Path
    unseen_data: Path | None
    note: str


def read_recipe(path: Path, overrides: Mapping[str, str] | None = None) -> Recipe:
    """Read ``path``. ``overrides`` replaces top-level values such as ``corpus`` or ``out``. Relative paths count from
    the current folder. Raises RecipeInvalid with the key that is wrong."""
    try:
        raw = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise RecipeInvalid(f"No recipe {path}.", "The bundled ones lie in training/recipes.") from None
    except tomllib.TOMLDecodeError as reason:
        raise RecipeInvalid(f"{path} is not TOML: {reason}.") from None
    raw.update(overrides or {})
    known = {f.name for f in fields(Recipe)}
    if unknown := sorted(set(raw) - known):
        raise RecipeInvalid(f"{path}: unknown keys {', '.join(unknown)}.", f"Known are: {', '.join(sorted(known))}.")
    if missing := sorted({"name", "corpus"} - set(raw)):
        raise RecipeInvalid(f"{path}: missing {', '.join(missing)}.")
    return Recipe(
        name=str(raw["name"]),
        corpus=Path(str(raw["corpus"])),
        out=Path(str(raw.get("out", f"runs/{raw['name']}"))),
        seed=int(raw.get("seed", 1)),
        threads=int(raw.get("threads", 2)),
        chars_per_lang=int(raw.get("chars_per_lang", 12_000_000)),
        faq=_path(raw.get("faq")),
        questions_per_group=int(raw.get("questions_per_group", 40)),
        tokenizer=_part(TokenizerPart, raw.get("tokenizer", {}), path, "tokenizer"),
        shape=_part(Shape, raw.get("shape", {}), path, "shape"),
        pretrain=_part(Stage, raw.get("pretrain", {}), path, "pretrain"),
        tune=_part(Stage, raw.get("tune", {}), path, "tune"),
        adapt=_part(Stage, raw.get("adapt", {}), path, "adapt"),
        prefer=_part(PreferenceStage, raw.get("prefer", {}), path, "prefer"),
        model_file=_path(raw.get("model_file")),
        unseen_data=_path(raw.get("unseen_data")),
        note=str(raw.get("note", "")),
        results_file=Path(str(raw.get("results_file", f"docs/results/{raw['name']}.json"))),
    )


def _path(value: object) -> Path | None:
    return Path(str(value)) if value else None


Part = TypeVar("Part", TokenizerPart, Shape, Stage, PreferenceStage)


def _part(kind: type[Part], raw: Mapping[str, Any], path: Path, table: str) -> Part:
    """A dataclass made of one table, with numbers brought to the field's type."""
    known: dict[str, Any] = {f.name: f.default for f in fields(kind)}
    values: dict[str, Any] = {}
    for key, value in raw.items():
        if key not in known:
            raise RecipeInvalid(f"{path}: unknown key {table}.{key}.", f"Known are: {', '.join(sorted(known))}.")
        wanted = type(known[key])
        if isinstance(value, bool) != (wanted is bool) or not isinstance(value, (int, float)):
            raise RecipeInvalid(f"{path}: {table}.{key} is {value!r}, which is no {wanted.__name__}.")
        values[key] = wanted(value)
    return kind(**values)
