"""Revisions: the editions that a manual has had, each with its content hash and when it was added."""

from __future__ import annotations

from dataclasses import dataclass

from index.truth.truth import Truth


@dataclass(frozen=True, slots=True)
class Revision:
    """``sha256``: of the original; it is kept for the live revision only. ``added_at``: UTC in ISO 8601."""

    number: int
    sha256: str
    added_at: str


def revisions_of(truth: Truth, manual_id: str) -> list[Revision]:
    """Newest first."""
    rows = truth.db.execute(
        "SELECT revision, sha256, added_at FROM revision WHERE manual_id = ? ORDER BY revision DESC", (manual_id,)
    ).fetchall()
    return [Revision(int(row["revision"]), str(row["sha256"]), str(row["added_at"])) for row in rows]
