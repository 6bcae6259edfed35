"""Hand numbers: what was numbered by typing becomes steps, and a parts list does not."""

from __future__ import annotations

import pytest

from index.manuals.block import Block
from index.manuals.hand_numbers import with_steps
from index.manuals.html import blocks_of_html
from index.manuals.markdown import blocks_of_markdown


def told(blocks: list[Block]) -> list[tuple[str, str, str]]:
    return [(block.kind, block.label, block.text) for block in with_steps(blocks)]


@pytest.mark.parametrize(
    "labels", ["①②③", ["(1)", "(2)", "(3)"], ["１．", "２．", "３．"], "❶❷❸", ["1、", "2、", "3、"],
               ["手順1 ", "手順2 ", "手順3 "], ["（ア）", "（イ）", "（ウ）"]],
)  # fmt: skip
def test_paragraphs_numbered_from_one_are_steps(labels: list[str]) -> None:
    texts = ("電源を切る。", "扉を開ける。", "電池を外す。")
    page = "<p>次の順に行う。</p>" + "".join(f"<p>{a}{b}</p>" for a, b in zip(labels, texts, strict=True))
    found = told(list(blocks_of_html(page)))
    assert [kind for kind, _, _ in found] == ["paragraph", "step", "step", "step"]
    assert [text for _, _, text in found[1:]] == list(texts)


def test_lines_of_one_paragraph_are_steps_of_their_own() -> None:
    page = "<p>①Switch off.<br>Wait for 10 s.<br>②Open the door.</p>"
    assert told(list(blocks_of_html(page))) == [
        ("step", "①", "Switch off.\nWait for 10 s."), ("step", "②", "Open the door."),
    ]  # fmt: skip
    text = "(1) 電源を切る。\n(2) 扉を開ける。\n"
    assert told(list(blocks_of_markdown(text))) == [("step", "(1)", "電源を切る。"), ("step", "(2)", "扉を開ける。")]


@pytest.mark.parametrize(
    "texts",
    [
        ["(15) 本体 1個", "(20) モータ 1個"],  # places in a parts list
        ["(1) is the motor.", "Nothing else."],  # one number is no list
        ["1. Overview", "a", "b", "c", "d", "e", "2. Setting up"],  # titles of long sections
        ["① a", "(2) b"],  # two forms
        ["(2) b", "(3) c"],  # begun elsewhere
    ],
)
def test_what_is_no_list_stays_prose(texts: list[str]) -> None:
    blocks = [Block("paragraph", text) for text in texts]
    assert with_steps(blocks) == blocks


def test_a_heading_ends_a_list() -> None:
    blocks = [Block("paragraph", "① a"), Block("heading", "Next", 2), Block("paragraph", "② b")]
    assert with_steps(blocks) == blocks


def test_notes_between_steps_leave_them_one_list() -> None:
    blocks = [Block("paragraph", "① a"), Block("warning", "CAUTION\nHot."), Block("paragraph", "② b")]
    assert [block.kind for block in with_steps(blocks)] == ["step", "warning", "step"]


def test_a_parts_list_of_markdown_keeps_its_lines() -> None:
    assert told(list(blocks_of_markdown("(15) 本体 1個\n(20) モータ 1個\n"))) == [
        ("paragraph", "", "(15) 本体 1個\n(20) モータ 1個")
    ]
