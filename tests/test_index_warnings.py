"""Warnings: no procedure of the demo manuals is shown without what its section, or a heading above it, warns of."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from index.library import Library
from index.manuals.markdown import MarkdownReader
from index.options import IndexOptions
from index.passage import Passage
from index.passages.section import sections
from index.passages.warnings import tells_steps

MANUALS = sorted((Path(__file__).resolve().parents[1] / "demo/sources").glob("*/manual.md"))
MADE = """# HP-1 Manual

> [!WARNING]
> Read all of this manual first.

## 5 Maintenance

> [!DANGER]
> Lock out the machine before any work.

### 5.1 Belt

> [!WARNING]
> The belt is under tension.

The belt is made of rubber.

The belt lasts a year.

1. Loosen the screw.
2. Take off the belt.

> [!CAUTION]
> Keep the old belt away from oil.

### 5.2 Lamp

> [!CAUTION]
> The lamp is hot.

1. Turn the lamp to the left.
"""


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder = tmp_path_factory.mktemp("warnings")
    made = Library(IndexOptions(folder / "index", embedder="none"), write=True)
    for path in MANUALS:
        made.add(path, f"{path.parent.name}.md")
    (folder / "hp1.md").write_text(MADE, encoding="utf-8")
    made.add(folder / "hp1.md")
    yield made
    made.close()


def shown_with(library: Library, passage: Passage) -> str:
    return "\n".join([passage.text, *(warning.text for warning in library.warnings_for(passage))])


@pytest.mark.parametrize("path", MANUALS, ids=lambda path: path.parent.name)
def test_no_procedure_of_the_demo_lacks_a_warning_of_its_section(library: Library, path: Path) -> None:
    """The warnings are taken from the blocks, before anything is cut into passages."""
    stated: dict[tuple[str, ...], list[str]] = {}
    for section in sections(MarkdownReader().open(path).pages):
        held = [placed.block.text for placed in section.blocks if placed.block.kind == "warning"]
        stated.setdefault(section.path, []).extend(held)
    procedures = [p for p in library.passages(f"{path.parent.name}.md") if tells_steps(p)]
    checked = 0
    for passage in procedures:
        shown = shown_with(library, passage)
        for depth in range(1, len(passage.section) + 1):
            for warning in stated.get(passage.section[:depth], ()):
                assert warning in shown, (passage.section, warning)
                checked += 1
    assert len(procedures) >= 15
    assert checked >= 8


def test_warnings_of_the_headings_above(library: Library) -> None:
    belt, lamp = [p for p in library.passages("hp1.md") if p.kind == "steps"]
    texts = [warning.text for warning in library.warnings_for(belt)]
    assert [text.split("\n")[1] for text in texts] == [
        "Read all of this manual first.",
        "Lock out the machine before any work.",
        "Keep the old belt away from oil.",
    ]
    assert "The belt is under tension." in belt.text
    others = [warning.text for warning in library.warnings_for(lamp)]
    assert not any("belt" in text for text in others)
    assert any("Lock out" in text for text in others)


def test_what_is_no_procedure_has_none(library: Library) -> None:
    assert all(
        library.warnings_for(passage) == ()
        for passage in library.passages("hp1.md")
        if passage.kind in ("warning", "table")
    )
