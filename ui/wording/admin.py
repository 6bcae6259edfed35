"""Wording of the admin page's parts: its bar, adding files, the list of manuals, jobs."""

from __future__ import annotations

from ui.wording import Entry

_PARTS: dict[str, Entry] = {
    "parts.title": {"ja": "管理の項目", "en": "Parts of the admin page"},
    "parts.manuals": {"ja": "マニュアル", "en": "Manuals"},
    "parts.reading": {"ja": "読み取り確認", "en": "How it was read"},
    "parts.search": {"ja": "検索の確認", "en": "Try a search"},
    "parts.gaps": {"ja": "足りない内容", "en": "Gaps"},
    "parts.reviews": {"ja": "回答への評価", "en": "Feedback"},
    "parts.stoppages": {"ja": "停止の記録", "en": "Stoppages"},
    "parts.words": {"ja": "現場の言葉", "en": "Site words"},
    "parts.figures": {"ja": "利用状況", "en": "Figures"},
    "parts.log": {"ja": "ログ", "en": "Log"},
    "parts.users": {"ja": "利用者", "en": "Users"},
    "parts.box": {"ja": "装置とバックアップ", "en": "Box and backup"},
}

_DROP: dict[str, Entry] = {
    "drop.title": {"ja": "ファイルの登録", "en": "Add files"},
    "drop.here": {
        "ja": "ここにファイルやフォルダをまとめてドロップできます。",
        "en": "Drop files or folders here, as many as you like.",
    },
    "drop.folder": {"ja": "フォルダを選んで登録", "en": "Choose a folder"},
    "drop.sending": {"ja": "送信中", "en": "Sending"},
    "drop.sent": {"ja": "受け付けました", "en": "Received"},
    "drop.waiting": {"ja": "送信待ち", "en": "Waiting"},
    "drop.not_sent": {"ja": "受け付けられませんでした", "en": "Not received"},
    "drop.stop_sending": {"ja": "送信をやめる", "en": "Stop sending"},
    "drop.no_such_files": {
        "ja": "登録できる形式のファイルがありません。",
        "en": "There is no file here of a kind that can be added.",
    },
    "drop.broken_off": {
        "ja": "送信が途中で切れました。ネットワークを確認して、もう一度選んでください。",
        "en": "Sending broke off. Check the network, then choose the file again.",
    },
    "drop.stopped": {"ja": "送信をやめました。", "en": "Sending was stopped."},
    "drop.too_many_bytes": {
        "ja": "ファイルが大きすぎます。分割するか、設定 max_file_mb を大きくしてください。",
        "en": "The file is too large. Split it, or raise the setting max_file_mb.",
    },
}

_JOBS: dict[str, Entry] = {
    "admin.jobs_waiting": {"ja": "待機中 {count} 件", "en": "{count} waiting"},
    "admin.halt": {"ja": "中止", "en": "Cancel"},
    "admin.halt_name": {"ja": "{name} の登録を中止", "en": "Cancel {name}"},
    "admin.halt_all": {"ja": "待機中の {count} 件をすべて中止", "en": "Cancel all {count} that wait"},
    "admin.halted": {"ja": "{name} の登録を中止しました。", "en": "{name} was cancelled."},
    "admin.halted_many": {"ja": "{count} 件の登録を中止しました。", "en": "Cancelled: {count} files."},
}

_MANUALS: dict[str, Entry] = {
    "admin.look_through": {"ja": "マニュアルを探す", "en": "Find a manual"},
    "admin.look_through_example": {
        "ja": "題名、ファイル名、ライン、機械",
        "en": "Title, file name, line, machine",
    },
    "admin.no_such_manual": {"ja": "該当するマニュアルはありません。", "en": "There is no such manual."},
    "admin.manuals_found": {"ja": "{manuals} 冊のうち {found} 冊", "en": "{found} of {manuals} manuals"},
    "admin.manuals_off": {"ja": "(うち {count}\u00a0冊は検索しません)", "en": " ({count} of them not searched)"},
    "admin.more_manuals": {
        "ja": "ほかに {count} 冊あります。言葉を入れて絞り込んでください。",
        "en": "There are {count} more. Type a word to find them.",
    },
    "admin.searched": {"ja": "検索", "en": "Search"},
    "admin.switch_name": {"ja": "{name} を検索に使う", "en": "Search {name}"},
    "admin.switch_on": {"ja": "使う", "en": "On"},
    "admin.switch_off": {"ja": "使わない", "en": "Off"},
    "admin.not_searched": {"ja": "検索しません", "en": "not searched"},
    "admin.enabled": {
        "ja": "{name} を検索に戻しました。次の質問から調べます。",
        "en": "{name} is searched again, from the next question on.",
    },
    "admin.disabled": {
        "ja": "{name} を検索から外しました。マニュアルは残っていて、いつでも戻せます。",
        "en": "{name} is not searched any more. It is kept, and can be switched on at any time.",
    },
    "admin.read": {"ja": "読み取り確認", "en": "See how read"},
    "admin.read_name": {"ja": "読み取り確認: {name}", "en": "See how read: {name}"},
    "admin.download": {"ja": "原本", "en": "Download"},
    "admin.download_name": {"ja": "{name} の原本をダウンロード", "en": "Download the original of {name}"},
    "admin.editions": {"ja": "改訂の履歴({count} 版)", "en": "Revisions ({count})"},
    "admin.edition": {
        "ja": "第 {number} 版 {at} SHA-256 {sha256}…",
        "en": "Revision {number}, {at}, SHA-256 {sha256}…",
    },
}

_SEARCH: dict[str, Entry] = {
    "admin.would_answer": {"ja": "この質問には回答します。", "en": "This question would be answered."},
    "admin.would_ask_machine": {
        "ja": "回答の前に、どの機械かを聞き返します。",
        "en": "The operator would first be asked which machine is meant.",
    },
    "admin.would_ask_row": {
        "ja": "表を示し、どの行のことかを聞き返します。",
        "en": "The table would be shown, and the operator asked which row is meant.",
    },
    "admin.would_decline": {
        "ja": "この質問には回答しません: {reason}",
        "en": "This question would be declined: {reason}",
    },
    "admin.likely": {
        "ja": "マニュアルに答えがある見込み: {percent}\u00a0%",
        "en": "Likelihood that the manuals hold an answer: {percent} %",
    },
    "admin.in_no_manual": {
        "ja": "質問の言葉のうち {percent}\u00a0% は、どのマニュアルにもありません。"
        "現場の言葉に登録すると見つかることがあります。",
        "en": "{percent} % of the question's words stand in no manual. Tying them to the manuals' words may help.",
    },
    "admin.no_match": {
        "ja": "質問の言葉のうち {percent}\u00a0% は、見つかった箇所に近い言葉がありません。",
        "en": "{percent} % of the question's words find nothing like them in what was found.",
    },
    "admin.value_apart": {
        "ja": "尋ねている値が、その部品と同じ行に見当たりません。",
        "en": "The value asked for stands on no line with its part.",
    },
    "admin.means": {"ja": "スコアと理由の見方", "en": "What score and reasons mean"},
    "admin.means.score": {"ja": "スコア", "en": "Score"},
    "admin.means.score.text": {
        "ja": "並べる順番を決める点数です。同じ質問の中でだけ比べられます。",
        "en": "Puts the hits of one question in order; between questions it says nothing.",
    },
    "admin.means.code": {"ja": "コード一致", "en": "code"},
    "admin.means.code.text": {
        "ja": "質問のコードが、その箇所の見出しか本文にあります。",
        "en": "A code of the question stands there.",
    },
    "admin.means.keyword": {"ja": "語の一致", "en": "words"},
    "admin.means.keyword.text": {
        "ja": "同じ語、同義語、訳語が含まれます。珍しい語ほど重く数えます。",
        "en": "The same words, synonyms or translations; rare ones weigh more.",
    },
    "admin.means.vector": {"ja": "意味の近さ", "en": "meaning"},
    "admin.means.vector.text": {
        "ja": "語が違っても、箇所全体の意味が質問に近いものです。",
        "en": "As a whole it means something near the question, also in other words.",
    },
    "admin.means.match": {"ja": "単語ごとの近さ", "en": "word by word"},
    "admin.means.match.text": {
        "ja": "質問の単語一つ一つに、近い意味の単語があります。",
        "en": "Each word of the question has a word near it there.",
    },
    "admin.means.support": {"ja": "語の一致率", "en": "% of the words"},
    "admin.means.support.text": {
        "ja": "質問の大事な語のうち、その箇所に含まれる割合です。ほかの質問とも比べられます。",
        "en": "The share of the question's telling words that it holds; comparable between questions.",
    },
}

ADMIN: dict[str, Entry] = {**_PARTS, **_DROP, **_JOBS, **_MANUALS, **_SEARCH}
