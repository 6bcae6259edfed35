"""Records: what is asked is written down before the answer goes out, kept for its time, and never in the way."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from ui_made import PIECE, make_answer, make_found, make_hit

from assistant.answer import Answer
from assistant.build import build
from assistant.errors import AssistantFailed
from assistant.records.audit import Wanted, as_csv, as_jsonl
from assistant.records.database import READ_WAIT_S, WAIT_S, Database
from assistant.records.entry import Asker
from assistant.records.errors import FeedbackRefused, RecordsFailed, RecordUnknown
from assistant.records.feedback import Said
from assistant.records.records import Records, revision_of
from assistant.records.schema import VERSION
from assistant.settings import read_settings
from index.search.scope import Scope

ROOT = Path(__file__).resolve().parents[1]
SATO = Asker("佐藤", "page", Scope.of(lines=["L1"]))
FOUND = make_found(make_hit("フィルムを交換する。"), make_hit("電源を切る。", pages=(7,)))
ANSWER = make_answer(FOUND)


@pytest.fixture
def records(tmp_path: Path) -> Records:
    return Records(tmp_path / "records.sqlite3", revision=lambda: "abc")


def declined(question: str) -> Answer:
    found = make_found(declined="nothing_relevant", nearest=(make_hit(section=("9 保全",)),))
    return replace(make_answer(found, "declined", text="", sentences=()), question=question)


def in_days(days: int) -> datetime:
    return datetime.now(timezone.utc) + timedelta(days=days)


def test_an_answer_is_written_down_with_all_that_was_shown(records: Records) -> None:
    events = list(records.asking(iter([FOUND, PIECE, ANSWER]), SATO))
    assert events[:2] == [FOUND, PIECE]
    answer = events[2]
    assert isinstance(answer, Answer)
    assert answer.id
    assert replace(answer, id="") == ANSWER
    (entry,) = records.audit.entries()
    assert (entry.id, entry.kind, entry.who, entry.door) == (answer.id, "question", "佐藤", "page")
    assert (entry.subject, entry.scope, entry.revision) == ("E-401?", {"lines": ["L1"]}, "abc")
    assert (entry.answer, entry.verdict, entry.declined, entry.model) == (ANSWER.text, "supported", "", "slm")
    assert entry.timing["total_ms"] == 2500.0
    assert [(q.number, q.manual, q.revision, q.passage, q.page) for q in entry.quotes] == [
        (1, "m1", 2, "p1", 42), (2, "m1", 2, "p1", 7),
    ]  # fmt: skip
    assert "5.2 E-401" in entry.quotes[0].place
    assert datetime.fromisoformat(entry.at).utcoffset() == timedelta(0)
    assert set(records.audit.texts([q.key for q in entry.quotes]).values()) == {"フィルムを交換する。", "電源を切る。"}


def test_it_is_there_before_the_reader_has_the_answer(records: Records) -> None:
    for event in records.asking(iter([FOUND, ANSWER]), SATO):
        if isinstance(event, Answer):
            assert records.audit.entry(event.id) is not None


def test_who_leaves_early_has_still_been_shown_something(records: Records) -> None:
    closed = []

    def events():  # type: ignore[no-untyped-def]
        try:
            yield FOUND
            yield PIECE
            yield ANSWER
        finally:
            closed.append(True)

    leaving = records.asking(events(), SATO)
    next(leaving)
    next(leaving)
    leaving.close()  # type: ignore[attr-defined]
    assert closed == [True]
    (entry,) = records.audit.entries()
    assert (entry.verdict, entry.answer, len(entry.quotes)) == ("stopped", "交換する。 [1][2]", 2)


def test_a_refused_question_is_no_answer(records: Records) -> None:
    def events():  # type: ignore[no-untyped-def]
        raise AssistantFailed("no")
        yield FOUND

    with pytest.raises(AssistantFailed):
        list(records.asking(events(), SATO))
    assert records.audit.entries() == []


def test_entries_are_filtered_and_exported(records: Records) -> None:
    records.answered(ANSWER, SATO)
    records.answered(declined("=cmd|調整の値は"), Asker("ito", "http"))
    records.act("admin", "page", "manual_added", "pk7.pdf")
    log = records.audit
    assert [e.kind for e in log.entries()] == ["manual_added", "question", "question"]
    assert [e.subject for e in log.entries(Wanted(kind="acts"))] == ["pk7.pdf"]
    assert [e.who for e in log.entries(Wanted(kind="question", verdict="declined"))] == ["ito"]
    assert [e.subject for e in log.entries(Wanted(who="佐藤"))] == ["E-401?"]
    assert [e.subject for e in log.entries(Wanted(words="e-401 交換"))] == ["E-401?"]
    assert log.count(Wanted(since="2000-01-01")) == 3
    assert log.count(Wanted(until="2000-01-01T00:00:00Z")) == 0
    assert len(log.entries(Wanted(limit=1, offset=1))) == 1
    with pytest.raises(FeedbackRefused):
        log.entries(Wanted(since="yesterday"))
    lines = [json.loads(line) for line in as_jsonl(log.entries())]
    assert lines[2]["quotes"][0]["passage"] == "p1"
    table = as_csv(log.entries())
    assert "'=cmd|調整の値は" in table, "a spreadsheet must not run a question"
    assert table.splitlines()[0].startswith("at,kind,who,door,subject")


def test_retention_forgets_and_keeps_counts(records: Records) -> None:
    answer = records.answered(ANSWER, SATO)
    records.answered(declined("調整の値は"), SATO)
    records.say(Said(answer.id, "down", "wrong_page"), "佐藤")
    assert records.forget_old(in_days(364)) == 0
    assert records.forget_old(in_days(366)) == 2
    assert records.audit.entries() == []
    assert records.gaps.all() == []
    assert records.audit.texts([]) == {}
    assert sum(each["number"] for each in records.audit.counts()) == 2
    (kept,) = records.feedback.all()
    assert (kept.who, kept.question) == ("", "E-401?")
    with sqlite3.connect(records.database.path) as db:  # type: ignore[union-attr]
        assert db.execute("SELECT count(*) FROM excerpt").fetchone() == (0,)


def test_what_is_too_old_goes_at_the_start(tmp_path: Path) -> None:
    before = Records(tmp_path / "records.sqlite3", days=30)
    before.answered(ANSWER, SATO)
    with sqlite3.connect(tmp_path / "records.sqlite3") as db:
        db.execute("UPDATE entry SET at = '2020-01-01T00:00:00.000+00:00'")
    before.answered(ANSWER, SATO)
    before.close()
    settings = read_settings(data=tmp_path, embedder="none", model="none", log_days=30)
    andon = build(settings, write=True)
    assert andon.records.audit.count() == 1
    andon.close()


def test_with_no_days_only_counts_are_kept_and_feedback_still_works(tmp_path: Path) -> None:
    records = Records(tmp_path / "records.sqlite3", days=0)
    answer = records.answered(ANSWER, SATO)
    records.answered(declined("調整の値は"), SATO)
    records.act("admin", "cli", "words", "x = y")
    assert records.audit.entries() == []
    assert records.gaps.all() == []
    assert {(each["kind"], each["verdict"]) for each in records.audit.counts()} == {
        ("question", "supported"), ("question", "declined"), ("words", ""),
    }  # fmt: skip
    records.say(Said(answer.id, "up"), "佐藤")
    assert records.feedback.all()[0].question == "E-401?"
    records.close()
    assert "調整の値は".encode() not in b"".join(file.read_bytes() for file in tmp_path.iterdir())


def test_a_file_that_cannot_be_written_stops_no_answer(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "records.sqlite3").write_bytes(b"no database at all" * 100)
    records = Records(tmp_path / "records.sqlite3")
    events = list(records.asking(iter([FOUND, ANSWER]), SATO))
    assert replace(events[1], id="") == ANSWER  # type: ignore[type-var]
    records.act("admin", "page", "words", "x")
    assert "A record could not be written" in caplog.text
    missed = Records(tmp_path / "records.sqlite3").missed()
    assert missed is not None
    assert missed.count == 2
    assert "not a database" in missed.reason
    with pytest.raises(RecordsFailed) as failed:
        records.audit.entries()
    assert "move it away" in failed.value.remedy
    (tmp_path / "records.sqlite3").unlink()
    records.answered(ANSWER, SATO)
    assert len(records.audit.entries()) == 1, "once the file is well again it is used again"


def test_another_writer_holds_an_answer_up_for_a_moment_only(records: Records) -> None:
    records.answered(ANSWER, SATO)
    other = sqlite3.connect(records.database.path, isolation_level=None)  # type: ignore[union-attr]
    other.execute("BEGIN IMMEDIATE")
    start = time.monotonic()
    assert records.answered(ANSWER, SATO).id
    assert time.monotonic() - start < READ_WAIT_S, "not even as long as a reader would"
    assert READ_WAIT_S >= 20 * WAIT_S
    other.execute("ROLLBACK")
    other.close()
    assert records.missed() is not None
    assert len(records.audit.entries()) == 1


def test_a_long_reading_keeps_no_writer_waiting(records: Records) -> None:
    records.answered(ANSWER, SATO)
    database = records.database
    assert database is not None
    with database.read() as db:
        assert db.execute("SELECT count(*) FROM entry").fetchone()[0] == 1
        records.answered(ANSWER, SATO)
        assert db.execute("SELECT count(*) FROM entry").fetchone()[0] == 1
    assert records.audit.count() == 2
    assert records.missed() is None


def test_a_newer_file_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "records.sqlite3"
    with sqlite3.connect(path) as db:
        db.execute(f"PRAGMA user_version = {VERSION + 1}")
    with pytest.raises(RecordsFailed, match="newer Andon"):
        Database(path).check()
    assert Records(path).answered(ANSWER, SATO).id


def test_the_file_is_for_its_owner_only(records: Records) -> None:
    records.answered(ANSWER, SATO)
    assert records.database is not None
    records.database.check()
    assert records.database.path.stat().st_mode & 0o077 == 0


def test_kill_9_loses_no_answer_that_was_given(tmp_path: Path) -> None:
    """A process answers until it is killed; every answer whose id it printed must be in the records."""
    path = tmp_path / "records.sqlite3"
    script = (
        "import sys\nsys.path[:0] = ['.', 'tests']\nfrom pathlib import Path\n"
        "from ui_made import make_answer, make_found\nfrom assistant.records.entry import Asker\n"
        "from assistant.records.records import Records\n"
        f"records = Records(Path({str(path)!r}))\n"
        "while True:\n"
        "    print(records.answered(make_answer(make_found()), Asker('a', 'http')).id, flush=True)\n"
    )
    for _ in range(3):
        with subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE, text=True) as running:
            assert running.stdout is not None
            given = [running.stdout.readline().strip() for _ in range(20)]
            os.kill(running.pid, signal.SIGKILL)
            given += [line.strip() for line in running.stdout if line.endswith("\n")]
        records = Records(path)
        records.database.check()  # type: ignore[union-attr]
        assert [each for each in given if records.audit.entry(each) is None] == []
        records.close()


def test_the_index_state_has_a_name() -> None:
    manual = make_hit().manual
    assert revision_of([manual]) == revision_of([manual])
    assert revision_of([manual]) != revision_of([replace(manual, revision=3)])


def test_records_without_a_file_keep_nothing_but_ids() -> None:
    records = Records(None)
    assert records.answered(ANSWER, SATO).id
    records.act("a", "cli", "words", "x")
    with pytest.raises(RecordsFailed):
        records.audit.entries()


# Feedback and gaps


def test_feedback_keeps_the_question_its_passages_and_the_answer(records: Records, tmp_path: Path) -> None:
    answer = records.answered(ANSWER, SATO)
    said = Said(answer.id, "down", "wrong_answer", " 軸が違う ", "フィルムを交換する。")
    for at in (records, Records(tmp_path / "records.sqlite3")):  # also after a restart, from the log
        at.say(said, "佐藤")
        (kept,) = at.feedback.all()
        assert (kept.thumb, kept.reason, kept.comment, kept.corrected) == (
            "down", "wrong_answer", "軸が違う", "フィルムを交換する。",
        )  # fmt: skip
        assert (kept.question, kept.answer, kept.model, kept.revision) == ("E-401?", ANSWER.text, "slm", "abc")
        assert [passage.text for passage in kept.excerpts] == ["フィルムを交換する。", "電源を切る。"]
    assert records.feedback.counts() == {"new": 1, "accepted": 0, "corrected": 0, "dismissed": 0}


def test_feedback_is_for_ones_own_answers(records: Records) -> None:
    answer = records.answered(ANSWER, SATO)
    with pytest.raises(RecordUnknown):
        records.say(Said(answer.id, "up"), "ito")
    with pytest.raises(RecordUnknown):
        records.say(Said("nothing", "up"), "佐藤")
    records.say(Said(answer.id, "up"), "admin", is_admin=True)
    for wrong in (Said(answer.id, "sideways"), Said(answer.id, "down", "x"), Said(answer.id, "down", "", "x" * 4001)):
        with pytest.raises(FeedbackRefused):
            records.say(wrong, "佐藤")


def test_the_latest_word_counts_and_a_change_is_reviewed_anew(records: Records) -> None:
    answer = records.answered(ANSWER, SATO)
    number = records.say(Said(answer.id, "down", "unclear"), "佐藤")
    assert records.feedback.review(number, "dismissed", "admin").reviewed_by == "admin"
    assert records.say(Said(answer.id, "down", "unclear"), "佐藤") == number
    assert records.feedback.all()[0].state == "dismissed"
    records.say(Said(answer.id, "down", "unclear", "もっと短く"), "佐藤")
    assert records.feedback.all()[0].state == "new"


def test_reviews(records: Records) -> None:
    answer = records.answered(ANSWER, SATO)
    number = records.say(Said(answer.id, "down", "wrong_answer", "", "電源を切る。"), "佐藤")
    table = records.feedback
    assert table.review(number, "accepted", "admin").chosen == "電源を切る。"
    assert table.review(number, "corrected", "admin", "フィルムを交換する。").chosen == "フィルムを交換する。"
    assert table.review(number, "new", "admin").chosen == ""
    for wrong in (("corrected", ""), ("lost", "")):
        with pytest.raises(FeedbackRefused):
            table.review(number, wrong[0], "admin", wrong[1])
    with pytest.raises(RecordUnknown):
        table.review(99, "accepted", "admin")
    with pytest.raises(FeedbackRefused):
        table.all("lost")


def test_like_questions_are_one_gap(records: Records) -> None:
    for question in (
        "E-999 が出た", "E-999 の原因は?", "E-998 が出た", "フィルムの張力の調整方法は?",
        "フィルムの張力を調整する方法",
        "what is the torque of the clamp bolt", "clamp bolt torque?",
    ):  # fmt: skip
        records.answered(declined(question), SATO)
    records.answered(ANSWER, SATO)
    gaps = {gap.questions[-1]: gap for gap in records.gaps.all()}
    assert {question: gap.count for question, gap in gaps.items()} == {
        "E-999 が出た": 2, "E-998 が出た": 1, "フィルムの張力の調整方法は?": 2,
        "what is the torque of the clamp bolt": 2,
    }  # fmt: skip
    gap = gaps["E-999 が出た"]
    assert (gap.questions, gap.codes) == (("E-999 の原因は?", "E-999 が出た"), ("E999",))
    assert gap.reasons == ("nothing_relevant",)
    assert any("9 保全" in place for place in gap.nearest)


def test_a_thumb_names_a_gap_once(records: Records) -> None:
    answer = records.answered(ANSWER, SATO)
    for _ in range(2):
        records.say(Said(answer.id, "down", "not_in_manuals"), "佐藤")
    (gap,) = records.gaps.all()
    assert (gap.count, gap.questions, gap.reasons) == (1, ("E-401?",), ("feedback",))
    assert gap.nearest


def test_the_state_of_a_gap(records: Records) -> None:
    records.answered(declined("E-999 が出た"), SATO)
    (gap,) = records.gaps.all("open")
    assert records.gaps.set_state(gap.id, "manual_added", "admin").changed_by == "admin"
    assert records.gaps.all("open") == []
    records.answered(declined("E-999 とは"), SATO)
    assert records.gaps.all("open")[0].count == 2, "the manual that was added did not help"
    records.gaps.set_state(gap.id, "dismissed", "admin")
    records.answered(declined("E-999 とは何"), SATO)
    assert records.gaps.counts() == {"open": 0, "manual_added": 0, "dismissed": 1}
    with pytest.raises(RecordUnknown):
        records.gaps.set_state(99, "open", "admin")
    with pytest.raises(FeedbackRefused):
        records.gaps.set_state(gap.id, "lost", "admin")


def test_a_follow_up_is_kept_as_it_was_understood(records: Records) -> None:
    follow_up = replace(declined("その原因は?"), understood="E-999 の原因は?")
    answer = records.answered(follow_up, SATO)
    assert records.gaps.all()[0].questions == ("E-999 の原因は?",)
    (entry,) = records.audit.entries()
    assert (entry.subject, entry.understood) == ("その原因は?", "E-999 の原因は?")
    records.say(Said(answer.id, "up"), "佐藤")
    assert records.feedback.all()[0].question == "E-999 の原因は?"


def test_an_empty_library_is_no_gap(records: Records) -> None:
    records.answered(replace(declined("E-999"), declined="no_manuals"), SATO)
    assert records.gaps.all() == []
