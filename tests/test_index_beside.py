"""Beside: a part that is described, but not the value or the procedure asked for, is told from one where it is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from manual_texts import write

from assistant.relevance import LIMITS
from index.library import Library
from index.options import IndexOptions
from index.search.beside import _lines
from index.text import terms

PRESS = """# BX-70 carton press manual

## 2 Parts

The conveyor chain K1 moves the cartons. The guide roller R7 keeps the chain K1 in line. Sensor PH4 sees the carton.

## 3 Torques

| Place | Screw | Torque (N·m) |
|---|---|---|
| Drive motor M1, flange | 4 x M8 | 22 |
| Conveyor chain cover | 6 x M5 | 6 |

## 6 Schedule

| Interval | Place | Work |
|---|---|---|
| Every 500 hours | Guide roller R7 | Grease |
| Every 10 years | Safety relay SR2 | Replace |
| Every 2 years | Conveyor chain K1 | Replace (section 7) |

## 7 Replacing the conveyor chain

1. Lock out the press.
2. Open the joint link and pull the chain out.
3. Thread the new chain in and close the joint link.

## 8 Faults

| Code | Cause | Action |
|---|---|---|
| E-71 | Sensor PH4 dirty | Wipe the lens of sensor PH4 with a dry cloth |
"""

FEEDER = """# KT-9 供給装置 取扱説明書

## 2 各部の名称

送りローラの軸受は密封形です。吸着パッドは箱をつかみます。制御盤には安全リレー SR5 があります。

## 5 調整

### 5.1 送りローラのすきまの調整

1. 固定ねじを緩め、送りローラのすきまを 0.3 mm に合わせる。
2. 固定ねじを 5 N·mで締め付ける。

## 6 定期点検

| 周期 | 箇所 | 内容 |
|---|---|---|
| 6 か月 | 送りローラの軸受 | 異音を調べる |
| 1 年 | 吸着パッド | 交換する |

## 7 吸着パッドの交換

1. 古い吸着パッドを引き抜く。
2. 新しい吸着パッドを水でぬらして押し込む。
"""


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder: Path = tmp_path_factory.mktemp("beside")
    with Library(IndexOptions(folder / "index", embedder="none"), write=True) as library:
        for name, text in {"bx70.md": PRESS, "kt9.md": FEEDER}.items():
            library.add(write(folder, name, text))
        yield library


@pytest.mark.parametrize(
    "question",
    [
        "How do I replace the conveyor chain of the BX-70?",
        "BX-70: steps to swap the chain K1",
        "How do I clean sensor PH4?",
        "吸着パッドの交換の手順は？",
        "KT-9の吸着パッドの替え方",
        "送りローラのすきまの調整のやり方は？",
        "BX-70のコンベヤチェーンの交換手順",
        "What is the BX-70 for?",
        "How do I replace the frobnicator?",  # not described at all: for the words to decide
        "E-71 が出た。センサの交換の手順は？",  # an alarm is answered from its own entry
    ],
)
def test_a_documented_procedure_stays(library: Library, question: str) -> None:
    assert library.search(question).procedure_beside >= LIMITS.least_beside


@pytest.mark.parametrize(
    "question",
    [
        "How do I replace the guide roller R7 of the BX-70?",
        "Steps to replace the safety relay SR2 of the BX-70",  # due every ten years, says the schedule, not how
        "How do I adjust sensor PH4 on the BX-70?",
        "送りローラの軸受の交換の手順は？",
        "安全リレーSR5を付け替える方法",
    ],
)
def test_an_undocumented_procedure_is_missed(library: Library, question: str) -> None:
    assert library.search(question).procedure_beside < LIMITS.least_beside


@pytest.mark.parametrize(
    "question",
    [
        "BX-70: how tight are the flange screws of drive motor M1?",
        "how often is the conveyor chain K1 replaced",
        "吸着パッドは何年で交換する？",
        "送りローラのすきまは何mm？",
        "送りローラの固定ねじは何N·mで締める？",
        "The roller does not finish its stroke",
    ],
)
def test_a_documented_value_stays(library: Library, question: str) -> None:
    assert library.search(question).value_beside >= LIMITS.least_beside


@pytest.mark.parametrize(
    "question",
    [
        "What is the torque of the guide roller R7 on the BX-70?",
        "how often is the guide roller R7 of the BX-70 replaced?",  # it is greased every 500 hours
        "BX-70のコンベヤチェーンK1は何kW？",  # no power in the manual at all
        "送りローラの軸受は何年で交換する？",
        "BX-70: torque of drive motor M2, flange screws?",  # of its sibling M1 only
    ],
)
def test_an_undocumented_value_is_missed(library: Library, question: str) -> None:
    assert library.search(question).value_beside < LIMITS.least_beside


def test_a_measure_is_a_share(library: Library) -> None:
    for question in ("?", "how do I replace", "交換の手順", "BX-70", "how many mm", "交換 " * 300):
        results = library.search(question)
        assert 0.0 <= results.value_beside <= 1.0
        assert 0.0 <= results.procedure_beside <= 1.0


def test_no_line_says_more_than_its_passage_and_no_heading_more_than_its_place(library: Library) -> None:
    """What search leaves out unread rests on it."""
    passages = [passage for manual in library.manuals() for passage in library.passages(manual.id)]
    numbers = library._truth.numbers(passage.id for passage in passages)
    rows = {number: told for number, *told in library._truth.keyword_rows(numbers.values())}
    assert len(passages) == 9
    for passage in passages:
        place, body = (set(told.split()) for told in rows[numbers[passage.id]])
        assert {term for line in _lines(passage) for term in terms(line)} <= body
        assert {*terms(" ".join(passage.section[:-1])), *terms(" ".join(passage.section[-1:]))} <= place
