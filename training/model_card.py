"""The model card: what the model is for, what it read under which licence, how it scored, where it fails."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from training.corpus import Document
from training.recipe import Recipe

ATTRIBUTION: Mapping[str, str] = {
    "MicrosoftDocs/cpp-docs": "Microsoft C++ documentation, Microsoft Corporation and contributors",
    "yukarinoki/cpp-docs.ja-jp": "Microsoft C++ documentation in Japanese, Microsoft Corporation and contributors",
    "MicrosoftDocs/DynamicsAX2012-technet": "Dynamics AX 2012 documentation, Microsoft Corporation and contributors",
    "MicrosoftDocs/Dynamics-365-Operations.ja-jp": "Dynamics 365 documentation (Japanese), Microsoft and contributors",
    "MicrosoftDocs/windows-driver-docs": "Windows driver documentation, Microsoft Corporation and contributors",
    "hyoshioka0128/windows-driver-docs.ja-jp": "Windows driver documentation (Japanese), Microsoft and contributors",
    "zelanko/sql-docs.ja-jp": "SQL documentation in Japanese, Microsoft Corporation and contributors",
    "wpilibsuite/frc-docs": "FIRST Robotics Competition documentation, FIRST and the WPILib contributors",
    "odriverobotics/ODrive": "ODrive documentation, ODrive Robotics and contributors",
    "AkariGroup/docs": "AKARI documentation, the AKARI Group contributors",
    "php/doc-en": "PHP Manual, the PHP Documentation Group",
    "php/doc-ja": "PHP Manual in Japanese, the PHP Documentation Group",
    "python/python-docs-ja": "Python documentation, Python Software Foundation, and its Japanese translators",
    "rurema/doctree": "Ruby Reference Manual in Japanese, the Ruby Reference Manual project",
}
"""Who is to be named for each source. A source that is not here is named by its repository."""

SAMPLES_PER_GROUP = 3
SAMPLE_CHARS = 160


@dataclass(frozen=True, slots=True)
class SourceUse:
    """How much of one source the stages could draw from."""

    source: str
    licence: str
    lang: str
    documents: int
    characters: int


def sources_of(documents: Mapping[str, Sequence[Document]]) -> list[SourceUse]:
    """The sources of ``documents`` by language, largest first."""
    counts: dict[tuple[str, str, str], list[int]] = defaultdict(lambda: [0, 0])
    for found in documents.values():
        for document in found:
            count = counts[(document.source, document.licence, document.lang)]
            count[0] += 1
            count[1] += len(document.text)
    uses = [SourceUse(*key, *count) for key, count in counts.items()]
    return sorted(uses, key=lambda u: -u.characters)


def model_card(
    recipe: Recipe,
    run: Mapping[str, Any],
    scores: Mapping[str, Any],
    sources: Sequence[SourceUse],
    answers: Sequence[Mapping[str, Any]],
) -> str:
    """The card as markdown, every number taken from the run's record and the measured scores."""
    return "\n".join(
        [
            *_purpose(recipe, run, scores),
            *_training(recipe, run),
            *_sources(sources),
            *_scores(recipe, scores),
            *_samples(answers),
            *_limits(),
        ]
    )


def _purpose(recipe: Recipe, run: Mapping[str, Any], scores: Mapping[str, Any]) -> list[str]:
    export = run["stages"]["export"]
    shape = recipe.shape
    return [
        f"# {recipe.name}",
        "",
        "The small bilingual (Japanese, English) model that ships with Andon. It reads numbered excerpts of manuals",
        "and a question and copies the sentences that answer it, each with the number of its excerpt, or says that the",
        "excerpts hold no answer. It knows nothing by itself and is meant for nothing else.",
        "",
        f"- File: `{Path(str(recipe.model_file or export['file'])).name}`, {export['bytes']:,} bytes, Q8_0 GGUF,",
        f"  SHA-256 `{scores['sha256']}`",
        f"- Shape: Llama, {shape.layers} layers, hidden {shape.hidden}, {shape.heads} heads of {shape.head_dim}, "
        f"feed-forward {shape.ffn}, vocabulary {recipe.tokenizer.vocab_size:,} (tied), context {shape.context}",
        "- Licence: Apache-2.0. Sources and the people to be named are listed below.",
        f"- Repeat: `python -m training.run training/recipes/{recipe.name}.toml`",
        "",
    ]


def _training(recipe: Recipe, run: Mapping[str, Any]) -> list[str]:
    lines = [
        "## Training",
        "",
        "Trained from scratch on two processor cores. Some heads of the first three layers start as a copying circuit",
        "(heads that look back, heads that look for what followed the same words before); everything else starts at",
        "random. A training row is one prompt with many questions, each seeing the prompt and itself only.",
        "",
        "| stage | steps | tokens read | minutes | last loss (nats a token) |",
        "|---|---|---|---|---|",
    ]
    for stage in ("pretrain", "tune"):
        done = run["stages"][stage]
        lines.append(
            f"| {stage} | {done['step']:,} | {done['tokens']:,} | {done['seconds'] / 60:.0f} | {done['loss']:.2f} |"
        )
    share = recipe.tune
    return [
        *lines,
        "",
        f"Rows of the last stage: {share.plain_share:.0%} plain text; of the rest {share.factory_share:.0%} are",
        "made-up alarm lists, parameter lists, procedures and upkeep plans (own words, random codes) and FAQ",
        "entries of the demo plant, the others sections of the documents below with questions derived from their own",
        "wording. A few questions in a hundred have no answer in their excerpts. No manual and no test question of",
        "the demo plant was used.",
        "",
        *([recipe.note.strip(), ""] if recipe.note else []),
    ]


def _sources(sources: Sequence[SourceUse]) -> list[str]:
    rows = [
        f"| {ATTRIBUTION.get(u.source, u.source)} ({u.source}) | {u.licence} | {u.lang} | {u.documents:,} "
        f"| {u.characters / 1e6:.2f} |"
        for u in sources
    ]
    return [
        "## What it read",
        "",
        "Only text under CC-BY, PSF and MIT terms; of Japanese text only what people wrote or translated. The text was",
        "changed: cut into sections and sentences. One page in fifty was kept out for the scores.",
        "",
        "| source, and who is to be named | licence | language | documents | million characters |",
        "|---|---|---|---|---|",
        *rows,
        "",
    ]


def _scores(recipe: Recipe, scores: Mapping[str, Any]) -> list[str]:
    columns = ("verbatim", "right_source", "answered_right", "exact", "refusal_precision", "refusal_recall")
    rows = []
    for group, found in scores["scores"].items():
        cells = " | ".join(f"{found[c]:.0%}" for c in columns)
        rows.append(f"| {group} | {found['questions']} | {cells} |")
    plain = scores["bits_per_byte"]
    return [
        "## Scores",
        "",
        "Held-out pages and made-up manuals drawn anew; greedy answers of the shipped file.",
        f"Record: [docs/results/{recipe.name}.json](../docs/results/{recipe.name}.json).",
        "",
        "| questions on | n | word for word | right excerpt | answered right | exact | refusals right | refused |",
        "|---|---|---|---|---|---|---|---|",
        *rows,
        "",
        "*Word for word*: every sentence cites an excerpt and stands in it exactly (of answers that are no refusal).",
        "*Right excerpt*: the one that holds the answer. *Answered right*: a sentence of the wanted answer is given.",
        "*Exact*: the whole wanted answer and nothing else. *Refusals right*: share of the refusals that are true;",
        "*refused*: share of the questions without an answer that got it.",
        "",
        f"Held-out text: {plain['ja']} bits a byte in Japanese, {plain['en']} in English.",
        "",
    ]


def _samples(answers: Sequence[Mapping[str, Any]]) -> list[str]:
    lines = ["## Samples", "", "The first answers of the record, good and bad alike.", ""]
    for lang in ("ja", "en"):
        for family in ("page", "factory"):
            found = [a for a in answers if a["lang"] == lang and (a["family"] == "page") == (family == "page")]
            for row in found[:SAMPLES_PER_GROUP]:
                wanted, answer = (_shortened(str(row[k])) for k in ("wanted", "answer"))
                lines += [f"- {row['question']}", f"  - wanted: {wanted}", f"  - answer: {answer}"]
    return [*lines, ""]


def _shortened(text: str) -> str:
    text = text.strip()
    return json.dumps(text if len(text) <= SAMPLE_CHARS else f"{text[:SAMPLE_CHARS]} …", ensure_ascii=False)


def _limits() -> list[str]:
    return [
        "## Limits",
        "",
        "- It is weak. Andon checks every sentence against the excerpt it cites and withholds what is not supported;",
        "  where nothing is left, and always above the answer, the operator sees the manual's own words.",
        "- Freely worded questions over full passages are beyond it: on 50 such questions of the demo plant it mostly",
        "  refused, and none of its 6 supported answers held the wanted fact (docs/log/andon-slm.md). The made-up",
        "  questions of the table are much easier.",
        "- Its refusals say little: it refuses where it is unsure of the place, and answers where nothing answers.",
        "  Andon decides that before it asks the model.",
        "- It reads one excerpt far better than three.",
        "- Where it loses its place it may repeat words up to the limit of tokens. Such text is withheld too.",
        "- It may copy a true sentence that answers another question, above all where the two share no word. In a list",
        "  of several alarms it may take the line of another alarm, and no check of words finds that: give it the best",
        "  passage alone, as the index cuts them (one alarm each).",
        "- It does not reason, calculate, translate or summarise, and answers in the language of the question only if",
        "  the excerpt is in that language.",
        "- It was trained on prompts of up to about 700 tokens (positions up to about 1,700); longer ones score lower.",
        "- Trained mostly on software documentation and made-up factory text, not on real machine manuals.",
        "",
    ]
