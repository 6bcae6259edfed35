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
}
