"""Verify lines: what andon index verify found, in a person's words, with what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ui.terminal import reader_lang, tell
from ui.wording import all_wording, say

if TYPE_CHECKING:
    from index.verify import Report


def tell_report(report: Report, embeds: bool) -> None:
    """Print one line a finding; below it examples, and what helps where Andon cannot mend it. ``embeds``: whether
    there was an embedder to check vectors with."""
    lang, wording = reader_lang(), all_wording()
    tell(
        "verify.checked", manuals=report.manuals, passages=report.passages, vectors=report.vectors,
        originals=report.originals, embedded=report.embedded,
    )  # fmt: skip
    if not embeds:
        tell("verify.no_embedder")
    if report.beside:
        tell("verify.beside")
    for found in report.findings:
        what = say(f"verify.{found.kind}", lang, count=found.count)
        tell("verify.repaired" if found.repaired else "verify.found", what=what)
        if found.where:
            tell("verify.where", where=("、" if lang == "ja" else ", ").join(found.where))
        if not found.repaired and f"verify.{found.kind}.help" in wording:
            print(f"  {say('cli.remedy', lang)}: {say(f'verify.{found.kind}.help', lang)}")
    if not report.findings:
        tell("verify.agrees")
    elif report.agrees:
        tell("verify.mended")
    elif any(not found.repaired and not found.by_hand and found.kind != "database" for found in report.findings):
        tell("verify.use_repair")
