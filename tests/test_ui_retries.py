"""Retries: failed files get a button, one or all; what was sent anew since does not; the reader is told what became."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from index.ingest.jobs import Job
from index.library import Library
from index.options import IndexOptions
from ui.admin.job_list import jobs_html
from ui.admin.retries import Retried, retried_html, retry_jobs, retryable

FAILED = Job(7, "broken.pdf", "failed", 0, 0, "manual_damaged", "broken.pdf is damaged.", "", "")
OTHER = replace(FAILED, id=5, name="other.pdf")


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library(IndexOptions(tmp_path / "index", embedder="none"), write=True) as opened:
        yield opened


def test_only_what_failed_and_was_not_sent_since_can_be_tried_again() -> None:
    done, earlier = replace(FAILED, id=9, state="done"), replace(OTHER, id=4)
    assert retryable([OTHER, earlier]) == [OTHER], "the newest of a name"
    assert retryable([done, FAILED, OTHER]) == [OTHER], "an old file must not replace a new one"
    assert retryable([replace(FAILED, id=9, state="queued"), FAILED]) == []


def test_each_failed_file_has_a_button_and_several_one_for_all() -> None:
    html = jobs_html([FAILED, OTHER, replace(OTHER, id=2, name="good.pdf", state="done")], "ja")
    assert re.findall(r'class="a-act a-retry" data-job="(\d+)"', html) == ["7", "5"]
    assert "失敗した 2 件をすべて再試行" in html
    assert 'aria-label="broken.pdf の登録を再試行"' in html
    assert "すべて再試行" not in jobs_html([FAILED], "ja"), "its own button does"
    assert "a-retry" not in jobs_html([replace(FAILED, state="done")], "en")


def test_what_failed_waits_again_and_what_has_gone_is_named(library: Library, tmp_path: Path) -> None:
    source = tmp_path / "broken.pdf"
    source.write_bytes(b"%PDF-1.7\nno pdf at all")
    library.jobs.start()
    job = library.jobs.wait(library.jobs.submit(source, "broken.pdf").id, 120)
    assert job.state == "failed"
    library.jobs.stop()
    gone = replace(job, id=job.id + 1, name="gone.pdf")
    retried = retry_jobs(library.jobs, [gone, job])
    assert retried == Retried(("broken.pdf",), ("gone.pdf",))
    again = library.jobs.job(job.id)
    assert again is not None
    assert (again.state, again.error) == ("queued", "")


def test_what_became_of_it_is_told_and_escaped() -> None:
    html = retried_html(Retried(("a.pdf", "<b>.pdf"), ("c.pdf",)), "ja")
    assert "もう一度登録します: a.pdf、&lt;b&gt;.pdf" in html
    assert 'role="alert"' in html
    assert "もう一度選んで登録してください: c.pdf" in html
    assert retried_html(Retried((), ()), "en") == ""
