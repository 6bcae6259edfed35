"""Retrieval sets: questions with the one page or section that answers each, built from open text, and their scores.

A set is made of targets. What is asked is never the heading over its target: sections stand under neutral headings
("Part 7"), so that a score says what the words or the vectors found, not that a heading was read aloud.
"""

from __future__ import annotations

import json
import random
import re
import statistics
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.ingest.build import embedding_text
from index.manuals.block import Page
from index.manuals.markdown import blocks_of_markdown
from index.passage import Hit, Lang
from index.passages.chunk import chunk

BEST = (1, 5, 10)
NOT_FOUND = 0  # as a rank
LEAST_BODY = 200  # characters of a section that is asked for by its heading
_FENCE = re.compile(r"^\s*(```|~~~)")
_HEADING = re.compile(r"^(#{1,6})\s+(.+?)\s*#*$")
_NUMBERING = re.compile(r"^[\d.]+\s+")
_WORD = re.compile(r"[A-Za-z]{3,}")
_PART = {"en": "Part {}", "ja": "段落 {}"}


@dataclass(frozen=True, slots=True)
class Target:
    """What a question is to find: a section (``place`` is its neutral heading) or a whole page (``place`` empty, and
    ``text`` holds the page's own headings). ``manual`` is the file that it stands in, ``title`` that file's title."""

    manual: str
    title: str
    place: str
    text: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, and which target answers it (a place in RetrievalSet.targets)."""

    text: str
    target: int


@dataclass(frozen=True, slots=True)
class RetrievalSet:
    """``asked_in`` and ``written_in`` are the languages of the questions and of the targets."""

    name: str
    asked_in: Lang
    written_in: Lang
    targets: tuple[Target, ...]
    questions: tuple[Asked, ...]

    def sampled(self, count: int, seed: int = 1) -> RetrievalSet:
        """The same targets, ``count`` of the questions (all where there are no more, or where ``count`` is 0)."""
        if not 0 < count < len(self.questions):
            return self
        return replace(self, questions=tuple(random.Random(seed).sample(self.questions, count)))


def passages_of(target: Target, lang: Lang) -> list[str]:
    """The texts that are embedded for a target, cut as the product cuts them. A page's passages stand under its title
    and sections as in the index; a section's stand alone, since its own heading is what may have been asked."""
    drafts = list(chunk([Page(1, "1", tuple(blocks_of_markdown(target.text)))], lang))
    return [draft.text if target.place else embedding_text(target.title, draft) for draft in drafts]


def manuals_of(targets: Iterable[Target]) -> dict[str, str]:
    """File name -> markdown, for the product: a page as it is, sections one below the other under their title."""
    manuals: dict[str, str] = {}
    for target in targets:
        if not target.place:
            manuals[target.manual] = target.text
        else:
            whole = manuals.setdefault(target.manual, f"# {target.title}\n")
            manuals[target.manual] = f"{whole}\n## {target.place}\n\n{target.text}\n"
    return manuals


def is_target(hit: Hit, target: Target) -> bool:
    return hit.manual.name == target.manual and (not target.place or target.place in hit.passage.section)


def ranks_by_cosine(
    questions: NDArray[np.float32], passages: NDArray[np.float32], owners: Sequence[int], wanted: Sequence[int]
) -> list[int]:
    """The rank of each question's target (1 is best) among all targets, each as near as its nearest passage.

    ``questions`` (n, dim) and ``passages`` (m, dim) are unit vectors; ``owners`` names each passage's target, so that
    equal numbers stand together. A target that is as near as another counts as behind it. A target without passages
    is NOT_FOUND.
    """
    held, starts = np.unique(np.asarray(owners), return_index=True)
    column = {int(target): at for at, target in enumerate(held)}
    ranks = []
    for start in range(0, len(questions), 256):
        cosines = np.maximum.reduceat(questions[start : start + 256] @ passages.T, starts, axis=1)
        for row, target in zip(cosines, wanted[start : start + 256], strict=True):
            ranks.append(int((row >= row[column[target]]).sum()) if target in column else NOT_FOUND)
    return ranks


def figures(ranks: Sequence[int]) -> dict[str, Any]:
    """Recall at 1, 5, 10 and the mean reciprocal rank within 10; a rank of NOT_FOUND found nothing."""
    found = [rank if rank != NOT_FOUND else max(BEST) + 1 for rank in ranks]
    return {
        **{f"recall_at_{k}": round(statistics.mean(rank <= k for rank in found), 4) for k in BEST},
        "mrr_at_10": round(statistics.mean(1 / rank if rank <= max(BEST) else 0.0 for rank in found), 4),
    }


def sections(markdown: str) -> list[tuple[str, str]]:
    """(heading, text up to the next heading) in order; a "#" within a code fence is no heading."""
    found: list[tuple[str, list[str]]] = [("", [])]
    fenced = False
    for line in markdown.split("\n"):
        fenced ^= bool(_FENCE.match(line))
        heading = None if fenced else _HEADING.match(line)
        if heading:
            found.append((heading[2], []))
        else:
            found[-1][1].append(line)
    return [(heading, "\n".join(lines).strip()) for heading, lines in found]


def jsquad(data: Path) -> RetrievalSet:
    """jsquad-dev-ja: question -> its paragraph among all distinct paragraphs; a file an article."""
    folder = data / "jsquad-dev-ja"
    targets: list[Target] = []
    by_text: dict[str, int] = {}
    by_id: dict[str, int] = {}
    files: dict[str, str] = {}
    for row in _rows(folder / "docs.jsonl"):
        text = row["text"]
        if text not in by_text:
            manual = files.setdefault(row["title"], f"jsquad-article-{len(files):04}.md")
            by_text[text] = len(targets)
            targets.append(Target(manual, row["title"], _part("ja", len(targets)), text))
        by_id[row["id"]] = by_text[text]
    asked = (Asked(row["question"], by_id[row["context_id"]]) for row in _rows(folder / "qa.jsonl"))
    return RetrievalSet("jsquad", "ja", "ja", tuple(targets), tuple(asked))


def dynamics(data: Path) -> RetrievalSet:
    """dynamics365-asset-management-ja: English page title -> Japanese page."""
    folder = data / "dynamics365-asset-management-ja"
    pages = {row["id"]: row["title"] for row in _rows(folder / "docs.jsonl")}
    at = {page: number for number, page in enumerate(pages)}
    targets = tuple(_page(folder / "docs" / page, page, title) for page, title in pages.items())
    asked = tuple(Asked(row["query"], at[row["doc"]]) for row in _rows(folder / "xling_queries.jsonl"))
    return RetrievalSet("dynamics-xling", "en", "ja", targets, asked)


def bugcheck_titles(data: Path) -> RetrievalSet:
    """windows-bugcheck-en-ja: English title with its code ("Bug Check 0x2 DEVICE_QUEUE_NOT_BUSY") -> Japanese page."""
    return _bugcheck(data, "bugcheck-xling", lambda title: title)


def bugcheck_names(data: Path) -> RetrievalSet:
    """The same pages, asked for by the stop code's name in plain words alone ("device queue not busy"), where no code
    gives the page away."""
    return _bugcheck(data, "bugcheck-names-xling", lambda title: _in_words(title.split(maxsplit=3)[-1]))


def _bugcheck(data: Path, name: str, ask: Callable[[str], str]) -> RetrievalSet:
    folder = data / "windows-bugcheck-en-ja"
    rows = list(_rows(folder / "codes.jsonl"))
    english = {row["code"]: row["title"] for row in rows if row["lang"] == "en"}
    japanese = [row for row in rows if row["lang"] == "ja"]
    targets = tuple(_page(folder / "docs" / row["doc"], row["doc"], row["title"]) for row in japanese)
    asked = (Asked(ask(english[row["code"]]), number) for number, row in enumerate(japanese) if row["code"] in english)
    return RetrievalSet(name, "en", "ja", targets, tuple(asked))


def klipper(data: Path) -> RetrievalSet:
    """klipper-en-ja, English: FAQ question -> its answer among the sections of all English pages."""
    return _klipper(data, "klipper", "en")


def klipper_ja(data: Path) -> RetrievalSet:
    """klipper-en-ja, Japanese: FAQ question -> its answer among the sections of all Japanese pages."""
    return _klipper(data, "klipper-ja", "ja")


def _klipper(data: Path, name: str, lang: Lang) -> RetrievalSet:
    folder = data / "klipper-en-ja"
    pages = (row["id"] for row in _rows(folder / "docs.jsonl") if row["lang"] == lang)
    placed = list(_placed(folder / "docs", pages, lang))
    at = {(page, heading): number for number, (page, heading, _) in enumerate(placed)}
    rows = [row for row in _rows(folder / "qa.jsonl") if row["lang"] == lang]
    asked = tuple(Asked(row["question"], at[row["doc"], row["question"]]) for row in rows)
    return RetrievalSet(name, lang, lang, tuple(target for _, _, target in placed), asked)


def linuxcnc(data: Path) -> RetrievalSet:
    """linuxcnc-en, every third page: heading -> the text under it, among all sections. Asked are headings of two words
    or more that stand once, over LEAST_BODY characters of text or more."""
    folder = data / "linuxcnc-en"
    pages = sorted(row["id"] for row in _rows(folder / "docs.jsonl"))[::3]
    placed = list(_placed(folder / "docs", pages))
    asked = heading_questions([(heading, target.text) for _, heading, target in placed])
    return RetrievalSet("linuxcnc", "en", "en", tuple(target for _, _, target in placed), asked)


def odrive(data: Path) -> RetrievalSet:
    """odrive-en: name of an error flag in plain words ("dc bus under voltage") -> its explanation, among those of all
    flags and the sections of the pages."""
    folder = data / "odrive-en"
    rows = [row for row in _rows(folder / "codes.jsonl") if row["component"].startswith("ODrive")]
    flags = tuple(
        Target("odrive-error-flags.md", "Error flags", _part("en", number), f"{row['title']}\n\n{row['text']}".strip())
        for number, row in enumerate(rows)
    )
    pages = _placed(folder / "docs", (row["id"] for row in _rows(folder / "docs.jsonl")))
    asked = tuple(Asked(_in_words(row["code"]), number) for number, row in enumerate(rows))
    return RetrievalSet("odrive", "en", "en", (*flags, *(target for _, _, target in pages)), asked)


SETS: dict[str, Callable[[Path], RetrievalSet]] = {
    "jsquad": jsquad, "dynamics-xling": dynamics, "bugcheck-xling": bugcheck_titles,
    "bugcheck-names-xling": bugcheck_names, "klipper": klipper, "linuxcnc": linuxcnc, "odrive": odrive,
}  # fmt: skip


def heading_questions(found: Sequence[tuple[str, str]]) -> tuple[Asked, ...]:
    """A question for each (heading, text) whose heading says enough to be asked; its target is the pair's place."""
    times = Counter(heading.casefold() for heading, _ in found)
    return tuple(
        Asked(_NUMBERING.sub("", heading), number)
        for number, (heading, text) in enumerate(found)
        if times[heading.casefold()] == 1 and len(_WORD.findall(heading)) >= 2 and len(text) >= LEAST_BODY
    )


def _placed(folder: Path, pages: Iterable[str], lang: Lang = "en") -> Iterator[tuple[str, str, Target]]:
    """(page, heading, target) of every section with text; the page's first heading is its title."""
    for page in pages:
        found = sections((folder / page).read_text(encoding="utf-8"))
        title = next((heading for heading, _ in found if heading), page)
        for number, (heading, text) in enumerate(found):
            if text:
                yield page, heading, Target(_file(page), title, _part(lang, number), text)


def _page(path: Path, page: str, title: str) -> Target:
    return Target(_file(page), title, "", path.read_text(encoding="utf-8"))


def _file(page: str) -> str:
    return page.replace("/", "--")


def _part(lang: Lang, number: int) -> str:
    return _PART[lang].format(number + 1)


def _in_words(name: str) -> str:
    return name.replace("_", " ").lower()


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)
