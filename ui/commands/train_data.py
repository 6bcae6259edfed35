"""andon train faq, mine, two-choice: a site's tables and manuals become what stages read and what scores them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ui.terminal import Data, reader_lang, settings_with, tell
from ui.wording import say

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
    from training.data.cleaning import first_lines
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
        for reason, lines in table.left_out.items():
            what = say(f"train.reason.{reason}", reader_lang())
            first, more = first_lines(lines)
            where = say("train.more_lines", reader_lang(), first=first, more=more) if more else first
            tell("train.left_out", what=what, count=len(lines), lines=where)
    for name, rows in card.files.items():
        tell("train.rows", name=name, rows=rows)
        if not rows and name != "sft.jsonl":
            tell("train.empty_part", name=name)
    if without_index:
        tell("train.words_alone")
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


def text(
    out: Out,
    faq: Annotated[Path | None, typer.Option("--faq", help="Folder that andon train faq wrote.")] = None,
    replay: Annotated[float, typer.Option(help="Share of general text, so that the model keeps what it knew.")] = 0.1,
    restatements: Annotated[int, typer.Option(help="Further forms of each fact at most.")] = 4,
    general: Annotated[Path | None, typer.Option(help="Folder of general text (*.jsonl.zst).")] = None,
    teacher: Annotated[
        str, typer.Option(help="Model that writes questions and restatements: as the setting model takes it.")
    ] = "",
    seed: Seed = 1,
    data: Data = None,
) -> None:
    """Write the indexed manuals as text for continual pre-training: as they are, restated, and general text beside.

    A teacher is any model that the setting model takes, such as an OpenAI-compatible server of this site. What it
    writes is checked against its passage: amounts, codes, parts and words; what fails is kept apart with the reason.
    """
    from training.data.text_rows import TextShares
    from training.data.text_run import write_text
    from training.errors import RecipeInvalid

    if not 0 <= replay < 1 or restatements < 0:
        raise RecipeInvalid("replay lies between 0 and 1, restatements is 0 or more.", "For example --replay 0.1")
    runner = None
    if teacher:
        from assistant.build import open_runner

        runner = open_runner(settings_with(data=data, model=teacher))
    library = _library(data)
    try:
        shares = TextShares(replay, restatements, seed)
        card = write_text(library, out, shares, faq=faq, general=general, runner=runner)
    finally:
        library.close()
        if runner is not None:
            runner.close()
    for name, rows in card.files.items():
        tell("train.rows", name=name, rows=rows)
    for gap in card.gaps:
        tell("train.gap", what=gap)
    tell("train.written", path=out)


def tokens(
    out: Out,
    texts: Annotated[
        list[Path] | None, typer.Argument(help="cpt.jsonl of andon train text, or text files (default: the index).")
    ] = None,
    base: Annotated[
        Path | None, typer.Option(help="Folder of transformers or GGUF file of a Llama (default: the bundled model).")
    ] = None,
    data: Data = None,
) -> None:
    """Show how a base's tokenizer cuts the site's text beside general text, and which terms cost most tokens.

    Writes tokens.json and tokens.md. Look before CPT: [tokenizer] in a recipe adds terms, which is seldom worth it.
    """
    from training.domain.base import open_base
    from training.domain.general import general_text
    from training.domain.run import BUNDLED
    from training.tokens.added import cutter_of
    from training.tokens.run import texts_of, write_report

    if texts:
        site = texts_of(texts)
    else:
        with _library(data) as library:
            site = [passage.text for manual in library.manuals() for passage in library.passages(manual.id)]
    source = base or BUNDLED
    folder = open_base(source, out / "base")
    report = write_report(cutter_of(folder), site, general_text(None).scored, out, source.stem)
    for kind, cut in report.kinds.items():
        tell("train.tokens", kind=kind, share=f"{cut.characters_a_token:.2f}", lost=cut.lost)
    tell("train.terms", terms=", ".join(f"{term.text} ({term.pieces})" for term in report.terms[:8]))
    tell("train.written", path=out / "tokens.md")


def two_choice(
    out: Out,
    faq: Annotated[Path | None, typer.Option("--faq", help="Folder that andon train faq wrote.")] = None,
    most: Annotated[int, typer.Option(help="Items at most.")] = 1200,
    unseen: Annotated[
        float, typer.Option(help="Share of manuals that no training reads, where --faq names none.")
    ] = 0.2,
    text: Annotated[float, typer.Option(help="Share of facts that are read in manuals, never asked.")] = 0.2,
    dev: Annotated[float, typer.Option(help="Share of facts left out for choosing settings.")] = 0.1,
    seed: Seed = 1,
    data: Data = None,
) -> None:
    """Build a two-choice test of what a model knows, from the tables of the indexed manuals and a prepared FAQ.

    Three pools: trained, text_only, unseen, of which the last must score 50 % without the manuals. Writes items.jsonl,
    sft-cells.jsonl (what training may ask of the tables) and a card with what guesses without knowledge score.
    """
    from training.two_choice.run import build, write_built

    shares = _shares(unseen, text, dev, seed)
    library = _library(data)
    try:
        built = build(library, faq, shares, most)
    finally:
        library.close()
    card = write_built(built, out, shares)
    pools = ", ".join(f"{pool} {count}" for pool, count in card.figures["items by pool"].items())
    tell("train.items", count=len(built.items), pools=pools)
    for name, share in built.guessed.items():
        tell("train.guess", name=name, share=f"{100 * share:.1f}")
    tell("train.written", path=out)


def score(
    items: Annotated[Path, typer.Argument(help="items.jsonl of andon train two-choice.")],
    model: Annotated[str, typer.Option(help="An id of models.toml, a GGUF file, or a transformers folder.")] = "",
    most: Annotated[int, typer.Option(help="Items at most, whole pairs.")] = 1200,
    spoken: Annotated[
        bool, typer.Option("--spoken", help="Also let the model answer in its own words (GGUF).")
    ] = False,
    against: Annotated[Path | None, typer.Option("--against", help="Compare with a result of this command.")] = None,
    as_json: Annotated[Path | None, typer.Option("--json", help="Write all figures and items to this file.")] = None,
    data: Data = None,
) -> None:
    """Score a model on two-choice items, without manuals: by likelihood, by letters in both orders, question-blind.

    Shares with 95 % intervals by pool; the smallest gap that would show. With --against a paired comparison.
    """
    from training.two_choice.evaluate import compare_results, evaluate, read_result

    earlier = read_result(against) if against is not None else None
    result = evaluate(items, settings_with(data=data, **({"model": model} if model else {})), most, spoken)
    for name, found in result["pools"].items():
        share, low, high = (f"{100 * value:.1f}" for value in found[result["primary"]])
        gap = f"{100 * found['smallest_gap']:.1f}"
        tell("train.score", pool=name, share=share, low=low, high=high, count=found["items"], gap=gap)
    share, low, high = (f"{100 * value:.1f}" for value in result["pools"]["all"]["question_blind"])
    tell("train.blind", share=share, low=low, high=high)
    if earlier is not None:
        result["against"] = compare_results(earlier, result)
        for name, found in result["against"].items():
            tell("train.compared", pool=name, gap=f"{100 * found['difference']:+.1f}", low=f"{100 * found['low']:+.1f}",
                 high=f"{100 * found['high']:+.1f}", p=f"{found['adjusted']:.3g}")  # fmt: skip
    if as_json is not None:
        _write_json(as_json, result)
        tell("train.written", path=as_json)


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
