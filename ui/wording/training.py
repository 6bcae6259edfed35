"""Wording of training: what its commands say, and what its errors mean."""

from __future__ import annotations

from ui.wording import Entry

TRAINING: dict[str, Entry] = {
    "train.left_out": {"ja": "使わなかった行: {what}", "en": "Left out: {what}"},
    "train.gap": {"ja": "注意: {what}", "en": "Note: {what}"},
    "train.rows": {"ja": "{name}: {rows} 行", "en": "{name}: {rows} rows"},
    "train.written": {"ja": "{path} に書き込みました。", "en": "Written to {path}."},
    "train.tokens": {
        "ja": "{kind}: 1 トークン当たり {share} 文字、元に戻らない文章 {lost} 件",
        "en": "{kind}: {share} characters a token, texts that do not come back: {lost}",
    },
    "train.terms": {
        "ja": "トークンを多く使う語(トークン数): {terms}",
        "en": "Terms that cost most (tokens): {terms}",
    },
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
    "training_failed": {
        "ja": "学習を続けられません。示された箇所を確認してください。",
        "en": "The training cannot go on. See what is named.",
    },
    "recipe_invalid": {
        "ja": "レシピを読めないか、使えない値があります。示されたキーを直してください。"
        "付属のレシピは training/recipes にあります。",
        "en": "The recipe cannot be read, or a value in it cannot work. Mend the key that is named; "
        "the bundled recipes lie in training/recipes.",
    },
    "corpus_missing": {
        "ja": "学習に使う文章が、指定された場所にありません。パスと、マニュアルの登録を確認してください。",
        "en": "There is no text to train on where it should be. Check the path, and that manuals are indexed.",
    },
    "base_unfit": {
        "ja": "このモデルは、ここでは追加学習の元にできません。"
        "Llama 系の transformers のフォルダか GGUF ファイルを、トークナイザーとともに指定してください。",
        "en": "This model cannot be adapted here. Name a Llama-like folder of transformers, with its tokenizer, "
        "or a GGUF file.",
    },
    "adapter_unfit": {
        "ja": "この LoRA の差分は、llama.cpp では元のモデルに重ねられません。作り方を示された条件に合わせてください。",
        "en": "llama.cpp cannot lay this LoRA adapter over its base. Make it as the message says.",
    },
    "stage_missing": {
        "ja": "前の段階の成果物がありません。レシピをもう一度実行すると、足りない段階から続けます。",
        "en": "What an earlier stage should have left is not there. Run the recipe again: it goes on with that stage.",
    },
    "stage_busy": {
        "ja": "この段階は、別のプロセスが学習中です。終わるのを待つか、そのプロセスを止めてください。",
        "en": "Another process is training this stage. Wait for it, or end it.",
    },
    "stage_died": {
        "ja": "学習のプロセスが途中で止まりました。もう一度実行すると、最後に保存したところから続けます。"
        "終了コード -9 は、たいていメモリ不足です。max_tokens を小さくしてください。",
        "en": "The training process ended early. Run it again: it goes on from what was saved last. Code -9 is usually "
        "memory: lower max_tokens.",
    },
    "training_diverged": {
        "ja": "損失が数値でなくなり、学習が発散しました。レシピの learning_rate を下げてください。",
        "en": "The loss is not a number any more. Lower learning_rate in the recipe.",
    },
    "export_differs": {
        "ja": "書き出したファイルの計算結果が、学習したモデルと一致しません。このファイルは使わないでください。",
        "en": "The exported file does not compute what the trained model does. Do not use it.",
    },
}
