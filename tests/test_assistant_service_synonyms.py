"""The HTTP service's site words: read by all, changed by admins, in effect with the next question."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from service_site import Site, check_error

pytest_plugins = ("service_visitors",)


@pytest.fixture(autouse=True)
def no_words(site: Site) -> Iterator[None]:
    yield
    for group in site.library.synonyms.groups():
        site.library.synonyms.remove_group(group.id)


def test_words_are_added_edited_and_removed(operator: TestClient, admin: TestClient) -> None:
    first = admin.post("/synonyms", json={"words": ["ガタ君", "SC-9"]})
    assert first.status_code == 201
    assert first.json()["change"] == "added"
    group = first.json()["group"]
    assert operator.get("/synonyms").json() == {"groups": [group]}
    hit = operator.get("/search", params={"q": "ガタ君の絶縁抵抗"}).json()["hits"][0]
    assert {"by": "word", "rank": 1, "detail": "ガタ君 = SC-9"} in hit["why"]
    joined = admin.post("/synonyms", json={"words": ["搬送機", "sc9"]}).json()
    assert joined["change"] == "joined"
    assert joined["joined"] == [group]
    edited = admin.put(f"/synonyms/{group['id']}", json={"words": ["搬送機", "SC-9"]}).json()
    assert edited["group"]["words"] == ["搬送機", "SC-9"]
    assert admin.delete(f"/synonyms/{group['id']}").json()["id"] == group["id"]
    check_error(admin.delete(f"/synonyms/{group['id']}"), 404, "synonym_unknown")
    check_error(admin.put("/synonyms/77", json={"words": ["ab", "cd"]}), 404, "synonym_unknown")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"words": ["one"]}, "words_too_few"), ({"words": ["x", "SC-9"]}, "word_too_short"),
        ({"words": ["x" * 99, "SC-9"]}, "word_too_long"), ({"words": ["a=b", "SC-9"]}, "word_refused"),
        ({"words": [f"w {n}" for n in range(40)]}, "synonyms_full"), ({"words": "SC-9"}, "request_refused"),
        ({}, "request_refused"), ({"words": ["a"] * 101}, "request_refused"),
    ],
)  # fmt: skip
def test_bad_words(admin: TestClient, body: Any, code: str) -> None:
    check_error(admin.post("/synonyms", json=body), 422, code)
    assert admin.get("/synonyms").json() == {"groups": []}


def test_a_file_goes_out_and_in(admin: TestClient) -> None:
    admin.post("/synonyms", json={"words": ["ガタ君", "SC-9"]})
    for name in ("csv", "tsv"):
        out = admin.get("/synonyms/file", params={"format": name})
        assert f"andon-words.{name}" in out.headers["content-disposition"]
        done = admin.post("/synonyms/file", files={"file": (f"w.{name}", out.content)})
        assert done.json() == {"added": 0, "joined": 0, "unchanged": 1}
    more = "アーム君,RP-180\nガタ君,がた太\n".encode("cp932")
    assert admin.post("/synonyms/file", files={"file": ("w.csv", more)}).json()["joined"] == 1
    assert len(admin.get("/synonyms").json()["groups"]) == 2
    only = admin.post("/synonyms/file", params={"replace": True}, files={"file": ("w.csv", b"ab,cd")})
    assert only.json() == {"added": 1, "joined": 0, "unchanged": 0}
    assert [group["words"] for group in admin.get("/synonyms").json()["groups"]] == [["ab", "cd"]]
    error = check_error(admin.post("/synonyms/file", files={"file": ("w.csv", b"ef,gh\nx,y")}), 422, "word_too_short")
    assert error["details"]["line"] == "2"
    check_error(admin.post("/synonyms/file", files={"file": ("w.csv", b"")}), 422, "synonyms_unreadable")
    check_error(admin.get("/synonyms/file", params={"format": "xml"}), 422, "request_refused")
    assert len(admin.get("/synonyms").json()["groups"]) == 1, "all or none"
