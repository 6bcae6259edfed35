"""Wording of conversations: how a follow-up was understood, the question back, steps."""

from __future__ import annotations

from ui.wording import Entry

CONVERSATION: dict[str, Entry] = {
    "ask.new": {"ja": "新しい質問", "en": "New question"},
    "ask.understood": {"ja": "前の質問の続きとして調べました:", "en": "Understood as:"},
    "ask.dropped": {
        "ja": "古い {dropped} 件の質問は考慮していません。",
        "en": "Earlier questions left out of sight: {dropped}.",
    },
    "choice.question": {"ja": "どの機械ですか", "en": "Which machine?"},
    "choice.why": {
        "ja": "{code} は複数の機械にあり、機械ごとに意味が違います。止まっている機械を選んでください。",
        "en": "{code} stands in the manuals of several machines and means something else in each. "
        "Choose yours for its answer.",
    },
    "answer.step": {
        "ja": "手順を原文のまま示しています(回答モデルは使っていません)。",
        "en": "This step is shown in the manual's own words; no model was used.",
    },
    "answer.step.missing": {
        "ja": "原文の手順は {count} までで、お尋ねの手順はありません。",
        "en": "The procedure has steps up to {count}; there is no such step.",
    },
    "cli.understood": {"ja": "前の質問の続きとして調べました: {question}", "en": "Understood as: {question}"},
    "cli.choose": {
        "ja": "どの機械ですか。{code} は複数のマニュアルにあります。",
        "en": "Which machine? {code} stands in several manuals.",
    },
    "cli.choose.how": {
        "ja": "--manual でマニュアルを指定して、もう一度聞いてください。例: --manual {manual}",
        "en": "Ask again and name the manual with --manual, for example: --manual {manual}",
    },
    "row.question": {"ja": "表のどの行のことですか", "en": "Which row of the table?"},
    "row.why": {
        "ja": "この質問だけでは、表のどの行か分かりません。値を取り違えないよう、該当する行を選んでください。",
        "en": "The question alone does not tell the row. Choose yours, so that no other row's value is taken for it; "
        "the answer then comes from that row.",
    },
    "answer.choose_row": {
        "ja": "表のどの行のことか質問からは決められないため、モデルには聞いていません。表の原文で確かめてください。",
        "en": "The question does not tell which row of the table is meant, so no model was asked. Look at the table.",
    },
    "cli.rows": {
        "ja": "表のどの行のことですか。行の名前を入れて、もう一度聞いてください。",
        "en": "Which row of the table? Ask again with the row's name.",
    },
    "cli.verdict.choose_row": {
        "ja": "表の行が決まらないため、モデルには聞いていません。原文だけを示しました。",
        "en": "The row of the table is not settled, so no model was asked; only the manual's words are shown.",
    },
    "cli.verdict.choose": {
        "ja": "機械が決まらないため、モデルには聞いていません。原文だけを示しました。",
        "en": "The machine is not settled, so no model was asked; only the manual's words are shown.",
    },
}
