"""Wording of training: what its commands say, and what its errors mean."""

from __future__ import annotations

from ui.wording import Entry

TRAINING: dict[str, Entry] = {
    "train.left_out": {
        "ja": "使わなかった行({what}): {count} 行(行番号 {lines})",
        "en": "Left out, {what}: {count} (line {lines})",
    },
    "train.more_lines": {"ja": "{first} ほか {more} 行", "en": "{first} and {more} more"},
    "train.reason.no_question": {"ja": "質問が空", "en": "no question"},
    "train.reason.no_answer": {"ja": "回答が空", "en": "no answer"},
    "train.reason.repeated": {"ja": "前の行と同じ質問と回答", "en": "the same question and answer as an earlier row"},
    "train.reason.contradicted": {
        "ja": "前の行と同じ機種・文書の同じ質問で、回答が違う",
        "en": "the question of an earlier row of the same product and document, with another answer",
    },
    "train.reason.too_long": {"ja": "質問か回答が長すぎる", "en": "longer than a question or an answer is"},
    "train.reason.no_content": {"ja": "質問か回答に文字がない", "en": "no letters in question or answer"},
    "train.empty_part": {
        "ja": "注意: {name} は空です。FAQ の件数か文書の数が少ないためです。使うには件数を増やすか、--seed "
        "を変えてください。",
        "en": "Note: {name} is empty: the table has too few entries or documents. Add some, or take another --seed.",
    },
    "train.words_alone": {
        "ja": "注意: 言い方の違う同じ内容は、語の一致だけで探しました。--data "
        "で索引を指定すると、意味の近さでも探します。",
        "en": "Note: facts told in other words were looked for by words alone; with the index (--data) by meaning, "
        "too.",
    },
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
    "faq_unusable.one_column": {
        "ja": "FAQ の表に列が一つしかありません。質問の隣の列に回答を入れ、1 行目を列名(質問、回答)にしてください。",
        "en": "The FAQ table has one column only. Put each answer beside its question, below the names question and "
        "answer.",
    },
    "faq_unusable.columns": {
        "ja": "FAQ の表の 1 行目に、質問と回答の列名がありません。1 行目を「質問」「回答」(question、"
        "answer)にしてください。",
        "en": "The first row of the FAQ table names no column for question and answer. Name them question and answer.",
    },
    "faq_unusable.garbled": {
        "ja": "FAQ の表が文字化けしています。元のソフトから書き出し直してください。"
        "Excel では「CSV UTF-8」で保存するか、XLSX をそのまま指定します。",
        "en": 'The FAQ table is garbled: it was saved in a wrong encoding. Export it again, in Excel as "CSV UTF-8" '
        "or XLSX.",
    },
    "faq_unusable.bad_rows": {
        "ja": "FAQ の表に、使えない行が一割を超えてあります。示された行を直すか削除してください。"
        "andon train faq に --leave-out-bad を付けると、除いて続けます。",
        "en": "More than a tenth of the FAQ table cannot be used. Mend or delete the rows that are named; "
        "andon train faq goes on without them with --leave-out-bad.",
    },
    "faq_unusable.too_few": {
        "ja": "FAQ の件数が足りません。学習用と評価用に分けるには、使える行が 20 件以上必要です。"
        "ほかのマニュアルの FAQ も同じ表に加えてください。",
        "en": "The FAQ has too few entries: at least 20 can be divided for training and test. Add those of other "
        "manuals.",
    },
    "faq_unusable.empty": {
        "ja": "FAQ の表に、列名の下の行がありません。指定したファイルを確認してください。",
        "en": "The FAQ table has no rows below its column names. Check the file.",
    },
    "faq_unusable.file": {
        "ja": "FAQ の表として読めないファイルです。CSV、TSV、XLSX、JSONL のどれかで保存し直してください。",
        "en": "This file cannot be read as a FAQ table. Save it as CSV, TSV, XLSX or JSONL.",
    },
    "faq_unusable.json": {
        "ja": "JSONL の行に誤りがあります。1 行に 1 件、question と answer を持つ JSON を書いてください。",
        "en": "A line of the JSONL is wrong. Each line is one JSON object with question and answer.",
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
    "recipe_invalid.key": {
        "ja": "レシピに知らないキーがあります。つづりを確認してください。使えるキーは対処の行に並べます。",
        "en": "The recipe has an unknown key. Check how it is spelt; those that are known are listed.",
    },
    "recipe_invalid.value": {
        "ja": "レシピの値の種類が違います。対処の行の形で書いてください。",
        "en": "A value in the recipe is of another kind. Write it as shown.",
    },
    "recipe_invalid.missing": {
        "ja": "レシピに必要なキーがありません。示されたキーを加えてください。",
        "en": "The recipe lacks a key. Add the one that is named.",
    },
    "recipe_invalid.toml": {
        "ja": "レシピが TOML として正しくありません。示された行を直してください。"
        "パスの区切りは \\ ではなく / で書き、ファイルは UTF-8 で保存します。",
        "en": "The recipe is no valid TOML. Mend the line that is named; write paths with /, and save the file as "
        "UTF-8.",
    },
    "recipe_invalid.file": {
        "ja": "レシピのファイルがないか、読めません。付属のレシピは training/recipes にあります。",
        "en": "There is no such recipe, or it cannot be read. The bundled ones lie in training/recipes.",
    },
    "recipe_invalid.changed": {
        "ja": "この出力先では、別の内容で学習が始まっています。終わった段階はやり直さないため、"
        "このままでは変更が反映されません。"
        "レシピの out を別のフォルダにするか、出力先を削除して始め直してください。",
        "en": "The run in this folder was begun with something else, and what is done is not done again. Name another "
        "folder "
        "with out, or delete this one.",
    },
    "base_unfit.architecture": {
        "ja": "元にするモデルが Llama 系ではありません。ここで GGUF に変換して現場で動かせるのは Llama 系だけです。",
        "en": "The base is no Llama: only those become GGUF files for a box here.",
    },
    "base_unfit.no_model": {
        "ja": "base が、transformers のモデルのフォルダ(config.json があるもの)でも GGUF ファイルでもありません。"
        "パスを確認するか、base を省いて付属のモデルを使ってください。",
        "en": "The base is neither a model folder of transformers nor a GGUF file. Check the path, or leave base out.",
    },
    "base_unfit.damaged": {
        "ja": "モデルの GGUF ファイルが壊れているか、GGUF ではありません。元の場所からもう一度コピーしてください。",
        "en": "The model's GGUF file is damaged, or none. Copy it again from its source.",
    },
    "base_unfit.tokenizer": {
        "ja": "元にするモデルのトークナイザーがないか、取り出せません。トークナイザーを含む transformers "
        "のフォルダを指定してください。",
        "en": "The base has no tokenizer that can be taken over. Name a folder of transformers that holds it.",
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
