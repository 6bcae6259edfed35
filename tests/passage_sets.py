"""Passage sets: questions about alarms, errors and procedures whose answer has words of its own, over open manuals.

A hit is right if it stands in the manual asked for and holds some of the answer's own words: a heading that repeats
the question is no answer. Libraries, each indexed by itself:

    machines   LinuxCNC, ODrive, Akari, Grbl, tau2 and FRC control-system pages; questions written by hand
               (tests/data/passage_questions.jsonl): messages as displayed, whole, in part and in lower case, "why
               does", "how do I", in English and in Japanese, also in Japanese for English pages
    faq-en     the Python and PHP FAQ as printed, each question a line of its own above its answer, among pages of the
    faq-ja     Python tutorial and how-tos; asked as written, in lower case without the question mark, and in the other
               language
    errors-en  pages of C++ build errors, and stop codes other than those of the scored sets; asked for by the message
    errors-ja  whole, partly, and for cause or remedy by code or name

The manuals are read from ANDON_SHARED_DATA, or ../shared/data beside the repository, and from the corpus beside that.
Questions fall into two halves by a hash of manual and answer, so that all wordings of one answer are in the same half;
what is tuned looks at "development" only. No page of a scored set (Klipper, JSQuAD, Dynamics 365, the 100 stop codes)
is in here.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from index.passage import Hit, Lang
from tests.retrieval_sets import sections

ROOT = Path(__file__).resolve().parents[1]
DATA = Path(os.environ.get("ANDON_SHARED_DATA") or ROOT.parent / "shared" / "data")
CORPUS = DATA.parent / "corpus"
WRITTEN = Path(__file__).parent / "data/passage_questions.jsonl"
MACHINES = ("linuxcnc-en/docs", "akari-ja/docs", "odrive-en/docs", "tau2-support-en", "grbl-codes-en")
ROBOTS = (  # of the FRC control system's pages, those about equipment and its faults
    "/hardware/", "/networking/", "/driverstation/", "/roborio-info/", "/can-devices/", "/dashboards/", "/step-",
    "/introduction/", "/trajectories/", "/advanced-gradlerio/", "/yearly-overview/", "/controls-overviews/",
)  # fmt: skip
EVERY = 16  # of the error pages one in so many is in the library; all of those kept out of training
PIECE: Mapping[Lang, int] = {"en": 24, "ja": 12}  # characters of a sentence that tells an answer
_QUESTION = re.compile(r"[?？]$|(?:です|ます|ました|ません)か[。？?]?$")
_END = re.compile(r"(?<=[.!?。！？])\s+|(?<=[。！？])|\n+")
_CODE_OF_PAGE = re.compile(r"(0x[0-9A-Fa-f]+|\b[A-Z]{1,4}\d{4,5}\b|MSSQLSERVER_\d+)")
_FENCED = re.compile(r"```.*?(?:```|\Z)", re.DOTALL)
Half = Literal["development", "held_back"]


@dataclass(frozen=True, slots=True)
class PassageQuestion:
    """``group`` tells kind of manual, wording and languages; ``answers``: a right hit holds one of these."""

    group: str
    text: str
    lang: Lang
    manual: str
    answers: tuple[str, ...]

    @property
    def half(self) -> Half:
        digest = hashlib.sha256(f"{self.manual} {self.answers[0]}".encode()).digest()
        return "development" if digest[0] % 2 else "held_back"

    def is_right(self, hit: Hit) -> bool:
        """Whether ``hit`` stands in the manual and holds words of the answer."""
        if hit.manual.name != self.manual:
            return False
        text = plain(hit.passage.text)
        return any(plain(answer) in text for answer in self.answers)


@dataclass(frozen=True, slots=True)
class PassageLibrary:
    """``manuals``: file name -> its text, or the file that is added under that name."""

    name: str
    manuals: Mapping[str, str | Path]
    questions: tuple[PassageQuestion, ...] = field(repr=False)


def plain(text: str) -> str:
    """Texts are compared without white space, case and the marks of markup, which readers keep or drop."""
    return re.sub(r"[\s`*_\\|]+", "", text).lower()


def machines() -> PassageLibrary:
    """Equipment manuals as they are, and the questions that were written for them."""
    manuals: dict[str, str | Path] = {}
    for folder in MACHINES:
        for path in sorted((DATA / folder).rglob("*")):
            if path.suffix in (".md", ".csv") and path.name != "SOURCE.md":
                manuals[_name(path.relative_to(DATA).as_posix())] = path
    for path, _, text in _pages("en-machine-docs", "source/docs/"):
        if not any(part in path for part in ROBOTS):
            continue
        manuals[_name(f"frc/{path.removeprefix('source/')}")] = text
    questions = []
    for row in (json.loads(line) for line in WRITTEN.read_text(encoding="utf-8").splitlines()):
        written: Lang = "ja" if row["manual"].startswith("akari-ja") else "en"
        for lang in ("en", "ja"):
            group = f"machines {lang}-{written}"
            manual, answers = _name(row["manual"]), tuple(row["answers"])
            questions += [PassageQuestion(group, text, lang, manual, answers) for text in row[lang]]
    return PassageLibrary("machines", manuals, tuple(questions))


def faq(lang: Lang) -> PassageLibrary:
    """FAQ pages of ``lang``; asked in ``lang``, and in the other language where the two languages' pages have the same
    number of questions."""
    other: Lang = "ja" if lang == "en" else "en"
    asked = {path: [question for question, _ in found] for path, found, _ in _faq_pages(other)}
    manuals: dict[str, str | Path] = {}
    questions: list[PassageQuestion] = []
    for path, found, text in _faq_pages(lang):
        manual = _name(path) + ".md"
        manuals[manual] = text
        translated = asked.get(path, [])
        for number, (question, body) in enumerate(found):
            answers = tuple(piece for piece in pieces(body, lang) if plain(piece) not in plain(question))
            if not answers:
                continue
            forms = [("as written", question, lang), ("typed", question.lower().rstrip("?？。!"), lang)]
            if len(translated) == len(found):
                forms.append(("translated", translated[number], other))
            for form, text_asked, asked_in in forms:
                group = f"faq {form} {asked_in}-{lang}"
                questions.append(PassageQuestion(group, text_asked, asked_in, manual, answers))
    for folder in ("tutorial/", "howto/"):
        for path, _, text in _pages(f"{lang}-python-docs", folder):
            manuals[_name(path) + ".md"] = text
    return PassageLibrary(f"faq-{lang}", manuals, tuple(questions))


def errors(lang: Lang) -> PassageLibrary:
    """Pages that each tell one error: a message, then its cause and remedy. Asked for by the message as displayed
    (whole; its first words, in lower case), and for cause and remedy by code (and, of stop codes, by name)."""
    manuals: dict[str, str | Path] = {}
    questions: list[PassageQuestion] = []
    for path, title, text in _error_pages(lang):
        manual = _name(path)
        manuals[manual] = text
        questions += _error_questions(manual, title, text, lang)
    return PassageLibrary(f"errors-{lang}", manuals, tuple(questions))


def pieces(body: str, lang: Lang) -> tuple[str, ...]:
    """The sentences of an answer that are long enough to tell it."""
    found = (piece.strip(" -*#\t") for piece in _END.split(_FENCED.sub("\n", body)))
    return tuple(piece for piece in found if len(piece) >= PIECE[lang])


LIBRARIES: Mapping[str, Callable[[], PassageLibrary]] = {
    "machines": machines,
    "faq-en": lambda: faq("en"),
    "faq-ja": lambda: faq("ja"),
    "errors-en": lambda: errors("en"),
    "errors-ja": lambda: errors("ja"),
}


def _error_questions(manual: str, title: str, text: str, lang: Lang) -> Iterator[PassageQuestion]:
    found = [(heading, body) for heading, body in sections(text) if heading or body]
    code = _CODE_OF_PAGE.search(title)
    if not found or code is None:
        return
    message = _message(found, lang)
    later = [body for heading, body in found[1:] if not re.search(r"param|パラメ|詳細|details", heading, re.IGNORECASE)]
    tells = "\n".join(later) if any(pieces(body, lang) for body in later) else "\n".join(b for _, b in found)
    answers = tuple(piece for piece in pieces(tells, lang) if plain(message) not in plain(piece) or not message)
    if not answers:
        return
    kind = "stop code" if code[1].startswith("0x") else "error"

    def ask(form: str, question: str, asked_in: Lang) -> PassageQuestion:
        return PassageQuestion(f"{kind} {form} {asked_in}-{lang}", question, asked_in, manual, answers)

    if message:
        yield ask("message", message, lang)
        yield ask("message in part", _part_of(message, lang), lang)
    name = title.split()[-1] if kind == "stop code" else code[1]
    yield ask("remedy", f"how do I fix {name}", "en")
    yield ask("remedy", f"{name} の対処方法", "ja")
    yield ask("cause", f"why does {code[1]} occur", "en")
    yield ask("cause", f"{code[1]} の原因は何ですか", "ja")


def _message(found: Sequence[tuple[str, str]], lang: Lang) -> str:
    """The message that the page is about, as it is displayed; empty where the page shows none."""
    for _, body in found[:2]:
        row = re.search(r"\|メッセージ テキスト\|(.+?)\|", body)
        if row:
            return row[1].strip()
    first = next((line.strip() for line in found[0][1].split("\n") if line.strip()), "")
    length = {"en": 20, "ja": 10}[lang]
    one_line = length <= len(first) <= 140 and not first.startswith(("|", "-", "#", "```", "IMPORTANT"))
    return first if one_line and "bug check" not in first.lower() and "バグ チェック" not in first else ""


def _part_of(message: str, lang: Lang) -> str:
    """What somebody types of it: its first two thirds, in lower case."""
    if lang == "ja":
        return message[: max(8, len(message) * 2 // 3)].lower()
    words = message.split()
    return " ".join(words[: max(3, len(words) * 2 // 3)]).lower()


def _error_pages(lang: Lang) -> Iterator[tuple[str, str, str]]:
    scored = {path.name for path in (DATA / "windows-bugcheck-en-ja/docs/en").glob("*.md")}
    groups = [(f"{lang}-cpp-docs", "docs/error-messages/"), (f"{lang}-windows-driver-docs", "/bug-check-0x")]
    if lang == "ja":
        groups.append(("ja-sql-docs", "mssqlserver"))
    for file, within in groups:
        for path, title, text in _pages(file, within):
            if path.rsplit("/", 1)[-1] in scored or not (100 < len(text) < 6000):
                continue
            if _held_out(path) or within == "mssqlserver" or hashlib.sha256(path.encode()).digest()[1] % EVERY == 0:
                yield path, title, text


def _faq_pages(lang: Lang) -> Iterator[tuple[str, list[tuple[str, str]], str]]:
    """(path, its questions with their answers, the page)."""
    seen: set[str] = set()  # one page stands twice, in two states
    for file in (f"{lang}-python-docs", f"{lang}-php-manual"):
        for path, _, text in _pages(file, "faq/"):
            if not path.startswith("faq/") or path in seen:
                continue
            seen.add(path)
            found: list[tuple[str, list[str]]] = []
            for line in text.split("\n"):
                if _QUESTION.search(line.strip()) and len(line) < 160:
                    found.append((line.strip().lstrip("#").strip(), []))
                elif found:
                    found[-1][1].append(line)
            yield path, [(question, "\n".join(body).strip()) for question, body in found], text


def _pages(file: str, within: str) -> Iterator[tuple[str, str, str]]:
    """(path, title, text) of the corpus pages whose path holds ``within``."""
    from training.corpus import read_documents

    for document in read_documents(CORPUS / f"{file}.jsonl.zst"):
        if within in document.path:
            yield document.path, document.title, document.text


def _held_out(path: str) -> bool:
    from training.corpus import is_held_out

    return is_held_out(path)


def _name(path: str) -> str:
    name = path.replace("/", "--").replace(".rst", ".md")
    return name if name.endswith((".md", ".csv", ".po", ".xml")) else f"{name}.md"
