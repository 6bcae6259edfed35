"""WholeCodes: codes written with a hyphen, which a line of text must not break at."""

from __future__ import annotations

import re
from html import escape

_CODE = re.compile(r"(?<![\w&#;-])[A-Za-z]{1,5}-\d\w*")


def whole_codes(text: str) -> str:
    """``text`` as HTML in which codes ("F-031", "P-17") do not break; no letter changes, so that they are copied as
    they are."""
    return _CODE.sub(r'<span class="a-whole">\g<0></span>', escape(text))
