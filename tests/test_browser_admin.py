"""The admin page in a real browser: upload, failed files, delete with a question, try a search."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

import pytest
from browser_site import Visitor, answered, ask, expect, go, says
from waiting import wait_for

pytest_plugins = ("browser",)
pytestmark = pytest.mark.browser

NEW = "# ラベラ LB-3 取扱説明書\n\n## 1 アラーム\n\nL-12 が出たら、ラベルロールを交換する。\n"


def test_an_operator_is_told_that_this_needs_an_admin(visitor: Visitor) -> None:
    page = visitor.tab()
    token = visitor.site.andon.accounts.sign_in("operator", "operator-pass")
    page.context.add_cookies([{"name": "andon_session", "value": token, "url": visitor.site.address}])
    answer = page.goto(visitor.site.address + "/admin")
    assert answer.status == 403
    says(page.locator("main"), "管理者だけが開けるページです")
    visitor.watch.forgive(403)
    page.click("a.button")
    page.wait_for_selector("html[data-ready] #question")


def test_uploads_show_their_state_and_a_bad_file_fails_alone(visitor: Visitor, tmp_path: Path) -> None:
    good, broken = tmp_path / "lb3.md", tmp_path / "broken.pdf"
    good.write_text(NEW, encoding="utf-8")
    broken.write_bytes(b"%PDF-1.7\nthis is no PDF at all")
    page = visitor.signed_in("admin", "/admin/")
    page.set_input_files("input[type=file]", [good, broken])
    page.wait_for_selector("tr[data-state=done] >> text=lb3.md")
    page.wait_for_selector("tr[data-state=failed] >> text=broken.pdf")
    says(page.locator("tr[data-state=failed]"), "ファイルが壊れています")
    row = page.locator("#manuals tr", has_text="lb3.md")
    row.wait_for()
    says(row, "ラベラ LB-3 取扱説明書")
    page.click("button[data-lang=en]")
    page.wait_for_selector("text=Choose files to add >> visible=true")
    says(page.locator("tr[data-state=failed]"), "broken.pdf")
    says(page.locator("tr[data-state=failed]"), "Not added")
    page.wait_for_function("document.documentElement.lang === 'en'")
    uploads = visitor.site.andon.settings.data / "uploads"
    wait_for(lambda: not filled(uploads))  # nothing of a file is left behind (Gradio leaves an empty one)


def filled(folder: Path) -> list[Path]:
    """The files below ``folder``, from which others may be taken meanwhile, that are not empty."""
    found = []
    for path in list(folder.iterdir()):
        with suppress(FileNotFoundError):
            if path.is_dir():
                found += filled(path)
            elif path.stat().st_size:
                found.append(path)
    return found


def test_failed_files_are_tried_again_one_or_all(visitor: Visitor, tmp_path: Path) -> None:
    bad = [tmp_path / f"bad{number}.pdf" for number in (1, 2)]
    for number, file in enumerate(bad):
        file.write_bytes(b"%PDF-1.7\nno PDF " + bytes([48 + number]))
    page = visitor.signed_in("admin", "/admin/")
    page.set_input_files("input[type=file]", bad)
    for file in bad:
        page.wait_for_selector(f"tr[data-state=failed] >> text={file.name}")
    one = page.locator("tr[data-state=failed]", has_text="bad1.pdf").locator("button.a-retry")
    assert one.bounding_box()["height"] >= 48
    one.click()
    page.wait_for_selector("#said [role=status] >> text=もう一度登録します: bad1.pdf")
    jobs = visitor.site.andon.library.jobs
    wait_for(lambda: not any(job.state in ("queued", "running") for job in jobs.jobs()))  # as bad as before
    page.click(".a-titled .a-retry")
    page.wait_for_selector("#said [role=status] >> text=bad1.pdf、bad2.pdf")
    page.wait_for_selector("tr[data-state=failed] >> text=bad2.pdf")


def test_files_are_dropped_refused_and_cancelled(visitor: Visitor, tmp_path: Path) -> None:
    jobs = visitor.site.andon.library.jobs
    page = visitor.signed_in("admin", "/admin/")
    page.wait_for_selector(".a-drop")
    data = page.evaluate_handle(
        """() => { const data = new DataTransfer();
        const files = [['drop1.md', '# 一\\n\\n本文。'], ['drop2.exe', 'MZ'], ['drop3.md', '# 三\\n\\n本文です。']];
        for (const [name, text] of files) data.items.add(new File([text], name));
        return data; }"""
    )
    page.dispatch_event(".a-drop", "drop", {"dataTransfer": data})
    page.wait_for_selector("#said [role=alert] >> text=drop2.exe")
    expect(page.locator(".a-sending-file[data-state=done]")).to_have_count(2)
    visitor.watch.forgive(422)
    page.wait_for_selector("tr[data-state=done] >> text=drop3.md")
    jobs.stop()
    page.set_input_files("input[type=file] >> nth=0", {"name": "wait.md", "mimeType": "", "buffer": b"# Late\n\nText."})
    page.click("tr[data-state=queued] button.a-cancel")
    page.wait_for_selector("#said [role=status] >> text=wait.md の登録を中止しました")
    page.wait_for_selector("tr[data-state=cancelled] >> text=wait.md")
    jobs.start()


def test_a_manual_is_found_and_switched_off_and_on(visitor: Visitor) -> None:
    library = visitor.site.andon.library
    page = visitor.signed_in("admin", "/admin/")
    page.fill("#manual-words input, #manual-words textarea", "ｐｋ－７")
    page.wait_for_selector("#manuals:not(:has-text('fd2.txt')) >> text=pk7.md")
    switch = page.locator("button.a-switch[data-name='pk7.md']")
    assert switch.bounding_box()["height"] >= 48
    switch.press("Space")
    page.wait_for_selector("#said [role=status] >> text=検索から外しました")
    page.wait_for_selector("button.a-switch[data-name='pk7.md'][aria-checked=false]")
    assert library.search("E-401").codes == ()
    switch.click()
    page.wait_for_selector("#said [role=status] >> text=検索に戻しました")
    assert library.search("E-401").codes == ("E401",)
    with page.expect_download() as started:
        page.click("a[download='pk7.md']")
    assert "PK-7" in Path(started.value.path()).read_text(encoding="utf-8")


def test_a_manual_is_deleted_only_after_a_question(visitor: Visitor, tmp_path: Path) -> None:
    library = visitor.site.andon.library
    source = tmp_path / "old.md"
    source.write_text("# 旧機 OL-1\n\n旧機の説明。\n", encoding="utf-8")
    manual = library.add(source).manual
    page = visitor.signed_in("admin", "/admin/")
    button = page.locator(f"button.a-delete[data-manual='{manual.id}']")
    button.click()
    dialog = page.locator("#delete-dialog")
    expect(dialog).to_be_visible()
    says(dialog, "old.md")
    dialog.locator(".a-no").click()
    expect(dialog).to_be_hidden()
    assert manual.id in {m.id for m in library.manuals()}
    button.click()
    dialog.locator(".a-yes").click()
    page.wait_for_selector("text=old.md を削除しました。")
    button.wait_for(state="detached")
    assert manual.id not in {m.id for m in library.manuals()}


def test_a_search_shows_score_and_why(visitor: Visitor) -> None:
    page = visitor.signed_in("admin", "/admin/#search")
    page.fill("#search-question textarea, #search-question input", "E-401")
    page.click("#search")
    hit = page.locator(".a-hit").first
    hit.wait_for()
    hit.locator("summary").click()
    for text in ("スコア", "コード一致 1 位", "フィルムロールを交換する。"):
        says(hit, text)
    says(page.locator("#hits .a-verdict-card"), "この質問には回答します")
    page.goto(visitor.site.address + "/admin/#search/" + quote("E-987 が出た"))
    page.wait_for_selector("#hits .a-declines >> text=この質問には回答しません")
    expect(page.locator("#search-question textarea, #search-question input").first).to_have_value("E-987 が出た")


def test_a_page_is_shown_as_it_was_read(visitor: Visitor) -> None:
    page = visitor.signed_in("admin", "/admin/")
    page.locator("#manuals tr", has_text="pk7.md").locator("a[href^='#reading/']").click()
    page.wait_for_selector("#reading li[data-pair] >> text=フィルムロールを交換する。")
    expect(page.locator(".a-parts [aria-current]").first).to_have_attribute("data-part", "reading")
    says(page.locator("#reading .a-reading .a-blank"), "決まったページがありません")  # Markdown has no pages
    page.go_back()
    page.wait_for_selector("#manuals >> visible=true")


def test_users_are_added_and_switched_off_but_not_the_last_admin(visitor: Visitor) -> None:
    accounts = visitor.site.andon.accounts
    page = visitor.signed_in("admin", "/admin/#users")
    page.fill("#users .a-new-user input[name=name]", "suzuki")
    page.fill("#users .a-new-user input[name=password]", "suzuki-pass")
    page.click("#users .a-new-user button[type=submit]")
    page.wait_for_selector("#users-said [role=status] >> text=suzuki を追加しました")
    assert accounts.check("suzuki", "suzuki-pass").role == "operator"
    page.click("#users button.a-switch[data-name=suzuki]")
    page.wait_for_selector("#users button.a-switch[data-name=suzuki][aria-checked=false]")
    page.select_option("#users select[data-name=admin]", "operator")
    page.wait_for_selector("#users-said [role=alert] >> text=ログインできる管理者がいなくなる")
    expect(page.locator("#users select[data-name=admin]").first).to_have_value("admin")


def test_charts_the_box_and_a_backup(visitor: Visitor, tmp_path: Path) -> None:
    page = visitor.signed_in("admin", "/admin/#figures")
    page.wait_for_selector("#figures .a-blank")  # nothing was asked yet
    visitor.watch.settle(page)
    page.goto(visitor.site.address)
    page.wait_for_selector("html[data-ready] #question")
    ask(page, "E-401")
    answered(page)
    visitor.watch.settle(page)
    page.goto(visitor.site.address + "/admin/#figures")
    page.wait_for_selector("#figures svg[role=img]")
    page.click("#figures .a-pick[data-days='90']")
    page.wait_for_selector("#figures .a-pick[data-days='90'][aria-pressed=true]")
    go(page, "box")
    page.wait_for_selector("#box >> text=fake-slm")
    page.fill("#box input[name=folder]", str(tmp_path))
    page.click("#box form button[type=submit]")
    page.wait_for_selector("#box-said [role=status] >> text=バックアップを作成しました")
    assert len(list(tmp_path.glob("andon-backup-*.tar"))) == 1
    page.click("#box .a-prove")
    page.wait_for_selector("#box-said [role=status] >> text=一致")


def test_an_admin_reaches_both_pages(visitor: Visitor) -> None:
    page = visitor.signed_in("admin", "/")
    visitor.watch.settle(page)
    page.click("nav a[href='/admin/']")
    page.wait_for_selector("html[data-ready] #upload")
    visitor.watch.settle(page)
    page.click("nav a[href='/']")
    page.wait_for_selector("html[data-ready] #question")
