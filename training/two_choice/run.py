"""Building the two-choice test of a site: tables of its manuals and its FAQ -> items in three pools, with a card."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

from training.data.data_card import DataCard, read_rows_of, write_rows
from training.data.index_vectors import LiveIndex
from training.data.prepare import read_part
from training.data.split import Part, Shares, leaks, share_of
from training.errors import ItemsMissing
from training.two_choice.facts import POOLS, Fact, Pool, faq_facts, table_facts
from training.two_choice.items import FEWEST, Item, build_items, guessed, some, write_items
from training.two_choice.statistics import smallest_gap

if TYPE_CHECKING:
    from index.embedders.embedder import Embedder

_POOL: dict[Part, Pool] = {"train": "trained", "text": "text_only", "unseen": "unseen"}
_LEAST_LEAK = 30  # characters of a row from which a copy of it tells anything
RULE = (
    "Pools by fact and document. `trained`: the fact is trained, here in other words where it has any; `text_only`: "
    "its manual may be read, no question about it is trained; `unseen`: its manual is kept from all training, so a "
    "model alone must score 50 %. Items come in pairs with the same two answers, each right once."
)


@dataclass(frozen=True, slots=True)
class Built:
    """``trained`` are the cells that training may ask, in its own wording; ``leaked``: rows of unseen manuals that
    stand in a trained one and were left out."""

    items: list[Item]
    trained: list[Fact]
    guessed: dict[str, float]
    facts: int
    leaked: int


def build(
    index: LiveIndex, folder: Path | None, shares: Shares, most: int = 1200, *, by_likeness: bool = True
) -> Built:
    """Items from the tables of ``index`` and, with a ``folder`` that andon train faq wrote, its FAQ, whose documents
    kept from training are kept here too. ``by_likeness`` uses the index's embedder. Raises ItemsMissing where there
    are fewer than FEWEST."""
    facts = table_facts(index)
    unseen = _unseen(index, folder, shares)
    pool_of = {fact.group: pool for fact in facts if (pool := _pool(fact, unseen, shares)) is not None}
    facts, leaked = _without_leaks(facts, pool_of, _trained_texts(index, facts, unseen))
    cells = [fact for fact in facts if pool_of.get(fact.group) == "trained"]
    if folder is not None:
        for part, pool in _POOL.items():
            own = faq_facts(*read_part(folder, part))
            facts += own
            pool_of.update({fact.group: pool for fact in own})
    likeness = _likeness(index.embedder, facts) if by_likeness and index.embedder is not None else None
    items = some(build_items(facts, pool_of, shares.seed, _rejected(folder), likeness), most, shares.seed)
    if len(items) < FEWEST:
        raise ItemsMissing(
            f"Only {len(items)} items can be built; {FEWEST} is the least.",
            "Add manuals with tables (andon index add) or FAQ entries (andon train faq).",
        )
    return Built(items, cells, guessed(items), len(facts), leaked)


def _unseen(index: LiveIndex, folder: Path | None, shares: Shares) -> set[str]:
    """Names of the manuals that no training reads: those that the FAQ's split kept, or else the first by their hash."""
    names = sorted(manual.name for manual in index.manuals())
    if folder is not None and (folder / "card.json").is_file():
        card = json.loads((folder / "card.json").read_text("utf-8"))
        kept = set(card["figures"].get("documents kept from training", ()))
        found = {name for name in names if kept & {name, PurePath(name).stem}}
        if found:
            return found
    wanted = max(1, round(shares.unseen * len(names))) if len(names) > 1 else 0
    return set(sorted(names, key=lambda name: share_of(f"document {name}", shares.seed))[:wanted])


def _pool(fact: Fact, unseen: set[str], shares: Shares) -> Pool | None:
    if fact.document in unseen:
        return "unseen"
    share = share_of(f"group {fact.group}", shares.seed)
    if share < shares.dev:
        return None
    return "text_only" if share < shares.dev + shares.text else "trained"


def _trained_texts(index: LiveIndex, facts: Sequence[Fact], unseen: set[str]) -> list[str]:
    """What other manuals say: prose, and rows by their cells, since tables of two manuals may have the same header."""
    rows = {fact.context for fact in facts if fact.document not in unseen}
    prose = [p.text for m in index.manuals() if m.name not in unseen for p in index.passages(m.id)
             if p.kind not in ("table", "alarm", "symptom")]  # fmt: skip
    return [*rows, *prose]


def _without_leaks(facts: Sequence[Fact], pool_of: dict[str, Pool], trained: Sequence[str]) -> tuple[list[Fact], int]:
    unseen = [n for n, fact in enumerate(facts) if pool_of.get(fact.group) == "unseen"]
    told = [n for n in unseen if len(facts[n].context) >= _LEAST_LEAK]
    out = {told[n] for n in leaks(trained, [facts[n].context for n in told])}
    return [fact for n, fact in enumerate(facts) if n not in out], len(out)


def _likeness(embedder: Embedder, facts: Sequence[Fact]) -> Callable[[str, str], float]:
    questions = sorted({fact.question for fact in facts})
    answers = sorted({fact.answer for fact in facts})
    asked = dict(zip(questions, embedder.embed(questions, "query"), strict=True))
    said = dict(zip(answers, embedder.embed(answers, "passage"), strict=True))
    return lambda question, answer: float(asked[question] @ said[answer])


def _rejected(folder: Path | None) -> set[tuple[str, str]]:
    """(question, answer) that preference training of this folder rejects."""
    files = sorted(folder.glob("pairs-*.jsonl")) if folder is not None else []
    rows = [row for file in files for row in read_rows_of(file)]
    return {(row["prompt"][-1]["content"], row["rejected"][0]["content"]) for row in rows}


def write_built(built: Built, out: Path, shares: Shares) -> DataCard:
    """``items.jsonl``, ``sft-cells.jsonl`` (the trained cells as instruction rows) and the card into ``out``."""
    files = {
        "items.jsonl": write_items(out / "items.jsonl", built.items),
        "sft-cells.jsonl": write_rows(out / "sft-cells.jsonl", [_row(fact) for fact in built.trained]),
    }
    pools = Counter(item.pool for item in built.items)
    figures: dict[str, Any] = {
        "items by pool": {pool: pools[pool] for pool in POOLS},
        "items by language": dict(Counter(item.lang for item in built.items)),
        "right by a guess without knowledge": built.guessed,
        "rows of unseen manuals that stand in a trained one": built.leaked,
        "smallest gap that a pool would show": {pool: smallest_gap(pools[pool]) for pool in POOLS if pools[pool]},
    }
    gaps = [f"The pool {pool} is empty." for pool in POOLS if not pools[pool]]
    if any(item.wording == "seen" for item in built.items):
        gaps.append("Trained FAQ entries with one wording only are asked in that wording (wording: seen).")
    card = DataCard(
        name="Two-choice test", made_by="andon train two-choice", licence="the site's own; as its source documents",
        inputs={}, funnel=[("facts", built.facts), ("items", len(built.items))],
        settings={"unseen": shares.unseen, "text": shares.text, "dev": shares.dev, "seed": shares.seed},
        files=files, rule=RULE, gaps=gaps, figures=figures,
    )  # fmt: skip
    card.write(out, "two-choice.card")
    return card


def _row(fact: Fact) -> dict[str, Any]:
    return {
        "prompt": [{"role": "user", "content": fact.trained_question}],
        "completion": [{"role": "assistant", "content": fact.answer}],
        "form": "cell", "id": fact.id, "group": fact.group, "document": fact.document, "lang": fact.lang,
    }  # fmt: skip
