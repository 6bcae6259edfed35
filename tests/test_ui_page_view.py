"""The page of a quote: as printed with the passage marked, or its text, and what is told where neither is certain."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from index.library import Library
from index.options import IndexOptions
from index.passage import Manual
from ui.page_view import TEXT_PAGE, Place, place_html, text_pages, view_html
from ui.wording import say

ROOT = Path(__file__).resolve().parents[1]
TEXT = "# Pump P-9\n\n" + "\n\n".join(
    f"## {number} Part {number}\n\n" + " ".join([f"Sentence {number} of the part says nothing new."] * 12)
    for number in range(1, 9)
)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder = tmp_path_factory.mktemp("view")
    (folder / "p9.md").write_text(TEXT.replace("nothing new", "<b>nothing</b> `new`", 1), encoding="utf-8")
    with Library(IndexOptions(folder / "index"), write=True) as opened:
        opened.add(ROOT / "demo" / "manuals" / "cf40.pdf")
        opened.add(folder / "p9.md")
        yield opened


def named(library: Library, name: str) -> Manual:
    return library.manual(name)


def test_the_passage_is_marked_where_it_stands(library: Library) -> None:
    manual = named(library, "cf40.pdf")
    passage = next(one for one in library.passages(manual.id) if one.kind == "steps" and len(one.boxes) == 1)
    html = place_html(library, manual.id, Place(1, passage.id), "en")
    box = passage.boxes[0]
    assert f'data-page="{box.page}"' in html  # its own page, whatever was asked for
    mark = re.search(r"left: ([\d.]+)%; top: ([\d.]+)%; width: ([\d.]+)%; height: ([\d.]+)%", html)
    assert mark is not None
    left, top, width, height = map(float, mark.groups())
    assert left / 100 * 595.28 == pytest.approx(box.x0 - 4, abs=0.1)
    assert (top + height) / 100 * 841.89 == pytest.approx(box.y1 + 4, abs=0.1)
    assert width > 20
    assert say("quote.page", "en", label=passage.page_labels[0]) in html
    assert f"/manuals/{manual.id}/pages/{box.page}.png" in html
    turned = place_html(library, manual.id, Place(box.page + 1, passage.id, turned=True), "en")
    assert f'data-page="{box.page + 1}"' in turned
    assert "a-mark-box" not in turned


def test_a_passage_of_an_earlier_revision_is_not_marked_anywhere(library: Library) -> None:
    manual = named(library, "cf40.pdf")
    html = place_html(library, manual.id, Place(7, "gone"), "ja")
    assert 'data-page="7"' in html
    assert say("view.replaced", "ja") in html
    assert "a-mark-box" not in html
    other = library.passages(named(library, "p9.md").id)[0]
    assert say("view.replaced", "ja") in place_html(library, manual.id, Place(1, other.id), "ja")


def test_a_format_without_pages_is_read_as_text(library: Library) -> None:
    manual = named(library, "p9.md")
    passages = library.passages(manual.id)
    last = passages[-1]
    html = place_html(library, manual.id, Place(1, last.id), "ja")
    assert say("view.text", "ja") in html
    assert html.count("a-quoted") == 1
    assert "8 Part 8" in html
    first = place_html(library, manual.id, Place(1, last.id, turned=True), "ja")
    assert "a-quoted" not in first
    assert "&lt;b&gt;" in first or "<b>" not in first.replace("<b></b>", "")
    pages = text_pages(passages)
    assert [one for page in pages for one in page] == passages
    assert len(pages) > 1
    assert all(sum(len(one.text) for one in page[:-1]) < TEXT_PAGE for page in pages)


def test_the_viewer_speaks_both_languages() -> None:
    assert say("view.next", "ja") in view_html("ja")
    assert say("view.next", "en") in view_html("en")
