"""Slots and units: what is one amount in two ways of writing, and what contradicts what."""

from __future__ import annotations

import pytest

from training.data.slots import asks_of_other, contradiction, opposed, slots_of
from training.data.units import amounts


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("0.5 MPa", "500 kPa"),
        ("0.5 MPa", "5 bar"),
        ("10 分", "ten minutes"),
        ("30 minutes", "half an hour"),
        ("6 か月", "半年"),
        ("90 分", "1 時間半"),
        ("250 mm/s", "0.25 m/s"),
        ("1,200 mm", "1.2 m"),
        ("12 ℃", "12 degrees"),
        ("０．５ ＭＰａ", "0.5MPa"),
        ("三回", "3 times"),
        ("800 ml", "0.8 L"),
        ("24 か月", "2 years"),
        ("十二か月", "12 months"),
    ],
)
def test_one_amount_is_one_value(one: str, other: str) -> None:
    values = [{(amount.quantity, amount.value) for amount in amounts(text)} for text in (one, other)]
    assert values[0] == values[1]
    assert values[0], one


def test_both_ends_of_a_range_are_amounts() -> None:
    assert {(a.quantity, a.value) for a in amounts("0.45～0.7 MPa")} == {
        ("pressure", 450_000.0),
        ("pressure", 700_000.0),
    }
    assert [a.value for a in amounts("−10 ℃")] == [-10.0]


@pytest.mark.parametrize(
    ("text", "quantity", "value"),
    [
        ("初期値50 ℃", "degrees", 50.0),
        ("締付けトルク8 N·m", "torque", 8.0),
        ("設定は0.5MPaにする", "pressure", 500_000.0),
        ("約-10℃", "degrees", -10.0),
        ("1時間30分", "time", 1800.0),
        ("1時間30分", "time", 3600.0),
        ("約１０分待つ", "time", 600.0),
    ],
)
def test_an_amount_may_stand_right_after_japanese(text: str, quantity: str, value: float) -> None:
    assert (quantity, value) in {(amount.quantity, amount.value) for amount in amounts(text)}


def test_digits_of_codes_and_parts_are_no_amounts() -> None:
    slots = slots_of("AL.32: switch QS1 off for 30 s, then check PH3 of the SC-200")
    assert slots.values == {("time", 30.0)}
    assert {"AL32", "SC200"} <= slots.codes
    assert {"qs1", "ph3"} <= slots.names


@pytest.mark.parametrize(
    ("one", "other", "kind"),
    [
        ("Tighten to 25 N·m.", "Tighten to 18 N·m.", "torque"),
        ("Wait 10 minutes.", "Wait 600 s.", ""),
        ("Wait 10 minutes, below 50 V.", "Ten minutes.", ""),
        ("Every 3 months or 500 h.", "Every 500 hours.", ""),
        ("AL.32 means overcurrent.", "AL.33 means overvoltage.", "code"),
        ("Close the valve.", "Open the valve.", ""),
    ],
)
def test_contradiction_names_the_slot(one: str, other: str, kind: str) -> None:
    assert contradiction(slots_of(one), slots_of(other)) == kind
    assert contradiction(slots_of(other), slots_of(one)) == kind


def test_opposite_states_are_told_apart_from_both_and_none() -> None:
    assert opposed(slots_of("弁 V1 を開けます。"), slots_of("弁 V1 を閉めます。")) == "valve"
    assert opposed(slots_of("Turn it clockwise."), slots_of("Turn it counterclockwise.")) == "turn"
    assert opposed(slots_of("Open it, then close it."), slots_of("Close it.")) == ""
    assert opposed(slots_of("ランプは点滅します。"), slots_of("ランプは点灯します。")) == "lamp"


def test_questions_about_other_codes_or_parts_ask_of_other_things() -> None:
    assert asks_of_other(slots_of("What does AL.32 mean?"), slots_of("What does AL.33 mean?"))
    assert asks_of_other(slots_of("Where is valve V1?"), slots_of("Where is valve V2?"))
    assert not asks_of_other(slots_of("Where is valve V1?"), slots_of("Where is the valve?"))
