"""Page of results: a retrieval evaluation, and what changed since another, as Markdown that people read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ui.wording import Lang, say

Json = Mapping[str, Any]
_MEASURES = {
    "recall_at_1": "recall@1", "recall_at_3": "recall@3", "recall_at_5": "recall@5", "recall_at_10": "recall@10",
    "mrr": "MRR", "ndcg_at_10": "nDCG@10",
}  # fmt: skip
_GROUPS = ("by_language", "by_languages", "by_kind", "by_code")
_SCORES = ("score", "support", "relevance")
_NAMED = {"code": "evaluate.code", "prose": "evaluate.prose"}


def retrieval_page(report: Json, lang: Lang, repeat: str = "") -> str:
    """The page of a report of assistant.evaluation.retrieval; ``repeat`` is the command that makes it again."""
    lines = [f"# {say('evaluate.title', lang)}", ""]
    if repeat:
        lines += [f"`{repeat}`", ""]
    lines += [
        say(
            "evaluate.made", lang, **{n: report.get(n, "none") for n in ("manuals", "passages", "embedder", "reranker")}
        )
    ]
    lines += ["", say("evaluate.how", lang), ""]
    if "against" in report:
        lines += [*comparison_lines(report["against"], lang), ""]
    for file in report["files"]:
        lines += [*_file_lines(file, lang), ""]
    return "\n".join(lines).rstrip() + "\n"


def summary_lines(report: Json, lang: Lang) -> Iterator[str]:
    """The same in a few lines, for a terminal."""
    for file in report["files"]:
        yield say("evaluate.file", lang, **_of(file, "file", "asked", "answerable"))
        yield from _left_out(file, lang)
        figures = file["ranks"]["all"]
        if figures["questions"]:
            yield "  " + "   ".join(f"{name} {_measured(figures[key])}" for key, name in _MEASURES.items())
        found = file["answerability"]
        if found:
            scores = "   ".join(f"{say(f'evaluate.{n}', lang)} {_measured(found['auroc'][n])}" for n in _SCORES)
            yield f"  {say('evaluate.auroc', lang)}: {scores}"
            yield "  " + _declined(found, lang)
        yield "  " + say("evaluate.time", lang, **file["ms"])


def comparison_lines(compared: Json, lang: Lang) -> Iterator[str]:
    """The section that tells what changed since the earlier run."""
    old, new = compared["embedder"]
    yield f"## {say('evaluate.compared', lang, questions=compared['questions'], old=old, new=new)}"
    yield ""
    yield _row(say(f"evaluate.{name}", lang) for name in ("measure", "before", "now", "difference", "p"))
    yield "|---|---|---|---|---|"
    for key, found in compared["measures"].items():
        value, low, high = found["difference"]
        apart = f"{100 * value:+.1f} ({100 * low:+.1f} – {100 * high:+.1f})"
        yield _row(
            (_MEASURES[key], f"{100 * found['old']:.1f}", f"{100 * found['new']:.1f}", apart, f"{found['p']:.3f}")
        )
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
                ranks = " -> ".join(_rank(one[side], lang) for side in ("old", "new"))
                yield f"- {one['id']} ({ranks}): {one['question']}"


def _file_lines(file: Json, lang: Lang) -> Iterator[str]:
    yield f"## {say('evaluate.file', lang, **_of(file, 'file', 'asked', 'answerable'))}"
    yield ""
    for told in _left_out(file, lang):
        yield told
        yield ""
    if file["ranks"]["all"]["questions"]:
        yield from _rank_table(file, lang)
        yield ""
    if file["answerability"]:
        yield from _answerability_lines(file["answerability"], lang)
        yield ""
    yield say("evaluate.time", lang, **file["ms"])
    if file["misses"]:
        yield ""
        yield f"### {say('evaluate.misses', lang, count=len(file['misses']))}"
        yield ""
        yield _row(["id", *(say(f"evaluate.{name}", lang) for name in ("question", "rank", "first"))])
        yield "|---|---|---|---|"
        for miss in file["misses"]:
            yield _row((miss["id"], miss["question"], _rank(miss["rank"], lang), miss["first"]))


def _rank_table(file: Json, lang: Lang) -> Iterator[str]:
    yield _row([say("evaluate.group", lang), say("evaluate.questions", lang), *_MEASURES.values()])
    yield "|---" * (2 + len(_MEASURES)) + "|"
    ranks = file["ranks"]
    yield _figures(f"**{say('evaluate.all', lang)}**", ranks["all"])
    if file["holding"]["questions"]:
        yield _figures(say("evaluate.holding", lang), file["holding"])
    for group in _GROUPS:
        for name, figures in ranks[group].items():
            shown = say(_NAMED[name], lang) if group == "by_code" else name
            yield _figures(f"{say(f'evaluate.{group}', lang)}: {shown}", figures)


def _answerability_lines(found: Json, lang: Lang) -> Iterator[str]:
    yield f"### {say('evaluate.answerability', lang, **_of(found, 'answerable', 'unanswerable'))}"
    yield ""
    yield _row((say("evaluate.measure", lang), say("evaluate.auroc", lang)))
    yield "|---|---|"
    for name in _SCORES:
        yield _row((say(f"evaluate.{name}", lang), _measured(found["auroc"][name])))
    yield ""
    yield _declined(found, lang)
    kinds = found["declined_rightly_by_kind"]
    if len(kinds) > 1:
        told = (say("evaluate.declined_kind", lang, kind=kind, right=n, of=of) for kind, (n, of) in kinds.items())
        yield "\n" + "; ".join(told)


def _figures(name: str, figures: Json) -> str:
    return _row([name, str(figures["questions"]), *(_measured(figures[key]) for key in _MEASURES)])


def _declined(found: Json, lang: Lang) -> str:
    return say(
        "evaluate.declined", lang, right=found["declined_rightly"], wrong=found["declined_wrongly"],
        **_of(found, "answerable", "unanswerable"),
    )  # fmt: skip


def _left_out(file: Json, lang: Lang) -> Iterator[str]:
    for manual, count in file["left_out"].items():
        yield say("evaluate.left_out", lang, manual=manual, count=count)


def _of(values: Json, *names: str) -> dict[str, Any]:
    return {name: values[name] for name in names}


def _measured(found: Sequence[float]) -> str:
    """A share with its interval, in percent."""
    value, low, high = (100 * part for part in found)
    return f"{value:.1f} ({low:.0f}–{high:.0f})"


def _rank(rank: int | None, lang: Lang) -> str:
    return str(rank) if rank else say("evaluate.nowhere", lang)


def _row(cells: Any) -> str:
    return "| " + " | ".join(str(cell).replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"
