"""Copying: brackets, polite forms and orders that a faithful copy may say otherwise, and what must not slip through."""

from __future__ import annotations

import random

import pytest
from assistant_sources import demo_passages, quote
from bench_lying import judge
from lies import lies, paraphrases, true_sentences

from assistant.verification.verify import verify_sentence


@pytest.mark.parametrize(
    ("sentence", "source"),
    [
        ("すき間を 3 mm に合わせてください。", "すき間を 3 mm に合わせる"),
        ("すき間を 3 mm に合わせます。", "すき間を 3 mm に合わせる。"),
        ("短絡の原因になります。", "短絡の原因になる。"),
        ("巻き込まれるおそれがあります。", "巻き込まれるおそれがある。"),
        ("原因は、起動と停止が多すぎることです。", "原因: 起動と停止が多すぎる。"),
        ("監視時間を長くする。", "監視時間（P-07、P-10）を長くする。"),
        ("新しいベルトを掛けてください。", "5. 新しいベルト（部品番号 SW3-B210）を掛ける。"),
        ("Pr.PA12は、待機までの時間である。", "Pr.PA12（出口満杯の検出時間）は、待機までの時間である。"),
        ("Replace the belt, then grease it.", "Replace the belt (part RP18-BL-480), then grease it."),
        ("An axis lies outside its range.", "An axis (Table 2-3) lies outside its range."),
        ("A device has one line.", "A device (such as a single channel ADC) has one line."),
        ("Hours are operating hours of the drive.", "Hours are operating hours of the drive (pendant: INFO, HOURS)."),
        ("Use the limit switch as home.", "Use the limit switch (e.g., choose 'Minimum Limit + Home') as home."),
        ("If Katapult is there, reset it.", "If Katapult (formerly known as CANBoot) is there, reset it."),
        ("電池が Pr.PC04 の電圧を下回った。", "電池が Pr.PC04 の電圧（初期値 3.1 V）を下回った。"),
        ("汚れた部品を拭く。", "汚れた部品（低い位置のローラなど）を拭く。"),
        ("You must wait at least 10 minutes.", "Wait at least 10 minutes."),
        ("If it does not, you should replace the ejector.", "If it does not, replace the ejector."),
        ("You must wait at least 10 minutes.", "You must wait at least 10 minutes."),
        ("R-1113 means that the position is lost.", "R-1113 means the position is lost."),
        ("⑨ 回生抵抗器 RB1：熱にする。", "- ⑨ 回生抵抗器 RB1：熱にする。"),
        ("Arcs are checked to .001 mm.", "Arcs are checked to .001 mm."),
        ("Use 0.5 mm of it.", "Use .5 mm of it."),
        ("すき間は .5 mm にする。", "すき間は .5 mm にする。"),
    ],
)
def test_the_same_said_otherwise_is_supported(sentence: str, source: str) -> None:
    found = verify_sentence(f"{sentence} [1]", [quote(source)])
    assert found.supported, found.reason


@pytest.mark.parametrize(
    ("sentence", "source"),
    [
        ("すき間を 3 mm に合わせないでください。", "すき間を 3 mm に合わせる。"),
        ("すき間を 3 mm に合わせてください。", "すき間を 3 mm に合わせない。"),
        ("Use 5 mm of it.", "Use .5 mm of it."),
        ("Use .5 mm of it.", "Use 5 mm of it."),
        ("Move it by .5 mm.", "Move it by -.5 mm."),
        ("すき間は 5 mm にする。", "すき間は .5 mm にする。"),
        ("短絡の原因になりません。", "短絡の原因になる。"),
        ("ヒューズを外してください。", "ヒューズを外させる場合がある。"),
        ("動いたら止めてください。", "動かなかったら止めてください。"),
        ("Press the button.", "Press the button (only when the lamp is off)."),
        ("G87 is a back-boring cycle.", "G87 is a back-boring cycle (not yet implemented)."),
        ("Open the valve.", "Open the valve (left)."),
        ("Wait until it is cold.", "Wait until it is cold (below 40 °C)."),
        ("弁を開ける。", "弁（左側）を開ける。"),
        ("Pr.PA12は時間である。", "Pr.PA12（使用しない）は時間である。"),
        ("Use the oil.", "Use the oil (e.g. not with rubber seals)."),
        ("油を使う。", "油（ゴムには使わないなど）を使う。"),
        ("The lamp is lit.", "The lamp is lit (as long as the door is open)."),
        ("You must open the cover.", "You must not open the cover."),
        ("You must open the cover.", "If the lamp is off, open the cover."),
        ("You must not open the cover.", "Open the cover."),
        ("You should wait 10 minutes.", "Wait at least 10 minutes."),
    ],
)
def test_what_would_say_more_or_less_is_withheld(sentence: str, source: str) -> None:
    assert not verify_sentence(f"{sentence} [1]", [quote(source)]).supported


def test_lies_stay_off_the_screen_and_truths_come_through() -> None:
    """A small run of tests/bench_lying.py; the whole is in docs/results/lying.json."""
    if not demo_passages():
        pytest.skip("the demo manuals are not in this checkout")
    rng = random.Random(5)
    lied = judge(list(lies(demo_passages(), 200, rng)), rng)
    told = judge(list(true_sentences(demo_passages(), 120, rng)), rng)
    said = judge(paraphrases(), rng)
    assert len(lied["by_way"]) == 26
    assert not lied["wrong"], lied["examples"]
    assert told["share"] < 0.05, told["examples"]
    assert said["share"] < 0.16, said["examples"]
