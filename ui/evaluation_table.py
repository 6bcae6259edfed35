"""Table of results: rows, shares with their intervals and comparisons, as Markdown that people read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from ui.wording import Lang, say

Json = Mapping[str, Any]


def row(cells: Iterable[object]) -> str:
    return "| " + " | ".join(str(cell).replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


def measured(found: Sequence[float]) -> str:
    """A share with its interval, in percent."""
    value, low, high = (100 * part for part in found[:3])
    return f"{value:.1f} ({low:.0f}–{high:.0f})"


def left_out(file: Json, lang: Lang) -> Iterator[str]:
    for manual, count in file["left_out"].items():
        yield say("evaluate.left_out", lang, manual=manual, count=count)


def parts_of(values: Json, *names: str) -> dict[str, Any]:
    return {name: values[name] for name in names}


def comparison_lines(
    compared: Json, lang: Lang, name_of: Callable[[str], str], state_of: Callable[[Any], str]
) -> Iterator[str]:
    """The section that tells what changed since the earlier run. ``name_of`` names a measure, ``state_of`` what one
    question came to."""
    old, new = compared["embedder"]
    yield f"## {say('evaluate.compared', lang, questions=compared['questions'], old=old, new=new)}"
    yield ""
    yield row(say(f"evaluate.{name}", lang) for name in ("measure", "before", "now", "difference", "p"))
    yield "|---|---|---|---|---|"
    for key, found in compared["measures"].items():
        value, low, high = found["difference"]
        apart = f"{100 * value:+.1f} ({100 * low:+.1f} – {100 * high:+.1f})"
        yield row((name_of(key), f"{100 * found['old']:.1f}", f"{100 * found['new']:.1f}", apart, f"{found['p']:.3f}"))
    better, worse = compared["better"], compared["worse"]
    yield ""
    yield say("evaluate.changed", lang, better=len(better), worse=len(worse), p=f"{compared['sign_test_p']:.3f}")
    if compared["only_old"] or compared["only_new"]:
        yield say("evaluate.only", lang, old=compared["only_old"], new=compared["only_new"])
    for name, changed in (("better", better), ("worse", worse)):
        if changed:
            yield ""
            yield f"### {say(f'evaluate.{name}', lang)}"
            yield ""
            for one in changed:
                states = " -> ".join(state_of(one[side]) for side in ("old", "new"))
                yield f"- {one['id']} ({states}): {one['question']}"
