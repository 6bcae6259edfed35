"""Page of answers: an evaluation of answers, and what changed since another, as Markdown that people read."""

from __future__ import annotations

from collections.abc import Iterator

from ui.evaluation_table import Json, comparison_lines, left_out, measured, parts_of, row
from ui.wording import Lang, say

_MEASURES = (
    "facts", "complete", "facts_quote", "facts_answer", "facts_anywhere", "citation_precision", "citation_recall",
    "declined_rightly", "declined_wrongly", "decline_precision", "language", "unsupported",
)  # fmt: skip
_IN_GROUPS = ("facts", "complete", "declined_rightly", "declined_wrongly", "language")
_GROUPS = ("by_language", "by_languages", "by_kind")
_TIMES = ("quote", "word", "last")


def answers_page(report: Json, lang: Lang, repeat: str = "") -> str:
    """The page of a report of assistant.evaluation.answers; ``repeat`` is the command that makes it again."""
    lines = [f"# {say('answers.title', lang)}", ""]
    if repeat:
        lines += [f"`{repeat}`", ""]
    lines += [say("answers.made", lang, **parts_of(report, "manuals", "passages", "embedder", "model"))]
    lines += ["", say("answers.how", lang), ""]
    if "against" in report:
        lines += [*answers_comparison(report["against"], lang), ""]
    for file in report["files"]:
        lines += [*_file_lines(file, lang), ""]
    return "\n".join(lines).rstrip() + "\n"


def answer_summary(report: Json, lang: Lang) -> Iterator[str]:
    """The same in a few lines, for a terminal."""
    for file in report["files"]:
        yield say("evaluate.file", lang, **parts_of(file, "file", "asked", "answerable"))
        yield from left_out(file, lang)
        yield "  " + say("answers.right", lang, **parts_of(file, "right", "asked"))
        for name in _MEASURES:
            found = file["shares"]["all"][name]
            if found is not None:
                yield f"  {say(f'answers.{name}', lang)}: {_counted(found)}"
        yield "  " + say("answers.sentences", lang, **file["sentences"])
        for name in _TIMES:
            if file["ms"][name]["questions"]:
                p50, p95 = (f"{say(f'answers.{p}', lang)} {file['ms'][name][p]} ms" for p in ("p50", "p95"))
                yield f"  {say(f'answers.{name}', lang)}: {p50}, {p95}"
        if file["cost"]:
            yield "  " + _cost(file["cost"], lang)


def answers_comparison(compared: Json, lang: Lang) -> Iterator[str]:
    """The section that tells what changed since the earlier run."""
    return comparison_lines(
        compared,
        lang,
        lambda name: say(f"answers.{name}", lang),
        lambda right: say("answers.state_right" if right else "answers.state_wrong", lang),
    )


def _file_lines(file: Json, lang: Lang) -> Iterator[str]:
    yield f"## {say('evaluate.file', lang, **parts_of(file, 'file', 'asked', 'answerable'))}"
    yield ""
    for told in left_out(file, lang):
        yield told
        yield ""
    yield say("answers.right", lang, **parts_of(file, "right", "asked"))
    yield ""
    yield row((say("evaluate.measure", lang), "%"))
    yield "|---|---|"
    for name in _MEASURES:
        found = file["shares"]["all"][name]
        if found is not None:
            yield row((say(f"answers.{name}", lang), _counted(found)))
    yield ""
    yield say("answers.sentences", lang, **file["sentences"])
    yield ""
    yield from _group_table(file["shares"], lang)
    yield ""
    yield from _time_table(file, lang)
    yield from _failure_lines(file["failures"], lang)


def _group_table(shares: Json, lang: Lang) -> Iterator[str]:
    names = (say(f"answers.{name}", lang) for name in _IN_GROUPS)
    yield row([say("evaluate.group", lang), say("evaluate.questions", lang), *names])
    yield "|---" * (2 + len(_IN_GROUPS)) + "|"
    for group in _GROUPS:
        for name, found in shares[group].items():
            cells = (_counted(found[measure]) if found[measure] is not None else "" for measure in _IN_GROUPS)
            yield row([f"{say(f'evaluate.{group}', lang)}: {name}", found["questions"], *cells])


def _time_table(file: Json, lang: Lang) -> Iterator[str]:
    yield row(say(name, lang) for name in ("answers.time", "evaluate.questions", "answers.p50", "answers.p95"))
    yield "|---|---|---|---|"
    for name in _TIMES:
        found = file["ms"][name]
        if found["questions"]:
            yield row((say(f"answers.{name}", lang), found["questions"], found["p50"], found["p95"]))
    if file["cost"]:
        yield ""
        yield _cost(file["cost"], lang)


def _failure_lines(failures: list[Json], lang: Lang) -> Iterator[str]:
    if not failures:
        return
    yield ""
    yield f"### {say('answers.failures', lang, count=len(failures))}"
    yield ""
    heads = ("evaluate.question", "answers.why", "answers.missing", "evaluate.first")
    yield row(["id", *(say(head, lang) for head in heads)])
    yield "|---|---|---|---|---|"
    for one in failures:
        wrong = [f"{sentence} ({missing})" for sentence, missing in one["unsupported"]]
        told = "; ".join([*one["missing"], *wrong])
        yield row((one["id"], one["question"], say(f"answers.why_{one['why']}", lang), told, one["first"]))


def _cost(cost: Json, lang: Lang) -> str:
    return say("answers.cost", lang, **{**cost, "share": f"{100 * cost['share']:.1f}"})


def _counted(found: list[float]) -> str:
    return f"{measured(found)}, {found[3]}"
