"""Parts: the admin page's parts and the bar that leads from one to the other; each has its own address (#gaps)."""

from __future__ import annotations

from typing import Any, Protocol

from ui.admin.cells import told
from ui.wording import Lang

PARTS = ("manuals", "reading", "search", "gaps", "reviews", "stoppages", "words", "figures", "log", "users", "box")
# shows the part that the address names, now and whenever it changes, and again in the other language
PARTS_EVENT = "andon.parts(element); watch('value', () => andon.parts(element));"


class Part(Protocol):
    """What the page needs of a part: the components whose texts hang on the language, and those texts."""

    @property
    def texts(self) -> list[Any]: ...

    def in_language(self, lang: Lang) -> list[Any]: ...


def parts_html(lang: Lang) -> str:
    links = "".join(f'<a href="#{part}" data-part="{part}">{told(f"parts.{part}", lang)}</a>' for part in PARTS)
    return f'<nav class="a-parts" aria-label="{told("parts.title", lang)}">{links}</nav>'
