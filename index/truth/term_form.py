"""Term form: what keyword rows and codes were made by; those of an older Andon are made again at the next start."""

from __future__ import annotations

import logging

from index.truth import counted_terms
from index.truth.truth import Truth
from index.truth.verify_truth import TruthCheck

FORM = "3"  # raise it whenever the same passage gets other terms (index.text) or other codes (index.codes.entry)
_KEY, _COUNTED = "term_form", "counted_form"
log = logging.getLogger(__name__)


def renew(truth: Truth) -> bool:
    """Make keyword rows and codes again from the passages where they are not of ``FORM``; True where they were. About
    1 ms a passage, once after an update. Killed on the way, it begins again at the next start: the form is noted
    last. Counted terms are made alone, from the keyword rows, where those are right. Callers hold the writer's lock."""
    wanted = {_KEY: FORM, _COUNTED: counted_terms.FORM}
    held = dict(truth.db.execute("SELECT key, value FROM meta WHERE key IN (?, ?)", tuple(wanted)).fetchall())
    if held == wanted:
        return False
    stale = held.get(_KEY) != FORM and bool(truth.manuals())
    if stale:
        log.info("Search terms and codes are made again, since this version of Andon reads words in another way.")
        TruthCheck(truth).repair(("codes", "keywords"))
    else:
        TruthCheck(truth).count_terms()
    with truth.transaction() as db:
        db.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", list(wanted.items()))
    return stale
