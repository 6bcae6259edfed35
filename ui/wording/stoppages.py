"""Wording of stoppages: closing one, how the same ended before, and the records of them on the admin page."""

from __future__ import annotations

from ui.wording import Entry

_CLOSING: dict[str, Entry] = {
    "fixed.ask": {"ja": "復旧したら、効果のあった処置を記録できます。", "en": "Running again? Note what fixed it."},
    "fixed.button": {"ja": "これで直った", "en": "This fixed it"},
    "fixed.button_declined": {"ja": "処置を記録する", "en": "Note what fixed it"},
    "fixed.title": {"ja": "停止の記録", "en": "Close the stoppage"},
    "fixed.minutes": {"ja": "停止時間(分)", "en": "Minutes down"},
    "fixed.less": {"ja": "5 分減らす", "en": "5 minutes less"},
    "fixed.more": {"ja": "5 分増やす", "en": "5 minutes more"},
    "fixed.cause": {"ja": "原因", "en": "Cause"},
    "fixed.remedy": {"ja": "処置(直した方法)", "en": "What fixed it"},
    "fixed.taps": {"ja": "マニュアルの言葉を入れる", "en": "Put in the manual's words"},
    "fixed.save": {"ja": "記録する", "en": "Save"},
    "fixed.cancel": {"ja": "やめる", "en": "Cancel"},
    "fixed.missing": {
        "ja": "「処置」を入れてください。ひと言で十分です。",
        "en": "Say what fixed it; a few words are enough.",
    },
    "fixed.failed": {
        "ja": "記録できませんでした。もう一度押し、続くときは管理者に連絡してください。",
        "en": "This could not be saved. Press again; if it stays, tell your admin.",
    },
    "fixed.thanks": {
        "ja": "停止を記録しました(停止時間 {minutes}\u00a0分)。"
        "次に同じ停止が起きたとき、「前回の処置」として表示します。",
        "en": "Saved: down for {minutes} min. When the same happens again, this is shown under “What fixed it last "
        "time”.",
    },
    "fixed.again": {"ja": "記録を修正", "en": "Change it"},
}

_BEFORE: dict[str, Entry] = {
    "before.title": {"ja": "前回の処置", "en": "What fixed it last time"},
    "before.note": {
        "ja": "現場の担当者による記録です。マニュアルの記載ではありません。作業はマニュアルの手順に従ってください。",
        "en": "Noted by colleagues, not by the manufacturer. Work by the manual's procedure.",
    },
    "before.on": {"ja": "{date}・停止 {minutes}\u00a0分", "en": "{date}, down for {minutes} min"},
    "before.cause": {"ja": "原因", "en": "Cause"},
    "before.remedy": {"ja": "処置", "en": "What fixed it"},
}

_KEEPING: dict[str, Entry] = {
    "stops.title": {"ja": "停止の記録", "en": "Stoppages"},
    "stops.note": {
        "ja": "「これで直った」で残された記録です。同じアラームや似た症状を質問すると、マニュアルの原文とは別に"
        "「前回の処置」として表示されます。記録者の名前は管理者にだけ表示されます。",
        "en": "What was noted under This fixed it. When the same alarm or symptom is asked about again, it is shown as "
        "What fixed it last time, apart from the manual's words. Only admins see who noted it.",
    },
    "stops.none": {"ja": "停止の記録はまだありません。", "en": "No stoppage has been noted yet."},
    "stops.none_found": {"ja": "その言葉を含む記録はありません。", "en": "None holds these words."},
    "stops.words": {"ja": "含まれる言葉", "en": "Words"},
    "stops.look": {"ja": "探す", "en": "Search"},
    "stops.count": {"ja": "{count}\u00a0件のうち新しい {shown}\u00a0件", "en": "latest {shown} of {count}"},
    "stops.whole": {"ja": "{count} 件", "en": "records: {count}"},
    "stops.lines": {"ja": "表示するライン", "en": "Lines whose records are shown"},
    "stops.lines_note": {
        "ja": "オフにしたラインの記録は残りますが、「前回の処置」には表示されません。",
        "en": "Records of a line that is off are kept but not shown to operators.",
    },
    "stops.no_line": {"ja": "ライン指定なし", "en": "No line given"},
    "stops.line_count": {"ja": "{count} 件", "en": "records: {count}"},
    "stops.switch": {"ja": "「{line}」の記録を表示する", "en": "Show the records of {line}"},
    "stops.line_on": {"ja": "「{line}」の記録を表示します。", "en": "Records of {line} are shown."},
    "stops.line_off": {"ja": "「{line}」の記録を表示しません。", "en": "Records of {line} are not shown."},
    "stops.on": {"ja": "表示する", "en": "Shown"},
    "stops.off": {"ja": "表示しない", "en": "Not shown"},
    "stops.closed": {"ja": "{at} 記録", "en": "noted {at}"},
    "stops.who": {"ja": "記録者 {who}", "en": "by {who}"},
    "stops.no_alarm": {"ja": "アラーム番号なし", "en": "No alarm number"},
    "stops.minutes_down": {"ja": "停止時間(分)", "en": "Minutes down"},
    "stops.cause": {"ja": "原因", "en": "Cause"},
    "stops.remedy": {"ja": "処置", "en": "What fixed it"},
    "stops.symptom": {"ja": "症状(質問)", "en": "Symptom (as asked)"},
    "stops.code": {"ja": "アラーム番号", "en": "Alarm"},
    "stops.line": {"ja": "ライン", "en": "Line"},
    "stops.machine": {"ja": "機械", "en": "Machine"},
    "stops.held_back": {"ja": "表示を保留中", "en": "Held back"},
    "stops.held_back_note": {
        "ja": "安全装置を無効にした、またはカバーを開けたまま運転したと読める記録です。利用者には表示していません。"
        "内容を確かめて、修正するか削除してください。",
        "en": "This reads as if a safety device was defeated or the machine ran open. Operators are not shown it. "
        "Look into it, then correct or delete it.",
    },
    "stops.correct": {"ja": "修正", "en": "Correct"},
    "stops.save": {"ja": "保存", "en": "Save"},
    "stops.delete": {"ja": "削除", "en": "Delete"},
    "stops.delete_name": {"ja": "{name} の記録を削除", "en": "Delete the record of {name}"},
    "stops.delete_title": {"ja": "この停止の記録を削除しますか", "en": "Delete this record?"},
    "stops.delete_text": {
        "ja": "元に戻せません。「前回の処置」にも表示されなくなります。",
        "en": "This cannot be undone. It is no longer shown as What fixed it last time.",
    },
    "stops.corrected": {"ja": "記録を修正しました。", "en": "The record was corrected."},
    "stops.deleted": {"ja": "記録を削除しました。", "en": "The record was deleted."},
    "stops.as_csv": {"ja": "CSV で保存", "en": "Save as CSV"},
    "stops.as_jsonl": {"ja": "JSONL で保存", "en": "Save as JSONL"},
}

STOPPAGES: dict[str, Entry] = {**_CLOSING, **_BEFORE, **_KEEPING}
