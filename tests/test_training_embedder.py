"""The embedder's training on a corpus and a teacher small enough for a test; the shapes and names are the real ones."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from training.embedder.pairs import Pair, draw_pairs, split_sections
from training.embedder.recipe import read_embedder_recipe
from training.embedder.run import run
from training.embedder.scores import recall
from training.embedder.student import batch_of, framed, make_student
from training.embedder.vocabulary import build_vocabulary
from training.errors import RecipeInvalid, StageMissing

WORDS = [
    *("motor", "belt", "replace", "the", "is", "worn", "sensor", "clean", "pressure", "low", "pump", "oil", "check"),
    *("stop", "alarm", "door", "open", "close", "reset", "press", "##s", "##ing", "a", "of", "and", "heading", "."),
]
JA = ["モータ", "ベルト", "センサ", "圧力", "ポンプ", "扉", "異常", "潤滑油"]
EN = ["motor", "belt", "sensor", "pressure", "pump", "door", "alarm", "oil"]


@pytest.fixture(scope="module")
def teacher(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A random BERT of two layers of 24 with a word piece tokenizer, saved as sentence-transformers models are."""
    import torch
    from safetensors.torch import save_file
    from tokenizers import Tokenizer, models

    folder = tmp_path_factory.mktemp("teacher")
    letters = list("abcdefghijklmnopqrstuvwxyz0123456789")
    vocab = ["[PAD]", "[unused0]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *WORDS, *letters, *(f"##{c}" for c in letters)]
    Tokenizer(models.WordPiece({w: i for i, w in enumerate(vocab)}, unk_token="[UNK]")).save(
        str(folder / "tokenizer.json")
    )
    torch.manual_seed(0)
    width, inner = 24, 48
    weights: dict[str, Any] = {
        "embeddings.word_embeddings.weight": torch.randn(len(vocab), width),
        "embeddings.position_embeddings.weight": torch.randn(300, width) * 0.1,
        "embeddings.token_type_embeddings.weight": torch.randn(2, width) * 0.1,
    }
    norms = ["embeddings.LayerNorm"]
    for layer in range(2):
        name = f"encoder.layer.{layer}"
        for part in ("attention.self.query", "attention.self.key", "attention.self.value", "attention.output.dense"):
            weights[f"{name}.{part}.weight"] = torch.randn(width, width) * 0.2
            weights[f"{name}.{part}.bias"] = torch.randn(width) * 0.1
        weights[f"{name}.intermediate.dense.weight"] = torch.randn(inner, width) * 0.2
        weights[f"{name}.intermediate.dense.bias"] = torch.zeros(inner)
        weights[f"{name}.output.dense.weight"] = torch.randn(width, inner) * 0.2
        weights[f"{name}.output.dense.bias"] = torch.zeros(width)
        norms += [f"{name}.attention.output.LayerNorm", f"{name}.output.LayerNorm"]
    for norm in norms:
        weights[f"{norm}.weight"], weights[f"{norm}.bias"] = torch.ones(width), torch.zeros(width)
    save_file(weights, str(folder / "model.safetensors"))
    return folder


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("corpus")
    pages = {"ja": [], "en": []}
    pairs = []
    for number in range(260):
        a, b = number % 8, (number // 8) % 8
        common = {"source": "ours/docs", "license": "MIT", "path": f"page-{number}.md", "translation": "original"}
        ja = f"{JA[a]}の異常 {number}。{JA[b]}を確認してください。{JA[a]}を交換します。" * 3
        en = f"The {EN[a]} alarm {number}. Check the {EN[b]}. Replace the {EN[a]}. " * 3
        head_ja, head_en = f"{JA[a]}と{JA[b]}の点検", f"check {EN[a]} and {EN[b]}"
        pages["ja"].append({**common, "lang": "ja", "title": JA[a], "text": f"# {head_ja} {number}\n{ja}"})
        pages["en"].append({**common, "lang": "en", "title": EN[a], "text": f"# {head_en} {number}\n{en}"})
        pairs.append({**common, "ja": ja, "en": en, "head_ja": f"{head_ja} {number}", "head_en": f"{head_en} {number}"})
    secret = {"source": "ours/scored", "license": "MIT", "path": "scored.md", "translation": "original"}
    pages["en"].append(
        {**secret, "lang": "en", "title": "x", "text": "# zebra\n" + "A zebra stands in the plant. " * 9}
    )
    closed = {**secret, "source": "theirs/docs", "license": "GPL-3.0", "path": "closed.md"}
    pages["en"].append({**closed, "lang": "en", "title": "x", "text": "# gnu\n" + "A gnu stands in the plant. " * 9})
    _write(folder / "ja-docs.jsonl.zst", pages["ja"])
    _write(folder / "en-docs.jsonl.zst", pages["en"])
    _write(folder / "pairs-sections-docs.jsonl.zst", pairs)
    return folder


def _write(file: Path, rows: list[dict[str, str]]) -> None:
    import zstandard

    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    file.write_bytes(zstandard.ZstdCompressor().compress(text.encode()))


def test_pairs_leave_out_scored_pages_closed_licences_and_held_out_pages(corpus: Path) -> None:
    pairs = draw_pairs(corpus, ["scored"], None, 1)
    assert {p.kind for p in pairs} == {"aligned", "words", "found", "crossed"}
    text = " ".join(p.left + p.right for p in pairs)
    assert "zebra" not in text and "gnu" not in text
    held = {p.right for p in draw_pairs(corpus, ["scored"], None, 1, held_out=True) if p.kind == "aligned"}
    assert held and not held & {p.right for p in pairs}
    assert pairs == draw_pairs(corpus, ["scored"], None, 1)


def test_factory_sentences_say_the_same_in_both_languages(corpus: Path) -> None:
    found = {(p.left, p.right) for p in draw_pairs(corpus, [], None, 1) if p.kind == "words"}
    swapped = {(ja, en) for ja, en in found if ja.endswith("を交換してください。")}
    assert swapped and all(en.startswith("Replace the ") for _, en in swapped)
    assert ("カッタを交換してください。", "Replace the cutter.") in swapped or len(swapped) > 10


def test_sections_keep_heading_and_body_and_leave_code_out() -> None:
    text = "intro\n# One\nbody one\n```\ncode\n```\n## Two #\nbody two"
    assert split_sections(text) == [("", "intro"), ("One", "body one"), ("Two", "body two")]


def test_english_pieces_are_the_teachers_and_japanese_ones_share_a_row(teacher: Path) -> None:
    from tokenizers import Tokenizer

    vocabulary = build_vocabulary(
        ["モータの異常を確認してください。" * 3, "ベルトを交換する"] * 20, teacher / "tokenizer.json", 300
    )
    old = Tokenizer.from_file(str(teacher / "tokenizer.json")).get_vocab()
    encoded = vocabulary.tokenizer.encode("The sensors (pumps) is 24 Motor.")
    tokens = ["the", "sensor", "##s", "[UNK]", "pump", "##s", "[UNK]", "is", "2", "##4", "motor", "."]
    assert encoded.tokens == ["[CLS]", *tokens, "[SEP]"]
    rows = np.array(vocabulary.rows)
    assert [vocabulary.teacher[rows[i]] for i in encoded.ids[1:-1]] == [old[t] for t in tokens]
    first, later = (vocabulary.tokenizer.token_to_id(t) for t in ("鑿", "##鑿"))
    assert first != later and rows[first] == rows[later] and vocabulary.teacher[rows[first]] == -1
    assert "[UNK]" not in vocabulary.tokenizer.encode("ガギ ﾓｰﾀ 締め付け 齟齬").tokens
    assert vocabulary.tokenizer.encode("ガ").tokens != vocabulary.tokenizer.encode("カ").tokens


def test_the_student_begins_as_the_teacher(teacher: Path) -> None:
    """Against transformers' own BERT with the same weights."""
    import torch
    from safetensors.torch import load_file
    from transformers import BertConfig, BertModel

    weights = load_file(str(teacher / "model.safetensors"))
    words = weights["embeddings.word_embeddings.weight"]
    config = BertConfig(
        vocab_size=len(words), hidden_size=24, num_hidden_layers=2, num_attention_heads=12, intermediate_size=48,
        max_position_embeddings=300,
    )  # fmt: skip
    reference = BertModel(config, add_pooling_layer=False).eval()
    reference.load_state_dict(weights, strict=False)
    student = make_student(teacher, words.numpy())
    ids, mask = batch_of([framed(np.array(t, np.int32), 64) for t in ([7, 8, 9], [10, 11, 12, 13, 14, 15])], 0)
    with torch.no_grad():
        states = reference(input_ids=ids, attention_mask=mask.long()).last_hidden_state * mask[:, :, None]
        wanted = torch.nn.functional.normalize(states.sum(1), dim=-1)
        assert torch.allclose(student(ids, mask), wanted, atol=1e-5)


RECIPE = """
name = "tiny-embedder"
corpus = "{corpus}"
out = "{out}"
teacher = "{teacher}"
pieces = 400
subjects = 4
average = ["pieces", "whole"]
excluded = ["scored"]
[static]
steps = 40
minutes = 1
dim = 16
batch = 64
[[phase]]
name = "pieces"
minutes = 1
steps = 3
body_rate = 0.0
word_rate = 1e-3
batch = 16
shares = {{ aligned = 0.5, found-ja = 0.5 }}
[[phase]]
name = "whole"
minutes = 1
steps = 3
body_rate = 1e-4
word_rate = 1e-4
batch = 16
shares = {{ aligned = 0.3, found-ja = 0.2, found-en = 0.2, crossed = 0.2, words = 0.1 }}
"""


@pytest.fixture(scope="module")
def made(corpus: Path, teacher: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    folder = tmp_path_factory.mktemp("made")
    recipe = folder / "recipe.toml"
    recipe.write_text(RECIPE.format(corpus=corpus, out=folder / "run", teacher=teacher), "utf-8")
    return folder, run(recipe)


def test_a_run_leaves_its_report_and_two_forms_of_one_model(made: tuple[Path, dict[str, Any]]) -> None:
    folder, report = made
    assert report["phases"]["pieces"]["steps"] == report["phases"]["whole"]["steps"] == 3
    assert report["exported"]["least_cosine"] >= 0.99
    record = json.loads((folder / "run/run.json").read_text("utf-8"))
    assert record["status"] == "complete"
    assert record["steps"]["held_out"].keys() - {"code_sha256"} == report["held_out"].keys()
    from sentence_transformers import SentenceTransformer

    from index.embedders.onnx_file import OnnxEmbedder

    texts = ["モータの異常", "Replace the belt.", "圧力が低い", "check the pump 24"]
    library = SentenceTransformer(
        str(folder / "run/sentence-transformers"), device="cpu", trust_remote_code=True
    ).encode(texts)
    box = OnnxEmbedder(folder / "run/tiny-embedder.onnx").embed(texts, "passage")
    assert (np.sum(library * box, axis=1) > 0.99).all()


def test_the_first_phase_leaves_english_as_it_was(made: tuple[Path, dict[str, Any]], teacher: Path) -> None:
    import pickle

    import torch

    folder, _ = made
    _, _, old = pickle.loads((folder / "run/vocabulary.pickle").read_bytes())
    start = pickle.loads((folder / "run/start.pickle").read_bytes())
    english = np.array(old) >= 0
    after = torch.load(folder / "run/1-pieces/student.pt", weights_only=True)[
        "embeddings.word_embeddings.weight"
    ].numpy()
    assert np.array_equal(after[english], start[english])
    assert not np.array_equal(after[~english], start[~english])


def test_a_run_taken_up_again_does_nothing_twice(made: tuple[Path, dict[str, Any]]) -> None:
    folder, report = made
    before = {p: p.stat().st_mtime_ns for p in (folder / "run").rglob("student.pt")}
    again = run(folder / "recipe.toml")
    assert {p: p.stat().st_mtime_ns for p in (folder / "run").rglob("student.pt")} == before
    assert again["held_out"] == report["held_out"]


def test_the_model_is_the_mean_of_the_phases_named(made: tuple[Path, dict[str, Any]]) -> None:
    import torch
    from safetensors.torch import load_file

    folder, _ = made
    first, second = (
        torch.load(folder / f"run/{name}/student.pt", weights_only=True) for name in ("1-pieces", "2-whole")
    )
    name = "encoder.layer.0.output.dense.bias"
    kept = load_file(folder / "run/sentence-transformers/model.safetensors")[name]
    assert torch.allclose(kept, (first[name] + second[name]) / 2, atol=1e-6)
    assert not torch.allclose(kept, second[name], atol=1e-6)


FURTHER = """
name = "tiny-further"
corpus = "{corpus}"
out = "{out}"
teacher = "{teacher}"
start = "{start}"
facts = "{facts}"
late = 8
subjects = 4
average = ["start", "asked", "asked", "asked"]
[[phase]]
name = "asked"
minutes = 1
steps = 4
body_rate = 1e-4
word_rate = 1e-4
late_rate = 1e-3
batch = 8
shares = {{ asked-ja = 0.4, asked-en = 0.4, found-en = 0.1, aligned = 0.1 }}
"""


@pytest.fixture(scope="module")
def further(made: tuple[Path, dict[str, Any]], corpus: Path, teacher: Path) -> Path:
    """The tiny embedder trained further, with word vectors."""
    folder = made[0]
    (folder / "facts").mkdir()
    facts = "".join(
        f"- {en} is worn {m}\n- {ja}の異常 {m}\n? {en} stop {m} | check {en} {m}\n？ {ja} {m} | {ja}は {m}\n"
        for en, ja in zip(EN, JA, strict=True)
        for m in range(2)
    )
    (folder / "facts/made.txt").write_text(
        f"@ Pump | ポンプ\n= Trouble | 故障\n{facts}! who made it\n！ 値段は\n", "utf-8"
    )
    recipe = folder / "further.toml"
    recipe.write_text(
        FURTHER.format(
            corpus=corpus, out=folder / "further", teacher=teacher, start=folder / "run/tiny-embedder.onnx",
            facts=folder / "facts",
        ),
        "utf-8",
    )  # fmt: skip
    run(recipe)
    return folder


def test_an_exported_embedder_is_read_back_as_it_was(made: tuple[Path, dict[str, Any]], teacher: Path) -> None:
    import torch

    from index.embedders.onnx_file import OnnxEmbedder
    from training.embedder.restart import read_exported
    from training.embedder.words import joined

    file = made[0] / "run/tiny-embedder.onnx"
    student, words, vocabulary = read_exported(file, teacher / "tokenizer.json")
    for text in ("モータの異常", "Replace the belt."):
        ids = np.array(vocabulary.tokenizer.encode(text).ids)
        with torch.no_grad():
            layers = student(*batch_of([words.rows[ids]], 0))
        ours = joined(layers, words, torch.from_numpy(ids)[None])[0].numpy()
        assert float(ours @ OnnxEmbedder(file).embed([text], "query")[0]) > 0.99
    with pytest.raises(StageMissing, match=r"nothing\.onnx"):
        read_exported(made[0] / "nothing.onnx", teacher / "tokenizer.json")


def test_training_further_gives_words_that_the_box_reads_alike(further: Path, teacher: Path) -> None:
    import torch

    from index.embedders.onnx_file import OnnxEmbedder
    from training.embedder.late import make_late
    from training.embedder.restart import read_exported

    file = further / "further/tiny-further.onnx"
    box = OnnxEmbedder(file)
    assert box.word_dim == 8
    student, words, vocabulary = read_exported(file, teacher / "tokenizer.json")
    late = make_late(24, torch.from_numpy(words.table), 8)
    late.load_state_dict(torch.load(further / "further/1-asked/late.pt", weights_only=True))
    text = "check the pump 24 モータ"
    rows, mask = batch_of([words.rows[np.array(vocabulary.tokenizer.encode(text).ids)]], 0)
    with torch.no_grad():
        vectors, weights, real = late(rows, student.hidden(rows, mask), mask)
    reading = box.read([text], "query")[0]
    assert len(reading.words) == int(real.sum())
    assert (np.sum(reading.words * vectors[0][real[0]].numpy(), axis=1) > 0.98).all()
    assert np.allclose(reading.weights, weights[0][real[0]].numpy(), atol=0.05)


def test_a_phase_named_three_times_weighs_three_times(further: Path, teacher: Path) -> None:
    import torch
    from safetensors.torch import load_file

    from training.embedder.restart import read_exported

    name = "encoder.layer.0.output.dense.bias"
    before = read_exported(further / "run/tiny-embedder.onnx", teacher / "tokenizer.json")[0].state_dict()[name]
    after = torch.load(further / "further/1-asked/student.pt", weights_only=True)[name]
    kept = load_file(further / "further/sentence-transformers/model.safetensors")[name]
    assert torch.allclose(kept, (before + 3 * after) / 4, atol=1e-6)
    assert not torch.allclose(kept, after, atol=1e-6)


def test_late_scores_take_the_best_match_of_each_word() -> None:
    import torch

    from training.embedder.late import late_scores

    def side(*texts: list[list[float]]) -> Any:
        vectors = torch.tensor(texts)
        return vectors, torch.tensor([[1.0, 3.0]] * len(texts)), vectors.abs().sum(-1) > 0

    asked = side([[1.0, 0.0], [0.0, 1.0]])
    told = side([[1.0, 0.0], [0.6, 0.8]], [[0.0, 1.0], [0.0, 0.0]])
    assert torch.allclose(late_scores(asked, told), torch.tensor([[0.25 * 1 + 0.75 * 0.8, 0.75]]))


def test_a_mean_of_unknown_phases_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "r.toml"
    file.write_text('name = "x"\ncorpus = "c"\nout = "o"\naverage = ["late"]\n', "utf-8")
    with pytest.raises(RecipeInvalid, match="late"):
        read_embedder_recipe(file)


def test_recall_counts_ranks() -> None:
    vectors = {"a": [1.0, 0.0], "b": [0.0, 1.0], "p": [0.8, 0.6], "q": [0.6, 0.8]}
    scores = recall(lambda texts: np.array([vectors[t] for t in texts], np.float32), ["a", "b"], ["p", "q"])
    assert scores["recall_at_1"] == 1.0
    worse = recall(lambda texts: np.array([vectors[t] for t in texts], np.float32), ["a", "b"], ["q", "p"])
    assert worse["recall_at_1"] == 0.0 and worse["mrr"] == 0.5


def test_a_recipe_with_a_wrong_key_says_which(tmp_path: Path) -> None:
    file = tmp_path / "r.toml"
    file.write_text('name = "x"\ncorpus = "c"\nout = "o"\n[[phase]]\nminutes = 1\nbody = 2\n', "utf-8")
    with pytest.raises(RecipeInvalid, match="phase 1"):
        read_embedder_recipe(file)
    assert Pair("a", "b", "ja", "en", "aligned").kind == "aligned"
