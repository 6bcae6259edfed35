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
    "model.none": {
        "ja": "登録されているモデルはありません。andon model add ファイル で登録します。",
        "en": "No model is listed yet. Add one with: andon model add FILE",
    },
    "model.unlisted": {
        "ja": "使用中の {name} はモデル一覧にありません。andon model add で登録すると、ハッシュを照合できます。",
        "en": "{name} is in use and not in the catalogue. Add it with andon model add, so that its hash is checked.",
    },
    "model.more": {
        "ja": "大きいファイルのハッシュまで照合するには: andon model list --verify",
        "en": "To read large files too and check their hash: andon model list --verify",
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
    "conversion_refused": {
        "ja": "このモデルは正しく変換できないため、変換しませんでした。",
        "en": "This model was not converted, because the result would not be faithful.",
    },
    "quantization_failed": {
        "ja": "モデルの量子化に失敗しました。",
        "en": "The model could not be quantised.",
    },
}
