"""Plan: the rows of the stage table and what each is made from, so that every step can be told from the one before.

The rows are those of the two published recipes: the base; continual pre-training (CPT) alone; instruction tuning (SFT)
alone; both; then DPO by each rule of mining. Two controls stand beside DPO, without which a gain of it proves nothing:
as many further steps of SFT, on the wanted answers alone, and DPO against answers drawn at random.
"""

from __future__ import annotations

from dataclasses import dataclass

from training.domain.recipe import DomainRecipe
from training.domain.stage import Kind

BASE = "base"
CHOSEN = "sft-chosen.jsonl"  # the wanted answers of the pairs, as rows of instruction tuning


@dataclass(frozen=True, slots=True)
class Row:
    """``name`` as in the table; ``start``: the row whose model it begins with; ``rows``: its file in the data folder;
    ``above``: the row that it must beat; ``seed``."""

    name: str
    kind: Kind
    start: str
    rows: str
    above: str
    seed: int

    @property
    def folder(self) -> str:
        return self.name.replace("+", "-").replace(" ", "-")


def plan(recipe: DomainRecipe) -> list[Row]:
    """The stages in the order in which they are run."""
    first = recipe.seeds[0]
    rows = [Row("cpt", "cpt", BASE, "cpt.jsonl", BASE, first)]
    if recipe.compare:
        rows.append(Row("sft", "sft", BASE, "sft.jsonl", BASE, first))
    rows.append(Row("cpt+sft", "sft", "cpt", "sft.jsonl", "sft" if recipe.compare else "cpt", first))
    if recipe.compare and recipe.dpo.rules:
        rows.append(Row("cpt+sft longer", "sft", "cpt+sft", CHOSEN, "cpt+sft", first))
    for seed in recipe.seeds:
        mark = f" seed {seed}" if len(recipe.seeds) > 1 else ""
        above = "cpt+sft"
        for rule in recipe.dpo.rules:
            rows.append(Row(f"+dpo {rule}{mark}", "dpo", "cpt+sft", f"pairs-{rule}.jsonl", above, seed))
            above = f"+dpo {rule}{mark}"
    return rows


def released(recipe: DomainRecipe) -> str:
    """The row that becomes the model: the last one of the first seed."""
    rows = [row for row in plan(recipe) if row.seed == recipe.seeds[0]]
    return rows[-1].name
