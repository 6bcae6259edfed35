"""What the mix of keywords and vectors is tuned on: groups of questions, scored over a grid of index.search.fuse.Mix.

    python -m tests.bench_fusion RESULT.json [--embedder NAME] [--corpus FOLDER] [--groups NAME ...]

Each group is searched once and what the sides found is kept; then every mix is tried on it. Reads the demo's FAQ and
development questions, the development half of what operators ask (tests/asked_sets.py), and where --corpus (default
../shared/corpus beside the repository) exists, sections of held-out documents: a heading, or a sentence of the section,
to its section in that language; an English heading, or the first sentence of the English section, to the section in
Japanese. Pages of the scored sets are left out. A mix is worth shipping where no group falls below keywords alone.
"""

from __future__ import annotations

import argparse
import io
import json
import random
import statistics
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from assistant.build import open_library
from assistant.evaluation.questions import read_questions
from assistant.settings import ROOT, read_settings
from index.embedders.embedder import Embedder
from index.library import Library
from index.options import IndexOptions
from index.passage import Hit, Lang, Manual, Passage
from index.search.fuse import MIX, Candidate, Evidence, Mix, fuse
from index.search.searcher import Searcher, spread
from index.truth.truth import Truth
from index.vectors.kept_vectors import KeptVectors
from tests.asked_sets import DIRECTIONS, asked_set
from tests.retrieval_sets import Asked, Target, heading_questions, is_target, manuals_of, sections
from training.corpus import ALLOWED_LICENCE, Document, read_documents, sentences

HITS = 10
SCORED = ("bug-check", "bugcheck", "asset-management")  # of the paths of pages in the scored sets
FILES: Mapping[Lang, tuple[str, ...]] = {
    "ja": ("ja-dynamics365-operations", "ja-sql-docs", "ja-python-docs", "ja-ruby-reference"),
    "en": ("en-dynamics-ax2012", "en-windows-driver-docs", "en-python-docs", "en-php-manual"),
}
PAIRS = ("pairs-sections-windows-driver", "pairs-sections-cpp")
TARGETS = 400  # sections of a corpus index
QUESTIONS = 150  # of a corpus group
BODY = (200, 1500)  # characters of a section
SENTENCE = (25, 160)  # characters of a sentence that is asked


@dataclass(frozen=True, slots=True)
class Question:
    """A question of a group, and whether a hit answers it."""

    group: str
    text: str
    answers: Callable[[Hit], bool]


@dataclass(frozen=True, slots=True)
class Found:
    """A question's evidence, with the passages and their manuals by number."""

    question: Question
    evidence: Evidence
    passages: Mapping[int, Passage]
    manuals: Mapping[str, Manual]

    def place(self, mix: Mix) -> int:
        """The place of the first hit that answers, 0 if none of ten does."""
        best = [c for c in fuse(self.evidence, mix) if c.number in self.passages and c.why][: 3 * HITS]
        hits = [
            Hit(self.passages[c.number], self.manuals[self.passages[c.number].manual_id], c.score, 0.0, c.why)
            for c in best
        ]
        return next((n for n, hit in enumerate(spread(hits, HITS), 1) if self.question.answers(hit)), 0)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("result", type=Path)
    parser.add_argument("--embedder")
    parser.add_argument("--corpus", type=Path, default=ROOT.parent / "shared" / "corpus")
    parser.add_argument("--groups", nargs="+", help="only groups whose name begins like one of these")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        library = open_library(read_settings(data=Path(folder), embedder=args.embedder), write=True)
        library.close()
        if library.embedder is None:
            parser.error("There is nothing to mix: no embedder is set.")
        found = gather(library.embedder, args.corpus, tuple(args.groups or ()))
    report = {"embedder": library.embedder.name, "shipped": asdict(MIX), "mixes": table(found, mixes())}
    args.result.write_text(json.dumps(report, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    show(report)


def mixes() -> list[Mix]:
    """Keywords alone first, then what is shipped, then its neighbours in one weight or two."""
    own = [replace(MIX, own=most, own_full=full) for most in (0.1, 0.2, 0.3, 0.5, 0.8) for full in (1.0, 1.5, 2.5)]
    other = [
        replace(MIX, other=most, other_full=full) for most in (0.2, 0.3, 0.4, 0.6) for full in (0.3, 0.4, 0.5, 0.6, 0.8)
    ]
    usual = [replace(MIX, usual=usual) for usual in (0.0, 0.4, 0.5, 0.6, 0.7, 0.8)]
    words = [replace(MIX, words=most) for most in (0.0, 0.6, 1.2, 1.8, 2.4, 3.0, 4.0)]
    return [replace(MIX, own=0.0, other=0.0, words=0.0), MIX, *own, *other, *usual, *words]


def table(found: Sequence[Found], tried: Sequence[Mix]) -> list[dict[str, Any]]:
    """For each mix and group: questions, recall at 1, 3 and 5, mean reciprocal rank."""
    rows = []
    for mix in tried:
        places: dict[str, list[int]] = {}
        for one in found:
            places.setdefault(one.question.group, []).append(one.place(mix))
        rows.append({"mix": asdict(mix), "groups": {group: scores(held) for group, held in places.items()}})
    return rows


def scores(places: Sequence[int]) -> dict[str, Any]:
    return {
        "questions": len(places),
        **{f"recall_at_{k}": round(statistics.mean(0 < place <= k for place in places), 3) for k in (1, 3, 5)},
        "mrr": round(statistics.mean(1 / place if place else 0.0 for place in places), 4),
    }


def show(report: dict[str, Any]) -> None:
    groups = list(report["mixes"][0]["groups"])
    print("MRR;", "; ".join(groups))
    for row in report["mixes"]:
        weights = " ".join(f"{name}={value:g}" for name, value in row["mix"].items())
        held = [row["groups"][group]["mrr"] for group in groups]
        print(f"{weights:62}", *(f"{mrr:.3f}" for mrr in held), f"mean {statistics.mean(held):.4f}", sep="  ")


def gather(embedder: Embedder, corpus: Path, only: tuple[str, ...]) -> list[Found]:
    """The evidence for every question, over one index for the demo and one for each part of the corpus."""
    found: list[Found] = []
    if not only or any(name.startswith("demo") for name in only):
        found += searched(sorted((ROOT / "demo/manuals").glob("*.pdf")), embedder, demo_questions)
    for asked_in, written_in in DIRECTIONS:
        asked = asked_set("development", asked_in, written_in)
        if not only or asked.name.startswith(only):
            found += _in_folder(asked.targets, list(_questions(asked.name, asked.questions, asked.targets)), embedder)
    if not corpus.is_dir():
        return found
    for build in (japanese_sections, english_sections, translated_sections):
        targets, questions = build(corpus)
        wanted = [one for one in questions if not only or one.group.startswith(only)]
        if wanted:
            found += _in_folder(targets, wanted, embedder)
    return found


def _in_folder(targets: Sequence[Target], questions: Sequence[Question], embedder: Embedder) -> list[Found]:
    with tempfile.TemporaryDirectory() as folder:
        for manual, text in manuals_of(targets).items():
            (Path(folder) / manual).write_text(text, encoding="utf-8")
        return searched(sorted(Path(folder).iterdir()), embedder, lambda manuals: questions)


def searched(
    files: Sequence[Path], embedder: Embedder, ask: Callable[[Mapping[str, Manual]], Sequence[Question]]
) -> list[Found]:
    """Index ``files``, put the questions of ``ask`` (given the manuals by file name), keep what each side found."""
    seen: list[Evidence] = []

    def watch(evidence: Evidence) -> list[Candidate]:
        seen.append(evidence)
        return fuse(evidence)

    with tempfile.TemporaryDirectory() as folder:
        options = IndexOptions(Path(folder) / "index", embedder="none")
        with Library(options, write=True, embedder=embedder) as library:
            for file in files:
                library.add(file)
        truth, store = Truth(options.database), KeptVectors(options, embedder.name, write=False)
        manuals = {manual.id: manual for manual in truth.manuals()}
        searcher = Searcher(truth, store, embedder, watch)
        found = []
        for question in ask({manual.name: manual for manual in manuals.values()}):
            seen.clear()
            searcher.search(question.text)
            if seen:
                numbers = [*seen[0].keywords, *seen[0].vectors, *(match.number for match in seen[0].codes)]
                found.append(Found(question, seen[0], truth.numbered(numbers), manuals))
        store.close()
        truth.close()
    return found


def demo_questions(by_name: Mapping[str, Manual]) -> list[Question]:
    """FAQ and answerable development questions, by language asked and written."""
    written = {Path(name).stem: manual.lang for name, manual in by_name.items()}
    questions = []
    for name in ("faq", "development"):
        for asked in read_questions(ROOT / f"demo/{name}.jsonl").questions:
            if asked.answerable:
                direction = f"{asked.lang}-{written[asked.manual]}"
                questions.append(Question(f"demo-{name} {direction}", asked.text, asked.is_right))
    return questions


def japanese_sections(corpus: Path) -> tuple[list[Target], list[Question]]:
    return _sections_of(corpus, "ja")


def english_sections(corpus: Path) -> tuple[list[Target], list[Question]]:
    return _sections_of(corpus, "en")


def _sections_of(corpus: Path, lang: Lang) -> tuple[list[Target], list[Question]]:
    """Sections of held-out pages that people wrote or translated; asked by heading, and by a sentence that is then
    taken out of the section."""
    found: list[tuple[str, str]] = []
    for name in FILES[lang]:
        documents = [d for d in read_documents(corpus / f"{name}.jsonl.zst") if _tunes(d)]
        random.Random(1).shuffle(documents)
        found += list(_long_enough(documents))[: TARGETS // len(FILES[lang])]
    targets, by_sentence = [], []
    for number, (_, text) in enumerate(found):
        asked = _sentence(text, lang, number) if number % 2 else ""
        targets.append(_target(lang, number, text.replace(asked, "", 1) if asked else text))
        if asked:
            by_sentence.append(Asked(asked, number))
    return targets, [
        *_questions(f"corpus-{lang} heading", _headings_once(found), targets),
        *_questions(f"corpus-{lang} sentence", by_sentence, targets),
    ]


def translated_sections(corpus: Path) -> tuple[list[Target], list[Question]]:
    """The Japanese of held-out pairs; asked by the English heading and by the English section's first sentence."""
    pairs: list[tuple[str, str, str]] = []
    for name in PAIRS:
        held = list(_pairs(corpus / f"{name}.jsonl.zst"))
        random.Random(1).shuffle(held)
        pairs += held[: TARGETS // len(PAIRS)]
    targets = [_target("ja", number, japanese) for number, (_, _, japanese) in enumerate(pairs)]
    by_heading = heading_questions([(heading, english) for heading, english, _ in pairs])
    firsts = ((number, _sentence(english, "en", 0)) for number, (_, english, _) in enumerate(pairs))
    by_sentence = [Asked(text, number) for number, text in firsts if text]
    return targets, [
        *_questions("corpus-en-ja heading", by_heading, targets),
        *_questions("corpus-en-ja sentence", by_sentence, targets),
    ]


def _questions(group: str, asked: Sequence[Asked], targets: Sequence[Target]) -> Iterator[Question]:
    for one in random.Random(1).sample(asked, min(QUESTIONS, len(asked))):

        def answers(hit: Hit, target: Target = targets[one.target]) -> bool:
            return is_target(hit, target)

        yield Question(group, one.text, answers)


def _target(lang: Lang, number: int, text: str) -> Target:
    """Ten sections a file: nothing but the text says which it is."""
    place = {"ja": "段落 {}", "en": "Part {}"}[lang].format(number + 1)
    title = {"ja": "技術文書", "en": "Technical text"}[lang]
    return Target(f"held-out-sections-{number // 10:04}.md", title, place, text)


def _tunes(document: Document) -> bool:
    by_people = document.lang == "en" or document.translation in ("HT", "human", "original")
    return document.held_out and by_people and not any(part in document.path for part in SCORED)


def _long_enough(documents: Sequence[Document]) -> Iterator[tuple[str, str]]:
    for document in documents:
        for heading, text in sections(document.text):
            if BODY[0] // 2 <= len(text) <= BODY[1]:
                yield heading, text


def _headings_once(found: Sequence[tuple[str, str]]) -> list[Asked]:
    """Headings that stand once and hold six characters or more."""
    times = [heading for heading, _ in found]
    return [Asked(heading, n) for n, heading in enumerate(times) if times.count(heading) == 1 and len(heading) >= 6]


def _sentence(text: str, lang: Lang, number: int) -> str:
    """One of the text's sentences of a usual length, another for each ``number``; empty where it has none."""
    found = [text[start:end] for start, end in sentences(text, lang) if SENTENCE[0] <= end - start <= SENTENCE[1]]
    return found[number % len(found)] if found else ""


def _pairs(path: Path) -> Iterator[tuple[str, str, str]]:
    """(English heading, English, Japanese) of held-out pages."""
    import zstandard

    with path.open("rb") as raw:
        for line in io.TextIOWrapper(zstandard.ZstdDecompressor().stream_reader(raw), encoding="utf-8"):
            row = json.loads(line)
            held_out = Document("", row["license"], "", "", "", row["path"], "").held_out
            usable = ALLOWED_LICENCE.match(row["license"]) and not any(part in row["path"] for part in SCORED)
            if held_out and usable and BODY[0] <= len(row["en"]) and len(row["ja"]) <= BODY[1]:
                yield row["head_en"], row["en"], row["ja"]


if __name__ == "__main__":
    main()
