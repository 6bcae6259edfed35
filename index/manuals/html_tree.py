"""HTML tree: the tags of a page as BeautifulSoup's tree, with the end tags that HTML lets people leave out.

"<li>a<li>b" is two entries, and "<tr><td>1<td>2" one row of two cells; Python's own parser takes each for the inside
of the one before. Source: the HTML standard, 13.1.2.4 (optional tags).
"""

from __future__ import annotations

import re
from typing import Any

_CELLS, _GROUPS = ("td", "th"), ("thead", "tbody", "tfoot")
# a tag that begins -> those that it ends, and within which they are looked for
_ENDS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "li": (("li",), ("ul", "ol", "menu", "table")),
    "dt": (("dt", "dd"), ("dl", "table")),
    "dd": (("dt", "dd"), ("dl", "table")),
    "tr": (("tr",), ("table",)),
    "td": (_CELLS, ("tr", "table")),
    "th": (_CELLS, ("tr", "table")),
    **dict.fromkeys(_GROUPS, (("tr", *_GROUPS), ("table",))),
    "option": (("option",), ("select",)),
}
_HOLD = (
    "body div td th li dd dt blockquote section article main aside header footer figure form table ul ol details "
    "center fieldset address caption html"
)
_HOLDING = tuple(_HOLD.split())  # what may hold a paragraph
_ENDS["p"] = (("p",), _HOLDING)
# "<![" before any other word is a comment up to the next ">" (the HTML standard, 13.2.5.42); Python's parser gives up
_NO_SECTION = re.compile(r"<!\[(?!(?:cdata|temp|ignore|include|rcdata|if|else|endif)(?![-_.a-z0-9]))", re.IGNORECASE)


def tree_of(text: str) -> Any:
    """The tree of an HTML text, whole page or fragment."""
    from bs4 import BeautifulSoup

    def begin(self: Any, name: str, *more: Any, **named: Any) -> Any:
        ends, within = _ENDS.get(name, ((), ()))
        for tag in list(reversed(self.tagStack)) if ends else ():
            if tag.name in within:
                break
            if tag.name in ends:
                self.endData()  # the text so far is of the tag that ends
                self._popToTag(tag.name)
                if tag.name in _GROUPS or name not in _GROUPS:
                    break  # else a row that was left open, perhaps in a group that was
        return BeautifulSoup.handle_starttag(self, name, *more, **named)

    return type("Tree", (BeautifulSoup,), {"handle_starttag": begin})(_NO_SECTION.sub("<! [", text), "html.parser")
