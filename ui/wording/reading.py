"""Wording of the admin page's view of how a page was read."""

from __future__ import annotations

from ui.wording import Entry

READING: dict[str, Entry] = {
    "reading.title": {"ja": "読み取り確認", "en": "How it was read"},
    "reading.note": {
        "ja": "ページの画像に、読み取った箇所を枠で示します。枠のない文字は検索されません。"
        "枠か一覧に触れると、対応する箇所が分かります。",
        "en": "Frames over the page show the passages that were read; what no frame holds is not searched. "
        "Point at a frame or a passage to see which belong together.",
    },
    "reading.none": {
        "ja": "マニュアルがまだ登録されていません。「マニュアル」で登録すると、ここで確認できます。",
        "en": "There are no manuals yet. Once some are added under Manuals, they can be looked at here.",
    },
    "reading.choose": {"ja": "マニュアルを選んでください", "en": "Choose a manual"},
    "reading.page": {"ja": "ページ(1〜{last})", "en": "Page (1 to {last})"},
    "reading.before": {"ja": "前のページ", "en": "Previous"},
    "reading.next": {"ja": "次のページ", "en": "Next"},
    "reading.coverage": {
        "ja": "{pages}\u00a0ページのうち {read}\u00a0ページから読み取りました。"
        "{passages}\u00a0箇所、表 {tables}\u00a0個({rows}\u00a0行)。",
        "en": "Pages with text: {read} of {pages}. Passages: {passages}, tables: {tables} (rows: {rows}).",
    },
    "reading.unread": {"ja": "文字を読み取らなかったページ: {where}", "en": "Pages without any text: {where}"},
    "reading.passages": {"ja": "このページの箇所: {count}", "en": "Passages on this page: {count}"},
    "reading.nothing": {
        "ja": "このページから読み取った箇所はありません(目次、図だけのページ、空白など)。",
        "en": "Nothing was read from this page: a list of contents, a figure, or blank.",
    },
    "reading.picture": {"ja": "{title} の {page} ページ目の画像", "en": "Picture of page {page} of {title}"},
    "reading.by_ocr": {"ja": "文字認識 {percent} %", "en": "by OCR, {percent} % sure"},
}
