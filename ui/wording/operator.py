"""Wording of the operator page's parts: the page beside the quote, the checklist, copying and printing."""

from __future__ import annotations

from ui.wording import Entry

_VIEW: dict[str, Entry] = {
    "view.label": {"ja": "原文のページ", "en": "The page as printed"},
    "view.show": {"ja": "ページを見る", "en": "Show the page"},
    "view.tools": {"ja": "ページの操作", "en": "Page controls"},
    "view.room": {"ja": "ページの表示(矢印キーで移動)", "en": "The page; move with the arrow keys"},
    "view.previous": {"ja": "前のページ", "en": "Previous page"},
    "view.next": {"ja": "次のページ", "en": "Next page"},
    "view.smaller": {"ja": "縮小", "en": "Smaller"},
    "view.larger": {"ja": "拡大", "en": "Larger"},
    "view.mark": {"ja": "引用箇所へ戻る", "en": "Back to the quoted passage"},
    "view.close": {"ja": "ページを閉じる", "en": "Close the page"},
    "view.loading": {"ja": "ページを読み込んでいます…", "en": "Loading the page…"},
    "view.failed": {
        "ja": "ページを表示できません。「原本を開く」で確認してください。",
        "en": "The page cannot be shown. Open the original instead.",
    },
    "view.count": {"ja": "{page} / {pages}", "en": "{page} of {pages}"},
    "view.alt": {"ja": "{title}、{page}の画像", "en": "{title}, {page}, as a picture"},
    "view.no_place": {
        "ja": "このページに書かれていますが、ページ内の位置は分かりません。",
        "en": "The passage stands on this page; where on it is not known.",
    },
    "view.by_ocr": {
        "ja": "画像から文字認識(OCR)で読み取った箇所です。枠の中を見て、文字を確かめてください。",
        "en": "This was read from a picture by OCR. Compare the words with what stands in the frame.",
    },
    "view.replaced": {
        "ja": "マニュアルが改訂されたため、引用した箇所は示せません。今の版のページを表示しています。",
        "en": "The manual has been revised since, so the quoted passage cannot be marked. This is the present page.",
    },
    "view.text": {
        "ja": "この形式のファイルには印刷ページがないため、本文を表示しています。",
        "en": "A file of this format has no printed pages, so its text is shown.",
    },
    "view.text_page": {"ja": "本文", "en": "Text"},
}

_CARD: dict[str, Entry] = {
    "steps.told": {"ja": "{count} 手順中 {done} 済み", "en": "{done} of {count} steps done"},
    "steps.all": {"ja": "すべての手順が済みました", "en": "All steps are done"},
    "steps.again": {"ja": "チェックを消す", "en": "Clear ticks"},
    "copy.button": {"ja": "コピー", "en": "Copy"},
    "copy.done": {"ja": "コピーしました", "en": "Copied"},
    "copy.failed": {"ja": "コピーできません", "en": "Cannot copy"},
    "copy.between": {"ja": "、", "en": ", "},
    "copy.answer": {"ja": "回答をコピー", "en": "Copy the answer"},
    "print.button": {"ja": "印刷", "en": "Print"},
    "print.sheet": {"ja": "マニュアルの原文", "en": "The manual's own words"},
    "print.printed": {"ja": "{at} に Andon から印刷", "en": "Printed from Andon on {at}"},
    "print.note": {
        "ja": "印刷した後にマニュアルが改訂されることがあります。作業の前に、版を確認してください。",
        "en": "The manual may have been revised since. Check the revision before you work from this sheet.",
    },
}

_PAST: dict[str, Entry] = {
    "past.open": {"ja": "履歴", "en": "History"},
    "past.title": {"ja": "これまでの質問", "en": "Your conversations"},
    "past.search": {"ja": "キーワードで探す", "en": "Search"},
    "past.close": {"ja": "閉じる", "en": "Close"},
    "past.none": {"ja": "まだありません。", "en": "There are none yet."},
    "past.none_found": {"ja": "その言葉を含む質問はありません。", "en": "None holds these words."},
    "past.count": {"ja": "質問 {count} 件", "en": "questions: {count}"},
    "past.delete": {"ja": "「{title}」を削除", "en": "Delete {title}"},
    "past.delete_all": {"ja": "すべて削除", "en": "Delete all"},
    "past.sure": {"ja": "もう一度押すと削除", "en": "Press again to delete"},
    "past.failed": {
        "ja": "読み込めませんでした。閉じて、もう一度開いてください。",
        "en": "This could not be read. Close it and try again.",
    },
    "past.kept": {
        "ja": "自分だけが見られる履歴です。{days}\u00a0日使わないと消えます。管理者が見る記録とは別です。",
        "en": "Only you see these. They go after {days} days without use. The admins' log is another matter.",
    },
    "past.not_kept": {
        "ja": "この Andon は質問を保存しない設定です。",
        "en": "This Andon is set to keep no questions.",
    },
    "past.nothing_typed": {"ja": "(入力なし)", "en": "(nothing typed)"},
    "past.turns": {"ja": "この会話の質問", "en": "Questions of this conversation"},
}

_VOICE: dict[str, Entry] = {
    "voice.button": {"ja": "声で入力", "en": "Speak"},
    "voice.listening": {"ja": "聞いています…", "en": "Listening…"},
    "voice.failed": {"ja": "聞き取れません", "en": "Not understood"},
}

OPERATOR: dict[str, Entry] = {**_VIEW, **_CARD, **_PAST, **_VOICE}
