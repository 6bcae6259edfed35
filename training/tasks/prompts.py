"""Prompts: what the teacher is asked to write, and the one form in which a text is judged: by the blind second look, in
training, in evaluation and in use."""

from __future__ import annotations

from collections.abc import Sequence

from edge.runner import Message
from training.tasks.cells import Cell
from training.tasks.task import Label, Lang, Task

_JUDGE = {
    "en": "Below are categories and a {text}. {judge}\nReply with one line of JSON and nothing else: "
    '{{"label": "the id", "evidence": "the words of the text that show it, copied exactly"}}. '
    'For {none} the evidence is "".\n\nCategories:\n{rules}\n\nText:\n{body}\n',
    "ja": "次の分類で{text}を判定してください。{judge}\n次の形の JSON を一行だけ返してください: "
    '{{"label": "分類の id", "evidence": "それを示す本文の語句をそのまま写したもの"}}。'
    '{none} のとき evidence は "" とします。\n\n分類:\n{rules}\n\n本文:\n{body}\n',
}
_RULE = {"en": "{id}: {rule}", "ja": "{id}: {rule}"}
_WRITE = {
    "en": "Write one {text} in English. {write}\nIt must show exactly this: {name}. {rule}\nThis counts: {counts}\n"
    "This does not: {other}\nHow such texts are judged: {judge}\n\nScene:\n{scene}\n{passages}\n"
    "Reply with one JSON object and nothing else: "
    '{{"text": "the whole text", "evidence": "the words of it that show this, copied exactly{empty}"}}\n',
    "ja": "{text}を日本語で一つ書いてください。{write}\n示す内容は次のとおりで、これだけを示します: {name}。{rule}\n"
    "該当するもの: {counts}\n該当しないもの: {other}\n判定の仕方: {judge}\n\n場面:\n{scene}\n{passages}\n"
    "JSON を一つだけ返してください: "
    '{{"text": "本文の全体", "evidence": "それを示す本文の語句をそのまま写したもの{empty}"}}\n',
}
_EMPTY = {"en": "; here it is empty", "ja": "。今回は空にする"}
_PASSAGES = {"en": "\nFrom the site's own documents, for the right terms:\n", "ja": "\n用語の参考(現場の文書から):\n"}


def judge_messages(task: Task, text: str, lang: Lang) -> list[Message]:
    """What a model is asked about one text. Ends on a line break, so that no token spans prompt and reply."""
    rules = "\n".join(_RULE[lang].format(id=label.id, rule=label.rule[lang]) for label in task.labels)
    asked = _JUDGE[lang].format(
        text=task.text[lang], judge=task.judge[lang], none=task.none, rules=rules, body=text.strip()
    )
    return [Message("user", asked)]


def write_messages(task: Task, cell: Cell, passages: Sequence[str]) -> list[Message]:
    """What the teacher is asked: a text of the cell's label in its scene, with up to three of the site's passages."""
    lang, label = cell.lang, task.label(cell.label)
    scene = "\n".join(f"- {name}: {value}" for name, value in cell.scene)
    shown = _PASSAGES[lang] + "\n".join(f"- {passage}" for passage in passages) + "\n" if passages else ""
    asked = _WRITE[lang].format(
        text=task.text[lang], write=task.write[lang], judge=task.judge[lang], scene=scene, passages=shown,
        empty=_EMPTY[lang] if label.id == task.none else "", **_words(label, lang),
    )  # fmt: skip
    return [Message("user", asked)]


def _words(label: Label, lang: Lang) -> dict[str, str]:
    return {
        "name": label.name[lang], "rule": label.rule[lang], "counts": label.counts[lang], "other": label.other[lang],
    }  # fmt: skip
