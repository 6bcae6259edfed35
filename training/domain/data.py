"""The data of a run: manuals and FAQ -> what each stage reads and what scores them, as files with a card.

Everything is divided by document and by fact before anything is made of it, so that no wording of a scored fact reaches
a stage that must not know it: ``train`` facts are told, asked and mined; ``text`` facts are told and never asked; the
documents of ``unseen`` are not read at all.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from training.data.answer_rows import answer_rows
from training.data.cleaning import FEWEST
from training.data.data_card import DataCard, write_rows
from training.data.faq_table import FaqEntry
from training.data.index_vectors import index_vectors
from training.data.nearest import nearest
from training.data.prepare import Prepared, prepare
from training.data.split import Part, Shares, part_of
from training.domain.facts import ASKED, Fact, facts_of
from training.domain.general import GeneralText, general_text
from training.domain.items import Item, items_of
from training.domain.recipe import DomainRecipe
from training.domain.text_rows import text_rows, without_marks
from training.errors import CorpusMissing
from training.mining.mine import mine
from training.mining.options import MiningOptions
from training.mining.rows import row_of
from training.provenance import sha256_of

if TYPE_CHECKING:
    from index.library import Library
    from index.passage import Manual, Passage
    from training.data.index_vectors import IndexVectors

ASKINGS = 3  # wordings in which a table's fact is asked in instruction tuning
DONE = "card.json"
SUFFIXES = (".pdf", ".docx", ".pptx", ".xlsx", ".html", ".md", ".adoc", ".txt", ".csv", ".zip")


@dataclass(frozen=True, slots=True)
class Site:
    """What a site's documents hold: ``passages`` and ``facts`` by manual id, in the order of the manuals."""

    manuals: dict[str, Manual]
    passages: Mapping[str, Sequence[Passage]]
    facts: dict[str, list[Fact]]


def make_data(recipe: DomainRecipe, folder: Path, say: Callable[[dict[str, object]], None]) -> dict[str, Any]:
    """Write ``cpt.jsonl``, ``sft.jsonl``, ``sft-chosen.jsonl``, ``pairs-RULE.jsonl``, ``items.jsonl`` and the card into
    ``folder``; what the card says. Done only once. Raises CorpusMissing, FaqUnusable and what the index raises."""
    if (folder / DONE).is_file():
        held: dict[str, Any] = json.loads((folder / DONE).read_text("utf-8"))
        return held
    folder.mkdir(parents=True, exist_ok=True)
    general = general_text(recipe.data.general)
    with _library(recipe) as library:
        site = read_site(library)
        shares = Shares(unseen=recipe.data.held_out, text=recipe.data.text_only, dev=0.0, seed=recipe.seeds[0])
        prepared = prepare(recipe.data.faq, shares, library, remembered=folder / "vectors.npz")
        made = _Making(recipe, site, prepared, general, shares)
        say({"stage": "data", "facts": len(made.facts), "faq": len(prepared.entries)})
        files = _write(made, library, folder)
    card = _card(made, files)
    card.write(folder)
    return dict(json.loads((folder / DONE).read_text("utf-8")))


def read_site(library: Library) -> Site:
    """All that the index holds of manuals; FAQ tables and incident records in it are not manuals."""
    manuals = {manual.id: manual for manual in library.manuals()}
    passages = {
        manual: [passage for passage in library.passages(manual) if passage.kind not in ("faq", "incident")]
        for manual in manuals
    }
    facts = {manual: facts_of(manuals[manual], held) for manual, held in passages.items()}
    if not any(passages.values()):
        raise CorpusMissing("The index holds no manual to learn from.", "andon index add FILE ...")
    return Site(manuals, passages, facts)


class _Making:
    """The parts that the files are made from."""

    def __init__(
        self, recipe: DomainRecipe, site: Site, prepared: Prepared, general: GeneralText, shares: Shares
    ) -> None:
        self.recipe, self.site, self.prepared, self.general = recipe, site, prepared, general
        self.unseen = {name.casefold() for name in prepared.split.unseen}
        self.facts = [fact for held in site.facts.values() for fact in held]
        self.part = {fact.id: self._part(fact, shares) for fact in self.facts}

    def _part(self, fact: Fact, shares: Shares) -> Part:
        """A whole row of a table is in one part, since its cells tell of each other."""
        return "unseen" if self.is_unseen(fact.document) else part_of(f"{fact.document} {fact.subject}", shares)

    def is_unseen(self, document: str) -> bool:
        return document.casefold() in self.unseen or Path(document).stem.casefold() in self.unseen

    def of(self, part: Part) -> list[Fact]:
        return [fact for fact in self.facts if self.part[fact.id] == part]

    def entries(self) -> list[FaqEntry]:
        """What may be asked in training: trained entries of the FAQ, then trained facts in their first wording."""
        asked, _ = self.prepared.of("train")
        return [*asked, *(entry_of(fact, 0) for fact in self.of("train"))]


def entry_of(fact: Fact, wording: int) -> FaqEntry:
    return FaqEntry(
        f"{fact.id}-{wording}", fact.asked(wording), fact.value, fact.lang, fact.document, fact.machine, fact.section,
        same_as=fact.id,
    )  # fmt: skip


def _write(made: _Making, library: Library, folder: Path) -> dict[str, int]:
    recipe, seed = made.recipe, made.recipe.seeds[0]
    files: dict[str, int] = {}
    read = {manual: held for manual, held in made.site.passages.items()
            if not made.is_unseen(made.site.manuals[manual].name)}  # fmt: skip
    told = [f"{entry.question}\n{entry.answer}" for entry in made.prepared.of("train")[0]]
    known = [fact for fact in made.facts if made.part[fact.id] != "unseen"]
    texts, characters = text_rows(read, made.site.manuals, known, told, made.general, recipe.cpt, seed)
    files["cpt.jsonl"] = write_rows(folder / "cpt.jsonl", texts)
    entries = made.entries()
    vectors = index_vectors(entries, library, folder / "vectors.npz")
    answers = _answers(made, entries, vectors, seed)
    files["sft.jsonl"] = write_rows(folder / "sft.jsonl", answers)
    files |= _pairs(recipe, entries, vectors, folder)
    items = items_of(made.facts, made.part, seed)
    files["items.jsonl"] = write_rows(folder / "items.jsonl", [item.as_row() for item in items])
    files["general.jsonl"] = write_rows(folder / "general.jsonl", [{"text": text} for text in made.general.scored])
    (folder / "characters.json").write_text(json.dumps(characters) + "\n", "utf-8")
    return files


def _answers(made: _Making, entries: Sequence[FaqEntry], vectors: IndexVectors, seed: int) -> list[dict[str, Any]]:
    stage = made.recipe.sft
    near = {
        place: [int(other) for other in row if other >= 0 and entries[other].lang == entries[place].lang]
        for place, row in enumerate(nearest(vectors.questions, vectors.answers, 12).places)
    }
    groups = list(range(len(entries)))
    rows = answer_rows(entries, groups, near, stage.with_excerpts, stage.unanswerable, seed)
    more = [entry_of(fact, wording) for fact in made.of("train") for wording in range(1, ASKINGS)]
    rows += answer_rows(more, [len(groups) + n for n in range(len(more))], {}, 0.0, 0.0, seed)
    random.Random(f"{seed}:sft").shuffle(rows)
    return [_clean(row) for row in rows]


def _pairs(recipe: DomainRecipe, entries: Sequence[FaqEntry], vectors: IndexVectors, folder: Path) -> dict[str, int]:
    """Pairs by each rule, as many of each, and the chosen answers of as many as rows of further instruction tuning."""
    files: dict[str, int] = {}
    by_rule: dict[str, list[dict[str, Any]]] = {}
    for rule in recipe.dpo.rules:
        options = MiningOptions(rule=rule, seed=recipe.seeds[0])  # type: ignore[arg-type]
        mined = mine(entries, vectors, options)
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


def _clean(row: dict[str, Any]) -> dict[str, Any]:
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


def _card(made: _Making, files: dict[str, int]) -> DataCard:
    recipe = made.recipe
    parts = Counter(made.part.values())
    return DataCard(
        name=f"Data of {recipe.name}",
        made_by="andon train run",
        licence="the site's own; as its source documents",
        inputs={path.name: sha256_of(path) for path in (*recipe.data.faq, *_files(recipe.data.manuals))},
        funnel=[("entries of the FAQ", len(made.prepared.entries)), ("facts of tables", len(made.facts))],
        settings={"asked in": f"{ASKINGS} of {len(ASKED['en'])} wordings", "fewest entries": FEWEST},
        files=files,
        rule=str(__doc__),
        gaps=["Facts are those of tables and FAQ; what running text alone states is read and not tested."],
        figures={"facts by part": dict(parts), "documents kept from training": sorted(made.prepared.split.unseen)},
    )


def read_items(folder: Path) -> list[Item]:
    """The two-choice items that ``make_data`` wrote."""
    lines = (folder / "items.jsonl").read_text("utf-8").splitlines()
    return [Item(**json.loads(line)) for line in lines if line]


def with_part(item: Item, part: str) -> Item:
    return replace(item, pool=part)
