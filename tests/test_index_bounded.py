"""Bounded readings: what is too long is cut or becomes text, what no manual holds is refused with what helps."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from index.errors import ManualTooLarge
from index.manuals import signs
from index.manuals.block import Block, Page, Reading
from index.manuals.bounded import LONGEST, LONGEST_HEADING, MAX_BLOCKS, MAX_CHARACTERS, MAX_PAGES, bounded, size


def read(*blocks: Block, title: str = "t", label: str = "1") -> Reading:
    return bounded(Reading(title, 1, iter([Page(1, label, blocks)])), "a.txt")


def blocks_of(*blocks: Block) -> tuple[Block, ...]:
    (page,) = read(*blocks).pages
    return page.blocks


def test_usual_blocks_stay_as_they_are() -> None:
    blocks = (Block("heading", "5 Reset", 1), Block("step", "Turn QS1 off.", label="1."),
              Block("row", "AL.1 | Overheat", cells=(("Code", "AL.1"), ("Name", "Overheat"))))  # fmt: skip
    assert blocks_of(*blocks) == blocks


def test_a_long_paragraph_is_cut_at_ends_of_sentences_and_loses_nothing() -> None:
    sentence = "サーボアンプの電源を切り、十秒待ってから入れる。"
    parts = blocks_of(Block("warning", sentence * 2000))
    assert "".join(part.text for part in parts) == sentence * 2000
    assert all(len(part.text) <= LONGEST and part.text.endswith("。") for part in parts)
    assert {part.kind for part in parts} == {"warning"}
    english = "Turn the switch QS1 off and wait. " * 1000
    assert " ".join(part.text for part in blocks_of(Block("paragraph", english))) == english.strip()


def test_a_word_without_end_is_cut_too() -> None:
    parts = blocks_of(Block("step", "x" * (3 * LONGEST), label="1."))
    assert [len(part.text) for part in parts] == [LONGEST] * 3
    assert [part.label for part in parts] == ["1.", "", ""]


def test_a_long_heading_and_an_endless_row_become_text() -> None:
    heading, *row = blocks_of(
        Block("heading", "a " * LONGEST_HEADING, 1), Block("row", "1 | 2", cells=(("n" * LONGEST, "1"), ("m", "2")))
    )
    assert heading.kind == "paragraph"
    assert {part.kind for part in row} == {"paragraph"}
    assert "m: 2" in row[-1].text
    assert all(size(part) <= LONGEST for part in row)


def test_title_and_labels_are_clipped() -> None:
    reading = read(Block("paragraph", "a"), title="t" * 9999, label="9" * 9999)
    (page,) = reading.pages
    assert (len(reading.title), len(page.label)) == (300, 40)


@pytest.mark.parametrize(
    ("blocks", "said"),
    [
        ([Block("paragraph", "word " * 100_000)] * (1 + MAX_CHARACTERS // 500_000), "characters"),
        ([Block("step", "a")] * (MAX_BLOCKS + 1), "rows, steps"),
    ],
)
def test_what_no_manual_holds_is_refused(blocks: list[Block], said: str) -> None:
    with pytest.raises(ManualTooLarge, match=f"a.txt holds more than .*{said}") as raised:
        list(read(*blocks).pages)
    assert raised.value.remedy


def test_endless_pages_are_refused_before_they_are_read() -> None:
    def pages() -> Iterator[Page]:
        raise AssertionError("a page was asked for")
        yield

    with pytest.raises(ManualTooLarge, match="pages, more than"):
        bounded(Reading("t", MAX_PAGES + 1, pages()), "a.txt")


def test_joining_many_lines_is_what_joining_each_is() -> None:
    lines = ["Turn the", "switch", "", "電源を", "切る。", "re-", "start", "-", "end", "- a", "x-", "9", "あ", "-", "9"]
    one_by_one = ""
    for line in lines:
        one_by_one = signs.join(one_by_one, line)
    assert signs.joined(lines) == one_by_one
    assert len(signs.joined(["a"] * 1_000_000)) == 1_999_999
