"""Markdown and HTML manuals: the blocks that readers see, in their order."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.errors import EmptyManual
from index.manuals import signs
from index.manuals.block import Block
from index.manuals.html import HtmlReader, blocks_of_html
from index.manuals.markdown import MarkdownReader, blocks_of_markdown


def brief(blocks: list[Block]) -> list[tuple[str, int, str, str]]:
    return [(b.kind, b.level, b.label, b.text) for b in blocks]


def test_markdown_elements() -> None:
    text = (
        "# 1 Safety\n\nFirst line\nsecond *line* with `code`.\n\n3. Three\n4. Four\n   - inner\n\n"
        "- bullet\n\n```bash\nls -l\n```\n\nFigure 1-1 The cell\n"
    )
    assert brief(list(blocks_of_markdown(text))) == [
        ("heading", 1, "", "1 Safety"),
        ("paragraph", 0, "", "First line second line with code."),
        ("step", 0, "3.", "Three"),
        ("step", 0, "4.", "Four"),
        ("bullet", 1, "", "inner"),
        ("bullet", 0, "", "bullet"),
        ("code", 0, "", "ls -l"),
        ("caption", 0, "", "Figure 1-1 The cell"),
    ]


def test_markdown_joins_japanese_lines_without_blanks() -> None:
    assert [b.text for b in blocks_of_markdown("電源を\n切る。\n")] == ["電源を切る。"]


def test_markdown_a_line_that_begins_with_a_link_or_bold_text_is_parted_from_the_one_before() -> None:
    text = "Resistance and\n[inductance](x.md) are\n**measured** first."
    assert [b.text for b in blocks_of_markdown(text)] == ["Resistance and inductance are measured first."]


def test_markdown_values_one_a_line_keep_their_lines() -> None:
    values = "電源電圧min,   4V\n電源電圧max, 7.4V\nスピードmax, 0.192sec/60°"
    assert [b.text for b in blocks_of_markdown(values)] == [values.replace("   ", " ")]
    quoted = '"基板",\n"コネクタ","A, B"\n"ねじ","M3"'
    assert [b.text for b in blocks_of_markdown(quoted)] == [quoted]
    wrapped = "Before moving on, look at the\nnozzle, its height and its\nplace, and clean it."
    assert [b.text for b in blocks_of_markdown(wrapped)] == [wrapped.replace("\n", " ")]


def test_markdown_values_between_commas_below_quoted_names_are_a_table() -> None:
    parts = '"No.","名称","購入先"\n1,"基板",\n2,"コネクタ","A, B"'
    first, second = blocks_of_markdown(parts)
    assert first.cells == (("No.", "1"), ("名称", "基板"), ("購入先", ""))
    assert second.cells == (("No.", "2"), ("名称", "コネクタ"), ("購入先", "A, B"))


def test_marks_of_print_make_entries_of_their_own() -> None:
    text = "文字を表示する。\nRequest:\n・ text -- 文字列。\n・size -- 文字の\n大きさ。\nResponse:\n・ result -- 成否。"
    assert [(b.kind, b.text) for b in blocks_of_markdown(text)] == [
        ("paragraph", "文字を表示する。\nRequest:"),
        ("bullet", "text -- 文字列。"),
        ("bullet", "size -- 文字の大きさ。"),
        ("paragraph", "Response:"),
        ("bullet", "result -- 成否。"),
    ]
    wrapped = "This starts three spindles at different\nspeeds:"
    assert [b.text for b in blocks_of_markdown(wrapped)] == [wrapped.replace("\n", " ")]
    steps = "It is cleared by:\n. a toggle of\nthe switch\n. a pulse"
    assert [b.text for b in blocks_of_markdown(steps)] == ["It is cleared by:\n. a toggle of the switch\n. a pulse"]


def test_markdown_tables_carry_their_header() -> None:
    with_line = "| Code | Cause |\n|---|---|\n| AL.32 | Short |\n"
    without_line = "|Code|Cause|\n|AL.32| Short |\n"
    for text in (with_line, without_line):
        (row,) = blocks_of_markdown(text)
        assert row.cells == (("Code", "AL.32"), ("Cause", "Short"))
        assert row.text == "AL.32 | Short"


@pytest.mark.parametrize(
    ("text", "kind", "expected"),
    [
        ("> [!WARNING]\n> Hot surface.\n> - Wear gloves.\n", "warning", "WARNING\nHot surface.\n- Wear gloves."),
        ("WARNING: Do not upgrade.\n", "warning", "WARNING: Do not upgrade."),
        ("**警告** 触れないこと。\n", "warning", "警告 触れないこと。"),
        ("【注意】手袋を着用すること。\n", "warning", "【注意】手袋を着用すること。"),
        ("危険：巻き込まれます。\n", "warning", "危険：巻き込まれます。"),
        ("注意してください。\n", "paragraph", "注意してください。"),
        ("警告ラベルを貼る。\n", "paragraph", "警告ラベルを貼る。"),
        ("Warning lamps light up.\n", "paragraph", "Warning lamps light up."),
        ("> A plain quotation.\n", "paragraph", "A plain quotation."),
    ],
)
def test_warnings_by_their_signal_word(text: str, kind: str, expected: str) -> None:
    (block,) = blocks_of_markdown(text)
    assert (block.kind, block.text) == (kind, expected)


def test_a_placeholder_is_not_a_tag() -> None:
    (block,) = blocks_of_markdown("Set hm2_<board>.<num>.enable to <b>1</b>.\n")
    assert block.text == "Set hm2_<board>.<num>.enable to 1."


def test_markdown_front_matter_gives_the_title(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text("---\ntitle: SC-200 manual\nlang: en\n---\n\n# 1 Safety\n\nText.\n", encoding="utf-8")
    reading = MarkdownReader().open(path)
    (page,) = reading.pages
    assert (reading.title, page.label) == ("SC-200 manual", "")
    assert [b.kind for b in page.blocks] == ["heading", "paragraph"]
    path.write_text("---\ntitle: x\n---\n", encoding="utf-8")
    with pytest.raises(EmptyManual):
        MarkdownReader().open(path)


HTML = """<!DOCTYPE html><html><head><title>RP-180 &amp; RC-18</title><style>p{}</style></head><body>
<nav>Home</nav><h1>Alarms</h1>Loose text <b>here</b>.
<div class="admonition warning"><p class="title">Warning</p><p>Keep out.</p></div>
<ol start="3"><li>Press <i>RESET</i>.</li><li>Wait.<ul><li>2 s</li></ul></li></ol>
<table><caption>Table 1</caption><tr><th>Code</th><th>Cause</th><th>Action</th></tr>
<tr><td rowspan="2">AL.32</td><td>Short<br>circuit</td><td>Check</td></tr><tr><td>Earth</td><td>Measure</td></tr>
</table><dl><dt>AL.33</dt><dd>Overvoltage</dd></dl><pre>line 1
line 2</pre><script>var x;</script></body></html>"""


def test_html_elements(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_text(HTML, encoding="utf-8")
    reading = HtmlReader().open(path)
    (page,) = reading.pages
    assert reading.title == "RP-180 & RC-18"
    assert brief(list(page.blocks)) == [
        ("heading", 1, "", "Alarms"),
        ("paragraph", 0, "", "Loose text here."),
        ("warning", 0, "", "Warning\nKeep out."),
        ("step", 0, "3.", "Press RESET."),
        ("step", 0, "4.", "Wait."),
        ("bullet", 1, "", "2 s"),
        ("caption", 0, "", "Table 1"),
        ("row", 0, "", "AL.32 | Short circuit | Check"),
        ("row", 0, "", "AL.32 | Earth | Measure"),
        ("paragraph", 0, "", "AL.33"),
        ("paragraph", 0, "", "Overvoltage"),
        ("code", 0, "", "line 1\nline 2"),
    ]
    assert page.blocks[8].cells == (("Code", "AL.32"), ("Cause", "Earth"), ("Action", "Measure"))


def test_html_in_shift_jis_by_its_declaration(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_bytes('<html><meta charset="Shift_JIS"><body><p>過電流が発生した。</p></body></html>'.encode("cp932"))
    (page,) = HtmlReader().open(path).pages
    assert [b.text for b in page.blocks] == ["過電流が発生した。"]


def test_html_headers_of_two_rows_are_stacked() -> None:
    table = (
        "<table><thead><tr><th rowspan=2>Axis</th><th colspan=2>Limit</th></tr><tr><th>min</th><th>max</th></tr>"
        "</thead><tr><td>J1</td><td>-90</td><td>90</td></tr></table>"
    )
    (row,) = blocks_of_html(table)
    assert row.cells == (("Axis", "J1"), ("Limit min", "-90"), ("Limit max", "90"))


def kinds(page: str) -> list[tuple[str, str]]:
    return [(block.kind, block.text) for block in blocks_of_html(page)]


def test_html_without_what_nobody_reads_on_the_page() -> None:
    page = (
        "<div role='navigation'><a>Home</a></div><h2>Alarms<a class='headerlink' href='#a'>¶</a></h2>"
        "<p style='display: none'>draft</p><p hidden>old</p><p>AL.32 Overcurrent</p>"
    )
    assert kinds(page) == [("heading", "Alarms"), ("paragraph", "AL.32 Overcurrent")]


@pytest.mark.parametrize(
    "frame",
    [
        "<table><tr><td><p>警告</p><p>電源を切ること。</p></td></tr></table>",
        "<table><tr><td><b>警告</b></td><td>電源を切ること。</td></tr></table>",
        "<table><tr><th>警告</th></tr><tr><td>電源を切ること。</td></tr></table>",
    ],
)
def test_html_frames_around_a_warning(frame: str) -> None:
    assert kinds(frame) == [("warning", "警告\n電源を切ること。")]


def test_html_tables_that_lay_out_the_page_are_no_rows() -> None:
    menu = "<table><tr><td>Contents</td></tr><tr><td>Index</td></tr></table>"
    page = f"<table><tr><td>{menu}</td><td><h1>Belt</h1><ol><li>Switch off.</li></ol></td></tr></table>"
    assert kinds(page) == [
        ("paragraph", "Contents"), ("paragraph", "Index"), ("heading", "Belt"), ("step", "Switch off."),
    ]  # fmt: skip
    table = "<table><tr><th>Code</th><th>Remedy</th></tr><tr><td>AL.1</td><td><ol><li>Wait.</li></ol></td></tr></table>"
    assert kinds(table) == [("row", "AL.1 | Wait.")]


@pytest.mark.parametrize(
    ("line", "label", "number"),
    [("3、電源を切る", "3、", 3), ("❸扉を開ける", "❸", 3), ("⑶ Wait", "⑶", 3), ("（ウ）電池を外す", "（ウ）", 3),
     ("c) Wait", "c)", 3), ("手順3 Wait", "手順3", 3), ("③ Wait", "③", 3)],
)  # fmt: skip
def test_labels_of_steps_and_their_numbers(line: str, label: str, number: int) -> None:
    found = signs.step(line)
    assert found is not None
    assert (found[0], signs.ordinal(found[0])) == (label, number)


@pytest.mark.parametrize("line", ["2、3 号機に共通", "2、および 3", "1.5 mm", "3.14"])
def test_numbers_of_a_sentence_are_no_labels(line: str) -> None:
    assert signs.step(line) is None


def test_bullets_of_symbol_fonts() -> None:
    assert signs.bullet("\uf0b7 Switch off") == "Switch off"
    assert signs.bullet("➢ 電源を切る") == "電源を切る"


def test_html_without_the_end_tags_that_may_be_left_out() -> None:
    page = "<p>Do this<ol><li>Switch off<li>Wait<ul><li>2 s<li>or more</ul><li>Open</ol><p>one<p>two"
    assert [(b.kind, b.level, b.label, b.text) for b in blocks_of_html(page)] == [
        ("paragraph", 0, "", "Do this"), ("step", 0, "1.", "Switch off"), ("step", 0, "2.", "Wait"),
        ("bullet", 1, "", "2 s"), ("bullet", 1, "", "or more"), ("step", 0, "3.", "Open"), ("paragraph", 0, "", "one"),
        ("paragraph", 0, "", "two"),
    ]  # fmt: skip
    table = "<table><thead><tr><th>Code<th>Cause<tbody><tr><td>AL.1<td>Hot<tr><td>AL.2<td>Cold</table>"
    assert kinds(f"{table}<dl><dt>a<dd>b<dt>c</dl>") == [
        ("row", "AL.1 | Hot"), ("row", "AL.2 | Cold"), ("paragraph", "a"), ("paragraph", "b"), ("paragraph", "c"),
    ]  # fmt: skip
    inner = "<table><tr><td>x<td><table><tr><td>y<tr><td>z</table></table>"
    assert kinds(inner) == [("paragraph", "x"), ("paragraph", "y"), ("paragraph", "z")]


def test_html_of_many_rows_without_end_tags() -> None:
    assert len(kinds("<table>" + "<tr><td>a<td>b" * 2000 + "</table>" + "<p>c" * 2000)) == 4000


def test_html_with_a_bracket_that_begins_no_section() -> None:
    """Of which Python's parser says that the whole page is none."""
    page = "<p>a</p><![if !IE]><p>b</p><![endif]><p>c <![ 3 > d</p><![CDATA[e]]><p>f<![iffy>g</p>"
    assert [block.text for block in blocks_of_html(page)] == ["a", "b", "c d", "fg"]
