"""Facets page: the table of facets as Markdown, in the reader's language; also what the terminal shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ui.wording import Lang, say

COLUMNS = ("name", "right", "consistency", "diversity", "refusals", "margin_trust")


def facets_page(report: Mapping[str, Any], lang: Lang) -> str:
    """The whole page: table, what its columns mean, and comparisons where one was asked for."""
    lines = [f"# {say('facets.title', lang)}", "", *table_lines(report, lang), "", say("facets.meaning", lang)]
    return "\n".join([*lines, *against_lines(report, lang)]) + "\n"


def table_lines(report: Mapping[str, Any], lang: Lang) -> list[str]:
    heads = [say(f"facets.{name}", lang) for name in COLUMNS]
    rows = [f"| {' | '.join(_cells(row, lang))} |" for row in report["rows"]]
    return [f"| {' | '.join(heads)} |", "|---" * len(heads) + "|", *rows]


def against_lines(report: Mapping[str, Any], lang: Lang) -> list[str]:
    found = [(row["name"], row["same_verdicts"]) for row in report["rows"] if row["same_verdicts"]]
    if not found:
        return []
    lines = ["", f"## {say('facets.against', lang, name=report['against'])}", ""]
    for name, same in found:
        lines.append(say(
            "facets.same", lang, name=name, items=same["items"], same=_share(same["same"]), p=same["p"],
            difference=f"{100 * same['difference'][0]:+.1f}", low=f"{100 * same['difference'][1]:+.1f}",
            high=f"{100 * same['difference'][2]:+.1f}",
        ))  # fmt: skip
    return lines


def _cells(row: Mapping[str, Any], lang: Lang) -> list[str]:
    same, told, refused, trust = (row[name] for name in ("consistency", "diversity", "refusals", "margin_trust"))
    right = _share(row["right"]) if row["right"] else "-"
    if row["undecided"]:
        right += say("facets.undecided", lang, count=row["undecided"])
    return [
        row["name"],
        right,
        f"{_share(same['same'])}, {say('facets.chance', lang)} {_percent(same['by_chance'])}" if same else "-",
        f"{_percent(told['distinct'])}, {told['self_bleu']:.2f} ({_or_dash(told['references_self_bleu'])})"
        if told else "-",
        f"{refused['f1'][0]:.2f} ({refused['f1'][1]:.2f}–{refused['f1'][2]:.2f}), {_percent(refused['over'][0])}"
        if refused else "-",
        f"{trust['ece']:.3f}, {say('facets.chance', lang)} {trust['by_chance'][1]:.3f} ({trust['measure']})"
        if trust else "-",
    ]  # fmt: skip


def _share(values: Sequence[float]) -> str:
    return f"{100 * values[0]:.1f} % ({100 * values[1]:.1f}–{100 * values[2]:.1f})"


def _percent(value: float) -> str:
    return f"{100 * value:.1f} %"


def _or_dash(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"
