"""Wording of errors: for each stable code, what happened and what helps."""

from __future__ import annotations

from ui.wording import Entry

ERRORS: dict[str, Entry] = {
    "unknown_format": {
        "ja": "このファイルは読み取れない形式か、拡張子と中身が一致していません。PDF、Markdown、HTML、テキストで登録してください。",
        "en": "This file's format cannot be read, or its content is not what its name says. "
        "Upload PDF, Markdown, HTML or plain text.",
    },
}
