"""Asked facts: what manuals say and how people at the machine ask for it, in both languages (training/facts)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from training.errors import CorpusMissing

LANGS = ("en", "ja")
FOLDER = Path(__file__).resolve().parents[1] / "facts"
_QUESTIONS = {"?": "en", "？": "ja"}
_UNANSWERED = {"!": "en", "！": "ja"}


@dataclass(frozen=True, slots=True)
class AskedFact:
    """One passage of a made-up manual by language, with the questions that it answers, by language. ``place`` is the
    machine and the section."""

    machine: Mapping[str, str]
    place: Mapping[str, str]
    text: Mapping[str, str]
    questions: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Unanswered:
    """Questions of one language that sound close to the section ``place`` and that none of its passages answers."""

    machine: Mapping[str, str]
    place: Mapping[str, str]
    lang: str
    questions: tuple[str, ...]


def read_asked_facts(folder: Path = FOLDER) -> list[AskedFact]:
    """All facts of the .txt files in ``folder``. Raises CorpusMissing where there are none or a line is not as the
    head of the file says."""
    return [fact for file in _files(folder) for fact in read_asked_file(file)]


def read_asked_file(file: Path) -> list[AskedFact]:
    return [entry for entry in _entries(file) if isinstance(entry, AskedFact)]


def read_unanswered(folder: Path = FOLDER) -> list[Unanswered]:
    """All questions of the .txt files in ``folder`` that their section does not answer. Raises CorpusMissing as
    ``read_asked_facts``."""
    return [near for file in _files(folder) for near in read_unanswered_file(file)]


def read_unanswered_file(file: Path) -> list[Unanswered]:
    return [entry for entry in _entries(file) if isinstance(entry, Unanswered)]


def _files(folder: Path) -> list[Path]:
    files = sorted(folder.glob("*.txt"))
    if not files:
        raise CorpusMissing(f"There are no facts in {folder}.", "Check the folder training/facts.")
    return files


def _entries(file: Path) -> Iterator[AskedFact | Unanswered]:
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
        elif sign == "-" and len(text) < len(LANGS):
            text.append(rest.strip())
        elif sign in _QUESTIONS:
            questions[_QUESTIONS[sign]] = parts
            if len(questions) == len(text) == len(LANGS):
                yield AskedFact(
                    _in_both(machine), _place(machine, section), dict(zip(LANGS, text, strict=True)), questions
                )
                text, questions = [], {}
        elif sign in _UNANSWERED and not text:
            yield Unanswered(_in_both(machine), _place(machine, section), _UNANSWERED[sign], parts)
        elif line and sign != "#":
            raise CorpusMissing(
                f"{file.name}, line {number}: {line[:60]!r} is not of the form described at its top.", ""
            )


def _in_both(parts: Sequence[str]) -> dict[str, str]:
    return dict(zip(LANGS, parts, strict=True))


def _place(machine: Sequence[str], section: Sequence[str]) -> dict[str, str]:
    return {lang: f"{machine[n]} {section[n]}" for n, lang in enumerate(LANGS)}
