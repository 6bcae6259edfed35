"""Matters: what is asked for that manuals seldom hold, and that a manual which does hold it is believed."""

from __future__ import annotations

from pathlib import Path

import pytest
from manual_texts import SERVO_EN, write

from index.library import Library
from index.options import IndexOptions
from index.search.matters import MATTERS, asked_matters
from index.search.quantity import gives

ORDERS = """# Orders and service

## Warranty

The warranty of the SV-20 is 12 months from delivery. Spare fans are made by Hikari Co., Ltd and cost ¥3,200.

## Service

Call 03-1234-5678. The frame is painted RAL 7035. The SV-20 carries the CE mark.
"""


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("What does a new fan cost?", "price"),
        ("ファンの価格を教えて", "price"),
        ("Who supplies the fan?", "supplier"),
        ("ファンのメーカーはどこですか", "supplier"),
        ("What is the delivery time of a fan?", "delivery"),
        ("How long is the warranty?", "warranty"),
        ("保証期間は何か月", "warranty"),
        ("サービスの電話番号は？", "contact"),
        ("What is the serial number of our amplifier?", "serial number"),
        ("How many alarms came yesterday?", "site"),
        ("先月いちばん多かったアラームは", "site"),
        ("フィルムの在庫はあと何本？", "site"),
        ("このプログラムを作った人は誰", "author"),
        ("Does it carry the CE mark?", "approval"),
        ("Which RAL colour is it?", "paint"),
        ("What was changed in revision D?", "revision"),
    ],
)
def test_a_matter_is_asked_for(question: str, name: str) -> None:
    assert [matter.name for matter in asked_matters(question)] == [name]


@pytest.mark.parametrize(
    "question",
    [
        "初期値はいくらですか", "Since yesterday the fan whistles", "昨日からファンが鳴る", "Who may open the cabinet?",
        "誰が交換してよいですか", "What colour is the lamp?", "what makes the fan whistle?", "AL.32", "",
        "How many fans are there in stock according to the parts list?", "品種を変更するには",
        "今日の最初に何を点検する",
        "How often is the fan replaced?", "the display went dark last night, what now",
    ],
)  # fmt: skip
def test_what_operators_ask_is_none(question: str) -> None:
    assert asked_matters(question) == ()


def test_names_are_told_apart() -> None:
    assert len({matter.name for matter in MATTERS}) == len(MATTERS)


ASKED = [
    "What does a new fan of the SV-20 cost?", "Who supplies the fan of the SV-20?",
    "How long is the warranty of the SV-20?",
    "What is the phone number for the SV-20 service?", "Which RAL colour is the SV-20 painted in?",
    "Does the SV-20 carry the CE mark?",
]  # fmt: skip


def test_nothing_stands_beside_it_until_a_manual_tells_it(tmp_path: Path) -> None:
    with Library(IndexOptions(tmp_path / "index"), write=True) as library:
        library.add(write(tmp_path, "sv20.md", SERVO_EN))
        before = [library.search(question).value_beside for question in ASKED]
        library.add(write(tmp_path, "orders-sv20.md", ORDERS.replace("# Orders", "# SV-20 Orders")))
        after = [library.search(question).value_beside for question in ASKED]
    assert before == [0.0] * len(ASKED)
    assert after == [1.0] * len(ASKED)


def test_what_happened_at_the_site_is_in_no_manual() -> None:
    (matter,) = asked_matters("How many pallets did we wrap yesterday?")
    assert not gives((matter,), "Yesterday 400 pallets were wrapped.")
