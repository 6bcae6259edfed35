"""Words: the admin page's part for the site's own words: list, edit, delete, read from and write to files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr

from index.errors import IndexFailed
from index.search.synonym_file import MOST_BYTES, read_groups, words_of_line
from index.search.synonyms import Group
from ui.wording import Lang, say, say_error

if TYPE_CHECKING:
    from assistant.records.entry import Act
    from index.library import Library

# what the list tells the page: a group to be edited, and one to be deleted once the reader has confirmed it
LIST_EVENT = (
    "andon.picks(element, 'button.a-reword', (b) => trigger('reword', { group: b.dataset.group }));"
    "andon.asks(element, 'button.a-forget', 'words-dialog', (b) => trigger('forget', { group: b.dataset.group }));"
)
FOCUS = "() => { document.querySelector('#words textarea, #words input')?.focus(); }"


class WordsPart:
    """Components and what they do. ``lang_of``: the language of the page that a request comes from; ``note``: writes
    into the log who changed what."""

    def __init__(
        self,
        library: Library,
        lang_of: Callable[[gr.Request], Lang],
        note: Callable[[gr.Request, Act, str], None],
    ) -> None:
        self._table = library.synonyms
        self._lang = lang_of
        self._note = note

    def build(self) -> None:
        self._title = gr.HTML(apply_default_css=False)
        with gr.Row(elem_id="words-row"):
            self._line = gr.Textbox(lines=1, max_lines=1, max_length=4000, elem_id="words", scale=1)
            self._save = gr.Button(elem_id="words-save", scale=0)
        self._said = gr.HTML(apply_default_css=False, elem_id="words-said")
        self._list = gr.HTML(apply_default_css=False, elem_id="words-list", js_on_load=LIST_EVENT)
        with gr.Row(elem_id="words-files"):
            self._file = gr.UploadButton(" ", file_types=[".csv", ".tsv", ".txt"], elem_id="words-file", scale=0)
            self._links = gr.HTML(apply_default_css=False)
        self._dialog = gr.HTML(apply_default_css=False)
        self._editing = gr.State(0)  # id of the group that is being edited; 0 for none

    @property
    def texts(self) -> list[Any]:
        """The components that ``in_language`` fills."""
        return [self._title, self._line, self._save, self._list, self._file, self._links, self._dialog, self._said]

    def wire(self, quiet: dict[str, Any]) -> None:
        changed = [self._title, self._said, self._list]
        for event in (self._save.click, self._line.submit):
            event(self._put, [self._line, self._editing], [self._line, self._editing, *changed], **quiet)
        edited = [self._line, self._editing, self._said]
        self._list.reword(self._reword, outputs=edited, **quiet).then(None, js=FOCUS, **quiet)
        self._list.forget(self._forget, outputs=changed, **quiet)
        self._file.upload(self._take, self._file, [self._file, *changed], api_visibility="private")

    def in_language(self, lang: Lang) -> list[Any]:
        title, rows = self._shown(lang)
        label, example = say("admin.words_label", lang), say("admin.words_example", lang)
        links = "".join(
            f'<a class="a-open" href="/synonyms/file?format={kind}" download>{_say(f"admin.words_as_{kind}", lang)}</a>'
            for kind in ("csv", "tsv")
        )
        return [
            title, gr.update(label=label, placeholder=example), say("admin.words_save", lang), rows,
            gr.update(label=say("admin.words_file", lang)), f'<p class="a-links">{links}</p>', dialog_html(lang), "",
        ]  # fmt: skip

    def _shown(self, lang: Lang) -> tuple[str, str]:
        groups = self._table.groups()
        count = f"<small>{_say('admin.words_count', lang, groups=f'{len(groups):,}')}</small>" if groups else ""
        title = f'<h2 class="a-title">{_say("admin.words", lang)}{count}</h2>'
        return f'{title}<p class="a-note">{_say("admin.words_note", lang)}</p>', words_html(groups, lang)

    def _put(self, line: str, editing: int, request: gr.Request) -> list[Any]:
        lang, words = self._lang(request), words_of_line(line or "")
        try:
            if editing and not words:
                return ["", 0, *self._after("", lang)]
            put = self._table.edit(editing, words) if editing else self._table.add(words)
            self._note(request, "words", str(put.group))
        except IndexFailed as failed:
            return [gr.skip(), editing, *self._after(_bad(_reason(failed, lang)), lang)]
        return ["", 0, *self._after(_good(say(f"words.{put.change}", lang, words=put.group)), lang)]

    def _reword(self, request: gr.Request, event: gr.EventData) -> list[Any]:
        lang = self._lang(request)
        group = next((group for group in self._table.groups() if str(group.id) == str(event.group)), None)
        if group is None:
            return [gr.skip(), 0, _bad(say_error("synonym_unknown", lang))]
        return [str(group), group.id, _good(say("admin.words_editing", lang, words=group))]

    def _forget(self, request: gr.Request, event: gr.EventData) -> list[Any]:
        lang = self._lang(request)
        try:
            group = self._table.remove_group(int(event.group))
            self._note(request, "words", f"- {group}")
        except IndexFailed as failed:
            return self._after(_bad(_reason(failed, lang)), lang)
        return self._after(_good(say("admin.words_deleted", lang, words=group)), lang)

    def _take(self, path: str | None, request: gr.Request) -> list[Any]:
        lang, said = self._lang(request), ""
        if path:
            file = Path(path)
            try:
                with file.open("rb") as source:
                    groups = read_groups(source.read(MOST_BYTES + 1), file.name)
                changes = [put.change for put in self._table.add_all(groups)]
                counts = {change: changes.count(change) for change in ("added", "joined", "unchanged")}
                self._note(request, "words", file.name)
                said = _good(say("words.imported", lang, **counts))
            except IndexFailed as failed:
                said = _bad(_reason(failed, lang))
            finally:
                file.unlink(missing_ok=True)
        return [None, *self._after(said, lang)]

    def _after(self, said: str, lang: Lang) -> list[Any]:
        title, rows = self._shown(lang)
        return [title, said, rows]


def words_html(groups: Sequence[Group], lang: Lang) -> str:
    """One row a group, with what can be done to it."""
    if not groups:
        return f'<div class="a-card"><p class="a-blank">{_say("admin.words_none", lang)}</p></div>'
    rows = "".join(_row(group, lang) for group in groups)
    return (
        f'<div class="a-card a-tall" tabindex="0" role="region" aria-label="{_say("admin.words", lang)}">'
        f'<table class="a-list a-words"><tbody>{rows}</tbody></table></div>'
    )


def _row(group: Group, lang: Lang) -> str:
    words = "".join(f"<span>{escape(word)}</span>" for word in group.words)
    data = f'data-group="{group.id}" data-name="{escape(str(group))}"'
    buttons = "".join(
        f'<button type="button" class="a-act {kind}" {data} aria-label="{_say(hint, lang, words=group)}">'
        f"{_say(text, lang)}</button>"
        for kind, hint, text in (
            ("a-reword", "admin.words_edit_name", "admin.words_edit"),
            ("a-forget", "admin.words_delete_name", "admin.delete"),
        )
    )
    return f'<tr data-group="{group.id}"><td class="a-same">{words}</td><td class="a-acts">{buttons}</td></tr>'


def dialog_html(lang: Lang) -> str:
    """Asks before a group is deleted; page.js opens it and fills in the words."""
    return (
        f'<dialog class="a-dialog" id="words-dialog" aria-labelledby="words-title"><h2 id="words-title">'
        f'{_say("admin.words_delete_title", lang)}</h2><p class="a-dialog-name"></p>'
        f"<p>{_say('admin.words_delete_text', lang)}</p>"
        f'<div><button type="button" class="a-no" autofocus>{_say("admin.delete_no", lang)}</button>'
        f'<button type="button" class="a-yes">{_say("admin.delete_yes", lang)}</button></div></dialog>'
    )


def _reason(failed: IndexFailed, lang: Lang) -> str:
    """What is wrong, with the word and the line of the file where that is known."""
    reason = say_error(failed.code, lang, failed.message)
    word, line = failed.details.get("word"), failed.details.get("line")
    if line:
        return say("words.bad_line", lang, line=line, word=word or "", reason=reason)
    return say("words.bad_word", lang, word=word, reason=reason) if word else reason


def _good(text: str) -> str:
    return f'<p class="a-card a-toast" role="status">{escape(text)}</p>'


def _bad(text: str) -> str:
    return f'<p class="a-card a-toast a-bad" role="alert">{escape(text)}</p>'


def _say(key: str, lang: Lang, **values: object) -> str:
    return escape(say(key, lang, **values))
