"""Release: the finished model is scored, and its scores, card and catalogue entry are written beside it."""

from __future__ import annotations

import json

from training.attribution import sources_of
from training.bundled.evaluate_slm import evaluate, write_answers, write_report
from training.bundled.evaluate_unseen import evaluate_unseen
from training.bundled.model_card import model_card
from training.bundled.recipe import Recipe
from training.catalogue import Entry, put_entry
from training.corpus import sample_documents


def release(recipe: Recipe) -> dict[str, object]:
    """Score the run's GGUF file; write ``answers.jsonl`` into the run's folder, and where the recipe names a
    ``model_file`` also the results file, the card beside the model and the entry in its folder's models.toml."""
    gguf = recipe.out / f"{recipe.name}.q8_0.gguf"
    report, answers = evaluate(recipe, gguf, recipe.questions_per_group)
    unseen: list[dict[str, object]] = []
    if recipe.unseen_data is not None:
        report["unseen"], unseen = evaluate_unseen(gguf, recipe.unseen_data)
        write_answers(recipe.out / "unseen.jsonl", unseen)
    write_answers(recipe.out / "answers.jsonl", answers)
    write_report(recipe.out / "scores.json", report)
    if recipe.model_file is not None:
        run = json.loads((recipe.out / "run.json").read_text("utf-8"))
        recipe.results_file.parent.mkdir(parents=True, exist_ok=True)
        write_report(recipe.results_file, {**report, "stages": run["steps"]})
        sources = sources_of(sample_documents(recipe.corpus, recipe.chars_per_lang, recipe.seed))
        identity = recipe.model_file.name.split(".")[0]
        card = model_card(recipe, run, report, sources, [*unseen, *answers])
        recipe.model_file.with_name(f"{identity}.md").write_text(card, "utf-8")
        source = f"trained here: training/recipes/{recipe.name}.toml"
        entry = Entry(identity, "slm", recipe.model_file, "Apache-2.0", source, "extract")
        put_entry(recipe.model_file.parent / "models.toml", entry)
    return {"scores": report["scores"], "bits_per_byte": report["bits_per_byte"]}
