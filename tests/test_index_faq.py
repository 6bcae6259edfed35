"""Questions printed as lines above their answers are these answers' headings."""

from __future__ import annotations

from index.manuals.block import Page
from index.manuals.markdown import blocks_of_markdown
from index.passages.chunk import DraftPassage, chunk


def cut(markdown: str) -> list[DraftPassage]:
    return list(chunk([Page(1, "1", tuple(blocks_of_markdown(markdown)))]))


def test_each_question_of_a_list_heads_its_answer() -> None:
    passages = cut(
        "# Questions\n\nMost asked.\n\nWhy does the belt slip?\n\nIt is worn. Replace it.\n\nHow often do I oil it?\n\n"
        "Once a week.\n\n- Use oil 46.\n\nCan I wash it?\n\nNo.\n"
    )
    assert [(p.section, p.text) for p in passages] == [
        (("Questions",), "Most asked."),
        (("Questions", "Why does the belt slip?"), "It is worn. Replace it."),
        (("Questions", "How often do I oil it?"), "Once a week.\n- Use oil 46."),
        (("Questions", "Can I wash it?"), "No."),
    ]


def test_japanese_questions_and_marks() -> None:
    passages = cut(
        "# よくある質問\n\nQ1. 電源が入らない\n\nA. ブレーカを確認する。\n\n洗浄してもよいですか。\n\nいいえ。\n\n"
        "潤滑はいつ行いますか？\n\n週に 1 回行う。\n"
    )
    assert [p.section[-1] for p in passages] == [
        "Q1. 電源が入らない",
        "洗浄してもよいですか。",
        "潤滑はいつ行いますか？",
    ]


def test_a_single_question_in_prose_is_no_heading() -> None:
    (passage,) = cut("# Start\n\nReady to go?\n\nPress the green button.\n")
    assert passage.text == "Ready to go?\nPress the green button."


def test_a_manual_that_asks_and_answers_goes_on_doing_so() -> None:
    passages = cut(
        "# Belt\n\nIs it loose?\n\nTighten it.\n\nIs it worn?\n\nReplace it.\n\nIs it wet?\n\nDry it.\n\n"
        "# Motor\n\nDoes it hum?\n\nOil it.\n"
    )
    assert passages[-1].section == ("Motor", "Does it hum?")


def test_an_alarm_that_a_question_names_has_its_answer_for_an_entry() -> None:
    passages = cut(
        "# FAQ\n\nWhat does error 23 mean?\n\nThe gripper is open.\n\nWho calibrates it?\n\nThe maker.\n\n"
        "Is it loud?\n\nNo.\n"
    )
    assert (passages[0].kind, passages[0].codes) == ("alarm", ("ERR23",))
