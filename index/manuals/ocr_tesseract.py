"""Tesseract: finds and reads printed lines in a picture, by the program of that name where the system has it.

Source of its output: tesseract(1), "tsv": one row a word with its box in pixels and its confidence in percent. Data:
jpn and eng (Apache-2.0), on Debian and Ubuntu: apt-get install tesseract-ocr tesseract-ocr-jpn.
"""

from __future__ import annotations

import io
import logging
import os
import re
import shutil
import statistics
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby, pairwise

import numpy as np

from index.errors import ManualDamaged
from index.manuals.ocr import Image, Printed, Quad

log = logging.getLogger(__name__)

LANGUAGES = "jpn+eng"
_NEEDED = {"jpn", "eng"}
_LINES = 11  # page segmentation: as much text as there is, in no order; columns and tables are index.manuals' own work
_TURN = 0  # page segmentation: orientation only
_LSTM = 1  # engine mode: the neural one, which is better and all that some packages bring data for
_TURN_SURE = 2.0  # confidence of an orientation below which it is none
_PAGE_S = 240  # seconds for one page; a full one takes 10 on one core
_LEAST_SIZE = 32  # pixels: a smaller picture holds no line
_GAP = 0.6  # of a line's height: two words further apart have a blank between them, also in Japanese
_WIDE = "\u2e80"  # from here on characters are set without blanks
_FEWEST = 4  # words that tell how a line slopes
_OTHER_WAY = 'Scan the page again, or read it by the other program: ocr = "rapidocr" in andon.toml.'


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    sure: float
    x0: float
    top: float
    x1: float
    bottom: float

    @property
    def middle(self) -> tuple[float, float]:
        return (self.x0 + self.x1) / 2, (self.top + self.bottom) / 2


def is_present() -> bool:
    """Whether the program is on PATH, with its Japanese data."""
    program = shutil.which("tesseract")
    return program is not None and _languages(program) >= _NEEDED


@lru_cache(maxsize=4)
def _languages(program: str) -> frozenset[str]:
    try:
        said = subprocess.run([program, "--list-langs"], capture_output=True, text=True, timeout=30, check=True).stdout
    except (OSError, subprocess.SubprocessError) as failed:
        log.warning("Tesseract is not used: %s does not run (%s).", program, failed)
        return frozenset()
    return frozenset(said.split()) & (_NEEDED | {"osd"})


class Tesseract:
    """An engine as index.manuals.ocr.Engine: reads a picture whole when its lines are asked for, and tells from that
    what stands in each. One thread: a box answers questions beside it."""

    def __init__(self) -> None:
        self._last: tuple[Image, list[list[_Word]]] | None = None

    def turned(self, image: Image) -> int | None:
        """By Tesseract's own guess, which needs some dozens of letters; 0 where it has none."""
        if min(image.shape[:2]) < _LEAST_SIZE:
            return 0
        said = _asked(image, _TURN, "osd")
        turn, sure = (re.search(rf"{name}: *([\d.]+)", said) for name in ("Rotate", "Orientation confidence"))
        if turn is None or sure is None or float(sure[1]) < _TURN_SURE:
            return 0
        return (4 - round(float(turn[1]) / 90)) % 4

    def find(self, image: Image) -> list[Quad]:
        return [_quad(line) for line in self._lines(image)]

    def read(self, image: Image, quad: Quad, upside_down: bool = False) -> Printed:
        """``upside_down`` is not looked at: which way is up was told by ``turned``."""
        inside = [word for line in self._lines(image) for word in line if _holds(quad, word.middle)]
        total = sum(len(word.text) for word in inside)
        if not total:
            return Printed("", 0.0, quad)
        return Printed(_joined(inside), sum(len(word.text) * word.sure for word in inside) / total, quad)

    def _lines(self, image: Image) -> list[list[_Word]]:
        if self._last is None or self._last[0] is not image:
            small = min(image.shape[:2]) < _LEAST_SIZE
            self._last = (image, [] if small else _lines_of(_asked(image, _LINES, LANGUAGES)))
        return self._last[1]


def _asked(image: Image, segmentation: int, languages: str) -> str:
    """What the program says of a picture. Raises ManualDamaged where it does not end or cannot be run."""
    from PIL import Image as Pillow

    packed = io.BytesIO()
    Pillow.fromarray(image).convert("L").save(packed, "PNG", compress_level=1)
    how = [] if segmentation == _TURN else ["--oem", str(_LSTM), "tsv"]  # the data for turns are of the older engine
    command = ["tesseract", "stdin", "stdout", "-l", languages, "--psm", str(segmentation), *how]
    try:
        done = subprocess.run(
            command, input=packed.getvalue(), capture_output=True, timeout=_PAGE_S,
            env={**os.environ, "OMP_THREAD_LIMIT": "1"},
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as failed:
        said = f"it took more than {_PAGE_S} s" if isinstance(failed, subprocess.TimeoutExpired) else str(failed)
        raise ManualDamaged(f"Tesseract could not read a page: {said}.", _OTHER_WAY) from failed
    if done.returncode and segmentation != _TURN:  # too few letters to tell how a page is turned is an error to it
        said = " ".join(done.stderr.decode("utf-8", "replace").split())[:160]
        raise ManualDamaged(f"Tesseract could not read a page: {said}.", _OTHER_WAY)
    return done.stdout.decode("utf-8", "replace")


def _lines_of(table: str) -> list[list[_Word]]:
    """The words of each line, from left to right."""
    rows = [row.split("\t") for row in table.splitlines()[1:]]
    words = [row for row in rows if len(row) == 12 and row[0] == "5" and row[11].strip()]
    return [[_word(row) for row in line] for _, line in groupby(words, key=lambda row: tuple(row[1:5]))]


def _word(row: Sequence[str]) -> _Word:
    x, y, wide, high = (float(value) for value in row[6:10])
    return _Word(row[11].strip(), max(0.0, float(row[10]) / 100), x, y, x + wide, y + high)


def _quad(line: Sequence[_Word]) -> Quad:
    """Around the words of a line, as slanted as they stand: the program's boxes are always upright."""
    x0, x1 = min(word.x0 for word in line), max(word.x1 for word in line)
    slope = 0.0
    if len(line) >= _FEWEST:
        xs, ys = np.array([word.middle for word in line]).T
        slope = float(np.polyfit(xs, ys, 1)[0])
    high = max(word.bottom - word.top for word in line) if not slope else _height(line)
    middle = statistics.median(word.middle[1] - slope * (word.middle[0] - x0) for word in line)
    rise = slope * (x1 - x0)
    top, bottom = middle - high / 2, middle + high / 2
    return Quad(((x0, top), (x1, top + rise), (x1, bottom + rise), (x0, bottom)))


def _height(line: Sequence[_Word]) -> float:
    return statistics.quantiles([word.bottom - word.top for word in line], n=10)[-1]


def _holds(quad: Quad, point: tuple[float, float]) -> bool:
    """Whether a point lies in a quad whose sides are nearly level and upright."""
    (x0, y0), (x1, y1), _, (_, y3) = quad.corners
    if not x0 <= point[0] <= x1:
        return False
    top = y0 + (y1 - y0) * (point[0] - x0) / max(1e-9, x1 - x0)
    return top - 1 <= point[1] <= top + (y3 - y0) + 1


def _joined(words: Sequence[_Word]) -> str:
    """Words as they are set: Latin ones with blanks between them, Japanese without, but where a gap shows one."""
    out = words[0].text
    for before, word in pairwise(words):
        japanese = before.text[-1] >= _WIDE or word.text[0] >= _WIDE
        gap = word.x0 - before.x1 > _GAP * (word.bottom - word.top)
        out += word.text if japanese and not gap else f" {word.text}"
    return out
