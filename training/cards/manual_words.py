"""The words of the made-up manuals, Japanese and English, read from manual_words.toml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from training.toml_file import read_toml

MANUAL_WORDS_FILE = Path(__file__).with_name("manual_words.toml")


@dataclass(frozen=True, slots=True)
class TableForm:
    """A kind of table. ``cells`` are the words by column; ``columns`` are ways to print it, each a list of (index into
    ``cells``, header); the cell ``key`` is what ``questions`` name."""

    titles: tuple[str, ...]
    columns: tuple[tuple[tuple[int, str], ...], ...]
    cells: tuple[tuple[str, ...], ...]
    key: int
    questions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ManualWords:
    """All word lists of one language; the file tells what stands in the braces."""

    machines: tuple[str, ...]
    names: tuple[str, ...]
    alarm_chapters: tuple[str, ...]
    alarm_groups: tuple[str, ...]
    alarm_columns: tuple[tuple[str, ...], ...]
    alarm_names: tuple[str, ...]
    alarm_details: tuple[str, ...]
    resets: tuple[str, ...]
    symptom_chapters: tuple[str, ...]
    symptom_columns: tuple[tuple[str, ...], ...]
    symptoms: tuple[str, ...]
    symptom_questions: tuple[str, ...]
    goals: tuple[str, ...]
    intros: tuple[str, ...]
    screen_steps: tuple[str, ...]
    screen_words: tuple[str, ...]
    warnings: tuple[str, ...]
    warning_texts: tuple[str, ...]
    goal_questions: tuple[str, ...]
    row_questions: tuple[str, ...]
    value_questions: tuple[str, ...]
    detail_questions: tuple[str, ...]
    safety_questions: tuple[str, ...]
    alarm_questions: Mapping[str, tuple[str, ...]]
    tables: tuple[TableForm, ...]


@lru_cache(maxsize=2)
def manual_words(lang: str) -> ManualWords:
    """The words of ``lang``, "ja" or "en"."""
    raw: dict[str, Any] = read_toml(MANUAL_WORDS_FILE)[lang]
    tables = tuple(_form(table) for table in raw.pop("tables"))
    questions = {kind: tuple(found) for kind, found in raw.pop("alarm_questions").items()}
    lists = {name: _frozen(value) for name, value in raw.items()}
    return ManualWords(tables=tables, alarm_questions=questions, **lists)


def _form(raw: Mapping[str, Any]) -> TableForm:
    return TableForm(
        titles=tuple(raw["titles"]),
        columns=tuple(tuple((int(head[0]), head[1:]) for head in columns) for columns in raw["columns"]),
        cells=_frozen(raw["cells"]),
        key=int(raw["key"]),
        questions=tuple(raw["questions"]),
    )


def _frozen(value: Any) -> Any:
    return tuple(_frozen(v) for v in value) if isinstance(value, list) else value
