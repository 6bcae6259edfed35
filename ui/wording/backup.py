"""Wording of backup and restore: the commands, the admin page, and their errors."""

from __future__ import annotations

from ui.wording import Entry

BACKUP_ERRORS: dict[str, Entry] = {
    "backup_failed": {
        "ja": "バックアップを作成できません。保存先のフォルダと空き容量を確認してください。",
        "en": "The backup cannot be made. Check its folder and the room there.",
    },
    "backup_damaged": {
        "ja": "バックアップのファイルが壊れているか、途中で切れています。何も変更していません。"
        "別のバックアップを使ってください。",
        "en": "The backup is damaged or not whole. Nothing was changed. Use another one.",
    },
    "restore_refused": {
        "ja": "この状態では復元できません。空のフォルダを指定するか、"
        "いまのデータを捨ててよければ --replace を付けてください。"
        "新しい版の Andon で作ったバックアップは、その版で復元します。",
        "en": "It cannot be restored like this. Choose an empty folder, or give --replace to lose what is there. "
        "A backup of a newer Andon needs that version.",
    },
}

BACKUP_TERMINAL: dict[str, Entry] = {
    "backup.made": {
        "ja": "バックアップを作成しました: {path}({files} ファイル、{megabytes} MB)",
        "en": "Backup written: {path} ({files} files, {megabytes} MB)",
    },
    "backup.restored": {
        "ja": "{at} のバックアップから {path} に復元しました({files} ファイル)。"
        "意味で探すための索引は、次に起動したときに作り直します。",
        "en": "{path} is as it was on {at} ({files} files). "
        "What search by meaning needs is made again at the next start.",
    },
    "backup.at": {"ja": "処理中: {name}", "en": "at {name}"},
}
