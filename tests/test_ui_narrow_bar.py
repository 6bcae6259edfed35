"""The bar that narrows questions: what it offers, what it remembers, and what it says where nothing is found there."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import quote

import pytest
from ui_made import MANUAL, make_answer, make_found, make_hit

from index.library import Scope
from ui.chat import found_html
from ui.narrow_bar import COOKIE, Narrowed, bar_html, offers, remembered, within
from ui.turn import Failure, View
from ui.wording import say

PACKER = replace(MANUAL, lines=("L1", "L2"))
LABELLER = replace(MANUAL, id="m2", name="lb3.pdf", title="ラベラ LB-3", lines=("L1",), machines=("3号機",))
TWIN = replace(MANUAL, id="m3", name="lb3-old.pdf", title="ラベラ LB-3", lines=("l2",))
MANUALS = (PACKER, LABELLER, TWIN)


class Request:
    """What is looked at of a request."""

    def __init__(self, cookie: str | None) -> None:
        self.cookies = {} if cookie is None else {COOKIE: cookie}


def test_machines_are_those_of_the_line_and_manuals_those_of_both() -> None:
    assert list(offers(Narrowed(), MANUALS)["line"]) == ["L1", "L2"]
    assert list(offers(Narrowed(), MANUALS)["machine"]) == ["3号機", "LB-3", "PK-7"]
    of_line = offers(Narrowed(line="L1"), MANUALS)
    assert list(of_line["machine"]) == ["3号機", "PK-7"]
    assert list(of_line["manual"]) == ["m2", "m1"]
    assert offers(Narrowed(line="L2"), MANUALS)["manual"].keys() == {"m1", "m3"}, "however the line is written"
    assert list(offers(Narrowed("L1", "PK-7"), MANUALS)["manual"]) == ["m1"]
    assert offers(Narrowed(), MANUALS)["manual"]["m3"] == "ラベラ LB-3 (lb3-old.pdf)", "told apart from its twin"


def test_what_is_chosen_is_the_scope_and_what_is_not_does_not_narrow() -> None:
    assert Narrowed().scope == Scope()
    assert Narrowed("L1", "PK-7", "m1", "alarm").scope == Scope.of(
        lines=["L1"], machines=["PK-7"], manuals=["m1"], kinds=["alarm"]
    )
    assert [manual.id for manual in within(Narrowed("L1"), MANUALS)] == ["m1", "m2"]


@pytest.mark.parametrize(
    ("chosen", "left"),
    [
        (Narrowed("L1", "3号機", "m2", "steps"), Narrowed("L1", "3号機", "m2", "steps")),
        (Narrowed("L2", "3号機", "m2"), Narrowed("L2")),  # the machine is of another line
        (Narrowed("L9", "3号機"), Narrowed("", "3号機")),  # there is no such line any more
        (Narrowed("L1", "", "m3", "nonsense"), Narrowed("L1")),
    ],
)
def test_what_no_manual_has_is_dropped(chosen: Narrowed, left: Narrowed) -> None:
    assert chosen.among(MANUALS) == left


def test_the_browser_remembers_line_and_machine_only() -> None:
    cookie = quote('{"line": "充填ライン", "machine": "3号機", "manual": "m1"}')
    assert remembered(Request(cookie)) == Narrowed("充填ライン", "3号機")  # type: ignore[arg-type]


@pytest.mark.parametrize("cookie", [None, "", "%7B", "[1]", "null", '{"line": 7}', "%FF%00", "{" * 9000])
def test_a_cookie_that_says_nothing_narrows_nothing(cookie: str | None) -> None:
    assert remembered(Request(cookie)) == Narrowed()  # type: ignore[arg-type]


def test_the_bar_says_what_is_chosen_and_offers_to_clear_it() -> None:
    html = bar_html(Narrowed("L1", "3号機", "", "alarm"), MANUALS, "ja")
    for words in ("<b>L1</b>", "<b>3号機</b>", "<b>アラーム</b>", "1 冊", "a-narrow-clear", 'data-line="L1"'):
        assert words in html
    assert '<option value="L1" selected>' in html
    everywhere = bar_html(Narrowed(), MANUALS, "en")
    assert "all manuals" in everywhere
    assert "a-narrow-clear" not in everywhere
    assert "selected" not in everywhere


def test_there_is_no_bar_where_there_is_nothing_to_choose() -> None:
    assert bar_html(Narrowed(), (), "ja") == bar_html(Narrowed(), (MANUAL,), "ja") == ""


def test_names_are_escaped() -> None:
    bad = '"><img src=x>'
    manuals = [replace(one, title=bad, lines=(bad,), machines=(bad,)) for one in MANUALS]
    assert "<img" not in bar_html(Narrowed(bad, bad, "m1"), manuals, "ja")
    view = View("?", make_found(declined="nothing_relevant"), scope=Scope.of(lines=[bad], machines=[bad]))
    assert "<img" not in found_html(view, "ja")


def test_the_quotes_say_what_the_search_was_narrowed_to() -> None:
    scope = Scope.of(lines=["L1"], machines=["PK-7"], manuals=["m1"], kinds=["steps"])
    html = found_html(View("?", make_found(), scope=scope), "ja")
    assert "L1・PK-7・包装機 PK-7 取扱説明書・手順 に絞って調べました。" in html
    assert "a-within" not in found_html(View("?", make_found()), "ja")


@pytest.mark.parametrize(("lang", "words"), [("ja", "L1 に絞って調べました"), ("en", "narrowed to L1.")])
def test_a_narrowed_question_without_answer_can_be_asked_everywhere(lang: Any, words: str) -> None:
    found = make_found(declined="nothing_relevant")
    html = found_html(View("?", found, scope=Scope.of(lines=["L1"])), lang)
    assert words in html
    assert "a-widen" in html
    other = say("answer.declined.nothing_relevant", lang)
    assert other not in html, "other manuals were not looked into"
    everywhere = found_html(View("?", found), lang)
    assert other in everywhere
    assert "a-widen" not in everywhere
    unsafe = make_found(declined="unsafe_request")
    assert "a-widen" not in found_html(View("?", unsafe, scope=Scope.of(lines=["L1"])), lang)


def test_a_line_that_has_gone_can_be_left_too() -> None:
    view = View("?", failure=Failure("scope_unknown", {}), scope=Scope.of(lines=["L1"]))
    assert "a-widen" in found_html(view, "ja")
    assert "a-widen" not in found_html(replace(view, failure=Failure("question_empty", {})), "ja")


@pytest.mark.parametrize(
    ("lang", "words"), [("ja", "「マニュアルに足りない内容」に記録しました"), ("en", "list of gaps")]
)
def test_a_question_without_answer_says_that_it_went_to_the_gaps(lang: Any, words: str) -> None:
    found = make_found(declined="nothing_relevant", nearest=(make_hit(),))
    view = View("?", found, answer=make_answer(found, "declined"))
    assert words in found_html(view, lang, keeps_gaps=True)
    assert words not in found_html(view, lang, keeps_gaps=False), "nothing is kept"
    assert words not in found_html(replace(view, answer=None), lang, keeps_gaps=True), "not yet written down"
    for reason in ("unsafe_request", "no_manuals"):
        refused = make_found(declined=reason)
        told = View("?", refused, answer=make_answer(refused, "declined"))
        assert words not in found_html(told, lang, keeps_gaps=True)
