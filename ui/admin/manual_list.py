"""Manual list: what is in the index, looked through by words, each manual with its facts and what can be done to it."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from html import escape
from urllib.parse import quote

from index.passage import Manual
from index.revisions import Revision
from ui.admin.belongs import for_html
from ui.admin.cells import blank, cell, head_row, told, when
from ui.admin.job_list import notes_html
from ui.wording import Lang, say

SHOWN = 50  # manuals at once; more are a word away
MANUAL_EVENTS = """
andon.asks(element, 'button.a-delete', 'delete-dialog', (b) => trigger('remove', { manual: b.dataset.manual }));
andon.picks(element, 'button.a-switch', (b) =>
  trigger('enable', { manual: b.dataset.manual, enabled: b.getAttribute('aria-checked') !== 'true' }));
"""


def manuals_html(
    manuals: Sequence[Manual],
    lang: Lang,
    words: str = "",
    revisions: Mapping[str, Sequence[Revision]] | None = None,
    shown: int = SHOWN,
) -> str:
    """The manuals that hold all ``words`` in title, file name, line or machine. ``revisions``: earlier editions by
    manual, where there are any."""
    found = [manual for manual in manuals if holds(manual, words)]
    title = f'<h2 class="a-title">{told("admin.manuals", lang)}<small>{_count(manuals, found, lang)}</small></h2>'
    if not manuals:
        return title + blank("admin.no_manuals", lang)
    if not found:
        return title + blank("admin.no_such_manual", lang)
    head = head_row(
        (("admin.manual", ""), ("admin.revision", "a-n"), ("admin.pages", "a-n"), ("admin.passages", "a-n"),
         ("admin.lang", ""), ("admin.added", ""), ("admin.for", ""), ("admin.searched", ""), ("", "")), lang,
    )  # fmt: skip
    rows = "".join(_manual(manual, (revisions or {}).get(manual.id, ()), lang) for manual in found[:shown])
    more = len(found) - shown
    left = f'<p class="a-note">{told("admin.more_manuals", lang, count=more)}</p>' if more > 0 else ""
    table = f'<table class="a-list a-manuals">{head}<tbody>{rows}</tbody></table>'
    return f'{title}<div class="a-card a-scroll">{table}</div>{left}'


def holds(manual: Manual, words: str) -> bool:
    """Whether all ``words`` stand in what the manual is called and what it is for, however they are typed."""
    text = _plain(" ".join((manual.title, manual.name, *manual.lines, *manual.machines)))
    return all(word in text for word in _plain(words).split())


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _count(manuals: Sequence[Manual], found: Sequence[Manual], lang: Lang) -> str:
    if not manuals:
        return ""
    if len(found) != len(manuals):
        return told("admin.manuals_found", lang, found=f"{len(found):,}", manuals=f"{len(manuals):,}")
    passages = sum(manual.passages for manual in manuals)
    counted = told("admin.manuals_count", lang, manuals=f"{len(manuals):,}", passages=f"{passages:,}")
    off = sum(not manual.enabled for manual in manuals)
    return counted + (told("admin.manuals_off", lang, count=off) if off else "")


def _manual(manual: Manual, revisions: Sequence[Revision], lang: Lang) -> str:
    data = f'data-manual="{escape(manual.id)}" data-name="{escape(manual.name)}"'
    switch = (
        f'<button type="button" class="a-switch" role="switch" aria-checked="{"true" if manual.enabled else "false"}" '
        f'{data} aria-label="{told("admin.switch_name", lang, name=manual.name)}"><i aria-hidden="true"></i>'
        f"<span>{told('admin.switch_on' if manual.enabled else 'admin.switch_off', lang)}</span></button>"
    )
    off = "" if manual.enabled else f'<span class="a-chip">{told("admin.not_searched", lang)}</span>'
    return (
        f'<tr data-manual="{escape(manual.id)}"{"" if manual.enabled else " class=a-off"}>'
        f'<td lang="{manual.lang}">{escape(manual.title)}'
        f"<small>{escape(manual.name)}</small>{off}{notes_html(manual, lang)}{_earlier(revisions, lang)}</td>"
        f"{cell('admin.revision', 'a-n', str(manual.revision), lang)}"
        f"{cell('admin.pages', 'a-n', f'{manual.pages:,}', lang)}"
        f"{cell('admin.passages', 'a-n', f'{manual.passages:,}', lang)}"
        f"{cell('admin.lang', 'a-m', say(f'admin.lang.{manual.lang}', lang), lang)}"
        f"{cell('admin.added', 'a-m', when(manual.added_at), lang)}{for_html(manual, lang)}"
        f'<td class="a-for">{switch}</td><td class="a-acts">{_acts(manual, data, lang)}</td></tr>'
    )


def _acts(manual: Manual, data: str, lang: Lang) -> str:
    place = quote(manual.id, safe="")
    read, load, gone = (told(f"admin.{act}_name", lang, name=manual.name) for act in ("read", "download", "delete"))
    return (
        f'<a class="a-act" href="#reading/{place}/1" aria-label="{read}">'
        f'{told("admin.read", lang)}</a><a class="a-act" href="/manuals/{place}/original" '
        f'download="{escape(manual.name)}" aria-label="{load}">{told("admin.download", lang)}</a>'
        f'<button type="button" class="a-delete" {data} aria-label="{gone}">'
        f"{told('admin.delete', lang)}</button>"
    )


def _earlier(revisions: Sequence[Revision], lang: Lang) -> str:
    """The editions there were, folded; only where there was more than one."""
    if len(revisions) < 2:
        return ""
    rows = "".join(
        f"<li>{told('admin.edition', lang, number=each.number, at=when(each.added_at), sha256=each.sha256[:12])}</li>"
        for each in revisions
    )
    return f"<details><summary>{told('admin.editions', lang, count=len(revisions))}</summary><ul>{rows}</ul></details>"


def dialog_html(lang: Lang) -> str:
    """Asks before a manual is deleted; page.js opens it and fills in the name."""
    return (
        f'<dialog class="a-dialog" id="delete-dialog" aria-labelledby="delete-title"><h2 id="delete-title">'
        f'{told("admin.delete_title", lang)}</h2><p class="a-dialog-name"></p><p>{told("admin.delete_text", lang)}</p>'
        f'<div><button type="button" class="a-no" autofocus>{told("admin.delete_no", lang)}</button>'
        f'<button type="button" class="a-yes">{told("admin.delete_yes", lang)}</button></div></dialog>'
    )
