"""Wordings: how a cell of a table is told, asked in training, and asked in a test, in both languages.

One wording teaches the wording; several teach the fact (Allen-Zhu, Li: Physics of Language Models 3.1, 2023). Those of
a test are none of those of training, so that what scores is the fact.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from index.passage import Lang

TOLD: Mapping[Lang, tuple[str, ...]] = {
    "en": (
        "{machine}: the {column} of {row} is {cell}.",
        "On the {machine} the {column} of {row} reads: {cell}.",
        "{column} of {row} ({machine}) = {cell}.",
        "Looking up {row} in the manual of the {machine}: {column} {cell}.",
        "The manual of the {machine} gives {cell} as the {column} of {row}.",
        "{row} on the {machine} has this {column}: {cell}.",
    ),
    "ja": (
        "{machine}の{row}の{column}は{cell}です。",
        "{row}（{machine}）: {column}は{cell}。",
        "{machine}では、{row}について{column}が「{cell}」と定められている。",
        "{machine}のマニュアルで{row}を引くと、{column}: {cell}。",
        "{cell} は、{machine}の{row}の{column}である。",
        "{row} の {column} = {cell}（{machine}）。",
    ),
}
ASKED: Mapping[Lang, tuple[str, ...]] = {
    "en": (
        "Tell me the {column} of {row} on the {machine}.",
        "What is the {column} of {row} on the {machine}?",
        "{machine} {row}: {column}?",
        "I need the {column} of {row} ({machine}).",
        "{machine}, {column} of {row}",
        "For {row} on the {machine}, which {column} does the manual give?",
        "{row}, {column}, {machine}?",
        "Which {column} does {row} of the {machine} have?",
        "{machine}: look up “{row}” and read me its {column}.",
        "We are at the {machine}. {row}: what {column}?",
        "{column} for {row}? Machine: {machine}",
        "Please give me, for {row}, the {column} ({machine}).",
    ),
    "ja": (
        "{machine}で、{row}の{column}を教えてください。",
        "{machine}の{row}の{column}は?",
        "{machine} {row} {column}",
        "{machine}で{row}の{column}が知りたい",
        "{row}の{column}を教えて（{machine}）",
        "{machine}、{row}。{column}はどうなっていますか。",
        "{column}は? {machine}の{row}です",
        "{row} {column} {machine}",
        "{machine}のマニュアルで「{row}」の{column}を調べて",
        "今{machine}の前です。{row}の{column}をお願いします。",
        "{machine}の{row}ですが、{column}は何と書いてありますか。",
        "{row}（{machine}）の{column}を確認したい",
    ),
}
TESTED: Mapping[Lang, tuple[str, ...]] = {
    "en": ("{machine}: what stands under “{column}” for “{row}”?",),
    "ja": ("{machine}の「{row}」について、「{column}」は何ですか。",),
}


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table: of which ``machine``, in which ``row`` (what it is about) and ``column``, what it holds."""

    machine: str
    row: str
    column: str
    cell: str
    lang: Lang

    def told(self, wording: int) -> str:
        return self._said(TOLD, wording)

    def asked(self, wording: int) -> str:
        return self._said(ASKED, wording)

    def tested(self, wording: int = 0) -> str:
        return self._said(TESTED, wording)

    def _said(self, wordings: Mapping[Lang, Sequence[str]], wording: int) -> str:
        of = wordings[self.lang]
        return of[wording % len(of)].format(machine=self.machine, row=self.row, column=self.column, cell=self.cell)
