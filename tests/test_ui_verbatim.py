"""Verbatim: every word of a passage is shown, in its order, escaped; layout by kind."""

from __future__ import annotations

import re
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.passage import Kind
from ui.verbatim import verbatim_html

STEPS = """WARNING
Switch off before you begin.
Replace the cups as follows.
1. Close valve V1.
  (1) Wait for 0 MPa.
2. Pull the cup off.
  - Keep the spring."""
ALARM = "Alarm: E-401\nName: Film break\nRemedy: 1. Look at the roll.\n2. Change it."
TABLE = "Mark: ES1 / Name: Emergency stop / Place: Panel\nMark: ES2 / Name: Emergency stop"


def shown(html: str) -> str:
    """What a reader sees, without white space."""
    return re.sub(r"\s", "", unescape(re.sub(r"<[^>]*>", "", html)))


def test_steps_keep_their_printed_labels_and_depth() -> None:
    html = verbatim_html(STEPS, "steps")
    assert re.findall(r'<span class="a-label[^"]*">([^<]+)</span>', html) == ["1.", "(1)", "2.", "•"]
    assert re.findall(r'<li class="(a-level-\d)"', html) == ["a-level-0", "a-level-1", "a-level-0", "a-level-1"]


@pytest.mark.parametrize(("text", "kind"), [
    ("Pulses stop for the time of P-17.", "prose"), ("1. Set P-17 to 2.", "steps"),
    (ALARM + "\nCause: see P-17.", "alarm"),
    ("WARNING: P-17 is live.", "warning"), ("Mark: P-17 / Name: Time\nMark: P-18 / Name: Length", "table"),
])  # fmt: skip
def test_a_code_does_not_break_at_its_hyphen(text: str, kind: Kind) -> None:
    html = verbatim_html(text, kind)
    assert '<span class="a-whole">P-17</span>' in html and shown(html).count("P-17") == 1


def test_a_warning_inside_a_procedure_ends_before_the_procedure() -> None:
    html = verbatim_html(STEPS, "steps")
    sign, rest = html.split("</div></div>", 1)
    assert "Switch off before you begin." in sign
    assert "Replace the cups as follows." in rest


@pytest.mark.parametrize(
    ("word", "colour"),
    [
        ("DANGER", "a-danger"), ("危険", "a-danger"), ("WARNING", "a-warning"), ("警告", "a-warning"),
        ("CAUTION", "a-caution"), ("注意", "a-caution"), ("NOTICE", "a-notice-sign"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("form", ["{}\n手を入れない。", "{}: 手を入れない。", "⚠ {}:手を入れない。"])
def test_signal_words_have_their_colour_and_stay_as_printed(word: str, colour: str, form: str) -> None:
    text = form.format(word)
    html = verbatim_html(text, "warning")
    assert f'class="a-signal {colour}"' in html
    assert shown(html) == re.sub(r"\s", "", text)


def test_an_alarm_is_labels_and_values_and_a_value_may_have_several_lines() -> None:
    html = verbatim_html(ALARM, "alarm")
    assert re.findall(r"<dt>(.*?)</dt>", html) == ["Alarm", "Name", "Remedy"]
    assert re.findall(r"a-label\">(.*?)</span><span>(.*?)<", html) == [
        ("1.", "Look at the roll."),
        ("2.", "Change it."),
    ]


def test_steps_behind_a_labelled_sentence_are_a_procedure() -> None:
    html = verbatim_html("Causes: dust. Check in this order.\n1. Clean it.\n2. Look again.", "alarm")
    assert html.index("</dl>") < html.index('<ol class="a-steps"')


def test_rows_become_a_table_and_a_missing_cell_stays_empty() -> None:
    html = verbatim_html(TABLE, "table")
    assert re.findall(r"<th [^>]*>(.*?)</th>", html) == ["Mark", "Name", "Place"]
    assert re.findall(r"<td [^>]*>(.*?)</td>", html) == ["ES1", "Emergency stop", "Panel", "ES2", "Emergency stop", ""]


def test_a_mark_inside_a_cell_is_no_border() -> None:
    html = verbatim_html("Speed: 4 / 12 m/min / Torque: 9 N·m", "table")
    assert "<p>4 / 12 m/min</p>" in html
    assert "<p>9 N·m</p>" in html


def test_a_step_or_warning_with_a_colon_stays_one() -> None:
    html = verbatim_html("1. Look at valve: is it open?\n警告: 手を入れない。", "alarm")
    assert "<dl" not in html
    assert "a-signal a-warning" in html
    assert "<dt>注意</dt>" in verbatim_html("番号: 1 / 注意: 熱い", "table")


def test_prose_with_a_colon_is_no_table() -> None:
    assert "<dl" not in verbatim_html("Note: read this first.\nThen act.", "prose")


@given(st.text(), st.sampled_from(["prose", "steps", "warning", "faq", "incident"]))
def test_every_character_is_shown_and_escaped(text: str, kind: Kind) -> None:
    html = verbatim_html(text, kind)
    expected = "\n".join(line for line in text.split("\n") if line.strip())
    marks = re.compile(r"[\s•-]")
    assert marks.sub("", unescape(re.sub(r"<[^>]*>", "", html))) == marks.sub("", expected)
    assert set(re.findall(r"</?([a-z]+)", html)) <= {"div", "p", "pre", "ol", "li", "span", "strong", "svg", "path"}


@given(
    st.lists(
        st.sampled_from(
            ["A: b", "A: b / C: d", "x", "1. y", "DANGER", "- z: q", "a/b: c: d", "<b>: &", "A: 1. q", "1. Ab: c"]
        )
    )
)
def test_no_word_of_a_row_is_lost(lines: list[str]) -> None:
    for kind in ("alarm", "table"):
        html = verbatim_html("\n".join(lines), kind)  # type: ignore[arg-type]
        letters = re.compile(r"[^a-zA-Z0-9<>&]")
        for line in lines:
            for cell in line.split(" / "):
                for word in cell.split(": "):
                    assert letters.sub("", word) in letters.sub("", unescape(re.sub(r"</?[a-z]+[^>]*>", "", html)))
