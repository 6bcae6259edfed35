"""Refusals of training: what a person reads, in both languages, for input that cannot work; before anything is "
"trained."""

from __future__ import annotations

import errno
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from edge.errors import DiskFull
from training.data.cleaning import read_faq_table
from training.domain.base import open_base
from training.domain.disk import must_fit
from training.domain.recipe import read_domain_recipe
from training.errors import RecipeInvalid, TrainingFailed
from training.recipe import made
from ui.terminal import expected, print_failure
from ui.wording.errors import ERRORS

PAIRS = [(f"ラベラ{n}の紙が切れたら?", f"ラベラ{n}の右のロールを替える。") for n in range(24)]
RECIPE = 'kind = "domain"\nname = "plant"\n[data]\nmanuals = ["."]\nfaq = ["faq.csv"]\n'


def faq(content: str | bytes, name: str = "faq.csv") -> Callable[[Path], object]:
    def read(folder: Path) -> object:
        (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        return read_faq_table(folder / name)

    return read


def recipe(text: str) -> Callable[[Path], object]:
    def read(folder: Path) -> object:
        (folder / "recipe.toml").write_text(text, encoding="utf-8")
        return read_domain_recipe(folder / "recipe.toml")

    return read


def base(config: object = None, gguf: bytes | None = None) -> Callable[[Path], object]:
    def read(folder: Path) -> object:
        if config is not None:
            (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
        if gguf is not None:
            (folder / "m.gguf").write_bytes(gguf)
        return open_base(folder / "m.gguf" if gguf is not None else folder, folder / "unpacked")

    return read


def full_disk(folder: Path) -> object:
    """Weights of a size that no disk holds, told by the head of their file."""
    head = json.dumps({"w": {"dtype": "BF16", "shape": [1_000_000_000, 1_000], "data_offsets": [0, 0]}}).encode()
    (folder / "model.safetensors").write_bytes(len(head).to_bytes(8, "little") + head)
    return must_fit(folder, folder, 7)


def lines(rows: list[tuple[str, ...]], head: str = "質問,回答") -> str:
    return "\n".join([head, *(",".join(row) for row in rows)]) + "\n"


BAD: dict[str, tuple[Callable[[Path], object], str, str]] = {
    "empty answers": (faq(lines([*PAIRS, *((q, "") for q, _ in PAIRS[:9])])), "9 rows: no answer (line 26", "直すか"),
    "questions answered twice": (
        faq(lines([*PAIRS, *((q, "保全を呼ぶ。") for q, _ in PAIRS[:9])])), "9 rows: the same question", "直すか削除"),
    "one column": (faq(lines([(q,) for q, _ in PAIRS], "質問")), "one column only", "列が一つしかありません"),
    "no names": (faq(lines(PAIRS[1:], "いち,に")), "names no column", "1 行目"),
    "garbled": (faq(lines(PAIRS, "question,answer").encode().decode("cp932", "replace")), "garbled", "文字化け"),
    "garbled names": (faq(lines(PAIRS).encode().decode("cp932", "replace")), "first row holds garbled", "文字化け"),
    "one entry": (faq(lines(PAIRS[:1])), "1 usable entry in 1 row;", "20 件以上"),
    "no rows": (faq("質問,回答\n"), "no rows below", "列名の下の行がありません"),
    "no workbook": (faq(b"PK but no workbook", "faq.xlsx"), "cannot be read as a workbook", "保存し直して"),
    "no JSON": (faq("{nope\n", "faq.jsonl"), "line 1 is no JSON", "1 行に 1 件"),
    "unknown key": (recipe(f"{RECIPE}[sft]\nepoch = 2\n"), "unknown key sft.epoch", "つづり"),
    "another kind": (recipe(f"{RECIPE}[cpt]\nepochs = 'two'\n"), "cpt.epochs is 'two', which is no number", "種類が違"),
    "no TOML": (recipe('name = "C:\\models"'), "is not TOML", "/ で書き"),
    "no name": (recipe('kind = "domain"\n'), "missing name", "キーがありません"),
    "another architecture": (base({"architectures": ["Qwen2ForCausalLM"]}), "is a Qwen2ForCausalLM", "Llama 系では"),
    "no tokenizer": (base({"architectures": ["LlamaForCausalLM"]}), "has no tokenizer", "トークナイザー"),
    "no model": (base(), "neither a model folder", "パスを確認"),
    "damaged file": (base(gguf=b"\0" * 64), "is damaged or no GGUF file", "もう一度コピー"),
    "disk full": (full_disk, "7 stages of 4000.0 GB each", "空きが足りない"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_told_in_both_languages_with_what_helps(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    read, said, in_japanese = BAD[name]
    with pytest.raises(TrainingFailed) as failure:
        read(tmp_path)
    assert said in failure.value.message and failure.value.remedy
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")
    print_failure(failure.value)
    english = capsys.readouterr().err
    assert said in english and "What helps: " in english
    monkeypatch.setenv("LC_ALL", "ja_JP.UTF-8")
    print_failure(failure.value)
    assert in_japanese in capsys.readouterr().err.splitlines()[0]


def test_the_cases_above_are_those_that_have_words(tmp_path: Path) -> None:
    """A case without words would be told in those of its code, and nobody would see that."""
    met = set()
    for number, (read, _, _) in enumerate(BAD.values()):
        folder = tmp_path / str(number)
        folder.mkdir()
        with pytest.raises(TrainingFailed) as failure:
            read(folder)
        if failure.value.case:
            met.add(f"{failure.value.code}.{failure.value.case}")
    worded = {key for key in ERRORS if key.startswith(("faq_unusable.", "recipe_invalid.", "base_unfit."))}
    assert worded - met == {"recipe_invalid.file", "recipe_invalid.changed"}
    assert met <= worded


def test_a_disk_that_is_full_is_told_wherever_it_was_met() -> None:
    told = expected(OSError(errno.ENOSPC, "No space left on device", "/data/train.jsonl"))
    assert isinstance(told, DiskFull) and "/data/train.jsonl" in told.message
    assert expected(PermissionError(errno.EACCES, "Permission denied")) is None, "a defect shows its traceback"


def test_a_mistyped_key_is_answered_with_the_one_that_was_meant(tmp_path: Path) -> None:
    with pytest.raises(RecipeInvalid) as failure:
        recipe(f"{RECIPE}[cpt]\nreplay_sahre = 0.1\n")(tmp_path)
    assert failure.value.remedy.startswith("Did you mean replay_share? Known are: ")


def test_given_fields_are_not_read_from_the_file(tmp_path: Path) -> None:
    from training.embedder.distil import Phase
    from training.embedder.recipe import EmbedderRecipe

    raw = {"name": "e", "corpus": "c", "out": "o", "average": ["a"]}
    phases = (("a", made(Phase, {"minutes": 1, "body_rate": 0, "word_rate": 1, "shares": {"words": 1}}, tmp_path)),)
    found = made(EmbedderRecipe, raw, tmp_path, given={"phases": phases})
    assert (found.corpus, found.average, dict(found.phases[0][1].shares)) == (Path("c"), ("a",), {"words": 1.0})
    with pytest.raises(RecipeInvalid, match="unknown key phases"):
        made(EmbedderRecipe, {**raw, "phases": []}, tmp_path, given={"phases": phases})
