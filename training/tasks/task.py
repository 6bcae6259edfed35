"""Task: what a classification of texts is, read from one TOML file: labels with their rules, and the scenario grid."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, NoReturn, get_args

from training.errors import TaskInvalid
from training.toml_file import read_toml

Lang = Literal["ja", "en"]
LANGS: tuple[Lang, ...] = get_args(Lang)
KIND = "task"
FILE, TESTS = "task.toml", "test.jsonl"
SHIPPED = Path(__file__).parent
Words = Mapping[Lang, str]


@dataclass(frozen=True, slots=True)
class Label:
    """A category. ``rule``: what a text of it shows; ``counts``, ``other``: what belongs to it, and what does not
    although it looks alike; ``references``: rules outside that it answers to, for people."""

    id: str
    name: Words
    rule: Words
    counts: Words
    other: Words
    references: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Value:
    """A point of an axis. ``labels``: those that it goes with, empty for all."""

    words: Words
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Axis:
    """What varies between texts of one label, such as the machine or the style of writing."""

    id: str
    name: Words
    values: tuple[Value, ...]

    def of(self, label: str) -> list[Value]:
        return [value for value in self.values if not value.labels or label in value.labels]


@dataclass(frozen=True, slots=True)
class Task:
    """``none`` is the label of a text without a violation. ``text``: what the texts are; ``judge``: how one is judged;
    ``write``: how they are written; ``characters``: least and most of a text; ``banned``: phrases of assistants that no
    such text holds; ``notice``: what the model must not be used for."""

    name: str
    folder: Path
    title: Words
    text: Words
    notice: Words
    judge: Words
    write: Words
    labels: tuple[Label, ...]
    axes: tuple[Axis, ...]
    none: str
    characters: Mapping[Lang, tuple[int, int]]
    banned: tuple[str, ...] = ()

    @property
    def label_ids(self) -> tuple[str, ...]:
        return tuple(label.id for label in self.labels)

    def label(self, identity: str) -> Label:
        return next(label for label in self.labels if label.id == identity)


def find_task(named: str) -> Path:
    """The task file of a shipped task's name, a folder or a file. Raises TaskInvalid."""
    shipped = SHIPPED / named / FILE
    path = shipped if re.fullmatch(r"\w+", named) and shipped.is_file() else Path(named)
    path = path / FILE if path.is_dir() else path
    if not path.is_file():
        names = ", ".join(sorted(file.parent.name for file in SHIPPED.glob(f"*/{FILE}")))
        raise TaskInvalid(f"No task {named}.", f"Name a folder with {FILE}, or one that ships: {names}.")
    return path


def read_task(named: str) -> Task:
    """The task that ``named`` means. Raises TaskInvalid with the key that is wrong."""
    path = find_task(named)
    return _Reading(path).task(read_toml(path, TaskInvalid))


class _Reading:
    """One file being read; every error names the file and the key."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def task(self, raw: dict[str, Any]) -> Task:
        known = {"kind", "name", "none", "title", "text", "notice", "judge", "write", "characters", "banned", "labels",
                 "axes"}  # fmt: skip
        self.known(raw, known, "")
        if raw.get("kind") != KIND:
            self.no("kind", f'is not "{KIND}"', f'Write kind = "{KIND}".')
        labels = tuple(self.label(one, f"labels[{n}]") for n, one in enumerate(self.tables(raw, "labels"), 1))
        ids = [label.id for label in labels]
        if len(ids) < 2 or len(set(ids)) < len(ids):
            self.no("labels", "holds fewer than two labels, or one id twice", "Give each label an id of its own.")
        if raw.get("none") not in ids:
            self.no("none", f"is {raw.get('none')!r}, which is no label", f"Name one of: {', '.join(ids)}.")
        axes = tuple(self.axis(one, f"axes[{n}]", ids) for n, one in enumerate(self.tables(raw, "axes"), 1))
        words = {key: self.words(raw, key) for key in ("title", "text", "notice", "judge", "write")}
        name = self.word(raw, "name", "")
        return Task(
            name, self.path.parent, labels=labels, axes=axes, none=str(raw["none"]), **words,
            characters=self.characters(raw.get("characters")), banned=self.strings(raw.get("banned", []), "banned"),
        )  # fmt: skip

    def label(self, raw: dict[str, Any], place: str) -> Label:
        self.known(raw, {"id", "name", "rule", "counts", "other", "references"}, place)
        identity = self.word(raw, "id", place)
        if not re.fullmatch(r"[a-z][a-z_]*", identity):
            self.no(f"{place}.id", f"is {identity!r}", "Small letters and underscores only: models write it.")
        words = {key: self.words(raw, key, place) for key in ("name", "rule", "counts", "other")}
        return Label(identity, references=self.strings(raw.get("references", []), f"{place}.references"), **words)

    def axis(self, raw: dict[str, Any], place: str, ids: Sequence[str]) -> Axis:
        self.known(raw, {"id", "name", "values"}, place)
        values = []
        for n, one in enumerate(self.tables(raw, "values", place), 1):
            where = f"{place}.values[{n}]"
            self.known(one, {*LANGS, "labels"}, where)
            labels = self.strings(one.get("labels", []), f"{where}.labels")
            for label in labels:
                if label not in ids:
                    self.no(f"{where}.labels", f"names {label!r}", f"Known are: {', '.join(ids)}.")
            values.append(Value({lang: self.word(one, lang, where) for lang in LANGS}, labels))
        axis = Axis(self.word(raw, "id", place), self.words(raw, "name", place), tuple(values))
        for label in ids:
            if not axis.of(label):
                self.no(f"{place}.values", f"has none for the label {label}", "Add one, or one without labels.")
        return axis

    def words(self, raw: Mapping[str, Any], key: str, place: str = "") -> Words:
        held = raw.get(key)
        where = f"{place}.{key}".lstrip(".")
        if not isinstance(held, dict):
            self.no(where, "is missing or no table", f'Write {key}.ja = "..." and {key}.en = "...".')
        self.known(held, set(LANGS), where)
        return {lang: self.word(held, lang, where) for lang in LANGS}

    def word(self, raw: Mapping[str, Any], key: str, place: str) -> str:
        held = raw.get(key)
        if not isinstance(held, str) or not held.strip():
            self.no(f"{place}.{key}".lstrip("."), "is missing, empty or no text", f'Write {key} = "...".')
        return str(held).strip()

    def strings(self, held: object, place: str) -> tuple[str, ...]:
        if not isinstance(held, list) or not all(isinstance(one, str) and one for one in held):
            self.no(place, "is no list of texts", f'Write {place} = ["..."].')
        return tuple(held)

    def tables(self, raw: Mapping[str, Any], key: str, place: str = "") -> list[dict[str, Any]]:
        held = raw.get(key)
        if not isinstance(held, list) or not held or not all(isinstance(one, dict) for one in held):
            self.no(f"{place}.{key}".lstrip("."), "is missing or no list of tables", f"Write [[{key}]] for each.")
        return list(held)

    def characters(self, held: object) -> dict[Lang, tuple[int, int]]:
        found: dict[Lang, tuple[int, int]] = {}
        for lang in LANGS:
            pair = held.get(lang) if isinstance(held, dict) else None
            if not isinstance(pair, list) or len(pair) != 2 or not 0 < int(pair[0]) < int(pair[1]):
                self.no(f"characters.{lang}", f"is {pair!r}", "Write the least and the most, as [40, 600].")
            found[lang] = (int(pair[0]), int(pair[1]))
        return found

    def known(self, raw: Mapping[str, Any], names: set[str], place: str) -> None:
        for key in raw:
            if key not in names:
                self.no(f"{place}.{key}".lstrip("."), "is unknown", f"Known are: {', '.join(sorted(names))}.")

    def no(self, place: str, what: str, remedy: str) -> NoReturn:
        raise TaskInvalid(f"{self.path}: {place} {what}.", remedy)
