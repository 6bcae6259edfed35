"""ToldOfAlarm: which passages of an alarm's entry tell its cause or what to do, where a question asks for that."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from index.passage import Passage
from index.search.fuse import CodeMatch

ASKED = 0.4  # what such a passage is before the others of the same entry, which all lead
_CAUSE = r"(?:possible |probable |root )?causes?|reasons?|原因|要因|考えられる原因|推定原因"
_REMEDY = (
    r"(?:corrective |required )?actions?|remed(?:y|ies)|resolutions?|solutions?|(?:counter)?measures?|what to do|"
    r"corrections?|troubleshooting|how to (?:fix|correct|clear|reset)\b.*|to (?:fix|correct|resolve)\b.*|user action|"
    r"処置|対処|対処法|対処方法|対処手順|対策|処理|処置方法|解決|解決策|解決方法|復旧方法|復旧手順|ユーザーの操作"
)
_TELLS_CAUSE = re.compile(rf"(?:{_CAUSE})\s*[:：]?", re.IGNORECASE)
_TELLS_REMEDY = re.compile(rf"(?:{_REMEDY})\s*[:：]?", re.IGNORECASE)
_ASKS_CAUSE = re.compile(r"\bwhy\b|\bcause|\breason|原因|なぜ|何故|どうして|理由", re.IGNORECASE)
_ASKS_REMEDY = re.compile(
    r"\bfix|\bremed|\bsolv|\bresolv|\bclear|\breset|\bget rid|\bwhat (?:to do|do i do|can i do|should i do)|\brepair|"
    r"対処|対策|処置|解決|復旧|解除|直し|直す|直る|どうすれば|どうしたら|どうする",
    re.IGNORECASE,
)


def told_points(question: str, codes: Iterable[CodeMatch], passages: Mapping[int, Passage]) -> dict[int, float]:
    """By number, what those of ``passages`` gain that are entries of the question's codes."""
    lead = {match.number for match in codes if match.lead and match.number in passages}
    return {number: told_by(question, passages[number]) for number in lead}


def told_by(question: str, passage: Passage) -> float:
    """What ``passage`` gains for telling, under a heading of its own, what ``question`` asks of an alarm. The row of a
    list, which has a column for it, gains nothing: where there is a section as well, that tells more."""
    asks = [
        told for asked, told in ((_ASKS_CAUSE, _TELLS_CAUSE), (_ASKS_REMEDY, _TELLS_REMEDY)) if asked.search(question)
    ]
    if not asks:
        return 0.0
    lines = [*passage.section[-1:], *passage.text.split("\n")]
    told = {told for told in (_TELLS_CAUSE, _TELLS_REMEDY) if any(told.fullmatch(line.strip()) for line in lines)}
    if any(one in told for one in asks):
        return ASKED
    return ASKED / 2 if told else 0.0  # a cause is nearer to a remedy than parameters are
