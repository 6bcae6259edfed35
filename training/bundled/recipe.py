"""The bundled model's recipe: everything that decides its training."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from training.recipe import made
from training.toml_file import read_toml


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """The whole run. ``chars_per_lang`` is how much corpus text of each language the stages draw from;
    ``questions_per_group`` how many held-out questions score each language and family;
    ``model_file`` where the finished GGUF file goes, with its card and catalogue entry beside it (none: it stays in
    ``out``); ``unseen_data`` is the folder of the open data sets whose manuals no stage reads and which score the
    finished model (none: that score is left out); ``note`` goes into the card."""

    name: str
    corpus: Path
    out: Path
    seed: int = 1
    threads: int = 2
    chars_per_lang: int = 12_000_000
    faq: Path | None = None
    questions_per_group: int = 40
    tokenizer: TokenizerPart = field(default_factory=TokenizerPart)
    shape: Shape = field(default_factory=Shape)
    pretrain: Stage = field(default_factory=Stage)
    tune: Stage = field(default_factory=Stage)
    adapt: Stage = field(default_factory=Stage)
    prefer: PreferenceStage = field(default_factory=PreferenceStage)
    model_file: Path | None = None
    results_file: Path
    unseen_data: Path | None = None
    note: str = ""


def read_recipe(path: Path, overrides: Mapping[str, str] | None = None) -> Recipe:
    """Read ``path``. ``overrides`` replaces top-level values such as ``corpus`` or ``out``. Relative paths count from
    the current folder. Raises RecipeInvalid with the key that is wrong."""
    raw = read_toml(path) | dict(overrides or {})
    raw.setdefault("out", f"runs/{raw.get('name')}")
    raw.setdefault("results_file", f"docs/results/{raw.get('name')}.json")
    return made(Recipe, raw, path)
