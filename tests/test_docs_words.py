"""The guides for people name the pages' buttons and parts as the pages do, and lead to files that are there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ui.wording import all_wording

ROOT = Path(__file__).resolve().parents[1]
ENGLISH = [ROOT / "docs" / name for name in ("operator.md", "admin.md")]
JAPANESE = [ROOT / "docs/ja" / name for name in ("README.md", "operator.md", "admin.md")]
OTHERS = [ROOT / "docs/ja" / name for name in ("evaluate.md", "training.md", "training-data.md")]
PAGES = [*ENGLISH, *JAPANESE, *OTHERS]
SAID = {"2番目の手順は?", "また出たら?", "マニュアルに答えがない"}  # what people ask and what is told in other words


@pytest.mark.parametrize("page", JAPANESE, ids=lambda page: page.name)
def test_words_in_brackets_are_those_of_the_pages(page: Path) -> None:
    told = "\n".join(entry["ja"] for entry in all_wording().values())
    named = set(re.findall("「([^」]+)」", page.read_text("utf-8"))) - SAID
    assert named
    assert [name for name in sorted(named) if name not in told] == []


@pytest.mark.parametrize("page", ENGLISH, ids=lambda page: page.name)
def test_headings_of_what_is_shown_are_those_of_the_pages(page: Path) -> None:
    """First cells of the tables: an English page begins so, or is called so."""
    told = [entry["en"] for entry in all_wording().values()]
    cells = re.findall(r"^\| (?!It says|part |Try a search)([A-Z][^|]+?) \|", page.read_text("utf-8"), re.MULTILINE)
    assert cells
    assert [cell for cell in cells if not any(cell.partition(",")[0] in text for text in told)] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_to_files(page: Path) -> None:
    links = [link for link in re.findall(r"\]\(([^)#]+)", page.read_text("utf-8")) if "://" not in link]
    assert links
    assert [link for link in links if not (page.parent / link).exists()] == []
