"""Page images: pages as people see them, the passage in its box, kept within a bound, whatever the file does."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from test_index_pdf import make_pdf

from index.errors import IndexFailed, ManualDamaged, PageNotDrawn, PageUnknown, PageWithoutPicture
from index.library import Library
from index.manuals.page_drawing import LONGEST_PX
from index.options import MEGABYTE, DrawCaps, IndexOptions
from index.page_images import PageImage, PageImages

HASH = "a" * 64
ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def images(tmp_path: Path) -> Iterator[PageImages]:
    made = PageImages(tmp_path / "drawn")
    yield made
    made.close()


def pixels(image: PageImage) -> np.ndarray:
    with Image.open(image.path) as picture:
        return np.asarray(picture.convert("L"))


def two_pages(path: Path) -> Path:
    return make_pdf(path, [lambda c: c.drawString(72, 700, "first"), lambda c: c.drawString(300, 300, "second")])


def ink(grey: np.ndarray) -> tuple[int, int, int, int]:
    """The rectangle that holds everything dark: left, top, right, bottom in pixels."""
    rows, columns = np.nonzero((grey < 128).any(axis=1))[0], np.nonzero((grey < 128).any(axis=0))[0]
    return int(columns[0]), int(rows[0]), int(columns[-1]), int(rows[-1])


def test_a_page_is_drawn_once_in_its_size(images: PageImages, tmp_path: Path) -> None:
    source = two_pages(tmp_path / "a.pdf")
    first, second = images.image(source, HASH, 1, 2.0), images.image(source, HASH, 2, 2.0)
    assert pixels(first).shape == (round(first.height * 2), round(first.width * 2))
    assert ink(pixels(first))[0] == pytest.approx(2 * 72, abs=4)
    assert ink(pixels(second))[0] == pytest.approx(2 * 300, abs=4)
    source.unlink()
    assert images.image(source, HASH, 1, 1.8) == first  # the next larger step was drawn already
    with pytest.raises(PageNotDrawn, match="missing"):
        images.image(source, HASH, 1, 1.0)


def test_a_large_page_gets_fewer_pixels(images: PageImages, tmp_path: Path) -> None:
    from reportlab.pdfgen.canvas import Canvas

    canvas = Canvas(str(tmp_path / "a0.pdf"), pagesize=(2384, 3370))
    canvas.drawString(100, 100, "A0")
    canvas.save()
    drawn = images.image(tmp_path / "a0.pdf", HASH, 1, 4.0)
    assert max(pixels(drawn).shape) == LONGEST_PX
    assert (drawn.width, drawn.height) == (2384, 3370)


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_passages_lie_in_their_boxes_however_the_page_is_turned(tmp_path: Path, rotation: int) -> None:
    """The text is drawn so that it is upright on the page as shown; its ink must fill its box and stand nowhere
    else."""
    from reportlab.pdfgen.canvas import Canvas

    canvas = Canvas(str(tmp_path / "turned.pdf"), pagesize=(400, 600))  # as shown: turned by 90, it is 600 x 400
    canvas.setPageRotation(rotation)
    canvas.translate(*{0: (0, 0), 90: (600, 0), 180: (400, 600), 270: (0, 400)}[rotation])
    canvas.rotate(rotation)
    canvas.drawString(90, 150, "Close the guard door and reset the drive.")
    canvas.save()
    with Library(IndexOptions(tmp_path / "index"), write=True) as library:
        manual = library.add(tmp_path / "turned.pdf").manual
        (passage,) = library.passages(manual.id)
        grey = pixels(library.page_image(manual.id, 1, 2.0))
    (box,) = passage.boxes
    left, top, right, bottom = ink(grey)
    assert [left / 2, right / 2] == pytest.approx([box.x0, box.x1], abs=3)
    assert box.y0 - 3 <= top / 2 < bottom / 2 <= box.y1 + 3
    assert box.y1 - box.y0 < 30


def test_the_demo_tables_rows_lie_in_their_boxes(tmp_path: Path) -> None:
    """Japanese: each alarm's own row, and no other, stands in its box on the page as drawn."""
    import pypdfium2

    with Library(IndexOptions(tmp_path / "index"), write=True) as library:
        manual = library.add(ROOT / "demo" / "manuals" / "sc200.pdf").manual
        rows = [
            one for one in library.passages(manual.id) if one.kind == "alarm" and one.text.startswith("アラーム番号")
        ]
        drawn = library.page_image(manual.id, rows[0].pages[0])
    assert len(rows) > 10
    document = pypdfium2.PdfDocument(ROOT / "demo" / "manuals" / "sc200.pdf")
    for row in rows:
        box = row.boxes[0]
        text = (
            document[box.page - 1]
            .get_textpage()
            .get_text_bounded(box.x0 - 1, drawn.height - box.y1 - 1, box.x1 + 1, drawn.height - box.y0 + 1)
        )
        printed = "".join(text.split())
        code = row.text.split("\n")[0].removeprefix("アラーム番号: ")
        assert printed.startswith(code)
        assert printed.count("AL.") <= row.text.count("AL.")
    document.close()


def test_frames_of_a_tiff_and_a_photo_in_its_own_size(images: PageImages, tmp_path: Path) -> None:
    first, second = Image.new("L", (850, 1100), 255), Image.new("L", (850, 1100), 255)
    second.paste(0, (400, 500, 500, 600))
    first.save(tmp_path / "a.tiff", save_all=True, append_images=[second], dpi=(100, 100))
    drawn = images.image(tmp_path / "a.tiff", HASH, 2, 1.0)
    assert (drawn.width, drawn.height) == pytest.approx((612, 792))
    assert ink(pixels(drawn)) == pytest.approx((288, 360, 359, 431), abs=2)
    with pytest.raises(PageUnknown):
        images.image(tmp_path / "a.tiff", HASH, 3, 1.0)


def test_what_cannot_be_drawn_says_so(images: PageImages, tmp_path: Path) -> None:
    source = two_pages(tmp_path / "a.pdf")
    (tmp_path / "a.md").write_text("# A", encoding="utf-8")
    (tmp_path / "torn.pdf").write_bytes(source.read_bytes()[:200])
    for page in (0, 3, -1):
        with pytest.raises(PageUnknown):
            images.image(source, HASH, page, 1.0)
    with pytest.raises(PageWithoutPicture):
        images.image(tmp_path / "a.md", HASH, 1, 1.0)
    with pytest.raises(ManualDamaged):
        images.image(tmp_path / "torn.pdf", HASH, 1, 1.0)
    assert images.image(source, HASH, 1, 1.0).path.is_file()  # the same process goes on


@pytest.mark.parametrize("way", ["killed", "hanging", "nonsense", "odd"])
def test_a_process_that_breaks_fails_that_page_alone(tmp_path: Path, way: str) -> None:
    broken = two_pages(tmp_path / f"{way}.pdf")
    caps = DrawCaps(page_s=1.0)
    images = PageImages(tmp_path / "drawn", caps, worker="broken_reader")
    before = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (str(ROOT / "tests"), before)))
    try:
        for _ in range(2):
            with pytest.raises(PageNotDrawn):
                images.image(broken, HASH, 1, 1.0)
    finally:
        os.environ.pop("PYTHONPATH")
        if before is not None:
            os.environ["PYTHONPATH"] = before
        images.close()
    assert list((tmp_path / "drawn").iterdir()) == []


def test_no_more_is_kept_than_the_bound(tmp_path: Path) -> None:
    noise = Image.fromarray(np.random.default_rng(1).integers(0, 255, (600, 600), dtype=np.uint8))
    noise.save(tmp_path / "a.tiff", save_all=True, append_images=[noise] * 5, dpi=(72, 72))
    images = PageImages(tmp_path / "drawn", DrawCaps(kept_bytes=3 * MEGABYTE))
    try:
        for page in range(1, 7):
            newest = images.image(tmp_path / "a.tiff", HASH, page, 1.0)
            images.image(tmp_path / "a.tiff", HASH, 1, 1.0)  # looked at again and again
    finally:
        images.close()
    kept = list((tmp_path / "drawn").iterdir())
    assert sum(path.stat().st_size for path in kept) <= 3 * MEGABYTE
    assert newest.path in kept
    assert any(path.name.startswith(f"{HASH}-1-") for path in kept)
    assert not any(path.name.startswith(f"{HASH}-2-") for path in kept)


def test_what_was_drawn_goes_with_its_manual(tmp_path: Path) -> None:
    source = two_pages(tmp_path / "a.pdf")
    with Library(IndexOptions(tmp_path / "index"), write=True) as library:
        manual = library.add(source).manual
        old = library.page_image(manual.id, 1)
        make_pdf(source, [lambda c: c.drawString(72, 700, "revised")])
        library.add(source)
        assert not old.path.exists()
        new = library.page_image(manual.id, 1)
        assert ink(pixels(new))[0] == pytest.approx(2 * 72, abs=4)
        library.remove(manual.id)
        assert not new.path.exists()
        with pytest.raises(IndexFailed):
            library.page_image(manual.id, 1)
