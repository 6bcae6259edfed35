"""The model card: what the model is for, what it read under which licence, how it scored, where it fails."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from textwrap import wrap
from typing import Any

from training.attribution import SourceUse, source_table
from training.bundled.recipe import Recipe

SAMPLES_PER_GROUP = 2
SAMPLE_CHARS = 160
WIDTH = 118


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
            *source_table(sources),
            *_scores(recipe, scores),
            *_samples(answers),
            *_limits(),
        ]
    )


def _purpose(recipe: Recipe, run: Mapping[str, Any], scores: Mapping[str, Any]) -> list[str]:
    export = run["steps"]["export"]
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
        f"- Repeat: `python -m training.bundled.run training/recipes/{recipe.name}.toml`",
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
    for stage in ("pretrain", "tune", "adapt", "prefer"):
        done = run["steps"][stage]
        lines.append(
            f"| {stage} | {done['step']:,} | {done['tokens']:,} | {done['seconds'] / 60:.0f} | {done['loss']:.2f} |"
        )
    share, pairs = recipe.adapt, run["steps"]["prefer"]["pairs"]
    return [
        *lines,
        "",
        *_paragraph(
            f"""*pretrain* and *tune* read plain text, pages of the documents below, and made-up alarm lists, parameter
            lists, procedures and upkeep plans, in a form of their own. *adapt* reads one passage a prompt, cut by
            the index as it cuts manuals: {share.factory_share:.0%} of made-up manuals (own words, random codes,
            real sentences among them), the rest of the documents below, 2% FAQ entries of the demo plant. Its
            questions are made by rule from the passage's own words and from lists of how operators ask. A few
            questions in a hundred have no answer in their passage. No manual and no test question of the demo plant
            was used."""
        ),
        *_paragraph(
            f"""*prefer* is direct preference optimisation: wanted answers against the neighbouring line or row, a
            refusal where the passage answers, an answer where it does not. Its loss is that of pairs plus that of
            answers. On {pairs["pairs"]:,} pairs that no step read: margin {pairs["margin"]:+.2f}, the wanted answer
            gained more in {pairs["preferred"]:.0%} of them, its log-probability changed by
            {pairs["chosen_gain"]:+.2f} nats in the mean."""
        ),
        *([recipe.note.strip(), ""] if recipe.note else []),
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
        f"Record: [docs/results/{recipe.name}.json](../docs/results/{recipe.name}.json). Answers are greedy.",
        "",
        *_unseen(scores),
        "Held-out pages and made-up manuals drawn anew, one passage a prompt, questions as in the training rows:",
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


PARTS: Mapping[str, str] = {
    "all": "all",
    "demo-en": "English manuals of the demo plant",
    "grbl": "code lists of the Grbl controller, English",
    "demo-ja": "Japanese manuals of the demo plant",
    "jsquad": "paragraphs of JSQuAD with people's questions, Japanese",
}


def _unseen(scores: Mapping[str, Any]) -> list[str]:
    """The questions over unseen manuals; nothing where they were not asked."""
    if "unseen" not in scores:
        return []
    speed = scores["unseen"]["answer_tokens_per_core_second"]
    columns = (
        "passage_holds_fact",
        "declined",
        "refused",
        "shown",
        "answered",
        "shown_without_fact",
        "answered_of_found",
    )
    rows = []
    for part, found in scores["unseen"]["scores"].items():
        cells = " | ".join(f"{found[c]:.0%}" for c in columns)
        rows.append(f"| {PARTS[part]} | {found['questions']} | {cells} |")
    return [
        *_paragraph(
            """Manuals that no stage read, asked through search (without embedder), prompt and verification; questions
            by other rules than the training rows (training/bundled/unseen.py). Of the demo plant the stages knew the
            FAQ."""
        ),
        "| manuals | n | best passage holds the fact | declined | refused | shown | **answered** | shown without it "
        "| answered where the passage holds it |",
        "|---|---|---|---|---|---|---|---|---|",
        *rows,
        "",
        *_paragraph(
            f"""*Answered*: a verified sentence is shown and holds the asked fact. *Shown without it*: a verified
            sentence is shown, true but not the asked one. *Refused*: the model said that the manuals do not hold
            it. About {speed:.0f} tokens of answer a second on one core, prompt included."""
        ),
    ]


def _samples(answers: Sequence[Mapping[str, Any]]) -> list[str]:
    """Good and bad alike: of each part the first answered and the first not answered questions."""
    lines = [
        "## Samples",
        "",
        "The first of the record by part, answered and not; what was withheld stands in brackets.",
        "",
    ]
    for part in PARTS:
        for good in (True, False):
            found = [a for a in answers if a.get("part") == part and a["answered"] == good and not a["declined"]]
            for row in found[:SAMPLES_PER_GROUP]:
                shown = _shortened(str(row["answer"])) if row["shown"] else f"({_shortened(str(row['said']))})"
                mark = "answered" if good else "not answered"
                facts = " or ".join(_shortened(fact) for fact in row["facts"][:2])
                lines += [f"- {row['question']}", f"  - wanted: {facts}", f"  - {mark}: {shown}"]
    for row in [a for a in answers if "wanted" in a][:SAMPLES_PER_GROUP]:
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
        "- It copies lines. What it may get wrong is which: see *shown without it* in the table. A copied line is",
        "  true, but no check of words finds that it answers another question.",
        "- Questions in words that the passage does not use (wobbles, for play in the bearing) are mostly beyond it.",
        "- Its refusals say little: it refuses where it is unsure of the place, and answers where nothing answers.",
        "  Andon decides that before it asks the model.",
        "- Give it one passage, the best one, as the index cuts them (one alarm each). It was last trained on that.",
        "- Of a long procedure it gives the first steps; the whole of it stands in the quote above.",
        "- Where it loses its place it may repeat words up to the limit of tokens. Such text is withheld too.",
        "- It does not reason, calculate, translate or summarise. It answers in the language of the manual; a question",
        "  in the other language it can only follow by codes and numbers.",
        "- It was trained on prompts of up to about 700 tokens; longer ones score lower.",
        "- Trained mostly on software documentation and made-up factory text, not on real machine manuals.",
        "",
    ]


def _paragraph(text: str) -> list[str]:
    """``text`` in lines of the card's width, and an empty line."""
    return [*wrap(" ".join(text.split()), WIDTH, break_on_hyphens=False), ""]
