"""Matter: what a question asks for that is no measured value (a price, a supplier, a warranty), and how texts tell it.

Manuals seldom hold such things, and words alone do not show that: a question for the price of a belt has all its other
words in the section about the belt. NEVER stands for what is in no manual at all: what happened at the site yesterday.
"""

from __future__ import annotations

import re
import unicodedata

from index.search.quantity import NEVER, Quantity


def _matter(name: str, asked: str, given: str) -> Quantity:
    patterns = (asked, NEVER, NEVER, given)
    return Quantity(name, *(re.compile(pattern, re.IGNORECASE) for pattern in patterns))


_SPAN = r"[^。.?？]{0,40}"
MATTERS = (
    _matter(
        "price",
        r"価格|値段|費用は|単価|いくらで(?:した|買|売)|\bprice\b"
        r"|\bhow much (?:does|do|did|is|are|would) .*\bcost\b"
        r"|\bwhat (?:does|do|did|would) .* cost\b|\bcosts? of\b",
        r"[¥￥$€£]\s?\d|\d\s*(?:円|yen\b|EUR\b|USD\b|JPY\b|dollars?\b|euros?\b)",
    ),
    _matter(
        "supplier",
        r"メーカー(?:は|名|と型)|製造元|仕入先|購入先|どこの(?:メーカー|会社|製品)"
        r"|\bwho (?:supplies|makes|made|sells|manufactures|delivers)\b"
        r"|\b(?:which|what) (?:manufacturer|maker|supplier|brand|make)\b",
        r"株式会社|\b(?:Co\., ?Ltd|Inc|GmbH|Corp)\b|\b(?:made|supplied|manufactured) by\b"
        r"|(?:メーカー|製造元|maker|supplier)\s?[:：]",
    ),
    _matter(
        "delivery", r"納期|いつ届|\bdelivery (?:time|date)\b|\blead time\b",
        r"納期|\bdelivery time\b|\blead time\b|\d\s*weeks? (?:after|from) order",
    ),
    _matter(
        "warranty", r"保証期間|保証は|\bwarrant(?:y|ies)\b",
        r"(?:保証期間|保証は|\bwarrant(?:y|ies)\b)[^.。]{0,60}\d|\d[^.。]{0,40}(?:保証|\bwarrant(?:y|ies)\b)",
    ),
    _matter(
        "contact", r"電話番号|メールアドレス|\b(?:phone|telephone|fax) (?:number|no)\b|\be-?mail address\b|\bhotline\b",
        r"\d{2,4}-\d{2,4}-\d{3,4}|\+\d{2}[\s\d-]{6}|\w@\w",
    ),
    _matter(
        "serial number",
        rf"(?:うちの|この機械の|当社の){_SPAN}(?:製造番号|機械番号)|\b(?:our|this){_SPAN}serial (?:no|number)\b"
        r"|serial (?:no|number) of (?:our|this|my)\b",
        r"(?:serial (?:no|number)|製造番号|機械番号)\W{1,3}[A-Z-]{0,6}\d{3}",
    ),
    _matter(
        "site",
        rf"\bhow (?:many|much|often){_SPAN}\b(?:yesterday|today|last (?:week|month|year|shift|night))\b"
        rf"|(?:昨日|先週|先月|昨年|去年|前回){_SPAN}(?:何[台個件回枚本]|いくつ|いちばん|一番|最も)"
        rf"|(?:次回?の|来週|来月){_SPAN}(?:いつ|予定)|在庫{_SPAN}(?:何|いくつ|残っ|あと)",
        NEVER,
    ),
    _matter(
        "author",
        rf"\bwho (?:wrote|programmed|designed|installed|bought)\b"
        rf"|(?:作った|書いた|設計した|導入した)(?:の|人){_SPAN}誰",
        NEVER,
    ),
    _matter(
        "approval",
        r"CEマーキング|(?:CE|UL)\s?(?:規格|認証|対応)|認証番号|適合宣言"
        r"|\bCE (?:mark|declaration|certificat)|\bUL[- ]listed|\bdeclaration of conformity\b",
        r"\bCE\b|\bUL\b|適合宣言|declaration of conformity",
    ),
    _matter(
        "paint",
        r"\bRAL\b|塗装色|色番号|\bpaint(?:ed)? (?:colou?r|code)\b",
        r"\bRAL\s?\d|マンセル|塗装色|\bpaint colou?r\b",
    ),
    _matter(
        "revision",
        rf"\b(?:changed?|new|difference){_SPAN}\brevisions?\b|改[訂定]{_SPAN}(?:変わ|変更|違い)",
        r"改訂履歴|変更履歴|\brevision history\b|\bchanges? since\b",
    ),
)  # fmt: skip


def asked_matters(question: str) -> tuple[Quantity, ...]:
    """The matters that ``question`` asks for; most questions ask for none."""
    plain = unicodedata.normalize("NFKC", question)
    return tuple(matter for matter in MATTERS if matter.asked.search(plain))
