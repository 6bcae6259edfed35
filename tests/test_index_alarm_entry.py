"""What a manual tells of one alarm under headings of its own is quoted together."""

from __future__ import annotations

from index.manuals.block import Page
from index.manuals.markdown import blocks_of_markdown
from index.passages.chunk import DraftPassage, chunk

ERROR = (
    "# Errors\n\n## Error 23\n\nGripper did not close.\n\n### Cause\n\nThe hose is {}.\n\n### Remedy\n\n- Replace it.\n"
)


def cut(markdown: str, title: str = "") -> list[DraftPassage]:
    return list(chunk([Page(1, "1", tuple(blocks_of_markdown(markdown)))], title=title))


def test_message_cause_and_remedy_of_an_alarm_are_one_passage() -> None:
    (passage,) = cut(ERROR.format("cut"))
    assert passage.text == "Gripper did not close.\nCause\nThe hose is cut.\nRemedy\n- Replace it."
    assert (passage.kind, passage.section, passage.codes) == ("alarm", ("Errors", "Error 23"), ("ERR23",))


def test_an_alarm_heading_directly_above_another_heading_is_joined_too() -> None:
    (passage,) = cut(
        "## AL.32 過電流\n\n### 原因\n\n配線が短絡している。\n\n### 処置\n\n1. 電源を切る。\n2. 配線を直す。\n"
    )
    assert passage.text == "原因\n配線が短絡している。\n処置\n1. 電源を切る。\n2. 配線を直す。"
    assert passage.section == ("AL.32 過電流",)


def test_the_next_alarm_is_another_passage() -> None:
    passages = cut(
        "# Errors\n\n## Error 23\n\nA.\n\n### Remedy\n\nB.\n\n## Error 24\n\nC.\n\n### Remedy\n\nD.\n\n## Care\n\nE.\n"
    )
    assert [(p.section[-1], p.text) for p in passages] == [
        ("Error 23", "A.\nRemedy\nB."),
        ("Error 24", "C.\nRemedy\nD."),
        ("Care", "E."),
    ]


def test_what_is_too_long_for_one_passage_keeps_its_sections() -> None:
    passages = cut(ERROR.format("cut, " * 400 + "or loose"))
    assert [p.section[-1] for p in passages][:1] == ["Error 23"]
    assert {"Cause", "Remedy"} <= {p.section[-1] for p in passages}


def test_a_table_below_an_alarm_stays_apart() -> None:
    passages = cut(
        "# Bug check 0x7A: DATA_ERROR\n\nA page could not be read.\n\n## Parameters\n\n"
        "| Parameter | Meaning |\n|---|---|\n| 1 | lock |\n| 2 | status |\n\n## Cause\n\nBad blocks.\n\n"
        "## Resolution\n\nReplace the disk.\n"
    )
    assert [(p.kind, p.section[-1]) for p in passages if "|" not in p.text and "Parameter" not in p.text] == [
        ("alarm", "Bug check 0x7A: DATA_ERROR"),
        ("alarm", "Bug check 0x7A: DATA_ERROR"),
    ]
    assert passages[-1].text == "Cause\nBad blocks.\nResolution\nReplace the disk."


def test_headings_of_two_alarms_join_nothing() -> None:
    passages = cut("## Alarms AL.31 to AL.32\n\nBoth stop the axis.\n\n### AL.31\n\nSpeed.\n\n### AL.32\n\nCurrent.\n")
    assert [p.text for p in passages] == ["Both stop the axis.", "Speed.", "Current."]


def test_other_sections_stay_as_they_are() -> None:
    passages = cut("# Care\n\nOnce a week.\n\n## Cleaning\n\nWipe it.\n")
    assert [p.text for p in passages] == ["Once a week.", "Wipe it."]
