"""Wording: every sentence a person reads, in Japanese and English."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Literal, get_args

Lang = Literal["ja", "en"]
LANGS: tuple[Lang, ...] = get_args(Lang)
Entry = dict[Lang, str]


def say(key: str, lang: Lang, **values: object) -> str:
    """The sentence ``key`` in ``lang``, its places filled with ``values``. Raises KeyError for an unknown key."""
    text = all_wording()[key][lang]
    return text.format(**values) if values else text


def say_error(code: str, lang: Lang, fallback: str = "", case: str = "") -> str:
    """What an error of that code means and what helps, in the words of its ``case`` where there are any; ``fallback``
    for a code that has no wording."""
    from ui.wording.errors import ERRORS

    entry = ERRORS.get(f"{code}.{case}") or ERRORS.get(code)
    return entry[lang] if entry else fallback


@cache
def all_wording() -> Mapping[str, Entry]:
    """Every key of every file here."""
    from ui.wording.bench import BENCH
    from ui.wording.board import BOARD
    from ui.wording.conversation import CONVERSATION
    from ui.wording.evaluation import EVALUATION
    from ui.wording.judging import JUDGING
    from ui.wording.operator import OPERATOR
    from ui.wording.pages import PAGES
    from ui.wording.stoppages import STOPPAGES
    from ui.wording.tasks import TASKS
    from ui.wording.terminal import TERMINAL
    from ui.wording.training import TRAINING
    from ui.wording.verify import VERIFY

    return {
        **TERMINAL,
        **PAGES,
        **CONVERSATION,
        **OPERATOR,
        **STOPPAGES,
        **EVALUATION,
        **VERIFY,
        **BOARD,
        **BENCH,
        **TRAINING,
        **JUDGING,
        **TASKS,
    }
