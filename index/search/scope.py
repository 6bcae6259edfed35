"""Scope: which manuals, lines, machines, kinds and languages a search is narrowed to, and what that means in SQL."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import get_args

from index.errors import ScopeUnknown
from index.passage import Kind, Lang, Manual
from index.search.names import machine_labels
from index.search.nicknames import machines_named
from index.search.synonyms import Synonyms, word_key
from index.truth.truth import Truth

KINDS: tuple[str, ...] = get_args(Kind)
LANGS: tuple[str, ...] = get_args(Lang)
_MOST_TOLD = 20  # known values that an error names


@dataclass(frozen=True, slots=True)
class Scope:
    """Where to search; what is empty does not narrow. Of several values in one field any will do, and all fields must
    hold. ``manuals``: ids, file names or titles; ``lines`` and ``machines``: as an admin set them, product names of
    titles, or the site's words for them; ``kinds`` and ``langs``: of the passages."""

    manuals: frozenset[str] = field(default_factory=frozenset)
    lines: frozenset[str] = field(default_factory=frozenset)
    machines: frozenset[str] = field(default_factory=frozenset)
    kinds: frozenset[str] = field(default_factory=frozenset)
    langs: frozenset[str] = field(default_factory=frozenset)

    @classmethod
    def of(cls, **values: Iterable[str] | None) -> Scope:
        """A scope of lists as they come from outside."""
        return cls(**{name: frozenset(given or ()) for name, given in values.items()})


@dataclass(frozen=True, slots=True)
class Filters:
    """What a search can be narrowed to in one library."""

    lines: tuple[str, ...]
    machines: tuple[str, ...]
    manuals: tuple[str, ...]
    kinds: tuple[str, ...] = KINDS
    langs: tuple[str, ...] = LANGS

    @classmethod
    def of(cls, manuals: Sequence[Manual]) -> Filters:
        return cls(
            _each(line for manual in manuals for line in manual.lines),
            _each(name for manual in manuals for name in machine_labels(manual)),
            tuple(manual.name for manual in manuals),
        )


@dataclass(frozen=True, slots=True)
class Within:
    """A scope as the tables know it: manual ids, kinds and languages of passages; what is empty does not narrow."""

    manuals: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    langs: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.manuals or self.kinds or self.langs)

    def among(self, manuals: Collection[str]) -> Within:
        """The same in these manuals only, which must be some of its own."""
        return Within(tuple(sorted(manuals)), self.kinds, self.langs)

    def where(self) -> tuple[str, tuple[str, ...]]:
        """Conditions on the table ``passage``, each led by AND, with their values."""
        columns = (("manual_id", self.manuals), ("kind", self.kinds), ("lang", self.langs))
        parts = [f"AND passage.{name} IN ({','.join('?' * len(values))})" for name, values in columns if values]
        return " ".join(parts), (*self.manuals, *self.kinds, *self.langs)

    def passage_ids(self, truth: Truth, manuals_in: Lang) -> list[str] | None:
        """The ids of the passages in it, of manuals in that language, for a store that knows no kinds of passages; None
        where only the manuals narrow."""
        if not (self.kinds or self.langs):
            return None
        where, values = self.where()
        of_manuals = "passage.manual_id IN (SELECT id FROM manual WHERE lang = ?)"
        rows = truth.db.execute(f"SELECT id FROM passage WHERE {of_manuals} {where}", (manuals_in, *values))
        return [str(row["id"]) for row in rows]


EVERYWHERE = Within()


def resolve(scope: Scope, manuals: Sequence[Manual], site: Synonyms) -> Within | None:
    """What ``scope`` means among ``manuals``, of which those disabled are in no scope; None where nothing can be in it.
    Raises ScopeUnknown for a value that is nowhere, naming those that are known."""
    all_enabled = all(manual.enabled for manual in manuals)
    manuals = manuals if all_enabled else [manual for manual in manuals if manual.enabled]
    if scope == Scope() and all_enabled:
        return EVERYWHERE if manuals else None  # most questions; what they could be narrowed to costs time
    known = Filters.of(manuals)
    _check("kind", scope.kinds, KINDS)
    _check("language", scope.langs, LANGS)

    def with_line(line: str) -> set[str]:
        keys = {word_key(word) for word in _words(line, site)}
        return {manual.id for manual in manuals if keys & set(map(word_key, manual.lines))}

    def with_machine(machine: str) -> Collection[str]:
        return machines_named(_words(machine, site), manuals)

    def called(manual: str) -> set[str]:
        return {m.id for m in manuals if manual in (m.id, m.name, m.title)}

    narrowed = set[str](manual.id for manual in manuals)
    for what, wanted, find, names in (
        ("manual", scope.manuals, called, known.manuals),
        ("line", scope.lines, with_line, known.lines),
        ("machine", scope.machines, with_machine, known.machines),
    ):
        if wanted:
            narrowed &= _found(what, wanted, find, names)
    if not narrowed:
        return None
    every = all_enabled and not (scope.manuals or scope.lines or scope.machines)
    return Within(() if every else tuple(sorted(narrowed)), tuple(sorted(scope.kinds)), tuple(sorted(scope.langs)))


def _words(value: str, site: Synonyms) -> tuple[str, ...]:
    group = site.group_of(value)
    return group.words if group else (value,)


def _found(
    what: str, wanted: Collection[str], find: Callable[[str], Collection[str]], known: Sequence[str]
) -> set[str]:
    found = set[str]()
    for value in sorted(wanted):
        ids = find(value) if value.strip() else ()
        if not ids:
            raise _unknown(what, value, known)
        found |= set(ids)
    return found


def _check(what: str, wanted: Collection[str], known: Sequence[str]) -> None:
    for value in sorted(wanted):
        if value not in known:
            raise _unknown(what, value, known)


def _unknown(what: str, value: str, known: Sequence[str]) -> ScopeUnknown:
    told = ", ".join(known[:_MOST_TOLD]) + (f" and {len(known) - _MOST_TOLD} more" if len(known) > _MOST_TOLD else "")
    remedy = f"Known: {told}." if known else f"No manual has a {what} yet; set it with: andon index set"
    return ScopeUnknown(f"There is no {what} {value[:80]!r} to narrow the search to.", remedy, what=what, known=told)


def _each(names: Iterable[str]) -> tuple[str, ...]:
    """Each name once, however it is written."""
    first: dict[str, str] = {}
    for name in names:
        first.setdefault(word_key(name), name)
    return tuple(sorted(first.values()))
