"""The HTTP service's manuals: uploads of all sorts, originals, what a manual is for."""

from __future__ import annotations

import io
import threading
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given
from hypothesis import settings as how
from hypothesis import strategies as st
from service_site import ADMIN, Site, check_error, ended

pytest_plugins = ("service_visitors",)


def pdf(text: str, password: str = "") -> bytes:
    from pypdf import PdfWriter

    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    writer.add_metadata({"/Title": text})
    if password:
        writer.encrypt(password, algorithm="RC4-128")
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


def test_upload_search_original_remove(site: Site, admin: TestClient) -> None:
    text = "# 説明書 X\n\n## 1 安全\n\nズンドコ弁を閉じる。\n"
    response = admin.post("/manuals", files={"file": ("説明書 X.md", text.encode())})
    job = ended(site, response)
    assert job.state == "done"
    assert admin.get(f"/jobs/{job.id}").json()["state"] == "done"
    assert job.id in [row["id"] for row in admin.get("/jobs").json()["jobs"]]
    assert admin.get("/search", params={"q": "ズンドコ弁"}).json()["hits"][0]["file"] == "説明書 X.md"
    listed = {row["id"]: row for row in admin.get("/manuals").json()["manuals"]}
    assert listed[job.manual_id]["title"] == "説明書 X"
    original = admin.get(f"/manuals/{job.manual_id}/original")
    assert original.content == text.encode()
    assert admin.delete(f"/manuals/{job.manual_id}").json()["id"] == job.manual_id
    hits = admin.get("/search", params={"q": "ズンドコ弁"}).json()["hits"]
    assert "説明書 X.md" not in [hit["file"] for hit in hits]
    check_error(admin.get(f"/manuals/{job.manual_id}/original"), 404, "manual_unknown")


def test_what_a_manual_is_for(site: Site, admin: TestClient) -> None:
    files = {"file": ("for.md", "# 機械 FO-1\n\nドンガラ弁を開く。\n".encode())}
    job = ended(site, admin.post("/manuals", files=files, data={"lines": ["L1", "L2"], "machines": "3号機"}))
    listed = {row["id"]: row for row in admin.get("/manuals").json()["manuals"]}[job.manual_id]
    assert (listed["lines"], listed["machines"]) == (["L1", "L2"], ["3号機"])
    found = admin.get("/search", params={"q": "ドンガラ弁", "lines": "L2", "machines": "3号機"}).json()["hits"]
    assert [hit["manual"] for hit in found] == [job.manual_id]
    assert {"L1", "L2"} <= set(admin.get("/filters").json()["lines"])
    changed = admin.patch(f"/manuals/{job.manual_id}", json={"lines": ["L9"]}).json()
    assert (changed["lines"], changed["machines"]) == (["L9"], ["3号機"])
    check_error(admin.get("/search", params={"q": "a", "lines": "L2"}), 422, "scope_unknown")
    check_error(admin.patch("/manuals/none", json={"lines": ["L9"]}), 404, "manual_unknown")
    check_error(admin.patch(f"/manuals/{job.manual_id}", json={"lines": ["x" * 99]}), 422, "attribute_refused")
    check_error(admin.patch(f"/manuals/{job.manual_id}", json={"lines": "L9"}), 422, "request_refused")
    refused = admin.post("/manuals", files=files, data={"lines": "a,b"})
    check_error(refused, 422, "attribute_refused")


def test_an_uploaded_page_never_runs(site: Site, admin: TestClient) -> None:
    page = b"<html><body><h1>A</h1><p>Press the green button.</p><script>alert(1)</script></body></html>"
    job = ended(site, admin.post("/manuals", files={"file": ("page.html", page)}))
    assert job.state == "done"
    for name in (job.manual_id, site.manual.id):
        headers = admin.get(f"/manuals/{name}/original").headers
        assert headers["x-content-type-options"] == "nosniff"
        assert "sandbox" in headers["content-security-policy"]
    assert admin.get(f"/manuals/{job.manual_id}/original").headers["content-disposition"].startswith("attachment")


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("corrupt.pdf", b"%PDF-1.7\n" + b"\x93\x01garbage" * 50, "manual_damaged"),
        ("picture.pdf", b"\x89PNG\r\n\x1a\n" + bytes(200), "unknown_format"),
        ("locked.pdf", pdf("x", "password"), "manual_encrypted"),
        ("blank.pdf", pdf("x"), "empty_manual"),
        ("blank.md", b"\n\n \n", "empty_manual"),
    ],
)
def test_bad_files_fail_clearly(site: Site, admin: TestClient, name: str, content: bytes, code: str) -> None:
    before = site.library.manuals()
    job = ended(site, admin.post("/manuals", files={"file": (name, content)}))
    assert (job.state, job.error_code) == ("failed", code)
    error = admin.get(f"/jobs/{job.id}").json()["error"]
    assert error["code"] == code
    assert len(error["message"]) > 20
    assert site.library.manuals() == before


def test_a_failed_job_is_tried_again(site: Site, admin: TestClient) -> None:
    job = ended(site, admin.post("/manuals", files={"file": ("bad.pdf", b"%PDF-1.7 no pdf")}))
    again = admin.post(f"/jobs/{job.id}/retry")
    assert again.status_code == 202
    assert (again.json()["id"], again.json()["error"]) == (job.id, None)
    assert ended(site, again).state == "failed"
    done = ended(site, admin.post("/manuals", files={"file": ("good.md", "# 手引\n\n弁を閉じる。\n".encode())}))
    check_error(admin.post(f"/jobs/{done.id}/retry"), 409, "original_lost")  # it has not failed
    check_error(admin.post("/jobs/999999/retry"), 404, "not_found")
    site.library.remove("good.md")


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("empty.pdf", b"", "empty_manual"),
        ("run.exe", b"MZ", "unknown_format"),
        ("noending", b"text", "unknown_format"),
        ("a.md/../..", b"text", "unknown_format"),
        ("large.md", b"x" * (1024 * 1024 + 5), "manual_unreadable"),
    ],
)
def test_bad_files_are_refused(admin: TestClient, name: str, content: bytes, code: str) -> None:
    check_error(admin.post("/manuals", files={"file": (name, content)}), 422, code)


def test_an_upload_without_a_file(admin: TestClient) -> None:
    check_error(admin.post("/manuals"), 422, "request_refused")
    check_error(admin.post("/manuals", data={"file": "text"}), 422, "request_refused")


@pytest.mark.parametrize(
    "name",
    ["../../escape.md", "..\\..\\escape.md", "/etc/escape.md", "C:\\escape.md", "esc\x00ape.md", "%2e%2e%2fescape.md",
     "x" * 300 + ".md", "あ" * 300 + ".md", "a.md\r\nX-Injected: 1.md", ". .md"],
)  # fmt: skip
def test_names_are_no_paths(site: Site, admin: TestClient, name: str) -> None:
    before = {path for path in site.folder.rglob("*") if "data" not in path.parts}
    content = f"# T\n\n{name.encode()!r} を押す。\n".encode()
    job = ended(site, admin.post("/manuals", files={"file": (name, content)}))
    assert job.state == "done"
    assert "/" not in job.name
    assert "\\" not in job.name
    assert job.name.isprintable()
    assert len(job.name) <= 200
    assert {path for path in site.folder.rglob("*") if "data" not in path.parts} == before
    response = admin.get(f"/manuals/{job.manual_id}/original")
    assert response.content == content
    assert "x-injected" not in response.headers


def test_two_uploads_at_once(site: Site) -> None:
    jobs: list[Any] = []

    def upload(number: int) -> None:
        text = f"# マニュアル {number}\n\n部品 QQ-{number} を交換する。\n".encode()
        jobs.append(ended(site, site.client(ADMIN).post("/manuals", files={"file": (f"two{number}.md", text)})))

    threads = [threading.Thread(target=upload, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert [job.state for job in jobs] == ["done"] * 4
    assert {f"two{number}.md" for number in range(4)} <= {manual.name for manual in site.library.manuals()}


@how(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.binary(max_size=400), st.sampled_from([".md", ".pdf", ".html", ".txt"]))
def test_any_bytes_can_be_uploaded(site: Site, content: bytes, suffix: str) -> None:
    client = site.client()
    response = client.post("/manuals", files={"file": (f"any{suffix}", content)}, auth=ADMIN)
    if response.status_code == 422:
        assert response.json()["error"]["code"] in ("empty_manual", "unknown_format", "request_refused")
        return
    job = ended(site, response)
    assert job.state in ("done", "failed")
    assert job.error_code != "unexpected", job.error


def test_pages_as_pictures(site: Site, admin: TestClient, operator: TestClient) -> None:
    page = (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 300]/Contents 4 0 R"
        b"/Resources<</Font<</F 5 0 R>>>>>>endobj\n"
        b"4 0 obj<</Length 51>>stream\nBT /F 12 Tf 20 200 Td (Close valve V9 at once.) Tj ET\nendstream endobj\n"
        b"5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\n"
        b"trailer<</Root 1 0 R>>\n%%EOF\n"
    )
    manual = ended(site, admin.post("/manuals", files={"file": ("v9.pdf", page)})).manual_id
    address = f"/manuals/{manual}/pages/1.png"
    shown = operator.get(address, params={"scale": 1})
    assert (shown.status_code, shown.headers["content-type"]) == (200, "image/png")
    assert shown.headers["andon-page-size"] == "200 300"
    assert shown.content[:8] == b"\x89PNG\r\n\x1a\n"
    again = operator.get(address, params={"scale": 1}, headers={"If-None-Match": shown.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    check_error(site.client().get(address), 401, "not_allowed")
    check_error(operator.get(f"/manuals/{manual}/pages/2.png"), 404, "page_unknown")
    check_error(operator.get("/manuals/none/pages/1.png"), 404, "manual_unknown")
    check_error(operator.get(f"/manuals/{site.manual.id}/pages/1.png"), 404, "page_without_picture")
    for wrong in ({"scale": 0}, {"scale": 99}, {"scale": "nan"}):
        check_error(operator.get(address, params=wrong), 422, "request_refused")
    check_error(operator.get(f"/manuals/{manual}/pages/x.png"), 422, "request_refused")
