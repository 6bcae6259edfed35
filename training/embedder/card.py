"""The embedder's card: what it is for, what it learned from under which licence, how it scored, where it fails."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from training.attribution import ATTRIBUTION
from training.corpus import corpus_files, rows_of
from training.embedder.pairs import named
from training.embedder.recipe import EmbedderRecipe


def embedder_card(recipe: EmbedderRecipe, report: Mapping[str, Any]) -> str:
    """Markdown, English with a Japanese summary. ``report`` has "exported", "held_out", "pairs", "phases"."""
    file, size, static = report["exported"], report["vocabulary"], recipe.static
    lines = [
        f"# {recipe.name}",
        "",
        "Text -> vector of 640 numbers, Japanese and English in one space: a question is near the passage that",
        "answers it, whichever of the two languages either is in. It ranks passages for search beside keywords and",
        "codes; it does not decide alone, and a code such as AL.32 is looked up, never left to it.",
        "",
        "日本語と英語の文を同じ空間の640次元ベクトルにする検索用モデルです。質問と、その答えが書かれた箇所が、言語が違っても",
        "近くなるように学習しています。検索ではキーワードとコードの照合を補う役割で、アラームコードの判定には使いません。",
        "",
        "## What it is",
        "",
        "- Student of sentence-transformers/all-MiniLM-L6-v2 (Apache-2.0): its 6 layers and English word pieces, with",
        f"  Japanese pieces added ({size['tokens']:,} tokens, {size['rows']:,} rows), made on two cores: 384 numbers.",
        f"  Beside them the mean of static word rows, {static.dim} numbers, with {static.share:.0%} of the cosine.",
        f"- ONNX, 8-bit weights, {file['bytes'] / 1e6:.1f} MB, at most 256 tokens, mean of tokens, unit length.",
        f"  Cosine to the trained model's vectors: {file['mean_cosine']} on average, {file['least_cosine']} at least.",
        *_late(recipe),
        "- Made by `python -m training.embedder.run training/recipes/andon-embed.toml`; the same run leaves a folder",
        "  for sentence-transformers. Licence: Apache-2.0.",
        "",
        "## Scores on held-out pages",
        "",
        "Heading or sentence -> its section among the others (pages kept out of training).",
        "",
        "| set | questions | passages | recall@1 | recall@5 | MRR |",
        "|---|---|---|---|---|---|",
        *(
            f"| {name} | {s['questions']} | {s['passages']} | {s['recall_at_1']} | {s['recall_at_5']} | {s['mrr']} |"
            for name, s in report["held_out"].items()
        ),
        "",
        "Scores on open test sets, alone and within search, are in docs/results/embedder.json.",
        "",
        "## Training",
        "",
        "| phase | steps | texts | seconds |",
        "|---|---|---|---|",
        *(f"| {name} | {p['steps']:,} | {p['texts']:,} | {p['seconds']:,} |" for name, p in report["phases"].items()),
        "",
        "Pairs: " + ", ".join(f"{count:,} {kind}" for kind, count in sorted(report["pairs"].items())) + ".",
        *_asked(report),
        "",
        *_sources(recipe),
        "",
        "## Limits",
        "",
        "- Software documentation taught it most of its words; those of factories come from the search glossary and",
        "  the asked facts. Words that were in neither are split into pieces whose meaning it only guesses.",
        "- Much of the Japanese side of the translations is machine-made and clumsy.",
        "- It reads 256 tokens; what stands after them in a passage does not count.",
        "- It does not tell a value from a similar one, nor yes from no: what is shown is the manual's own text.",
    ]
    return "\n".join([*lines, *(["", recipe.note] if recipe.note else [])]) + "\n"


def _late(recipe: EmbedderRecipe) -> list[str]:
    if not recipe.late:
        return []
    return [
        f"- For each token of a text also {recipe.late} numbers and a weight (late interaction, arXiv 2004.12832):",
        "  each word of a question looks for its best match among a passage's words.",
    ]


def _asked(report: Mapping[str, Any]) -> list[str]:
    asked = report.get("asked")
    if not asked:
        return []
    return [
        "",
        f"Asked facts (training/facts): {asked['facts']:,} passages of made-up manuals in both languages, with "
        f"{asked['questions']:,} questions as people at the machine ask them, and {asked['unanswered']:,} that sound "
        "close and that their section does not answer. All written for this.",
    ]


def _sources(recipe: EmbedderRecipe) -> list[str]:
    """The sources it could draw from, with licence and attribution, as a table."""
    counts: Counter[tuple[str, str]] = Counter()
    for file in (*corpus_files(recipe.corpus), *sorted(recipe.corpus.glob("pairs-*.jsonl.zst"))):
        for row in rows_of(file):
            if not named(f"{row['source']} {row['path']}", recipe.excluded):
                counts[row["source"], row["license"]] += 1
    return [
        "| source | licence | pages or pairs | attribution |",
        "|---|---|---|---|",
        *(
            f"| {source} | {licence} | {count:,} | {ATTRIBUTION.get(source.split(' / ')[0], source)} |"
            for (source, licence), count in counts.most_common()
        ),
    ]
