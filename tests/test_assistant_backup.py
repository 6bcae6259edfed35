"""Backup and restore: a round trip while the service works, kills at every step, and files that must not be taken."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import tarfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.accounts import Accounts
from assistant.answer import Answer, Timing
from assistant.backup.archive import HEAD, MANIFEST, backup_name, stream_backup, write_backup
from assistant.backup.errors import BackupDamaged, BackupFailed, RestoreRefused
from assistant.backup.restore import READY, finish_restore, restore
from assistant.records.entry import Asker
from assistant.records.records import Records
from index.errors import IndexBusy
from index.library import Library
from index.options import IndexOptions

WORK = 2**4
MANUAL = "# Packer SW-310\n\n## 5 Alarms\n\n### E-401 Film broken\n\nReplace the film roll number {n}.\n"


def _open(data: Path) -> Library:
    return Library(IndexOptions(data / "index"), write=True)


def _add(library: Library, folder: Path, name: str, number: int) -> None:
    (folder / name).write_text(MANUAL.format(n=number), encoding="utf-8")
    library.add(folder / name)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder with two manuals, one of them in its second revision, an account and a question in the log."""
    folder = tmp_path / "data"
    with _open(folder) as library:
        for name, number in (("sw310.md", 1), ("sw320.md", 2), ("sw310.md", 3)):
            _add(library, tmp_path, name, number)
        library.synonyms.add(["packer", "SW-310"])
        library.enable("sw320.md", False)
    accounts = Accounts(folder / "accounts.sqlite3", work=WORK)
    accounts.put("boss", "admin-pass-1", "admin")
    accounts.close()
    records = Records(folder / "records.sqlite3")
    records.answered(_answer("E-401?"), Asker("boss", "page"))
    records.close()
    return folder


def _answer(question: str) -> Answer:
    return Answer(question, "en", "", (), (), "declined", "nothing_relevant", (), Timing(1.0), "")


def _state(data: Path) -> dict[str, object]:
    """What a data folder holds, as the doors show it."""
    with _open(data) as library:
        assert library.verify().agrees
        manuals = [(m.name, m.revision, m.sha256, m.enabled) for m in library.manuals()]
        originals = {m.name: library.original(m.id).read_bytes() for m in library.manuals()}
        hits = [hit.passage.text for hit in library.search("E-401 packer film roll").hits]
        words = [str(group) for group in library.synonyms.groups()]
    accounts = Accounts(data / "accounts.sqlite3", work=WORK)
    records = Records(data / "records.sqlite3")
    try:
        names = [account.name for account in accounts.accounts()]
        assert accounts.sign_in("boss", "admin-pass-1")
        asked = [entry.subject for entry in records.audit.entries()]
    finally:
        accounts.close()
        records.close()
    return {"m": manuals, "o": originals, "h": hits, "w": words, "a": names, "q": asked}


def test_a_round_trip_brings_everything_back(data: Path, tmp_path: Path) -> None:
    made = write_backup(data, tmp_path)
    assert made.path.name.startswith("andon-backup-")
    assert made.path.stat().st_mode & 0o077 == 0, "it holds password hashes"
    other = tmp_path / "elsewhere/data"
    restored = restore(made.path, other)
    assert restored.files == made.files == 5  # truth, two originals, accounts, records
    assert _state(other) == _state(data)
    assert not [path for path in (*data.glob(".backing-up"), *other.glob(".rest*")) if path.is_dir()]


def test_the_download_is_the_same_archive(data: Path, tmp_path: Path) -> None:
    (tmp_path / "got.tar").write_bytes(b"".join(stream_backup(data)))
    restore(tmp_path / "got.tar", tmp_path / "other")
    assert _state(tmp_path / "other") == _state(data)


def test_it_is_whole_while_manuals_come_and_go(data: Path, tmp_path: Path) -> None:
    done = threading.Event()

    def change(library: Library) -> None:
        number = 10
        while not done.is_set():
            _add(library, tmp_path, "moving.md", number := number + 1)
            library.remove("moving.md")
            _add(library, tmp_path, "sw310.md", number)

    with _open(data) as library:
        busy = threading.Thread(target=change, args=(library,))
        busy.start()
        try:
            made = [write_backup(data, tmp_path / f"b{number}.tar") for number in range(4)]
        finally:
            done.set()
            busy.join()
    for number, each in enumerate(made):
        target = tmp_path / f"r{number}"
        restore(each.path, target)
        with _open(target) as restored:
            assert restored.verify().agrees
            assert {"sw310.md", "sw320.md"} <= {manual.name for manual in restored.manuals()}


def test_what_is_there_is_lost_only_where_that_was_said(data: Path, tmp_path: Path) -> None:
    made, before = write_backup(data, tmp_path), _state(data)
    with _open(data) as library:
        library.remove("sw320.md")
        with pytest.raises(IndexBusy):
            restore(made.path, data, replace=True)
    with pytest.raises(RestoreRefused):
        restore(made.path, data)
    assert _state(data) != before
    (data / "later.sqlite3").write_bytes(b"")
    restore(made.path, data, replace=True)
    assert _state(data) == before
    assert not (data / "later.sqlite3").exists(), "the backup had none"


RESTORING = """
import os, sys
from pathlib import Path
from assistant.backup.restore import restore
left = int(sys.argv[3])
def step(what, name):
    global left
    left -= 1
    if left < 0:
        os.kill(os.getpid(), 9)
restore(Path(sys.argv[1]), Path(sys.argv[2]), replace=True, report=step)
"""


def test_a_restore_killed_at_any_step_changes_nothing_or_is_finished(data: Path, tmp_path: Path) -> None:
    made, wanted = write_backup(data, tmp_path), _state(data)
    with _open(data) as library:
        library.remove("sw320.md")
    changed = _state(data)
    seen = set()
    for steps in range(20):
        target = tmp_path / f"killed{steps}"
        subprocess.run(["cp", "-a", data, target], check=True)
        command = [sys.executable, "-c", RESTORING, str(made.path), str(target), str(steps)]
        ended = subprocess.run(command, capture_output=True, cwd=Path(__file__).parents[1], check=False)
        decided = finish_restore(target)
        state = _state(target)
        assert state == (wanted if decided or ended.returncode == 0 else changed), steps
        seen.add((ended.returncode, decided))
        if ended.returncode == 0:
            break
    assert seen == {(-9, False), (-9, True), (0, False)}


def test_a_backup_that_is_killed_leaves_no_half_file(data: Path, tmp_path: Path) -> None:
    script = (
        "import os, sys\nfrom pathlib import Path\nfrom assistant.backup.archive import write_backup\n"
        "write_backup(Path(sys.argv[1]), Path(sys.argv[2]), lambda *step: step[1] == 3 and os.kill(os.getpid(), 9))"
    )
    out = tmp_path / "out.tar"
    command = [sys.executable, "-c", script, str(data), str(out)]
    assert subprocess.run(command, cwd=Path(__file__).parents[1], check=False).returncode == -9
    assert not out.exists()
    restore(write_backup(data, out).path, tmp_path / "other")
    assert _state(tmp_path / "other") == _state(data)


def _tar(path: Path, *files: tuple[str, bytes]) -> Path:
    with tarfile.open(path, "w") as tar:
        for name, content in files:
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return path


def _bad_files(folder: Path, whole: Path) -> Iterator[tuple[str, Path]]:
    content, head = whole.read_bytes(), json.dumps({"format": 1}).encode()
    flipped = bytearray(content)
    flipped[content.index(b"Replace the film roll number 3")] ^= 1
    for name, made in (("cut", content[: len(content) // 2]), ("early", content[:-12_000]), ("bit", bytes(flipped)),
                       ("text", b"no tar at all"), ("empty", b"")):  # fmt: skip
        (folder / name).write_bytes(made)
        yield name, folder / name
    yield "foreign", _tar(folder / "foreign", ("a.txt", b"1"))
    for number, name in enumerate(("../evil", "/etc/evil", "index/../../evil", ".restored/evil", "index/a/b/c")):
        manifest = json.dumps({"files": {name: {"bytes": 1, "sha256": ""}}}).encode()
        yield name, _tar(folder / f"evil{number}", (HEAD, head), (name, b"1"), (MANIFEST, manifest))


def test_a_file_that_is_not_whole_changes_nothing(data: Path, tmp_path: Path) -> None:
    made, before = write_backup(data, tmp_path), _state(data)
    for name, path in _bad_files(tmp_path, made.path):
        with pytest.raises(BackupDamaged):
            restore(path, data, replace=True)
        assert not (data / READY).exists(), name
    assert _state(data) == before
    assert not (tmp_path / "evil").exists()


def test_a_newer_andons_backup_is_refused(data: Path, tmp_path: Path) -> None:
    with pytest.raises(RestoreRefused):
        restore(_tar(tmp_path / "new.tar", (HEAD, b'{"format": 99}')), tmp_path / "other")


def test_where_it_cannot_be_written_the_reason_is_told(data: Path, tmp_path: Path) -> None:
    with pytest.raises(BackupFailed, match="no folder"):
        write_backup(data, tmp_path / "nowhere/out.tar")
    with pytest.raises(BackupFailed, match="inside the index"):
        write_backup(data, data / "index")
    with pytest.raises(BackupFailed, match="nothing to back up"):
        write_backup(tmp_path / "none", tmp_path)
    assert backup_name().endswith(".tar")
