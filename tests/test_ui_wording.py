"""Wording: every sentence in both languages, with the same places, and one for every error there is."""

from __future__ import annotations

import importlib
import inspect
import re
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.errors import AssistantFailed
from edge.errors import EdgeFailed
from index.errors import IndexFailed
from training.errors import TrainingFailed
from ui.wording import LANGS, all_wording, say, say_error
from ui.wording.errors import ERRORS
from ui.wording.pages import PAGES

ROOT = Path(__file__).resolve().parents[1]
JAPANESE = re.compile(r"[ぁ-んァ-ヶ一-龠]")
# names that are the same in both languages
SAME = {"quote.kind.faq", "admin.failed_file", "figures.times.p95"}


def subclasses(kind: type) -> Iterator[type]:
    yield kind
    for below in kind.__subclasses__():
        yield from subclasses(below)


def error_codes() -> list[str]:
    """Codes of every error class on the floors below, wherever it is written."""
    for floor in ("index", "assistant", "edge"):
        for file in (ROOT / floor).rglob("*.py"):
            if "Failed" in file.read_text(encoding="utf-8"):
                importlib.import_module(".".join(file.relative_to(ROOT).with_suffix("").parts))
    found = {found for base in (IndexFailed, AssistantFailed, EdgeFailed, TrainingFailed) for found in subclasses(base)}
    return sorted({error.code for error in found if not error.__module__.startswith(("test", "fake"))})  # type: ignore[attr-defined]


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("key", sorted({**all_wording(), **ERRORS}))
def test_a_sentence_is_there_in_both_languages(key: str) -> None:
    entry = {**all_wording(), **ERRORS}[key]
    assert set(entry) == set(LANGS)
    assert all(text.strip() for text in entry.values())
    assert places(entry["ja"]) == places(entry["en"])
    assert not JAPANESE.search(entry["en"])


@pytest.mark.parametrize("key", sorted(set(PAGES) | set(ERRORS)))
def test_japanese_is_japanese(key: str) -> None:
    text = {**PAGES, **ERRORS}[key]["ja"]
    assert JAPANESE.search(text) or key in SAME


def test_every_error_has_wording() -> None:
    codes = error_codes()
    assert len(codes) >= 20
    not_errors = ["unexpected", "runner_crashed", "answer_late"]  # codes that stand for what is no error class of ours
    assert [code for code in [*codes, *not_errors] if code not in ERRORS] == []


def test_errors_have_no_places_so_that_every_door_can_show_them() -> None:
    assert [code for code, entry in ERRORS.items() if places(entry["ja"])] == []


def test_keys_of_the_files_do_not_collide() -> None:
    """``all_wording`` puts the files' entries together; a key of two files would keep the last one's."""
    source = inspect.getsource(all_wording)
    files = re.findall(r"from (ui\.wording\.\w+) import (\w+)", source)
    assert len(files) >= 7
    entries = [getattr(importlib.import_module(module), name) for module, name in files]
    assert len(all_wording()) == sum(map(len, entries))


def test_every_key_the_pages_name_exists() -> None:
    """Keys in the source that stand whole; those put together from parts are covered by the tests of their page."""
    named = set()
    for file in (ROOT / "ui").rglob("*.py"):
        named |= set(re.findall(r'say\(\s*["\']([a-z_]+\.[a-z_.0-9]+)["\']', file.read_text(encoding="utf-8")))
    assert len(named) > 50
    assert sorted(named - set(all_wording())) == []


def test_say_fills_its_places_and_an_unknown_code_falls_back() -> None:
    assert say("quote.page", "en", label="5-3") == "Page 5-3"
    assert say_error("no_such_code", "ja", "as it was") == "as it was"
