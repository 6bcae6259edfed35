"""WordRows: what one embedder has made of the passages' words, in the truth: read by question, put, found missing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from index.truth.truth import Truth

AT_ONCE = 500  # passages of a statement


class WordRows:
    """The packed word vectors (index.embedders.word_vectors) that the embedder of that name made."""

    def __init__(self, truth: Truth, embedder: str) -> None:
        self._truth = truth
        self._embedder = embedder

    def packed(self, numbers: Iterable[int]) -> dict[int, bytes]:
        """By passage number; those that have none are left out."""
        wanted = list(dict.fromkeys(numbers))
        found: dict[int, bytes] = {}
        for start in range(0, len(wanted), AT_ONCE):
            part = wanted[start : start + AT_ONCE]
            marks = ",".join("?" * len(part))
            rows = self._truth.db.execute(
                f"SELECT passage, packed FROM word_vectors WHERE embedder = ? AND passage IN ({marks})",
                [self._embedder, *part],
            )
            found |= {int(row["passage"]): row["packed"] for row in rows}
        return found

    def ids(self) -> set[str]:
        """The ids of the passages that have them."""
        rows = self._truth.db.execute(
            "SELECT id FROM passage JOIN word_vectors ON passage = number WHERE embedder = ?", (self._embedder,)
        )
        return {str(row["id"]) for row in rows}

    def put(self, packed: Mapping[str, bytes]) -> None:
        """By passage id, in place of what another embedder made; ids of no passage are left out."""
        numbers = self._truth.numbers(packed)
        with self._truth.transaction() as db:
            db.executemany(
                "INSERT OR REPLACE INTO word_vectors SELECT number, ?, ? FROM passage WHERE number = ?",
                [(self._embedder, packed[passage], number) for passage, number in numbers.items()],
            )

    def drop(self, ids: Iterable[str]) -> None:
        """Throw away those of these passages, to be made again."""
        with self._truth.transaction() as db:
            db.executemany(
                "DELETE FROM word_vectors WHERE passage = (SELECT number FROM passage WHERE id = ?)",
                [(passage,) for passage in ids],
            )

    def strays(self) -> list[int]:
        """The numbers of rows that belong to no passage."""
        rows = self._truth.db.execute(
            "SELECT passage FROM word_vectors WHERE passage NOT IN (SELECT number FROM passage)"
        )
        return [int(row["passage"]) for row in rows]

    def drop_strays(self) -> None:
        with self._truth.transaction() as db:
            db.executemany("DELETE FROM word_vectors WHERE passage = ?", [(number,) for number in self.strays()])

    def drop_others(self) -> None:
        """Throw away what other embedders made."""
        with self._truth.transaction() as db:
            db.execute("DELETE FROM word_vectors WHERE embedder != ?", (self._embedder,))

    def drop_all(self) -> None:
        """Throw away all of this embedder's."""
        with self._truth.transaction() as db:
            db.execute("DELETE FROM word_vectors WHERE embedder = ?", (self._embedder,))
