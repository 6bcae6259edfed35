"""The data of a run: manuals and FAQ -> what each stage reads and what scores them, as files with a card.

Everything is divided by document and by fact before anything is made of it, so that no wording of a scored fact reaches
a stage that must not know it: ``trained`` facts are told, asked and mined; ``text_only`` facts are told and never
asked; the documents of ``unseen`` are not read at all.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

from training.data.answer_rows import answer_rows
from training.data.cleaning import FEWEST, read_faq_table
from training.data.data_card import DataCard, write_rows
from training.data.faq_table import FaqEntry
from training.data.index_vectors import IndexVectors, index_vectors
from training.data.nearest import nearest
from training.data.prepare import AnswerShares, Prepared, prepare, write_prepared
from training.data.split import Shares
from training.data.text_rows import TextShares, text_rows
from training.domain.general import GeneralText, general_text
from training.domain.marks import without_marks
from training.domain.recipe import DomainRecipe
from training.domain.replay import replay_answers, replay_texts, share_of_rows
from training.errors import CorpusMissing, RecipeInvalid
from training.mining.mine import mine
from training.mining.options import MiningOptions
from training.mining.rows import row_of
from training.provenance import sha256_of
from training.two_choice.facts import Fact
from training.two_choice.run import Built, build, write_built

if TYPE_CHECKING:
    from index.library import Library

DONE = "card.json"
SUFFIXES = (".pdf", ".docx", ".pptx", ".xlsx", ".html", ".md", ".adoc", ".txt", ".csv", ".zip")
Row = dict[str, Any]


def make_data(recipe: DomainRecipe, folder: Path, say: Callable[[dict[str, object]], None]) -> dict[str, Any]:
    """Write ``cpt``, ``sft``, ``sft-chosen``, ``pairs-RULE``, ``items`` and ``general`` (.jsonl) and the cards into
    ``folder``, the divided FAQ into its ``faq``; what the card says. Done only once. Raises CorpusMissing, FaqUnusable,
    ItemsMissing and what the index raises."""
    if (folder / DONE).is_file():
        held: dict[str, Any] = json.loads((folder / DONE).read_text("utf-8"))
        _must_be_of(recipe, held, folder)
        return held
    for table in recipe.data.faq:  # before manuals are read, which takes the longer
        read_faq_table(table, fewest=FEWEST if len(recipe.data.faq) == 1 else 1)
    folder.mkdir(parents=True, exist_ok=True)
    seed = recipe.seeds[0]
    shares = Shares(unseen=recipe.data.held_out, text=recipe.data.text_only, dev=0.0, seed=seed)
    with _library(recipe) as library:
        if not any(library.passages(manual.id) for manual in library.manuals()):
            raise _nothing_to_read(recipe)
        prepared = prepare(recipe.data.faq, shares, library, remembered=folder / "vectors.npz")
        answers = AnswerShares(recipe.sft.with_excerpts, recipe.sft.unanswerable)
        write_prepared(prepared, recipe.data.faq, folder / "faq", shares, answers)
        built = build(library, folder / "faq", shares, recipe.test.items)
        say({"stage": "data", "trained cells": len(built.trained), "faq": len(prepared.entries)})
        write_built(built, folder, shares)
        entries = _entries(prepared, built)
        vectors = index_vectors(entries, library, folder / "vectors.npz")
        files = {"items.jsonl": len(built.items)}
        general = general_text(recipe.data.general)
        files |= _write_texts(recipe, library, prepared, general, folder)
        answered = _answers(recipe, entries, built.trained, vectors, general)
        files["sft.jsonl"] = write_rows(folder / "sft.jsonl", answered)
        files |= _write_pairs(recipe, entries, vectors, folder)
    card = _card(recipe, prepared, built, files)
    card.write(folder)
    return dict(json.loads((folder / DONE).read_text("utf-8")))


def _nothing_to_read(recipe: DomainRecipe) -> CorpusMissing:
    if recipe.data.index is not None:
        return CorpusMissing(
            f"The index in {recipe.data.index} holds no manual to learn from.", "andon index add FILE ..."
        )
    named = ", ".join(map(str, recipe.data.manuals))
    return CorpusMissing(f"Nothing in {named} can be read as a manual.", f"Put {', '.join(SUFFIXES)} files there.")


def _must_be_of(recipe: DomainRecipe, held: dict[str, Any], folder: Path) -> None:
    """Raises RecipeInvalid where the data in ``folder`` were made of files, or with a seed, that are others now."""
    now = {path.name: sha256_of(path) for path in (*recipe.data.faq, *_files(recipe.data.manuals))}
    changed = sorted(name for name in now.keys() | held["inputs"].keys() if now.get(name) != held["inputs"].get(name))
    if held["settings"].get("seed", recipe.seeds[0]) != recipe.seeds[0]:
        changed.append("the first of seeds")
    if changed:
        raise RecipeInvalid(
            f"Changed since {folder} was made: {', '.join(changed)}.",
            f"Name another folder with out, or delete {recipe.out} to begin anew.",
            "changed",
        )


def _entries(prepared: Prepared, built: Built) -> list[FaqEntry]:
    """What may be asked in training: trained entries of the FAQ, then trained cells in their first wording."""
    return [*prepared.of("train")[0], *(_entry(fact, 0) for fact in built.trained)]


def _entry(fact: Fact, wording: int) -> FaqEntry:
    asked = fact.cell.asked(wording) if fact.cell is not None else fact.trained_question or fact.question
    machine = fact.cell.machine if fact.cell is not None else ""
    return FaqEntry(f"{fact.id}-{wording}", asked, fact.answer, fact.lang, fact.document, machine, same_as=fact.id)


def _write_texts(
    recipe: DomainRecipe, library: Library, prepared: Prepared, general: GeneralText, folder: Path
) -> dict[str, int]:
    """Manuals, facts in further wordings and FAQ, with the share of general text."""
    seed = recipe.seeds[0]
    kept = set(prepared.split.unseen)
    unseen = {m.name for m in library.manuals() if kept & {m.name, PurePath(m.name).stem}}
    told = TextShares(replay=0.0, restatements=recipe.cpt.restatements, seed=seed)
    own = text_rows(library, unseen, told, prepared.of("train")[0]).rows
    share = recipe.cpt.replay_share
    wanted = round(sum(len(row["text"]) for row in own) * share / (1 - share))
    rows: list[Row] = [*own, *({"text": text, "kind": "replay"} for text in replay_texts(general, wanted, seed))]
    rows = [{"text": without_marks(row["text"]), "kind": row["kind"]} for row in rows]
    random.Random(f"{seed}:cpt").shuffle(rows)
    scored = [{"text": text} for text in general.scored]
    return {
        "cpt.jsonl": write_rows(folder / "cpt.jsonl", rows),
        "general.jsonl": write_rows(folder / "general.jsonl", scored),
    }


def _answers(
    recipe: DomainRecipe,
    entries: Sequence[FaqEntry],
    cells: Sequence[Fact],
    vectors: IndexVectors,
    general: GeneralText,
) -> list[Row]:
    """FAQ and cells in their wordings, some with excerpts, and the general rows among them."""
    seed, stage = recipe.seeds[0], recipe.sft
    near = {
        place: [int(other) for other in row if other >= 0 and entries[other].lang == entries[place].lang]
        for place, row in enumerate(nearest(vectors.questions, vectors.answers, 12).places)
    }
    groups = list(range(len(entries)))
    rows = answer_rows(entries, groups, near, stage.with_excerpts, stage.unanswerable, seed)
    own = entries[: len(entries) - len(cells)]  # of the FAQ; a person's question is repeated as it is
    for wording in range(1, stage.askings):
        more = [*own, *(_entry(fact, wording) for fact in cells)]
        rows += answer_rows(more, list(range(len(more))), {}, 0.0, 0.0, seed)
    rows += replay_answers(general, share_of_rows(rows, stage.replay_share), stage.max_tokens, seed)
    random.Random(f"{seed}:sft").shuffle(rows)
    return [_clean(row) for row in rows]


def _write_pairs(
    recipe: DomainRecipe, entries: Sequence[FaqEntry], vectors: IndexVectors, folder: Path
) -> dict[str, int]:
    """Pairs by each rule, as many of each, and the chosen answers of as many as rows of further instruction tuning."""
    files: dict[str, int] = {}
    by_rule: dict[str, list[Row]] = {}
    for rule in recipe.dpo.rules:
        mined = mine(entries, vectors, MiningOptions(rule=rule, seed=recipe.seeds[0]))  # type: ignore[arg-type]
        rng = random.Random(f"{recipe.seeds[0]}:rows")
        rows = [row_of(one, entries, mined.groups.of, rng) for one in mined.rejections]
        rng.shuffle(rows)
        by_rule[rule] = [_clean(row) for row in rows]
        (folder / f"mining-{rule}.md").write_text("\n".join(mined.report.lines()) + "\n", "utf-8")
    fewest = min(map(len, by_rule.values()), default=0)
    for rule, rows in by_rule.items():
        files[f"pairs-{rule}.jsonl"] = write_rows(folder / f"pairs-{rule}.jsonl", rows[:fewest])
    last = next(reversed(by_rule.values()), [])[:fewest]
    chosen = [{"prompt": row["prompt"], "completion": row["chosen"]} for row in last]
    files["sft-chosen.jsonl"] = write_rows(folder / "sft-chosen.jsonl", chosen)
    return files


def _clean(row: Row) -> Row:
    """Marks of a chat inside a message are kept apart; what the trainer does not read goes."""

    def messages(held: Sequence[dict[str, str]]) -> list[dict[str, str]]:
        return [{"role": one["role"], "content": without_marks(one["content"])} for one in held]

    return {key: messages(row[key]) for key in ("prompt", "completion", "chosen", "rejected") if key in row}


@contextmanager
def _library(recipe: DomainRecipe) -> Iterator[Library]:
    """The site's index, or one made of the recipe's manuals in the run's folder."""
    from index.embedders.embedder import make_embedder
    from index.library import Library
    from index.options import IndexOptions

    root = Path(__file__).resolve().parents[2]
    embedder = make_embedder(str(root / "models/andon-embed-ja-en.onnx"))
    live = recipe.data.index
    folder = live / "index" if live is not None else recipe.out / "index"
    with Library(IndexOptions(folder), write=live is None, embedder=embedder) as library:
        if live is None:
            known = {manual.name for manual in library.manuals()}
            for path in _files(recipe.data.manuals):
                if path.name not in known:
                    library.add(path)
        yield library


def _files(paths: Sequence[Path]) -> list[Path]:
    found: list[Path] = []
    for path in paths:
        found += sorted(f for f in path.rglob("*") if f.suffix.lower() in SUFFIXES) if path.is_dir() else [path]
    return found


def _card(recipe: DomainRecipe, prepared: Prepared, built: Built, files: dict[str, int]) -> DataCard:
    return DataCard(
        name=f"Data of {recipe.name}",
        made_by="andon train run",
        licence="the site's own; as its source documents",
        inputs={path.name: sha256_of(path) for path in (*recipe.data.faq, *_files(recipe.data.manuals))},
        funnel=[("entries of the FAQ", len(prepared.entries)), ("facts", built.facts), ("items", len(built.items))],
        settings={
            "seed": recipe.seeds[0],
            "wordings in which a cell is asked": recipe.sft.askings,
            "restatements": recipe.cpt.restatements,
            "share of general text": recipe.cpt.replay_share,
            "of general answers": recipe.sft.replay_share,
        },
        files=files,
        rule=str(__doc__),
        gaps=["Facts are those of tables and FAQ; what running text alone states is read and not tested."],
        figures={
            "items by pool": dict(Counter(item.pool for item in built.items)),
            "trained cells": len(built.trained),
            "documents kept from training": sorted(prepared.split.unseen),
        },
    )
