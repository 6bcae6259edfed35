"""Codebook: which codes of a question stand in the manuals, which are of their kind but stand nowhere."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from index.codes.find import Code, find_codes
from index.codes.readings import joined_up, mended
from index.codes.rivals import Choice, Entry, settle
from index.codes.spoken import FAMILIES, other_forms, padded_forms, same_forms, spoken_codes, spoken_names
from index.passage import Manual
from index.search.fuse import CodeMatch
from index.search.question import Question
from index.search.scope import EVERYWHERE, Within
from index.truth.truth import Truth

FAMILY = 4  # so many codes of one form (S-01, S-02, …) make another of that form a code too
_AS_PRINTED = re.compile(r"(?:AL|ALM)[.\-\s]?\d", re.IGNORECASE)
MOST_MATCHES = 200
MOST_ENTRIES = 40  # of one code; a hundred would be no choice


@dataclass(frozen=True, slots=True)
class Looked:
    """``matches``: passages that hold a code of the question; ``known`` and ``unknown``: its codes that stand somewhere
    and nowhere; ``foreign``: product names that stand nowhere and are like no code here; ``choices``: where a code is
    that of several things, and the question does not say which."""

    matches: tuple[CodeMatch, ...]
    known: tuple[str, ...]
    unknown: tuple[str, ...]
    foreign: tuple[str, ...]
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class _Row:
    number: int
    code: str
    lead: bool
    manual: str


def look_up_codes(truth: Truth, asked: Question, manuals: Mapping[str, Manual], within: Within = EVERYWHERE) -> Looked:
    """Look up what ``asked`` names ``within`` a scope; where nothing of it leads
    anywhere, as it may have been meant (E401 for "E4O1")."""
    joined = joined_up(asked.text)
    if joined != asked.text:
        closer = _Book(truth, _read(asked, joined), manuals, within)
        if closer.is_exact():
            return closer.looked()
    looked = _Book(truth, asked, manuals, within).looked()
    if any(match.lead for match in looked.matches):
        return looked
    for text in mended(asked.text):
        meant = _Book(truth, _read(asked, text), manuals, within).looked()
        if any(match.lead for match in meant.matches):
            return meant
    return looked


def _read(asked: Question, text: str) -> Question:
    """The question, its codes read from ``text`` instead; what was taken for a machine's name stays none."""
    names = {code.canonical for code in find_codes(asked.text)} - {code.canonical for code in asked.codes}
    codes = tuple(code for code in find_codes(text) if code.canonical not in names)
    return replace(asked, text=text, codes=codes, maybe_codes=())


@dataclass(frozen=True, slots=True)
class _Book:
    truth: Truth
    asked: Question
    manuals: Mapping[str, Manual]
    within: Within

    def is_exact(self) -> bool:
        """Whether each code of the question has an entry in that very form."""
        leading = {row.code for row in self._rows(code.canonical for code in self.asked.codes) if row.lead}
        return bool(leading) and all(code.canonical in leading for code in self.asked.codes)

    def looked(self) -> Looked:
        named = {code.canonical: code for code in self.asked.codes}
        forms = dict.fromkeys([*named, *self.asked.maybe_codes])
        found = self._rows([*forms, *(_base(form) for form in forms)])
        there = {row.code for row in found}
        matches: dict[int, CodeMatch] = {}
        known, unknown, foreign, choices = list[str](), list[str](), list[str](), list[Choice]()
        named_in_words = self._named_in_words(named)
        for form in forms:
            own = [row for row in found if row.code in (form, _base(form))]
            exact = [row for row in own if row.code == form and row.lead]
            if exact:
                own = [row if row.code == form else replace(row, lead=False) for row in own]
            meant = self._meant(form, named.get(form), own)
            choices += self._settle(meant, matches, {form})
            stands = [row.code for row in meant if row.lead and row.code not in (form, _base(form))]
            if form in there:
                known.append(form)
            elif stands:
                known.append(form if "~" in stands[0] else stands[0])
            elif any(form.replace("_", "").endswith(name[1:]) for name, _ in named_in_words):
                continue  # a flag with the name of its part before it
            elif _base(form) in there and not self._exists(f"{_base(form)}."):
                known.append(form)  # this manual describes the details under the base code
            elif _base(form) in there or self._family(form) >= FAMILY or _kind(named, form) not in ("part", None):
                unknown.append(form)
            elif _kind(named, form) == "part":
                foreign.append(form)
        for rows in self._spoken():
            choices += self._settle(rows, matches, {row.code for row in rows})
            known += [row.code for row in rows if row.lead][:1]
        for name, rows in named_in_words:
            choices += self._settle(rows, matches, {name})
            known.append(self._printed(rows[0], name))
        distinct = tuple(dict.fromkeys(choices)) if len({choice.passage_id for choice in choices}) > 1 else ()
        return Looked(tuple(matches.values()), tuple(dict.fromkeys(known)), tuple(unknown), tuple(foreign), distinct)

    def _meant(self, form: str, code: Code | None, own: Sequence[_Row]) -> list[_Row]:
        """The rows of ``form``; where it leads nowhere, of a range that holds it; and those of its other forms, where
        its kind stands nowhere or another kind's list is the one named."""
        leads = any(row.lead for row in own)
        rows = [*own, *(() if leads else self._ranges(form))]
        if code is None and not rows:
            return [row for row in self._rows(padded_forms(form)) if row.lead]
        if code is None or code.kind not in ("alarm", "parameter"):
            return rows
        for machines, forms in ((self.asked.named, other_forms), (self.asked.meant, same_forms)):
            if machines and not any(row.lead and row.manual in machines for row in rows):
                here = [row for row in self._leading(forms(code)) if row.manual in machines]
                if here:
                    return [*(replace(row, lead=False) for row in rows), *here]
        others = [row for row in self._rows(other_forms(code)) if row.lead]
        if not any(row.lead for row in rows):
            family = re.match(r"[A-Z]+", form)
            stands = not own and not (family and self._exists(family[0], lead=True))
            return [*rows, *(others if stands else self._leading(same_forms(code)))]
        if _AS_PRINTED.match(self.asked.text, code.start):
            return rows  # "error AL.33" asks for AL.33 and for no error 33
        listed = [row for row in others if re.match(rf"(?:{'|'.join(FAMILIES)})\d", row.code)]
        return [*rows, *(listed if re.match(rf"(?:{'|'.join(FAMILIES)})\d", form) else ())]

    def _leading(self, forms: Collection[str]) -> list[_Row]:
        """The rows that lead for ``forms``, or for the ranges that hold one of them."""
        rows = [row for row in self._rows(forms) if row.lead]
        return rows or [row for form in forms for row in self._ranges(form)]

    def _settle(
        self, rows: Sequence[_Row], matches: dict[int, CodeMatch], exact: Collection[str]
    ) -> tuple[Choice, ...]:
        """Put the rows among ``matches``: those that the question means lead."""
        numbers = list(dict.fromkeys(row.number for row in rows if row.lead))[:MOST_ENTRIES]
        passages = self.truth.numbered(numbers) if numbers else {}
        entries = [
            Entry(row.number, row.code, row.code in exact or "~" in row.code, passages[row.number],
                  self.manuals[passages[row.number].manual_id])
            for row in rows
            if row.lead and row.number in passages and passages[row.number].manual_id in self.manuals
        ]  # fmt: skip
        kept, choices = settle(self.asked, entries) if entries else ([], ())
        lead = {entry.number for entry in kept}
        for row in rows:
            before = matches.get(row.number)
            if before is None or not before.lead:
                matches[row.number] = CodeMatch(row.number, row.code, row.number in lead)
        return choices

    def _spoken(self) -> list[list[_Row]]:
        """The rows of what may be a code, for what stands in a manual as one; nothing where a sure code was found."""
        groups = spoken_codes(self.asked.text, self.asked.codes)
        return [rows for forms in groups if (rows := [row for row in self._rows(forms) if row.lead])]

    def _named_in_words(self, named: Mapping[str, Code]) -> list[tuple[str, list[_Row]]]:
        """(key, rows) of the flags that the question names in words; of "current limit violation" not also "current
        limit"."""
        there = [key for key in spoken_names(self.asked.text) if key[1:] not in {n.replace("_", "") for n in named}]
        rows = [row for row in self._rows(there) if row.lead]
        found: list[tuple[str, list[_Row]]] = []
        for key in there:
            own = [row for row in rows if row.code == key]
            if own and not any(key[1:] in longer[1:] for longer, _ in found):
                found.append((key, own))
        return found

    def _printed(self, row: _Row, key: str) -> str:
        passage = self.truth.numbered([row.number])[row.number]
        return next((code for code in passage.codes if code.replace("_", "") == key[1:]), key[1:])

    def _rows(self, codes: Iterable[str]) -> list[_Row]:
        wanted = list(dict.fromkeys(codes))
        return self._read(f"code.code IN ({','.join('?' * len(wanted))})", wanted) if wanted else []

    def _read(self, where: str, values: Sequence[str]) -> list[_Row]:
        scope, scoped = self.within.where()
        rows = self.truth.db.execute(
            "SELECT code.code, code.passage, code.lead, passage.manual_id FROM code"
            f" JOIN passage ON passage.number = code.passage WHERE {where} {scope}"
            f" ORDER BY lead = 1 DESC, lead DESC, passage LIMIT {MOST_MATCHES}",
            (*values, *scoped),
        ).fetchall()
        own = {(row["code"], row["manual_id"]) for row in rows if row["lead"] == 1}
        return [
            _Row(int(row["passage"]), str(row["code"]),
                 row["lead"] == 1 or (row["lead"] == 2 and (row["code"], row["manual_id"]) not in own),
                 str(row["manual_id"]))
            for row in rows
        ]  # fmt: skip

    def _ranges(self, form: str) -> list[_Row]:
        """Rows of the ranges that hold ``form``, the narrowest only."""
        match = re.fullmatch(r"(\d+_|[A-Z]+|0x)(\d+)", form)
        if match is None:
            return []
        start = f"{match[1]}~"
        held: dict[str, int] = {}
        rows = self._read("code.code >= ? AND code.code < ?", (start, start[:-1] + "\x7f"))
        for row in rows:
            low, high = (int(end) for end in row.code.removeprefix(start).split("~"))
            if low <= int(match[2]) <= high:
                held[row.code] = high - low
        narrowest = min(held.values(), default=0)
        return [row for row in rows if held.get(row.code) == narrowest]

    def _family(self, code: str) -> int:
        """How many codes have the same letters and as many digits."""
        match = re.fullmatch(r"([A-Z]+)(\d+)", code)
        if match is None:
            return 0
        form = match[1] + "[0-9]" * len(match[2])
        row = self.truth.db.execute("SELECT count(DISTINCT code) FROM code WHERE code GLOB ?", (form,)).fetchone()
        return int(row[0])

    def _exists(self, start: str, *, lead: bool = False) -> bool:
        """Whether there is a code that begins like that and goes on with a digit (or is a detail of it)."""
        form = f"{start}*" if start.endswith(".") else f"{start}[0-9]*"
        where = "AND lead = 1" if lead else ""
        row = self.truth.db.execute(f"SELECT 1 FROM code WHERE code GLOB ? {where} LIMIT 1", (form,)).fetchone()
        return row is not None


def _kind(named: Mapping[str, Code], form: str) -> str | None:
    return named[form].kind if form in named else None


def _base(code: str) -> str:
    """The code without its detail number: AL32.1 -> AL32, 8003_7 -> 8003. Manuals often describe the details under the
    base code."""
    return code.rpartition(".")[0] or re.sub(r"(?<=\d)_\d+$", "", code)
