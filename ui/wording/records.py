"""Wording of the log, of feedback and of the gaps in the manuals, and of their errors."""

from __future__ import annotations

from ui.wording import Entry

RECORD_ERRORS: dict[str, Entry] = {
    "records_failed": {
        "ja": "記録を読み書きできません。質問への回答は続けられます。andon doctor で状態を確認してください。",
        "en": "The records cannot be read or written. Questions are still answered; andon doctor says more.",
    },
    "feedback_refused": {
        "ja": "内容が正しくないか、長すぎます。直してもう一度送ってください。",
        "en": "It is not right as it stands, or too long. Change it and send it again.",
    },
    "record_unknown": {
        "ja": "その記録は見つかりません。保存期間が過ぎて削除された可能性があります。もう一度質問してください。",
        "en": "There is no such record; it may have been deleted after its time. Ask the question again.",
    },
}

_FEEDBACK: dict[str, Entry] = {
    "feedback.ask": {"ja": "この回答は役に立ちましたか", "en": "Did this answer help?"},
    "feedback.up": {"ja": "役に立った", "en": "It helped"},
    "feedback.down": {"ja": "役に立たなかった", "en": "It did not help"},
    "feedback.thanks": {"ja": "ありがとうございます。記録しました。", "en": "Thank you. It was noted."},
    "feedback.thanks_down": {
        "ja": "記録しました。差し支えなければ、理由も教えてください。",
        "en": "It was noted. If you can, say why.",
    },
    "feedback.thanks_more": {
        "ja": "ありがとうございます。管理者が確認します。",
        "en": "Thank you. An admin will look at it.",
    },
    "feedback.why": {"ja": "どこが違いましたか", "en": "What was wrong?"},
    "feedback.reason.wrong_page": {"ja": "ページが違う", "en": "Wrong page"},
    "feedback.reason.wrong_answer": {"ja": "答えが違う", "en": "Wrong answer"},
    "feedback.reason.not_complete": {"ja": "情報が足りない", "en": "Not complete"},
    "feedback.reason.not_in_manuals": {"ja": "マニュアルに載っていない", "en": "Not in the manuals"},
    "feedback.reason.unclear": {"ja": "分かりにくい", "en": "Unclear"},
    "feedback.reason.": {"ja": "理由なし", "en": "no reason given"},
    "feedback.comment": {"ja": "気付いたこと(任意)", "en": "What did you notice? (optional)"},
    "feedback.corrected": {"ja": "正しい答え(任意)", "en": "The right answer (optional)"},
    "feedback.send": {"ja": "送る", "en": "Send"},
}

_GAPS: dict[str, Entry] = {
    "gaps.title": {"ja": "マニュアルに足りない内容", "en": "Gaps in the manuals"},
    "gaps.note": {
        "ja": "答えがマニュアルになかった質問を、似たものどうしでまとめています。"
        "資料を登録したら「資料を登録した」を押してください。同じ質問にまた答えられなければ、未対応に戻ります。",
        "en": "Questions that the manuals do not answer, like ones together. "
        "Once a manual was added, press Manual added; "
        "if the question still has no answer when it is asked again, it is open once more.",
    },
    "gaps.none": {"ja": "該当する質問はありません。", "en": "There are none."},
    "gaps.count": {"ja": "{count} 回", "en": "asked {count}×"},
    "gaps.last": {"ja": "最後 {at}", "en": "last {at}"},
    "gaps.nearest": {"ja": "近い箇所", "en": "Nearest"},
    "gaps.try": {"ja": "もう一度検索", "en": "Try the search"},
    "gaps.assigned": {"ja": "担当", "en": "Assigned to"},
    "gaps.assigned_of": {"ja": "「{question}」の担当", "en": "Who sees to: {question}"},
    "gaps.nobody": {"ja": "未定", "en": "nobody"},
    "gaps.state.open": {"ja": "未対応", "en": "Open"},
    "gaps.state.manual_added": {"ja": "資料を登録済み", "en": "Manual added"},
    "gaps.state.dismissed": {"ja": "対応しない", "en": "Dismissed"},
    "gaps.set.open": {"ja": "未対応に戻す", "en": "Open again"},
    "gaps.set.manual_added": {"ja": "資料を登録した", "en": "Manual added"},
    "gaps.set.dismissed": {"ja": "対応しない", "en": "Dismiss"},
    "gaps.reason.nothing_relevant": {"ja": "該当箇所なし", "en": "nothing relevant"},
    "gaps.reason.unknown_code": {"ja": "載っていないコード", "en": "unknown code"},
    "gaps.reason.other_machine": {"ja": "別の機械", "en": "other machine"},
    "gaps.reason.value_missing": {"ja": "値がない", "en": "value missing"},
    "gaps.reason.procedure_missing": {"ja": "手順がない", "en": "procedure missing"},
    "gaps.reason.feedback": {"ja": "利用者の指摘", "en": "said by a reader"},
}

_REVIEW: dict[str, Entry] = {
    "review.title": {"ja": "回答への評価", "en": "Feedback on answers"},
    "review.note": {
        "ja": "利用者の評価が正しければ「採用」、正しい答えを書いて残すなら「訂正」、使わないなら「却下」を押します。"
        "採用と訂正は学習用データになります。",
        "en": "Accept takes it as the reader says; Correct keeps the answer you write. Both become training pairs.",
    },
    "review.none": {"ja": "該当する評価はありません。", "en": "There is none."},
    "review.shown": {"ja": "表示した回答", "en": "Answer shown"},
    "review.only_quotes": {"ja": "(原文のみ)", "en": "(the manual's words only)"},
    "review.corrected": {"ja": "利用者の訂正", "en": "Reader's correction"},
    "review.comment": {"ja": "コメント", "en": "Comment"},
    "review.chosen": {"ja": "正しい答え", "en": "Right answer"},
    "review.passages": {"ja": "表示した箇所", "en": "Passages shown"},
    "review.state.new": {"ja": "未確認", "en": "New"},
    "review.state.accepted": {"ja": "採用", "en": "Accepted"},
    "review.state.corrected": {"ja": "訂正", "en": "Corrected"},
    "review.state.dismissed": {"ja": "却下", "en": "Dismissed"},
    "review.accept": {"ja": "採用", "en": "Accept"},
    "review.correct": {"ja": "訂正", "en": "Correct"},
    "review.dismiss": {"ja": "却下", "en": "Dismiss"},
    "review.back": {"ja": "未確認に戻す", "en": "Back to new"},
    "review.save": {"ja": "正しい答えとして保存", "en": "Save as the right answer"},
    "review.pairs": {"ja": "学習用データを保存 (JSONL)", "en": "Save training pairs (JSONL)"},
}

_LOG: dict[str, Entry] = {
    "log.title": {"ja": "質問と操作の記録", "en": "Log of questions and acts"},
    "log.note": {
        "ja": "誰がいつ何を質問し、どの版のどこを見せたかの記録です。{days}\u00a0日で削除されます(設定 log_days)。",
        "en": "Who asked what, when, and which revision was shown. Deleted after {days} days (setting log_days).",
    },
    "log.note_counts": {
        "ja": "設定 log_days が 0 のため、件数だけを記録しています。",
        "en": "The setting log_days is 0: only counts are kept.",
    },
    "log.none": {"ja": "該当する記録はありません。", "en": "There is nothing."},
    "log.words": {"ja": "含まれる言葉", "en": "Words"},
    "log.who": {"ja": "利用者", "en": "User"},
    "log.since": {"ja": "この日から", "en": "From"},
    "log.kind": {"ja": "種類", "en": "Kind"},
    "log.state": {"ja": "状態", "en": "State"},
    "log.all": {"ja": "すべて", "en": "All"},
    "log.acts": {"ja": "管理操作すべて", "en": "All admin acts"},
    "log.look": {"ja": "表示", "en": "Show"},
    "log.more": {"ja": "{count}\u00a0件のうち新しい {shown}\u00a0件", "en": "latest {shown} of {count}"},
    "log.whole": {"ja": "{count} 件", "en": "entries: {count}"},
    "log.page": {"ja": "、{label}\u00a0ページ", "en": ", page\u00a0{label}"},
    "log.revision": {"ja": "第 {revision} 版", "en": "rev {revision}"},
    "log.at": {"ja": "日時", "en": "When"},
    "log.subject": {"ja": "質問・対象", "en": "Question or subject"},
    "log.result": {"ja": "結果", "en": "Result"},
    "log.as_csv": {"ja": "CSV で保存", "en": "Save as CSV"},
    "log.as_jsonl": {"ja": "JSONL で保存", "en": "Save as JSONL"},
    "log.kind.question": {"ja": "質問", "en": "question"},
    "log.kind.manual_added": {"ja": "マニュアル登録", "en": "manual added"},
    "log.kind.manual_deleted": {"ja": "マニュアル削除", "en": "manual deleted"},
    "log.kind.model": {"ja": "モデルの登録", "en": "model"},
    "log.kind.manual_described": {"ja": "ライン・機械の設定", "en": "manual described"},
    "log.kind.manual_enabled": {"ja": "検索に戻した", "en": "manual switched on"},
    "log.kind.manual_disabled": {"ja": "検索から外した", "en": "manual switched off"},
    "log.kind.manual_cancelled": {"ja": "登録の中止", "en": "file cancelled"},
    "log.kind.backup": {"ja": "バックアップ", "en": "backup"},
    "log.kind.words": {"ja": "現場の言葉", "en": "site words"},
    "log.kind.account": {"ja": "アカウント", "en": "account"},
    "log.kind.feedback": {"ja": "評価の確認", "en": "feedback reviewed"},
    "log.kind.gap": {"ja": "足りない内容の確認", "en": "gap reviewed"},
    "log.kind.stoppage": {"ja": "停止の記録の修正・削除", "en": "stoppage corrected"},
    "log.door.page": {"ja": "画面から", "en": "by page"},
    "log.door.http": {"ja": "HTTP から", "en": "by HTTP"},
    "log.door.cli": {"ja": "コマンドから", "en": "by command"},
    "log.verdict.supported": {"ja": "すべて裏付けあり", "en": "supported"},
    "log.verdict.partly_supported": {"ja": "一部を非表示", "en": "partly supported"},
    "log.verdict.quote_only": {"ja": "原文のみ", "en": "quotes only"},
    "log.verdict.declined": {"ja": "回答せず", "en": "declined"},
    "log.verdict.stopped": {"ja": "中止", "en": "stopped"},
    "log.verdict.choose_row": {"ja": "表の行を確認", "en": "asked which row"},
    "log.verdict.choose": {"ja": "機械を確認", "en": "asked which machine"},
    "log.seconds": {"ja": "{seconds} 秒", "en": "{seconds} s"},
}

RECORDS: dict[str, Entry] = {**_FEEDBACK, **_GAPS, **_REVIEW, **_LOG}

RECORDS_TERMINAL: dict[str, Entry] = {
    "records.exported": {"ja": "{count} 件を {path} に書き出しました。", "en": "{count} entries written to {path}."},
    "records.pairs": {"ja": "{count} 組を {path} に書き出しました。", "en": "{count} pairs written to {path}."},
    "records.left.not_reviewed": {"ja": "  未確認のもの: {count}", "en": "  not accepted or corrected: {count}"},
    "records.left.nothing_shown": {
        "ja": "  モデルの回答を表示していないもの: {count}",
        "en": "  no answer of the model was shown: {count}",
    },
    "records.left.nothing_chosen": {
        "ja": "  比べる回答がないもの: {count}",
        "en": "  no second answer to compare with: {count}",
    },
    "records.left.same": {"ja": "  両方の回答が同じもの: {count}", "en": "  both answers say the same: {count}"},
    "records.left.not_held": {
        "ja": "  正しい答えがモデルの読んだ箇所にないもの: {count}",
        "en": "  the right answer does not stand in what the model read: {count}",
    },
    "doctor.records": {
        "ja": "記録: 質問と操作 {entries} 件、未確認の評価 {feedback} 件、足りない内容 {gaps} 件({days} 日間保存)",
        "en": "records: {entries} questions and acts, {feedback} feedback to review, {gaps} gaps (kept {days} days)",
    },
    "doctor.records_missed": {
        "ja": "記録を {count} 回書き込めませんでした(最後 {at}): {reason}",
        "en": "{count} records could not be written (last {at}): {reason}",
    },
    "doctor.records_missed_help": {
        "ja": "空き容量とアクセス権を確認してください。直れば、この注意は 7 日後に消えます。",
        "en": "See that there is room and the file may be written. Once it works, this notice goes after 7 days.",
    },
}
