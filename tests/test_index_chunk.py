"""What becomes one passage: procedures with their warnings, alarm rows, small groups of rows, filled-up prose."""

from __future__ import annotations

import gc
import os
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.manuals.block import Block, Page, pair_cells
from index.manuals.html import blocks_of_html
from index.manuals.markdown import MarkdownReader, blocks_of_markdown
from index.passage import Box
from index.passages.chunk import PROSE_TOKENS, DraftPassage, chunk
from index.passages.sentences import estimate_tokens, pieces, sentences

SHARED = Path(os.environ.get("ANDON_SHARED_DATA", Path(__file__).resolve().parents[2] / "shared" / "data"))
ALARM_HEADER = ("アラーム番号", "名称", "原因", "処置")


def page(*blocks: Block, number: int = 1, label: str = "") -> Page:
    return Page(number, label or str(number), blocks)


def cut(markdown: str) -> list[DraftPassage]:
    return list(chunk([page(*blocks_of_markdown(markdown))]))


def row(header: Sequence[str], cells: Sequence[str]) -> Block:
    return Block("row", " | ".join(cells), cells=pair_cells(header, cells))


def test_a_procedure_stays_whole_with_its_warning_and_intro() -> None:
    passages = cut(
        "# 7 保守\n\n## 7.2 電池の交換\n\n電池は 5 年で交換する。\n\n## 7.3 ベルトの交換\n\n"
        "> [!WARNING]\n> 落下防止ピンを挿入してください。\n\n次の手順で交換する。\n\n"
        "1. 電源を切る。\n2. カバーを外す。\n   - ねじは 4 本ある。\n3. ベルトを抜く。\n\n終わったら記録する。\n"
    )
    assert [(p.kind, p.section) for p in passages] == [
        ("prose", ("7 保守", "7.2 電池の交換")),
        ("steps", ("7 保守", "7.3 ベルトの交換")),
        ("prose", ("7 保守", "7.3 ベルトの交換")),
    ]
    assert passages[1].text == (
        "WARNING\n落下防止ピンを挿入してください。\n次の手順で交換する。\n"
        "1. 電源を切る。\n2. カバーを外す。\n  - ねじは 4 本ある。\n3. ベルトを抜く。"
    )


def test_a_warning_between_steps_stays_between_them() -> None:
    blocks = [
        Block("step", "Open the door.", label="1."),
        Block("warning", "WARNING\nThe blade is sharp."),
        Block("step", "Remove the blade.", label="2."),
    ]
    (passage,) = chunk([page(*blocks)])
    assert passage.kind == "steps"
    assert passage.text == "1. Open the door.\nWARNING\nThe blade is sharp.\n2. Remove the blade."


def test_the_command_of_the_last_step_belongs_to_it() -> None:
    passages = cut("1. ログインする。\n2. 下記を実行する。\n\n```\nsudo restart\n```\n完了を待つ。")
    assert [p.text for p in passages] == ["1. ログインする。\n2. 下記を実行する。\nsudo restart", "完了を待つ。"]


@pytest.mark.parametrize("as_html", [False, True])
def test_what_stands_inside_the_last_step_belongs_to_it(as_html: bool) -> None:
    markdown = "1. Switch off.\n2. Wait.\n\n   The lamp goes out.\n\n   > [!CAUTION]\n   > Hot.\n\nThen go home.\n"
    html = "<ol><li>Switch off.</li><li>Wait.<p>The lamp goes out.</p><div class='caution'>Hot.</div></li></ol>"
    blocks = blocks_of_html(f"{html}<p>Then go home.</p>") if as_html else blocks_of_markdown(markdown)
    steps, after = chunk([page(*blocks)])
    assert (steps.kind, steps.text) == ("steps", "1. Switch off.\n2. Wait.\nThe lamp goes out.\nCAUTION\nHot.")
    assert after.text == "Then go home."


def test_a_list_of_mere_names_is_no_list_of_alarms() -> None:
    (passage,) = cut("# Errors in the material file\n\nThese are needed:\n\n- KERF_WIDTH\n- CUT_HEIGHT\n- CUT_SPEED\n")
    assert (passage.kind, passage.text) == ("prose", "These are needed:\n- KERF_WIDTH\n- CUT_HEIGHT\n- CUT_SPEED")
    told = cut("# Errors\n\n- KERF_WIDTH: it is missing\n- CUT_HEIGHT: it is too low\n")
    assert [(p.kind, p.codes) for p in told] == [("alarm", ("KERF_WIDTH",)), ("alarm", ("CUT_HEIGHT",))]


@pytest.mark.parametrize("labels", ["1. a) b) 2.", "① (ア) (イ) ②"])
def test_letters_below_a_step_are_part_of_its_procedure(labels: str) -> None:
    (passage,) = chunk([page(*(Block("step", "Turn.", label=label) for label in labels.split()))])
    assert passage.kind == "steps"


def test_a_manual_of_nothing_but_paragraphs_is_cut_in_time_by_its_length() -> None:
    def seconds(count: int) -> float:
        blocks = [Block("paragraph", "a")] * count
        begun = time.process_time()
        assert list(chunk([page(*blocks)]))
        return time.process_time() - begun

    gc.collect()
    gc.freeze()  # what other tests left behind is not gone through while this one is timed
    try:
        assert min(seconds(8000), seconds(8000)) < 12 * max(0.05, seconds(2000))
    finally:
        gc.unfreeze()


def test_steps_that_begin_again_are_another_procedure() -> None:
    blocks = [Block("step", f"Step {n}.", label=f"{n}.") for n in (1, 2, 1, 2, 3)]
    assert [p.text.count("\n") + 1 for p in chunk([page(*blocks)])] == [2, 3]


def test_a_procedure_over_the_page_end_is_one_passage_of_two_pages() -> None:
    first = page(
        Block("step", "外す。", label="1.", box=Box(1, 70, 700, 500, 720)),
        Block("step", "取り付けた後、次の", label="2.", box=Box(1, 70, 725, 500, 745)),
        number=1,
        label="7-1",
    )
    second = page(Block("paragraph", "値を測る。"), Block("step", "戻す。", label="3."), number=2, label="7-2")
    (passage,) = chunk([first, second])
    assert passage.text == "1. 外す。\n2. 取り付けた後、次の値を測る。\n3. 戻す。"
    assert (passage.pages, passage.page_labels) == ((1, 2), ("7-1", "7-2"))
    assert passage.boxes == (Box(1, 70, 700, 500, 745),)


def test_standalone_warnings_are_passages_each() -> None:
    passages = cut("> [!DANGER]\n> 触れない。\n\n> [!CAUTION]\n> 手袋を着ける。\n\n本文です。\n")
    assert [(p.kind, p.text) for p in passages] == [
        ("warning", "DANGER\n触れない。"),
        ("warning", "CAUTION\n手袋を着ける。"),
        ("prose", "本文です。"),
    ]


def test_each_alarm_row_is_a_passage_with_its_column_names() -> None:
    passages = cut(
        "## 8.2 アラーム一覧（AL.31～AL.32）\n\n表 8-1 アラーム\n\n"
        "| アラーム番号 | 名称 | 原因 | 処置 |\n|---|---|---|---|\n"
        "| AL.31 | 過速度 | 指令が大きい | Pr.PA01 を見る |\n| AL.32 | 過電流 | 短絡 | 配線を調べる |\n"
    )
    assert [p.kind for p in passages] == ["alarm", "alarm"]
    assert passages[1].text == "アラーム番号: AL.32\n名称: 過電流\n原因: 短絡\n処置: 配線を調べる"
    assert [p.codes for p in passages] == [("AL31", "PA01"), ("AL32",)]
    assert [p.lang for p in passages] == ["ja", "ja"]


def test_a_row_without_a_code_goes_on_the_alarm_above() -> None:
    rows = [
        row(ALARM_HEADER, ("AL.32", "過電流", "短絡", "配線を調べる")),
        row(ALARM_HEADER, ("", "", "地絡", "絶縁を測る")),
        row(ALARM_HEADER, ("AL.33", "過電圧", "回生", "抵抗を調べる")),
    ]
    passages = list(chunk([page(*rows)]))
    assert [p.codes for p in passages] == [("AL32",), ("AL33",)]
    assert passages[0].text.endswith("原因: 地絡\n処置: 絶縁を測る")


def test_bare_numbers_under_an_alarm_column_are_alarm_codes() -> None:
    passages = list(chunk([page(row(("Error code", "Cause"), ("5", "Homing failed")))]))
    assert [(p.kind, p.codes) for p in passages] == [("alarm", ("ERR5",))]


def test_other_tables_go_in_small_groups_with_header_and_caption() -> None:
    rows = [row(("番号", "名称", "初期値"), (f"品 {n:02}", "設定の名称" * 4, str(n))) for n in range(1, 21)]
    passages = list(chunk([page(Block("caption", "表 6-1 設定"), *rows)]))
    assert {p.kind for p in passages} == {"table"}
    assert 2 <= len(passages) <= 10
    assert all(p.text.startswith("表 6-1 設定\n番号: 品") for p in passages)
    lines = [line for p in passages for line in p.text.split("\n")[1:]]
    assert lines[6] == "番号: 品 07 / 名称: 設定の名称設定の名称設定の名称設定の名称 / 初期値: 7"
    assert len(lines) == 20
    assert all(estimate_tokens(p.text) <= 320 for p in passages)


def test_each_parameter_of_a_table_is_a_passage_with_the_caption_as_its_heading() -> None:
    rows = [row(("番号", "名称", "初期値"), (f"P-{n:02}", "設定の名称", str(n))) for n in range(1, 4)]
    passages = list(chunk([page(Block("caption", "表 6-1 設定"), *rows)]))
    assert [p.codes for p in passages] == [("P01",), ("P02",), ("P03",)]
    assert {(p.kind, p.section) for p in passages} == {("table", ("表 6-1 設定",))}
    assert passages[0].text == "番号: P-01 / 名称: 設定の名称 / 初期値: 1"


def test_an_alarm_described_under_its_heading_is_one_passage() -> None:
    (passage,) = cut("# 9 アラーム\n\n## 9.3 AL.32 過電流\n\n原因は短絡です。\n\n1. 切る。\n2. 測る。\n\n終わり。\n")
    assert passage.kind == "alarm"
    assert passage.codes == ("AL32",)
    assert passage.text == "原因は短絡です。\n1. 切る。\n2. 測る。\n終わり。"


def test_headings_without_body_make_no_passage_and_levels_nest() -> None:
    passages = cut("# 1 A\n\n## 1.1 B\n\n### 1.1.1 C\n\nText.\n\n## 1.2 D\n\nMore.\n\n# 2 E\n")
    assert [p.section for p in passages] == [("1 A", "1.1 B", "1.1.1 C"), ("1 A", "1.2 D")]


def test_prose_is_filled_up_and_cut_at_sentence_ends_only() -> None:
    sentence = "電源を切ってから、十分に待って、端子の電圧を測ります。"
    passages = list(chunk([page(Block("paragraph", sentence * 40), Block("paragraph", sentence))]))
    assert len(passages) > 1
    assert all(p.text.endswith("。") and estimate_tokens(p.text) <= PROSE_TOKENS for p in passages)
    assert "".join(p.text for p in passages).replace("\n", "") == sentence * 41


def test_the_token_counter_can_be_given() -> None:
    blocks = [Block("paragraph", f"Paragraph number {n}.") for n in range(10)]
    assert len(list(chunk([page(*blocks)], count_tokens=lambda text: 60 * len(text.split())))) == 10
    assert len(list(chunk([page(*blocks)], count_tokens=len))) == 1


def test_sentences_end_where_readers_end_them() -> None:
    assert sentences("止める。（必ず。）次へ。") == ["止める。", "（必ず。）", "次へ。"]
    assert sentences("See Fig. 3 and No. 5. Then 1.5 mm is left. Done.") == [
        "See Fig. 3 and No. 5. ",
        "Then 1.5 mm is left. ",
        "Done.",
    ]


@given(st.text(alphabet="あ。、 a.\nB1", max_size=300), st.integers(min_value=1, max_value=40))
def test_cutting_loses_no_letter(text: str, limit: int) -> None:
    cut_up = "".join(pieces(text, limit, estimate_tokens))
    assert "".join(cut_up.split()) == "".join(text.split())


def body(blocks: Sequence[Block]) -> Counter[str]:
    """Characters of everything but headings."""
    texts = ["".join(c for _, c in b.cells) or b.text for b in blocks if b.kind != "heading"]
    return Counter("".join("".join(texts).split()))


@pytest.mark.parametrize(("folder", "fewest"), [("linuxcnc-en", 74), ("akari-ja", 86), ("odrive-en", 17)])
def test_open_manuals_lose_no_text(folder: str, fewest: int) -> None:
    files = sorted((SHARED / folder / "docs").rglob("*.md"))
    if not files:
        pytest.skip(f"no open manuals at {SHARED / folder} (set ANDON_SHARED_DATA)")
    assert len(files) >= fewest
    whole = kept = 0
    for file in files:
        pages = list(MarkdownReader().open(file).pages)
        passages = list(chunk(pages))
        assert passages, file
        wanted = body(pages[0].blocks)
        got = Counter("".join("".join(p.text for p in passages).split()))
        whole += sum(wanted.values())
        kept += sum((wanted & got).values())
    assert kept / whole >= 0.98
