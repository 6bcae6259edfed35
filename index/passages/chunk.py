"""Chunk: pages become passages that can be quoted whole.

A procedure stays in one passage together with its intro and its warnings; a warning stays whole; a row of an alarm
table is a passage of its own with its column names; other rows go in small groups; prose is filled up to a limit and
cut at sentence ends only. Nothing crosses a heading. A heading is no text of a passage: it is in ``section``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from index.codes.entry import number_code
from index.codes.find import find_codes
from index.codes.listed import listed_entries
from index.manuals import signs
from index.manuals.block import Block, Page
from index.passage import Box, Kind, Lang
from index.passages.rows import AlarmTable, entry_code, is_alarm_row, row_line, row_lines, speaks_of_alarms
from index.passages.sentences import CountTokens, estimate_tokens, pieces
from index.search.lookalikes import with_digits
from index.text import language

PROSE_TOKENS = 350  # fits three passages and a question into the context of a small model
TABLE_TOKENS = 150  # a few rows: a whole table in one passage hides the row that was asked for
ALARM_TOKENS = 700  # an alarm's section up to this length stays whole
PROCEDURE_TOKENS = 1200  # longer ones are cut between steps, half as long again within a step's list


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


@dataclass(frozen=True, slots=True)
class _Placed:
    """A block, or a text made of it, with the page it stands on."""

    block: Block
    page: int
    label: str


@dataclass(frozen=True, slots=True)
class _Section:
    """Blocks between two headings. ``headings`` is the path: (level, text)."""

    headings: tuple[tuple[int, str], ...]
    blocks: tuple[_Placed, ...]

    @property
    def path(self) -> tuple[str, ...]:
        return tuple(text for _, text in self.headings)

    @property
    def alarm_headings(self) -> tuple[str, ...]:
        """Headings of the path that name exactly one alarm: by number ("9.3.1 F-013 Air pressure low"), or by a named
        flag where the path speaks of errors ("Error codes" > "CURRENT_LIMIT_VIOLATION")."""
        named: list[str] = []
        for text in self.path:
            kinds = [code.kind for code in find_codes(text)]
            flagged = kinds.count("flag") == 1 and speaks_of_alarms(self.path)
            if kinds.count("alarm") == 1 or (flagged and "alarm" not in kinds):
                named.append(text)
        return tuple(named)

    @property
    def named_by_headings(self) -> tuple[str, ...]:
        """Headings whose code is what the section is about: a heading of two codes ("E-301 to E-308") names a range."""
        leaf = tuple(text for text in self.path[-1:] if len(find_codes(text)) == 1)
        return tuple(dict.fromkeys(self.alarm_headings + leaf))


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
    for section in _sections(pages):
        yield from _Cut(section, lang_hint, count_tokens, title).passages()


def _sections(pages: Iterable[Page]) -> Iterator[_Section]:
    headings: list[tuple[int, str]] = []
    held: list[_Placed] = []
    for page in pages:
        for block in page.blocks:
            if block.kind != "heading":
                held.append(_Placed(block, page.number, page.label))
                continue
            if held:
                yield _Section(tuple(headings), tuple(held))
                held = []
            headings = [(level, text) for level, text in headings if level < max(1, block.level)]
            headings.append((max(1, block.level), block.text))
    if held:
        yield _Section(tuple(headings), tuple(held))


@dataclass(frozen=True, slots=True)
class _OwnRow:
    """What a row's passage has beside its text: its own ``code`` ("" for none), and the captions of its table, which
    for it are headings."""

    code: str
    captions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Cut:
    """Cuts one section."""

    section: _Section
    lang_hint: Lang | None
    count_tokens: CountTokens
    title: str = ""

    def passages(self) -> Iterator[DraftPassage]:
        blocks = _joined_over_pages(self.section.blocks)
        is_alarm = bool(self.section.alarm_headings)
        has_alarm_rows = any(is_alarm_row(p.block, self.section.path) for p in blocks)
        if is_alarm and not has_alarm_rows:
            whole = "\n".join(_line(p.block) for p in blocks)
            if self.count_tokens(whole) <= ALARM_TOKENS:
                yield self._passage(whole, blocks, "alarm")
                return
        listed = listed_entries([p.block for p in blocks], (self.title, *self.section.path))
        prose: list[_Placed] = []
        at = 0
        while at < len(blocks):
            end = _group_end(blocks, at)
            kind = blocks[at].block.kind
            if end is not None:
                yield from self._prose(prose, is_alarm)
                prose = []
                yield from self._procedure(blocks[at:end])
                at = end
            elif kind == "warning":
                yield from self._prose(prose, is_alarm)
                prose = []
                yield self._passage(blocks[at].block.text, [blocks[at]], "warning")
                at += 1
            elif kind == "row" or (kind == "caption" and _kind_at(blocks, at + 1) == "row"):
                yield from self._prose(prose, is_alarm)
                prose = []
                end = at + 1
                while _kind_at(blocks, end) == "row":
                    end += 1
                yield from self._table(blocks[at:end])
                at = end
            elif at in listed:
                yield from self._prose(prose, is_alarm)
                prose = []
                end, code = listed[at]
                yield from self._entry(blocks[at:end], code)
                at = end
            else:
                prose.append(blocks[at])
                at += 1
        yield from self._prose(prose, is_alarm)

    def _passage(self, text: str, blocks: Sequence[_Placed], kind: Kind, row: _OwnRow | None = None) -> DraftPassage:
        labels: dict[int, str] = {}
        for placed in blocks:
            labels.setdefault(placed.page, placed.label)
        of_rows = all(placed.block.kind in ("row", "caption") for placed in blocks)
        named = (text,) if of_rows else (*self.section.named_by_headings, text)
        recognised = _recognised(blocks)
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
            text, tuple(labels), tuple(labels.values()), section, kind, lang, tuple(codes), _boxes(blocks),
            recognised,
        )  # fmt: skip

    def _entry(self, blocks: Sequence[_Placed], code: str) -> Iterator[DraftPassage]:
        """An alarm that is told in a list."""
        whole = "\n".join(_line(p.block).strip() if not at else _line(p.block) for at, p in enumerate(blocks))
        whole = whole.removeprefix("- ")
        if self.count_tokens(whole) <= ALARM_TOKENS:
            yield self._passage(whole, blocks, "alarm", _OwnRow("" if "~" in code else code, ()))
        else:
            yield from self._prose(blocks, True)

    def _procedure(self, blocks: Sequence[_Placed]) -> Iterator[DraftPassage]:
        held: list[_Placed] = []
        for placed in blocks:
            top = placed.block.kind == "step" and placed.block.level == 0
            cost = self.count_tokens("\n".join(_line(p.block) for p in [*held, placed]))
            if held and (cost > 1.5 * PROCEDURE_TOKENS or (top and cost > PROCEDURE_TOKENS)):
                yield self._passage("\n".join(_line(p.block) for p in held), held, "steps")
                held = []
            held.append(placed)
        yield self._passage("\n".join(_line(p.block) for p in held), held, "steps")

    def _table(self, blocks: Sequence[_Placed]) -> Iterator[DraftPassage]:
        caption = [p for p in blocks if p.block.kind == "caption"]
        head = "".join(f"{p.block.text}\n" for p in caption)
        rows = [p for p in blocks if p.block.kind == "row"]
        captions = tuple(p.block.text for p in caption)
        context = (self.title, *self.section.path, *captions)
        alarms = AlarmTable(context)
        held: list[_Placed] = []
        for group in alarms.groups([p.block for p in rows]):
            placed = rows[group.start : group.end]
            if group.kind != "table":
                yield from self._rows(head, caption, held)
                held = []
                if group.kind == "parameter":
                    code = number_code(*placed[0].block.cells[0], context)
                    line = "\n".join(row_line(p.block) for p in placed)
                    yield self._passage(line, placed, "table", _OwnRow(code, captions))
                    continue
                own = _OwnRow(entry_code(placed[0].block, context), captions if group.kind == "alarm" else ())
                yield self._passage("\n".join(row_lines(p.block) for p in placed), placed, group.kind, own)
                continue
            text = head + "\n".join(row_line(p.block) for p in [*held, *placed])
            if held and self.count_tokens(text) > TABLE_TOKENS:
                yield from self._rows(head, caption, held)
                held = []
            held += placed
        yield from self._rows(head, caption, held)
        # A caption over alarms only is a title like a heading, and like a heading it is no passage of its own.

    def _rows(self, head: str, caption: Sequence[_Placed], rows: Sequence[_Placed]) -> Iterator[DraftPassage]:
        if rows:
            body = "\n".join(row_line(p.block) for p in rows)
            same_page = [p for p in caption if p.page == rows[0].page]
            for text in pieces(head + body, 2 * TABLE_TOKENS, self.count_tokens):
                yield self._passage(text, [*same_page, *rows], "table")

    def _prose(self, blocks: Sequence[_Placed], is_alarm: bool) -> Iterator[DraftPassage]:
        """Paragraphs and list entries, filled up; small neighbours join, a long one is cut at sentence ends."""
        kind: Kind = "alarm" if is_alarm else "prose"
        held: list[_Placed] = []
        text = ""
        for placed in blocks:
            for piece in pieces(_line(placed.block), PROSE_TOKENS, self.count_tokens):
                joined = f"{text}\n{piece}" if text else piece
                if text and self.count_tokens(joined) > PROSE_TOKENS:
                    yield self._passage(text, held, kind)
                    held, joined = [], piece
                if not held or held[-1] is not placed:
                    held.append(placed)
                text = joined
        if text:
            yield self._passage(text, held, kind)


def _kind_at(blocks: Sequence[_Placed], at: int) -> str:
    return blocks[at].block.kind if at < len(blocks) else ""


def _group_end(blocks: Sequence[_Placed], at: int) -> int | None:
    """Where the procedure that begins at ``at`` ends, or None where none begins. It may begin with warnings and one
    intro paragraph directly before its first step (three with a warning among them: the warning must not be parted from
    its steps), and goes on over notes, pictures and warnings between steps."""
    start = at
    while _kind_at(blocks, start) in ("warning", "paragraph"):
        start += 1
    before = [placed.block.kind for placed in blocks[at:start]]
    most = 3 if "warning" in before else 1
    if _kind_at(blocks, start) != "step" or before.count("paragraph") > most:
        return None
    end = start + 1
    last = blocks[start].block
    ahead = end
    while ahead < len(blocks):
        block = blocks[ahead].block
        if block.kind == "step":
            if block.level == 0 and _ordinal(block.label) == 1 and last.level == 0:
                break  # the next procedure
            if block.level <= last.level:
                last = block
            end = ahead + 1
        elif block.kind == "row":
            break
        elif block.kind == "bullet" and (block.level > 0 or ahead == end):
            end = ahead + 1
        ahead += 1
    # What follows the last step is part of the procedure only where it was printed inside it; but the command that a
    # last step announces is often written without the indent that would say so.
    while _kind_at(blocks, end) == "code":
        end += 1
    return end


def _ordinal(label: str) -> int:
    digits = "".join(c for c in label if c.isdecimal())
    return int(digits) if digits else (ord(label[0]) - ord("①") + 1 if "①" <= label[:1] <= "⑳" else 0)


def _line(block: Block) -> str:
    """A block as it is quoted."""
    indent = "  " * block.level if block.kind in ("step", "bullet") else ""
    if block.kind == "step":
        return f"{indent}{block.label} {block.text}"
    if block.kind == "bullet":
        return f"{indent}- {block.text}"
    if block.kind == "row":
        return row_line(block)
    return block.text


def _joined_over_pages(blocks: Sequence[_Placed]) -> list[_Placed]:
    """A sentence that runs over the page's end becomes one paragraph again, listed under the page where it begins."""
    out: list[_Placed] = []
    for placed in blocks:
        before = out[-1] if out else None
        if (
            before is not None
            and placed.page == before.page + 1
            and placed.block.kind == "paragraph"
            and before.block.kind in ("paragraph", "step", "bullet")
            and before.block.text.rstrip()[-1:] not in tuple("。．.!?！？:：）)」")
        ):
            b = before.block
            text, sure = signs.join(b.text, placed.block.text), _recognised([before, placed])
            whole = Block(b.kind, text, b.level, b.label, b.cells, b.box, sure)
            out[-1] = _Placed(whole, before.page, before.label)
            continue
        out.append(placed)
    return out


def _recognised(blocks: Sequence[_Placed]) -> float | None:
    """How sure OCR was of the blocks that it read, by their length; None where it read none of them."""
    read = [(p.block.recognised, len(p.block.text) or 1) for p in blocks if p.block.recognised is not None]
    return round(sum(sure * length for sure, length in read) / sum(n for _, n in read), 3) if read else None


def _boxes(blocks: Sequence[_Placed]) -> tuple[Box, ...]:
    """Boxes of the blocks; neighbours in one column (less than 20 points apart) become one."""
    out: list[Box] = []
    for placed in blocks:
        box = placed.block.box
        if box is None:
            continue
        last = out[-1] if out else None
        if last and last.page == box.page and box.x0 < last.x1 and last.x0 < box.x1 and box.y0 - last.y1 < 20:
            out[-1] = Box(
                box.page, min(last.x0, box.x0), min(last.y0, box.y0), max(last.x1, box.x1), max(last.y1, box.y1)
            )
        else:
            out.append(box)
    return tuple(out)
