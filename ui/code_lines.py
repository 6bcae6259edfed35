"""Code lines: which lines of a passage are program text or a drawing in characters, to be shown as they are set."""

from __future__ import annotations

import re

LONGEST = 120  # characters; a longer line is a paragraph, whatever spaces it has, unless it is a command
WORDS_OF_PROSE = 4  # in a row of plain words; a line of program text hardly has as many outside a comment
_GAP = re.compile(r"\S {3,}\S")
_COMMAND = re.compile(r"^(?:\$ |sudo |cd |\./)|^[\w.<>\[\]]+ = \S")  # a shell's prompt, its commonest beginnings; x = 1
_SENTENCE = re.compile(r"^[A-Z][^=(){}<>;]*[.:]$|^https?://\S+$")  # or a label, or an address
_COMMENT = re.compile(r"^\s*(?:#|//|/\*|;|\([!-~])")
_PLAIN_WORDS = re.compile(rf"(?:[A-Za-z]{{1,20}}[,.:;]? ){{{WORDS_OF_PROSE - 1}}}[A-Za-z]{{1,20}}(?:[\s.,:;]|$)")


def code_runs(lines: list[str]) -> list[range]:
    """Runs of ``lines`` (with their leading spaces) that were set as code. Paragraphs have no leading spaces and no
    columns, so a line with them tells that its neighbours are code as well, up to the next line of prose; so does a
    command."""
    sure = [_may_be(line) and not _is_prose(line) and _is_sure(line) for line in lines]
    runs: list[range] = []
    at = 0
    while at < len(lines):
        end = at
        while end < len(lines) and (sure[end] or _may_be(lines[end])):
            end += 1
        if any(sure[at:end]):
            runs.append(range(at, end))
        at = max(end, at + 1)
    return runs


def _is_sure(line: str) -> bool:
    return _is_indented(line) or _GAP.search(line) is not None or _COMMAND.match(line) is not None


def _may_be(line: str) -> bool:
    fits = len(line) <= LONGEST or _COMMAND.match(line) is not None
    return fits and (_is_indented(line) or not _is_prose(line))


def _is_indented(line: str) -> bool:
    return line[:1] in (" ", "\t")


def _is_prose(line: str) -> bool:
    if _COMMAND.match(line) or _COMMENT.match(line):
        return False
    if line.isascii() or _is_indented(line):
        return _PLAIN_WORDS.search(line) is not None or _SENTENCE.match(line) is not None
    return _GAP.search(line) is None
