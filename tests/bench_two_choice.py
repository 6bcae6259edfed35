"""Bench of the two-choice test over the demo plant: how many items, what guesses score, what a model scores blind.

The bundled model is asked without any manual. It never trained on these manuals' questions (their FAQ was 2 % of its
rows), so nothing but a share near 50 % is expected in any pool: what is measured is the test. Run:

    python -m tests.bench_two_choice docs/results/two-choice.json
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from index.embedders.embedder import make_embedder  # noqa: E402
from index.library import Library  # noqa: E402
from index.options import IndexOptions  # noqa: E402
from training.data.prepare import AnswerShares, prepare, write_prepared  # noqa: E402
from training.data.split import Shares  # noqa: E402
from training.two_choice.gguf_scorer import GgufScorer  # noqa: E402
from training.two_choice.items import guessed, some  # noqa: E402
from training.two_choice.run import build  # noqa: E402
from training.two_choice.scoring import score_items, summary  # noqa: E402
from training.two_choice.statistics import smallest_gap, wilson  # noqa: E402

SCORED = 240
FAQ = ROOT / "demo/faq.jsonl"
SHARES = Shares(unseen=0.3, text=0.2, dev=0.1, seed=1)


def told_by_the_embedder(items: Sequence[Any], embedder: Any) -> list[float]:
    """The share that the embedder alone tells from the question, with its interval."""
    texts = sorted({text for item in items for text in (item.right, item.wrong)})
    said = dict(zip(texts, embedder.embed(texts, "passage"), strict=True))
    asked = embedder.embed([item.question for item in items], "query")
    right = sum(
        float(own @ said[item.right]) > float(own @ said[item.wrong]) for item, own in zip(items, asked, strict=True)
    )
    return [round(value, 4) for value in (right / len(items), *wilson(right, len(items)))]


def main(arguments: Sequence[str]) -> None:
    embedder = make_embedder(str(ROOT / "models/andon-embed-ja-en.onnx"))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with Library(IndexOptions(folder / "index"), write=True, embedder=embedder) as library:
            for manual in sorted((ROOT / "demo/manuals").glob("*.pdf")):
                library.add(manual)
            prepared = prepare([FAQ], SHARES, library)
            write_prepared(prepared, [FAQ], folder / "faq", SHARES, AnswerShares())
            built = build(library, folder / "faq", SHARES, most=1200)
            ungated = build(library, folder / "faq", SHARES, most=1200, by_likeness=False)
    items = some(built.items, SCORED)
    model = ROOT / "models/andon-slm-ja-en.q8_0.gguf"
    scorer = GgufScorer(model)
    try:
        found = summary(items, score_items(items, scorer))
    finally:
        scorer.close()
    report = {
        "what": "two-choice test over the demo plant",
        "repeat": "python -m tests.bench_two_choice docs/results/two-choice.json",
        "facts": built.facts,
        "items": len(built.items),
        "by_pool": dict(Counter(item.pool for item in built.items)),
        "by_language": dict(Counter(item.lang for item in built.items)),
        "from_faq": sum(item.id.startswith("faq:") for item in built.items),
        "leaked_rows_left_out": built.leaked,
        "guesses": guessed(built.items),
        "told_by_the_embedder_from_the_question": told_by_the_embedder(built.items, embedder),
        "the_same_without_that_gate": told_by_the_embedder(ungated.items, embedder),
        "smallest_gap": {str(count): smallest_gap(count) for count in (200, 400, 800, len(built.items))},
        "closed_book": {"model": model.name, "items": len(items), **found},
    }
    print(json.dumps(report, ensure_ascii=False, indent=1))
    if arguments:
        text = json.dumps(report, ensure_ascii=False, indent=1)
        Path(arguments[0]).write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
