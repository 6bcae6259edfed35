"""Wording of evaluations: the pages and lines of andon evaluate."""

from __future__ import annotations

from ui.wording import Entry

EVALUATION: dict[str, Entry] = {
    "evaluate.title": {"ja": "検索の評価", "en": "Retrieval, measured"},
    "evaluate.made": {
        "ja": "マニュアル {manuals} 冊({passages} 箇所)、埋め込みモデル {embedder}、リランカ {reranker}。",
        "en": "{manuals} manuals ({passages} passages), embedder {embedder}, reranker {reranker}.",
    },
    "evaluate.how": {
        "ja": "値の後の括弧は 95 % 区間(ブートストラップ)です。正解は、答えのあるページまたは節に入る検索結果です。"
        "recall@k は上位 k 件に正解がある質問の割合、MRR は正解の順位の逆数の平均、"
        "nDCG@10 は順位が下がるほど割り引いた値です。",
        "en": "In brackets: 95 % intervals (bootstrap). A hit is right if it stands on the page or in the section that "
        "holds the answer. Recall@k is the share of questions with a right hit among the first k, MRR the mean of "
        "1 / rank of the first right hit, nDCG@10 discounts later ranks.",
    },
    "evaluate.group": {"ja": "区分", "en": "group"},
    "evaluate.questions": {"ja": "質問数", "en": "questions"},
    "evaluate.all": {"ja": "全体", "en": "all"},
    "evaluate.holding": {"ja": "答えの文言まで含む結果", "en": "and the hit holds part of the answer"},
    "evaluate.by_language": {"ja": "質問の言語", "en": "language of the question"},
    "evaluate.by_languages": {
        "ja": "質問の言語 -> マニュアルの言語",
        "en": "language of the question -> of the manual",
    },
    "evaluate.by_kind": {"ja": "質問の種類", "en": "kind of question"},
    "evaluate.by_code": {"ja": "コードを含む質問か", "en": "code or prose"},
    "evaluate.code": {"ja": "コードを含む", "en": "names a code"},
    "evaluate.prose": {"ja": "文章だけ", "en": "prose"},
    "evaluate.file": {
        "ja": "{file}: 質問 {asked} 件(うち答えがあるもの {answerable} 件)",
        "en": "{file}: {asked} questions ({answerable} answerable)",
    },
    "evaluate.left_out": {
        "ja": "マニュアル {manual} が登録されていないため、{count} 件を除きました。",
        "en": "{count} questions left out: their manual {manual} is not in the library.",
    },
    "evaluate.answerability": {
        "ja": "答えの有無の見分け(答えがある質問 {answerable} 件、ない質問 {unanswerable} 件)",
        "en": "Telling answerable from unanswerable ({answerable} against {unanswerable} questions)",
    },
    "evaluate.measure": {"ja": "指標", "en": "measure"},
    "evaluate.auroc": {"ja": "AUROC", "en": "AUROC"},
    "evaluate.score": {"ja": "先頭の結果のスコア", "en": "score of the first hit"},
    "evaluate.support": {"ja": "質問の語が結果に含まれる割合", "en": "share of the question's words in a hit"},
    "evaluate.relevance": {"ja": "回答可否の判定値", "en": "measure by which Andon declines"},
    "evaluate.declined": {
        "ja": "回答を控えた数: 答えがない質問 {right} / {unanswerable} 件、答えがある質問 {wrong} / {answerable} 件。",
        "en": "Declined: {right} of {unanswerable} unanswerable, {wrong} of {answerable} answerable questions.",
    },
    "evaluate.declined_kind": {"ja": "{kind}: {right} / {of}", "en": "{kind}: {right} of {of}"},
    "evaluate.time": {
        "ja": "検索時間: 中央値 {p50} ms、95 パーセンタイル {p95} ms。",
        "en": "Time of a search: median {p50} ms, 95th percentile {p95} ms.",
    },
    "evaluate.misses": {
        "ja": "正解が先頭でなかった質問({count} 件)",
        "en": "Questions whose right passage was not first ({count})",
    },
    "evaluate.rank": {"ja": "順位", "en": "rank"},
    "evaluate.first": {"ja": "先頭に出たもの", "en": "what came first"},
    "evaluate.question": {"ja": "質問", "en": "question"},
    "evaluate.nowhere": {"ja": "10 件になし", "en": "not in 10"},
    "evaluate.compared": {
        "ja": "前回との比較({questions} 件、埋め込みモデル {old} から {new})",
        "en": "Against the earlier run ({questions} questions, embedder {old}, now {new})",
    },
    "evaluate.before": {"ja": "前回", "en": "before"},
    "evaluate.now": {"ja": "今回", "en": "now"},
    "evaluate.difference": {"ja": "差", "en": "difference"},
    "evaluate.p": {"ja": "p(並べ替え検定)", "en": "p (permutation test)"},
    "evaluate.changed": {
        "ja": "順位が上がった質問 {better} 件、下がった質問 {worse} 件(符号検定 p = {p})。",
        "en": "{better} questions got better, {worse} worse (sign test, p = {p}).",
    },
    "evaluate.better": {"ja": "順位が上がった質問", "en": "Better"},
    "evaluate.worse": {"ja": "順位が下がった質問", "en": "Worse"},
    "evaluate.only": {
        "ja": "片方にしかない質問は比べていません(前回だけ {old} 件、今回だけ {new} 件)。",
        "en": "Questions that only one run asked are not compared ({old} before, {new} now).",
    },
    "evaluate.written": {"ja": "書き出しました: {path}", "en": "written: {path}"},
    "evaluate.asking": {"ja": "質問中 {done}/{total}", "en": "asking {done}/{total}"},
}
