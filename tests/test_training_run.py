"""A whole run on made-up text: every stage, resumed, exported, scored, and written down."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from assistant.prompt import build_messages
from edge.models import load_catalogue, verify
from training.bundled.evaluate_slm import held_out_items
from training.bundled.recipe import read_recipe
from training.bundled.run import main, run, stage_result
from training.bundled.tokenizer import ChatTokenizer
from training.catalogue import Entry, put_entry
from training.errors import RecipeInvalid, StageMissing
from training.provenance import sha256_of

zstandard = pytest.importorskip("zstandard")
pytest.importorskip("torch")
pytest.importorskip("transformers")
pytest.importorskip("sentencepiece")
pytest.importorskip("gguf")

ROOT = Path(__file__).parent.parent
RECIPE = """
name = "tiny"
corpus = "{folder}/corpus"
out = "{folder}/run"
chars_per_lang = 60_000
questions_per_group = 1
threads = 2
model_file = "{folder}/models/tiny-ja-en.q8_0.gguf"
results_file = "{folder}/results/tiny.json"

[tokenizer]
vocab_size = 1400
chars_per_lang = 40_000

[shape]
hidden = 64
layers = 2
heads = 2
kv_heads = 2
head_dim = 32
ffn = 64
structured = false

[pretrain]
steps = 3
tokens_per_step = 600
max_tokens = 400
plain_share = 0.5

[tune]
steps = 2
tokens_per_step = 600
max_tokens = 700

[adapt]
steps = 2
tokens_per_step = 600
max_tokens = 900
passage_share = 1.0

[prefer]
steps = 2
tokens_per_step = 600
max_tokens = 900
"""


def corpus(folder: Path) -> None:
    folder.mkdir()
    made = {"ja": "ユニットU{n}の温度が{n} ℃を超えると停止します。", "en": "Part{n} stops above {n} degrees. "}
    for lang, sentence in made.items():
        lines = []
        for page in range(160):
            body = "".join(sentence.format(n=page * 7 + i) for i in range(8))
            row = {
                "source": "made/up",
                "license": "MIT",
                "lang": lang,
                "title": f"Page {page}",
                "text": f"# Page {page}\n{body}\n",
                "path": f"{page}.md",
                "translation": "original",
            }
            lines.append(json.dumps(row, ensure_ascii=False) + "\n")
        compressed = zstandard.ZstdCompressor().compress("".join(lines).encode())
        (folder / f"{lang}-made.jsonl.zst").write_bytes(compressed)


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("whole")
    corpus(folder / "corpus")
    (folder / "tiny.toml").write_text(RECIPE.format(folder=folder), "utf-8")
    run(folder / "tiny.toml", until="pretrain")
    run(folder / "tiny.toml")
    return folder


def record_of(done: Path) -> dict[str, Any]:
    record: dict[str, Any] = json.loads((done / "run" / "run.json").read_text("utf-8"))
    return record


def test_the_record_tells_what_was_done(done: Path) -> None:
    record = record_of(done)
    assert record["status"] == "complete"
    assert record["steps"]["pretrain"]["step"] == 3
    assert record["steps"]["tune"]["step"] == 2
    assert record["steps"]["tune"]["tokens"] >= 1200
    assert record["steps"]["adapt"]["step"] == 2
    assert record["steps"]["prefer"]["pairs"]["pairs"] > 5
    assert record["inputs"]["ja-made.jsonl.zst"] == sha256_of(done / "corpus" / "ja-made.jsonl.zst")
    assert {"python", "torch", "transformers"} <= set(record["versions"])


def test_a_finished_stage_is_not_done_again(done: Path) -> None:
    before = {p: p.stat().st_mtime_ns for p in (done / "run" / "pretrain").rglob("*")}
    told: list[dict[str, object]] = []
    run(done / "tiny.toml", until="tune", say=told.append)
    assert {p: p.stat().st_mtime_ns for p in (done / "run" / "pretrain").rglob("*")} == before
    assert not told


def test_the_model_file_is_in_the_catalogue_with_its_card_and_scores(done: Path) -> None:
    (card,) = load_catalogue(done / "models" / "models.toml")
    assert (card.id, card.role, card.licence) == ("tiny-ja-en", "slm", "Apache-2.0")
    verify(card)
    text = (done / "models" / "tiny-ja-en.md").read_text("utf-8")
    scores = json.loads((done / "results" / "tiny.json").read_text("utf-8"))
    assert card.sha256 in text
    assert scores["sha256"] == card.sha256
    assert "made/up" in text
    assert scores["scores"]["all"]["questions"] == 4
    assert f"{record_of(done)['steps']['prefer']['pairs']['pairs']:,} pairs that no step read" in text.replace(
        "\n", " "
    )
    assert 0 < scores["bits_per_byte"]["ja"] < 20


def test_the_file_reads_prompts_as_training_did(done: Path) -> None:
    """Token ids of training, of transformers and of the runner are the same for whole prompts."""
    llama_cpp = pytest.importorskip("edge.llama.runner")
    from edge.options import EdgeOptions
    from training.corpus import sample_documents

    tokenizer = ChatTokenizer(done / "run" / "tokenizer" / "tokenizer.model")
    documents = sample_documents(done / "corpus", 10**6, 1, held_out=True)
    runner = llama_cpp.LlamaCppRunner(EdgeOptions(model=done / "models" / "tiny-ja-en.q8_0.gguf", threads=1))
    for item in held_out_items(documents, 4, seed=3):
        messages = build_messages(item.question, item.excerpts, item.lang)
        assert runner.prompt_tokens(messages) == tokenizer.encode_messages(messages)
    runner.close()


def test_missing_results_say_so(done: Path, tmp_path: Path) -> None:
    recipe = read_recipe(done / "tiny.toml", {"out": str(tmp_path)})
    with pytest.raises(StageMissing, match="pretrain"):
        stage_result(recipe, "pretrain")


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("colour = 3", "colour"),
        ("[tune]\nsteps = 'many'", "tune.steps"),
        ("[shape]\nwidth = 3", "shape.width"),
        ("[prefer]\ngamma = 3", "prefer.gamma"),
        ("[shape]\nstructured = 1", "shape.structured"),
        ("name =", "TOML"),
    ],
)
def test_wrong_recipes_name_the_key(tmp_path: Path, line: str, named: str) -> None:
    file = tmp_path / "wrong.toml"
    file.write_text(f'name = "x"\ncorpus = "c"\n{line}\n', "utf-8")
    with pytest.raises(RecipeInvalid, match=named):
        read_recipe(file)


def test_the_command_tells_what_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path / "none.toml")]) == 1
    assert "No recipe" in capsys.readouterr().err


def test_the_bundled_recipe_is_whole() -> None:
    recipe = read_recipe(ROOT / "training/recipes/andon-slm.toml")
    assert recipe.model_file == Path("models/andon-slm-ja-en.q8_0.gguf")
    assert recipe.shape.structured
    assert recipe.pretrain.minutes > 0
    assert recipe.tune.minutes > 0
    assert recipe.adapt.passage_share == 1.0
    assert recipe.prefer.learning_rate < recipe.adapt.learning_rate / 5
    assert recipe.faq == Path("demo/faq.jsonl")


def test_catalogue_entries_are_replaced_and_others_kept(tmp_path: Path) -> None:
    catalogue = tmp_path / "models.toml"
    for name, content in (("one", b"1"), ("two", b"2"), ("one", b"111")):
        (tmp_path / f"{name}.gguf").write_bytes(content)
        put_entry(catalogue, Entry(name, "slm", tmp_path / f"{name}.gguf", "MIT", "made here"))
    assert [(c.id, c.bytes) for c in load_catalogue(catalogue)] == [("two", 1), ("one", 3)]
