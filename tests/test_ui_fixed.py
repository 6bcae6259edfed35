"""Closing a stoppage on the page: what is known stands there already; and the parts of a quote's card."""

from __future__ import annotations

from dataclasses import replace

import pytest
from ui_made import MANUAL, make_answer, make_found, make_hit

from assistant.answer import Quote
from assistant.precedents import precedent_of
from assistant.records.stoppages import Stoppage
from index.library import Scope
from index.passage import Passage
from ui.checklist import checklist_html
from ui.fixed import ask_html, form_html, known_of, sent_html
from ui.history import list_html, turns_html
from ui.precedents import precedents_html
from ui.seats import view_of
from ui.take_away import answer_text, quote_text
from ui.turn import Failure, View
from ui.verbatim import verbatim_html
from ui.wording import Lang

ROW = "アラーム番号: E-401\n名称: フィルム切れ\n原因: 継ぎ目が切れた。Pr.5 が小さい。\n処置: ロールを交換する。"
STEPS = "警告: 電源を切る。\n1. 扉を開ける。\n2. <b>ロール</b>を抜く。\n- 予備\n3. 扉を閉める。"


def test_a_question_of_nothing_has_a_name_to_be_tapped() -> None:
    views = [View("E-401?", make_found()), View("  ", failure=Failure("question_empty", {}))]
    assert "<b>2</b> (入力なし)</button>" in turns_html(views, views[1], "ja")
    assert "<b>2</b> (nothing typed)</button>" in turns_html(views, views[1], "en")


def test_cause_and_remedy_of_the_row_are_a_tap_away() -> None:
    view = view_of(make_answer(make_found(make_hit(ROW, "alarm"))))
    known = known_of(view)
    assert known.code == "E-401"
    assert known.machine == "PK-7"
    assert known.causes == ("継ぎ目が切れた。", "Pr.5 が小さい。")
    assert known.remedies == ("ロールを交換する。",)
    html = form_html(view, Scope.of(lines=["L1"]), "ja")
    assert html.count("data-into=") == 3
    assert 'name="line" value="L1"' in html
    english = make_hit("Alarm: E-401\nCauses: Splice torn. Film too thin (Pr. 5).\nRemedy: Replace the roll.", "alarm")
    assert known_of(view_of(make_answer(make_found(english)))).causes == ("Splice torn.", "Film too thin (Pr. 5).")


def test_of_a_procedure_its_heading_is_the_remedy_and_of_nothing_nothing() -> None:
    steps = view_of(make_answer(make_found(make_hit(STEPS, "steps", section=("7 保全", "7.3 ロールの交換")))))
    assert known_of(steps).remedies == ("7.3 ロールの交換",)
    declined = make_answer(make_found(declined="nothing_relevant", nearest=()), "declined")
    assert known_of(view_of(declined)).remedies == ()


def test_where_nothing_was_found_nothing_shown_can_have_fixed_it() -> None:
    assert "これで直った" in ask_html("a1", "ja") and "これで直った" not in ask_html("a1", "ja", declined=True)
    assert "Note what fixed it" in ask_html("a1", "en", declined=True)


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_what_people_wrote_is_text(lang: Lang) -> None:
    evil = Stoppage("a1", 3, "<script>1</script>", "<img src=x>", stopped_at="2026-01-31T09:05:00+00:00")
    for html in (sent_html(evil, lang), precedents_html([precedent_of(evil)], lang)):
        assert "<script>" not in html
        assert "&lt;img" in html
    view = replace(view_of(make_answer(make_found(make_hit(ROW, "alarm")))), question='"><script>x</script>')
    assert "<script>" not in form_html(view, Scope(), lang)
    assert "<script>" not in turns_html([view, view], view, lang)


def test_of_a_conversation_the_shown_question_is_marked() -> None:
    first, second = (view_of(make_answer(make_found(), text=text)) for text in ("1", "2"))
    gone_on = replace(second, busy=1)  # the same turn, a moment later
    for shown, marked in ((first, 0), (second, 1), (gone_on, 1)):
        html = turns_html([first, second], shown, "ja")
        assert html.count("aria-current") == 1
        assert f'data-at="{marked}" aria-current=true' in html


def test_numbered_steps_get_a_box_and_lose_no_word() -> None:
    plain = verbatim_html(STEPS, "steps")
    html = checklist_html(plain, "p1", "ja")
    assert html.count('type="checkbox"') == 3
    assert "&lt;b&gt;ロール&lt;/b&gt;を抜く。" in html
    for part in ("電源を切る。", "予備", '<span class="a-label">3.</span>'):
        assert part in html
    assert checklist_html(verbatim_html("1. Only one.", "steps"), "p1", "ja") == verbatim_html("1. Only one.", "steps")


def test_what_is_copied_names_manual_page_and_revision() -> None:
    warning = Passage("w", "m1", 2, 0, "危険: 挟まれる。", (7,), ("2-7",), (), "warning", "ja")
    text = quote_text(Quote(1, make_hit(STEPS, "steps"), (warning,)), "ja")
    assert text.index("危険") < text.index("1. 扉を開ける。") < text.index(MANUAL.title)
    assert "5-3 ページ" in text
    assert "第 2 版" in text
    copied = answer_text(make_answer(make_found()), "en")
    assert copied.startswith("E-401?\n\n交換する。 [1]")
    assert "[1] 包装機 PK-7 取扱説明書, Page 5-3, upload 2" in copied


def test_an_empty_history_says_so() -> None:
    assert "まだありません" in list_html([], "ja")
    assert "None holds" in list_html([], "en", searched=True)
