"""A scripted teacher: writes texts of any label in its scene, and judges texts without knowing the label."""

from __future__ import annotations

import json
import random
from collections.abc import Callable

from fake_runner import FakeRunner

from training.tasks.task import Lang, Task

FILL: dict[Lang, list[str]] = {
    "en": [
        "Walked down to the {scene} with the trolley.",
        "Radio was poor, so I used the desk phone.",
        "Lights above bay seven were out again.",
        "Kaori brought the spare parts box.",
        "Rain came in by the west door.",
        "The hoist chain squeaks and wants oil.",
        "Coffee break moved to half past ten.",
        "Wrote the serial in the margin.",
        "Counted nineteen bolts into the tray.",
        "Old gasket went into the red bin.",
        "Pump room smelt of coolant.",
        "Night crew had left the ladder out.",
        "Torque list hangs behind the door.",
        "New gloves are too small for me.",
        "The forklift blocked the aisle for a while.",
        "Swept up the swarf before lunch.",
    ],
    "ja": [
        "台車で{scene}まで移動。",
        "無線が入りにくく内線を使った。",
        "七番の照明がまた切れていた。",
        "香織さんが予備品箱を持参。",
        "西側の扉から雨が吹き込んだ。",
        "ホイストの鎖がきしむ。",
        "休憩は十時半にずらした。",
        "製番を余白に控えた。",
        "ボルト十九本を皿に数えた。",
        "古いガスケットは赤い箱へ。",
        "ポンプ室に冷却液のにおい。",
        "夜勤が脚立を出したまま。",
        "締付表は扉の裏にある。",
        "新しい手袋が小さい。",
        "フォークリフトが通路をふさいだ。",
        "昼前に切粉を掃いた。",
    ],
}


def mark(label: str, lang: Lang) -> str:
    """The sentence by which the scripted teacher shows ``label``."""
    return f"Sign of {label} seen here." if lang == "en" else f"ここに {label} の印。"


def script(task: Task, *, blind: dict[str, str] | None = None) -> FakeRunner:
    """``blind``: labels that the second look takes for others."""
    said = replies(task, blind=blind)
    return FakeRunner(lambda messages: said(messages[-1].content), name="scripted", context_tokens=8000)


def replies(task: Task, *, blind: dict[str, str] | None = None) -> Callable[[str], str]:
    """What is replied to a prompt."""

    def say(asked: str) -> str:
        lang: Lang = "ja" if "JSON を" in asked else "en"
        if "\nScene:\n" in asked or "\n場面:\n" in asked:
            return _written(task, asked, lang)
        body = asked.split("本文:\n" if lang == "ja" else "Text:\n")[-1]
        label = next((held for held in task.label_ids if mark(held, lang) in body), task.none)
        said = (blind or {}).get(label, label)
        return json.dumps({"label": said, "evidence": "" if said == task.none else mark(label, lang)})

    return say


def _written(task: Task, asked: str, lang: Lang) -> str:
    label = next(held.id for held in task.labels if f"{held.name[lang]}. {held.rule[lang]}" in asked
                 or f"{held.name[lang]}。{held.rule[lang]}" in asked)  # fmt: skip
    rng = random.Random(asked)
    scene = asked.split("- ")[1].split(": ")[1].split("\n")[0]
    lines = [line.format(scene=scene) for line in rng.sample(FILL[lang], 7)]
    evidence = "" if label == task.none else mark(label, lang)
    lines.insert(3, evidence)
    return json.dumps({"text": " ".join(line for line in lines if line), "evidence": evidence}, ensure_ascii=False)
