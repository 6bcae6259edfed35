"""The stage table: what each stage knows of the site, with intervals, against the row it must beat; as JSON and a page.

Every claim is a paired test on the same items, adjusted for how many are made (Holm); where none is shown the table
says so. The pool that no training read must stand at 50 %: it is the control that shows whether a gain is knowledge or
a taste for right-looking answers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from training.two_choice.facts import POOLS, Pool
from training.two_choice.statistics import compare_paired, holm, smallest_gap, wilson

POOL_NAMES = {"trained": "trained facts", "text_only": "facts only read", "unseen": "document never seen"}
SHOWN = 0.05  # adjusted p below which a gain counts as shown
EXPLAINED = (
    "Shares with 95 % intervals (Wilson). The gain is against the row named, paired on the same items, with a",
    "bootstrap interval by cluster; *shown*: permutation test below 5 % after Holm's adjustment. General text:",
    "perplexity against the base; above 1.05 the stage has forgotten.",
)
FORGOTTEN = 1.05  # of the base's perplexity on general text, from which the stage has forgotten


@dataclass(frozen=True, slots=True)
class Scored:
    """A row's results: for each pool which items it has right, in the order of the test, and their clusters;
    ``general``: perplexity on general text; ``cost``: its report (steps, tokens, seconds)."""

    name: str
    above: str
    right: Mapping[Pool, Sequence[bool]]
    clusters: Mapping[Pool, Sequence[str]]
    general: float | None
    cost: Mapping[str, Any]


def table(rows: Sequence[Scored], asked_blind: Mapping[str, float] | None = None) -> dict[str, Any]:
    """All rows with shares, intervals and tests against the row above. ``asked_blind``: shares of a scorer that sees
    the choices alone."""
    by_name = {row.name: row for row in rows}
    made = [_row(row, by_name) for row in rows]
    for pool in POOLS:
        tests = {row["name"]: row["pools"].get(pool, {}).get("against") for row in made}
        tried = {name: against for name, against in tests.items() if against}
        for name, adjusted in holm({name: against["p"] for name, against in tried.items()}).items():
            shown = adjusted < SHOWN and tried[name]["difference"] > 0
            tried[name] |= {"p_adjusted": adjusted, "shown": shown}
    counts = {pool: len(rows[0].right.get(pool, ())) for pool in POOLS} if rows else {}
    return {
        "items": counts,
        "smallest_gap": {pool: round(smallest_gap(count), 3) for pool, count in counts.items() if count},
        "blind": dict(asked_blind or {}),
        "rows": made,
    }


def _row(row: Scored, by_name: Mapping[str, Scored]) -> dict[str, Any]:
    above = by_name.get(row.above)
    pools: dict[str, Any] = {}
    for pool in POOLS:
        right = row.right.get(pool, ())
        if not right:
            continue
        low, high = wilson(sum(right), len(right))
        pools[pool] = {"share": sum(right) / len(right), "low": low, "high": high}
        if above is not None and above.right.get(pool):
            found = compare_paired(above.right[pool], right, row.clusters[pool])
            pools[pool]["against"] = {
                "row": above.name,
                "difference": found.difference,
                "low": found.low,
                "high": found.high,
                "gained": found.gained,
                "lost": found.lost,
                "p": found.permuted,
                "mcnemar": found.mcnemar,
            }
    base = by_name.get("base")
    ratio = row.general / base.general if base and base.general and row.general else None
    return {
        "name": row.name,
        "pools": pools,
        "general_perplexity": row.general,
        "general_ratio": ratio,
        "forgotten": bool(ratio and ratio > FORGOTTEN),
        "cost": dict(row.cost),
    }


def page(name: str, held: Mapping[str, Any], facts: Mapping[str, str]) -> str:
    """The table as Markdown; ``facts`` are lines of "what: value" above it."""
    lines = [f"# {name}: what each stage knows", ""]
    lines += [f"- {what}: {value}" for what, value in facts.items()]
    pools = [pool for pool in POOLS if held["items"].get(pool)]
    head = " | ".join(f"{POOL_NAMES[pool]} (n={held['items'][pool]})" for pool in pools)
    lines += ["", f"| stage | {head} | gain on trained facts | general text | minutes |"]
    lines.append("|---|" + "---|" * (len(pools) + 3))
    lines += [_line(row, pools) for row in held["rows"]]
    lines += ["", *EXPLAINED]
    if held["smallest_gap"]:
        told = ", ".join(f"{100 * gap:.1f} points ({POOL_NAMES[pool]})" for pool, gap in held["smallest_gap"].items())
        lines += ["", f"The smallest gap that a test of this size would show with 80 % power: {told}."]
    if held["blind"]:
        told = ", ".join(f"{POOL_NAMES.get(pool, pool)} {100 * share:.1f} %" for pool, share in held["blind"].items())
        lines += ["", f"A scorer that sees the choices and no question: {told}. It should stand near 50 %."]
    return "\n".join(lines) + "\n"


def _line(row: Mapping[str, Any], pools: Sequence[str]) -> str:
    cells = [
        f"{100 * held['share']:.1f} ({100 * held['low']:.1f} to {100 * held['high']:.1f})" if held else "-"
        for held in (row["pools"].get(pool) for pool in pools)
    ]
    against = row["pools"].get("trained", {}).get("against")
    gain = "-"
    if against:
        sure = against.get("p_adjusted", against["p"]) < SHOWN
        shown = (
            "shown" if against.get("shown") else "a loss, shown" if sure and against["difference"] < 0 else "not shown"
        )
        gain = (
            f"{100 * against['difference']:+.1f} ({100 * against['low']:+.1f} to {100 * against['high']:+.1f}) on "
            f"{against['row']}, {shown} (p {against.get('p_adjusted', against['p']):.3f})"
        )
    ratio = row["general_ratio"]
    general = "-" if ratio is None else f"{ratio:.2f}{' forgotten' if row['forgotten'] else ''}"
    minutes = row["cost"].get("seconds", 0) / 60
    return f"| {row['name']} | {' | '.join(cells)} | {gain} | {general} | {minutes:.1f} |"


def plot(held: Mapping[str, Any]) -> str:
    """The shares with their intervals as an SVG picture, a line a row and a dot a pool."""
    pools = [pool for pool in POOLS if held["items"].get(pool)]
    step, left, width = 34, 190, 420
    height = step * len(held["rows"]) + 70
    tones = {"trained": "#0b6e4f", "text_only": "#1f5fbf", "unseen": "#8a5a00"}

    def x(share: float) -> float:
        return left + width * share

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {left + width + 30} {height}" role="img" '
        'font-family="sans-serif" font-size="13">',
        "<title>Share of two-choice items right, by stage</title>",
        f'<rect width="{left + width + 30}" height="{height}" fill="#ffffff"/>',
    ]
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        tone = "#888888" if share == 0.5 else "#dddddd"
        parts.append(f'<line x1="{x(share)}" x2="{x(share)}" y1="10" y2="{height - 50}" stroke="{tone}"/>')
        parts.append(f'<text x="{x(share)}" y="{height - 34}" text-anchor="middle">{100 * share:.0f} %</text>')
    for number, row in enumerate(held["rows"]):
        y = 26 + step * number
        parts.append(f'<text x="{left - 10}" y="{y + 4}" text-anchor="end">{row["name"]}</text>')
        for place, pool in enumerate(pools):
            if found := row["pools"].get(pool):
                at = y + 8 * (place - (len(pools) - 1) / 2)
                parts.append(
                    f'<line x1="{x(found["low"]):.1f}" x2="{x(found["high"]):.1f}" y1="{at}" y2="{at}" '
                    f'stroke="{tones[pool]}" stroke-width="2"/>'
                    f'<circle cx="{x(found["share"]):.1f}" cy="{at}" r="4" fill="{tones[pool]}"/>'
                )
    for place, pool in enumerate(pools):
        at = left + place * 150 - 120
        parts.append(f'<circle cx="{at}" cy="{height - 12}" r="4" fill="{tones[pool]}"/>')
        parts.append(f'<text x="{at + 9}" y="{height - 8}">{POOL_NAMES[pool]}</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"
