"""The characters of a page, read in bulk, are those that pdfium's own functions give one by one."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pypdfium2
import pypdfium2.raw as raw
import pytest

from assistant.settings import ROOT
from index.manuals.pdf_characters import _paired, direction_of, read_characters
from index.manuals.pdf_drawing import Turn

MANUALS = ROOT / "demo" / "manuals"


@pytest.fixture(params=[("cf40.pdf", 4), ("sc200.pdf", 8)], ids=["english", "japanese"])
def opened(request: pytest.FixtureRequest) -> Iterator[tuple[Any, Any]]:
    """(page, its text page)"""
    name, number = request.param
    document = pypdfium2.PdfDocument(Path(MANUALS / name))
    page = document[number]
    textpage = page.get_textpage()
    yield page, textpage
    textpage.close()
    document.close()


def turned(page: Any, rotation: int) -> Turn:
    return Turn(0, 0, page.get_width(), page.get_height(), rotation)


def one_by_one(textpage: Any, height: float) -> list[tuple[str, float, float, float, float, float]]:
    """(character, x0, top, x1, bottom, baseline) of an upright page that begins at 0, 0."""
    out = []
    box, x, y = raw.FS_RECTF(), ctypes.c_double(), ctypes.c_double()
    for place in range(textpage.count_chars()):
        unit = raw.FPDFText_GetUnicode(textpage.raw, place)
        if unit < 32 or raw.FPDFText_IsGenerated(textpage.raw, place) == 1:
            continue
        raw.FPDFText_GetLooseCharBox(textpage.raw, place, box)
        raw.FPDFText_GetCharOrigin(textpage.raw, place, x, y)
        text = " " if unit == 0xA0 else chr(unit)
        out.append((text, box.left, height - box.top, box.right, height - box.bottom, height - y.value))
    return out


def test_places_are_those_asked_for_one_by_one(opened: tuple[Any, Any]) -> None:
    page, textpage = opened
    read = read_characters(textpage, turned(page, 0))
    columns = (read.x0, read.top, read.x1, read.bottom, read.baseline)
    found = list(zip(read.texts, *(column.tolist() for column in columns), strict=True))
    assert len(found) > 200
    assert found == one_by_one(textpage, page.get_height())


def test_all_characters_of_a_text_object_look_as_each_of_them_does(opened: tuple[Any, Any]) -> None:
    page, textpage = opened
    read = read_characters(textpage, turned(page, 0))
    seen = [n for n in range(textpage.count_chars()) if raw.FPDFText_GetUnicode(textpage.raw, n) >= 32]
    seen = [n for n in seen if raw.FPDFText_IsGenerated(textpage.raw, n) != 1]
    assert read.size.tolist() == pytest.approx([raw.FPDFText_GetFontSize(textpage.raw, n) for n in seen])
    assert {round(raw.FPDFText_GetCharAngle(textpage.raw, n), 3) for n in seen} == {0.0}
    assert not read.sideways.any()


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_a_page_turned_as_a_whole_is_read_upright(opened: tuple[Any, Any], rotation: int) -> None:
    page, textpage = opened
    assert direction_of(textpage, rotation) == 0  # its text runs along the page as it was set
    read = read_characters(textpage, turned(page, rotation))
    assert set(read.sideways.tolist()) == {(0 - rotation) % 360}


def test_halves_of_a_pair_become_one_character() -> None:
    waits, units = _paired(np.array([0x41, 0xD83D, 0xDE00, 0x42, 0xDE00, 0xD83D], dtype=np.int64))
    assert [chr(unit) for unit, half in zip(units.tolist(), waits.tolist(), strict=True) if not half] == [
        "A",
        "😀",
        "B",
    ]
