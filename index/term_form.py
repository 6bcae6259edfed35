"""Term form: what keyword rows and codes were made by; those of an older Andon are made again at the next start."""

from __future__ import annotations

import logging

from index.truth import Truth
from index.verify_truth import TruthCheck

FORM = "2"  # raise it whenever the same passage gets other terms (index.text) or other codes (index.codes.entry)
_KEY, _HEADINGS = "term_form", "heading_form"
log = logging.getLogger(__name__)


def renew(truth: Truth) -> bool:
    """Make keyword rows and codes again from the passages where they are not of ``FORM``; True where they were. About
    1 ms a passage, once after an update. Killed on the way, it begins again at the next start: the form is noted
    last. Heading terms, which no older Andon kept, are made alone where the others are right. Callers hold the
    writer's lock."""
    held = dict(truth.db.execute("SELECT key, value FROM meta WHERE key IN (?, ?)", (_KEY, _HEADINGS)).fetchall())
    if held == {_KEY: FORM, _HEADINGS: FORM}:
        return False
    stale = held.get(_KEY) != FORM and bool(truth.manuals())
    if stale:
        log.info("Search terms and codes are made again, since this version of Andon reads words in another way.")
        TruthCheck(truth).repair(("codes", "keywords"))
    else:
        TruthCheck(truth).keep_headings()
    with truth.transaction() as db:
        db.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", [(_KEY, FORM), (_HEADINGS, FORM)])
    return stale
