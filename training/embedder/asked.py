"""Asked facts: what manuals say and how people at the machine ask for it, in both languages (training/facts)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from training.errors import CorpusMissing

LANGS = ("en", "ja")
FOLDER = Path(__file__).resolve().parents[1] / "facts"
_QUESTIONS = {"?": "en", "？": "ja"}


@dataclass(frozen=True, slots=True)
class AskedFact:
    """One passage of a made-up manual by language, with the questions that it answers, by language. ``place`` is the
    machine and the section."""

    place: Mapping[str, str]
    text: Mapping[str, str]
    questions: Mapping[str, tuple[str, ...]]


def read_asked_facts(folder: Path = FOLDER) -> list[AskedFact]:
    """All facts of the .txt files in ``folder``. Raises CorpusMissing where there are none or a line is not as the
    head of the file says."""
    files = sorted(folder.glob("*.txt"))
    if not files:
        raise CorpusMissing(f"There are no facts in {folder}.", "Check the folder training/facts.")
    return [fact for file in files for fact in _facts(file)]


def _facts(file: Path) -> Iterator[AskedFact]:
    machine: Sequence[str] = ("", "")
    section: Sequence[str] = ("", "")
    text: list[str] = []
    questions: dict[str, tuple[str, ...]] = {}
    for number, line in enumerate(file.read_text("utf-8").splitlines(), start=1):
        sign, _, rest = line.partition(" ")
        parts = tuple(part.strip() for part in rest.split("|"))
        if sign == "@" and len(parts) == 2:
            machine = parts
        elif sign == "=" and len(parts) == 2:
            section = parts
        elif sign == "-":
            text.append(rest.strip())
        elif sign in _QUESTIONS:
            questions[_QUESTIONS[sign]] = parts
            if len(questions) == len(text) == len(LANGS):
                place = {lang: f"{machine[n]} {section[n]}" for n, lang in enumerate(LANGS)}
                yield AskedFact(place, dict(zip(LANGS, text, strict=True)), questions)
                text, questions = [], {}
        elif line and sign != "#":
            raise CorpusMissing(
                f"{file.name}, line {number}: {line[:60]!r} is not of the form described at its top.", ""
            )
