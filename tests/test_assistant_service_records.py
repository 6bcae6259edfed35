"""Log, feedback and gaps over HTTP: every question is in the log, whoever may read it, and what comes of feedback."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from service_site import ADMIN, ASK, OPERATOR, Site, check_error, ended, events_of

UNKNOWN = {"question": "AL.77 が出て止まった"}


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    made = Site(tmp_path)
    yield made
    made.close()


def asked(client: Any, question: dict[str, Any] = ASK) -> dict[str, Any]:
    name, answer = events_of(client.post("/ask", json=question).text)[-1]
    assert name == "answer"
    return answer


def test_every_question_is_in_the_log_of_the_admin(site: Site) -> None:
    operator, admin = site.client(OPERATOR), site.client(ADMIN)
    answer = asked(operator)
    asked(operator, {**ASK, "kinds": ["steps"]})
    check_error(operator.get("/log"), 403, "admin_only")
    check_error(site.client().get("/log"), 401, "not_allowed")
    log = admin.get("/log").json()
    assert (log["count"], log["days"]) == (2, 365)
    narrowed, entry = log["entries"]
    assert entry["id"] == answer["id"]
    assert (entry["who"], entry["door"], entry["subject"]) == ("佐藤", "http", ASK["question"])
    assert (entry["answer"], entry["verdict"], entry["model"]) == (answer["text"], answer["verdict"], answer["model"])
    assert entry["quotes"][0]["passage"] == answer["quotes"][0]["passage"]
    assert entry["timing"]["total_ms"] == answer["timing"]["total_ms"]
    assert narrowed["scope"] == {"kinds": ["steps"]}
    assert admin.get("/log", params={"user": "nobody"}).json()["entries"] == []
    check_error(admin.get("/log", params={"since": "once"}), 422, "feedback_refused")


def test_the_log_is_exported(site: Site) -> None:
    asked(site.client(OPERATOR))
    admin = site.client(ADMIN)
    response = admin.get("/log", params={"format": "csv"})
    assert "andon-log.csv" in response.headers["content-disposition"]
    (row,) = csv.DictReader(io.StringIO(response.content.decode("utf-8-sig")))
    assert (row["who"], row["subject"]) == ("佐藤", ASK["question"])
    (line,) = admin.get("/log", params={"format": "jsonl"}).text.splitlines()
    assert json.loads(line)["who"] == "佐藤"
    assert admin.get("/log/counts").json()["counts"][0]["number"] == 1


def test_what_admins_do_is_in_the_log(site: Site) -> None:
    admin = site.client(ADMIN)
    ended(site, admin.post("/manuals", files={"file": ("new.md", b"# N\n\nPress it.\n")}))
    manual = next(m["id"] for m in admin.get("/manuals").json()["manuals"] if m["name"] == "new.md")
    assert admin.patch(f"/manuals/{manual}", json={"lines": ["L1"]}).status_code == 200
    assert admin.delete(f"/manuals/{manual}").status_code == 200
    group = admin.post("/synonyms", json={"words": ["包太郎", "SC-9"]}).json()["group"]["id"]
    admin.put(f"/synonyms/{group}", json={"words": ["包太", "SC-9"]})
    admin.delete(f"/synonyms/{group}")
    admin.post("/synonyms/file", files={"file": ("words.csv", "包太郎,SC-9\n".encode())})
    check_error(admin.delete("/manuals/none"), 404, "manual_unknown")
    entries = admin.get("/log", params={"kind": "acts"}).json()["entries"]
    assert [(entry["kind"], entry["subject"]) for entry in reversed(entries)] == [
        ("manual_added", "new.md"), ("manual_described", "new.md"), ("manual_deleted", "new.md"),
        ("words", "包太郎 = SC-9"), ("words", "包太 = SC-9"), ("words", "- 包太 = SC-9"), ("words", "words.csv"),
    ]  # fmt: skip
    assert {(entry["who"], entry["door"]) for entry in entries} == {("admin", "http")}


def test_feedback_is_given_reviewed_and_exported(site: Site) -> None:
    operator, admin = site.client(OPERATOR), site.client(ADMIN)
    answer = asked(operator)
    said = {"answer": answer["id"], "thumb": "down", "reason": "not_complete", "comment": "続きがない"}
    said["corrected"] = "主電源 QS1 を OFF にして 15 分以上待つ。モータの動力線の絶縁抵抗を測る。"
    number = operator.post("/feedback", json=said).json()["id"]
    check_error(operator.get("/feedback"), 403, "admin_only")
    check_error(operator.patch(f"/feedback/{number}", json={"state": "accepted"}), 403, "admin_only")
    listed = admin.get("/feedback", params={"state": "new"}).json()
    assert listed["counts"]["new"] == 1
    assert listed["feedback"][0]["comment"] == "続きがない"
    assert listed["feedback"][0]["excerpts"][0]["text"] == answer["quotes"][0]["text"]
    assert admin.get("/feedback/pairs").text == ""
    assert admin.get("/feedback/pairs").headers["andon-left-out"] == "not_reviewed=1"
    assert admin.patch(f"/feedback/{number}", json={"state": "accepted"}).json()["chosen"] == said["corrected"]
    (line,) = admin.get("/feedback/pairs").text.splitlines()
    pair = json.loads(line)
    assert [message["role"] for message in pair["prompt"]] == ["system", "user"]
    assert ASK["question"] in pair["prompt"][1]["content"]
    assert pair["chosen"][0]["content"].endswith("絶縁抵抗を測る。 [1]")
    assert pair["rejected"][0]["content"] == answer["text"]


def test_feedback_that_cannot_be_taken(site: Site) -> None:
    operator, admin = site.client(OPERATOR), site.client(ADMIN)
    other = asked(admin)
    check_error(operator.post("/feedback", json={"answer": other["id"], "thumb": "up"}), 404, "record_unknown")
    check_error(operator.post("/feedback", json={"answer": "x", "thumb": "up"}), 404, "record_unknown")
    check_error(operator.post("/feedback", json={"answer": "x", "thumb": "so so"}), 422, "request_refused")
    check_error(site.client().post("/feedback", json={"answer": "x", "thumb": "up"}), 401, "not_allowed")
    check_error(admin.patch("/feedback/7", json={"state": "accepted"}), 404, "record_unknown")
    number = admin.post("/feedback", json={"answer": other["id"], "thumb": "down"}).json()["id"]
    check_error(admin.patch(f"/feedback/{number}", json={"state": "corrected"}), 422, "feedback_refused")


def test_declined_questions_are_the_list_of_gaps(site: Site) -> None:
    operator, admin = site.client(OPERATOR), site.client(ADMIN)
    for _ in range(2):
        assert asked(operator, UNKNOWN)["declined"] == "unknown_code"
    check_error(operator.get("/gaps"), 403, "admin_only")
    (gap,) = admin.get("/gaps").json()["gaps"]
    assert (gap["count"], gap["state"], gap["questions"]) == (2, "open", [UNKNOWN["question"]])
    assert admin.patch(f"/gaps/{gap['id']}", json={"state": "manual_added"}).json()["state"] == "manual_added"
    assert admin.get("/gaps", params={"state": "open"}).json() == {
        "gaps": [], "counts": {"open": 0, "manual_added": 1, "dismissed": 0},
    }  # fmt: skip
    check_error(admin.patch("/gaps/99", json={"state": "open"}), 404, "record_unknown")
    check_error(admin.patch(f"/gaps/{gap['id']}", json={"state": "lost"}), 422, "request_refused")
    check_error(admin.get("/gaps", params={"state": "lost"}), 422, "feedback_refused")


def test_broken_records_stop_no_answer_but_say_so_to_who_reads_them(site: Site) -> None:
    site.andon.settings.records_file.write_bytes(b"broken" * 1000)
    operator, admin = site.client(OPERATOR), site.client(ADMIN)
    answer = asked(operator)
    assert answer["quotes"]
    assert answer["id"]
    check_error(admin.get("/log"), 500, "records_failed")
    check_error(operator.post("/feedback", json={"answer": answer["id"], "thumb": "up"}), 500, "records_failed")
