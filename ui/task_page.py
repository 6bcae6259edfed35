"""Task page: the evaluation of a task as Markdown for people, in their language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ui.wording import Lang, say

if TYPE_CHECKING:
    from training.tasks.task import Task

SHARES = ("accuracy", "false_alarms", "missed", "unread", "evidence_in_text")


def task_page(task: Task, found: dict[str, Any], lang: Lang) -> str:
    """``found``: what training.tasks.evaluate.result_of made."""
    title = say("task.page.title", lang, title=task.title[lang], model=found["model"])
    lines = [f"# {title}", "", task.notice[lang], "", *summary(found, lang), ""]
    lines += [f"- {say(f'task.page.lang.{name}', lang)}: {_told(held)}" for name, held in found["by_language"].items()]
    lines += [
        f"- {say('task.page.hard', lang, name=name)}: {_told(held)}" for name, held in found["by_hardness"].items()
    ]
    lines += ["", say("task.page.head", lang), "|---|---|---|---|---|---|"]
    for label in task.labels:
        held = found["by_label"][label.id]
        taken = ", ".join(f"{name} {count}" for name, count in held["taken_for"].items())
        cells = (f"{label.name[lang]} ({label.id})", held["texts"], _percent(held["precision"]["share"]),
                 _told(held["recall"]), held["f1"], taken)  # fmt: skip
        lines.append(f"| {' | '.join(map(str, cells))} |")
    overlap = "–" if found["evidence_overlap"] is None else found["evidence_overlap"]
    lines += ["", say("task.page.macro", lang, f1=found["macro_f1"], overlap=overlap)]
    lines.append(say("task.page.commonest", lang, share=_percent(found["always_the_commonest"])))
    gap = round(100 * found["smallest_gap"], 1)
    lines.append(say("task.page.gap", lang, count=found["accuracy"]["of"], gap=gap))
    if "against" in found:
        lines += [against(found["against"], lang), "", say("task.page.changes", lang), "|---|---|---|---|"]
        names = {label.id: label.name[lang] for label in task.labels}
        for label, held in found["against"]["by_label"].items():
            lines.append(f"| {names[label]} ({label}) | {held['gained']} | {held['lost']} | {held['p']} |")
    return "\n".join(lines) + "\n"


def summary(found: dict[str, Any], lang: Lang) -> list[str]:
    return [f"- {say(f'task.page.{name}', lang)}: {_told(found[name])}" for name in SHARES]


def against(held: dict[str, Any], lang: Lang) -> str:
    points = {name: round(100 * held[name], 1) for name in ("difference", "low", "high")}
    names = {"model": held["model"], "gained": held["gained"], "lost": held["lost"], "p": held["mcnemar"]}
    return say("task.page.against", lang, **points, **names)


def _told(held: dict[str, Any]) -> str:
    """45.3 % (29/64; 33.7–57.4)."""
    low, high = (round(100 * held[name], 1) for name in ("low", "high"))
    return f"{_percent(held['share'])} ({held['right']}/{held['of']}; {low}–{high})"


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{round(100 * value, 1)} %"
