"""A training run: tokenizer, four stages of training, export and scores, each described in run.json."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from training.bundled.items import Row
from training.bundled.mixture import Mixture
from training.bundled.model import load_model, new_model
from training.bundled.recipe import Recipe, Stage, read_recipe
from training.bundled.stage import MARKER, newest_checkpoint, run_stage
from training.bundled.tokenizer import ChatTokenizer, train_tokenizer
from training.cards.factory import tokenizer_sample
from training.cards.faq import read_faq
from training.corpus import Document, corpus_files, sample_documents
from training.errors import StageMissing, TrainingFailed
from training.run_record import RunRecord

STAGES = ("tokenizer", "pretrain", "tune", "adapt", "prefer", "export", "release")
FIRST_UNREAD, UNREAD_STEPS = 10**6, 6  # steps that no run reaches: their pairs measure the stage
Say = Callable[[dict[str, object]], None]


def run(
    recipe_path: Path, overrides: Mapping[str, str] | None = None, until: str = "release", say: Say | None = None
) -> Path:
    """Do what the recipe says, up to the stage ``until``; the folder of the run.

    A stage that is done is not done again, a stage that was interrupted goes on from its newest complete checkpoint.
    ``say`` is told about the progress. Raises TrainingFailed and what lies below it.
    """
    recipe = read_recipe(recipe_path, overrides)
    recipe.out.mkdir(parents=True, exist_ok=True)
    tell = say or (lambda _: None)
    record = RunRecord.start(recipe.out, recipe, recipe_path, _inputs(recipe))
    for stage in STAGES[: STAGES.index(until) + 1]:
        record.step(stage, _STAGES[stage](recipe, tell))
    record.finish()
    return recipe.out


def _inputs(recipe: Recipe) -> list[Path]:
    """The files a run reads: the monolingual corpus files and the FAQ."""
    faq = [recipe.faq] if recipe.faq is not None and recipe.faq.is_file() else []
    return [*corpus_files(recipe.corpus), *faq]


def _tokenizer(recipe: Recipe, say: Say) -> dict[str, object]:
    folder = recipe.out / "tokenizer"
    if not (folder / MARKER).is_file():
        documents = sample_documents(recipe.corpus, recipe.tokenizer.chars_per_lang, recipe.seed)
        texts = [d.text for found in documents.values() for d in found] + tokenizer_sample(recipe.seed)
        train_tokenizer(texts, folder, recipe.tokenizer.vocab_size, recipe.threads)
        chars = sum(len(t) for t in texts)
        (folder / MARKER).write_text(json.dumps({"characters": chars}) + "\n", "utf-8")
        say({"stage": "tokenizer", "characters": chars})
    report: dict[str, object] = json.loads((folder / MARKER).read_text("utf-8"))
    return report


def _pretrain(recipe: Recipe, say: Say) -> dict[str, object]:
    size = read_tokenizer(recipe).size
    return _train(recipe, "pretrain", recipe.pretrain, lambda: new_model(recipe.shape, size, recipe.seed), say)


def _tune(recipe: Recipe, say: Say) -> dict[str, object]:
    return _train(recipe, "tune", recipe.tune, lambda: load_model(stage_result(recipe, "pretrain")), say)


def _adapt(recipe: Recipe, say: Say) -> dict[str, object]:
    return _train(recipe, "adapt", recipe.adapt, lambda: load_model(stage_result(recipe, "tune")), say)


def _prefer(recipe: Recipe, say: Say) -> dict[str, object]:
    """The reference stays frozen beside the model; how both stand on pairs that no step reads goes into the report."""
    from training.bundled.preference import Preference, pair_rows

    stage, folder = recipe.prefer, recipe.out / "prefer"
    done = folder / MARKER
    if not done.is_file():
        start = stage_result(recipe, "adapt")
        mixture = _mixture(recipe, stage)
        objective = Preference(load_model(start).eval(), stage)

        def rows_of(step: int) -> list[Row]:
            return pair_rows(mixture, stage, step)

        model, progress = run_stage(load_model(start), rows_of, stage, folder, recipe.threads, say, objective)
        unread = [row for step in range(UNREAD_STEPS) for row in rows_of(FIRST_UNREAD + step)]
        scores = objective.scores(model.eval(), unread)
        done.write_text(json.dumps({**asdict(progress), "pairs": asdict(scores)}) + "\n", "utf-8")
    report: dict[str, object] = json.loads(done.read_text("utf-8"))
    return report


def _train(recipe: Recipe, name: str, stage: Stage, start: Callable[[], Any], say: Say) -> dict[str, object]:
    folder = recipe.out / name
    done = folder / MARKER
    if not done.is_file():
        mixture = _mixture(recipe, stage)
        _, progress = run_stage(start(), mixture.rows, stage, folder, recipe.threads, say)
        done.write_text(json.dumps(asdict(progress)) + "\n", "utf-8")
    report: dict[str, object] = json.loads(done.read_text("utf-8"))
    return report


def _mixture(recipe: Recipe, stage: Stage) -> Mixture:
    import torch

    torch.set_num_threads(1)  # the stage runs one thread a part itself
    torch.manual_seed(stage.seed)
    return Mixture(training_documents(recipe), read_faq(recipe.faq), read_tokenizer(recipe), stage)


def _export(recipe: Recipe, say: Say) -> dict[str, object]:
    from training.bundled.export import export_model

    report = export_model(recipe, stage_result(recipe, "prefer"))
    say({"stage": "export", **report})
    return report


def _release(recipe: Recipe, say: Say) -> dict[str, object]:
    from training.bundled.release import release

    report = release(recipe)
    say({"stage": "release", **report})
    return report


_STAGES: dict[str, Callable[[Recipe, Say], dict[str, object]]] = {
    "tokenizer": _tokenizer,
    "pretrain": _pretrain,
    "tune": _tune,
    "adapt": _adapt,
    "prefer": _prefer,
    "export": _export,
    "release": _release,
}


def training_documents(recipe: Recipe) -> dict[str, list[Document]]:
    """The documents that the stages read: never a held-out one."""
    return sample_documents(recipe.corpus, recipe.chars_per_lang, recipe.seed)


def read_tokenizer(recipe: Recipe) -> ChatTokenizer:
    return ChatTokenizer(recipe.out / "tokenizer" / "tokenizer.model")


def stage_result(recipe: Recipe, stage: str) -> Path:
    """The newest complete checkpoint of ``stage``. Raises StageMissing."""
    found = newest_checkpoint(recipe.out / stage)
    if found is None:
        raise StageMissing(f"{recipe.out / stage} holds no complete checkpoint.", "Run the recipe again.")
    return found


def main(argv: Sequence[str] | None = None) -> int:
    """The console entry: ``python -m training.bundled.run RECIPE``. One JSON object a line on the terminal."""
    parser = argparse.ArgumentParser(prog="python -m training.bundled.run", description=__doc__)
    parser.add_argument("recipe", type=Path)
    parser.add_argument("--corpus", help="folder of *.jsonl.zst files, instead of the recipe's")
    parser.add_argument("--out", help="folder of the run, instead of the recipe's")
    parser.add_argument("--until", choices=STAGES, default="release", help="the last stage to do")
    given = parser.parse_args(argv)
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    overrides = {k: v for k, v in (("corpus", given.corpus), ("out", given.out)) if v}
    try:
        run(given.recipe, overrides, given.until, _write_line)
    except TrainingFailed as reason:
        sys.stderr.write(f"{reason}\n")
        return 1
    return 0


def _write_line(news: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(news) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
