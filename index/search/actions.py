"""Action: what a how-to question wants done (a part replaced, adjusted, cleaned ...), and the words that tell of it."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Action:
    """``asked``: how a question wants it done; ``told``: how manuals tell of it, read more widely. ``of_parts``: a part
    comes off or goes on, which takes a procedure; a remark that it is due does not say how."""

    name: str
    asked: re.Pattern[str]
    told: re.Pattern[str]
    of_parts: bool


_REPLACE_JA = r"交換|[取組]り?み?[替換]え?|[付入載貼張]け?れ?せ?り?替え|替え(?:方|る|たい|て)|新しく|新品"
_REMOVE_JA = r"取り?外し|外し方|外す(?:に|手|方)|取り?付け|付け方"
_ACTIONS = {
    "replace": (
        rf"{_REPLACE_JA}|\b(?:replac|exchang|swap|renew)\w*|\b(?:i|we|you|to|for|of)\s+(?:\w+ )?chang(?:e|ing)\b",
        rf"{_REPLACE_JA}|\b(?:replac|exchang|swap|renew)\w*|\bchang(?:e|es|ed|ing)\b(?! within)|\bnew\b",
    ),
    "remove": (
        rf"{_REMOVE_JA}|\b(?:remov|detach|dismount)(?:e|ing|al)?\b|\btak(?:e|ing) (?:\w+ ){{0,4}}off\b",
        rf"{_REPLACE_JA}|外[しすせさ]|取り出|引き?抜|取り?付|付け|戻|差し|はめ|載せ|降ろ"
        r"|\b(?:replac|exchang|swap|renew|chang|remov|detach|unscrew|install|mount|refit|loosen|dismount)\w*|\bnew\b|\bfit"
        r"|\b(?:take|taking|pull|put|slide|lift|get)\w*\b(?:\W+\w+){0,5}?\W+(?:off|out|in|back|on|upwards)\b",
    ),
    "overhaul": (
        r"分解|ばら[しす]|組み?立て|組み?直し|オーバーホール"
        r"|\b(?:overhaul|rebuild|disassembl|dismantl)\w*|\btak(?:e|ing) apart|\bstrip down",
        r"分解|ばら[しす]|組み?立て|組み?直|オーバーホール"
        r"|overhaul|rebuil|disassembl|dismantl|tak(?:e|ing) apart|strip",
    ),
    "adjust": (
        r"調整|調節|補正|校正|合わせ方|の合わせ|張り(?:直し|方)|\b(?:re-?)?(?:adjust|align|calibrat)\w*|\bre-?tension\w*",
        r"調整|調節|補正|校正|合わせ|直[すし]|張り|張る|たわみ|緩め|締め|回[しす]|感度|ずれ"
        r"|adjust|align|calibrat|tension|tun(?:e|ing)\b|correct|level|\bset\s(?=\w)|setting|slack|tighten|\bsag|\bturn\b|\bteach",
    ),
    "clean": (
        r"清掃|掃除|洗浄|洗い方|\b(?:clean|wash|flush|rins)(?:e|ing)?\b",
        r"清掃|掃除|洗|拭|ふき|吹[いきく]|エアブロー|汚れ|ごみ|紙粉|clean|wash|wip(?:e|ing)|flush|rins|purg|\bblow|drain|dust|dirt",
    ),
    "lubricate": (
        r"給油|給脂|注油|潤滑|グリースアップ|グリスアップ|(?:グリース|グリス|油)(?:を|の)?(?:入れ|塗|打|差|さ[しす])"
        r"|(?:入れる|差す|さす|塗る|打つ)(?:グリース|グリス|油)"
        r"|\blubricat|\bgreas(?:e|ing)\b|\boil(?:ing)?\b",
        r"油|脂|潤滑|グリース|グリス|オイル|lubric|greas|\boil",
    ),
    "update": (
        r"(?:ソフト\w*|ファーム\w*|プログラム|版)(?:を|の)?(?:更新|アップ|書き換え)|アップデート|バージョンアップ"
        r"|\b(?:updat|upgrad)(?:e|ing)\b",
        r"更新|アップデート|バージョンアップ|ファーム|書き換え|updat|upgrad|firmware",
    ),
}
_OF_PARTS = frozenset({"replace", "remove", "overhaul"})
ACTIONS = tuple(
    Action(name, re.compile(asked, re.IGNORECASE), re.compile(told, re.IGNORECASE), name in _OF_PARTS)
    for name, (asked, told) in _ACTIONS.items()
)
_HOW = re.compile(
    r"手順|方法|やり方|仕方|しかた|どうやって|どうやる|どうすれば|どうする|し方|り方|え方|け方|せ方|順番|順序|段取り"
    r"|\bhow (?:do|can|to|should)\b|\bsteps?\b|\bprocedure\b|\bin (?:which|what) order\b",
    re.IGNORECASE,
)
# Changing the grease of a part is lubricating it, not changing the part.
_CHANGED_LUBRICANT = re.compile(
    r"(?:chang|replac|renew|exchang)\w*(?:\W+\w+){0,3}?\W+(grease|oil|lubricant)\b"
    r"|(グリース|グリス|オイル|油)(?:の|を)?(?:交換|入れ替え|取り?替え)",
    re.IGNORECASE,
)


def plain(text: str) -> str:
    """``text`` as actions are looked for in it: one width, and a changed lubricant as the lubricant alone."""
    return _CHANGED_LUBRICANT.sub(lambda match: match[1] or match[2], unicodedata.normalize("NFKC", text))


def asks_how(question: str) -> bool:
    """Whether ``question`` asks how something is done, not only what it is or how much."""
    return bool(_HOW.search(unicodedata.normalize("NFKC", question)))


def actions_in(question: str) -> tuple[Action, ...]:
    """The actions that ``question`` speaks of."""
    said = plain(question)
    return tuple(action for action in ACTIONS if action.asked.search(said))


def asked_actions(question: str) -> tuple[Action, ...]:
    """The actions that ``question`` asks for; what has to come off on the way to replacing a part is not asked."""
    asked = actions_in(question)
    replaced = any(action.name == "replace" for action in asked)
    return tuple(action for action in asked if not (replaced and action.name == "remove"))
