"""The admin page's users and box: what is shown of a running Andon, in both languages, and nothing of it is run."""

from __future__ import annotations

from pathlib import Path

import pytest
from fake_runner import FakeRunner
from fastapi.testclient import TestClient

from assistant.accounts import Account, Accounts
from assistant.ask import AskOptions, Assistant
from assistant.backup.restore import restore
from assistant.build import Andon, open_library, open_records
from assistant.health import look
from assistant.http.service import make_service
from assistant.settings import read_settings
from index.verify import Finding, Report
from ui.admin.box import box_html, report_html
from ui.admin.users import users_html
from ui.box import Check
from ui.wording import LANGS, Lang

BAD = '<img src=x onerror="hack()">'


@pytest.fixture
def andon(tmp_path: Path) -> Andon:
    settings = read_settings(data=tmp_path / "data", embedder="none", model="none")
    library = open_library(settings, write=True)
    (tmp_path / "a.md").write_text("# Packer\n\nReplace the roll.\n", encoding="utf-8")
    library.add(tmp_path / "a.md")
    accounts = Accounts(settings.accounts_file)
    accounts.put("boss", "admin-pass-1", "admin")
    accounts.put("op", "operator-pass", "operator")
    assistant = Assistant(library, FakeRunner("x"), AskOptions())
    return Andon(settings, library, assistant, accounts, records=open_records(settings, library))


@pytest.mark.parametrize("lang", LANGS)
def test_the_box_tells_models_disk_and_checks(andon: Andon, lang: Lang) -> None:
    health = look(andon)
    assert [model.role for model in health.models] == ["slm", "embedder"]
    assert health.disk.originals == (andon.library.original("a.md")).stat().st_size
    assert health.disk.free > 0
    assert health.speed is None
    html = box_html(health, [Check("x", "warn", BAD, BAD)], BAD, lang)
    assert "<img" not in html
    assert 'href="/backup"' in html
    andon.close()


@pytest.mark.parametrize("lang", LANGS)
def test_users_are_shown_as_text_with_their_role(lang: Lang) -> None:
    html = users_html([Account(BAD, "admin"), Account("op", "operator", enabled=False)], lang, BAD)
    assert "<img" not in html
    assert html.count('aria-checked="false"') == html.count("a-off") == 1
    assert '<option value="admin" selected>' in html


def test_what_does_not_agree_is_told_with_what_helps() -> None:
    fine = Report(1, 2, 2, 1, 0)
    assert 'role="status"' in report_html(fine, "en")
    bad = Report(1, 2, 2, 1, 0, findings=(Finding("vectors_damaged", 1, ("x",)),))
    assert 'role="alert"' in report_html(bad, "ja")


def test_a_backup_over_http_is_for_admins_and_can_be_restored(andon: Andon, tmp_path: Path) -> None:
    client = TestClient(make_service(andon), raise_server_exceptions=False)
    assert client.get("/backup").status_code == 401
    assert client.get("/backup", auth=("op", "operator-pass")).status_code == 403
    answer = client.get("/backup", auth=("boss", "admin-pass-1"))
    assert answer.status_code == 200
    assert "andon-backup-" in answer.headers["content-disposition"]
    (tmp_path / "b.tar").write_bytes(answer.content)
    assert andon.records.audit.entries()[0].kind == "backup"
    andon.close()
    restore(tmp_path / "b.tar", tmp_path / "other")
    restored = read_settings(data=tmp_path / "other", embedder="none", model="none")
    library = open_library(restored, write=True)
    assert [manual.name for manual in library.manuals()] == ["a.md"]
    library.close()
