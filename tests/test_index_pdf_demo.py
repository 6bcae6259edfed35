"""The demo manuals read from print hold what their sources say: every heading, step list, warning and alarm row."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import pytest

from index.codes.find import find_codes
from index.manuals.block import Block, Page
from index.manuals.markdown import blocks_of_markdown
from index.manuals.pdf import PdfReader
from index.passages.chunk import DraftPassage, chunk
from index.passages.rows import is_alarm_row

DEMO = Path(__file__).resolve().parents[1] / "demo"
SLUGS = sorted(path.stem for path in (DEMO / "manuals").glob("*.pdf"))
pytestmark = pytest.mark.skipif(not SLUGS, reason="demo/manuals has no PDFs: python demo/build_manuals.py")


@lru_cache
def read(slug: str) -> tuple[tuple[Page, ...], tuple[DraftPassage, ...], tuple[Block, ...]]:
    pages = tuple(PdfReader().open(DEMO / "manuals" / f"{slug}.pdf").pages)
    source = (DEMO / "sources" / slug / "manual.md").read_text(encoding="utf-8").split("\n---\n", 1)[1]
    return pages, tuple(chunk(pages)), tuple(blocks_of_markdown(source))


def squeezed(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize("slug", SLUGS)
def test_every_printed_page_has_its_label(slug: str) -> None:
    pages, _, _ = read(slug)
    labels = [page.label for page in pages]
    assert labels[0] == "i"
    assert len(set(labels)) == len(labels)
    chapters = [label.split("-") for label in labels if "-" in label]
    assert [int(number) for chapter, number in chapters if chapter == "1"] == list(
        range(1, 1 + sum(chapter == "1" for chapter, _ in chapters))
    )


@pytest.mark.parametrize("slug", SLUGS)
def test_every_heading_is_found_at_its_level(slug: str) -> None:
    pages, _, source = read(slug)
    wanted = [(b.level, squeezed(b.text)) for b in source if b.kind == "heading"]
    printed = [(b.level, squeezed(b.text)) for page in pages for b in page.blocks if b.kind == "heading"]
    assert printed[-len(wanted) :] == wanted


@pytest.mark.parametrize("slug", SLUGS)
def test_every_procedure_is_whole_in_one_passage_in_order(slug: str) -> None:
    _, passages, source = read(slug)
    procedures: list[list[Block]] = []
    for block in source:
        if block.kind != "step":
            continue
        if block.label == "1." or not procedures:
            procedures.append([])
        procedures[-1].append(block)
    assert len(procedures) >= 10
    texts = [squeezed(p.text) for p in passages if p.kind in ("steps", "alarm")]
    for steps in procedures:
        whole = [squeezed(f"{step.label} {step.text}") for step in steps]
        assert any(_in_order(whole, text) for text in texts), steps[0].text


def _in_order(parts: list[str], text: str) -> bool:
    at = 0
    for part in parts:
        at = text.find(part, at)
        if at < 0:
            return False
        at += len(part)
    return True


@pytest.mark.parametrize("slug", SLUGS)
def test_every_warning_stays_whole(slug: str) -> None:
    _, passages, source = read(slug)
    warnings = [b for b in source if b.kind == "warning"]
    assert len(warnings) >= 5
    texts = [squeezed(p.text) for p in passages if p.kind in ("warning", "steps", "alarm")]
    for warning in warnings:
        body = [squeezed(line.removeprefix("- ")) for line in warning.text.split("\n")[1:]]
        assert any(_in_order(body, text) for text in texts), warning.text


@pytest.mark.parametrize("slug", SLUGS)
def test_every_alarm_row_is_a_passage_with_its_headers(slug: str) -> None:
    _, passages, source = read(slug)
    alarms = [b for b in source if is_alarm_row(b)]
    assert len(alarms) >= 10
    for alarm in alarms:
        code = find_codes(alarm.cells[0][1])[0].canonical
        wanted = squeezed("".join(f"{header}: {cell}" for header, cell in alarm.cells if cell))
        found = [p for p in passages if p.kind == "alarm" and p.codes[:1] == (code,) and squeezed(p.text) == wanted]
        assert len(found) == 1, alarm.text


@pytest.mark.parametrize("slug", SLUGS)
def test_nothing_of_the_running_heads_is_left_in_passages(slug: str) -> None:
    pages, passages, _ = read(slug)
    title = PdfReader().open(DEMO / "manuals" / f"{slug}.pdf").title.rsplit(" (", 1)[0]
    first_body_page = next(page.number for page in pages if page.label == "1-1")
    assert not [p for p in passages if p.pages[0] >= first_body_page and p.text.startswith(title)]
