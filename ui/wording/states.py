"""Wording of the operator page's states: what it is narrowed to, the row asked for, why there is no answer; retries."""

from __future__ import annotations

from ui.wording import Entry

STATES: dict[str, Entry] = {
    "narrow.group": {"ja": "調べる対象の絞り込み", "en": "Where to look"},
    "narrow.label": {"ja": "対象", "en": "Look in"},
    "narrow.all": {"ja": "すべてのマニュアル", "en": "all manuals"},
    "narrow.count": {"ja": "{count} 冊", "en": "manuals: {count}"},
    "narrow.any": {"ja": "すべて", "en": "All"},
    "narrow.clear": {"ja": "解除", "en": "Clear"},
    "narrow.clear_all": {"ja": "絞り込みを解除", "en": "Clear: look in all manuals"},
    "narrow.remembered": {
        "ja": "選んだラインと機械はこの端末に記憶され、次回もそのまま使えます。",
        "en": "Line and machine stay chosen on this device.",
    },
    "narrow.one_manual": {"ja": "選んだマニュアル", "en": "the chosen manual"},
    "narrow.within": {"ja": "{names} に絞って調べました。", "en": "Looked only in: {names}"},
    "narrow.none": {"ja": "絞り込んだ範囲に、答えが見つかりません", "en": "Not found in the manuals you chose"},
    "narrow.declined": {
        "ja": "{names} に絞って調べました。ほかのマニュアルには載っているかもしれません。",
        "en": "The search was narrowed to {names}. Another manual may hold the answer.",
    },
    "narrow.widen": {"ja": "すべてのマニュアルで調べ直す", "en": "Ask all manuals"},
    "quote.asked_row": {"ja": "お尋ねの項目(表の 1 行)", "en": "The row you asked for"},
    "quote.nearest_open": {
        "ja": "{title} の {section} を新しいタブで開く",
        "en": "Open {section} of {title} in a new tab",
    },
    "answer.declined.noted": {
        "ja": "この質問は「マニュアルに足りない内容」に記録しました。管理者が一覧で確認できます。",
        "en": "Your question went to the list of gaps in the manuals, where an admin sees it.",
    },
    "answer.busy_many": {
        "ja": "混み合っています。いま\u00a0{place}\u00a0番目で、前に\u00a0{count}\u00a0件あります。"
        "順番が来たら回答を作成します。原文は先に使えます。",
        "en": "Busy: you are number {place}; {count} answers come before yours. "
        "Yours is written after them; the manual's words are already here.",
    },
    "answer.read_source": {"ja": "原文 {number} を読む", "en": "Read source {number}"},
    "admin.retry": {"ja": "再試行", "en": "Try again"},
    "admin.retry_name": {"ja": "{name} の登録を再試行", "en": "Try again: {name}"},
    "admin.retry_all": {"ja": "失敗した {count} 件をすべて再試行", "en": "Try all {count} failed files again"},
    "admin.retried": {"ja": "もう一度登録します: {names}", "en": "Waiting to be added again: {names}"},
    "admin.retry_lost": {
        "ja": "ファイルが残っていないため再試行できません。もう一度選んで登録してください: {names}",
        "en": "The file is no longer kept, so it cannot be tried again. Choose and add it again: {names}",
    },
}
