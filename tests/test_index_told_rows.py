"""Told rows: the row that a question means, or none where its neighbours fit as well or only its twin has a row."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from index.library import Library
from index.options import IndexOptions
from index.passage import Hit

MANUALS = {
    "qx-70.md": """# Sealer QX-70

## 3.1 Tightening torques

| Place | Screw | Torque |
|---|---|---|
| Base frame to floor plate | M16 | 140 N·m |
| Sealing head, upper clamp | M8 | 24 N·m |
| Sealing head, lower clamp | M8 | 19 N·m |
| Servo motor M1, flange | M6 | 9 N·m |
| Servo motor M2, flange | M5 | 5.5 N·m |
| Film roller bearing | M6 | 8 N·m |
| Mandrel plates | M8 | 25 N·m |

## 4.2 Film drive

| No. | Name | Range | Default | Unit |
|---|---|---|---|---|
| D-01 | Jog speed | 1 to 10 | 4 | m/min |
| D-02 | Torque limit | 50 to 200 | 150 | % |

## 4.3 Tray drive

| No. | Name | Range | Default | Unit |
|---|---|---|---|---|
| T-01 | Jog speed | 5 to 60 | 20 | mm/s |
| T-02 | Return speed | 50 to 800 | 400 | mm/s |

## 5.1 Press plates

Clean the press plates once a day. The press plates are hot.

## 6.1 Signal lamp

| Lamp | State | Meaning |
|---|---|---|
| Green | steady | Automatic operation |
| Green | flashing | Waiting for trays |
| Red | steady | Stopped by an alarm |
""",
    "kv-9.md": """# コンベヤ KV-9 取扱説明書

## 2.1 搬送速度の目安

| 箱の質量 | 搬送速度 |
|---|---|
| 5 kg 以下 | 40 m/min |
| 5 kg を超え 10 kg 以下 | 32 m/min |
| 10 kg を超え 15 kg 以下 | 24 m/min |

## 3.4 部品表

| 部品番号 | 名称 | 個数 |
|---|---|---|
| KV-FU3 | ガラス管ヒューズ 3 A | 5 |
| KV-FU5 | ガラス管ヒューズ 5 A | 5 |
| KV-CB1 | 接点ブロック（非常停止用） | 2 |
| KV-CB2 | 接点ブロック（始動用） | 2 |
""",
}


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder = tmp_path_factory.mktemp("told")
    with Library(IndexOptions(folder / "index", embedder="none"), write=True) as made:
        for name, text in MANUALS.items():
            (folder / name).write_text(text, encoding="utf-8")
            made.add(folder / name)
        yield made


def first(library: Library, question: str) -> Hit:
    return library.search(question, 3).hits[0]


def line(hit: Hit) -> str:
    return hit.passage.text.split("\n")[hit.row] if hit.row is not None else ""


@pytest.mark.parametrize(
    ("question", "row"),
    [
        ("QX-70: torque of the upper clamp of the sealing head", "24 N·m"),
        ("how tight is the lower clamp on the sealing head?", "19 N·m"),
        ("flange screws of motor M2, torque?", "5.5 N·m"),
        ("base frame to the floor, how many N·m?", "140 N·m"),
        ("film roller bearing torque", "8 N·m"),
        ("default jog speed of the film drive", "D-01"),
        ("jog speed of the tray drive, range", "T-01"),
        ("QX-70 green lamp flashing, meaning?", "Waiting for trays"),
        ("12 キロの箱の搬送速度は?", "24 m/min"),
        ("箱が 5 kg 以下のときの搬送速度", "40 m/min"),
        ("5 A のガラス管ヒューズの部品番号", "KV-FU5"),
        ("非常停止の接点ブロックの部品番号は?", "KV-CB1"),
    ],
)  # fmt: skip
def test_the_row_is_told(library: Library, question: str, row: str) -> None:
    hit = first(library, question)
    assert row in line(hit)
    assert not hit.untold and not hit.alike


@pytest.mark.parametrize(
    ("question", "rows"),
    [
        ("QX-70: torque of the sealing head clamp", {"24 N·m", "19 N·m"}),
        ("torque of the servo motor flange on the QX-70", {"9 N·m", "5.5 N·m"}),
        ("QX-70 default jog speed", {"D-01", "T-01"}),
        ("KV-9 のガラス管ヒューズの部品番号は?", {"KV-FU3", "KV-FU5"}),
        ("KV-9 の接点ブロックの部品番号は?", {"KV-CB1", "KV-CB2"}),
    ],
)
def test_of_rows_that_fit_alike_none_is_chosen(library: Library, question: str, rows: set[str]) -> None:
    hits = library.search(question, 3).hits
    assert hits[0].row is None and hits[0].untold
    alike = [hit.passage.text.split("\n")[at] for hit in hits for at in hit.alike]
    assert len(alike) == len(rows)
    assert all(any(row in one for one in alike) for row in rows)


@pytest.mark.parametrize(
    "question",
    [
        "QX-70: flange screws of motor M3, torque?",
        "QX-70: torque of the press plates",
        "return speed of the film drive, range?",
        "QX-70 red lamp flashing, meaning?",
        "10 A のガラス管ヒューズの部品番号は?",
        "20 キロの箱の搬送速度は?",
    ],
)
def test_where_only_another_thing_has_a_row_none_is_told(library: Library, question: str) -> None:
    hit = next(hit for hit in library.search(question, 3).hits if hit.passage.kind == "table")
    assert hit.row is None and hit.untold in ("twin", "unsure") and not hit.alike


@pytest.mark.parametrize(
    ("question", "twins", "valueless"),
    [
        ("QX-70: flange screws of motor M3, torque?", True, True),
        ("QX-70: flange screws of motor M2, torque?", False, False),
        ("QX-70 red lamp flashing, meaning?", True, False),
        ("How many kW has motor M1 of the QX-70?", False, True),
        ("How many N·m for the film roller bearing?", False, False),
    ],
)
def test_that_only_its_like_is_there_or_no_such_value(
    library: Library, question: str, *, twins: bool, valueless: bool
) -> None:
    results = library.search(question, 6)
    assert (results.twins, results.valueless) == (twins, valueless)


def test_prose_is_neither_told_nor_untold(library: Library) -> None:
    hit = first(library, "How often do I clean the press plates?")
    assert hit.passage.kind == "prose"
    assert hit.row is None and not hit.untold


def test_another_makers_name_stands_nowhere_though_its_characters_do(library: Library) -> None:
    assert library.search("キーエンスのセンサの感度は?", 3).foreign == ("キーエンス",)
    assert library.search("QX-70 の感度は?", 3).foreign == ()
