"""Wording of the site's own words, of filters, and of what a manual is for."""

from __future__ import annotations

from ui.wording import Entry

WORDS: dict[str, Entry] = {
    # the andon command
    "words.added": {"ja": "登録しました: {words}", "en": "added: {words}"},
    "words.joined": {"ja": "登録済みの組とまとめました: {words}", "en": "joined with what was there: {words}"},
    "words.changed": {"ja": "変更しました: {words}", "en": "changed: {words}"},
    "words.unchanged": {"ja": "すでに登録されています: {words}", "en": "already there: {words}"},
    "words.removed": {"ja": "削除しました: {word}({group})", "en": "removed: {word} ({group})"},
    "words.imported": {
        "ja": "読み込みました: 追加 {added} 組、登録済みの組とまとめたもの {joined} 組、変更なし {unchanged} 組",
        "en": "read: {added} groups added, {joined} joined with what was there, {unchanged} already there",
    },
    "words.exported": {"ja": "{groups} 組を {path} に書き出しました。", "en": "{groups} groups written to {path}."},
    "words.none": {
        "ja": "現場の言葉はまだ登録されていません。andon words add '2号機 = SW-310' のように登録します。",
        "en": "No site words yet. Add some with: andon words add 'packer = SW-310'",
    },
    "words.bad_line": {"ja": "{line} 行目「{word}」: {reason}", "en": 'Line {line}, "{word}": {reason}'},
    "words.bad_word": {"ja": "「{word}」は登録できません。{reason}", "en": '"{word}": {reason}'},
    "words.set": {
        "ja": "{name} — ライン: {lines} / 機械: {machines}",
        "en": "{name} — lines: {lines} / machines: {machines}",
    },
    "words.nothing": {"ja": "なし", "en": "none"},
    "words.also": {"ja": "同じ記載: {places}", "en": "Also in: {places}"},
    # the admin page
    "admin.words": {"ja": "現場の言葉", "en": "Site words"},
    "admin.words_count": {"ja": "{groups} 組", "en": "groups: {groups}"},
    "admin.words_note": {
        "ja": "機械の通称など、現場での呼び方をマニュアルの言葉と結び付けます。質問を調べるときだけ使い、"
        "マニュアルの原文は変わりません。保存すると、次の質問からすぐ有効になります。",
        "en": "Ties what people say here, such as a machine's nickname, to the manuals' words. Used for questions "
        "only; the manuals stay as they are. It counts from the next question on.",
    },
    "admin.words_label": {"ja": "同じ意味の言葉(= で区切る)", "en": "Words that mean the same, with = between"},
    "admin.words_example": {"ja": "例: 2号機 = 梱包機 = SW-310", "en": "e.g. No. 2 = packer = SW-310"},
    "admin.words_save": {"ja": "保存", "en": "Save"},
    "admin.words_none": {"ja": "まだ登録されていません。", "en": "None yet."},
    "admin.words_edit": {"ja": "編集", "en": "Edit"},
    "admin.words_edit_name": {"ja": "{words} を編集", "en": "Edit {words}"},
    "admin.words_delete_name": {"ja": "{words} を削除", "en": "Delete {words}"},
    "admin.words_editing": {
        "ja": "編集中: {words}。言葉を直して「保存」を押してください。空にして保存すると、編集をやめます。",
        "en": "Editing: {words}. Change the words and press Save. To leave it as it is, save an empty field.",
    },
    "admin.words_deleted": {"ja": "{words} を削除しました。", "en": "{words} was deleted."},
    "admin.words_file": {"ja": "CSV・TSV を読み込む", "en": "Read CSV or TSV"},
    "admin.words_as_csv": {"ja": "CSV で保存", "en": "Save as CSV"},
    "admin.words_as_tsv": {"ja": "TSV で保存", "en": "Save as TSV"},
    "admin.words_delete_title": {"ja": "この組を削除しますか", "en": "Delete this group?"},
    "admin.words_delete_text": {
        "ja": "質問でこの呼び方を使っても、マニュアルと結び付かなくなります。",
        "en": "Questions that use these words will no longer be tied to the manuals.",
    },
    "admin.why.word": {"ja": "現場の言葉", "en": "site word"},
    "admin.for": {"ja": "ライン・機械", "en": "Line, machine"},
    "admin.for_set": {"ja": "設定", "en": "Set"},
    "admin.for_name": {"ja": "{name} のラインと機械を設定", "en": "Set the line and machine of {name}"},
    "admin.for_title": {"ja": "どのライン・機械のマニュアルですか", "en": "Which line and machine is it for?"},
    "admin.for_text": {
        "ja": "複数あるときは、カンマで区切ります。検索の絞り込みに使い、機械の名前は質問の中でも通じます。",
        "en": "Separate several with commas. Searches can be narrowed to them; questions may use the machine's name.",
    },
    "admin.for_lines": {"ja": "ライン", "en": "Lines"},
    "admin.for_machines": {"ja": "機械", "en": "Machines"},
    "admin.for_upload_lines": {"ja": "登録するファイルのライン(任意)", "en": "Lines of the files to add (optional)"},
    "admin.for_upload_machines": {
        "ja": "登録するファイルの機械(任意)",
        "en": "Machines of the files to add (optional)",
    },
    "admin.for_saved": {"ja": "{name} のラインと機械を保存しました。", "en": "Line and machine of {name} were saved."},
    "admin.filter_lines": {"ja": "ライン", "en": "Line"},
    "admin.filter_machines": {"ja": "機械", "en": "Machine"},
    "admin.filter_manuals": {"ja": "マニュアル", "en": "Manual"},
    "admin.filter_kinds": {"ja": "種類", "en": "Kind"},
    "admin.filter_langs": {"ja": "言語", "en": "Language"},
    "admin.filters": {"ja": "絞り込み", "en": "Narrow the search"},
    "quote.also_many": {
        "ja": "同じ記載のあるマニュアル({count}\u00a0冊)",
        "en": "The same words also stand in {count} other manuals",
    },
    "quote.also": {"ja": "同じ記載のあるマニュアル", "en": "The same words also stand in"},
}
