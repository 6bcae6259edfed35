"""The corpus: which licences pass, what is held out, where sentences begin and end."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from training.corpus import ALLOWED_LICENCE, Document, corpus_files, sample_documents, sentences
from training.errors import CorpusMissing

zstandard = pytest.importorskip("zstandard")


@pytest.mark.parametrize("licence", ["CC-BY-4.0", "CC-BY-4.0 (code samples MIT)", "CC-BY-3.0", "PSF-2.0", "MIT"])
def test_free_licences_pass(licence: str) -> None:
    assert ALLOWED_LICENCE.match(licence)


@pytest.mark.parametrize(
    "licence",
    [
        "GPL-3.0",
        "GFDL-1.1+ or GPL-2.0+",
        "GPL-3.0+ or CC-BY-3.0+",
        "CC-BY-SA-4.0",
        "CC-BY-NC-4.0",
        "CC-BY-4.0 or GPL-3.0",
        "",
    ],
)
def test_copyleft_and_other_terms_do_not(licence: str) -> None:
    assert not ALLOWED_LICENCE.match(licence)


def row(number: int, **other: str) -> dict[str, str]:
    base = {
        "source": "made/up",
        "license": "CC-BY-4.0",
        "lang": "ja",
        "title": f"題{number}",
        "text": f"# 題{number}\n" + "停止したら電源を切ってください。" * 20,
        "path": f"p/{number}.md",
        "translation": "original",
    }
    return {**base, **other}


def write(folder: Path, name: str, rows: list[dict[str, str]]) -> None:
    lines = "".join(json.dumps(r, ensure_ascii=False) + "\n" for r in rows)
    (folder / name).write_bytes(zstandard.ZstdCompressor().compress(lines.encode()))


def test_sample_leaves_out_copyleft_and_machine_translation(tmp_path: Path) -> None:
    rows = [row(i) for i in range(20)]
    rows += [row(100, license="GPL-3.0"), row(101, translation="MT")]
    write(tmp_path, "ja-made.jsonl.zst", rows)
    found = sample_documents(tmp_path, 10**9, seed=1)
    paths = {d.path for d in found["ja"]}
    assert paths
    assert not paths & {"p/100.md", "p/101.md"}


def test_held_out_and_training_documents_are_disjoint_and_complete(tmp_path: Path) -> None:
    write(tmp_path, "ja-made.jsonl.zst", [row(i) for i in range(300)])
    train = {d.path for d in sample_documents(tmp_path, 10**9, seed=1)["ja"]}
    held = {d.path for d in sample_documents(tmp_path, 10**9, seed=1, held_out=True)["ja"]}
    assert not train & held
    assert len(train | held) == 300
    assert 0 < len(held) < 30


def test_a_page_and_its_translation_fall_on_the_same_side() -> None:
    pages = [Document("s", "MIT", lang, "t", "x", "docs/a.md", "") for lang in ("ja", "en")]
    assert pages[0].held_out == pages[1].held_out


def test_sample_is_the_same_for_the_same_seed(tmp_path: Path) -> None:
    write(tmp_path, "ja-made.jsonl.zst", [row(i) for i in range(60)])
    first, second = (sample_documents(tmp_path, 3000, seed=5)["ja"] for _ in range(2))
    assert first == second
    assert sum(len(d.text) for d in first) < 4000


def test_missing_corpus_names_the_folder(tmp_path: Path) -> None:
    with pytest.raises(CorpusMissing, match=str(tmp_path)):
        corpus_files(tmp_path)


@pytest.mark.parametrize(
    ("lang", "text", "wanted"),
    [
        ("ja", "電源を切る。 3.5 mm にする。", ["電源を切る。", "3.5 mm にする。"]),
        ("ja", "- 1. 扉を閉じる。\n見出し\n", ["扉を閉じる。"]),
        ("en", "Set it to 3.5 mm. Close the door.", ["Set it to 3.5 mm.", "Close the door."]),
        ("en", "no capital letter. Then one.", ["Then one."]),
    ],
)
def test_sentences(lang: str, text: str, wanted: list[str]) -> None:
    assert [text[a:b] for a, b in sentences(text, lang)] == wanted
