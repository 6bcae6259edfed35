"""AsciiDoc manuals: headings, lists with what is attached, tables with spans, admonitions, inline marks, directives."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest

from index.errors import EmptyManual
from index.manuals.asciidoc import AsciiDocReader, Walk
from index.manuals.asciidoc_inline import plain
from index.manuals.coverage import Skipped

MANUAL = """\
= SC-200 Conveyor
Jane Doe <jane@example.org>
v1.2, 2026-04-01
:machine: SC-200

Intro of the {machine} and {nothing}.

== Maintenance

=== Replacing the belt

WARNING: Switch off the
power first.

. Remove the cover.
.. Left screw
. Fit the belt.
+
[source,sh]
----
belt --fit 24
----
+
Tighten to 24 N·m.
. Close.

[CAUTION]
====
Hot surface.

. Wait.
====

.Alarms
[cols="1,2,2", options="header"]
|===
| Code | Cause | Remedy
.2+| E-101 | Broken wire | Repair \\| replace
| Short circuit | Replace it
| E-102
| Overheat
a|
* Cool
* Wait
|===

|===
|Name |Value

|Speed |20 m/min
2+|None of these
|===

F-012:: Air pressure low
Grease::
Use LG2.

////
hidden
////
// hidden
ifdef::other[]
hidden
endif::[]
ifndef::other[]
Shown.
endif::[]
include::/etc/passwd[]
image::belt.png[The belt]

日本語の見出し
--------------

注意: 触れないこと。
"""


def test_a_manual(tmp_path: Path) -> None:
    path = tmp_path / "a.adoc"
    path.write_text(MANUAL, encoding="utf-8")
    reading = AsciiDocReader().open(path)
    [page] = reading.pages
    assert (reading.title, page.label) == ("SC-200 Conveyor", "")
    assert [(b.kind, b.level, b.label, b.text) for b in page.blocks if b.kind != "row"] == [
        ("heading", 1, "", "SC-200 Conveyor"),
        ("paragraph", 0, "", "Intro of the SC-200 and {nothing}."),
        ("heading", 2, "", "Maintenance"),
        ("heading", 3, "", "Replacing the belt"),
        ("warning", 0, "", "WARNING\nSwitch off the power first."),
        ("step", 0, "1.", "Remove the cover."),
        ("step", 1, "1.", "Left screw"),
        ("step", 0, "2.", "Fit the belt."),
        ("code", 0, "", "belt --fit 24"),
        ("paragraph", 0, "", "Tighten to 24 N·m."),
        ("step", 0, "3.", "Close."),
        ("warning", 0, "", "CAUTION\nHot surface.\n1. Wait."),
        ("caption", 0, "", "Alarms"),
        ("paragraph", 0, "", "F-012: Air pressure low"),
        ("paragraph", 0, "", "Grease: Use LG2."),
        ("paragraph", 0, "", "Shown."),
        ("caption", 0, "", "The belt"),
        ("heading", 2, "", "日本語の見出し"),
        ("warning", 0, "", "注意: 触れないこと。"),
    ]
    assert [b.cells for b in page.blocks if b.kind == "row"] == [
        (("Code", "E-101"), ("Cause", "Broken wire"), ("Remedy", "Repair | replace")),
        (("Code", ""), ("Cause", "Short circuit"), ("Remedy", "Replace it")),
        (("Code", "E-102"), ("Cause", "Overheat"), ("Remedy", "・Cool\n・Wait")),
        (("Name", "Speed"), ("Value", "20 m/min")),
        (("Name", "None of these"), ("Value", "None of these")),
    ]
    assert reading.skipped == (Skipped("include"), Skipped("field"))


@pytest.mark.parametrize(
    ("marked", "shown"),
    [
        ("*Press* _STOP_ and `RESET`", "Press STOP and RESET"),
        ("a*b*c, snake_case_name, 2 * 3 * 4", "a*b*c, snake_case_name, 2 * 3 * 4"),
        (
            "<<belt,The belt>>, xref:a.adoc[more], link:x.html[here], https://example.org[site]",
            "The belt, more, here, site",
        ),
        ("kbd:[Ctrl] menu:File[Open > Recent] H~2~O m^2^", "Ctrl File > Open > Recent H2O m2"),
        ("`+*kept*+` and pass:[_kept_] [[anchor]]end", "*kept* and _kept_ end"),
        ("rate footnote:[Dry only.]", "rate  (Dry only.)"),
    ],
)
def test_inline_marks(marked: str, shown: str) -> None:
    assert plain(marked) == shown


def test_any_order_of_lines_comes_to_an_end() -> None:
    lines, rng = MANUAL.split("\n"), random.Random(7)
    started = time.thread_time()
    for _ in range(300):
        list(Walk([rng.choice(lines) for _ in range(rng.randrange(1, 40))]).blocks())
    assert time.thread_time() - started < 10


def test_an_empty_file_says_so(tmp_path: Path) -> None:
    path = tmp_path / "a.adoc"
    path.write_text("// only a comment\n", encoding="utf-8")
    with pytest.raises(EmptyManual, match=r"a\.adoc"):
        AsciiDocReader().open(path)
