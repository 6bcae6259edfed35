"""Wording of the andon command."""

from __future__ import annotations

from ui.wording import Entry
from ui.wording.backup import BACKUP_TERMINAL
from ui.wording.models import MODELS
from ui.wording.npu import NPU
from ui.wording.records import RECORDS_TERMINAL

TERMINAL: dict[str, Entry] = {
    **BACKUP_TERMINAL,
    "cli.quote": {"ja": "マニュアルの原文", "en": "The manual's own words"},
    "cli.answer": {"ja": "回答", "en": "Answer"},
    "cli.page": {"ja": "{label} ページ(ファイルの {page} ページ目)", "en": "page {label} (page {page} of the file)"},
    "cli.nearest": {"ja": "近い箇所", "en": "Nearest sections"},
    "cli.verdict.supported": {
        "ja": "全文を引用元と照合済みです。",
        "en": "Every sentence was checked against its source.",
    },
    "cli.verdict.partly_supported": {
        "ja": "引用元で確認できた文だけを表示しています。確認できなかった文は出していません。",
        "en": "Only sentences found in the source are shown; the others were withheld.",
    },
    "cli.verdict.quote_only": {
        "ja": "モデルの回答は引用元で確認できなかったため、原文だけを示します。",
        "en": "The model's answer could not be confirmed in the source, so only the manual's words are shown.",
    },
    "cli.verdict.no_model": {
        "ja": "モデルを使わない設定のため、原文だけを示します。",
        "en": "No model is set, so only the manual's words are shown.",
    },
    "cli.verdict.stopped": {"ja": "途中で止めました。", "en": "Stopped."},
    "cli.failure": {
        "ja": "モデルが回答できませんでした({code})。原文はそのまま使えます。",
        "en": "The model could not answer ({code}). The manual's words above still hold.",
    },
    "cli.declined.nothing_relevant": {
        "ja": "登録済みのマニュアルに答えが見つかりません。",
        "en": "The manuals do not hold an answer to this.",
    },
    "cli.declined.unknown_code": {
        "ja": "このコードは登録済みのマニュアルにありません。表示をもう一度確かめてください。",
        "en": "This code stands in none of the manuals. Check the display again.",
    },
    "cli.declined.other_machine": {
        "ja": "この機械や製品のマニュアルは登録されていません。似た機械の手順で代用しないでください。",
        "en": "There is no manual for this machine or product here. Do not go by a similar machine's procedure.",
    },
    "cli.declined.value_missing": {
        "ja": "この値はマニュアルに見つかりません。近い箇所を確認してください。",
        "en": "This value was not found in the manuals. See the nearest sections.",
    },
    "cli.declined.procedure_missing": {
        "ja": "この作業の手順はマニュアルに見つかりません。似た部品の手順で代用しないでください。",
        "en": "A procedure for this was not found in the manuals. Do not go by a similar part's procedure.",
    },
    "cli.declined.unsafe_request": {
        "ja": "安全装置や安全手順を回避する方法は、お答えできません。機械を止め、次の警告に従ってください。",
        "en": "Andon does not help to get round a safety device or a safety procedure. Stop the machine and keep to "
        "these warnings.",
    },
    "cli.declined.no_manuals": {
        "ja": "マニュアルがまだ登録されていません。andon index add で登録してください。",
        "en": "No manual is indexed yet. Add one with: andon index add FILE",
    },
    "cli.time": {"ja": "原文 {found} ms、回答完了 {total} ms", "en": "quote after {found} ms, done after {total} ms"},
    "cli.no_hits": {"ja": "該当する箇所はありません。", "en": "Nothing found."},
    "cli.choice": {
        "ja": "{code} は複数あります: {title} {section}",
        "en": "{code} means several things: {title} {section}",
    },
    "cli.reading": {"ja": "読み取り中", "en": "reading"},
    "cli.recognising": {"ja": "文字認識中(OCR)", "en": "recognising text (OCR)"},
    "cli.embedding": {"ja": "索引作成中", "en": "indexing"},
    "cli.verifying": {"ja": "照合中", "en": "checking"},
    "cli.added": {
        "ja": "登録しました: {name}({pages} ページ、{passages} 箇所)",
        "en": "added: {name} ({pages} pages, {passages} passages)",
    },
    "cli.replaced": {
        "ja": "改訂 {revision} に置き換えました: {name}({pages} ページ、{passages} 箇所)",
        "en": "replaced by revision {revision}: {name} ({pages} pages, {passages} passages)",
    },
    "cli.unchanged": {"ja": "変更はありません: {name}", "en": "unchanged: {name}"},
    "cli.failed": {"ja": "登録できません: {name} … {reason}", "en": "not added: {name} … {reason}"},
    "cli.removed": {"ja": "削除しました: {name}", "en": "removed: {name}"},
    "cli.rebuilt": {"ja": "{count} 箇所の索引を作り直しました。", "en": "{count} passages indexed again."},
    "cli.no_files": {
        "ja": "{path} に読み取れるファイルがありません。",
        "en": "There is no file that can be read at {path}.",
    },
    "cli.no_manuals": {"ja": "マニュアルはまだ登録されていません。", "en": "No manuals yet."},
    "cli.ready": {"ja": "Andon を開始しました: {address}", "en": "Andon is ready: {address}"},
    "cli.login": {"ja": "ログイン", "en": "Sign in"},
    "cli.operator": {"ja": "オペレータ", "en": "operator"},
    "cli.admin": {"ja": "管理者", "en": "admin"},
    "cli.try": {"ja": "試しに聞いてみてください", "en": "Try asking"},
    "cli.stop": {"ja": "終了するには Ctrl+C を押します。", "en": "Press Ctrl+C to stop."},
    "cli.demo_indexing": {
        "ja": "デモ用マニュアル {count} 冊を登録します(初回のみ、1 分ほど)。",
        "en": "Indexing {count} demo manuals (first time only, about a minute).",
    },
    "cli.loading": {"ja": "モデルを読み込んでいます…", "en": "Loading the model…"},
    "cli.no_model": {
        "ja": "モデルを読み込めません。原文だけで回答します: {reason}",
        "en": "The model could not be loaded; answering with quotes alone: {reason}",
    },
    "cli.model_in_service": {
        "ja": "サービス({address}、プロセス {pid})が回答モデルを使用中です。二重に読み込むとメモリが不足するため、"
        "ここでは原文だけを示します。回答は {address} で質問してください。"
        "ここでも読み込むときは --model {model} を付けます。",
        "en": "A service ({address}, process {pid}) has the model loaded. It is not loaded a second time, so only the "
        "manual's words are shown here. Ask at {address} for an answer, or add --model {model} to load it here, too.",
    },
    "cli.no_embedder": {
        "ja": "埋め込みモデルを読み込めません。コードとキーワードだけで検索します: {reason}",
        "en": "The embedder could not be loaded; search goes by codes and keywords alone: {reason}",
    },
    "cli.no_accounts": {
        "ja": "アカウントがありません。andon user add NAME --role admin で追加してください。",
        "en": "There is no account yet. Add one with: andon user add NAME --role admin",
    },
    "cli.user_added": {"ja": "アカウント {name}({role})を登録しました。", "en": "Account {name} ({role}) is set."},
    "cli.token_made": {
        "ja": "アカウント {name} の API トークン(再表示できません。安全な場所に控えてください):",
        "en": "API token of account {name} (it cannot be shown again, keep it in a safe place):",
    },
    "cli.token_revoked": {
        "ja": "API トークン {id}({name}、用途: {purpose})を無効にしました。",
        "en": "API token {id} ({name}, for: {purpose}) is revoked.",
    },
    "cli.no_tokens": {"ja": "API トークンはありません。", "en": "There are no API tokens."},
    "cli.token_unused": {"ja": "未使用", "en": "never used"},
    "cli.token_line": {
        "ja": "{id:>4}  {name}  用途: {purpose}  作成: {made}  最終使用: {used}",
        "en": "{id:>4}  {name}  for: {purpose}  made: {made}  last used: {used}",
    },
    "cli.password": {"ja": "パスワード(8 文字以上)", "en": "Password (at least 8 characters)"},
    "cli.remedy": {"ja": "対処", "en": "What helps"},
    "cli.port_taken": {
        "ja": "ポート {port} は使用中です。--port で別の番号を指定してください。",
        "en": "Port {port} is in use. Choose another with --port.",
    },
    "doctor.python": {"ja": "Python {version}", "en": "Python {version}"},
    "doctor.package": {"ja": "{name} {version}", "en": "{name} {version}"},
    "doctor.package_missing": {"ja": "{name} が入っていません", "en": "{name} is not installed"},
    "doctor.data": {"ja": "データフォルダ {path}(空き {free} GB)", "en": "Data folder {path} ({free} GB free)"},
    "doctor.data_not_writable": {
        "ja": "データフォルダ {path} に書き込めません",
        "en": "The data folder {path} cannot be written",
    },
    "doctor.index": {
        "ja": "索引: マニュアル {manuals} 冊、{passages} 箇所",
        "en": "Index: {manuals} manuals, {passages} passages",
    },
    "doctor.vectors": {
        "ja": "意味検索の準備ができているのは {total} 箇所中 {done} 箇所です。残りはサービスの起動時に自動で作ります。"
        "それまではコードとキーワードで検索します",
        "en": "{done} of {total} passages have a vector of this embedder; the service makes the others when it starts. "
        "Until then search goes by codes and keywords",
    },
    "doctor.embedder": {
        "ja": "埋め込みモデル {name}: {dim} 次元、言語 {languages}、質問 1 件 {query_ms} ms",
        "en": "Embedder {name}: {dim} dimensions, languages {languages}, {query_ms} ms a question",
    },
    "doctor.embedder_none": {
        "ja": "埋め込みモデルなし(コードとキーワードだけで検索)",
        "en": "No embedder (search by codes and keywords only)",
    },
    "doctor.embedder_missing": {
        "ja": "埋め込みモデル {name} を使えないため、コードとキーワードだけで検索します: {reason}",
        "en": "The embedder {name} cannot be used, so search goes by codes and keywords only: {reason}",
    },
    "doctor.safety_rules": {
        "ja": "安全装置を無効にする質問は、規則だけで見分けます: {reason}",
        "en": "Questions that ask to defeat a safety device are known by rules alone: {reason}",
    },
    "doctor.model": {
        "ja": "モデル {name}: {megabytes} MB、ハッシュ一致",
        "en": "Model {name}: {megabytes} MB, hash as listed",
    },
    "doctor.model_none": {"ja": "モデルなし(原文のみ)", "en": "No model (quotes only)"},
    "doctor.accounts": {"ja": "アカウント {count} 件", "en": "{count} accounts"},
    **RECORDS_TERMINAL,
    **MODELS,
    **NPU,
    "doctor.good": {"ja": "問題ありません。", "en": "All good."},
    "doctor.bad": {"ja": "問題が {count} 件あります。", "en": "{count} problem(s)."},
}
