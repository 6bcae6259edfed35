"""Lists: the admin page's files on their way, manuals, search hits and the delete dialog, as HTML."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from html import escape

from index.ingest.jobs import Job
from index.passage import Hit, Manual
from index.search.searcher import Results
from ui.belongs import for_html
from ui.cards import body_html, head_html
from ui.coverage import coverage_notes
from ui.retries import retryable
from ui.wording import Lang, say, say_error


def jobs_html(jobs: Sequence[Job], lang: Lang, manuals: Sequence[Manual] = ()) -> str:
    """One row a file: its state, how many pages are read, and for a failed one what is wrong and what helps. What was
    not read of a file that was added is told as ``manuals`` know it."""
    again = {job.id for job in retryable(jobs)}
    title = (
        f'<div class="a-titled"><h2 class="a-title">{_say("admin.jobs", lang)}</h2>{_all_again(len(again), lang)}</div>'
    )
    if not jobs:
        return f'{title}<div class="a-card"><p class="a-blank">{_say("admin.no_jobs", lang)}</p></div>'
    known = {manual.id: manual for manual in manuals}
    rows = "".join(_job(job, known.get(job.manual_id), job.id in again, lang) for job in jobs)
    head = _head((("admin.file", ""), ("admin.state", ""), ("", "")), lang)
    return f'{title}<div class="a-card a-scroll"><table class="a-list a-jobs">{head}<tbody>{rows}</tbody></table></div>'


def _all_again(count: int, lang: Lang) -> str:
    if count < 2:  # the one has its own button
        return ""
    return f'<button type="button" class="a-act a-retry">{_say("admin.retry_all", lang, count=count)}</button>'


def _again(job: Job, lang: Lang) -> str:
    hint = _say("admin.retry_name", lang, name=job.name)
    return (
        f'<button type="button" class="a-act a-retry" data-job="{job.id}" aria-label="{hint}">'
        f"{_say('admin.retry', lang)}</button>"
    )


def _job(job: Job, manual: Manual | None, again: bool, lang: Lang) -> str:
    read = job.state == "running" and 0 < job.pages_total <= job.pages_done
    state = "indexing" if read else job.state
    more = ""
    if job.state == "running" and job.pages_total:
        pages = _say("admin.pages_done", lang, done=job.pages_done, total=job.pages_total)
        left = " · " + _say("admin.seconds_left", lang, seconds=job.seconds_left) if job.seconds_left else ""
        more = (
            f'<progress max="{job.pages_total}" value="{job.pages_done}" aria-label="{escape(job.name)}"></progress>'
            f"<small>{pages}{left}</small>"
        )
    elif job.state == "failed":
        more = f"<small>{escape(reason(job, lang))}</small>"
    elif job.state == "done" and manual is not None:
        more = _notes(manual, lang)
    elif job.state == "done" and not job.manual_id:
        more = f"<small>{_say('admin.unpacked', lang, count=job.pages_done)}</small>"
    return (
        f'<tr data-job="{job.id}" data-state="{job.state}"><td>{escape(job.name)}</td>'
        f'<td><span class="a-state a-state-{job.state}">{_say(f"admin.state.{state}", lang)}</span>{more}</td>'
        f'<td class="a-acts">{_again(job, lang) if again else ""}</td></tr>'
    )


def _notes(manual: Manual, lang: Lang) -> str:
    return "".join(f"<small>{escape(note)}</small>" for note in coverage_notes(manual.coverage, lang))


def reason(job: Job, lang: Lang) -> str:
    """Why a file could not be added, in the reader's language; English readers get the error's own words, which name
    the file and what it really is."""
    if lang == "en" and job.error_code != "unexpected":
        return job.error
    return say_error(job.error_code, lang, job.error)


def manuals_html(manuals: Sequence[Manual], lang: Lang) -> str:
    passages = sum(manual.passages for manual in manuals)
    count = _say("admin.manuals_count", lang, manuals=len(manuals), passages=passages) if manuals else ""
    title = f'<h2 class="a-title">{_say("admin.manuals", lang)}<small>{count}</small></h2>'
    if not manuals:
        return f'{title}<div class="a-card"><p class="a-blank">{_say("admin.no_manuals", lang)}</p></div>'
    head = _head(
        (("admin.manual", ""), ("admin.revision", "a-n"), ("admin.pages", "a-n"), ("admin.passages", "a-n"),
         ("admin.lang", ""), ("admin.added", ""), ("admin.for", ""), ("", "")), lang,
    )  # fmt: skip
    rows = "".join(_manual(manual, lang) for manual in manuals)
    table = f'<table class="a-list a-manuals">{head}<tbody>{rows}</tbody></table>'
    return f'{title}<div class="a-card a-scroll">{table}</div>'


def _manual(manual: Manual, lang: Lang) -> str:
    hint = _say("admin.delete_name", lang, name=manual.name)
    return (
        f'<tr data-manual="{escape(manual.id)}"><td lang="{manual.lang}">{escape(manual.title)}'
        f"<small>{escape(manual.name)}</small>{_notes(manual, lang)}</td>"
        f"{_cell('admin.revision', 'a-n', str(manual.revision), lang)}"
        f"{_cell('admin.pages', 'a-n', f'{manual.pages:,}', lang)}"
        f"{_cell('admin.passages', 'a-n', f'{manual.passages:,}', lang)}"
        f"{_cell('admin.lang', 'a-m', say(f'admin.lang.{manual.lang}', lang), lang)}"
        f"{_cell('admin.added', 'a-m', _when(manual.added_at), lang)}{for_html(manual, lang)}"
        f'<td><button type="button" class="a-delete" data-manual="{escape(manual.id)}" '
        f'data-name="{escape(manual.name)}" aria-label="{hint}">{_say("admin.delete", lang)}</button></td></tr>'
    )


def dialog_html(lang: Lang) -> str:
    """Asks before a manual is deleted; page.js opens it and fills in the name."""
    return (
        f'<dialog class="a-dialog" id="delete-dialog" aria-labelledby="delete-title"><h2 id="delete-title">'
        f'{_say("admin.delete_title", lang)}</h2><p class="a-dialog-name"></p><p>{_say("admin.delete_text", lang)}</p>'
        f'<div><button type="button" class="a-no" autofocus>{_say("admin.delete_no", lang)}</button>'
        f'<button type="button" class="a-yes">{_say("admin.delete_yes", lang)}</button></div></dialog>'
    )


def hits_html(results: Results, lang: Lang) -> str:
    """What a search finds, best first, with score and why."""
    notes = ""
    if results.unknown_codes:
        codes = ", ".join(results.unknown_codes)
        notes = f'<p class="a-note">{_say("admin.unknown_codes", lang, codes=codes)}</p>'
    if results.choices:
        places = " / ".join(" > ".join((choice.title, *choice.section)) for choice in results.choices)
        notes += f'<p class="a-note">{_say("admin.choices", lang, places=places)}</p>'
    if not results.hits:
        return f'{notes}<p class="a-note" role="status">{_say("admin.no_hits", lang)}</p>'
    return notes + "".join(_hit(hit, rank, lang) for rank, hit in enumerate(results.hits, start=1))


def _hit(hit: Hit, rank: int, lang: Lang) -> str:
    score = f'<li class="a-score">{_say("admin.score", lang, score=f"{hit.score:.3f}")}</li>'
    held = f"<li>{_say('admin.support', lang, percent=f'{hit.support * 100:.0f}')}</li>"
    why = "".join(
        f"<li>{_say(f'admin.why.{why.by}', lang, rank=why.rank)}{escape(f' ({why.detail})' if why.detail else '')}</li>"
        for why in hit.why
    )
    return (
        f'<details class="a-card a-hit"><summary class="a-head">{head_html(hit, rank, lang, folded=True)}</summary>'
        f'<ul class="a-why">{score}{why}{held}</ul>{body_html(hit, lang)}</details>'
    )


def _head(columns: Sequence[tuple[str, str]], lang: Lang) -> str:
    cells = "".join(
        f'<th scope="col" class="{kind}">{_say(key, lang)}</th>' if key else "<th></th>" for key, kind in columns
    )
    return f"<thead><tr>{cells}</tr></thead>"


def _cell(key: str, kind: str, value: str, lang: Lang) -> str:
    """A cell that carries its column's name, for phones, where each row is a small card."""
    return f'<td class="{kind}" data-label="{_say(key, lang)}">{escape(value)}</td>'


def _when(added_at: str) -> str:
    """UTC in ISO 8601 -> the box's own time, to the minute."""
    return datetime.fromisoformat(added_at).astimezone().strftime("%Y-%m-%d %H:%M")


def _say(key: str, lang: Lang, **values: object) -> str:
    return escape(say(key, lang, **values))
