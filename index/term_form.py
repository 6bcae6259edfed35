"""Term form: what keyword rows and codes were made by; those of an older Andon are made again at the next start."""

from __future__ import annotations

import logging

from index.truth import Truth
from index.verify_truth import TruthCheck

FORM = "2"  # raise it whenever the same passage gets other terms (index.text) or other codes (index.codes.entry)
_KEY = "term_form"
log = logging.getLogger(__name__)


def renew(truth: Truth) -> bool:
    """Make keyword rows and codes again from the passages where they are not of ``FORM``; True where they were. About
    1 ms a passage, once after an update. Killed on the way, it begins again at the next start: the form is noted
    last. Callers hold the writer's lock."""
    row = truth.db.execute("SELECT value FROM meta WHERE key = ?", (_KEY,)).fetchone()
    if row is not None and row["value"] == FORM:
        return False
    stale = bool(truth.manuals())
    if stale:
        log.info("Search terms and codes are made again, since this version of Andon reads words in another way.")
        TruthCheck(truth).repair(("codes", "keywords"))
    with truth.transaction() as db:
        db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (_KEY, FORM))
    return stale
