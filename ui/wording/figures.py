"""Wording of the admin page's figures: charts, their legends and what they show in words."""

from __future__ import annotations

from ui.wording import Entry

FIGURES: dict[str, Entry] = {
    "figures.title": {"ja": "利用状況", "en": "Figures"},
    "figures.note": {
        "ja": "質問の記録から数えています。ラインは、質問の絞り込みか、最初に引用したマニュアルのラインです。",
        "en": "Counted from the log of questions. The line is the one a question was narrowed to, "
        "or that of the manual quoted first.",
    },
    "figures.not_kept": {
        "ja": "設定 log_days が 0 のため、質問を記録していません。集計できる記録がありません。",
        "en": "The setting log_days is 0: questions are not kept, so there is nothing to count.",
    },
    "figures.span": {"ja": "期間", "en": "How far back"},
    "figures.days": {"ja": "{days} 日間", "en": "{days} days"},
    "figures.day": {"ja": "日", "en": "Day"},
    "figures.total": {"ja": "合計", "en": "Total"},
    "figures.as_table": {"ja": "表で見る", "en": "Show as a table"},
    "figures.no_line": {"ja": "ライン不明", "en": "no line known"},
    "figures.other_lines": {"ja": "その他のライン", "en": "other lines"},
    "figures.questions": {"ja": "質問の件数", "en": "Questions"},
    "figures.questions.sum": {"ja": "{days} 日間で {total} 件", "en": "{total} in {days} days"},
    "figures.nothing": {"ja": "この期間の記録はまだありません。", "en": "Nothing was noted in these days."},
    "figures.stoppages": {"ja": "停止の件数", "en": "Stoppages"},
    "figures.stoppages.sum": {
        "ja": "{days}\u00a0日間で {total}\u00a0件。アラームの質問を数え、"
        "同じラインの同じアラームは 30\u00a0分以内なら 1\u00a0件とします。",
        "en": "{total} in {days} days. Questions that name an alarm; the same alarm on the same line within 30 minutes "
        "counts once.",
    },
    "figures.minutes": {"ja": "記録された停止時間(分)", "en": "Minutes down, as written down"},
    "figures.minutes.sum": {
        "ja": "{days}\u00a0日間で {total}\u00a0分。停止が終わったときにオペレータが記録した分数です。",
        "en": "{total} minutes in {days} days, as operators wrote down when a stoppage was over.",
    },
    "figures.alarms": {"ja": "多発アラーム", "en": "Most frequent alarms"},
    "figures.alarms.sum": {"ja": "停止の原因として質問された回数", "en": "How many stoppages were asked about"},
    "figures.alarms.none": {"ja": "アラームの質問はありません。", "en": "No question named an alarm."},
    "figures.times.found": {"ja": "原文が出るまでの時間", "en": "Time until the manual's words"},
    "figures.times.total": {"ja": "回答が終わるまでの時間", "en": "Time until the answer is whole"},
    "figures.times.sum": {
        "ja": "質問してからの秒数。中央値と、100\u00a0件中 95\u00a0件が収まる時間です。",
        "en": "Seconds from the question: the median, and what 95 of 100 stayed within.",
    },
    "figures.times.middle": {"ja": "中央値", "en": "median"},
    "figures.times.p95": {"ja": "95 %", "en": "95 %"},
    "figures.declined": {"ja": "回答しなかった割合", "en": "Share declined"},
    "figures.declined.sum": {
        "ja": "{total}\u00a0件のうち {declined}\u00a0件({percent}\u00a0%)で、答えがマニュアルにありませんでした。",
        "en": "For {declined} of {total} ({percent} %) the manuals held no answer.",
    },
}
