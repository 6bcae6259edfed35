"""Premise: whether a sentence goes on from one before it, so that it must not stand there without that one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from index.manuals.signs import step

PREMISE = "what it goes on from was withheld"
_GOES_ON = re.compile(
    r"^\W*(?:(?:and |but |or |so )?(?:then|next|afterwards?|subsequently|thereafter|otherwise|instead|again|finally"
    r"|likewise|similarly|therefore|however|additionally|also|if (?:so|not)|in (?:this|that) case"
    r"|(?:after|before|once|when|while|if|until|for|with|by|on|in) (?:this|that|these|those|it|they|doing so)"
    r"|it|its|they|their|them|this|that|these|those|such|do so|the same|the (?:latter|former))\b|(?:and|but|or|so)\b)"
    r"|^\W*(?:その|それ|そこ|そう|この|これ|ここ|こう|次に|次いで|続いて|続けて|つづいて|さらに|更に|また|そして|最後に"
    r"|または|又は|あるいは|もしくは|ただし|但し|なお|したがって|従って|よって|そのため|同様|同じく|上記|以上の|前述|再び|再度"
    r"|このとき|すると|しかし|一方)",
    re.IGNORECASE,
)
_MARK = re.compile(r"^\s*(?:\d{1,2}[.)]|[(（]\d{1,2}[)）]|[①-⑳]|[-*•・]|手順\s*\d+)\s*")
_NOTHING = re.compile(r"[\s。.、,:：;；]+")


def goes_on(text: str) -> bool:
    """Whether a sentence begins as one that goes on from the sentence before: "then", "it", その後."""
    return _GOES_ON.match(unicodedata.normalize("NFKC", text)) is not None


def step_missing(text: str, source: str, shown: Sequence[str]) -> bool:
    """Whether ``text``, a sentence that ``source`` holds, is or follows a step of a procedure there, of which the step
    before it is not among the ``shown`` sentences. A place that cannot be told counts as in the middle."""
    lines = [line for line in source.split("\n") if line.strip()]
    steps = [at for at, line in enumerate(lines) if step(line.strip())]
    if not steps:
        return False
    said, there = _bare(text), [_bare(line) for line in lines]
    seen = [_bare(sentence) for sentence in shown]
    places = [at for at, line in enumerate(there) if said and said in line]
    return not any(_follows(at, there, steps, said, seen) for at in places)


def _follows(at: int, lines: Sequence[str], steps: Sequence[int], said: str, seen: Sequence[str]) -> bool:
    """Whether nothing is missing before ``said`` in line ``at``."""
    if at < steps[0]:
        return True  # what introduces the steps
    before = lines[at][: lines[at].index(said)]
    if before:  # within a step, the sentence before it
        return any(one and before.endswith(one) for one in seen)
    if at == steps[0]:
        return True
    return any(one and (one in lines[at - 1] or lines[at - 1] in one) for one in seen)


def _bare(text: str) -> str:
    plain = unicodedata.normalize("NFKC", _MARK.sub("", text))
    return _NOTHING.sub("", plain).casefold()
