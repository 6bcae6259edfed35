"""Wording of errors: for each stable code, what happened and what helps."""

from __future__ import annotations

from ui.wording import Entry
from ui.wording.backup import BACKUP_ERRORS
from ui.wording.judging import JUDGING_ERRORS
from ui.wording.models import MODEL_ERRORS
from ui.wording.npu import NPU_ERRORS
from ui.wording.records import RECORD_ERRORS
from ui.wording.training import TRAINING_ERRORS

ERRORS: dict[str, Entry] = {
    # index: files that cannot become a manual
    "index_failed": {
        "ja": "索引の処理に失敗しました。管理者に連絡してください。",
        "en": "The index could not do this. Tell your admin.",
    },
    "manual_unreadable": {
        "ja": "ファイルを読み取れません。別の方法で保存し直して登録してください。",
        "en": "The file cannot be read. Save it again in another way and upload it.",
    },
    "unknown_format": {
        "ja": "このファイルは読み取れない形式か、拡張子と中身が一致していません。"
        "PDF、Word、Excel、PowerPoint、CSV、Markdown、AsciiDoc、HTML、テキストで登録してください。",
        "en": "This file's format cannot be read, or its content is not what its name says. "
        "Upload PDF, Word, Excel, PowerPoint, CSV, Markdown, AsciiDoc, HTML or plain text.",
    },
    "empty_manual": {
        "ja": "ファイルから文字を読み取れません。空のファイルか、文字が不鮮明なスキャン画像です。"
        "元のファイルを確認するか、鮮明にスキャンし直して登録してください。",
        "en": "No text was found in this file: it is empty, or its scanned pages are not sharp enough. "
        "Check the file, or scan it again more sharply.",
    },
    "manual_encrypted": {
        "ja": "パスワードで保護されています。パスワードを外して保存し直し、登録してください。",
        "en": "The file is protected by a password. Save a copy without it and upload that.",
    },
    "manual_damaged": {
        "ja": "ファイルが壊れています。元のファイルから、もう一度コピーして登録してください。",
        "en": "The file is damaged. Copy it again from its source and upload it.",
    },
    "manual_too_large": {
        "ja": "ファイルの中身が大きすぎます。必要な部分だけに分けて登録してください。",
        "en": "There is too much in this file. Split it, or keep only what is needed, and upload that.",
    },
    "manual_unsafe": {
        "ja": "安全に読み取れない内容(外部参照、フォルダの外を指すパス、多重の圧縮など)があります。"
        "元のソフトで開いて保存し直すか、展開して必要なファイルだけを登録してください。",
        "en": "The file holds what cannot be read safely (references to outside, paths that leave the archive, "
        "archives in archives). Save it again in its own program, or unpack it and upload only the files you need.",
    },
    "old_format": {
        "ja": "古い形式(.doc、.xls、.ppt)のファイルです。"
        ".docx、.xlsx、.pptx または PDF で保存し直して登録してください。",
        "en": "This is an old .doc, .xls or .ppt file. Save it as .docx, .xlsx, .pptx or PDF and upload that.",
    },
    "ocr_missing": {
        "ja": "スキャン画像だけのファイルです。文字認識(OCR)が入っていないため読み取れません。"
        "pip install 'andon[ocr]' で追加してから登録してください。",
        "en": "The file holds scanned pictures only, and text recognition (OCR) is not installed. "
        "Add it with: pip install 'andon[ocr]', then upload the file again.",
    },
    "reader_crashed": {
        "ja": "ファイルの読み取り中に、読み取り処理が異常終了しました。ファイルが壊れている可能性があります。"
        "PDF に印刷するなど、別の方法で保存し直して登録してください。",
        "en": "Reading this file made the reader break down; the file may be damaged. "
        "Save it in another way, such as printing it to PDF, and upload that.",
    },
    "reader_over_memory": {
        "ja": "ファイルの読み取りに、許可された量を超えるメモリが必要です。"
        "ファイルを分割するか、画像の解像度を下げて保存し直し、登録してください。",
        "en": "Reading this file needs more memory than is allowed. "
        "Split it, or save it with smaller pictures, and upload that.",
    },
    "reader_too_slow": {
        "ja": "ファイルの読み取りが終わらないため、中止しました。ファイルを分割するか、"
        "別の方法で保存し直して登録してください。",
        "en": "Reading this file did not come to an end and was stopped. "
        "Split it or save it in another way, and upload that.",
    },
    "original_lost": {
        "ja": "受け取ったファイルが、読み取る前に失われました。もう一度登録してください。",
        "en": "The file was received, but it was lost before it could be read. Upload it again.",
    },
    "manual_unknown": {
        "ja": "このマニュアルは登録されていません。削除された可能性があります。",
        "en": "This manual is not in the library. It may have been removed.",
    },
    "page_unknown": {
        "ja": "そのページはありません。マニュアルが改訂された可能性があります。もう一度質問してください。",
        "en": "There is no such page; the manual may have been revised. Ask the question again.",
    },
    "page_not_drawn": {
        "ja": "このページを画像として表示できません。原本を開いて確認してください。",
        "en": "This page cannot be shown as a picture. Open the original instead.",
    },
    "page_without_picture": {
        "ja": "この形式のファイルには、決まったページがありません。本文で確認してください。",
        "en": "A file of this format has no fixed pages. Read its text instead.",
    },
    "attribute_refused": {
        "ja": "ラインまたは機械の名前が正しくありません。1 つ 60 文字以内、20 個までで、区切りはカンマ(,)です。",
        "en": "This cannot be the name of a line or machine: up to 60 characters each, up to 20, with commas between.",
    },
    "scope_unknown": {
        "ja": "絞り込みに指定した名前がありません。登録されている名前から選んでください。",
        "en": "The search is narrowed to something that is not there. Choose one of the known names.",
    },
    "synonym_unknown": {
        "ja": "この言葉は「現場の言葉」に登録されていません。ほかの管理者が削除した可能性があります。",
        "en": "This is not among the site words. Another admin may have removed it.",
    },
    "synonyms_refused": {
        "ja": "この言葉は登録できません。",
        "en": "These words cannot be taken.",
    },
    "word_refused": {
        "ja": "使えない文字が含まれています。区切り文字( = , ; | )や制御文字を除いてください。",
        "en": "It holds a character that cannot be used. Leave out separators (= , ; |) and control characters.",
    },
    "word_too_long": {
        "ja": "長すぎます。文ではなく、60 文字以内の名前や短い語句にしてください。",
        "en": "It is too long. Give a name or a short phrase of up to 60 characters, not a sentence.",
    },
    "word_too_short": {
        "ja": "1 文字の言葉はどこにでも当てはまります。2 文字以上にしてください。",
        "en": "A single character would be found everywhere. Give two or more.",
    },
    "words_too_few": {
        "ja": "同じ意味の言葉を 2 つ以上、= で区切って入力してください。例: 2号機 = 梱包機 = SW-310",
        "en": "Give two or more words that mean the same, with = between. Example: No. 2 = packer = SW-310",
    },
    "synonyms_full": {
        "ja": "登録できる数を超えます(1,000 組まで、1 組 30 語まで)。使わない言葉を削除してください。",
        "en": "That is more than the list takes (1,000 groups, 30 words each). Remove words that nobody uses.",
    },
    "synonyms_unreadable": {
        "ja": "言葉の一覧として読み取れません。1 行に 1 組の CSV または TSV(1 MB まで)にしてください。",
        "en": "This is no list of words. Give a CSV or TSV file with one group a line, up to 1 MB.",
    },
    "index_stale": {
        "ja": "索引が別の設定で作られています。andon index rebuild で作り直してください。",
        "en": "The index was built with another setting. Make it again with: andon index rebuild",
    },
    "vectors_away": {
        "ja": "ベクトル検索のサーバーが応答しません。検索はコードと語句だけで続けます。"
        "サーバー(chroma run)を起動し、andon doctor で確認してください。",
        "en": "The vector server does not answer. Search goes on by codes and keywords alone. Start the server (chroma "
        "run) and check with: andon doctor",
    },
    "index_busy": {
        "ja": "ほかの処理が索引を使用中です。終わってから、もう一度試してください。",
        "en": "Something else is using the index. Try again when it has finished.",
    },
    "cancelled": {
        "ja": "中止しました。必要なら、もう一度登録してください。",
        "en": "Cancelled. Upload the file again if you need it.",
    },
    "embedder_missing": {
        "ja": "検索用の埋め込みモデルがないか、壊れています。andon doctor で確認してください。",
        "en": "The embedder that search uses is missing or damaged. Check with: andon doctor",
    },
    "reranker_missing": {
        "ja": "検索結果の並べ替えに使うモデルがないか、壊れています。andon.toml の reranker を確認してください。",
        "en": "The model that reorders search results is missing or damaged. Check reranker in andon.toml.",
    },
    "unexpected": {
        "ja": "想定外の問題が起きました。時刻と操作を控えて、管理者に連絡してください。",
        "en": "Something unexpected happened. Note the time and what you did, and tell your admin.",
    },
    # assistant: questions and accounts
    "assistant_failed": {
        "ja": "処理できませんでした。もう一度試し、続くときは管理者に連絡してください。",
        "en": "This could not be done. Try again; if it stays, tell your admin.",
    },
    "question_refused": {
        "ja": "この質問は受け付けられません。短く書き直してください。",
        "en": "This question cannot be taken. Please rephrase it.",
    },
    "question_empty": {
        "ja": "質問が空です。症状か、表示されているコードを入力してください。",
        "en": "The question is empty. Type what happened, or the code on the display.",
    },
    "question_too_long": {
        "ja": "質問が長すぎます。1 件の停止について、短くまとめて書いてください。",
        "en": "The question is too long. Ask about one stoppage, in a few sentences.",
    },
    "not_allowed": {
        "ja": "名前またはパスワードが違うか、ログインの期限が切れています。もう一度ログインしてください。",
        "en": "The name or password is wrong, or your sign-in has ended. Sign in again.",
    },
    "admin_only": {
        "ja": "管理者だけができる操作です。管理者に依頼してください。",
        "en": "Only an admin may do this. Ask one.",
    },
    "too_many_attempts": {
        "ja": "パスワードの間違いが続きました。しばらく待ってから、もう一度試してください。",
        "en": "This name was tried with a wrong password too often. Wait a little and try again.",
    },
    "parameter_refused": {
        "ja": "この要求には、Andon では使えない指定があります。その指定を外して送り直してください。",
        "en": "The request asks for something that Andon does not do. Leave that out and send it again.",
    },
    "model_not_found": {
        "ja": "その名前のモデルはありません。model には andon を指定してください。",
        "en": "There is no model of that name. Ask for the model andon.",
    },
    "token_unknown": {
        "ja": "この番号の API トークンはありません。andon user tokens で一覧を確認してください。",
        "en": "There is no API token of that number. List them with: andon user tokens",
    },
    "last_admin": {
        "ja": "ログインできる管理者がいなくなるため、変更できません。先にほかの人を管理者にしてください。",
        "en": "This is the last admin who can sign in. Make somebody else an admin first.",
    },
    "account_refused": {
        "ja": "この名前、パスワードまたは役割では登録できません。"
        "名前は 200 文字以内、パスワードは 8 文字以上 200 文字以内にしてください。",
        "en": "This name, password or role cannot be given. A name has up to 200 characters, a password 8 to 200.",
    },
    "request_refused": {
        "ja": "要求の内容を読み取れません。ページを開き直して、もう一度試してください。",
        "en": "The request cannot be understood. Open the page again and retry.",
    },
    **RECORD_ERRORS,
    **TRAINING_ERRORS,
    **JUDGING_ERRORS,
    **BACKUP_ERRORS,
    "request_too_large": {
        "ja": "送ったデータが大きすぎます。ファイルの場合は、上限を管理者に確認してください。",
        "en": "Too much was sent at once. For a file, ask an admin about the limit.",
    },
    "questions_wrong": {
        "ja": "評価に使うファイルを読み取れません。次に示す行またはファイルを直してください。",
        "en": "A file to evaluate by cannot be read. Mend the lines or the file named here.",
    },
    "settings_wrong": {
        "ja": "設定の値が正しくありません。andon.toml を確認してください。",
        "en": "A setting has a value that cannot be used. Check andon.toml.",
    },
    # edge: the model on this box
    "edge_failed": {
        "ja": "回答モデルに問題が起きました。管理者に連絡してください。",
        "en": "The answer model has a problem. Tell your admin.",
    },
    "model_missing": {
        "ja": "回答モデルのファイルがありません。管理者に連絡してください。",
        "en": "The answer model's file is missing. Tell your admin.",
    },
    "model_unreadable": {
        "ja": "回答モデルを読み込めません。管理者に連絡してください。",
        "en": "The answer model cannot be loaded. Tell your admin.",
    },
    "model_altered": {
        "ja": "回答モデルのファイルが登録時と異なります。使用せず、管理者に連絡してください。",
        "en": "The answer model's file is not the one that was listed, so it is not used. Tell your admin.",
    },
    "prompt_too_long": {
        "ja": "原文が長く、回答モデルに収まりません。",
        "en": "The manual's passage is too long for the answer model.",
    },
    "ask_refused": {
        "ja": "この回答モデルでは、指定された出力の形や条件は使えません。",
        "en": "This answer model cannot do what was asked of its output.",
    },
    "grammar_wrong": {
        "ja": "指定された文法または JSON スキーマに沿って出力できません。内容を確認してください。",
        "en": "The given grammar or JSON Schema cannot be followed. Check it.",
    },
    "adapter_unreadable": {
        "ja": "追加学習の差分(LoRA)を読み込めません。ファイルと元のモデルを確認してください。",
        "en": "The adapter (LoRA) cannot be loaded. Check its file and its base model.",
    },
    "generation_failed": {
        "ja": "回答の作成中に問題が起きました。",
        "en": "Something went wrong while the answer was being written.",
    },
    "runner_crashed": {
        "ja": "回答モデルが途中で止まりました。続くときは管理者に連絡してください。",
        "en": "The answer model broke off. Tell your admin if this happens again.",
    },
    "model_crashed": {
        "ja": "回答モデルが異常終了しました。原文はそのまま使えます。次の質問で自動的に起動し直します。"
        "続くときは管理者に連絡してください。",
        "en": "The answer model crashed. The manual's own words can still be used; the next question starts it again. "
        "Tell your admin if this goes on.",
    },
    "model_too_large": {
        "ja": "空きメモリが足りないため、回答モデルを読み込みません。context_tokens を下げるか、"
        "小さいモデルを選ぶよう管理者に依頼してください。必要量は andon doctor で確認できます。",
        "en": "There is not enough free memory for the answer model, so it is not loaded. Ask an admin to lower "
        "context_tokens or to choose a smaller model; `andon doctor` shows what it needs.",
    },
    "bundle_refused": {
        "ja": "配布フォルダを作れないか、配布フォルダとして読めません。下の説明を確認してください。",
        "en": "The bundle cannot be made, or is none; see the explanation below.",
    },
    "generation_stuck": {
        "ja": "回答モデルが応答しません。原文はそのまま見られます。管理者に連絡してください。",
        "en": "The answer model does not respond. The manual's own words can still be read. Tell your admin.",
    },
    "answer_late": {
        "ja": "時間内に回答を作成できませんでした。原文をご覧ください。",
        "en": "The answer was not written in time. Read the manual's own words.",
    },
    **MODEL_ERRORS,
    **NPU_ERRORS,
}
