"""Chunk: pages become passages that can be quoted whole.

A procedure stays in one passage together with its intro and its warnings; a warning stays whole; a row of an alarm
table is a passage of its own with its column names; other rows go in small groups; prose is filled up to a limit and
cut at sentence ends only. Nothing crosses a heading. A heading is no text of a passage: it is in ``section``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from index.codes.find import find_codes, is_parameter
from index.codes.listed import listed_entries
from index.manuals.block import Page
from index.passage import Box, Kind, Lang
from index.passages.alarm_entry import whole_entries
from index.passages.faq import with_questions_as_headings
from index.passages.placed import Placed, joined_over_pages, kind_at, merged_boxes, quoted_line, sureness
from index.passages.procedure import group_end, procedure_parts
from index.passages.rows import is_alarm_row
from index.passages.section import Section, sections
from index.passages.sentences import CountTokens, estimate_tokens, pieces
from index.passages.tables import OwnRow, table_parts
from index.search.lookalikes import with_digits
from index.text import language

PROSE_TOKENS = 350  # fits three passages and a question into the context of a small model
ALARM_TOKENS = 700  # an alarm's section up to this length stays whole


@dataclass(frozen=True, slots=True)
class DraftPassage:
    """A Passage before it has an id and a manual; fields as in index.passage.Passage. ``codes``: those of headings that
    name one code first, then those of the text in order, so that an alarm row's own code comes first."""

    text: str
    pages: tuple[int, ...]
    page_labels: tuple[str, ...]
    section: tuple[str, ...]
    kind: Kind
    lang: Lang
    codes: tuple[str, ...] = ()
    boxes: tuple[Box, ...] = ()
    recognised: float | None = None


def chunk(
    pages: Iterable[Page],
    lang_hint: Lang | None = None,
    count_tokens: CountTokens = estimate_tokens,
    title: str = "",
) -> Iterator[DraftPassage]:
    """Passages of a manual in reading order, page by page as they are read.

    ``lang_hint`` is the manual's language, for passages that show none (numbers, codes, commands).
    ``count_tokens`` tells what a text costs; the default is an estimate. ``title`` is the manual's: it may say of what
    kind the codes of its tables are.
    """
    for section in whole_entries(with_questions_as_headings(sections(pages)), ALARM_TOKENS, count_tokens):
        yield from _Cut(section, lang_hint, count_tokens, title).passages()


@dataclass(frozen=True, slots=True)
class _Cut:
    """Cuts one section."""

    section: Section
    lang_hint: Lang | None
    count_tokens: CountTokens
    title: str = ""

    def passages(self) -> Iterator[DraftPassage]:
        blocks = joined_over_pages(self.section.blocks)
        is_alarm = bool(self.section.alarm_headings)
        has_alarm_rows = any(is_alarm_row(p.block, self.section.path) for p in blocks)
        if is_alarm and not has_alarm_rows:
            whole = "\n".join(quoted_line(p.block) for p in blocks)
            if self.count_tokens(whole) <= ALARM_TOKENS:
                yield self._passage(whole, blocks, "alarm")
                return
        listed = listed_entries([p.block for p in blocks], (self.title, *self.section.path))
        prose: list[Placed] = []
        at = 0
        while at < len(blocks):
            end = group_end(blocks, at)
            kind = blocks[at].block.kind
            if end is not None:
                yield from self._prose(prose, is_alarm)
                prose = []
                for held in procedure_parts(blocks[at:end], self.count_tokens):
                    yield self._passage("\n".join(quoted_line(p.block) for p in held), held, "steps")
                at = end
            elif kind == "warning":
                yield from self._prose(prose, is_alarm)
                prose = []
                yield self._passage(blocks[at].block.text, [blocks[at]], "warning")
                at += 1
            elif kind == "row" or (kind == "caption" and kind_at(blocks, at + 1) == "row"):
                yield from self._prose(prose, is_alarm)
                prose = []
                end = at + 1
                while kind_at(blocks, end) == "row":
                    end += 1
                for part in table_parts(blocks[at:end], (self.title, *self.section.path), self.count_tokens):
                    yield self._passage(part.text, part.blocks, part.kind, part.row)
                at = end
            elif at in listed and _says_more(_entry_text(blocks[at : listed[at][0]])):
                yield from self._prose(prose, is_alarm)
                prose = []
                end, code = listed[at]
                yield from self._entry(blocks[at:end], code)
                at = end
            else:
                prose.append(blocks[at])
                at += 1
        yield from self._prose(prose, is_alarm)

    def _passage(self, text: str, blocks: Sequence[Placed], kind: Kind, row: OwnRow | None = None) -> DraftPassage:
        labels: dict[int, str] = {}
        for placed in blocks:
            labels.setdefault(placed.page, placed.label)
        of_rows = all(placed.block.kind in ("row", "caption") for placed in blocks)
        named = (text,) if of_rows else (*self.section.named_by_headings, text)
        recognised = sureness(blocks)
        if recognised is not None:  # OCR takes 0 for O and 1 for l
            named = (*named, *(with_digits(part) for part in named))
        codes = dict.fromkeys(code.canonical for part in named for code in find_codes(part))
        section = self.section.path
        if row is not None:
            codes = dict.fromkeys([*filter(None, [row.code]), *codes])
            section += tuple(text for text in row.captions if text not in section)
        lang = language(text)
        if self.lang_hint == "ja" and lang == "en" and kind in ("table", "alarm", "symptom", "faq"):
            lang = "ja"  # cells of codes and numbers show no language of their own
        return DraftPassage(
            text, tuple(labels), tuple(labels.values()), section, kind, lang, tuple(codes), merged_boxes(blocks),
            recognised,
        )  # fmt: skip

    def _entry(self, blocks: Sequence[Placed], code: str) -> Iterator[DraftPassage]:
        """An alarm or a setting that is told in a list."""
        whole = _entry_text(blocks)
        if self.count_tokens(whole) <= ALARM_TOKENS:
            kind: Kind = "table" if is_parameter(code) else "alarm"
            yield self._passage(whole, blocks, kind, OwnRow("" if "~" in code else code, ()))
        else:
            yield from self._prose(blocks, True)

    def _prose(self, blocks: Sequence[Placed], is_alarm: bool) -> Iterator[DraftPassage]:
        """Paragraphs and list entries, filled up; small neighbours join, a long one is cut at sentence ends."""
        kind: Kind = "alarm" if is_alarm else "prose"
        held: list[Placed] = []
        text = ""
        for placed in blocks:
            for piece in pieces(quoted_line(placed.block), PROSE_TOKENS, self.count_tokens):
                joined = f"{text}\n{piece}" if text else piece
                if text and self.count_tokens(joined) > PROSE_TOKENS:
                    yield self._passage(text, held, kind)
                    held, joined = [], piece
                if not held or held[-1] is not placed:
                    held.append(placed)
                text = joined
        if text:
            yield self._passage(text, held, kind)


def _entry_text(blocks: Sequence[Placed]) -> str:
    first, *others = (quoted_line(p.block) for p in blocks)
    return "\n".join([first.strip(), *others]).removeprefix("- ")


def _says_more(entry: str) -> bool:
    """False for an entry of a mere list of names: its code and nothing about it."""
    first = next(iter(find_codes(entry)), None)
    return first is None or first.start > 0 or first.end < len(entry.rstrip(" :：.。"))
