"""Attribution: which sources a run could draw from, under which licence, and who is to be named for each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from training.corpus import Document

ATTRIBUTION: Mapping[str, str] = {
    "MicrosoftDocs/cpp-docs": "Microsoft C++ documentation, Microsoft Corporation and contributors",
    "yukarinoki/cpp-docs.ja-jp": "Microsoft C++ documentation in Japanese, Microsoft Corporation and contributors",
    "MicrosoftDocs/DynamicsAX2012-technet": "Dynamics AX 2012 documentation, Microsoft Corporation and contributors",
    "MicrosoftDocs/Dynamics-365-Operations.ja-jp": "Dynamics 365 documentation (Japanese), Microsoft and contributors",
    "MicrosoftDocs/windows-driver-docs": "Windows driver documentation, Microsoft Corporation and contributors",
    "hyoshioka0128/windows-driver-docs.ja-jp": "Windows driver documentation (Japanese), Microsoft and contributors",
    "zelanko/sql-docs.ja-jp": "SQL documentation in Japanese, Microsoft Corporation and contributors",
    "wpilibsuite/frc-docs": "FIRST Robotics Competition documentation, FIRST and the WPILib contributors",
    "odriverobotics/ODrive": "ODrive documentation, ODrive Robotics and contributors",
    "AkariGroup/docs": "AKARI documentation, the AKARI Group contributors",
    "php/doc-en": "PHP Manual, the PHP Documentation Group",
    "php/doc-ja": "PHP Manual in Japanese, the PHP Documentation Group",
    "python/python-docs-ja": "Python documentation, Python Software Foundation, and its Japanese translators",
    "rurema/doctree": "Ruby Reference Manual in Japanese, the Ruby Reference Manual project",
}
"""Who is to be named for each source. A source that is not here is named by its repository."""


@dataclass(frozen=True, slots=True)
class SourceUse:
    """How much of one source the stages could draw from."""

    source: str
    licence: str
    lang: str
    documents: int
    characters: int


def sources_of(documents: Mapping[str, Sequence[Document]]) -> list[SourceUse]:
    """The sources of ``documents`` by language, largest first."""
    counts: dict[tuple[str, str, str], list[int]] = defaultdict(lambda: [0, 0])
    for found in documents.values():
        for document in found:
            count = counts[(document.source, document.licence, document.lang)]
            count[0] += 1
            count[1] += len(document.text)
    uses = [SourceUse(*key, *count) for key, count in counts.items()]
    return sorted(uses, key=lambda u: -u.characters)


def source_table(sources: Sequence[SourceUse]) -> list[str]:
    """The section of the card that names who wrote what was read."""
    rows = [
        f"| {ATTRIBUTION.get(u.source, u.source)} ({u.source}) | {u.licence} | {u.lang} | {u.documents:,} "
        f"| {u.characters / 1e6:.2f} |"
        for u in sources
    ]
    return [
        "## What it read",
        "",
        "Only text under CC-BY, PSF and MIT terms; of Japanese text only what people wrote or translated. The text was",
        "changed: cut into sections and sentences. One page in fifty was kept out for the scores.",
        "",
        "| source, and who is to be named | licence | language | documents | million characters |",
        "|---|---|---|---|---|",
        *rows,
        "",
    ]
