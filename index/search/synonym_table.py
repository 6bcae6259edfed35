"""Synonym table: the site's words in the truth, as an admin edits them; what changed counts for the next question."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from threading import Lock

from index.errors import SynonymsFull, SynonymUnknown, WordRefused, WordsTooFew, WordTooLong, WordTooShort
from index.search.synonyms import Group, Synonyms, word_key
from index.truth.truth import Truth, storable

MOST_GROUPS = 1000
MOST_WORDS = 30  # of one group
LONGEST = 60  # characters of a word
SEPARATORS = "=＝\t\n,，、;；|"  # between the words of a line; no word holds one


@dataclass(frozen=True, slots=True)
class Put:
    """What adding words did. ``joined``: the groups that one of the words stood in before, now part of ``group``;
    ``change`` is "added", "joined" (with what was there), "changed" (by ``edit``) or "unchanged"."""

    group: Group
    joined: tuple[Group, ...]
    change: str


class SynonymTable:
    """The site's groups of synonyms. A word stands in one group only: adding it beside others joins the groups. Needs
    no writer lock, so it may be changed while the service runs."""

    def __init__(self, truth: Truth) -> None:
        self._truth = truth
        self._guard = Lock()
        self._held: tuple[int, tuple[Group, ...], Synonyms] | None = None

    def groups(self) -> tuple[Group, ...]:
        """All groups, in the order of their making."""
        return self._read()[1]

    def synonyms(self) -> Synonyms:
        """The groups as search uses them."""
        return self._read()[2]

    def add(self, words: Sequence[str]) -> Put:
        """Say that ``words`` mean the same. Raises SynonymsRefused."""
        return self.add_all([words])[0]

    def add_all(self, groups: Iterable[Sequence[str]], *, replace: bool = False) -> list[Put]:
        """Say it of several groups, all or none of them; ``replace`` forgets those that were there."""
        wanted = [checked_words(words) for words in groups]
        with self._truth.transaction() as db:
            before = [] if replace else self._load()
            after, done = list(before), list[Put]()
            following = 1 + int(db.execute("SELECT coalesce(max(family), 0) FROM synonym").fetchone()[0])
            for words in wanted:
                put = _put(after, words, following)
                following += put.group.id == following
                done.append(put)
            self._write(after)
        return done

    def edit(self, group_id: int, words: Sequence[str]) -> Put:
        """Give a group other words. Raises SynonymUnknown, or SynonymsRefused."""
        wanted = checked_words(words)
        with self._truth.transaction():
            groups = self._load()
            old = next((group for group in groups if group.id == group_id), None)
            if old is None:
                raise _unknown(str(group_id))
            rest = [group for group in groups if group.id != group_id]
            put = _put(rest, wanted, group_id)
            self._write(rest)
        return Put(put.group, put.joined, "unchanged" if put.group == old else put.change.replace("added", "changed"))

    def remove(self, word: str) -> Group:
        """Take ``word`` out of its group, and the group away where one word is left. Returns the group as it was.
        Raises SynonymUnknown."""
        with self._truth.transaction():
            groups = self._load()
            old = next((g for g in groups if word_key(word) in map(word_key, g.words)), None)
            if old is None:
                raise _unknown(word)
            left = tuple(held for held in old.words if word_key(held) != word_key(word))
            kept = [Group(old.id, left) if group is old else group for group in groups]
            self._write([group for group in kept if len(group.words) > 1])
        return old

    def remove_group(self, group_id: int) -> Group:
        """Forget a group. Raises SynonymUnknown."""
        with self._truth.transaction():
            groups = self._load()
            old = next((group for group in groups if group.id == group_id), None)
            if old is None:
                raise _unknown(str(group_id))
            self._write([group for group in groups if group is not old])
        return old

    def _read(self) -> tuple[int, tuple[Group, ...], Synonyms]:
        row = self._truth.db.execute("SELECT value FROM meta WHERE key = 'synonyms'").fetchone()
        version = int(row["value"]) if row else 0
        held = self._held
        if held is not None and held[0] == version:
            return held
        groups = tuple(self._load())
        with self._guard:
            self._held = (version, groups, Synonyms(groups))
            return self._held

    def _load(self) -> list[Group]:
        words: dict[int, list[str]] = {}
        for row in self._truth.db.execute("SELECT said, family FROM synonym ORDER BY family, place"):
            words.setdefault(int(row["family"]), []).append(str(row["said"]))
        return [Group(family, tuple(said)) for family, said in words.items()]

    def _write(self, groups: Sequence[Group]) -> None:
        """Inside the caller's transaction."""
        if len(groups) > MOST_GROUPS:
            raise SynonymsFull(
                f"There would be {len(groups):,} groups of site words; the limit is {MOST_GROUPS:,}.",
                "Remove groups that nobody uses.",
                limit=f"{MOST_GROUPS:,}",
            )
        db = self._truth.db
        db.execute("DELETE FROM synonym")
        db.executemany(
            "INSERT INTO synonym (word, said, family, place) VALUES (?, ?, ?, ?)",
            [(word_key(word), word, g.id, place) for g in groups for place, word in enumerate(g.words)],
        )
        db.execute(
            "INSERT INTO meta (key, value) VALUES ('synonyms', '1') ON CONFLICT (key) DO UPDATE SET value = value + 1"
        )


def checked_words(words: Sequence[str]) -> tuple[str, ...]:
    """``words`` tidied, each once. Raises SynonymsRefused with the word that is wrong."""
    kept: dict[str, str] = {}
    for given in words:
        word = " ".join(unicodedata.normalize("NFKC", storable(given)).split())
        if not word:
            continue
        if any(unicodedata.category(character)[0] == "C" or character in SEPARATORS for character in word):
            raise WordRefused(
                f"{word!r} holds a separator (= , ; |) or a control character.", "Give each word by itself.", word=word
            )
        if len(word) > LONGEST:
            raise WordTooLong(
                f"{word[:20]!r}… has {len(word)} characters; a word may have {LONGEST}.",
                "Give a name or a short phrase, not a sentence.", word=word[:LONGEST],
            )  # fmt: skip
        if len(word_key(word)) < 2:
            raise WordTooShort(f"{word!r} is one character and would be found everywhere.", "Give more.", word=word)
        kept.setdefault(word_key(word), word)
    if len(kept) < 2:
        raise WordsTooFew(
            "A group needs two different words.", "Write them with = between: 2号機 = SW-310",
            word=next(iter(kept.values()), ""),
        )  # fmt: skip
    return tuple(kept.values())


def _put(groups: list[Group], words: Sequence[str], following: int) -> Put:
    """Add ``words`` to ``groups``, joined with all groups that hold one of them; ``following`` is the id of a new
    one."""
    keys = {word_key(word) for word in words}
    joined = [group for group in groups if keys & set(map(word_key, group.words))]
    before = {word_key(word): word for group in joined for word in group.words}
    new = Group(
        joined[0].id if joined else following,
        tuple({**before, **{key: word for word in words if (key := word_key(word)) not in before}}.values()),
    )
    if len(new.words) > MOST_WORDS:
        raise SynonymsFull(
            f"The group of {new.words[0]!r} would have {len(new.words)} words; the limit is {MOST_WORDS}.",
            "Leave out words that nobody says.", word=new.words[0], limit=str(MOST_WORDS),
        )  # fmt: skip
    if joined == [new]:
        return Put(new, (), "unchanged")
    place = groups.index(joined[0]) if joined else len(groups)
    groups[:] = [group for group in groups if group not in joined]
    groups.insert(min(place, len(groups)), new)
    return Put(new, tuple(joined), "joined" if joined else "added")


def _unknown(which: str) -> SynonymUnknown:
    return SynonymUnknown(f"There is no group of site words with {which!r}.", "List them with: andon words list")
