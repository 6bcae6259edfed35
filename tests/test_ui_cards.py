"""Cards, answers and lists: what a reader is told, in both languages, and that data stays data."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from ui_made import MANUAL, PIECE, make_answer, make_found, make_hit

from assistant.answer import Found, Quote
from index.ingest.jobs import Job
from index.passage import Twin, Why
from index.search.searcher import Results
from ui.admin.hit_list import hits_html
from ui.admin.job_list import jobs_html
from ui.admin.manual_list import manuals_html
from ui.answers import answer_html, failure_html, verdict
from ui.cards import page_label, quotes_html
from ui.turn import Failure, View

JOB = Job(7, "broken.pdf", "failed", 0, 0, "manual_damaged", "broken.pdf is damaged. Copy it again.", "", "")


def test_the_first_quote_is_open_and_the_others_are_folded() -> None:
    html = quotes_html(make_found(make_hit(), make_hit("二つ目。"), make_hit("三つ目。")), "ja")
    assert html.count('<article class="a-card a-best" id="quote-1"') == 1
    assert re.findall(r'<details class="a-card" id="(quote-\d)">', html) == ["quote-2", "quote-3"]
    assert "ほかの該当箇所(2 件)" in html


def test_a_folded_card_names_its_manual_once() -> None:
    path = '<p class="a-path"><span>包装機 PK-7 取扱説明書</span><span>5 アラーム</span></p>'
    assert (
        quotes_html(make_found(make_hit(), make_hit("二つ目。")), "ja").count(path) == 1
    )  # the open one says it below
    titled = make_hit(section=(MANUAL.title, "5 アラーム", "5.2 E-401"))
    assert quotes_html(make_found(make_hit(), titled), "ja").count(path) == 1


def test_many_manuals_with_the_same_words_are_folded() -> None:
    twin = Twin(make_hit().passage, replace(MANUAL, id="m2", title="包装機 PK-8 取扱説明書"))
    few, many = (quotes_html(make_found(replace(make_hit(), also=(twin,) * count)), "ja") for count in (4, 5))
    assert '<div class="a-also">' in few and few.count("PK-8") == 4
    assert '<details class="a-also"><summary>同じ記載のあるマニュアル(5\u00a0冊)</summary>' in many


def test_a_card_says_where_it_stands_and_links_to_the_page() -> None:
    html = quotes_html(make_found(), "ja")
    for words in (
        "5 アラーム",
        "5.2 E-401",
        "包装機 PK-7 取扱説明書",
        "5-3 ページ",
        "ファイルの 42 ページ目",
        "第 2 版",
    ):
        assert words in html
    assert 'href="/manuals/m1/original#page=42" target="_blank" rel="noopener"' in html


def test_a_passage_read_by_ocr_says_so_in_both_languages() -> None:
    plain, scanned = make_found(), make_found(make_hit(recognised=0.97))
    assert "文字認識(OCR)で読み取り" in quotes_html(scanned, "ja")
    assert "by OCR: check it with the page" in quotes_html(scanned, "en")
    assert "OCR" not in quotes_html(plain, "en")


def test_a_printed_page_that_is_the_physical_one_is_said_once() -> None:
    html = quotes_html(make_found(make_hit(pages=(42,), page_labels=("42",))), "en")
    assert "Page 42" in html
    assert "of the file" not in html


def test_a_folded_card_shows_how_it_begins() -> None:
    alarm = make_hit("番号: E-401\n名称: フィルム切れ", "alarm")
    assert '<p class="a-snippet" lang="ja">E-401 フィルム切れ</p>' in quotes_html(make_found(make_hit(), alarm), "ja")
    assert "a-snippet" not in quotes_html(make_found(alarm), "ja")


def test_pages_of_a_range() -> None:
    assert page_label(make_hit(pages=(1, 2), page_labels=("5-3", "5-4")), "ja") == "5-3–5-4"


@pytest.mark.parametrize(
    "reason", ["nothing_relevant", "unknown_code", "other_machine", "value_missing", "procedure_missing", "no_manuals"]
)
def test_a_declined_question_says_why_and_shows_the_nearest_without_number(reason: Any) -> None:
    found = make_found(declined=reason, nearest=(make_hit(),))
    html = quotes_html(found, "en")
    assert "a-refusal" in html
    assert "Nearest sections" in html
    assert "a-number" not in html
    assert "a-best" not in html


@pytest.mark.parametrize(("lang", "words"), [("ja", "お答えできません"), ("en", "does not help to get round")])
def test_an_unsafe_request_is_refused_with_the_manuals_warnings_open(lang: Any, words: str) -> None:
    warned = Found("?", lang, (Quote(1, make_hit("扉を開けたまま運転しない。", "warning")),), "unsafe_request", (), 1.0)
    html = quotes_html(warned, lang)
    assert html.index(words) < html.index("扉を開けたまま運転しない。")
    assert "a-best" in html
    assert "<details" not in html


def test_the_warnings_of_a_procedure_stand_before_it() -> None:
    warning = make_hit("危険\n電源を切る。", "warning", pages=(7,), page_labels=("2-7",)).passage
    quote = Quote(1, make_hit("1. カバーを外す。", "steps"), (warning,))
    html = quotes_html(Found("?", "ja", (quote, quote), None, (), 1.0), "ja")
    first = html.split("<details")[0]
    assert first.index("この節の警告") < first.index("電源を切る。") < first.index("カバーを外す。")
    assert "2-7" in first
    assert html.count("<p>電源を切る。</p>") == 2


def test_pieces_carry_links_to_their_sources() -> None:
    html = answer_html(View("q", make_found(), (PIECE,)), "ja")
    assert re.findall(r'href="#quote-(\d)" data-quote="\d"', html) == ["1", "2"]
    assert "照合しています" in html


@pytest.mark.parametrize(
    ("answer_verdict", "changes", "words"),
    [
        ("supported", {}, "すべての文を原文と照合しました。"),
        ("partly_supported", {}, "確認できなかった 0\u00a0文は表示していません"),
        ("quote_only", {"text": "", "sentences": ()}, "原文だけを示します"),
        ("quote_only", {"model": ""}, "作成しない設定"),
        ("stopped", {}, "途中で中止しました"),
        ("quote_only", {"failure": "generation_failed"}, "作成できませんでした"),
    ],
)
def test_the_verdict_is_in_plain_words(answer_verdict: str, changes: dict[str, Any], words: str) -> None:
    answer = make_answer(make_found(), answer_verdict, **changes)
    assert words in verdict(answer, "ja")
    html = answer_html(View("q", make_found(), (), answer), "ja")
    assert words in html
    assert ("a-sure" in html) == (answer_verdict == "supported")


def test_a_failed_model_also_says_what_its_error_means() -> None:
    html = answer_html(View("q", make_found(), (), make_answer(make_found(), failure="model_missing")), "en")
    assert "answer model&#x27;s file is missing" in html


@pytest.mark.parametrize(
    ("busy", "words"), [(0, "照合しています"), (1, "ほかの端末の回答を作成中"), (3, "前に\u00a03\u00a0件あります")]
)
def test_who_waits_is_told_how_many_come_before(busy: int, words: str) -> None:
    assert words in answer_html(View("q", make_found(), busy=busy), "ja")


def test_where_the_model_says_nothing_the_manuals_words_are_one_touch_away() -> None:
    link = '<a class="a-open" href="#quote-1" data-quote="1">原文 1 を読む</a>'
    for changes in ({"sentences": ()}, {"model": ""}, {"failure": "model_missing"}):
        answer = make_answer(make_found(), "quote_only", text="", **changes)
        assert link in answer_html(View("q", make_found(), (), answer), "ja")
    assert link not in answer_html(View("q", make_found(), (), make_answer(make_found())), "ja")


def test_a_model_that_was_not_asked_is_not_named() -> None:
    found = make_found(declined="nothing_relevant")
    html = answer_html(View("q", found, (), make_answer(found, "declined")), "ja")
    assert "原文まで 0.12 秒" in html
    assert "モデル" not in html


def test_a_near_section_opens_in_place_or_as_its_page() -> None:
    html = quotes_html(make_found(declined="unknown_code", nearest=(make_hit(),)), "ja")
    assert '<a class="a-card a-to" href="/manuals/m1/original#page=42" target="_blank" rel="noopener"' in html
    assert 'aria-label="5-3 ページ 包装機 PK-7 取扱説明書 の 5.2 E-401 を新しいタブで開く"' in html
    assert '<p class="a-path"><span>包装機 PK-7 取扱説明書</span><span>5 アラーム</span></p>' in html


def test_times_are_shown() -> None:
    html = answer_html(View("q", make_found(), (), make_answer(make_found())), "ja")
    assert "原文まで 0.12\u00a0秒" in html
    assert "回答完了まで 2.5\u00a0秒" in html


def test_a_question_too_long_names_both_lengths() -> None:
    html = failure_html(Failure("question_too_long", {"characters": "2,500", "limit": "2,000"}), "en")
    assert "2,500" in html
    assert "2,000" in html


def test_hostile_text_is_escaped_everywhere() -> None:
    bad = '<img src=x onerror="1">'
    hit = replace(make_hit(bad, section=(bad, bad), page_labels=(bad,)), manual=replace(MANUAL, title=bad, name=bad))
    hit = replace(hit, why=(Why("code", 1, bad),))
    found = make_found(hit, hit)
    answer = make_answer(found, model=bad, failure="model_missing")
    parts = [
        quotes_html(found, "ja"),
        quotes_html(make_found(declined="nothing_relevant", nearest=(hit,)), "en"),
        answer_html(View(bad, found, (replace(PIECE, text=bad),), answer), "ja"),
        failure_html(Failure(bad, {}), "ja"),
        jobs_html([replace(JOB, name=bad, error=bad), replace(JOB, name=bad, error=bad, error_code="new")], "en"),
        manuals_html([replace(MANUAL, title=bad, name=bad, id=bad)], "ja"),
        hits_html(Results((hit,), (), (bad,)), "ja"),
    ]
    assert not [part for part in parts if "<img" in part]


def test_a_failed_file_says_why_in_the_readers_language() -> None:
    assert "ファイルが壊れています" in jobs_html([JOB], "ja")
    assert "broken.pdf is damaged. Copy it again." in jobs_html([JOB], "en")


def test_an_unknown_error_code_shows_the_errors_own_words() -> None:
    assert "broken.pdf is damaged" in jobs_html([replace(JOB, error_code="brand_new")], "ja")


def test_a_running_file_shows_its_pages_and_then_that_it_is_indexed() -> None:
    running = replace(JOB, state="running", pages_done=3, pages_total=80)
    assert 'max="80" value="3"' in jobs_html([running], "ja")
    assert "3 / 80 ページ" in jobs_html([running], "ja")
    assert "索引を作成中" in jobs_html([replace(running, pages_done=80)], "ja")


def test_a_manual_row_has_all_its_facts() -> None:
    html = manuals_html([MANUAL], "en")
    for words in (
        "包装機 PK-7 取扱説明書",
        "pk7.pdf",
        ">2<",
        ">80<",
        ">120<",
        "Japanese",
        "2026-0",
        'data-manual="m1"',
    ):
        assert words in html
