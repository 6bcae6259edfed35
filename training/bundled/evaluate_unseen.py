"""Score a model on manuals that training never read, through the whole product: search, prompt, verification."""

from __future__ import annotations

import argparse
import json
import re
import sys
import tempfile
import time
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from assistant.answer import Answer
from assistant.build import Andon, build
from assistant.settings import ROOT, read_settings
from training.bundled.unseen import COUNTS, Question, questions, write_manuals

SHARES = ("passage_holds_fact", "declined", "refused", "shown", "answered", "shown_without_fact")


def evaluate_unseen(model: Path, data: Path, embedder: str = "none") -> tuple[dict[str, object], list[dict[str, Any]]]:
    """Shares by part of the set, and a row for each question. ``answered`` is what counts: a verified sentence is shown
    and holds the asked fact. Raises CorpusMissing where ``data`` is not there."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_manuals(data, folder)
        settings = read_settings(data=folder / "data", model=str(model.resolve()), embedder=embedder, threads=1)
        andon = build(settings, write=True)
        try:
            demo = [andon.library.add(file).manual for file in sorted((ROOT / "demo" / "manuals").glob("*.pdf"))]
            asked = questions(data, [(m.title, p) for m in demo for p in andon.library.passages(m.id)])
            for file in sorted(folder.glob("*.md")):
                andon.library.add(file)
            rows = [_ask(andon, question) for question in asked]
        finally:
            andon.close()
    spoken = [row for row in rows if row["tokens"]]
    seconds = sum(row["seconds"] for row in spoken)
    report: dict[str, object] = {
        "what": "questions over manuals that training never read, asked through search, prompt and verification",
        "parts": dict(COUNTS),
        "embedder": embedder,
        "scores": {"all": shares(rows), **{part: shares(r for r in rows if r["part"] == part) for part in COUNTS}},
        "by_kind": {kind: shares(r for r in rows if r["kind"] == kind) for kind in sorted({r["kind"] for r in rows})},
        "answer_tokens_per_core_second": round(sum(r["tokens"] for r in spoken) / max(1e-9, seconds), 1),
    }
    return report, rows


def _ask(andon: Andon, question: Question) -> dict[str, Any]:
    events = andon.assistant.ask(question.question)
    next(events)  # Found
    began = time.process_time()
    answer = next(event for event in events if isinstance(event, Answer))
    seconds = time.process_time() - began
    runner = andon.assistant.runner
    said = [s.text for s in answer.sentences]
    shown = " ".join(s.text for s in answer.sentences if s.supported)
    passage = answer.quotes[0] if answer.quotes else None
    above = " ".join([passage.text, *passage.hit.passage.section]) if passage else ""
    return {
        "part": question.part,
        "lang": question.lang,
        "kind": question.kind,
        "question": question.question,
        "facts": list(question.facts),
        "passage_holds_fact": holds(above, question.facts),
        "declined": answer.declined is not None,
        "refused": any(s.reason == "the model found nothing" for s in answer.sentences),
        "shown": bool(shown),
        "answered": holds(shown, question.facts),
        "shown_without_fact": bool(shown) and not holds(shown, question.facts),
        "answer": shown,
        "said": " ".join(said),
        "tokens": sum(runner.count_tokens(text) for text in said) if runner else 0,
        "seconds": seconds,
    }


def holds(text: str, facts: Sequence[str]) -> bool:
    """Whether one of ``facts`` stands in ``text``; white space and marks do not count."""
    there = _plain(text)
    return any(_plain(fact) in there for fact in facts if _plain(fact))


def _plain(text: str) -> str:
    return re.sub(r"[\s,、。.・:：]+", "", unicodedata.normalize("NFKC", text)).casefold()


def shares(rows: Iterable[Mapping[str, Any]]) -> dict[str, float | int]:
    """Shares of all questions; ``answered_of_found`` among those whose best passage holds the fact."""
    every = list(rows)
    found = [row for row in every if row["passage_holds_fact"]]
    scores: dict[str, float | int] = {"questions": len(every)}
    scores.update({name: _share(every, name) for name in SHARES})
    scores["answered_of_found"] = _share(found, "answered")
    return scores


def _share(rows: Sequence[Mapping[str, Any]], name: str) -> float:
    return round(sum(bool(row[name]) for row in rows) / len(rows), 3) if rows else 0.0


def main(argv: Sequence[str] | None = None) -> int:
    """The console entry: ``python -m training.bundled.evaluate_unseen MODEL.gguf``."""
    parser = argparse.ArgumentParser(prog="python -m training.bundled.evaluate_unseen", description=__doc__)
    parser.add_argument("model", type=Path)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="folder of the open data sets")
    parser.add_argument("--embedder", default="none")
    parser.add_argument("--answers", type=Path, help="write every answer here, one JSON object a line")
    given = parser.parse_args(argv)
    report, rows = evaluate_unseen(given.model, given.data, given.embedder)
    if given.answers:
        given.answers.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in rows), "utf-8")
    sys.stdout.write(json.dumps(report, ensure_ascii=False, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
