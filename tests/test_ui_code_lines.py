"""Code lines: program text and drawings in characters keep their spaces; paragraphs stay paragraphs."""

from __future__ import annotations

import re
from html import unescape
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui.code_lines import code_runs
from ui.verbatim import verbatim_html

PROGRAM = """The function rounds towards the left on a number line. Here is an example:
o<test> sub
o10 if [EXISTS[#<_global>]]
    (debug, _global exists and has the value #<_global>)
o10 endif
o<test> endsub
The call returns to the line behind it once it is done."""
COLUMNS = """Load the modules in this order before the thread is started.
loadrt mux2           names=home_mux
loadrt conv_float_s32 names=home_s32
setp home_mux.in0 -1"""
RELAY = """配線は次の図のとおりです。
24V ----+-----[ K1 ]----+---- 0V
        |               |
        +-----[ K2 ]----+
K2 は予備です。"""


COMMANDS = """NOTE:
下記の手順で再トライしてください。
sudo systemctl stop akira.service
platformio run --target=upload
( akira.serviceなので注意してください。)"""


@pytest.mark.parametrize(
    ("text", "run"),
    [(COMMANDS, range(2, 4)), (PROGRAM, range(1, 6)), (COLUMNS, range(1, 4)), (RELAY, range(1, 4))],
    ids=["shell", "g", "hal", "relay"],
)
def test_code_ends_where_prose_begins(text: str, run: range) -> None:
    lines = text.split("\n")
    assert code_runs(lines) == [run]
    code = re.findall(r"<pre[^>]*>(.*?)</pre>", verbatim_html(text, "prose"))
    assert [unescape(line) for line in re.findall(r"<span>(.*?)</span>", code[0])] == lines[run.start : run.stop]


@pytest.mark.parametrize(
    "text",
    [
        "下記を参照してください。\nhttps://example.com/a?b=1\nDynamixel 2XL430",
        "  If you want to save a wire you can also connect the two pins.\nThe cable must be short.",
        "One paragraph.   Another sentence follows it after three spaces.\nThe next one has none of them.",
        "A word\t" + "and another " * 20,
    ],
)
def test_paragraphs_stay_paragraphs(text: str) -> None:
    assert code_runs(text.split("\n")) == []
    assert "<pre" not in verbatim_html(text, "prose")


def test_a_long_command_is_code() -> None:
    text = "Set the gain.\naxis0.gain = " + " * ".join(["axis0.motor.config.torque_constant"] * 5)
    assert code_runs(text.split("\n")) == [range(1, 2)]


def test_steps_keep_their_place_around_code() -> None:
    html = verbatim_html("1. Write the file:\n[JOINT_0]\n  HOME = 0\n2. Start again.", "steps")
    assert re.findall(r"a-label\">(.*?)<", html) == ["1.", "2."]
    assert "<span>[JOINT_0]</span><span>  HOME = 0</span></pre>" in html


@given(st.lists(st.text(alphabet=" ab#=.あ", max_size=12)))
def test_runs_are_apart_and_in_order(lines: list[str]) -> None:
    runs = code_runs(lines)
    assert all(0 <= run.start < run.stop <= len(lines) for run in runs)
    assert all(before.stop < after.start for before, after in pairwise(runs))
