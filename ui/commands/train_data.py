"""andon train faq, mine, two-choice: a site's tables and manuals become what stages read and what scores them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ui.terminal import Data, settings_with, tell

if TYPE_CHECKING:
    from index.library import Library
    from training.data.split import Shares

Tables = Annotated[
    list[Path],
    typer.Argument(help="FAQ tables (CSV, TSV, XLSX, JSONL) with columns question and answer, or 質問 and 回答."),
]
Prepared = Annotated[Path, typer.Argument(help="Folder that andon train faq wrote.")]
Out = Annotated[Path, typer.Option("--out", help="Folder for the files.")]
Seed = Annotated[int, typer.Option("--seed", help="Decides what is random; the same seed gives the same files.")]
Alone = Annotated[
    bool, typer.Option("--without-index", help="Go by words alone, without the index's embedder and vectors.")
]


def faq(
    tables: Tables,
    out: Out,
    leave_out_bad: Annotated[
        bool, typer.Option("--leave-out-bad", help="Go on where many rows have no answer or contradict each other.")
    ] = False,
    unseen: Annotated[float, typer.Option(help="Share of entries whose documents no training reads.")] = 0.15,
    text: Annotated[float, typer.Option(help="Share of facts that are read in manuals, never asked.")] = 0.2,
    dev: Annotated[float, typer.Option(help="Share of facts for choosing settings.")] = 0.1,
    seed: Seed = 1,
    without_index: Alone = False,
    data: Data = None,
) -> None:
    """Clean FAQ tables, find entries that state one fact in other words, and divide them by fact and document.

    Writes train.jsonl, text.jsonl, dev.jsonl, unseen.jsonl, sft.jsonl and a data card. Rows that cannot be used are
    told with their lines; a table of which too little is left is refused before anything is trained.
    """
    from training.data.prepare import AnswerShares, prepare, write_prepared

    shares = _shares(unseen, text, dev, seed)
    library = None if without_index else _library(data)
    try:
        prepared = prepare(
            tables, shares, library, leave_out_bad=leave_out_bad, remembered=out / "vectors.npz" if library else None
        )
    finally:
        if library is not None:
            library.close()
    card = write_prepared(prepared, tables, out, shares, AnswerShares())
    for table in prepared.cleaned.values():
        for line in table.told():
            tell("train.left_out", what=line)
    for name, rows in card.files.items():
        tell("train.rows", name=name, rows=rows)
    tell("train.written", path=out)


def mine(
    folder: Prepared,
    rule: Annotated[
        str, typer.Option(help="ours; or to compare with: paper (the most similar answer), keyword, random.")
    ] = "ours",
    without: Annotated[
        list[str] | None,
        typer.Option(
            help="Switch a step of ours off: window, equivalence, length, reciprocity, product, alike, quotas."
        ),
    ] = None,
    view: Annotated[
        list[str] | None,
        typer.Option(help="Views that find candidates: retrieved, crossed, question, answer, keyword (default: all)."),
    ] = None,
    model: Annotated[
        str, typer.Option(help="Model to be trained, an id of models.toml or a GGUF file: what it says wrongly itself.")
    ] = "",
    seed: Seed = 1,
    data: Data = None,
) -> None:
    """Mine answers that are nearly right, as rejected answers for preference training.

    Reads train.jsonl of FOLDER; likeness comes from the embedder and the collection of the index in the data folder.
    Writes pairs-RULE.jsonl, a report of what each rule took away (JSON and a page) and a data card.
    """
    from training.mining.run import mine_folder, options_of

    options = options_of(rule, without or [], view or [], seed)
    settings = settings_with(data=data, **({"model": model} if model else {}))
    library = _library(data)
    runner = None
    try:
        if model:
            from assistant.build import open_runner

            runner = open_runner(settings)
        report = mine_folder(folder, library, options, runner)
    finally:
        library.close()
        if runner is not None:
            runner.close()
    kinds = ", ".join(f"{kind} {count}" for kind, count in report.kinds.items() if count)
    for name, count in report.skipped.items():
        tell("train.skipped", rule=name, count=count)
    tell("train.vectors", embedder=report.embedder, counts=", ".join(f"{k} {n}" for k, n in report.vectors.items()))
    tell("train.mined", rows=sum(report.kinds.values()), kinds=kinds, seconds=report.seconds)
    tell("train.written", path=folder)


def _shares(unseen: float, text: float, dev: float, seed: int) -> Shares:
    from training.data.split import Shares
    from training.errors import RecipeInvalid

    if min(unseen, text, dev) < 0 or unseen >= 1 or text + dev >= 1:
        raise RecipeInvalid("Shares lie between 0 and 1, and text and dev together below 1.", "For example --dev 0.1")
    return Shares(unseen, text, dev, seed)


def _library(data: Path | None) -> Library:
    from assistant.build import open_library

    return open_library(settings_with(data=data))


def _write_json(path: Path, value: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
