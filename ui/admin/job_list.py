"""Job list: the files on their way into the index: how far each is and how long it takes; what can be done to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from index.ingest.jobs import Job
from index.passage import Manual
from ui.admin.cells import blank, head_row, told
from ui.admin.retries import RETRY_EVENT, retryable
from ui.coverage import coverage_notes
from ui.wording import Lang, say, say_error

JOB_EVENTS = (
    RETRY_EVENT + "andon.picks(element, 'button.a-cancel', (b) => trigger('halt', { job: b.dataset.job || '' }));"
)


def jobs_html(
    jobs: Sequence[Job], lang: Lang, manuals: Sequence[Manual] = (), counts: Mapping[str, int] | None = None
) -> str:
    """One row a file: its state, how many pages are read, and for a failed one what is wrong and what helps. What was
    not read of a file that was added is told as ``manuals`` know it. ``counts``: how many wait and run in all."""
    again = {job.id for job in retryable(jobs)}
    waiting = (counts or {}).get("queued", 0)
    small = f"<small>{told('admin.jobs_waiting', lang, count=waiting)}</small>" if waiting else ""
    buttons = _all_again(len(again), lang) + _all_halted(waiting, lang)
    title = (
        f'<div class="a-titled"><h2 class="a-title">{told("admin.jobs", lang)}{small}</h2><div>{buttons}</div></div>'
    )
    if not jobs:
        return title + blank("admin.no_jobs", lang)
    known = {manual.id: manual for manual in manuals}
    rows = "".join(_job(job, known.get(job.manual_id), job.id in again, lang) for job in jobs)
    head = head_row((("admin.file", ""), ("admin.state", ""), ("", "")), lang)
    region = f'tabindex="0" role="region" aria-label="{told("admin.jobs", lang)}"'
    return (
        f'{title}<div class="a-card a-scroll a-tall" {region}>'
        f'<table class="a-list a-jobs">{head}<tbody>{rows}</tbody></table></div>'
    )


def _all_again(count: int, lang: Lang) -> str:
    if count < 2:  # the one has its own button
        return ""
    return f'<button type="button" class="a-act a-retry">{told("admin.retry_all", lang, count=count)}</button>'


def _all_halted(count: int, lang: Lang) -> str:
    if count < 2:
        return ""
    return f'<button type="button" class="a-act a-cancel">{told("admin.halt_all", lang, count=count)}</button>'


def _job(job: Job, manual: Manual | None, again: bool, lang: Lang) -> str:
    read = job.state == "running" and 0 < job.pages_total <= job.pages_done
    state = "indexing" if read else job.state
    more = ""
    if job.state == "running" and job.pages_total:
        pages = told("admin.pages_done", lang, done=job.pages_done, total=job.pages_total)
        left = " · " + told("admin.seconds_left", lang, seconds=job.seconds_left) if job.seconds_left else ""
        more = (
            f'<progress max="{job.pages_total}" value="{job.pages_done}" aria-label="{escape(job.name)}"></progress>'
            f"<small>{pages}{left}</small>"
        )
    elif job.state == "failed":
        more = f"<small>{escape(reason(job, lang))}</small>"
    elif job.state == "done" and manual is not None:
        more = notes_html(manual, lang)
    elif job.state == "done" and not job.manual_id:
        more = f"<small>{told('admin.unpacked', lang, count=job.pages_done)}</small>"
    button = _button(job, "retry", lang) if again else ""
    button = _button(job, "halt", lang) if job.state in ("queued", "running") else button
    return (
        f'<tr data-job="{job.id}" data-state="{job.state}"><td>{escape(job.name)}</td>'
        f'<td><span class="a-state a-state-{job.state}">{told(f"admin.state.{state}", lang)}</span>{more}</td>'
        f'<td class="a-acts">{button}</td></tr>'
    )


def _button(job: Job, act: str, lang: Lang) -> str:
    kind = "a-cancel" if act == "halt" else "a-retry"
    return (
        f'<button type="button" class="a-act {kind}" data-job="{job.id}" '
        f'aria-label="{told(f"admin.{act}_name", lang, name=job.name)}">{told(f"admin.{act}", lang)}</button>'
    )


def notes_html(manual: Manual, lang: Lang) -> str:
    """What of the manual was not read, in a line each."""
    return "".join(f"<small>{escape(note)}</small>" for note in coverage_notes(manual.coverage, lang))


def reason(job: Job, lang: Lang) -> str:
    """Why a file could not be added, in the reader's language; English readers get the error's own words, which name
    the file and what it really is."""
    if lang == "en" and job.error_code != "unexpected":
        return job.error
    return say_error(job.error_code, lang, job.error)


def halted_text(names: Sequence[str], lang: Lang) -> str:
    """What was cancelled, in one sentence."""
    if len(names) == 1:
        return say("admin.halted", lang, name=names[0])
    return say("admin.halted_many", lang, count=len(names))
