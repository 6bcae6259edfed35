"""Quantities: which one a question asks for, and how manuals give values of that kind."""

from __future__ import annotations

import pytest

from index.search.quantity import QUANTITIES, Quantity, asked_quantities, gives


def names(question: str) -> list[str]:
    return [quantity.name for quantity in asked_quantities(question)]


def quantity(name: str) -> tuple[Quantity, ...]:
    return tuple(q for q in QUANTITIES if q.name == name)


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("ロックナットは何N·mで締める？", "torque"),
        ("how tight do the M5 screws go", "torque"),
        ("CY1のストロークは？", "length"),
        ("ベルトの張りは何Ｈｚ？", "frequency"),
        ("タッチパネルは何ワット？", "power"),
        ("ヒューズは何アンペア？", "current"),
        ("ブレーキは何Vで開く？", "voltage"),
        ("What does the motor weigh?", "mass"),
        ("何 MPa に合わせる？", "pressure"),
        ("タンクは何度にする？", "temperature"),
        ("How often is the filter replaced?", "interval"),
        ("LEDユニットの品番は？", "part number"),
        ("シリンダの推力は何N？", "force"),
        ("What clamping force in N does it have?", "force"),
        ("ヒータは何Ωですか", "resistance"),
        ("What is the winding resistance of the motor?", "resistance"),
        ("ファンの風量は？", "flow"),
        ("How many litres per minute does the pump give?", "flow"),
        ("J2の減速比は？", "ratio"),
        ("押し板の硬度は", "hardness"),
        ("画面の輝度はいくつ", "brightness"),
        ("What is the moment of inertia of the table?", "inertia"),
        ("How much program memory is there?", "memory"),
        ("ベルトの材質は？", "material"),
        ("ねじ軸の軸径は？", "length"),
        ("Which tooth pitch in mm does the belt have?", "length"),
        ("アンプの定格電流は？", "current"),
        ("タンクの耐圧は？", "pressure"),
        ("How many bars does the torch need?", "pressure"),
        ("What is the IP rating of the sensor?", "protection"),
        ("盤の保護等級は?", "protection"),
        ("What colour is the earth wire?", "colour"),
        ("W 相の線は何色?", "colour"),
    ],
)
def test_a_quantity_is_asked_for(question: str, name: str) -> None:
    assert names(question) == [name]


@pytest.mark.parametrize(
    ("name", "text", "given"),
    [
        ("interval", "Replace it every 2,000 hours.", True),
        ("interval", "Grease it once a week.", True),
        ("interval", "One or two motors, and one for each axis.", False),
        ("interval", "Every machine has its key.", False),
        ("protection", "Control cabinet IP54", True),
        ("protection", "The IP address of the box", False),
        ("colour", "ピン: 3 / 線の色: 黒", True),
        ("colour", "白紙のラベル", False),
    ],
)
def test_a_value_of_the_kind_is_given(name: str, text: str, *, given: bool) -> None:
    assert gives(quantity(name), text) is given


@pytest.mark.parametrize(
    "question",
    [
        "暗証番号を何度も間違えた",  # many times, not how many degrees
        "周期的な音がする",
        "シリンダのストロークが途中で止まり、異常が出る",
        "the cylinder does not finish its stroke, why?",
        "トルク制限の設定を変えてもよい？",
        "電圧が下がった",
        "",
    ],
)
def test_a_symptom_asks_for_none(question: str) -> None:
    assert names(question) == []


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("torque", "ねじを 1.0 N·mで締め付けます。"),
        ("torque", "Torque (N·m): 25"),
        ("torque", "締付けトルク [N・m]: 8.5"),
        ("pressure", "Range: -30 to -80 / Default: -50 / Unit: kPa"),
        ("temperature", "reach 90 degrees C"),
        ("interval", "周期: 2 万時間で交換"),
        ("interval", "箇所: 非常停止 / 周期: 毎月"),
        ("interval", "半年ごとに点検する"),
        ("interval", "Replace once a year"),
        ("power", "消費電力: 450 VA"),
        ("part number", "新しいベルト（部品番号 SC2-BT100）"),
    ],
)
def test_a_value_is_given(name: str, line: str) -> None:
    assert gives(quantity(name), line)


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("power", "FU1（3 A）を交換する"),
        ("current", "24 V supply of panel"),
        ("length", "4 x M6 screws, 9 N·m"),
        ("torque", "Torque the screws crosswise"),
        ("interval", "2.5 cm³ of grease"),
        ("part number", "ヒューズを調べる"),
    ],
)
def test_another_value_is_not(name: str, line: str) -> None:
    assert not gives(quantity(name), line)


def test_a_unit_above_a_column_of_numbers_counts() -> None:
    assert gives(quantity("torque"), "M8: 25 / M10: 44", above="Table 3: Tightening torques in N·m")
    assert not gives(quantity("torque"), "M8: 25 / M10: 44", above="Table 3: Bolts")
    assert not gives(quantity("torque"), "hand-tight", above="Tightening torques in N·m")


def test_numbers_in_words_count_before_a_unit() -> None:
    assert gives(quantity("length"), "at least five millimeters above the bed")
    assert gives(quantity("interval"), "every six months")
    assert not gives(quantity("length"), "two in each box, five of them")


def test_part_numbers_without_a_dash() -> None:
    for number in ("OSY5JA3Z74A", "74HC126D", "STS3215"):
        assert gives(quantity("part number"), f"LED / {number}"), number
    assert not gives(quantity("part number"), "3mm LED 595nm, Ubuntu24, 10k")


@pytest.mark.parametrize(
    ("question", "name", "given", "not_given"),
    [
        (
            "この報告書は何ページまで出力できる?",
            "pages",
            "一度に 40 ページまで",
            "報告書のページを開き、3 番目の行を選ぶ",
        ),
        ("How many reboots does it allow?", "repeats", "It gives up after 3 reboots.", "Reboot it within 10 minutes."),
        ("再送は何回まで?", "repeats", "再送は三回まで", "3 秒後に再送する"),
        ("How many pulses per revolution has it?", "pulses", "an encoder of 400 pulses", "turn it by 90 degrees"),
        ("At which acceleration in mm/s2?", "acceleration", "at most 500 mm/s2", "at most 500 mm/s"),
        ("How many bits does the DAC have?", "bits", "a 12-bit DAC", "the DAC has 2 channels"),
    ],
)
def test_counted_things_need_a_number_of_them(question: str, name: str, given: str, not_given: str) -> None:
    assert name in names(question)
    assert gives(quantity(name), given)
    assert not gives(quantity(name), not_given)
