"""Coverage notes: what of a manual was not read, in a person's words, so that nobody looks for it in vain."""

from __future__ import annotations

from collections.abc import Sequence

from index.manuals.coverage import Coverage, SkipReason
from ui.wording import Lang, say

SHOWN = 12  # labels named one by one
# What a person can do something about; blank pages, contents lists and figures are expected not to be read.
_TOLD: tuple[SkipReason, ...] = (
    "scan", "garbled", "hidden_sheet", "hidden_slide", "formula", "chart", "note", "include",
)  # fmt: skip


def coverage_notes(coverage: Coverage, lang: Lang) -> list[str]:
    """One line a reason, with how many and where."""
    notes = []
    if coverage.ocr:
        notes.append(say("coverage.ocr", lang, count=len(coverage.ocr), where=_listed(coverage.ocr, lang)))
    for reason in _TOLD:
        of_it = [skipped for skipped in coverage.skipped if skipped.reason == reason]
        if of_it:
            count = sum(skipped.count for skipped in of_it)
            where = _listed(list(dict.fromkeys(skipped.where for skipped in of_it if skipped.where)), lang)
            notes.append(say(f"coverage.{reason}", lang, count=count, where=where))
    return notes


def _listed(labels: Sequence[str], lang: Lang) -> str:
    named = ("、" if lang == "ja" else ", ").join(labels[:SHOWN])
    more = len(labels) - SHOWN
    return f"{named}{say('coverage.more', lang, count=more)}" if more > 0 else named
