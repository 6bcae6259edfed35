"""Score the bundled model on held-out pages and unseen made-up manuals, as the GGUF file that ships."""

from __future__ import annotations

import argparse
import json
import math
import random
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import islice, product
from pathlib import Path

from assistant.prompt import Lang, build_messages
from edge.llama.runner import LlamaCppRunner
from edge.options import EdgeOptions
from edge.runner import Sampling
from training.bundled.items import Item, make_items, plain_row
from training.bundled.model import load_model
from training.bundled.recipe import Recipe, read_recipe
from training.bundled.scores import as_row, judge, summary
from training.bundled.stage import token_losses
from training.bundled.tokenizer import ChatTokenizer
from training.cards.passage_cards import document_passages, made_cards
from training.corpus import Document, sample_documents
from training.errors import CorpusMissing
from training.provenance import sha256_of, versions

HELD_OUT_CHARS = 3_000_000
ANSWER_TOKENS = 200  # what the assistant allows
FAMILIES = ("page", "made-up manual")
MOST_DRAWS = 50  # for each question; pages of code alone give none
MISSING_SHARE = 0.1  # of the questions have no answer in their passage
LANGS: tuple[Lang, ...] = ("ja", "en")
PLAIN_WINDOWS = 60
SCORING_THREADS = 1  # with two, beside a busy neighbour, a run that takes half a minute did not end in ten
WINDOW_CHARS = 1200


def held_out_items(documents: Mapping[str, Sequence[Document]], count: int, seed: int) -> list[Item]:
    """``count`` items for each language and family, one passage and one question a prompt: pages that training never
    read, and made-up manuals drawn with seeds training never uses. Raises CorpusMissing where
    the pages have nothing to ask about."""
    items: list[Item] = []
    for lang in LANGS:
        for family in FAMILIES:
            rng = random.Random(f"held-out:{seed}:{lang}:{family}")
            drawn = (_item(documents[lang], lang, family, rng) for _ in range(MOST_DRAWS * count))
            found = list(islice((item for item in drawn if item is not None), count))
            if len(found) < count:
                raise CorpusMissing(
                    f"The held-out {lang} pages give only {len(found)} of {count} questions.",
                    "Name a folder with more pages, or lower questions_per_group.",
                )
            items += found
    return items


def _item(documents: Sequence[Document], lang: Lang, family: str, rng: random.Random) -> Item | None:
    cards = document_passages(rng.choice(documents), rng) if family == "page" else made_cards(lang, rng, ())
    rng.shuffle(cards)
    made = make_items(cards, rng, 1, MISSING_SHARE) if cards else []
    return replace(rng.choice(made), family=family) if made else None


def answer_items(gguf: Path, items: Sequence[Item], threads: int) -> list[str]:
    """The answers of the GGUF file to ``items``, greedy, through the same runner as on the box."""
    runner = LlamaCppRunner(EdgeOptions(model=gguf, threads=threads))
    runner.load()
    answers = []
    for item in items:
        messages = build_messages(item.question, item.excerpts, item.lang)
        pieces = runner.stream(messages, Sampling(max_tokens=ANSWER_TOKENS))
        answers.append("".join(piece.text for piece in pieces))
    runner.close()
    return answers


def bits_per_byte(checkpoint: Path, tokenizer: ChatTokenizer, documents: Sequence[Document]) -> float:
    """Mean code length of held-out text in bits a UTF-8 byte, over windows of ``WINDOW_CHARS`` characters."""
    import torch

    model = load_model(checkpoint)
    model.eval()
    bits, size = 0.0, 0
    with torch.no_grad():
        for document in documents[:PLAIN_WINDOWS]:
            text = document.text[:WINDOW_CHARS]
            losses, _ = token_losses(model, [plain_row(tokenizer.encode("\n" + text))])
            bits += float(losses.sum()) / math.log(2)
            size += len(text.encode())
    return round(bits / size, 3)


def evaluate(recipe: Recipe, gguf: Path, count: int) -> tuple[dict[str, object], list[dict[str, object]]]:
    """All scores of ``gguf`` and one row for each answer."""
    documents = sample_documents(recipe.corpus, HELD_OUT_CHARS, recipe.seed, held_out=True)
    items = held_out_items(documents, count, recipe.seed)
    began = time.monotonic()
    answers = answer_items(gguf, items, SCORING_THREADS)
    seconds = time.monotonic() - began
    judged = [judge(item, answer) for item, answer in zip(items, answers, strict=True)]
    groups: dict[str, dict[str, float | int]] = {"all": summary(judged)}
    for place, (lang, family) in enumerate(product(LANGS, FAMILIES)):
        groups[f"{lang} {family}"] = summary(judged[place * count : (place + 1) * count])
    tokenizer = ChatTokenizer(recipe.out / "tokenizer" / "tokenizer.model")
    plain = {lang: bits_per_byte(recipe.out / "hf", tokenizer, documents[lang]) for lang in LANGS}
    report: dict[str, object] = {
        "what": "held-out grounded questions answered by the shipped file, greedy",
        "repeat": f"python -m training.bundled.evaluate_slm training/recipes/{recipe.name}.toml --count {count}",
        "model": gguf.name,
        "sha256": sha256_of(gguf),
        "questions_per_group": count,
        "seconds_per_answer": round(seconds / max(1, len(items)), 2),
        "scores": groups,
        "bits_per_byte": plain,
        "versions": versions(),
    }
    return report, [as_row(i, a) for i, a in zip(items, answers, strict=True)]


def write_report(path: Path, report: Mapping[str, object]) -> None:
    path.write_text(json.dumps(report, ensure_ascii=False, indent=2) + "\n", "utf-8")


def write_answers(path: Path, rows: Sequence[Mapping[str, object]]) -> None:
    """Every answer with its judgement, one JSON object a line."""
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")


def main(argv: Sequence[str] | None = None) -> int:
    """The console entry: ``python -m training.bundled.evaluate_slm RECIPE``."""
    parser = argparse.ArgumentParser(prog="python -m training.bundled.evaluate_slm", description=__doc__)
    parser.add_argument("recipe", type=Path)
    parser.add_argument("--gguf", type=Path, help="the file to score, instead of the run's")
    parser.add_argument("--count", type=int, default=40, help="questions for each language and family")
    parser.add_argument("--answers", type=Path, help="write every answer here, one JSON object a line")
    given = parser.parse_args(argv)
    recipe = read_recipe(given.recipe)
    report, rows = evaluate(recipe, given.gguf or recipe.out / f"{recipe.name}.q8_0.gguf", given.count)
    if given.answers:
        write_answers(given.answers, rows)
    sys.stdout.write(json.dumps(report, ensure_ascii=False, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
