"""Wording of the pages."""

from __future__ import annotations

from ui.wording import Entry
from ui.wording.admin import ADMIN
from ui.wording.box import BOX
from ui.wording.figures import FIGURES
from ui.wording.reading import READING
from ui.wording.records import RECORDS
from ui.wording.states import STATES
from ui.wording.users import USERS
from ui.wording.words import WORDS

_FRAME: dict[str, Entry] = {
    "page.title": {"ja": "Andon 操作支援", "en": "Andon operator help"},
    "page.operator": {"ja": "質問", "en": "Ask"},
    "page.admin": {"ja": "管理", "en": "Admin"},
    "page.language": {"ja": "表示言語", "en": "Language"},
    "page.sign_out": {"ja": "ログアウト", "en": "Sign out"},
    "page.navigation": {"ja": "ページ", "en": "Pages"},
    "page.lost": {
        "ja": "ネットワークにつながりません。つながりしだい、このページは自動で元に戻ります。入力した質問は残ります。",
        "en": "There is no connection to Andon. The page comes back by itself as soon as there is; "
        "the question you typed is kept.",
    },
    "page.trouble": {
        "ja": "うまくいきませんでした。もう一度操作してください。続くときは管理者に連絡してください。",
        "en": "That did not work. Please try again; if it stays, tell your admin.",
    },
    "page.script_off": {
        "ja": "このページには JavaScript が必要です。",
        "en": "This page needs JavaScript.",
    },
}

_LOGIN: dict[str, Entry] = {
    "login.title": {"ja": "ログイン", "en": "Sign in"},
    "login.tagline": {"ja": "マニュアルの原文で、すぐに答えます。", "en": "The manual's own words, at once."},
    "login.name": {"ja": "名前", "en": "Name"},
    "login.password": {"ja": "パスワード", "en": "Password"},
    "login.submit": {"ja": "ログイン", "en": "Sign in"},
    "login.wrong": {
        "ja": "名前またはパスワードが違います。もう一度入力するか、管理者に新しいパスワードを依頼してください。",
        "en": "The name or password is wrong. Try again, or ask an admin for a new password.",
    },
    "login.wait": {
        "ja": "間違いが続いたため、{seconds}\u00a0秒待ってからもう一度入力してください。",
        "en": "Too many wrong attempts. Wait {seconds} seconds and try again.",
    },
    "login.help": {
        "ja": "アカウントがない場合は、管理者に依頼してください。",
        "en": "No account yet? Ask an admin.",
    },
    "login.needs_admin": {"ja": "管理者だけが開けるページです", "en": "This page needs an admin"},
    "login.needs_admin_why": {
        "ja": "{name} さんのアカウントはオペレータ用です。マニュアルの登録や削除は、管理者に依頼してください。",
        "en": "{name} is an operator account. Ask an admin to add or remove manuals.",
    },
    "login.to_operator": {"ja": "質問ページへ戻る", "en": "Back to the question page"},
    "login.other_account": {"ja": "別のアカウントでログインする", "en": "Sign in with another account"},
}

_ASK: dict[str, Entry] = {
    "ask.label": {"ja": "何が起きましたか", "en": "What happened?"},
    "ask.placeholder": {
        "ja": "例: E-401 が出て止まった",
        "en": "Example: F-021, no blank picked",
    },
    "ask.send": {"ja": "調べる", "en": "Ask"},
    "ask.stop": {"ja": "回答を中止", "en": "Stop answer"},
    "ask.quick.recent": {"ja": "最近のアラーム", "en": "Recent alarms"},
    "ask.quick.frequent": {"ja": "よく出るアラーム", "en": "Frequent alarms"},
    "ask.quick.listed": {"ja": "マニュアルのアラーム", "en": "Alarms in the manuals"},
    "ask.quick.general": {"ja": "よくある質問", "en": "Common questions"},
    "ask.quick.times": {"ja": "{count} 回", "en": "{count}×"},
    "ask.quick.alarm": {"ja": "{alarm} の原因と処置は?", "en": "What are the cause and the remedy of {alarm}?"},
    "ask.quick.emergency": {"ja": "非常停止から復帰する手順は?", "en": "How do I restart after an emergency stop?"},
    "ask.quick.inspection": {"ja": "日常点検の項目は?", "en": "What belongs to the daily inspection?"},
    "ask.quick.emergency.label": {"ja": "非常停止からの復帰", "en": "Restart after emergency stop"},
    "ask.quick.inspection.label": {"ja": "日常点検", "en": "Daily inspection"},
    "ask.empty.title": {"ja": "ラインが止まったら、ここで調べてください", "en": "The line has stopped? Ask here."},
    "ask.empty.1": {
        "ja": "アラーム番号か症状を入力します。ボタンからも選べます。",
        "en": "Type the code or the symptom, or tap a button.",
    },
    "ask.empty.2": {
        "ja": "まずマニュアルの原文とページを表示します。",
        "en": "First you see the manual's own words with the page.",
    },
    "ask.empty.3": {
        "ja": "続けて、原文と照合した短い回答を表示します。",
        "en": "Then a short answer, checked against those words.",
    },
    "ask.empty.none": {
        "ja": "マニュアルがまだ登録されていません。管理者に登録を依頼してください。",
        "en": "There are no manuals yet. Ask an admin to add them.",
    },
    "ask.searching": {"ja": "マニュアルを調べています…", "en": "Searching the manuals…"},
    "ask.library": {
        "ja": "マニュアル {manuals}\u00a0冊から探します。",
        "en": "Manuals that answers come from: {manuals}.",
    },
}

_QUOTE: dict[str, Entry] = {
    "quote.heading": {"ja": "マニュアルの原文", "en": "The manual's own words"},
    "quote.more": {"ja": "ほかの該当箇所({count} 件)", "en": "Further sources ({count})"},
    "quote.number": {"ja": "原文 {number}", "en": "Source {number}"},
    "quote.page": {"ja": "{label} ページ", "en": "Page {label}"},
    "quote.page_of_file": {"ja": "ファイルの {page} ページ目", "en": "page {page} of the file"},
    "quote.revision": {"ja": "登録 第 {revision} 版", "en": "upload {revision}"},
    "quote.by_ocr": {
        "ja": "画像から文字認識(OCR)で読み取り。原文のページで確認してください",
        "en": "Read from a picture by OCR: check it with the page",
    },
    "quote.open": {"ja": "原本を開く", "en": "Open the file"},
    "quote.about_page": {"ja": "約 {page}", "en": "about {page}"},
    "quote.open_file": {"ja": "{title} を新しいタブで開く", "en": "Open {title} in a new tab"},
    "quote.open_page": {
        "ja": "{title} の {label} ページを新しいタブで開く",
        "en": "Open {title} at page {label} in a new tab",
    },
    "quote.kind.prose": {"ja": "本文", "en": "Text"},
    "quote.kind.steps": {"ja": "手順", "en": "Procedure"},
    "quote.kind.table": {"ja": "表", "en": "Table"},
    "quote.kind.alarm": {"ja": "アラーム", "en": "Alarm"},
    "quote.kind.symptom": {"ja": "症状", "en": "Symptom"},
    "quote.kind.warning": {"ja": "警告表示", "en": "Safety notice"},
    "quote.kind.faq": {"ja": "FAQ", "en": "FAQ"},
    "quote.kind.incident": {"ja": "過去の事例", "en": "Past incident"},
    "quote.nearest": {"ja": "近い箇所", "en": "Nearest sections"},
    "quote.nearest_note": {
        "ja": "答えではありませんが、質問の言葉に近い箇所です。",
        "en": "Not an answer, but close to the words of your question.",
    },
}

_ANSWER: dict[str, Entry] = {
    "answer.heading": {"ja": "回答", "en": "Answer"},
    "answer.writing": {"ja": "回答を作成し、原文と照合しています…", "en": "Writing the answer and checking it…"},
    "answer.busy": {
        "ja": "混み合っています。いま\u00a02\u00a0番目です。ほかの端末の回答を作成中です。"
        "終わりしだい、この回答を作成します。"
        "原文は先に使えます。",
        "en": "Busy: you are second. Another answer is being written; yours is next. "
        "The manual's words are already here.",
    },
    "answer.stopping": {"ja": "回答を中止しています…", "en": "Stopping the answer…"},
    "answer.source": {"ja": "原文 {number} へ", "en": "To source {number}"},
    "answer.supported": {
        "ja": "すべての文を原文と照合しました。",
        "en": "Every sentence was checked against the manual.",
    },
    "answer.partly_supported": {
        "ja": "原文で確認できた文だけを表示しています。確認できなかった {withheld}\u00a0文は表示していません。",
        "en": "Only sentences found in the manual are shown. Withheld, because unconfirmed: {withheld}.",
    },
    "answer.quote_only": {
        "ja": "モデルの回答は原文で確認できなかったため、マニュアルの原文だけを示します。",
        "en": "The model's answer could not be confirmed in the manual, so only the manual's own words are shown.",
    },
    "answer.no_model": {
        "ja": "回答文を作成しない設定です。マニュアルの原文を確認してください。",
        "en": "No answer model is set. Follow the manual's own words.",
    },
    "answer.stopped": {
        "ja": "回答を途中で中止しました。原文はそのまま使えます。",
        "en": "The answer was stopped. The manual's words still hold.",
    },
    "answer.failed": {
        "ja": "回答文を作成できませんでした。マニュアルの原文はそのまま使えます。",
        "en": "The answer model could not answer. The manual's words still hold.",
    },
    "answer.check_source": {
        "ja": "作業の前に、必ず原文を確認してください。",
        "en": "Before you act, always read the manual's own words.",
    },
    "answer.declined.nothing_relevant": {
        "ja": "登録されているマニュアルに、答えが見つかりません",
        "en": "The manuals do not hold an answer to this",
    },
    "answer.declined.nothing_relevant.help": {
        "ja": "推測では答えません。コードや部品名を加えて聞き直すか、保全担当に連絡してください。",
        "en": "Andon does not guess. Add the code or the part's name and ask again, or call maintenance.",
    },
    "answer.declined.unknown_code": {
        "ja": "このコードは、登録されているマニュアルにありません",
        "en": "This code stands in none of the manuals",
    },
    "answer.declined.unknown_code.help": {
        "ja": "表示をもう一度確かめてください。合っていれば、この機械のマニュアルが未登録の可能性があります。",
        "en": "Check the display again. If it is right, this machine's manual may not have been added yet.",
    },
    "answer.declined.other_machine": {
        "ja": "この機械や製品のマニュアルは登録されていません",
        "en": "There is no manual for this machine or product",
    },
    "answer.declined.other_machine.help": {
        "ja": "似た機械の手順で代用しないでください。管理者に、この機械のマニュアルの登録を依頼してください。",
        "en": "Do not go by a similar machine's procedure. Ask an admin to add this machine's manual.",
    },
    "answer.declined.value_missing": {
        "ja": "この値は、登録されているマニュアルに見つかりません",
        "en": "This value was not found in the manuals",
    },
    "answer.declined.value_missing.help": {
        "ja": "部品の記載はありますが、お尋ねの値が見つかりません。近い箇所を確認するか、保全担当に連絡してください。",
        "en": "The part is described, but the value you asked for was not found. See the nearest sections, "
        "or call maintenance.",
    },
    "answer.declined.procedure_missing": {
        "ja": "この作業の手順は、登録されているマニュアルに見つかりません",
        "en": "A procedure for this was not found in the manuals",
    },
    "answer.declined.procedure_missing.help": {
        "ja": "部品の記載はありますが、お尋ねの作業の手順が見つかりません。"
        "似た部品の手順で代用せず、保全担当に連絡してください。",
        "en": "The part is described, but not how to do this to it. Do not go by a similar part's procedure; "
        "see the nearest sections, or call maintenance.",
    },
    "answer.declined.unsafe_request": {
        "ja": "安全装置や安全手順を回避する方法は、お答えできません",
        "en": "Andon does not help to get round a safety device or a safety procedure",
    },
    "answer.declined.unsafe_request.help": {
        "ja": "けがや死亡事故につながります。機械を止め、下記のマニュアルの警告に従ってください。"
        "安全装置のために作業が進まないときは、保全の担当者と安全管理者に連絡してください。",
        "en": "People are injured or killed that way. Stop the machine and keep to the manual's warnings below. "
        "If a safety device holds up the work, call maintenance and the person in charge of safety.",
    },
    "quote.safety": {"ja": "マニュアルの安全上の注意(原文)", "en": "What the manual says about safety"},
    "quote.warnings": {"ja": "作業の前に: この節の警告", "en": "Before you begin: warnings of this section"},
    "answer.declined.no_manuals": {
        "ja": "マニュアルがまだ登録されていません",
        "en": "There are no manuals yet",
    },
    "answer.declined.no_manuals.help": {
        "ja": "管理者に、マニュアルの登録を依頼してください。",
        "en": "Ask an admin to add them.",
    },
    "answer.length": {
        "ja": "{characters}\u00a0文字あります(上限 {limit}\u00a0文字)。",
        "en": "It has {characters} characters; the limit is {limit}.",
    },
    "answer.trouble": {"ja": "調べられませんでした", "en": "This could not be looked up"},
    "answer.refused": {"ja": "質問を受け付けられません", "en": "This question cannot be taken"},
    "answer.time": {
        "ja": "原文まで {found}\u00a0秒 ・ 回答完了まで {total}\u00a0秒",
        "en": "Quote after {found} s · done after {total} s",
    },
    "answer.time_quote": {"ja": "原文まで {found} 秒", "en": "Quote after {found} s"},
    "answer.model": {"ja": "モデル {model}", "en": "Model {model}"},
}

_ADMIN: dict[str, Entry] = {
    "admin.title": {"ja": "Andon 管理", "en": "Andon admin"},
    "admin.upload": {"ja": "マニュアルの登録", "en": "Add manuals"},
    "admin.upload_button": {"ja": "ファイルを選んで登録", "en": "Choose files to add"},
    "admin.upload_note": {
        "ja": "PDF、Word、Excel、PowerPoint、CSV、Markdown、AsciiDoc、HTML、テキスト、画像、これらの ZIP。"
        "画像とスキャンは、文字認識(OCR)を入れた場合に読み取ります。"
        "1 ファイル {megabytes}\u00a0MB まで、複数まとめて選べます。"
        "同じ名前のファイルは改訂版として置き換えます。",
        "en": "PDF, Word, Excel, PowerPoint, CSV, Markdown, AsciiDoc, HTML, plain text, pictures, or a ZIP of these, "
        "up to {megabytes} MB each, several at once. Pictures and scans are read where OCR is installed. "
        "A file of the same name replaces the earlier one as its next revision.",
    },
    "admin.jobs": {"ja": "登録の状況", "en": "Progress"},
    "admin.no_jobs": {"ja": "登録中のファイルはありません。", "en": "No file is being added."},
    "admin.file": {"ja": "ファイル", "en": "File"},
    "admin.state": {"ja": "状態", "en": "State"},
    "admin.state.queued": {"ja": "待機中", "en": "Waiting"},
    "admin.state.running": {"ja": "読み取り中", "en": "Reading"},
    "admin.state.indexing": {"ja": "索引を作成中", "en": "Indexing"},
    "admin.state.done": {"ja": "登録済み", "en": "Added"},
    "admin.state.failed": {"ja": "登録できません", "en": "Not added"},
    "admin.state.cancelled": {"ja": "中止", "en": "Cancelled"},
    "admin.seconds_left": {"ja": "残り約 {seconds} 秒", "en": "about {seconds} s left"},
    "admin.pages_done": {"ja": "{done} / {total} ページ", "en": "{done} of {total} pages"},
    "admin.manuals": {"ja": "登録済みのマニュアル", "en": "Manuals"},
    "admin.manuals_count": {"ja": "{manuals} 冊、{passages} 箇所", "en": "manuals: {manuals}, passages: {passages}"},
    "admin.no_manuals": {
        "ja": "まだ登録されていません。上のボタンからファイルを登録してください。",
        "en": "None yet. Add files with the button above.",
    },
    "admin.manual": {"ja": "マニュアル", "en": "Manual"},
    "admin.revision": {"ja": "版", "en": "Revision"},
    "admin.pages": {"ja": "ページ", "en": "Pages"},
    "admin.passages": {"ja": "箇所", "en": "Passages"},
    "admin.lang": {"ja": "言語", "en": "Language"},
    "admin.lang.ja": {"ja": "日本語", "en": "Japanese"},
    "admin.lang.en": {"ja": "英語", "en": "English"},
    "admin.added": {"ja": "登録日時", "en": "Added"},
    "admin.delete": {"ja": "削除", "en": "Delete"},
    "admin.delete_name": {"ja": "{name} を削除", "en": "Delete {name}"},
    "admin.delete_title": {"ja": "マニュアルを削除しますか", "en": "Delete this manual?"},
    "admin.delete_text": {
        "ja": "索引と原本を削除します。元に戻すには、もう一度登録が必要です。",
        "en": "Its passages and the original file are removed. To undo this, the file must be added again.",
    },
    "admin.delete_yes": {"ja": "削除する", "en": "Delete"},
    "admin.delete_no": {"ja": "やめる", "en": "Keep it"},
    "admin.deleted": {"ja": "{name} を削除しました。", "en": "{name} was deleted."},
    "admin.unpacked": {"ja": "{count} 個のファイルを取り出しました", "en": "files taken out: {count}"},
    "coverage.ocr": {
        "ja": "文字認識(OCR)で読んだページ {count} 件: {where}",
        "en": "Pages read by text recognition (OCR): {count} ({where})",
    },
    "coverage.scan": {
        "ja": "画像だけのため読めなかったページ {count} 件: {where}",
        "en": "Pages not read, as they are pictures: {count} ({where})",
    },
    "coverage.garbled": {
        "ja": "文字情報が壊れていて読めなかったページ {count} 件: {where}",
        "en": "Pages not read, as their characters have no code: {count} ({where})",
    },
    "coverage.hidden_sheet": {
        "ja": "非表示のため読まなかったシート {count} 枚: {where}",
        "en": "Hidden sheets not read: {count} ({where})",
    },
    "coverage.hidden_slide": {
        "ja": "非表示のため読まなかったスライド {count} 枚: {where}",
        "en": "Hidden slides not read: {count} ({where})",
    },
    "coverage.formula": {
        "ja": "計算結果が保存されていない数式 {count} 個: {where}。Excel で開いて保存し直してください",
        "en": "Formulas saved without their result: {count} ({where}). Open the file in Excel and save it again",
    },
    "coverage.chart": {"ja": "読まなかったグラフ {count} 個: {where}", "en": "Charts not read: {count} ({where})"},
    "coverage.note": {
        "ja": "読まなかったセルのコメント(メモ) {count} 件: {where}",
        "en": "Comments on cells not read: {count} ({where})",
    },
    "coverage.include": {
        "ja": "取り込まなかった別ファイル {count} 個。必要なら別に登録してください",
        "en": "Other files that it refers to, not included: {count}. Add them too if you need them",
    },
    "coverage.more": {"ja": "、ほか {count} 件", "en": " and {count} more"},
    "admin.failed_file": {"ja": "{name}: {reason}", "en": "{name}: {reason}"},
    "admin.search": {"ja": "検索の確認", "en": "Try a search"},
    "admin.search_label": {"ja": "質問またはコード", "en": "Question or code"},
    "admin.search_note": {
        "ja": "どの箇所が、なぜ選ばれるかを確認できます。",
        "en": "Shows which passages are found, and why.",
    },
    "admin.search_button": {"ja": "検索", "en": "Search"},
    "admin.no_hits": {"ja": "該当する箇所はありません。", "en": "Nothing found."},
    "admin.unknown_codes": {
        "ja": "どのマニュアルにもないコード: {codes}",
        "en": "Codes that stand in no manual: {codes}",
    },
    "admin.choices": {
        "ja": "同じコードの記載が複数あります:",
        "en": "The code means several things:",
    },
    "admin.score": {"ja": "スコア {score}", "en": "Score {score}"},
    "admin.support": {"ja": "語の一致率 {percent} %", "en": "{percent} % of the words"},
    "admin.why.code": {"ja": "コード一致 {rank} 位", "en": "code, rank {rank}"},
    "admin.why.keyword": {"ja": "語の一致 {rank} 位", "en": "words, rank {rank}"},
    "admin.why.vector": {"ja": "意味の近さ {rank} 位", "en": "meaning, rank {rank}"},
    "admin.why.match": {"ja": "単語ごとの近さ {rank} 位", "en": "word by word, rank {rank}"},
    "admin.why.reranker": {"ja": "並べ替え {rank} 位", "en": "reranker, rank {rank}"},
    "admin.signed_out": {
        "ja": "ログインの期限が切れました。ページを開き直してください。",
        "en": "Your sign-in has ended. Open the page again.",
    },
}

PAGES: dict[str, Entry] = {
    **_FRAME,
    **_LOGIN,
    **_ASK,
    **_QUOTE,
    **_ANSWER,
    **_ADMIN,
    **ADMIN,
    **FIGURES,
    **USERS,
    **BOX,
    **READING,
    **STATES,
    **WORDS,
    **RECORDS,
}
