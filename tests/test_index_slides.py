"""Slides: titles, numbered steps, notes, merged table cells, and what is hidden or a picture."""

from __future__ import annotations

from pathlib import Path

import pytest
from office_files import slides_file

from index.manuals.coverage import Skipped
from index.manuals.slides import SlidesReader
from index.passages.chunk import chunk


@pytest.mark.parametrize("ja", [True, False])
def test_a_deck_in_both_languages(ja: bool, tmp_path: Path) -> None:
    reading = SlidesReader().open(slides_file(tmp_path / "a.pptx", ja))
    pages = list(reading.pages)
    assert [page.label for page in pages] == ["1", "2"]
    assert reading.skipped == (Skipped("hidden_slide", "3"),)
    assert [(b.kind, b.label, b.text) for b in pages[0].blocks] == (
        [("heading", "", "ベルトの交換"), ("step", "1.", "電源を切る"), ("step", "2.", "カバーを外す"),
         ("step", "3.", "ベルトを付ける"), ("paragraph", "", "張力は 24 N·m とする。")]
        if ja else
        [("heading", "", "Replacing the belt"), ("step", "1.", "Switch off"), ("step", "2.", "Remove the cover"),
         ("step", "3.", "Fit the belt"), ("paragraph", "", "Tighten the belt to 24 N·m.")]
    )  # fmt: skip
    alarms = [draft for draft in chunk(pages) if draft.kind == "alarm"]
    assert [draft.codes[0] for draft in alarms] == ["E101", "E102"]
    assert ("短絡" if ja else "Short circuit") in alarms[0].text


def test_shapes_are_read_from_top_to_bottom_and_pictures_counted(tmp_path: Path) -> None:
    import pptx
    from PIL import Image
    from pptx.util import Inches

    deck = pptx.Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[6])
    for text, left, top in (("third", 1, 4), ("second", 5, 1), ("First line", 1, 1)):
        box = slide.shapes.add_textbox(Inches(left), Inches(top), Inches(2), Inches(1))
        box.text_frame.text = text
    Image.new("RGB", (40, 40)).save(tmp_path / "a.png")
    for number in range(2):
        target = slide if number == 0 else deck.slides.add_slide(deck.slide_layouts[6])
        target.shapes.add_picture(str(tmp_path / "a.png"), 0, Inches(5))
    deck.save(str(tmp_path / "a.pptx"))
    pages = list(SlidesReader().open(tmp_path / "a.pptx").pages)
    assert [(b.kind, b.text) for b in pages[0].blocks] == [
        ("heading", "First line"), ("paragraph", "second"), ("paragraph", "third"),
    ]  # fmt: skip
    assert pages[0].skipped == (Skipped("picture", "1"),)
    assert pages[1].skipped == (Skipped("scan", "2"),), "a slide that is only a picture is a scan"
