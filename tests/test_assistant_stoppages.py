"""Stoppages: closed once for each answer, found again by their alarm, taken out as incident records; asked alarms."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from service_site import ADMIN, ASK, OPERATOR, Site, check_error, events_of
from ui_made import make_answer, make_found

from assistant.records.asked_codes import asked_codes
from assistant.records.entry import Asker
from assistant.records.errors import FeedbackRefused, RecordUnknown
from assistant.records.records import Records
from assistant.records.stoppages import LONGEST, Stoppage, incidents_csv, incidents_jsonl

ROOT = Path(__file__).resolve().parents[1]
FIXED = Stoppage("", 12, "フィルムの継ぎ目が切れた。", "ロールを交換した。", "E-401", "E-401 で止まった", "L1", "PK-7")


@pytest.fixture
def records(tmp_path: Path) -> Records:
    return Records(tmp_path / "records.sqlite3")


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    made = Site(tmp_path)
    yield made
    made.close()


def test_it_is_looked_up_by_words(records: Records) -> None:
    records.close_stoppage(FIXED, "sato")
    records.close_stoppage(replace(FIXED, code="E-4010", symptom="", machine="SW-310"), "sato")
    table = records.stoppages
    assert [one.code for one in table.all("継ぎ目 e-4010")] == ["E-4010"]
    assert (table.count("継ぎ目 e-4010"), table.count()) == (1, 2)
    assert table.all("%") == []


def test_an_admin_corrects_switches_and_deletes(records: Records) -> None:
    number = records.close_stoppage(FIXED, "sato")
    before = records.stoppages.some([number])[number]
    after = records.correct_stoppage(number, replace(before, remedy=" ガイドを直した。 ", code="E-402", minutes_down=9))
    assert after == replace(before, remedy="ガイドを直した。", code="E-402", minutes_down=9)
    with pytest.raises(FeedbackRefused):
        records.correct_stoppage(number, replace(before, remedy=""))
    records.enable_stoppages("L1", False)
    records.enable_stoppages("L1", False)
    assert [(one.line, one.count, one.enabled) for one in records.stoppages.lines()] == [("L1", 1, False)]
    records.enable_stoppages("L1", True)
    assert records.stoppages.off() == frozenset()
    records.delete_stoppage(number)
    assert records.stoppages.count() == 0
    for gone in (lambda: records.delete_stoppage(number), lambda: records.correct_stoppage(number, before)):
        with pytest.raises(RecordUnknown):
            gone()


def test_one_answer_closes_one_stoppage(records: Records) -> None:
    answered = records.answered(make_answer(make_found()), Asker("sato", "page"))
    mine = replace(FIXED, entry=answered.id)
    records.close_stoppage(mine, "sato")
    records.close_stoppage(replace(mine, remedy="センサを拭いた。"), "sato")
    (kept,) = records.stoppages.all()
    assert (kept.remedy, kept.who) == ("センサを拭いた。", "sato")
    stopped, closed = datetime.fromisoformat(kept.stopped_at), datetime.fromisoformat(kept.closed_at)
    assert abs((closed - stopped) - timedelta(minutes=12)) < timedelta(seconds=5)
    with pytest.raises(RecordUnknown):
        records.close_stoppage(mine, "suzuki")
    records.close_stoppage(mine, "admin", is_admin=True)
    assert records.stoppages.of_answer(answered.id) == replace(
        records.stoppages.all()[0], who="admin", remedy=FIXED.remedy
    )


@pytest.mark.parametrize(
    "changes", [{"remedy": " \n"}, {"minutes_down": -1}, {"minutes_down": 10**7}, {"cause": "x" * (LONGEST + 1)}]
)
def test_what_teaches_nothing_is_refused(records: Records, changes: dict[str, Any]) -> None:
    with pytest.raises(FeedbackRefused):
        records.close_stoppage(replace(FIXED, **changes), "sato")
    assert records.stoppages.count() == 0


def test_they_outlast_the_log_without_the_name(records: Records) -> None:
    records.close_stoppage(FIXED, "sato")
    records.forget_old(datetime.now(timezone.utc) + timedelta(days=400))
    assert [(one.who, one.remedy) for one in records.stoppages.all()] == [("", "ロールを交換した。")]


def test_they_have_the_form_of_incident_records(records: Records) -> None:
    records.close_stoppage(replace(FIXED, cause="=cmd()"), "sato")
    found = records.stoppages.all()
    (line,) = incidents_jsonl(found)
    example = json.loads((ROOT / "demo" / "incidents.jsonl").read_text(encoding="utf-8").splitlines()[0])
    assert set(json.loads(line)) == set(example)
    assert json.loads(line)["date"] == found[0].day
    (row,) = csv.DictReader(io.StringIO(incidents_csv(found)))
    assert row["cause"] == "'=cmd()"  # a spreadsheet must not run it


def test_over_http(site: Site) -> None:
    operator, admin = site.client(OPERATOR), site.client(ADMIN)
    answer = events_of(operator.post("/ask", json=ASK).text)[-1][1]
    body = {"answer": answer["id"], "minutes_down": 7, "remedy": "QS1 を切って待った。", "code": "AL.32", "lang": "ja"}
    assert operator.post("/stoppages", json=body).status_code == 201
    check_error(operator.post("/stoppages", json={**body, "remedy": ""}), 422, "feedback_refused")
    check_error(operator.post("/stoppages", json={**body, "minutes_down": "x"}), 422, "request_refused")
    check_error(operator.post("/stoppages", json={**body, "answer": "nobody's"}), 404, "record_unknown")
    check_error(site.client().post("/stoppages", json=body), 401, "not_allowed")
    seen = operator.get("/stoppages", params={"words": "qs1"}).json()
    assert (seen["count"], seen["stoppages"][0]["who"]) == (1, "")  # who it was is for admins
    assert admin.get("/stoppages").json()["stoppages"][0]["who"] == OPERATOR[0]
    check_error(operator.get("/stoppages", params={"format": "csv"}), 403, "admin_only")
    exported = admin.get("/stoppages", params={"format": "csv"})
    assert exported.content.startswith(b"\xef\xbb\xbf")
    assert "QS1 を切って待った。" in exported.content.decode("utf-8-sig")
    assert json.loads(admin.get("/stoppages", params={"format": "jsonl"}).text)["minutes_down"] == 7


def test_the_next_shift_is_told_over_http_and_an_admin_keeps_the_records(site: Site) -> None:
    operator, admin = site.client(OPERATOR), site.client(ADMIN)
    answer = events_of(operator.post("/ask", json=ASK).text)[-1][1]
    assert answer["precedents"] == []
    body = {
        "answer": answer["id"],
        "minutes_down": 7,
        "remedy": "コネクタを挿し直した。",
        "code": "AL.32",
        "line": "L1",
    }
    number = operator.post("/stoppages", json=body).json()["id"]
    found, *_, answer = [content for _, content in events_of(operator.post("/ask", json=ASK).text)]
    for event in (found, answer):
        assert [one["remedy"] for one in event["precedents"]] == ["コネクタを挿し直した。"]
        assert "who" not in event["precedents"][0]
        assert all("コネクタ" not in quote["text"] for quote in event["quotes"])
    assert operator.get("/search", params={"q": "AL.32"}).json()["precedents"][0]["number"] == number
    held = admin.post("/stoppages", json={"minutes_down": 1, "remedy": "インターロックをジャンパで短絡した。"}).json()[
        "id"
    ]
    assert [one["id"] for one in operator.get("/stoppages").json()["stoppages"]] == [number]
    assert [one["id"] for one in admin.get("/stoppages").json()["stoppages"]] == [held, number]
    admin.delete(f"/stoppages/{held}")
    check_error(operator.patch(f"/stoppages/{number}", json={"remedy": "x"}), 403, "admin_only")
    check_error(operator.delete(f"/stoppages/{number}"), 403, "admin_only")
    assert admin.patch(f"/stoppages/{number}", json={"remedy": "端子を締めた。"}).json()["cause"] == ""
    assert operator.get("/search", params={"q": "AL.32"}).json()["precedents"][0]["remedy"] == "端子を締めた。"
    lines = admin.put("/stoppages/lines", json={"line": "L1", "enabled": False}).json()
    assert lines == {"lines": [{"line": "L1", "count": 1, "enabled": False}]}
    assert operator.get("/search", params={"q": "AL.32"}).json()["precedents"] == []
    assert admin.delete(f"/stoppages/{number}").json() == {"deleted": number}
    check_error(admin.delete(f"/stoppages/{number}"), 404, "record_unknown")
    check_error(admin.patch(f"/stoppages/{number}", json={"remedy": "x"}), 404, "record_unknown")
    assert [entry["kind"] for entry in admin.get("/log", params={"kind": "acts"}).json()["entries"]] == ["stoppage"] * 4


def test_conversations_over_http(site: Site) -> None:
    operator, admin = site.client(OPERATOR), site.client(ADMIN)
    found = make_answer(make_found())
    site.andon.records.keep_turn(OPERATOR[0], "c1", 1, found)
    assert [one["id"] for one in operator.get("/conversations").json()["conversations"]] == ["c1"]
    assert operator.get("/conversations/c1").json()["turns"][0]["question"] == found.question
    assert admin.get("/conversations").json()["conversations"] == []
    check_error(admin.get("/conversations/c1"), 404, "record_unknown")
    check_error(admin.delete("/conversations/c1"), 404, "record_unknown")
    check_error(site.client().get("/conversations"), 401, "not_allowed")
    assert operator.delete("/conversations").json() == {"deleted": 1}
    assert operator.get("/conversations").json()["conversations"] == []


def test_asked_alarms_are_told_without_names_and_without_what_was_declined(records: Records) -> None:
    assert records.database is not None
    found = make_answer(make_found())
    records.answered(replace(found, question="E-401 とは"), Asker("sato", "page"))
    records.answered(replace(found, question="それから?", understood="E-402 の処置は?"), Asker("sato", "http"))
    lost = make_found(declined="unknown_code", nearest=())
    records.answered(replace(make_answer(lost, "declined"), question="E-999"), Asker("sato", "page"))
    with records.database.write() as db:  # within one millisecond
        db.execute("UPDATE entry SET at = (SELECT max(at) FROM entry)")
    assert [(one.code, one.manual) for one in asked_codes(records.database)] == [("E402", "m1"), ("E401", "m1")]
    assert asked_codes(records.database, datetime.now(timezone.utc) + timedelta(days=91)) == []
