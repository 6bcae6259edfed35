"""Drop zone: many files, or folders, dragged onto the admin page or chosen, and sent one after the other."""

from __future__ import annotations

import json
from html import escape
from typing import Any

from index.manuals.choose import suffixes
from ui.admin.cells import told
from ui.wording import Lang, say, say_error

# what the zone tells the page: which files could not be sent, once all are through
DROP_EVENT = "andon.drops(element, (refused) => trigger('sent', { refused }));"
_TEXTS = ("sending", "sent", "waiting", "stop_sending", "not_sent", "no_such_files")


def drop_html(lang: Lang, max_file_mb: int) -> str:
    """The zone. A screen reader and a keyboard reach its two buttons; dropping is a short cut."""
    texts = json.dumps({name: say(f"drop.{name}", lang) for name in _TEXTS}, ensure_ascii=False)
    known = " ".join(suffixes())
    return (
        f'<section class="a-drop" data-texts="{escape(texts)}" data-limit="{max_file_mb * 1024 * 1024}" '
        f'data-known="{escape(known)}" aria-label="{told("drop.title", lang)}">'
        f'<p class="a-drop-here">{told("drop.here", lang)}</p><div class="a-drop-choose">'
        f'<label class="a-button" id="upload">{told("admin.upload_button", lang)}'
        f'<input type="file" multiple class="a-unseen"></label>'
        f'<label class="a-button a-plain">{told("drop.folder", lang)}'
        f'<input type="file" multiple webkitdirectory class="a-unseen"></label></div>'
        f'<p class="a-note">{told("admin.upload_note", lang, megabytes=max_file_mb)}</p>'
        f'<div class="a-sending" role="status" aria-live="polite"></div></section>'
    )


def refused_text(refused: Any, lang: Lang) -> str:
    """Why a file could not be sent: what the service answered, in the reader's language. ``refused`` comes from the
    browser: name, code and message."""
    given = refused if isinstance(refused, dict) else {}
    name, code, message = (str(given.get(key, ""))[:500] for key in ("name", "code", "message"))
    if code in ("broken_off", "stopped", "too_many_bytes"):
        why = say(f"drop.{code}", lang)
    else:
        why = message if lang == "en" and message else say_error(code, lang, message)
    return say("admin.failed_file", lang, name=name, reason=why)
