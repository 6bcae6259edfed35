"""Wording of training: what its commands say, and what its errors mean."""

from __future__ import annotations

from ui.wording import Entry

TRAINING: dict[str, Entry] = {
    "train.left_out": {"ja": "使わなかった行: {what}", "en": "Left out: {what}"},
    "train.gap": {"ja": "注意: {what}", "en": "Note: {what}"},
    "train.rows": {"ja": "{name}: {rows} 行", "en": "{name}: {rows} rows"},
    "train.written": {"ja": "{path} に書き込みました。", "en": "Written to {path}."},
    "train.mined": {
        "ja": "不正解側の回答を {rows} 件作りました({kinds})。{seconds} 秒。",
        "en": "{rows} rejected answers ({kinds}) in {seconds} s.",
    },
    "train.skipped": {
        "ja": "除外した候補: {rule} {count} 件",
        "en": "Taken away by {rule}: {count}",
    },
    "train.vectors": {
        "ja": "ベクトル: {embedder}({counts})",
        "en": "Vectors: {embedder} ({counts})",
    },
    "train.items": {
        "ja": "二択問題を {count} 問作りました({pools})。",
        "en": "{count} two-choice items ({pools}).",
    },
    "train.blind": {
        "ja": "問題文を見ずに解いた正答率: {share} %(95 % 区間 {low}–{high} %)",
        "en": "Right without seeing the question: {share} % (95 % interval {low}–{high} %).",
    },
    "train.guess": {
        "ja": "知識なしの当て推量({name}): {share} %",
        "en": "Right by a guess ({name}): {share} %",
    },
    "train.compared": {
        "ja": "{pool}: 前の結果との差 {gap} ポイント(95 % 区間 {low}～{high}、補正後 p = {p})",
        "en": "{pool}: {gap} points against the earlier result (95 % interval {low} to {high}, adjusted p = {p})",
    },
    "train.score": {
        "ja": "{pool}: {share} %({low}–{high} %、{count} 問)。検出できる最小の差は {gap} ポイントです。",
        "en": "{pool}: {share} % ({low}–{high} %, {count} items). The smallest gap that would show is {gap} points.",
    },
}

TRAINING_ERRORS: dict[str, Entry] = {
    "faq_unusable": {
        "ja": "FAQ の表に使えない行が多いか、表の形が違います。示された行を直して、もう一度実行してください。",
        "en": "Too little of the FAQ table can be used. Mend the rows that are named and run it again.",
    },
    "mining_failed": {
        "ja": "この FAQ からは不正解側の回答を作れません。件数と、埋め込みモデルの設定を確認してください。",
        "en": "No rejected answers can be mined from this FAQ. Check how many entries it has, and the embedder.",
    },
    "items_missing": {
        "ja": "二択問題を作れないか、読み込めません。",
        "en": "The two-choice items cannot be built or read.",
    },
    "teacher_failed": {
        "ja": "文章を作る教師モデルが応答しないか、形式の違う応答を返しました。",
        "en": "The teacher model does not answer, or not in the form it was asked for.",
    },
    "task_invalid": {
        "ja": "タスクの定義ファイルか、その文章に誤りがあります。示された箇所を直してください。",
        "en": "The task file or a text for it cannot be used. Mend the place that is named.",
    },
    "texts_leaked": {
        "ja": "学習用の文章に、手書きの評価用の文章と重なるものがあります。学習用から除いてください。",
        "en": "Texts to train on are those of the hand-written test. Take them out of what is trained.",
    },
}
