"""Codes of made manuals, said and mistyped in many ways: the right entry is first, or a choice of the right ones."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from code_manuals import Made, write_manuals
from code_wordings import Asked, all_asked

from index.codes.find import find_codes
from index.codes.readings import in_digits, joined_up, mended
from index.library import Library
from index.options import IndexOptions
from index.passage import Passage
from index.search.searcher import Results

EACH = 9  # so many of the 2,185 questions are left out for each one asked here
LEAST = 0.99


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder = tmp_path_factory.mktemp("makers")
    with Library(IndexOptions(folder / "index", embedder="none"), write=True) as made:
        for file in write_manuals(folder):
            made.add(file)
        yield made


def is_right(results: Results, asked: Asked, passages: dict[str, Passage]) -> bool:
    """The first hit is the entry; of an ambiguous code also all its entries are offered, and nothing else."""
    if not results.hits or not any(
        hit.manual.name == made.file and holds(hit.passage, made) for hit in results.hits[:1] for made in asked.right
    ):
        return False
    if len(asked.right) == 1:
        return True
    offered = [passages[choice.passage_id] for choice in results.choices]
    return len(offered) == len(asked.right) and all(any(holds(one, made) for one in offered) for made in asked.right)


def holds(passage: Passage, made: Made) -> bool:
    return made.remedy in " ".join(passage.text.split())


def test_codes_are_found_however_they_are_said_or_typed(library: Library) -> None:
    passages = {one.id: one for manual in library.manuals() for one in library.passages(manual.id)}
    asked = all_asked()
    sample = [one for number, one in enumerate(asked) if number % EACH == 0 or len(one.right) > 1]
    wrong = [one.question for one in sample if not is_right(library.search(one.question, 3), one, passages)]
    assert len(sample) > 200
    assert len(wrong) <= (1 - LEAST) * len(sample), wrong


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("alarm number twelve", "alarm number 12"), ("error thirty-three again", "error 33 again"),
        ("E four oh one came up", "E401 came up"), ("number seven error", "number 7 error"),
        ("アラーム十二", "アラーム12"), ("エラーの二十三番", "エラーの23番"), ("十二番のエラー", "12番のエラー"),
        ("エーエル32", "AL32"),
    ],
)  # fmt: skip
def test_numbers_in_words_are_digits(said: str, meant: str) -> None:
    assert in_digits(said) == meant


@pytest.mark.parametrize(
    "text",
    [
        "how often is it replaced?", "A one-way valve", "error one of the axes", "アラーム一覧", "エラー三回",
        "異常一つ", "alarms ten times", "errors on one axis", "モーター12",
    ],
)  # fmt: skip
def test_other_words_stay(text: str) -> None:
    assert in_digits(text) == text


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("E4O1", "E401"), ("al.32.", "AL32"), ("8003 [7]", "8003_7"), ("8003の7", "8003_7"), ("Pr-PA01", "PA01"),
        ("PA-01", "PA01"), ("ALE6", "ALE6"), ("Ox1E", "0x1E"), ("1Eh", "0x1E"), ("E_401", "E401"), ("Eの401", "E401"),
        ("AL321", "AL32.1"),
    ],
)  # fmt: skip
def test_slips_have_a_reading(typed: str, code: str) -> None:
    readings = (typed, *mended(typed))
    assert code in {found.canonical for text in readings for found in find_codes(text)}


@pytest.mark.parametrize(
    ("typed", "meant"), [("AL 30 1", "AL 30.1"), ("PLC E052", "PLC-E052"), ("AL.30 3回", "AL.30 3回")]
)
def test_pieces_of_a_code_are_put_together(typed: str, meant: str) -> None:
    assert joined_up(typed) == meant
