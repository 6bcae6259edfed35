"""Opposites: which of two like things a text means, by sides, numbers behind names, and amounts."""

from __future__ import annotations

import pytest

from index.search.opposites import at_odds, beyond, marks_of, of_another_thing, shared, without_names


@pytest.mark.parametrize(
    ("question", "row"),
    [
        ("Where is the upper limit switch?", "LS6 / lower limit switch / foot of the mast"),
        ("下部オーバラップ量の初期値は?", "P-13 / 上部オーバラップ量 / 100"),
        ("盤内温度下限は何度?", "LS-11 / 盤内温度上限 / 50"),
        ("クランプ開の確認時間", "P-15 / クランプ閉確認時間 / 1.5 s"),
        ("the lamp is flashing", "Red / steady / stopped by an alarm"),
        ("torque of motor M2", "Servo motor M1 / M6 / 8.5 N·m"),
        ("LC-C はどの端子?", "S41 / ライトカーテン LC-A"),
        ("INV5 の主回路端子", "インバータ INV2～INV4 主回路 / M3.5"),
        ("pins of channel two", "5, 6 / Emergency stop channel 1"),
        ("10 A のヒューズの品番", "ガラス管ヒューズ 5 A / LC5-FU5"),
        ("12 キロの箱の速度", "5 kg を超え 10 kg 以下 / 32 m/min"),
        ("a case of 5 kg", "over 5 kg up to 10 kg / 32 m/min"),
    ],
)  # fmt: skip
def test_another_thing_is_at_odds(question: str, row: str) -> None:
    assert at_odds(marks_of(question), marks_of(row), row)


@pytest.mark.parametrize(
    ("question", "row", "marks"),
    [
        ("Where is the lower limit switch?", "LS6 / lower limit switch / foot of the mast", 2),
        ("INV3 の主回路端子", "インバータ INV2～INV4 主回路 / M3.5", 1),
        ("sensor PH3", "Suction cups, sensors PH1 to PH7 / wipe", 1),
        ("pins of channel two", "7, 8 / Emergency stop channels 1 and 2", 1),
        ("5 A のヒューズの品番", "ガラス管ヒューズ 5 A / LC5-FU5", 1),
        ("12 キロの箱の速度", "10 kg を超え 15 kg 以下 / 24 m/min", 1),
        ("箱が 5 kg 以下なら", "5 kg 以下 / 40 m/min", 1),
        ("the lamp is flashing", "Red / flashing / emergency stop", 1),
        ("How heavy may it be?", "Blank mass / 0.10 kg / 0.90 kg", 0),
        ("上と下のスイッチの位置", "LS6 / 下限スイッチ / マスト下部", 0),
        ("emergency stop pins", "5, 6 / Emergency stop channel 1", 0),
    ],
)  # fmt: skip
def test_the_thing_itself_is_not(question: str, row: str, marks: int) -> None:
    asked = marks_of(question)
    assert not at_odds(asked, marks_of(row), row)
    assert shared(asked, marks_of(row), row) == marks


def test_names_of_machines_and_what_stands_above_tell_no_row() -> None:
    asked = marks_of("SC-200: pin 3 of CN5, M2")
    assert asked.names == {"sc": {"200"}, "pin": {"3"}, "cn": {"5"}, "m": {"2"}}
    left = beyond(without_names(asked, {"SC200"}), marks_of("A.2 Connector CN5"))
    assert left.names == {"pin": {"3"}, "m": {"2"}}


def test_another_thing_is_told_without_states_and_amounts() -> None:
    asked = marks_of("The upper limit switch LS6 opens at 5 A")
    assert of_another_thing(asked, "the lower limit switch")
    assert of_another_thing(asked, "LS7 closes")
    assert not of_another_thing(asked, "LS6 closes at 6 A")
    assert at_odds(asked, marks_of("LS6 closes"), "") and at_odds(asked, marks_of("LS6"), "6 A")


@pytest.mark.parametrize(
    "text",
    [
        "Where is the upper limit switch?", "Red / steady / stopped by an alarm", "READ and open, counter-clockwise",
        "Turn it counterclockwise, to the far side", "the hot inlet, from the driven pulley to the front",
        "下部オーバラップ量の初期値は?", "左 / 反時計回り / 操作側", "反操作側の手前、クランプ閉",
        "読み出し: 上限 / 高温", "盤内 / 一次 / 従動",
        "12 / 3.5", "",
    ],
)  # fmt: skip
def test_a_text_in_one_script_tells_what_it_tells_between_lines_of_both(text: str) -> None:
    """Patterns of a script that a text has not are left out."""
    assert marks_of(text).sides == marks_of(f"A 々\n{text}\nA 々").sides


def test_both_scripts_are_read_in_one_text() -> None:
    assert {side for _, side in marks_of("左 / lower").sides} == {0, 1}
    assert not marks_of("左 / right").sides
