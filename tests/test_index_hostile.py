"""Hostile files, a quick part of tests/bench_hostile.py: each ends with a clear message or is read, nothing is left."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from index.options import Caps, IndexOptions
from tests.hostile_files import Hostile, hostile_files
from tests.hostile_run import Bounds, Service

CAPS = Caps(page_s=20.0, whole_s=30.0, per_page_s=1.0)
BOUNDS = Bounds(seconds=60.0, reader_mb=3072, service_mb=4000, search_ms=60_000.0)  # a busy machine may be slow
# what each must come to; "" where it is read
EXPECTED = {
    "text": {
        "surrogates.txt": "manual_damaged",
        "mixed.txt": "manual_damaged",
        "nulls.txt": "manual_damaged",
        "right to left.txt": "",
        "open quote.csv": "manual_damaged",
        "separators.csv": "",
        "divs.html": "reader_crashed",
        "wide span.html": "",
        "negative span.html": "",
        "list start.html": "",
        "number.md": "",
        "laughs.adoc": "",
        "columns.adoc": "",
        "include a file.adoc": "",
        "start.adoc": "",
    },
    "slow": {"slashes at once.txt": None},
    "pdf": {
        "cut at 0.5.pdf": "manual_damaged",
        "page tree cycle.pdf": None,
        "form in itself.pdf": None,
        "password.pdf": "manual_encrypted",
        "no pages.pdf": "manual_damaged",
        "huge page.pdf": None,
    },
    "office": {
        "cut at 0.7.docx": "manual_damaged",
        "laughs.xlsx": "manual_unsafe",
        "locked.pptx": "manual_encrypted",
        "old.docx": "old_format",
        "roman.docx": "",
        "letters.docx": "",
        "odd spans.docx": "",
        "dimension.xlsx": "",
        "outline.docx": None,
    },
    "archive": {"overlap.zip": None, "link.zip": "", "name 0.zip": "", "nested 3.zip": "", "locked.zip": ""},
    "picture": {"most pixels.png": "manual_too_large", "large.tif": "manual_too_large", "cut at 0.3 a.png": None},
    "name": {"../../../etc/passwd.txt": "", "line\nbreak.txt": ""},
    "disguise": {"png.pdf": "unknown_format", "empty.docx": "empty_manual"},
    "odd": {
        "tables of each other.pdf": "",
        "merged from above nothing.docx": "",
        "strings that are not there.xlsx": "manual_damaged",
        "names by form.zip": "",
        "a telephone's.jpg": "unknown_format",
    },
}


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("hostile")
    made = Service(folder, IndexOptions(folder=folder / "index", caps=CAPS), BOUNDS)
    yield made
    made.close()


CHOSEN = [hostile for hostile in hostile_files() if hostile.name in EXPECTED.get(hostile.group, {})]


def test_every_expected_file_is_there() -> None:
    assert len(CHOSEN) == sum(map(len, EXPECTED.values()))
    assert len(hostile_files()) >= 300


@pytest.mark.parametrize("hostile", CHOSEN, ids=lambda hostile: f"{hostile.group}: {hostile.name!a}")
def test_a_hostile_file_ends_clearly_and_changes_nothing_else(
    hostile: Hostile, service: Service, tmp_path: Path
) -> None:
    path = tmp_path / "upload"
    path.write_bytes(hostile.content())
    out = service.feed(hostile.group, hostile.name, path, hostile.holds)
    assert out.faults == []
    expected = EXPECTED[hostile.group][hostile.name]
    if expected is not None:
        assert (out.code, out.message if not expected else "") == (expected, "")
