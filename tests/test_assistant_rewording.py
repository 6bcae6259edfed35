"""Rewording and spelling: the same said otherwise passes; what only looks like it does not."""

from __future__ import annotations

import pytest
from assistant_sources import quote

from assistant.verification.rewording import LONGEST, MOST, rewordings
from assistant.verification.spelling import one_form
from assistant.verification.verify import verify_sentence


@pytest.mark.parametrize(
    ("sentence", "source"),
    [
        ("If the lamp is off, press RESET.", "Press RESET when the lamp is off."),
        ("Before you open the door, wait 10 minutes.", "Wait 10 min before you open the door."),
        ("The four bolts must be tightened to 9 Nm.", "Tighten the four bolts to 9 N·m."),
        ("Grease the bearing every 500 h.", "The bearing must be greased every 500 hours."),
        ("The cover must not be opened.", "Do not open the cover."),
        ("You must not open the cover.", "Do not open the cover."),
        ("Take the guard off.", "Take off the guard."),
        ("Check the inverter's display.", "Check the display of the inverter."),
        ("Note the code on the INV3 display.", "Note the code on the display of INV3."),
        ("Wait 15 minutes or more.", "Wait at least 15 min."),
        ("2 people lift the gearbox.", "Two people lift the gearbox."),
        ("First drive the gripper above the pallet.", "Drive the gripper above the pallet first."),
        ("電圧が戻らない場合は PS1 の劣化です。", "電圧が戻らなければ PS1 の劣化です。"),
        ("配線作業は有資格者が行う必要があります。", "配線作業は有資格者が行ってください。"),
        ("ボルトを抜かなければなりません。", "2. ボルトを抜く。"),
        ("ユニットは外すことができます。", "ユニットは外せます。"),
        ("少なくとも 10 秒待ってください。", "10 秒以上待つ。"),
        ("PH1 の前に箱を置きます。", "箱を PH1 の前に置く。"),
        ("作業は 2 人で行う。", "作業は二人で行う。"),
        ("次に、ボルトを締め付ける。", "1. 蓋を外す。\n2. ボルトを締付ける。"),
    ],
)
def test_the_same_in_other_words(sentence: str, source: str) -> None:
    found = verify_sentence(f"{sentence} [1]", [quote(source)])
    assert found.supported, found.reason


@pytest.mark.parametrize(
    ("sentence", "source"),
    [
        ("Unless the lamp is off, press RESET.", "Press RESET when the lamp is off."),
        ("Before you press RESET, open the door.", "Press RESET before you open the door."),
        ("After you open the door, wait 10 minutes.", "Wait 10 min before you open the door."),
        ("To open the door, press RESET.", "Press RESET."),
        ("The bolts may be tightened to 9 Nm.", "Tighten the bolts to 9 N·m."),
        ("You may open the cover.", "Open the cover."),
        ("The cover must be opened.", "Do not open the cover."),
        ("The cover must not be opened.", "Open the cover."),
        ("The motor stops the pump.", "The pump stops the motor."),
        ("Turn the pump off.", "Turn on the pump."),
        ("Note the code on the INV4 display.", "Note the code on the display of INV3."),
        ("Wait 15 minutes or less.", "Wait at least 15 min."),
        ("Wait 15 seconds or more.", "Wait at least 15 min."),
        ("3 people lift the gearbox.", "Two people lift the gearbox."),
        ("Always lock the door.", "Do not always lock the door."),
        ("ユニットを外してください。", "ユニットを外せます。"),
        ("ユニットを外すことができます。", "ユニットを外してください。"),
        ("モータは回る必要があります。", "モータは回る。"),
        ("箱が必ず止まる。", "箱が止まる。"),
        ("まず、ボルトを締め付ける。", "1. 蓋を外す。\n2. ボルトを締め付ける。"),
        ("次に、蓋を外す。", "1. 蓋を外す。\n2. ボルトを締め付ける。"),
        ("最低でも 10 秒待ってください。", "10 秒以下待つ。"),
        ("モータがポンプを回す。", "ポンプがモータを回す。"),
        ("電圧が戻る場合は PS1 の劣化です。", "電圧が戻らなければ PS1 の劣化です。"),
        ("A は 80 °C 以上になる。", "A は 120 °C 以上、B は 80 °C 以上になる。"),
        ("圧力が 5 kPa 以上なら止まる。", "圧力が 5 kPa 以上、流量が 3 kPa 以上なら止まる。"),
    ],
)
def test_what_only_looks_like_it(sentence: str, source: str) -> None:
    assert not verify_sentence(f"{sentence} [1]", [quote(source)]).supported


def test_there_are_never_many() -> None:
    assert [said.text for said in rewordings("x" * (LONGEST + 1))] == ["x" * (LONGEST + 1)]
    long = "If the SV1 lamp is on when the SV2 valve is off, turn off the SV3 pump until the SV4 motor stops. "
    found = list(rewordings((long * 4)[:LONGEST]))
    assert len(found) <= MOST
    assert len({said.text for said in found}) == len(found)


def test_units_keep_apart() -> None:
    forms = [one_form(f"{text}待つ") for text in ("10 秒", "10 分", "10 時間", "10 分の 1")]
    assert len(set(forms)) == 4
    assert one_form("at least 5 mm") != one_form("at most 5 mm")
    assert one_form("less than 5 mm") != one_form("5 mm or less")
