"""Wording of task tuning: what its commands say, and the page of an evaluation."""

from __future__ import annotations

from ui.wording import Entry

TASKS: dict[str, Entry] = {
    "task.generated": {
        "ja": "文章 {count} 件のうち {kept} 件を採用しました。"
        "教師モデルへの質問 {asked} 回、保存済みの応答の再利用 {remembered} 回。",
        "en": "{kept} of {count} texts were kept. "
        "The teacher was asked {asked} times; {remembered} replies were there.",
    },
    "task.rejected": {"ja": "不採用({reason}): {count} 件", "en": "Dropped ({reason}): {count}"},
    "task.reason.schema": {"ja": "応答の形式が違う", "en": "reply not in the asked form"},
    "task.reason.evidence": {"ja": "根拠の語句が本文にない", "en": "its evidence does not stand in it"},
    "task.reason.language": {"ja": "言語が違う", "en": "another language"},
    "task.reason.length": {"ja": "長さが範囲外", "en": "too short or too long"},
    "task.reason.banned": {"ja": "使えない言い回し", "en": "a banned phrase"},
    "task.reason.copy": {"ja": "同じ文章", "en": "a copy"},
    "task.reason.near": {"ja": "ほぼ同じ文章", "en": "nearly a copy"},
    "task.reason.test": {"ja": "評価用の文章に近い", "en": "near a text of the test"},
    "task.reason.unread": {"ja": "再判定の応答を読み取れない", "en": "the second look could not be read"},
    "task.reason.label": {"ja": "再判定の分類が違う", "en": "the second look chose another category"},
    "task.reason.span": {"ja": "再判定の根拠が違う", "en": "the second look named another place"},
    "task.reason.balance": {"ja": "分類の偏りを防ぐため", "en": "too many of its category"},
    "task.tuned": {
        "ja": "{rows} 件で学習しました({steps} ステップ、{seconds} 秒)。損失 {first} → {last}。",
        "en": "Trained on {rows} rows ({steps} steps, {seconds} s). Loss {first} → {last}.",
    },
    "task.page.title": {"ja": "{title}: {model} の評価", "en": "{title}: {model}"},
    "task.page.accuracy": {"ja": "正答", "en": "Right"},
    "task.page.false_alarms": {"ja": "違反なしの文章を違反とした", "en": "Clean texts called a violation"},
    "task.page.missed": {"ja": "違反を見逃した(違反なしとした)", "en": "Violations called none"},
    "task.page.unread": {
        "ja": "読み取れない応答(誤答に数える)",
        "en": "Replies that could not be read (count as wrong)",
    },
    "task.page.evidence_in_text": {
        "ja": "根拠の語句が本文にある(正答した違反のうち)",
        "en": "Evidence stands in the text (of violations that were right)",
    },
    "task.page.lang.ja": {"ja": "日本語", "en": "Japanese"},
    "task.page.lang.en": {"ja": "英語", "en": "English"},
    "task.page.hard": {"ja": "難しさ: {name}", "en": "Hardness: {name}"},
    "task.page.head": {
        "ja": "| 分類 | 件数 | 適合率 | 再現率(95 % 区間) | F1 | 誤って選んだ分類 |",
        "en": "| category | texts | precision | recall (95 % interval) | F1 | taken for |",
    },
    "task.page.macro": {
        "ja": "マクロ F1 {f1}。モデルが示した根拠と手書きの根拠の重なり {overlap}。",
        "en": "Macro F1 {f1}; overlap of the model's evidence with the written one {overlap}.",
    },
    "task.page.commonest": {
        "ja": "常に最多の分類を選ぶだけで、正答率は {share} になります。",
        "en": "Naming the commonest category every time would be right in {share}.",
    },
    "task.page.gap": {
        "ja": "この {count} 件で検出できる二つのモデルの差は {gap} ポイント以上です。",
        "en": "The smallest gap between two models that these {count} texts would show is {gap} points.",
    },
    "task.page.changes": {
        "ja": "| 分類 | 新たに正答 | 新たに誤答 | p(ホルム補正) |",
        "en": "| category | gained | lost | p (Holm) |",
    },
    "task.page.against": {
        "ja": "{model} との差: {difference} ポイント(95 % 区間 {low}〜{high})。新たに正答 {gained} 件、"
        "新たに誤答 {lost} 件、"
        "正確マクネマー検定 p = {p}。",
        "en": "Against {model}: {difference} points (95 % interval {low} to {high}); {gained} gained, {lost} lost, "
        "exact McNemar p = {p}.",
    },
}
