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
        "ja": "前回との比較({questions} 件、モデル {old} から {new})",
        "en": "Against the earlier run ({questions} questions, model {old}, now {new})",
    },
    "evaluate.before": {"ja": "前回", "en": "before"},
    "evaluate.now": {"ja": "今回", "en": "now"},
    "evaluate.difference": {"ja": "差", "en": "difference"},
    "evaluate.p": {"ja": "p(並べ替え検定)", "en": "p (permutation test)"},
    "evaluate.changed": {
        "ja": "良くなった質問 {better} 件、悪くなった質問 {worse} 件(符号検定 p = {p})。",
        "en": "{better} questions got better, {worse} worse (sign test, p = {p}).",
    },
    "evaluate.better": {"ja": "良くなった質問", "en": "Better"},
    "evaluate.worse": {"ja": "悪くなった質問", "en": "Worse"},
    "evaluate.only": {
        "ja": "片方にしかない質問は比べていません(前回だけ {old} 件、今回だけ {new} 件)。",
        "en": "Questions that only one run asked are not compared ({old} before, {new} now).",
    },
    "evaluate.written": {"ja": "書き出しました: {path}", "en": "written: {path}"},
    "evaluate.asking": {"ja": "質問中 {done}/{total}", "en": "asking {done}/{total}"},
    "answers.title": {"ja": "回答の評価", "en": "Answers, measured"},
    "answers.made": {
        "ja": "マニュアル {manuals} 冊({passages} 箇所)、埋め込みモデル {embedder}、言語モデル {model}。",
        "en": "{manuals} manuals ({passages} passages), embedder {embedder}, language model {model}.",
    },
    "answers.how": {
        "ja": "括弧の中は 95 % 区間(ブートストラップ)、その後は対象の質問数です。事実とは、正しい答えに必ず出てくる"
        "数値・コード・語句で、マニュアルの表記どおりに数えます。各指標の意味は docs/evaluate.md にあります。",
        "en": "In brackets: 95 % intervals (bootstrap), then the number of questions that count. Facts are the "
        "numbers, codes and words that a right answer holds, as the manual writes them. docs/evaluate.md tells what "
        "each measure means.",
    },
    "answers.facts": {"ja": "事実が先頭の引用か回答にある", "en": "facts in the first quote or the answer"},
    "answers.complete": {"ja": "事実がすべてそろっている質問", "en": "questions with all their facts there"},
    "answers.facts_quote": {"ja": "事実が先頭の引用にある", "en": "facts in the first quote"},
    "answers.facts_answer": {"ja": "事実が回答文にある", "en": "facts in the answer"},
    "answers.facts_anywhere": {"ja": "事実がいずれかの引用か回答にある", "en": "facts in any quote or the answer"},
    "answers.citation_precision": {"ja": "出典の適合率", "en": "citation precision"},
    "answers.citation_recall": {"ja": "出典の再現率", "en": "citation recall"},
    "answers.declined_rightly": {
        "ja": "答えのない質問で回答を控えた(再現率)",
        "en": "unanswerable questions declined (recall)",
    },
    "answers.declined_wrongly": {
        "ja": "答えのある質問で誤って回答を控えた",
        "en": "answerable questions declined wrongly",
    },
    "answers.decline_precision": {
        "ja": "控えた回答のうち正しかったもの(適合率)",
        "en": "declined questions that are unanswerable (precision)",
    },
    "answers.language": {"ja": "回答文が質問と同じ言語", "en": "answer in the question's language"},
    "answers.unsupported": {"ja": "裏付けのない文が表示された割合", "en": "shown sentences without support"},
    "answers.sentences": {
        "ja": "表示しなかった文 {withheld} 件、裏付けがないのに表示した文 {unsupported} 件。",
        "en": "Sentences withheld: {withheld}; shown without support: {unsupported}.",
    },
    "answers.right": {
        "ja": "正しく答えたか、正しく控えた質問: {right} / {asked} 件。",
        "en": "Answered or declined rightly: {right} of {asked} questions.",
    },
    "answers.cost": {
        "ja": "検索と生成以外(プロンプト、検証、送出)が回答時間に占める割合: {share} %"
        "(平均で検索 {retrieval_ms} ms、生成 {generation_ms} ms、その他 {beyond_ms} ms、{questions} 件)。",
        "en": "Beyond retrieval and generation (prompt, verification, events): {share} % of the answer's time (mean of "
        "{questions}: retrieval {retrieval_ms} ms, generation {generation_ms} ms, the rest {beyond_ms} ms).",
    },
    "answers.time": {"ja": "時間(ms)", "en": "time (ms)"},
    "answers.quote": {"ja": "最初の引用まで", "en": "until the quote"},
    "answers.word": {"ja": "回答の最初の文まで", "en": "until the answer's first sentence"},
    "answers.last": {"ja": "回答の終わりまで", "en": "until the end"},
    "answers.p50": {"ja": "中央値", "en": "median"},
    "answers.p95": {"ja": "95 パーセンタイル", "en": "95th percentile"},
    "answers.failures": {"ja": "失敗した質問({count} 件)", "en": "Failures ({count})"},
    "answers.why": {"ja": "理由", "en": "why"},
    "answers.missing": {"ja": "足りない事実、裏付けのない文", "en": "facts missing, sentences without support"},
    "answers.why_declined": {"ja": "誤って控えた", "en": "declined wrongly"},
    "answers.why_not_declined": {"ja": "控えるべきところで答えた", "en": "not declined"},
    "answers.why_facts_missing": {"ja": "事実が足りない", "en": "facts missing"},
    "answers.why_unsupported": {"ja": "裏付けのない文を表示した", "en": "unsupported sentence shown"},
    "answers.state_right": {"ja": "正", "en": "right"},
    "answers.state_wrong": {"ja": "誤", "en": "wrong"},
}
