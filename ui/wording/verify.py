"""Wording of andon index verify: what does not agree, and what a person has to do."""

from __future__ import annotations

from ui.wording import Entry

VERIFY: dict[str, Entry] = {
    "verify.checked": {
        "ja": "マニュアル {manuals} 冊、{passages} 箇所、ベクトル {vectors} 件、原本 {originals} 件を照合しました"
        "(うち {embedded} 箇所は再計算して比較)。",
        "en": "Checked {manuals} manuals, {passages} passages, {vectors} vectors and {originals} originals "
        "({embedded} passages embedded again to compare).",
    },
    "verify.agrees": {"ja": "すべて一致しています。", "en": "Everything agrees."},
    "verify.mended": {"ja": "不一致はすべて修復しました。", "en": "Everything that disagreed is repaired."},
    "verify.use_repair": {
        "ja": "修復するには、サービスを止めてから andon index verify --repair を実行してください。",
        "en": "To repair, stop the service and run: andon index verify --repair",
    },
    "verify.beside": {
        "ja": "ほかの処理が索引に書き込み中のため、余分なベクトルとファイルは調べていません。",
        "en": "Another process is writing to the index, so vectors and files that are left over were not looked for.",
    },
    "verify.no_embedder": {
        "ja": "埋め込みモデルがないため、ベクトルは照合していません。",
        "en": "There is no embedder, so the vectors were not checked.",
    },
    "verify.repaired": {"ja": "修復済み: {what}", "en": "repaired: {what}"},
    "verify.found": {"ja": "不一致: {what}", "en": "disagrees: {what}"},
    "verify.where": {"ja": "  例: {where}", "en": "  such as: {where}"},
    "verify.database": {
        "ja": "データベースのファイルに {count} 件の異常があります。",
        "en": "{count} fault(s) in the database file.",
    },
    "verify.database.help": {
        "ja": "バックアップから戻すか、データフォルダの index を別の場所へ移し、"
        "中の originals にある原本から登録し直してください。",
        "en": "Restore a backup, or move the folder index out of the data folder and add the manuals again; "
        "their files are in its folder originals.",
    },
    "verify.orphans": {
        "ja": "どのマニュアルにも属さない記録が {count} 件あります。",
        "en": "{count} record(s) belong to no manual.",
    },
    "verify.passages_lost": {
        "ja": "{count} 冊のマニュアルで、記録の一部が失われています。",
        "en": "{count} manual(s) have lost passages.",
    },
    "verify.passages_lost.help": {
        "ja": "andon index remove で削除してから、元のファイルを andon index add で登録し直してください。",
        "en": "Remove them with andon index remove, then add their files again with andon index add.",
    },
    "verify.keywords": {
        "ja": "キーワード索引が本文と違う箇所が {count} 件あります(破損、または以前の版で登録)。",
        "en": "The keyword index is not what the text gives for {count} passage(s) "
        "(damaged, or written by an earlier Andon).",
    },
    "verify.keyword_index": {
        "ja": "キーワード索引の内部が壊れています({count} 件)。",
        "en": "The keyword index is damaged inside ({count}).",
    },
    "verify.codes": {
        "ja": "コード表が本文と違う箇所が {count} 件あります(破損、または以前の版で登録)。",
        "en": "The table of codes is not what the text gives for {count} passage(s) "
        "(damaged, or written by an earlier Andon).",
    },
    "verify.vectors_damaged": {
        "ja": "ベクトルのファイルが壊れていて読めません。",
        "en": "The files of the vectors are damaged and cannot be read.",
    },
    "verify.vectors_missing": {
        "ja": "ベクトルのない箇所が {count} 件あります。",
        "en": "{count} passage(s) have no vector.",
    },
    "verify.vectors_stray": {
        "ja": "本文のない余分なベクトルが {count} 件あります。",
        "en": "{count} vector(s) belong to no passage.",
    },
    "verify.vectors_wrong": {
        "ja": "本文と合わない、または検索で見つからないベクトルが {count} 件あります。",
        "en": "{count} vector(s) are not their passage's, or search does not find them.",
    },
    "verify.vectors_unused": {
        "ja": "使われていない埋め込みモデル {count} 個のベクトルが残っています。",
        "en": "Vectors of {count} embedder(s) that are not in use are left.",
    },
    "verify.vector_file": {
        "ja": "検索用のベクトルのファイルが、保存されているベクトルと {count} 件食い違っています。",
        "en": "The file of vectors that is searched is not what the store holds for {count} passage(s).",
    },
    "verify.words_missing": {
        "ja": "単語ベクトルのない箇所が {count} 件あります。",
        "en": "{count} passage(s) have no word vectors.",
    },
    "verify.words_stray": {
        "ja": "本文のない余分な単語ベクトルが {count} 件あります。",
        "en": "{count} row(s) of word vectors belong to no passage.",
    },
    "verify.words_wrong": {
        "ja": "本文と合わない単語ベクトルが {count} 件あります。",
        "en": "The word vectors of {count} passage(s) are not what the text gives.",
    },
    "verify.original_missing": {
        "ja": "原本のファイルがないマニュアルが {count} 冊あります。検索はできますが、ページを開けません。",
        "en": "The original of {count} manual(s) is missing: they can be searched, but their pages cannot be opened.",
    },
    "verify.original_missing.help": {
        "ja": "同じファイルを同じ名前で andon index add(または管理画面)から登録してください。原本だけが元に戻ります。",
        "en": "Add the same file under the same name again (andon index add, or the admin page): "
        "only the original is put back.",
    },
    "verify.original_altered": {
        "ja": "原本のファイルが登録時と異なるマニュアルが {count} 冊あります。"
        "開いたページが引用と食い違うおそれがあります。",
        "en": "The original of {count} manual(s) is not the file that was indexed: "
        "a page opened may differ from what is quoted.",
    },
    "verify.original_altered.help": {
        "ja": "登録したときのファイルを同じ名前で andon index add(または管理画面)から登録してください。"
        "原本だけが元に戻ります。",
        "en": "Add the file that was indexed under the same name again (andon index add, or the admin page): "
        "only the original is put back.",
    },
    "verify.original_leftover": {
        "ja": "どのマニュアルにも使われていない原本のファイルが {count} 件あります。",
        "en": "{count} original file(s) belong to no manual.",
    },
    "verify.job_original_missing": {
        "ja": "登録待ちのファイル {count} 件が失われています。",
        "en": "{count} file(s) that wait to be indexed are lost.",
    },
    "verify.job_original_missing.help": {
        "ja": "そのファイルをもう一度アップロードしてください。",
        "en": "Upload them again.",
    },
}
