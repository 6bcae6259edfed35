"""Wording of the models: catalogue, conversion, quantisation, fetching."""

from __future__ import annotations

from ui.wording import Entry

MODELS: dict[str, Entry] = {
    "model.head": {
        "ja": "使用中 / 名前 / 役割 / サイズ / ファイルの照合 / ライセンス / 入手元",
        "en": "in use / name / role / size / file check / licence / source",
    },
    "model.state.ok": {"ja": "ハッシュ一致", "en": "hash as listed"},
    "model.state.not_read": {"ja": "サイズ一致(ハッシュ未確認)", "en": "size as listed, hash not read"},
    "model.state.missing": {"ja": "ファイルなし", "en": "file is missing"},
    "model.state.altered": {"ja": "登録時と異なる", "en": "not the file that was listed"},
    "model.recommended_head": {
        "ja": "{board}({runtime})での目安。計算による予想値で、実測ではありません。\n"
        "名前 / ファイル / メモリ / 1 秒あたりのトークン / ライセンス",
        "en": "To expect on {board} ({runtime}). By formula, not measured.\n"
        "name / file / memory / tokens a second / licence",
    },
    "model.licence_check": {"ja": "(要確認)", "en": "(have it checked)"},
    "model.not_commercial": {"ja": "※生産現場での利用不可", "en": "not for use in production"},
    "model.none": {
        "ja": "登録されているモデルはありません。andon model add ファイル で登録します。",
        "en": "No model is listed yet. Add one with: andon model add FILE",
    },
    "model.unlisted": {
        "ja": "使用中の {name} はモデル一覧にありません。andon model add で登録すると、ハッシュを照合できます。",
        "en": "{name} is in use and not in the catalogue. Add it with andon model add, so that its hash is checked.",
    },
    "model.endpoint": {
        "ja": "回答モデルは {address} のサーバーです(andon doctor で応答を確認できます)。",
        "en": "The answer model is behind {address} (andon doctor asks whether it answers).",
    },
    "model.too_large": {
        "ja": "空きメモリに収まりません。コンテキストを {context} トークンにするか、小さいモデルを使ってください",
        "en": "it does not fit into the free memory; set context_tokens to {context} or take a smaller model",
    },
    "model.more": {
        "ja": "大きいファイルのハッシュまで照合するには: andon model list --verify",
        "en": "To read large files too and check their hash: andon model list --verify",
    },
    "model.added": {"ja": "登録しました: {id}({file})", "en": "added: {id} ({file})"},
    "model.replaced": {"ja": "登録内容を置き換えました: {id}({file})", "en": "replaced: {id} ({file})"},
    "model.is": {
        "ja": "{architecture}、パラメータ {parameters}、{kind}、学習時のコンテキスト {context} トークン",
        "en": "{architecture}, {parameters} parameters, {kind}, trained context {context} tokens",
    },
    "model.use": {
        "ja": '使うには、andon.toml に model = "{id}" と書きます。',
        "en": 'To use it, write into andon.toml: model = "{id}"',
    },
    "model.memory": {
        "ja": "メモリの目安 {needed}(重み {weights}、{tokens} トークンの K/V {kv})、空き {free}",
        "en": "memory about {needed} (weights {weights}, keys and values of {tokens} tokens {kv}), free {free}",
    },
    "model.no_template": {
        "ja": "チャットテンプレートがないため、回答モデルとしては使えません",
        "en": "it has no chat template, so it cannot be the answer model",
    },
    "model.not_looked_into": {
        "ja": "この形式は中身を確認できません。実機の andon doctor で確認してください",
        "en": "this format cannot be looked into here; check it with andon doctor on the board",
    },
    "model.good": {"ja": "問題ありません。", "en": "All good."},
    "model.quantized": {
        "ja": "作成しました: {path}({after}、元は {before})",
        "en": "made: {path} ({after}, was {before})",
    },
    "model.converted": {"ja": "変換しました: {path}({size})", "en": "converted: {path} ({size})"},
    "model.tokens_same": {
        "ja": "トークン: 確認文 {checked} 件すべて変換元と一致({by} で確認)",
        "en": "tokens: all {checked} probe texts are split as by the source (read by {by})",
    },
    "model.tokens_edges": {
        "ja": "  うち {count} 件は、文頭や <s> などの記号の横の空白だけ区切り方が異なります",
        "en": "  {count} of them differ only in white space at the beginning or beside a mark such as <s>",
    },
    "model.tokens_unchecked": {
        "ja": "トークン: 未確認(変換元を読むには pip install sentencepiece が必要です)",
        "en": "tokens: not checked (reading the source needs: pip install sentencepiece)",
    },
    "model.logits_same": {
        "ja": "計算結果: {positions} 箇所で比較、差は最大 {most}、最も確からしいトークンの一致 {same} %",
        "en": "logits: {positions} positions compared, largest difference {most}, same likeliest token {same} %",
    },
    "model.logits_unchecked": {
        "ja": "計算結果: 未確認(確認には pip install 'andon[train]' が必要です)",
        "en": "logits: not checked (needs: pip install 'andon[train]')",
    },
    "model.pull_shown": {
        "ja": "{file}: {size}、ライセンス {licence}、{repo} の {commit}、SHA-256 {sha}…",
        "en": "{file}: {size}, licence {licence}, {repo} at {commit}, SHA-256 {sha}…",
    },
    "model.licence_unknown": {"ja": "記載なし", "en": "not stated"},
    "model.pull_ask": {"ja": "取得しますか", "en": "Fetch it?"},
    "model.match_head": {
        "ja": "  言語 質問数  同じ回答  回答の類似",
        "en": "  lang asked same answer  alike",
    },
    "model.match_all": {"ja": "計", "en": "all"},
    "model.match_texts": {
        "ja": "固定文のパープレキシティ {before} → {after}({rise} %)、対数確率の平均差 {change}、"
        "次トークンの一致 {same} %",
        "en": "perplexity of fixed texts {before} -> {after} ({rise} %), mean log-probability {change}, same next "
        "token {same} %",
    },
    "model.match_fine": {
        "ja": "元のモデルとの差は目安の範囲内です(パープレキシティ +5 % まで、次トークンの一致 90 % 以上)。",
        "en": "It stays near the model it was made from (perplexity up to +5 %, same next token from 90 %).",
    },
    "model.match_hurts": {
        "ja": "警告: 元のモデルとの差が目安を超えています(パープレキシティ +5 % まで、次トークンの一致 90 % 以上)。"
        "より大きい形式(Q5_K_M、Q6_K、Q8_0)を試してください。",
        "en": "Warning: it differs more than it should (perplexity up to +5 %, same next token from 90 %). "
        "Try a larger type (Q5_K_M, Q6_K, Q8_0).",
    },
    "model.match_no_template": {
        "ja": "チャットテンプレートがないため、回答の比較はできません。",
        "en": "Without a chat template its answers cannot be compared.",
    },
    "model.match_no_room": {
        "ja": "比較用の F32 ファイルを置く空きがないため、回答は比較していません: {reason}",
        "en": "Its answers were not compared, for lack of room for a copy in F32: {reason}",
    },
    "model.match_asking": {"ja": "質問中 {done}/{total}", "en": "asking {done}/{total}"},
    "model.forecast": {
        "ja": "{type} にすると約 {after} になります(元は {before})。",
        "en": "As {type} it will have about {after} (now {before}).",
    },
    "doctor.endpoint": {
        "ja": "モデル {name}: {address} で稼働中、コンテキスト {context} トークン",
        "en": "Model {name}: answers at {address}, context {context} tokens",
    },
    "doctor.endpoint_bytes": {
        "ja": "このサーバーはトークン数を返さないため、バイト数で多めに見積もり、原文を短くして渡します。"
        "設定 model_tokenizer にモデルの tokenizer.json を指定すると、正確に数えます",
        "en": "this server does not count tokens, so bytes are counted and the model reads less than it could; name "
        "the model's tokenizer.json in the setting model_tokenizer",
    },
}

MODEL_ERRORS: dict[str, Entry] = {
    "endpoint_failed": {
        "ja": "回答モデルのサーバーに問題が起きました。原文はそのまま見られます。管理者に連絡してください。",
        "en": "The answer model's server has a problem. The manual's own words can still be read. Tell your admin.",
    },
    "endpoint_away": {
        "ja": "回答モデルのサーバーに接続できません。原文はそのまま見られます。"
        "サーバーの起動状態と、設定 model のアドレスを確認してください。",
        "en": "The answer model's server cannot be reached. The manual's own words can still be read. Check that it "
        "runs, and the address in the setting model.",
    },
    "endpoint_busy": {
        "ja": "回答モデルのサーバーが混み合っています。少し待ってから、もう一度質問してください。",
        "en": "The answer model's server is busy. Wait a little and ask again.",
    },
    "endpoint_slow": {
        "ja": "回答モデルのサーバーから、時間内に応答がありませんでした。原文をご覧ください。",
        "en": "The answer model's server did not answer in time. Read the manual's own words.",
    },
    "endpoint_broken": {
        "ja": "回答モデルのサーバーからの応答が途中で切れたか、読み取れません。"
        "もう一度質問し、続くときは管理者に連絡してください。",
        "en": "What the answer model's server sent broke off or cannot be understood. Ask again; if it stays, tell "
        "your admin.",
    },
    "endpoint_refused": {
        "ja": "回答モデルのサーバーが要求を受け付けません。設定のキー(model_key)とモデル名を確認してください。",
        "en": "The answer model's server does not take the request. Check the key (model_key) and the model's name in "
        "the settings.",
    },
    "address_refused": {
        "ja": "回答モデルのアドレスが正しくないか、構内ネットワークの外です。"
        "質問や原文が外部に出ないよう、接続しません。構内のサーバーを指定してください。",
        "en": "The answer model's address is not valid or lies outside the site's network. Nothing leaves the site, so "
        "it is not used. Name a server on the site.",
    },
    "hub_failed": {
        "ja": "モデルのファイルを取得できませんでした。",
        "en": "The model file could not be fetched.",
    },
    "offline_refused": {
        "ja": "外部に接続しない設定(offline)のため、取得しません。今回だけ許可する場合は --online を付けてください。"
        "ファイルを手でコピーした場合は andon model add で登録できます。",
        "en": "The setting offline forbids to reach out, so nothing was fetched. Say --online to allow it once, or "
        "copy the file by hand and use: andon model add FILE",
    },
    "hub_away": {
        "ja": "モデルの配布元に接続できないか、途中で切れました。"
        "ネットワークを確認し、同じコマンドをもう一度実行してください。続きから取得します。",
        "en": "The Hub does not answer or broke off. Check the network and give the same command again: it goes on "
        "where it stopped.",
    },
    "hub_missing": {
        "ja": "配布元にそのモデルまたはファイルがありません。OWNER/REPOSITORY/FILE の綴りを確認してください。",
        "en": "The Hub has no such model or file. Check how OWNER/REPOSITORY/FILE is spelled.",
    },
    "hub_gated": {
        "ja": "このモデルは利用許諾への同意が必要です。"
        "配布元のページで同意し、トークンを設定 hub_key に入れてください。",
        "en": "This model's licence must be accepted first, on the Hub's page; then put your token into hub_key.",
    },
    "hub_refused": {
        "ja": "配布元の応答を信頼できないため、取得しませんでした。時間をおいて、もう一度試してください。",
        "en": "The Hub answered in a way that cannot be trusted, so nothing was fetched. Try again later.",
    },
    "folder_incomplete": {
        "ja": "変換するフォルダに必要なファイルがありません。"
        "config.json、重み(.safetensors)、トークナイザーがそろった、"
        "save_pretrained で保存したフォルダを指定してください。",
        "en": "The folder to convert lacks a file. Name one as save_pretrained writes it, with config.json, weights "
        "(.safetensors) and tokenizer.",
    },
    "model_truncated": {
        "ja": "モデルのファイルが途中で切れています。元のファイルから、もう一度コピーしてください。",
        "en": "The model file is cut off. Copy it again from its source.",
    },
    "not_a_model": {
        "ja": "このファイルはモデルではありません。GGUF 形式(.gguf)のファイルを指定してください。"
        "transformers 形式のフォルダは andon model convert で変換できます。",
        "en": "This file is no model. Name a GGUF file (.gguf); a folder of transformers is converted by: andon model "
        "convert FOLDER",
    },
    "entry_refused": {
        "ja": "モデル一覧に登録できません。名前、ライセンス、入手元の指定を確認してください。",
        "en": "The catalogue cannot take this entry. Check the id, licence and source that were given.",
    },
    "disk_full": {
        "ja": "ディスクの空きが足りないため、書き込んでいません。不要なファイルを消すか、別の場所を指定してください。",
        "en": "There is too little room on the disk. Make room or name another place. Nothing was written.",
    },
    "architecture_unknown": {
        "ja": "この種類のモデルは、同じ計算結果になる変換ができません。"
        "配布されている GGUF を使うか、llama.cpp の変換プログラムで変換してください。",
        "en": "A model of this architecture cannot be converted faithfully. Take a ready GGUF of it, or convert it "
        "with llama.cpp's own program.",
    },
    "tokenizer_unknown": {
        "ja": "このトークナイザーは、変換後に文の区切り方が変わるため対応していません。"
        "配布されている GGUF を使うか、対応するトークナイザーで学習してください。",
        "en": "Text would be split differently after conversion, so this tokenizer is not taken. Use a ready GGUF of "
        "the model, or train with a tokenizer that is known here.",
    },
    "quantized_already": {
        "ja": "このファイルはすでに量子化されています。"
        "重ねると品質が下がるため、F16 か BF16 のファイルから作ってください。",
        "en": "This file is quantised already. Doing it again costs quality: start from an F16 or BF16 file.",
    },
    "conversion_refused": {
        "ja": "このモデルは正しく変換できないため、変換しませんでした。",
        "en": "This model was not converted, because the result would not be faithful.",
    },
    "quantization_failed": {
        "ja": "モデルの量子化に失敗しました。",
        "en": "The model could not be quantised.",
    },
}
