"""Page of results: a retrieval evaluation, and what changed since another, as Markdown that people read."""

from __future__ import annotations

from collections.abc import Iterator

from ui.evaluation_table import Json, comparison_lines, left_out, measured, parts_of, row
from ui.wording import Lang, say

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
        lines += [*retrieval_comparison(report["against"], lang), ""]
    for file in report["files"]:
        lines += [*_file_lines(file, lang), ""]
    return "\n".join(lines).rstrip() + "\n"


def summary_lines(report: Json, lang: Lang) -> Iterator[str]:
    """The same in a few lines, for a terminal."""
    for file in report["files"]:
        yield say("evaluate.file", lang, **parts_of(file, "file", "asked", "answerable"))
        yield from left_out(file, lang)
        figures = file["ranks"]["all"]
        if figures["questions"]:
            yield "  " + "   ".join(f"{name} {measured(figures[key])}" for key, name in _MEASURES.items())
        found = file["answerability"]
        if found:
            scores = "   ".join(f"{say(f'evaluate.{n}', lang)} {measured(found['auroc'][n])}" for n in _SCORES)
            yield f"  {say('evaluate.auroc', lang)}: {scores}"
            yield "  " + _declined(found, lang)
        yield "  " + say("evaluate.time", lang, **file["ms"])


def retrieval_comparison(compared: Json, lang: Lang) -> Iterator[str]:
    """The section that tells what changed since the earlier run."""
    return comparison_lines(compared, lang, _MEASURES.__getitem__, lambda rank: _rank(rank, lang))


def _file_lines(file: Json, lang: Lang) -> Iterator[str]:
    yield f"## {say('evaluate.file', lang, **parts_of(file, 'file', 'asked', 'answerable'))}"
    yield ""
    for told in left_out(file, lang):
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
        yield row(["id", *(say(f"evaluate.{name}", lang) for name in ("question", "rank", "first"))])
        yield "|---|---|---|---|"
        for miss in file["misses"]:
            yield row((miss["id"], miss["question"], _rank(miss["rank"], lang), miss["first"]))


def _rank_table(file: Json, lang: Lang) -> Iterator[str]:
    yield row([say("evaluate.group", lang), say("evaluate.questions", lang), *_MEASURES.values()])
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
    yield f"### {say('evaluate.answerability', lang, **parts_of(found, 'answerable', 'unanswerable'))}"
    yield ""
    yield row((say("evaluate.measure", lang), say("evaluate.auroc", lang)))
    yield "|---|---|"
    for name in _SCORES:
        yield row((say(f"evaluate.{name}", lang), measured(found["auroc"][name])))
    yield ""
    yield _declined(found, lang)
    kinds = found["declined_rightly_by_kind"]
    if len(kinds) > 1:
        told = (say("evaluate.declined_kind", lang, kind=kind, right=n, of=of) for kind, (n, of) in kinds.items())
        yield "\n" + "; ".join(told)


def _figures(name: str, figures: Json) -> str:
    return row([name, str(figures["questions"]), *(measured(figures[key]) for key in _MEASURES)])


def _declined(found: Json, lang: Lang) -> str:
    return say(
        "evaluate.declined", lang, right=found["declined_rightly"], wrong=found["declined_wrongly"],
        **parts_of(found, "answerable", "unanswerable"),
    )  # fmt: skip


def _rank(rank: int | None, lang: Lang) -> str:
    return str(rank) if rank else say("evaluate.nowhere", lang)
