"""A domain run: data, the stages of the plan, scores, table, and the finished model as a GGUF file for the box.

``andon train run RECIPE`` tells the story; what is done is not done again, so that a run that was cut off goes on where
it stopped. Everything lies in the recipe's ``out``: data/, stages/NAME/, scores/, run.json, table.md, table.json.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

from training.domain.base import open_base
from training.domain.data import make_data
from training.domain.disk import must_fit
from training.domain.export import export
from training.domain.general import perplexity
from training.domain.lanes import in_lanes, threads_of
from training.domain.launch import launch
from training.domain.plan import BASE, CHOSEN, Row, plan, released
from training.domain.recipe import DomainRecipe, Stage, read_domain_recipe
from training.domain.scoring import score
from training.domain.stage import DONE, StageJob, is_done
from training.domain.table import Scored, page, plot, table
from training.provenance import weights_sha256
from training.run_record import RunRecord
from training.tokens.added import add_terms, cutter_of
from training.tokens.run import write_report
from training.tokens.terms import worth_adding
from training.two_choice.facts import POOLS
from training.two_choice.items import Item, read_items

Say = Callable[[dict[str, object]], None]
FREE = (
    "compare",
    "seeds",
    "quantize",
    "licence",
    "model_file",
    "results_file",
    "note",
    "out",
    "hardware",
    "test.general_texts",
)
"""Keys that may change when a run is taken up: none of them changes what stands in a step that is done."""
BUNDLED = Path(__file__).resolve().parents[2] / "models/andon-slm-ja-en.q8_0.gguf"


def run_domain(
    path: Path, overrides: Mapping[str, str] | None = None, say: Say | None = None, accelerate: Path | None = None
) -> Path:
    """Do what the recipe ``path`` says; the folder of the run. ``say`` is told about the progress. ``accelerate`` names
    a config file of accelerate for several GPUs or machines. Raises TrainingFailed and what lies below it."""
    from training.domain.trl_adapter import stay_offline

    stay_offline()
    recipe = read_domain_recipe(path, overrides)
    tell = say or (lambda _: None)
    record = RunRecord.start(recipe.out, recipe, path, recipe.data.faq, _bound)
    began = time.monotonic()
    base = open_base(recipe.base or BUNDLED, recipe.out / "base")
    record.step("base", {"source": str(recipe.base or BUNDLED.name), "weights_sha256": weights_sha256(base)})
    rows = plan(recipe)
    must_fit(recipe.out, base, sum(not is_done(recipe.out / "stages" / row.folder) for row in rows))
    data = make_data(recipe, recipe.out / "data", tell)
    record.step("data", {"files": data["files"], "sha256": data["sha256"], "figures": data["figures"]})
    items = read_items(recipe.out / "data/items.jsonl")
    start = _start(recipe, base, record)
    folders = {BASE: base} | {row.name: recipe.out / "stages" / row.folder / "model" for row in rows}
    lanes = 1 if accelerate else recipe.hardware.side_by_side

    def do(row: Row, say: Say) -> dict[str, Any]:
        return _stage(recipe, row, start if row.start == BASE else folders[row.start], say, accelerate)

    with closing(in_lanes(rows, lanes, do, tell)) as ended:
        for row, report in ended:
            record.step(row.name, report)
    scored = [_scored(recipe, name, folders[name], items, rows, tell) for name in folders]
    blind = _blind(recipe, folders[released(recipe)], items)
    held = table(scored, blind)
    exported = export(recipe, folders[released(recipe)], items)
    record.step("export", exported)
    tell({"stage": "export", **exported})
    _write(recipe, held, data, exported, round(time.monotonic() - began))
    record.finish()
    return recipe.out


def _start(recipe: DomainRecipe, base: Path, record: RunRecord) -> Path:
    """What stages begin with: ``base``, or where the recipe adds terms, one that has them. How the tokenizer cuts the
    text of CPT is written either way."""
    rows = [json.loads(line) for line in (recipe.out / "data/cpt.jsonl").read_text("utf-8").splitlines()]
    site = [row["text"] for row in rows if row["kind"] != "replay"]
    general = [json.loads(line)["text"] for line in (recipe.out / "data/general.jsonl").read_text("utf-8").splitlines()]
    report = write_report(cutter_of(base), site, general, recipe.out, recipe.name)
    part = recipe.tokenizer
    terms = worth_adding(report.terms, part.added_terms, part.least_hits, part.least_pieces)
    start = add_terms(base, [term.text for term in terms], recipe.out / "base-terms", site) if terms else base
    if terms:
        widened = write_report(cutter_of(start), site, general, start, recipe.name)
        record.step("added terms", {"terms": [term.text for term in terms], **widened.as_plain()["kinds"]})
    return start


def _bound(key: str, done: Collection[str]) -> bool:
    """Once the data are made of a recipe all but FREE stays; before, only the base that was unpacked already."""
    if "data" in done:
        return not {key, key.partition(".")[0]} & {*FREE}
    return key == "base" and "base" in done


def _stage(recipe: DomainRecipe, row: Row, start: Path, say: Say, accelerate: Path | None) -> dict[str, Any]:
    out = recipe.out / "stages" / row.folder
    if is_done(out):
        report: dict[str, Any] = json.loads((out / DONE).read_text("utf-8"))
    else:
        say({"stage": row.name, "begins": True})
        settings: Stage = {"cpt": recipe.cpt, "sft": recipe.sft, "dpo": recipe.dpo}[row.kind]
        if row.rows == CHOSEN:
            settings = replace(recipe.sft, epochs=recipe.dpo.epochs)
        held = recipe.hardware
        hardware = replace(held, threads=threads_of(held.threads, held.side_by_side, os.cpu_count()))
        job = StageJob(row.kind, settings, start, recipe.out / "data" / row.rows, out, row.seed, recipe.lora, hardware)
        report = launch(job, say, accelerate)
    return {**report, "start": row.start, "weights_sha256": weights_sha256(out / "model")}


def _scored(
    recipe: DomainRecipe, name: str, folder: Path, items: Sequence[Item], rows: Sequence[Row], say: Say
) -> Scored:
    """The row's results, kept beside the run: they are made once a model."""
    row = next((row for row in rows if row.name == name), None)
    path = recipe.out / "scores" / f"{row.folder if row else BASE}.json"
    digest = weights_sha256(folder)
    held: dict[str, Any] = json.loads(path.read_text("utf-8")) if path.is_file() else {}
    if held.get("weights_sha256") != digest:
        texts = [
            json.loads(line)["text"] for line in (recipe.out / "data/general.jsonl").read_text("utf-8").splitlines()
        ]
        margins = {result.item.id: round(result.margin, 5) for result in score(folder, items)}
        general = perplexity(folder, texts[: recipe.test.general_texts])
        held = {"weights_sha256": digest, "margins": margins, "general": general}
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(held, indent=0) + "\n", "utf-8")
    of = {pool: [item for item in items if item.pool == pool] for pool in POOLS}
    right = {pool: [held["margins"][item.id] > 0 for item in found] for pool, found in of.items()}
    say({"scores": name, **{pool: round(sum(found) / len(found), 3) for pool, found in right.items() if found}})
    done = recipe.out / "stages" / (row.folder if row else BASE) / DONE
    return Scored(
        name,
        row.above if row else "",
        right,
        {pool: [item.cluster for item in found] for pool, found in of.items()},
        held["general"],
        json.loads(done.read_text("utf-8")) if done.is_file() else {},
    )


def _blind(recipe: DomainRecipe, folder: Path, items: Sequence[Item]) -> dict[str, float]:
    path = recipe.out / "scores" / "blind.json"
    if not path.is_file():
        found = score(folder, items, blind=True)
        shares = {}
        for pool in POOLS:
            own = [result.right for result in found if result.item.pool == pool]
            if own:
                shares[pool] = sum(own) / len(own)
        path.write_text(json.dumps(shares) + "\n", "utf-8")
    told: dict[str, float] = json.loads(path.read_text("utf-8"))
    return told


def _write(
    recipe: DomainRecipe, held: dict[str, Any], data: Mapping[str, Any], exported: Mapping[str, Any], seconds: int
) -> None:
    facts = {
        "base": str(recipe.base or "the bundled model"),
        "trained cells of tables": f"{data['figures']['trained cells']:,}",
        "documents kept from training": ", ".join(data["figures"]["documents kept from training"]) or "none",
        "released": f"{exported['file']}, {exported['bytes']:,} bytes, from {released(recipe)}; "
        f"{100 * exported['same_verdicts']:.1f} % of the items get the same verdict from it as before quantisation",
        "this run": f"{seconds / 60:.0f} minutes, stages done before not counted",
    }
    if recipe.note:
        facts["note"] = recipe.note
    outs = [(recipe.out / "table.json", recipe.out / "table.md", recipe.out / "table.svg")]
    if recipe.results_file is not None:
        file = recipe.results_file
        file.parent.mkdir(parents=True, exist_ok=True)
        outs.append((file, file.with_suffix(".md"), file.with_suffix(".svg")))
    for as_json, as_page, as_plot in outs:
        told = {"name": recipe.name, "facts": facts, **held}
        as_json.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", "utf-8")
        as_plot.write_text(plot(held), "utf-8")
        as_page.write_text(f"{page(recipe.name, held, facts)}\n![stages]({as_plot.name})\n", "utf-8")
