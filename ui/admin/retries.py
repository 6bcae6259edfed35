"""Retries: files that could not be added are queued once more, one or all, as when text recognition came since."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from index.errors import OriginalLost
from index.ingest.jobs import Job, JobQueue
from ui.wording import Lang, say

RETRY_EVENT = "andon.picks(element, 'button.a-retry', (b) => trigger('again', { job: b.dataset.job || '' }));"


@dataclass(frozen=True, slots=True)
class Retried:
    """The names of the files that wait again, and of those whose file is no longer kept."""

    queued: tuple[str, ...]
    lost: tuple[str, ...]


def retryable(jobs: Sequence[Job]) -> list[Job]:
    """The failed ones of ``jobs`` (newest first) whose file was not sent again since: an older one must not replace
    it."""
    found, seen = [], set()
    for job in jobs:
        if job.state == "failed" and job.name not in seen:
            found.append(job)
        seen.add(job.name)
    return found


def retry_jobs(queue: JobQueue, jobs: Iterable[Job]) -> Retried:
    """Queue each of ``jobs`` again, the oldest first; one whose file has gone does not stop the others."""
    queued, lost = [], []
    for job in sorted(jobs, key=lambda one: one.id):
        try:
            queue.retry(job.id)
            queued.append(job.name)
        except OriginalLost:
            lost.append(job.name)
    return Retried(tuple(queued), tuple(lost))


def retried_html(retried: Retried, lang: Lang) -> str:
    """What became of it, in one or two lines."""
    between = "、" if lang == "ja" else ", "
    parts = []
    if retried.queued:
        text = say("admin.retried", lang, names=between.join(retried.queued))
        parts.append(f'<p class="a-card a-toast" role="status">{escape(text)}</p>')
    if retried.lost:
        text = say("admin.retry_lost", lang, names=between.join(retried.lost))
        parts.append(f'<p class="a-card a-toast a-bad" role="alert">{escape(text)}</p>')
    return "".join(parts)
