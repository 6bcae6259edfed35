"""The words of the made-up factory text, Japanese and English, read from factory_words.toml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from training.toml_file import read_toml

LANGS = ("ja", "en")
WORDS_FILE = Path(__file__).with_name("factory_words.toml")
Fact = tuple[str, tuple[str, ...]]  # a sentence and the questions that it answers


@dataclass(frozen=True, slots=True)
class Words:
    """All word lists of one language; the file tells what stands in the braces. ``gap`` stands between two sentences
    of a paragraph; ``alarm_columns`` are the names of the columns code, meaning, cause and action; ``alarm_questions``
    has the questions by what they ask for: meaning, cause, action, seen (meaning and action), seen_too (action)."""

    gap: str
    parts: tuple[str, ...]
    where: tuple[str, ...]
    units: tuple[str, ...]
    times: tuple[str, ...]
    manual_names: tuple[str, ...]
    alarm_titles: tuple[str, ...]
    alarm_columns: tuple[tuple[str, str, str, str], ...]
    meanings: tuple[str, ...]
    causes: tuple[str, ...]
    actions: tuple[str, ...]
    alarm_questions: Mapping[str, tuple[str, ...]]
    parameter_titles: tuple[str, ...]
    parameter_names: tuple[str, ...]
    parameter_facts: tuple[Fact, ...]
    parameter_questions: tuple[str, ...]
    goals: tuple[str, ...]
    goal_questions: tuple[str, ...]
    fact_titles: tuple[str, ...]
    facts: tuple[Fact, ...]


@lru_cache(maxsize=len(LANGS))
def factory_words(lang: str) -> Words:
    """The words of ``lang``, "ja" or "en"."""
    raw = read_toml(WORDS_FILE)[lang]
    return Words(**{name: _frozen(value) for name, value in raw.items()})


def _frozen(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_frozen(v) for v in value)
    if isinstance(value, dict):
        return {k: _frozen(v) for k, v in value.items()}
    return value
