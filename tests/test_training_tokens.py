"""Tokens: what a tokenizer makes of a site's text, terms worth adding, and a base that has them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from domain_jobs import make_base
from typer.testing import CliRunner

from edge.convert import convert_hf_to_gguf
from edge.llama.library import LlamaModel
from training.domain.recipe import read_domain_recipe
from training.errors import CorpusMissing, ExportDiffers, RecipeInvalid
from training.tokens.added import add_terms, cutter_of, spread
from training.tokens.report import page, report_of
from training.tokens.run import texts_of
from training.tokens.terms import Term, found_terms, worth_adding

SITE = [f"真空センサ{n}の値が低い。ストレッチ包装機の真空センサを清掃する。" for n in range(20)]
GENERAL = ["The belt is tight.", "ベルトを張る。"]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("torch")
    return make_base(tmp_path_factory.mktemp("base"))


def letters(text: str) -> list[int]:
    return [ord(sign) for sign in text]


def test_terms_are_counted_by_runs_and_by_script_within_them() -> None:
    found = {term.text: term.hits for term in found_terms(SITE, letters)}
    assert found["真空センサ"] == 40
    assert found["ストレッチ包装機"] == found["包装機"] == 20
    assert "清掃" in found
    assert not any(sign.isdigit() for text in found for sign in text)


def test_hits_within_a_longer_term_count_once_and_numbers_and_english_are_not_added() -> None:
    terms = [Term("ストレッチ包装機", 300, 5), Term("screw", 900, 3), Term("包装機", 310, 3), Term("真空", 500, 2)]
    assert [term.text for term in worth_adding(terms, 9)] == ["ストレッチ包装機"]
    assert [(t.text, t.hits) for t in worth_adding(terms, 9, least_hits=5)] == [
        ("ストレッチ包装機", 300),
        ("包装機", 10),
    ]
    assert worth_adding(terms, 0) == []


def test_of_two_terms_that_can_overlap_one_is_taken() -> None:
    terms = [Term("真空圧", 900, 3), Term("圧力計", 800, 3), Term("力計", 700, 3)]
    assert [term.text for term in worth_adding(terms, 9)] == ["真空圧", "力計"]


def test_the_report_counts_what_was_cut(base: Path) -> None:
    cutter = cutter_of(base)
    report = report_of(cutter, [*SITE, "Set AL.32 and F-021."], GENERAL)
    japanese = report.kinds["site, Japanese"]
    assert japanese.texts == 20
    assert japanese.characters == sum(map(len, SITE))
    assert japanese.bytes == sum(len(text.encode()) for text in SITE)
    assert japanese.tokens == sum(len(cutter.ids(text)) for text in SITE)
    assert japanese.lost == 0
    assert report.code_pieces == (len(cutter.ids("AL.32")) + len(cutter.ids("F-021"))) / 2
    assert set(report.kinds) == {
        "site, Japanese", "site, other languages", "general, Japanese", "general, other languages",
    }  # fmt: skip
    told = page("plant", report)
    assert f"| site, Japanese | 20 | {japanese.characters:,} |" in told
    assert "do not come back" in told


def test_texts_that_do_not_come_back_are_told() -> None:
    from training.tokens.report import Cutter

    folding = Cutter(lambda text: letters(text.lower()), lambda ids: "".join(map(chr, ids)), lambda one: "<0x0A>")
    report = report_of(folding, ["Valve V1", "valve"], ["general"])
    assert report.kinds["site, other languages"].lost == 1
    assert report.kinds["site, other languages"].byte_tokens == 13
    assert report.examples_lost == ("Valve V1",)
    assert "'Valve V1'" in page("x", report)


def test_added_terms_are_one_token_in_both_programs_and_begin_as_the_mean_of_their_pieces(
    base: Path, tmp_path: Path
) -> None:
    import torch
    from transformers import AutoModelForCausalLM

    terms = ["真空センサ", "ストレッチ包装機"]
    wide = add_terms(base, terms, tmp_path / "wide", SITE)
    before, after = cutter_of(base), cutter_of(wide)
    ids = [after.ids(term) for term in terms]
    assert [len(one) for one in ids] == [1, 1]
    assert all(after.text(after.ids(text)) == text for text in SITE)
    old = AutoModelForCausalLM.from_pretrained(base).get_input_embeddings().weight
    new = AutoModelForCausalLM.from_pretrained(wide).get_input_embeddings().weight
    assert torch.equal(new[: len(old)], old)
    torch.testing.assert_close(new[ids[0][0]], old[before.ids(terms[0])].mean(0))
    gguf = convert_hf_to_gguf(wide, tmp_path / "wide.gguf")
    model = LlamaModel(gguf, vocab_only=True)
    assert all(model.tokenize(text, add_special=False, parse_special=False) == after.ids(text) for text in SITE)
    model.close()
    changed = (wide / "model.safetensors").stat().st_mtime_ns
    assert add_terms(base, terms, tmp_path / "wide", SITE) == wide  # not made again
    assert (wide / "model.safetensors").stat().st_mtime_ns == changed


def test_terms_that_the_box_would_cut_otherwise_are_refused(base: Path, tmp_path: Path) -> None:
    with pytest.raises(ExportDiffers, match="1 of 2 texts") as failed:
        add_terms(base, ["真空", "空圧力"], tmp_path / "wide", ["真空圧力を見る", "真空"])
    assert "added_terms = 0" in failed.value.remedy
    assert not (tmp_path / "wide").exists()


def test_probes_are_spread_over_all_texts() -> None:
    assert spread([str(n) for n in range(10)], 5) == ["0", "2", "4", "6", "8"]
    assert spread(["a", "b"], 5) == ["a", "b"]


def test_files_of_text_are_read_or_told_to_be_wrong(tmp_path: Path) -> None:
    (tmp_path / "cpt.jsonl").write_text(json.dumps({"text": "a", "kind": "raw"}) + "\n", "utf-8")
    (tmp_path / "b.txt").write_text("one\n\ntwo\n", "utf-8")
    assert texts_of([tmp_path / "cpt.jsonl", tmp_path / "b.txt"]) == ["a", "one", "two\n"]
    (tmp_path / "cpt.jsonl").write_text('{"words": 1}\n', "utf-8")
    with pytest.raises(CorpusMissing, match="line 1"):
        texts_of([tmp_path / "cpt.jsonl"])
    with pytest.raises(CorpusMissing, match="cannot be read"):
        texts_of([tmp_path / "none.txt"])


def test_the_command_writes_the_report(base: Path, tmp_path: Path) -> None:
    from ui.cli import app

    (tmp_path / "site.txt").write_text("\n\n".join(SITE), "utf-8")
    told = CliRunner().invoke(
        app, ["train", "tokens", str(tmp_path / "site.txt"), "--base", str(base), "--out", str(tmp_path / "out")]
    )
    assert told.exit_code == 0, told.output
    assert "site, Japanese: " in told.output
    assert json.loads((tmp_path / "out/tokens.json").read_text("utf-8"))["kinds"]["site, Japanese"]["texts"] == 20
    assert (tmp_path / "out/tokens.md").is_file()


@pytest.mark.parametrize(
    ("part", "message"),
    [("added_terms = -1", "number that cannot work"), ("added_terms = 5\n[lora]\nrank = 8", "needs all weights")],
)
def test_a_recipe_that_cannot_add_terms_is_refused(tmp_path: Path, part: str, message: str) -> None:
    faq = tmp_path / "faq.csv"
    faq.write_text("question,answer\n", "utf-8")
    recipe = tmp_path / "recipe.toml"
    recipe.write_text(
        f'kind = "domain"\nname = "x"\n[data]\nmanuals = ["{tmp_path.as_posix()}"]\nfaq = ["{faq.as_posix()}"]\n'
        f"[tokenizer]\n{part}\n",
        "utf-8",
    )
    with pytest.raises(RecipeInvalid, match=message):
        read_domain_recipe(recipe)
