"""Box: the admin page's part for what is loaded and how the box is, for the backup, and for proving the index."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr

from assistant.backup.archive import write_backup
from assistant.errors import AssistantFailed
from assistant.health import Health, Loaded, look
from index.errors import IndexFailed
from ui.admin.cells import done_html, failed_html, title, told
from ui.box import Check, box_checks, software_of
from ui.translation import in_japanese
from ui.wording import Lang, all_wording, say, say_error

if TYPE_CHECKING:
    from assistant.build import Andon
    from assistant.records.entry import Act
    from index.verify import Report

BOX_EVENTS = """
andon.shown(element, 'box', () => trigger('look', {}));
andon.picks(element, 'button.a-prove', () => trigger('prove', {}));
element.addEventListener('submit', (event) => {
  event.preventDefault();
  trigger('keep', Object.fromEntries(new FormData(event.target)));
});
"""
WARM_BYTES = 1e9  # of memory or disk left; below it a bar is marked


class BoxPart:
    """Components and what they do. ``lang_of``: the language of the page that a request comes from; ``note``: writes
    into the log who did what."""

    def __init__(
        self, andon: Andon, lang_of: Callable[[gr.Request], Lang], note: Callable[[gr.Request, Act, str], None]
    ) -> None:
        self._andon = andon
        self._lang = lang_of
        self._note = note

    def build(self) -> None:
        self._said = gr.HTML(apply_default_css=False, elem_id="box-said")
        self._box = gr.HTML(apply_default_css=False, elem_id="box", js_on_load=BOX_EVENTS)

    def wire(self, quiet: dict[str, Any]) -> None:
        shown = [self._said, self._box]
        self._box.look(self._look, outputs=shown, **quiet)
        slow = {**quiet, "show_progress": "minimal", "concurrency_limit": 1}
        self._box.prove(self._prove, outputs=self._said, **slow)
        self._box.keep(self._keep, outputs=self._said, **slow)

    def _look(self, request: gr.Request) -> list[Any]:
        lang = self._lang(request)
        return ["", box_html(look(self._andon), list(self._checks(lang)), str(self._andon.settings.data), lang)]

    def _checks(self, lang: Lang) -> Iterator[Check]:
        from edge.board.board import read_board

        yield from box_checks(read_board(), software_of(self._andon.settings), lang)

    def _prove(self, request: gr.Request) -> str:
        lang = self._lang(request)
        try:
            return report_html(self._andon.library.verify(), lang)
        except IndexFailed as failed:
            return failed_html(say_error(failed.code, lang, failed.message))

    def _keep(self, request: gr.Request, event: gr.EventData) -> str:
        """Write a backup into a folder of the box."""
        lang, folder = self._lang(request), str(event.folder).strip()
        try:
            made = write_backup(self._andon.settings.data, Path(folder).expanduser())
        except (AssistantFailed, IndexFailed) as failed:
            reason = in_japanese("messages", failed.message)
            why = str(failed) if lang == "en" else f"{say_error(failed.code, lang)} ({reason})"
            return failed_html(why)
        self._note(request, "backup", made.path.name)
        megabytes = f"{made.bytes / 1e6:,.1f}"
        return done_html(say("backup.made", lang, path=made.path, files=f"{made.files:,}", megabytes=megabytes))


def box_html(health: Health, checks: list[Check], data: str, lang: Lang) -> str:
    """Models, how the box is, the backup, and the button that proves the index."""
    return "".join(
        (title("box.models", lang), _models(health, lang), title("box.health", lang), _health(health, lang),
         _checks_html(checks, lang), title("box.backup", lang, note="box.backup_note"), _backup(data, lang),
         title("box.index", lang, note="box.index_note"),
         f'<button type="button" class="a-act a-prove">{told("box.prove", lang)}</button>')
    )  # fmt: skip


def _models(health: Health, lang: Lang) -> str:
    rows = "".join(_model(model, lang) for model in health.models)
    speed = told("box.no_speed", lang)
    if health.speed is not None:
        rate = f"{health.speed.tokens_per_s:,.1f}"
        speed = told("box.speed", lang, rate=rate, count=health.speed.answers)
    return f'<div class="a-card a-facts"><dl>{rows}<dt>{told("box.answers", lang)}</dt><dd>{speed}</dd></dl></div>'


def _model(model: Loaded, lang: Lang) -> str:
    name = escape(model.name) or told("box.none", lang)
    facts = []
    if model.bytes:
        facts.append(escape(f"{model.file} · {model.bytes / 1e6:,.1f} MB"))
    if model.sha256:
        facts.append(f'<span class="a-hash">SHA-256 {model.sha256}</span>')
        facts.append(told("box.listed" if model.listed else "box.not_listed", lang))
    elif model.bytes:
        facts.append(told("box.not_hashed", lang))
    if model.problem:
        facts.append(f'<strong class="a-problem">{escape(model.problem)}</strong>')
    more = "".join(f"<small>{fact}</small>" for fact in facts)
    return f"<dt>{told(f'box.role.{model.role}', lang)}</dt><dd>{name}{more}</dd>"


def _health(health: Health, lang: Lang) -> str:
    memory, disk, vectors = health.memory, health.disk, health.vectors
    rows = []
    if memory.total:
        values = {name: f"{getattr(memory, name) / 1e9:.1f}" for name in ("available", "total", "process")}
        rows.append(("box.memory", told("box.memory_left", lang, **values), memory.available < WARM_BYTES))
    values = {name: _megabytes(getattr(disk, name)) for name in ("index", "originals", "records")}
    left = told("box.disk_left", lang, free=f"{disk.free / 1e9:,.1f}", **values)
    rows.append(("box.disk", left, disk.free < WARM_BYTES))
    rows.append(("box.jobs", told("box.jobs_now", lang, running=health.running, waiting=health.waiting), False))
    if vectors is not None:
        state = "box.vectors_whole" if vectors.complete else "box.vectors_made"
        told_state = told(state, lang, done=f"{vectors.done:,}", total=f"{vectors.total:,}")
        rows.append(("box.vectors", told_state + (f" {escape(vectors.problem)}" if vectors.problem else ""),
                     not vectors.complete))  # fmt: skip
    if health.missed:
        reason = told("box.missed", lang, count=health.missed, reason=health.missed_reason)
        rows.append(("box.records", reason, True))
    listed = "".join(
        f"<dt>{told(key, lang)}</dt><dd{' class=a-problem' if bad else ''}>{text}</dd>" for key, text, bad in rows
    )
    return f'<div class="a-card a-facts"><dl>{listed}</dl></div>'


def _megabytes(count: int) -> str:
    return f"{count / 1e6:,.1f}"


def _checks_html(checks: list[Check], lang: Lang) -> str:
    """What andon doctor says of the box itself."""
    rows = "".join(
        f'<li class="a-check-{check.state}"><b>{told(f"box.state.{check.state}", lang)}</b> {escape(check.found)}'
        f"{f'<small>{escape(check.remedy)}</small>' if check.remedy else ''}</li>"
        for check in checks
    )
    if not rows:
        return ""
    name = told("box.checks", lang, count=len(checks))
    return f'<details class="a-card a-facts"><summary>{name}</summary><ul>{rows}</ul></details>'


def _backup(data: str, lang: Lang) -> str:
    return (
        '<div class="a-card a-facts"><p><a class="a-button" href="/backup" download>'
        f"{told('box.download', lang)}</a></p>"
        f'<form class="a-inline"><label class="a-field">{told("box.folder", lang)}<input name="folder" required '
        f'maxlength="1000" placeholder="/media/usb" autocomplete="off"></label>'
        f'<button type="submit" class="a-act a-save">{told("box.keep", lang)}</button></form>'
        f'<p class="a-note">{told("box.restore", lang)}</p><pre class="a-command">andon restore FILE --data '
        f"{escape(data)} --replace</pre></div>"
    )


def report_html(report: Report, lang: Lang) -> str:
    """What was looked at, and each thing that does not agree, with what helps."""
    checked = say(
        "verify.checked", lang, manuals=report.manuals, passages=report.passages, vectors=report.vectors,
        originals=report.originals, embedded=report.embedded,
    )  # fmt: skip
    if not report.findings:
        return done_html(f"{checked} {say('verify.agrees', lang)}")
    lines = [
        say("verify.found", lang, what=say(f"verify.{each.kind}", lang, count=each.count)) for each in report.findings
    ]
    wording = all_wording()
    lines += [say(key, lang) for each in report.findings if (key := f"verify.{each.kind}.help") in wording]
    return failed_html(" ".join((checked, *lines, say("verify.use_repair", lang))))
