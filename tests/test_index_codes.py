"""Alarm, parameter and part codes: what is one, what is none, and the one form of each."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.codes import find
from index.codes.find import canonical, find_codes


@pytest.mark.parametrize(
    ("printed", "expected", "kind"),
    [
        ("AL.32", "AL32", "alarm"),
        ("AL32", "AL32", "alarm"),
        ("ＡＬ．３２", "AL32", "alarm"),
        ("AL-32", "AL32", "alarm"),
        ("アラーム32", "AL32", "alarm"),
        ("アラーム番号: 32", "AL32", "alarm"),
        ("al.05", "AL5", "alarm"),
        ("AL.32.1", "AL32.1", "alarm"),
        ("AL.1A", "AL1A", "alarm"),
        ("E-401", "E401", "alarm"),
        ("E401", "E401", "alarm"),
        ("Eー４０１", "E401", "alarm"),
        ("0x0000007E", "0x7E", "alarm"),
        ("8003[7]", "8003_7", "alarm"),
        ("error 5", "ERR5", "alarm"),
        ("エラー5", "ERR5", "alarm"),
        ("alarm 5", "AL5", "alarm"),
        ("R-1101", "R1101", "alarm"),
        ("E–401", "E401", "alarm"),
        ("PLC-E052", "PLCE052", "alarm"),
        ("P-07", "P07", "parameter"),
        ("RP.040", "RP040", "parameter"),
        ("$5", "SETTING5", "parameter"),
        ("パラメータ12", "PARAM12", "parameter"),
        ("Pr.PA01", "PA01", "parameter"),
        ("PA01", "PA01", "parameter"),
        ("Pn100", "PN100", "parameter"),
        ("CURRENT_LIMIT_VIOLATION", "CURRENT_LIMIT_VIOLATION", "flag"),
        ("SC-200-BRK", "SC200BRK", "part"),
        ("sc-200-brk", "SC200BRK", "part"),
    ],
)
def test_every_way_of_printing_a_code_has_one_form(printed: str, expected: str, kind: str) -> None:
    (code,) = find_codes(printed)
    assert (code.canonical, code.kind) == (expected, kind)
    assert printed[code.start : code.end] == printed
    assert canonical(printed) == expected


def test_alarm_error_warning_and_setting_of_one_number_stay_apart() -> None:
    assert len({canonical(t) for t in ("alarm 5", "error 5", "warning 5", "fault 5", "$5", "parameter 5")}) == 6


@pytest.mark.parametrize(
    "text",
    [
        "24 V", "M8", "M8×20", "10 mm", "IP65", "ISO 13849", "RS-485", "DC24V", "USB3.0", "UTF-8", "JIS B 8433-1",
        "エラー5回", "アラームが3件", "alarm 5 times", "1e-12", "p. 5-3", "page A-12", "図 E-3", "2026-11-20", "E-stop",
        "E12.5 mm", "$5.00", "also 32", "ES1–ES4", "P24–N24",
    ],
)  # fmt: skip
def test_quantities_standards_and_references_are_no_codes(text: str) -> None:
    assert find_codes(text) == ()


def test_an_unknown_prefix_is_an_alarm_beside_an_alarm_word_only() -> None:
    assert [(c.canonical, c.kind) for c in find_codes("アラーム W12 が出た")] == [("W12", "alarm")]
    assert find_codes("幅 W12 の板") == ()
    assert [(c.canonical, c.kind) for c in find_codes("SV0401 の交換")] == [("SV0401", "part")]


def test_codes_come_in_order_with_their_places() -> None:
    text = "ＡＬ．３２ と E-401、Pr.PA01 を確認。"
    assert [text[c.start : c.end] for c in find_codes(text)] == ["ＡＬ．３２", "E-401", "Pr.PA01"]


@given(st.text(alphabet="ALE-.0123ＡＬ．３２ー㎜ アラーム_$[]"))
def test_places_are_inside_the_text_and_do_not_overlap(text: str) -> None:
    end = 0
    for code in find_codes(text):
        assert end <= code.start < code.end <= len(text)
        end = code.end


@given(st.sampled_from(["AL.32", "E-401", "PA01", "CURRENT_LIMIT_VIOLATION", "SC-200-BRK", "ERR5", "AL1A"]))
def test_the_canonical_form_of_a_canonical_form_is_itself(code: str) -> None:
    assert canonical(canonical(code)) == canonical(code)


def test_lines_that_are_passed_over_unread_hold_no_code() -> None:
    """Of a line without digit and underscore the patterns are not asked; they would find nothing."""
    root = Path(__file__).resolve().parents[1]
    lines = {line for file in sorted((root / "demo").rglob("*.jsonl")) for line in file.read_text("utf-8").split('"')}
    lines |= {line for file in sorted((root / "docs").rglob("*.md")) for line in file.read_text("utf-8").split("\n")}
    passed_over = [line for line in lines if not find._MAY_HOLD.search(line)]
    assert len(passed_over) > 500
    assert [line for line in passed_over if find._found(line)] == []
    for text in ("ＡＬ．３２", "エラー②", "＿", "CURRENT_LIMIT", "E⁴01", "Ⅳ½"):
        assert find.find_codes(text) == find._found(text)
