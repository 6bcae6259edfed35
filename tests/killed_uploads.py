"""What runs in the processes that tests/test_index_job_kills.py kills: uploads through the queue, slow on purpose."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Sequence
from multiprocessing.connection import Connection
from pathlib import Path

from fake_embedder import FakeEmbedder

from index.ingest.build import Builder
from index.ingest.jobs import JobQueue
from index.ingest.originals import Originals
from index.library import Library
from index.options import IndexOptions
from index.passage import Manual, Passage
from index.truth.stored_rows import WordRow, Words
from index.truth.truth import Truth
from index.vectors.kept_vectors import KeptVectors

SECONDS_A_TEXT = 0.002


def upload(folder: Path, files: Sequence[tuple[Path, str]], told: Connection) -> None:
    """Submit the files one after another, tell each name once it is accepted, then wait to be killed."""
    library = Library(IndexOptions(folder), write=True, embedder=FakeEmbedder(seconds_a_text=SECONDS_A_TEXT))
    library.jobs.start()
    told.send("ready")
    for path, name in files:
        library.jobs.submit(path, name)
        told.send(name)
    time.sleep(600)


class DiesBefore(Truth):
    """The power goes after the vectors are written and before the truth is."""

    def put_manual(
        self, manual: Manual, suffix: str, passages: Sequence[Passage], words: Sequence[Words] = (),
        word_rows: Sequence[WordRow] = (),
    ) -> list[str]:  # fmt: skip
        os.kill(os.getpid(), signal.SIGKILL)
        return []


class DiesAfter(Truth):
    """The power goes after the truth is written and before the replaced revision is cleared away."""

    def put_manual(
        self, manual: Manual, suffix: str, passages: Sequence[Passage], words: Sequence[Words] = (),
        word_rows: Sequence[WordRow] = (),
    ) -> list[str]:  # fmt: skip
        replaced = super().put_manual(manual, suffix, passages, words, word_rows)
        if manual.revision > 1:
            os.kill(os.getpid(), signal.SIGKILL)
        return replaced


def upload_and_die(folder: Path, path: Path, name: str, before: bool) -> None:
    """Work through the queue with a truth that kills the process at its most delicate moment."""
    options = IndexOptions(folder)
    truth = (DiesBefore if before else DiesAfter)(options.database)
    embedder = FakeEmbedder()
    originals = Originals(options, truth)
    builder = Builder(truth, KeptVectors(options, embedder.name, write=True), embedder, originals)
    jobs = JobQueue(truth, builder, originals)
    jobs.submit(path, name)
    jobs.start()
    time.sleep(600)
