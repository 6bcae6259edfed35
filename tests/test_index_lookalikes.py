"""Look-alikes: what OCR misread is found, and nothing changes for text that was not read by OCR."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from index.manuals.coverage import Coverage
from index.passage import Manual, Passage
from index.search.glossary import bundled
from index.search.keywords import search_keywords
from index.search.lookalikes import MARK, alike, folded_terms, marked, with_digits
from index.search.question import understand
from index.text import terms
from index.truth.truth import Truth


@pytest.mark.parametrize(
    ("right", "misread"),
    [
        ("サーボモータ", "サーボモー夕"),
        ("サーボモータ", "サ一ボモータ"),
        ("出力カード", "出カ力ード"),
        ("ロータ", "口一タ"),
        ("ヘッド", "へッド"),
        ("リセット", "リセッ卜"),
        ("電圧不足", "电压不足"),
        ("アラーム一覧", "アラームー覧"),
        ("型番 RB10", "型番 RB1O"),
        ("100 V", "1OO V"),
    ],
)
def test_each_term_of_the_right_text_is_among_those_of_the_misread(right: str, misread: str) -> None:
    held = {*terms(misread), *folded_terms(misread)}
    assert any(term not in terms(misread) for term in terms(right))
    assert {marked(term) for term in terms(right)} <= held


def test_plain_words_have_no_lookalikes() -> None:
    assert alike(terms("tool holder reset")) == ()
    assert folded_terms("Turn the tool holder.") == []
    assert alike(["清掃"]) == ()
    assert all(not term.startswith(MARK) for term in terms("モータ RB10 100 V _x __init__"))


@pytest.mark.parametrize(
    ("read", "meant"),
    [("AL.1O", "AL.10"), ("AL.3l", "AL.31"), ("Pr.PAO4", "Pr.PA04"), ("E-4OI", "E-401"), ("1OO V", "100 V")],
)
def test_letters_beside_digits_are_read_as_digits(read: str, meant: str) -> None:
    assert with_digits(read) == meant


@pytest.mark.parametrize("text", ["LED1 lights", "PLC-E041", "I/O", "Oil level 3 l", "M1 and M2", "motor 10 oil"])
def test_words_stay(text: str) -> None:
    assert with_digits(text) == text


def put(folder: Path, recognised: float | None) -> tuple[Truth, Manual]:
    truth = Truth(folder / "andon.sqlite3")
    coverage = Coverage(pages=1, ocr=("1",) if recognised else ())
    manual = Manual("m1", "a.pdf", "取扱説明書", 1, "0" * 64, 1, 1, "ja", "2026-01-01", coverage)
    text = "サーボモー夕の過熱。フィル夕を洗う。"
    passage = Passage("m1.r1.0", "m1", 1, 0, text, (1,), ("1",), (), "prose", "ja", recognised=recognised)
    truth.put_manual(manual, ".pdf", [passage])
    return truth, manual


def test_a_misread_word_is_found_and_the_text_stays_as_it_was_read(tmp_path: Path) -> None:
    truth, manual = put(tmp_path, 0.97)
    asked = understand("フィルタ", [manual], bundled())
    assert search_keywords(truth, asked.terms("ja"), 5) == [1]
    assert truth.passages(["m1.r1.0"])["m1.r1.0"].text == "サーボモー夕の過熱。フィル夕を洗う。"
    assert truth.passages(["m1.r1.0"])["m1.r1.0"].recognised == 0.97
    truth.close()


def test_nothing_is_folded_without_ocr(tmp_path: Path) -> None:
    truth, manual = put(tmp_path, None)
    row = truth.db.execute("SELECT body, place FROM keyword").fetchone()
    assert not any(term.startswith(MARK) for term in f"{row['body']} {row['place']}".split())
    question = "サーボモータのフィルタを 100 時間で洗う"
    plain = understand(question, [manual], bundled())
    scanned = understand(question, [replace(manual, coverage=Coverage(pages=1, ocr=("1",)))], bundled())
    assert not any(term.startswith(MARK) for term in plain.terms("ja"))
    assert any(term.startswith(MARK) for term in scanned.terms("ja"))
    assert [c.variants[0] for c in plain.concepts["ja"]] == [c.variants[0] for c in scanned.concepts["ja"]]
    truth.close()
