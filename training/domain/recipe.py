"""A recipe of domain adaptation: base, data, stages, machine and test."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from edge.quantize import FTYPES
from training.errors import RecipeInvalid
from training.recipe import made
from training.toml_file import read_toml

KIND = "domain"
RULES = ("random", "paper", "ours")


@dataclass(frozen=True, slots=True)
class Stage:
    """What every stage has. ``epochs``: how often the rows are read; ``tokens_per_step``: of an optimizer step, reached
    by rows of at most ``max_tokens`` one after the other. The learning rate rises over the first ``warmup_share`` of
    the steps and falls as a cosine to ``least_rate`` of its peak. A checkpoint is kept every ``save_steps``."""

    epochs: float = 2.0
    learning_rate: float = 1e-5
    tokens_per_step: int = 32_768
    max_tokens: int = 2048
    warmup_share: float = 0.05
    least_rate: float = 0.1
    weight_decay: float = 0.01
    save_steps: int = 50


@dataclass(frozen=True, slots=True)
class TextStage(Stage):
    """Continual pre-training. Of its text, ``replay_share`` (0 to 1) is general text, so that the model keeps what it
    knew, and each fact stands there as it is in the manual and ``restatements`` times more in other forms."""

    replay_share: float = 0.1
    restatements: int = 4


@dataclass(frozen=True, slots=True)
class AnswerStage(Stage):
    """Instruction tuning. Each fact is asked in ``askings`` wordings: a small model needs to meet a fact some thirty
    times (askings times epochs), and in many wordings, before it knows it. Besides the questions alone,
    ``with_excerpts`` (a share of the rows of one wording) show the model passages, of which the right one is missing in
    ``unanswerable`` of them: then the answer is that it is not there. Of all rows, by characters, ``replay_share`` (0
    to 1) is general: questions with answers, or texts to go on with, so that the model keeps what it could."""

    learning_rate: float = 1e-5
    warmup_share: float = 0.1
    askings: int = 3
    with_excerpts: float = 0.3
    unanswerable: float = 0.2
    replay_share: float = 0.0


@dataclass(frozen=True, slots=True)
class PairStage(Stage):
    """DPO on wanted against unwanted answers. ``rules``: how the unwanted are mined, a model each. ``beta``: how
    strongly the model is held to the one it starts from; ``answer_weight``: of the plain loss on the wanted answers,
    without which DPO lowers the probability of both; ``flip_rate``: the share of pairs expected to be wrong (robust
    DPO)."""

    epochs: float = 1.0
    learning_rate: float = 1e-6
    warmup_share: float = 0.1
    rules: tuple[str, ...] = RULES
    beta: float = 0.1
    answer_weight: float = 0.2
    flip_rate: float = 0.02


@dataclass(frozen=True, slots=True)
class LoraPart:
    """``rank`` 0 trains all weights; above 0 a LoRA adapter of that rank on every linear layer, merged after each stage
    and kept beside it."""

    rank: int = 0
    alpha: float = 32.0
    dropout: float = 0.0


@dataclass(frozen=True, slots=True)
class HardwarePart:
    """``device``: "cpu", "cuda" or "" for what is there; ``bf16``: matrix products in bfloat16; ``rows_at_once``: of a
    forward pass. On a processor one packed row is quickest: rows side by side see each other's mask; ``side_by_side``:
    stages at once where none needs the other's model, each with its share of the cores where ``threads`` is 0."""

    device: str = ""
    bf16: bool = True
    rows_at_once: int = 1
    gradient_checkpointing: bool = False
    threads: int = 0
    side_by_side: int = 1


@dataclass(frozen=True, slots=True)
class TokenizerPart:
    """``added_terms``: of the site's Japanese terms so many at most become tokens before CPT (0: the tokenizer stays as
    it is), of those that stand ``least_hits`` times or more in the text of CPT and are ``least_pieces`` tokens now."""

    added_terms: int = 0
    least_hits: int = 200
    least_pieces: int = 3


@dataclass(frozen=True, slots=True)
class DataPart:
    """``manuals``: files or folders to read where ``index`` names no data folder of Andon; ``faq``: tables of questions
    and answers; ``general``: folder of general text for the replay share; ``held_out``: share of the fact groups that
    only score, and ``text_only`` of them that the model may read but is never asked."""

    index: Path | None = None
    manuals: tuple[Path, ...] = ()
    faq: tuple[Path, ...] = ()
    general: Path | None = None
    held_out: float = 0.2
    text_only: float = 0.2


@dataclass(frozen=True, slots=True)
class TestPart:
    """``items``: two-choice questions at most, drawn evenly over the pools; ``general_texts``: of general text, for
    what was forgotten."""

    items: int = 1200
    general_texts: int = 40


@dataclass(frozen=True, slots=True)
class DomainRecipe:
    """The whole run. ``base``: a transformers folder or a GGUF file of a Llama, empty for the bundled model; ``seeds``:
    the stages of preference are run once for each and the rest with the first; ``compare``: also the rows without CPT
    and without SFT, which show what each is worth; ``model_file``: where the finished GGUF file goes; ``licence``: that
    it states, empty for that of the base where it is known (the bundled model's, or by the README.md of its folder)."""

    name: str
    out: Path
    base: Path | None = None
    seeds: tuple[int, ...] = (1,)
    compare: bool = True
    quantize: str = "q8_0"
    licence: str = ""
    model_file: Path | None = None
    results_file: Path | None = None
    note: str = ""
    data: DataPart = field(default_factory=DataPart)
    tokenizer: TokenizerPart = field(default_factory=TokenizerPart)
    cpt: TextStage = field(default_factory=TextStage)
    sft: AnswerStage = field(default_factory=AnswerStage)
    dpo: PairStage = field(default_factory=PairStage)
    lora: LoraPart = field(default_factory=LoraPart)
    hardware: HardwarePart = field(default_factory=HardwarePart)
    test: TestPart = field(default_factory=TestPart)


def is_domain_recipe(path: Path) -> bool:
    """Whether ``path`` is a recipe of this kind: its ``kind`` says so. Raises RecipeInvalid for what is no TOML."""
    return read_toml(path).get("kind") == KIND


def read_domain_recipe(path: Path, overrides: Mapping[str, str] | None = None) -> DomainRecipe:
    """Read ``path``; ``overrides`` replaces top-level values such as ``out``. Relative paths count from the current
    folder. Raises RecipeInvalid with the key that is wrong, before anything is done."""
    raw = read_toml(path) | dict(overrides or {})
    if raw.pop("kind", None) != KIND:
        raise RecipeInvalid(f'{path} is no recipe of domain adaptation: it lacks kind = "{KIND}".')
    raw.setdefault("out", f"runs/{raw.get('name')}")
    recipe = made(DomainRecipe, raw, path)
    _check(recipe, path)
    return recipe


def _check(recipe: DomainRecipe, path: Path) -> None:
    def no(what: str, remedy: str) -> None:
        raise RecipeInvalid(f"{path}: {what}", remedy)

    for name, stage in (("cpt", recipe.cpt), ("sft", recipe.sft), ("dpo", recipe.dpo)):
        if stage.epochs < 0 or stage.learning_rate <= 0 or stage.max_tokens < 16 or stage.save_steps < 1:
            no(f"[{name}] has a number that cannot work.", "epochs >= 0, learning_rate > 0, max_tokens >= 16.")
        if stage.tokens_per_step < stage.max_tokens:
            no(f"{name}.tokens_per_step is below {name}.max_tokens.", "A step reads at least one row.")
    for rule in recipe.dpo.rules:
        if rule not in RULES:
            no(f"dpo.rules names {rule!r}.", f"Known are: {', '.join(RULES)}.")
    if not 1 <= recipe.sft.askings <= 12:
        no(f"sft.askings is {recipe.sft.askings}.", "There are 1 to 12 wordings.")
    for name, share in (("cpt", recipe.cpt.replay_share), ("sft", recipe.sft.replay_share)):
        if not 0 <= share < 1:
            no(f"{name}.replay_share is not from 0 to below 1.", "0.1 to 0.3 is usual.")
    if not 0 <= recipe.dpo.flip_rate < 0.5:
        no("dpo.flip_rate is not from 0 to below 0.5.", "Take the share of wrong pairs that an audit found.")
    if recipe.quantize not in FTYPES:
        no(f"quantize is {recipe.quantize!r}.", f"Known are: {', '.join(FTYPES)}.")
    if not recipe.seeds:
        no("seeds is empty.", "Write seeds = [1].")
    if recipe.hardware.device not in ("", "cpu", "cuda"):
        no(f"hardware.device is {recipe.hardware.device!r}.", 'Write "cpu", "cuda", or "" for what is there.')
    if recipe.tokenizer.added_terms < 0 or recipe.tokenizer.least_hits < 1 or recipe.tokenizer.least_pieces < 2:
        no("[tokenizer] has a number that cannot work.", "added_terms >= 0, least_hits >= 1, least_pieces >= 2.")
    if recipe.tokenizer.added_terms and recipe.lora.rank:
        no(
            "tokenizer.added_terms needs all weights: a LoRA leaves the rows of new tokens as they are.",
            "lora.rank = 0",
        )
    if recipe.hardware.side_by_side < 1 or recipe.hardware.threads < 0:
        no("[hardware] has a number that cannot work.", "side_by_side >= 1, threads >= 0.")
    if recipe.data.index is None and not recipe.data.manuals:
        no("[data] names neither index nor manuals.", 'Write manuals = ["folder"] or index = "data folder of Andon".')
    for file in (*recipe.data.manuals, *recipe.data.faq):
        if not file.exists():
            no(f"{file} does not exist.", "Paths count from the folder in which the command is given.")
    if not recipe.data.faq:
        no("[data] names no faq.", 'Write faq = ["faq.csv"]: instruction tuning and DPO are made of it.')
