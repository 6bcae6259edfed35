"""Wording of the admin page's part about the box: models, memory, disk, backup, proving the index."""

from __future__ import annotations

from ui.wording import Entry

BOX: dict[str, Entry] = {
    "box.models": {"ja": "モデル", "en": "Models"},
    "box.role.slm": {"ja": "回答のモデル", "en": "Model that answers"},
    "box.role.adapter": {"ja": "追加学習の差分(LoRA)", "en": "LoRA adapter"},
    "box.role.embedder": {"ja": "意味で探すモデル(埋め込み)", "en": "Embedder"},
    "box.role.reranker": {"ja": "並べ替えのモデル", "en": "Reranker"},
    "box.none": {"ja": "なし", "en": "none"},
    "box.listed": {"ja": "一覧(models.toml)のファイルと一致します", "en": "is the file that models.toml lists"},
    "box.not_listed": {"ja": "一覧(models.toml)にないファイルです", "en": "a file that models.toml does not list"},
    "box.not_hashed": {
        "ja": "大きいため、ここではハッシュを計算しません。andon model list --verify で確認できます",
        "en": "too large to be hashed by the way; andon model list --verify does",
    },
    "box.answers": {"ja": "回答の速さ", "en": "Speed of answers"},
    "box.speed": {
        "ja": "1\u00a0秒に {rate}\u00a0トークン(直近 {count}\u00a0件の中央値、順番待ちを含む)",
        "en": "{rate} tokens a second (median of the last {count} answers, waiting included)",
    },
    "box.no_speed": {"ja": "モデルの回答はまだありません", "en": "no model has answered yet"},
    "box.health": {"ja": "装置の状態", "en": "How the box is"},
    "box.memory": {"ja": "メモリ", "en": "Memory"},
    "box.memory_left": {
        "ja": "空き {available}\u00a0GB / 全体 {total}\u00a0GB、Andon の使用量 {process}\u00a0GB",
        "en": "{available} of {total} GB left, Andon holds {process} GB",
    },
    "box.disk": {"ja": "ディスク", "en": "Disk"},
    "box.disk_left": {
        "ja": "空き {free}\u00a0GB。索引 {index}\u00a0MB、原本 {originals}\u00a0MB、記録 {records}\u00a0MB",
        "en": "{free} GB left; index {index} MB, originals {originals} MB, records {records} MB",
    },
    "box.jobs": {"ja": "登録中のファイル", "en": "Files being added"},
    "box.jobs_now": {
        "ja": "読み取り中 {running}\u00a0件、待機中 {waiting}\u00a0件",
        "en": "{running} being read, {waiting} waiting",
    },
    "box.vectors": {"ja": "意味で探すための索引", "en": "Search by meaning"},
    "box.vectors_whole": {"ja": "{total} 箇所すべて作成済み", "en": "ready for all {total} passages"},
    "box.vectors_made": {
        "ja": "{total}\u00a0箇所のうち {done}\u00a0箇所を作成済み。終わるまで、コードと語だけで探します。",
        "en": "made for {done} of {total} passages; until the last, search goes by codes and words alone.",
    },
    "box.records": {"ja": "記録", "en": "Records"},
    "box.missed": {
        "ja": "書き込めなかった記録 {count} 件: {reason}",
        "en": "{count} records could not be written: {reason}",
    },
    "box.checks": {"ja": "装置の点検結果({count} 項目)", "en": "What was found on the box ({count})"},
    "box.state.ok": {"ja": "良好", "en": "fine"},
    "box.state.warn": {"ja": "注意", "en": "note"},
    "box.state.fail": {"ja": "要対処", "en": "mend"},
    "box.backup": {"ja": "バックアップ", "en": "Backup"},
    "box.backup_note": {
        "ja": "マニュアルと原本、利用者、質問の記録、現場の言葉を 1 つのファイルにまとめます。使いながら作成できます。"
        "パスワードのハッシュと質問の記録を含むため、保管場所に気を付けてください。",
        "en": "Manuals with their originals, accounts, the log and the site words in one file, made "
        "while Andon is used. It holds password hashes and what was asked: keep it safe.",
    },
    "box.download": {"ja": "バックアップをダウンロード", "en": "Download a backup"},
    "box.folder": {"ja": "この装置のフォルダに保存", "en": "Save in a folder of this box"},
    "box.keep": {"ja": "保存", "en": "Save"},
    "box.restore": {
        "ja": "復元は、Andon を止めてから、この装置で次のコマンドを実行します(FILE はバックアップのファイル):",
        "en": "To restore, stop Andon and run this on the box (FILE is the backup):",
    },
    "box.index": {"ja": "索引の点検", "en": "Proving the index"},
    "box.index_note": {
        "ja": "マニュアル、原本、検索の索引が互いに一致しているかを調べます。何も変更しません。",
        "en": "Checks that manuals, originals and what is searched agree. Nothing is changed.",
    },
    "box.prove": {"ja": "点検する", "en": "Check now"},
}
