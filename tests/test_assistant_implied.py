"""Implied: what a row, a list under a condition or a shared verb says; and sentences of cases held back."""

from __future__ import annotations

import random

import pytest
from assistant_sources import quote
from bench_lying import judge
from verification_cases import cases

from assistant.verification.implied import MOST_LINES, implied_by
from assistant.verification.verify import verify_sentence

ROWS_JA = (
    "番号: E-12 / 名称: 油圧低下 / 処置: 油を足す。直らなければポンプを交換する\n番号: E-13 / 処置: 冷却器を清掃する"
)
ROWS_EN = (
    "Code: E-12 / Remedy: Top up the oil. If this does not help, replace the pump.\nCode: E-13 / Remedy: Clean it."
)
LIST_JA = "圧力が上がらない場合は、次の順に調べる。\n1. 継手を締める。\n2. フィルタを交換する。"
NEVER_JA = "圧力が上がらない場合は、次のことをしない。\n- 継手を締める。"
LIST_EN = "If the pressure is low, check as follows:\n1. Tighten the fittings.\n2. Replace the filter."
SHARED = "パッドは 6 か月ごと、フィルタは 3 か月ごとに交換する。"
REASON = "停止してから電圧が下がるまで約 5 分かかるので、端子に触れないでください。"
BOTH_WAYS = "The cylinder becomes slower when the valve is closed and faster when it is opened."
UNKNOWN = "Maker: Keling / Model: 4030 / Step Space: 5000 / Steps on: ?"
DEFINED = "P-31: start delay. Range 0.0 to 10.0 s, default 1.5 s."


@pytest.mark.parametrize(
    ("sentence", "source"),
    [
        ("E-13 が出た場合は、冷却器を清掃してください。", ROWS_JA),
        ("If E-13 appears, clean it.", ROWS_EN),
        ("The remedy for E-12 is to top up the oil.", ROWS_EN),
        ("圧力が上がらない場合は、フィルタを交換してください。", LIST_JA),
        ("If the pressure is low, replace the filter.", LIST_EN),
        ("パッドは 6 か月ごとに交換します。", SHARED),
        ("フィルタは 3 ヶ月ごとに交換してください。", SHARED),
        ("Replace the filter every 3 months.", "Replace the pads every 6 months and the filter every 3 months."),
        ("The default of P-31 is 1.5 seconds.", DEFINED),
        ("P-31 is the start delay.", DEFINED),
        ("出口が満杯になったときは停止します。", "出口が満杯になると停止する。"),
        ("起動する前に声を掛けてください。", "起動の前に声を掛ける。"),
        ("AL.51 は、モータが過熱すると出ます。", "モータが過熱すると AL.51 が出る。"),
        ("電池は、電源を入れたまま交換します。", "電池の交換は、電源を入れたまま行う。"),
        ("6 本のボルトで固定する。", "ボルト 6 本で固定する。"),
        ("The spindle runs between 500 and 6000 rpm.", "The spindle runs from 500 to 6,000 rpm."),
        ("The escape path must be kept free.", "Keep the escape path free."),
        ("If the second group is long, stop.", "If the second group (the settings) is long, stop."),
        ("ボルトを外す。", "ボルト（左右各 2 本）を外す。"),
        ("停止してから電圧が下がるまで約 5 分かかります。", REASON),
        ("When the valve is closed, the cylinder becomes slower.", BOTH_WAYS),
        (UNKNOWN, UNKNOWN),
        ("Step Space: 5000 / Steps on: ?", UNKNOWN),
    ],
)
def test_what_follows_by_its_form_is_supported(sentence: str, source: str) -> None:
    found = verify_sentence(f"{sentence} [1]", [quote(source)])
    assert found.supported, found.reason


@pytest.mark.parametrize(
    ("sentence", "source"),
    [
        ("E-12 が出た場合は、冷却器を清掃してください。", ROWS_JA),
        ("停止してから電圧が下がるまで約 6 分かかります。", REASON),
        ("弁が開く。", "圧力が高いと、弁が開くので、近づかないでください。"),
        ("弁が開く。", "上限を超えた場合は弁が開くので、近づかないでください。"),
        ("The cylinder becomes faster when the valve is closed.", BOTH_WAYS),
        ("The cylinder becomes slower when the valve is opened.", BOTH_WAYS),
        ("The cylinder becomes slower.", BOTH_WAYS),
        ("Maker: Keling / Model: 4030 / Step Space: ?", UNKNOWN),
        ("Steps on: 5000", UNKNOWN),
        ("E-12 が出た場合は、ポンプを交換してください。", ROWS_JA),
        ("If E-12 appears, clean it.", ROWS_EN),
        ("The remedy for E-12 is to replace the pump.", ROWS_EN),
        ("圧力が上がる場合は、フィルタを交換してください。", LIST_JA),
        ("圧力が上がらない場合は、継手を締める。", NEVER_JA),
        ("If the pressure is high, replace the filter.", LIST_EN),
        ("パッドは 3 か月ごとに交換します。", SHARED),
        ("温度は正常に戻す。", "温度は正常、圧力は規定値に戻す。"),
        ("The default of P-31 is 10.0 s.", DEFINED),
        ("本機は停止する。", "出口が満杯になると、本機は停止する。"),
        ("The roller is 5 mm.", "The distance between the plate and the roller is 5 mm."),
        ("2 m の距離でセンサを検出する。", "センサは 2 m の距離で検出する。"),
        ("値を 5～10 mm に変える。", "値を 5 mm から 10 mm に変える。"),
        ("Raise it 5-10 mm.", "Raise it from 5 to 10 mm."),
        ("扉を開けると止まる。", "扉を開けるときは止まる。"),
        ("弁を開ける。", "弁（左側）を開ける。"),
        ("Open the door until the lamp is off.", "Open the door before the lamp is off."),
    ],
)
def test_what_does_not_follow_is_withheld(sentence: str, source: str) -> None:
    assert not verify_sentence(f"{sentence} [1]", [quote(source)]).supported


def test_a_long_table_implies_nothing() -> None:
    row = "Code: E-13 / Remedy: Clean it."
    assert implied_by(row)
    assert implied_by("\n".join([row] * (MOST_LINES + 1))) == ()


def test_no_lie_of_the_held_back_cases_is_shown() -> None:
    said = cases("held")
    lied = judge([one for one in said if not one.true], random.Random(1))
    told = judge([one for one in said if one.true], random.Random(1))
    assert lied["sentences"] > 200
    assert not lied["wrong"], lied["examples"]
    assert told["share"] < 0.33, told["by_way"]
