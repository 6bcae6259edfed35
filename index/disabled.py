"""Disabled: manuals that an admin takes out of the search for a while; they stay whole and come back at once."""

from __future__ import annotations

from index.truth.truth import Truth


def put_enabled(truth: Truth, manual_id: str, enabled: bool) -> None:
    """Whether a manual is searched, from the next question on. It outlasts the manual's revisions, as what a manual is
    for does: a newer edition of a disabled manual is disabled. A manual that is gone meanwhile gets nothing."""
    with truth.transaction() as db:
        if db.execute("SELECT 1 FROM manual WHERE id = ?", (manual_id,)).fetchone() is None:
            return
        if enabled:
            db.execute("DELETE FROM disabled WHERE manual_id = ?", (manual_id,))
        else:
            db.execute("INSERT OR IGNORE INTO disabled VALUES (?)", (manual_id,))
