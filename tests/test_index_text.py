"""The normal form, the search terms and the language of a text."""

from __future__ import annotations

import re
import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.text import _fold_once, informative, language, normalise, terms


@given(st.text())
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once


@given(st.text(alphabet="ァアモータサボ・ー·ｱﾞﾟA0１-－— \n"))
def test_normalising_katakana_twice_changes_nothing(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("サーボ・アンプ", "サーボアンプ"),
        ("モーター", "モータ"),
        ("ｻｰﾎﾞﾓｰﾀｰ", "サーボモータ"),
        ("ＡＢＣ　１２", "abc 12"),
        ("A‐B—C−D", "a-b-c-d"),
        ("  a\n\tb ", "a b"),
    ],
)
def test_variants_become_one(one: str, other: str) -> None:
    assert normalise(one) == normalise(other)


def test_short_katakana_words_keep_their_long_vowel() -> None:
    assert normalise("キー") == "キー"
    assert normalise("コーヒー") == "コーヒ"


def test_terms_of_japanese_are_pairs_in_order() -> None:
    assert terms("停止した") == ["停止", "止し", "した"]
    assert terms("軸") == ["軸"]
    assert terms("軸が") == ["軸", "軸が"]


def test_terms_of_english_are_stems_and_whole_decimals() -> None:
    assert terms("The bearings stopped at 0.5 mm, 1,500 rpm") == [
        "the",
        "bear",
        "stop",
        "at",
        "0.5",
        "mm",
        "1500",
        "rpm",
    ]
    assert terms("wires wiring wired") == ["wir", "wir", "wir"]


def test_a_code_is_a_term_of_its_own_before_its_pieces() -> None:
    assert terms("AL.32 が点灯")[:3] == ["al32", "al", "32"]
    assert terms("E-401")[0] == terms("ｅ４０１")[0] == "e401"
    assert terms("CURRENT_LIMIT_VIOLATION") == ["current_limit_violation", "current", "limit", "violation"]


@given(st.text())
def test_terms_survive_the_full_text_tokenizer(text: str) -> None:
    for term in terms(text):
        assert re.fullmatch(r"[\w.\-]+", term), term


def test_a_full_text_index_finds_a_code_by_its_term() -> None:
    database = sqlite3.connect(":memory:")
    database.execute(
        "CREATE VIRTUAL TABLE t USING fts5(x, tokenize=\"unicode61 remove_diacritics 0 tokenchars '_.-'\")"
    )
    database.execute("INSERT INTO t VALUES (?)", (" ".join(terms("アラーム AL.32.1 過電流 3.5 A")),))
    for question in ("al32.1", "3.5", "過電"):
        assert database.execute("SELECT count(*) FROM t WHERE t MATCH ?", (f'"{question}"',)).fetchone() == (1,)


def test_function_words_are_not_informative() -> None:
    for term in ("the", "is", "です", "ます", "から", "軸が", "が緩", "は"):
        assert not informative(term), term
    for term in ("al32", "停止", "過電", "緩み", "bear", "0.5", "軸", "ねじ"):
        assert informative(term), term


def test_okurigana_does_not_hide_a_word() -> None:
    question = {t for t in terms("軸が緩むのはなぜですか") if informative(t)}
    passage = set(terms("軸の緩みを点検する"))
    assert question & passage == {"軸", "緩"}
    assert question == {"軸", "緩", "緩む"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("モーターが停止した", "ja"),
        ("AL.32 とは", "ja"),
        ("CURRENT_LIMIT_VIOLATION とは？", "ja"),
        ("The motor stopped.", "en"),
        ("Press the 非常停止 button and wait", "en"),
        ("E-401", "en"),
        ("", "en"),
    ],
)
def test_language(text: str, expected: str) -> None:
    assert language(text) == expected


@given(st.text(alphabet=st.characters(max_codepoint=127)))
def test_plain_latin_text_takes_no_other_form_by_the_short_way(text: str) -> None:
    once, _ = _fold_once(text)
    assert normalise(text) == once == _fold_once(once)[0]
