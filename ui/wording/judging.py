"""Wording of judging: what its commands say, and what its errors mean."""

from __future__ import annotations

from ui.wording import Entry

JUDGING: dict[str, Entry] = {
    "train.judging": {"ja": "採点中 {done}/{total}", "en": "Judging {done}/{total}"},
    "train.sheet": {
        "ja": "{path} に {rows} 件を書き出しました。「正しいか」の列に、はい または いいえ を記入してください。",
        "en": "{rows} answers are in {path}. Fill in yes or no.",
    },
    "train.judged": {
        "ja": "正答率 {share} %(95 % 区間 {low}–{high} %)。{answers} 件中 {judged} 件を採点しました。",
        "en": "Right: {share} % (95 % interval {low}–{high} %); {judged} of {answers} answers were judged.",
    },
    "train.rules_alone": {
        "ja": "規則だけの判定: 正 {right} 件、誤 {wrong} 件。残りの {left} 件には採点モデル(--judge)が必要なため、"
        "正答率は出しません。",
        "en": "By rules alone: {right} right, {wrong} wrong. The other {left} need a judge (--judge), so there is no "
        "share.",
    },
    "train.judged_by": {
        "ja": "規則で判定 {rules} 件、モデルで採点 {judge} 件(保存済みの応答 {kept} 件)。",
        "en": "Decided by rules: {rules}; by the judge: {judge} ({kept} replies were kept from before).",
    },
    "train.undecided": {
        "ja": "採点できなかった回答が {count} 件あります(読み取れない応答 {unparsable} 件、接続エラー {failed} 件)。"
        "これらをすべて誤答とすると {worst} %、すべて正答とすると {best} % です。",
        "en": "{count} answers have no verdict ({unparsable} replies could not be read, {failed} requests failed). "
        "With all of them wrong the share is {worst} %, with all right {best} %.",
    },
    "train.corrected": {
        "ja": "人の判定 {labels} 件で補正した正答率: {share} %({low}–{high} %)。"
        "採点は、正しい回答の {sensitivity} %、誤った回答の {specificity} % を正しく見分けています。",
        "en": "Corrected by {labels} labels of people: {share} % ({low}–{high} %). The verdicts find {sensitivity} % "
        "of the right answers and {specificity} % of the wrong ones.",
    },
    "train.pairs": {
        "ja": "{pairs} 組: 1 つ目が良い {first}、2 つ目が良い {second}、引き分け {ties}(p = {p})。"
        "並び順で判定が変わった割合は {changed} % です。",
        "en": "{pairs} pairs: first better {first}, second better {second}, ties {ties} (p = {p}). In {changed} % of "
        "those asked the judge changed its mind with the order.",
    },
    "train.way": {
        "ja": "{way}: {share} %({low}–{high} %、{count} 問)",
        "en": "{way}: {share} % ({low}–{high} %, {count} questions).",
    },
    "train.way_gain": {
        "ja": "{way}と、モデルの知識だけの差: {share} ポイント({low}〜{high}、p = {p})",
        "en": "{way} against closed book: {share} points ({low} to {high}, p = {p}).",
    },
    "train.ways_left_out": {
        "ja": "マニュアルが登録されていない {count} 問は除きました。",
        "en": "{count} questions were left out: their manual is not here.",
    },
    "ways.closed book": {"ja": "モデルの知識だけ", "en": "Closed book"},
    "ways.manuals": {"ja": "マニュアルあり(引用と回答)", "en": "With manuals, quote and answer"},
    "ways.manuals, the model's words alone": {
        "ja": "マニュアルあり(モデルの文だけ)",
        "en": "With manuals, the model's words alone",
    },
    "facets.title": {"ja": "多面評価", "en": "Facets"},
    "facets.name": {"ja": "結果", "en": "result"},
    "facets.right": {"ja": "正答率(95 % 区間)", "en": "right (95 % interval)"},
    "facets.consistency": {"ja": "言い換えへの一貫性", "en": "consistency over wordings"},
    "facets.diversity": {
        "ja": "多様性: 異なる回答、self-BLEU(正解同士)",
        "en": "diversity: distinct, self-BLEU (of the references)",
    },
    "facets.refusals": {"ja": "回答を控える判断: F1、控えすぎ", "en": "refusals: F1, refused though answerable"},
    "facets.margin_trust": {"ja": "二択の確信度の誤差(ECE)", "en": "calibration of two-choice margins (ECE)"},
    "facets.chance": {"ja": "偶然なら", "en": "by chance"},
    "facets.undecided": {"ja": "、判定なし {count} 件", "en": ", {count} without a verdict"},
    "facets.meaning": {
        "ja": "一貫性: 同じ事実を別の言い方で聞いた組のうち、判定がすべて同じだった割合。「偶然なら」は、"
        "言い方ごとに独立に正答した場合の割合です。self-BLEU は 0 なら回答同士に共通の文字列がなく、"
        "1 ならすべて同じ回答です。"
        "ECE は、確信度に誤りがないモデルが偶然に示す値の 95 % 点を超えたとき、ずれがあるといえます。",
        "en": "Consistency: of the facts that were asked in several wordings, the share with one verdict in all; by "
        "chance: if each wording were right independently. Self-BLEU is 0 where no two answers share anything and 1 "
        "where all are one. An ECE above the value by chance (95th percentile of a calibrated model) shows a bias.",
    },
    "facets.against": {"ja": "{name} との比較", "en": "Against {name}"},
    "facets.same": {
        "ja": "- {name}: 共通の {items} 問のうち、判定が同じ {same}。"
        "正答率の差 {difference} ポイント({low}〜{high}、p = {p})。",
        "en": "- {name}: the same verdict on {same} of {items} items; difference {difference} points ({low} to {high}, "
        "p = {p}).",
    },
    "train.pairs_undecided": {
        "ja": "{count} 組は判定できませんでした。",
        "en": "{count} pairs have no verdict.",
    },
}

JUDGING_ERRORS: dict[str, Entry] = {
    "answers_wrong": {
        "ja": "採点する回答のファイルを読み取れません。示された行を直してください。",
        "en": "The file of answers cannot be judged. Mend the lines that are named.",
    },
    "labels_wrong": {
        "ja": "人の判定を記入した表を読み取れないか、上書きになるため書き出せません。",
        "en": "The table of people's labels cannot be read, or would be overwritten.",
    },
    "labels_too_few": {
        "ja": "補正に必要な件数の判定がないか、採点モデルの判定が人とほとんど一致していません。",
        "en": "There are too few labels to correct the judge, or it hardly agrees with people.",
    },
    "judge_refused": {
        "ja": "回答したモデル自身には採点させません。別系統のモデルを指定してください。",
        "en": "A model does not judge its own answers. Name one of another family.",
    },
    "judge_failed": {
        "ja": "採点モデルが応答しなくなりました。それまでの応答は保存してあります。"
        "直してから、もう一度実行してください。",
        "en": "The judge does not answer any more. What it said is kept; mend it and run the command again.",
    },
}
