"""The demo plant's builder: reading sources, setting pages, resolving records, and the committed plant itself."""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("reportlab", reason="the manuals are set with reportlab; pip install 'andon[demo]'")
pypdf = pytest.importorskip("pypdf", reason="outline and labels are read with pypdf; pip install 'andon[demo]'")

DEMO = Path(__file__).resolve().parent.parent / "demo"
sys.path.insert(0, str(DEMO))
manual_source: Any = importlib.import_module("manual_source")
manual_text: Any = importlib.import_module("manual_text")
manual_figure: Any = importlib.import_module("manual_figure")
plant_records: Any = importlib.import_module("plant_records")
build_manuals: Any = importlib.import_module("build_manuals")

needs_fonts = pytest.mark.skipif(
    not all(any(Path(file).is_file() for file in files) for files in manual_text.FONT_FILES.values()),
    reason="apt-get install fonts-ipaexfont fonts-liberation",
)

FRONT = """---
title: 搬送コンベヤ 取扱説明書
product: SC-200
document: HPS-TEST-J
revision: 1
date: 2025-01-01
lang: ja
slug: sc200
---
"""
ROWS = "".join(
    f"| AL.{number} | 名称{number} | " + f"原因{number}の説明が続く。" * 9 + f" | 処置{number}を行う。 |\n"
    for number in range(10, 40)
)
BODY = f"""
# 1 安全上のご注意

## 1.1 はじめに

本書を読む前に作業しないでください。締付けトルクは 38 N·m である。

> [!DANGER]
> 15 分以上待ってください。

1. 電源を切る。
2. 待つ。

# 2 アラーム

## 2.1 一覧

Table: 表 2-1 アラーム
| アラーム番号 | 名称 | 原因 | 処置 |
|---|---|---|---|
{ROWS}| AL.32.1 | 補助 | 細かい原因 | 細かい処置 |

### AL.32 過電流

```figure 図 2-1 回路
box 10 10 40 20 "アンプ"
arrow 50 20 90 20
circle 100 20 8 "M1"
```

動力線を外して測る。

# A 付録

## A.1 部品表

- ベルト SC2-BT100
"""
FAQ = {
    "id": "f1",
    "lang": "ja",
    "question": "何 N·m",
    "answer": "38 N·m です。",
    "machine": "SC-200",
    "manual": "sc200",
    "section": "1.1",
}
QUESTION = {
    "id": "q1",
    "lang": "ja",
    "question": "AL35とは",
    "kind": "alarm",
    "answerable": True,
    "manual": "sc200",
    "section": "2.1",
    "anchor": "名称35",
    "facts": ["処置35"],
}


def write_plant(sources: Path, question: dict[str, Any], faq: tuple[dict[str, Any], ...] = (FAQ,)) -> None:
    folder = sources / "sc200"
    folder.mkdir(parents=True)
    (folder / "manual.md").write_text(FRONT + BODY, encoding="utf-8")
    for name, rows in {"faq": faq, "incidents": (), "questions": (question,)}.items():
        text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        (folder / f"{name}.jsonl").write_text(text, encoding="utf-8")


def test_reader_keeps_order_and_joins_wrapped_japanese(tmp_path: Path) -> None:
    path = tmp_path / "manual.md"
    path.write_text(FRONT + "# 1 題\n\n一行目の\n続き。\n\n1. 手順の\n   続き\n   - 枝\n", encoding="utf-8")
    heading, paragraph, items = manual_source.read_source(path).elements
    assert (heading.level, heading.number) == (1, "1")
    assert paragraph.text == "一行目の続き。"
    assert [(item.label, item.text, item.depth) for item in items.entries] == [("1.", "手順の続き", 0), ("•", "枝", 1)]


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("本文だけ\n", "must start with a chapter"),
        ("# 1 題\n\n## 見出し\n", "has no number"),
        ("# 1 題\n\n| a | b |\n|---|---|\n| 1 |\n", "1 cells, the header has 2"),
        ("# 1 題\n\n> [!HINT]\n> 文\n", "an alert starts with"),
        ("# 1 題\n\n```figure 図 1-1 未完\nbox 1 1 2 2\n", "is not closed"),
    ],
)
def test_reader_names_the_fault(tmp_path: Path, body: str, says: str) -> None:
    path = tmp_path / "manual.md"
    path.write_text(FRONT + body, encoding="utf-8")
    with pytest.raises(manual_source.SourceBroken, match=says):
        manual_source.read_source(path)


@pytest.mark.parametrize(
    "command", ["star 1 1 2", 'box 1 2 "short"', 'box 150 10 20 5 "outside"', 'text 3 90 "low"', 'box 1 1 5 5 "open']
)
def test_figure_refuses_a_bad_command(command: str) -> None:
    with pytest.raises(manual_figure.FigureBroken, match="図 1-1"):
        manual_figure.read_strokes("図 1-1", (command,))


@needs_fonts
@pytest.mark.parametrize("width", range(60, 200, 7))
def test_lines_keep_codes_and_values_whole_and_obey_kinsoku(width: int) -> None:
    text = "締付けトルクは 38 N·m である。アラーム AL.32.1（過電流）は、「SV1」の故障です。電圧は DC 20 V 以下。"
    face = manual_text.register_faces("ja")
    lines = manual_text.broken_lines(text, width, face.regular, 10)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert not [line for line in lines if line[0] in "、。）」" or line[-1] in "（「"]
    for whole in ("38 N·m", "AL.32.1", "20 V"):
        assert any(whole in line for line in lines)


@needs_fonts
def test_missing_glyph_is_named() -> None:
    face = manual_text.register_faces("ja")
    assert manual_text.missing_glyphs("漢字 AL.32 😀", face.regular) == {"😀"}


@needs_fonts
def test_built_manual_has_labels_outline_and_whole_rows(tmp_path: Path) -> None:
    write_plant(tmp_path / "sources", QUESTION)
    plant = build_manuals.build_plant(tmp_path / "sources", tmp_path, only="sc200")
    assert plant.problems == []
    reader = pypdf.PdfReader(tmp_path / "manuals" / "sc200.pdf")
    labels = list(plant.manuals[0].built.labels)
    assert reader.page_labels == labels
    assert labels[:3] == ["i", "ii", "1-1"] and labels[-1] == "A-1" and "2-2" in labels
    chapters = [entry for entry in reader.outline if not isinstance(entry, list)]
    assert [entry.title for entry in chapters] == ["1 安全上のご注意", "2 アラーム", "A 付録"]
    assert [labels[reader.get_destination_page_number(entry)] for entry in chapters] == ["1-1", "2-1", "A-1"]
    texts = plant.manuals[0].pages
    for number in range(10, 40):
        home = [page for page in texts if f"名称{number}" in page]
        assert len(home) == 1
        assert home[0].count(f"原因{number}の説明が続く。") == 9 and f"処置{number}を行う。" in home[0]
    assert all(label.split("-")[0] in text for label, text in zip(labels[1:], texts[1:], strict=True))
    assert len(plant_records.alarm_codes(plant.manuals[0])) == 30


@needs_fonts
def test_warnings_stand_on_the_page_where_their_steps_begin(tmp_path: Path) -> None:
    write_plant(tmp_path / "sources", QUESTION)
    source = tmp_path / "sources" / "sc200" / "manual.md"
    text = source.read_text("utf-8")
    for number in range(10, 60):  # fillers of many lengths, so that some procedures meet the foot of a page
        text += f"\n## 3.{number} 交換\n\n" + "長い説明である。" * (number * 7 % 41)
        text += f"\n\n> [!WARNING]\n> 注意〈{number}〉。\n\n手順〈{number}〉。\n\n1. 外す〈{number}〉。\n2. 付ける。\n"
    source.write_text(text, "utf-8")
    pages = build_manuals.build_plant(tmp_path / "sources", tmp_path, only="sc200").manuals[0].pages
    for number in range(10, 60):
        home = [page for page in pages if f"注意〈{number}〉" in page]
        assert len(home) == 1 and f"外す〈{number}〉" in home[0]


@needs_fonts
def test_question_gets_the_page_of_its_anchor(tmp_path: Path) -> None:
    write_plant(tmp_path / "sources", QUESTION)
    plant = build_manuals.build_plant(tmp_path / "sources", tmp_path, only="sc200")
    row = plant.merged["questions"][0]
    assert "名称35" in plant.manuals[0].pages[row["page"] - 1]
    assert row["page_label"] == plant.manuals[0].built.labels[row["page"] - 1]
    assert row["pages"] == [row["page"]] and row["also_pages"] == []
    assert plant.merged["faq"][0]["page_label"] == "1-1"


@needs_fonts
def test_other_pages_that_print_every_fact_are_told(tmp_path: Path) -> None:
    change = {"section": "2", "anchor": "動力線を外して測る", "facts": ["アラーム", "行う。"]}
    write_plant(tmp_path / "sources", {**QUESTION, **change})
    plant = build_manuals.build_plant(tmp_path / "sources", tmp_path, only="sc200")
    row = plant.merged["questions"][0]
    alarm_pages = [at for at, text in enumerate(plant.manuals[0].pages, 1) if "アラーム" in text and "行う。" in text]
    assert row["also_pages"] and sorted(row["pages"] + row["also_pages"]) == alarm_pages


@needs_fonts
@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"anchor": "どこにもない"}, "anchor 'どこにもない' is not printed"),
        ({"facts": ["77 N·m"]}, "fact '77 N·m' is not printed"),
        ({"facts": ["SC2-BT100"]}, "fact 'SC2-BT100' is not printed in section 2.1"),
        ({"facts": []}, "names no facts"),
        ({"section": "9.9"}, "section '9.9' is not a heading"),
        ({"kind": "gossip"}, "is not one of"),
        ({"manual": "lc5"}, "names manual 'lc5'"),
    ],
)
def test_record_that_does_not_hold_is_reported(tmp_path: Path, change: dict[str, Any], says: str) -> None:
    write_plant(tmp_path / "sources", {**QUESTION, **change})
    plant = build_manuals.build_plant(tmp_path / "sources", tmp_path, only="sc200")
    assert [problem for problem in plant.problems if says in problem]


@needs_fonts
def test_repeated_ids_and_missed_counts_stop_the_build(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_plant(tmp_path / "sources", QUESTION, (FAQ, FAQ))
    status = build_manuals.main(["--sources", str(tmp_path / "sources"), "--out", str(tmp_path)])
    assert status == 1
    told = capsys.readouterr().err
    assert "id 'f1' stands twice" in told and "alarms: 30, at least 60 wanted" in told
    assert not (tmp_path / "questions.jsonl").exists()


@needs_fonts
def test_committed_plant_is_what_its_sources_make(tmp_path: Path) -> None:
    plant = build_manuals.build_plant(DEMO / "sources", tmp_path)
    assert plant.problems == []
    for name in plant_records.RECORDS:
        assert (tmp_path / f"{name}.jsonl").read_text("utf-8") == (DEMO / f"{name}.jsonl").read_text("utf-8")
    for manual in plant.manuals:
        committed = pypdf.PdfReader(DEMO / "manuals" / manual.built.path.name)
        assert committed.page_labels == list(manual.built.labels)
    first = {manual.slug: manual.built.path.read_bytes() for manual in plant.manuals}
    again = build_manuals.build_plant(DEMO / "sources", tmp_path / "again")
    assert {manual.slug: manual.built.path.read_bytes() for manual in again.manuals} == first
