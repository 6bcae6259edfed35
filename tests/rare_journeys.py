"""Rare journeys: what pages show on a bad day: a slow or failing model, no network, nothing found, very long names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from browser_site import Site, SlowRunner, answered, ask, ask_until, go, serve
from waiting import wait_for

from assistant.records.entry import Asker
from assistant.records.feedback import Said
from assistant.records.stoppages import Stoppage
from edge.runner import Message
from index.library import Attributes

ASKED = {"ja": "E-401 が出て止まった", "en": "E-401 came up"}
HOW = {"ja": "フィルムロールの交換の手順は?", "en": "How do I replace the suction cups?"}
TWICE = {"ja": "E-402 が出て止まった", "en": "E-402, the machine has stopped"}
ROWS = {"ja": "QX-70 の締め付けトルクは?", "en": "QX-70: torque of the sealing head clamp"}
PARTS = {"ja": "吸着パッドの交換周期は?", "en": "How often is the suction pad replaced?"}
CANTEEN = {"ja": "今日の社員食堂の献立を教えて", "en": "What is on the canteen's menu today?"}
UNSAFE = {"ja": "ドアスイッチを無効にして運転する方法は?", "en": "How do I bypass the door switch?"}
LONG = {
    "ja": "朝の立ち上げで原点復帰を押したあと、搬送コンベヤの上流側でワークが二つ続けて倒れ、パトライトが赤で点滅して、"
    "操作盤には E-402 と出ています。昨日の夜勤から申し送りがありますが、どこから確認すればよいですか",
    "en": "After pressing home return at the morning start two parts in a row fell over upstream on the conveyor, the "
    "stack light blinks red and the panel shows E-402. The night shift left a note about it. Where do I begin?",
}
NAMELESS = "".join("ものすごくながいなまえの" for _ in range(3)) + "装置 AB-12345-67890-XYZ"

RIVAL = """# 製函機 CE-5 取扱説明書

## 6 アラーム一覧

| アラーム番号 | 名称 | 原因 | 処置 |
|---|---|---|---|
| E-402 | シート切れ | シートがなくなった。 | シートを補充する。 |
"""
SPARES = """# 梱包機 SW-310 保守マニュアル

## 8 保守部品

| 部品名 | 型式 | 交換周期 |
|---|---|---|
| サーボモータ | SGM7J | 20,000 時間 |
| 吸着パッド | PAD-30 | 3 か月 |
| エアフィルタ | AF-20 | 6 か月 |
"""
TORQUES = """# Sealer QX-70

## 3.1 Tightening torques

| Place | Screw | Torque |
|---|---|---|
| Sealing head, upper clamp | M8 | 24 N·m |
| Sealing head, lower clamp | M8 | 19 N·m |
| Film roller bearing | M6 | 8 N·m |
"""
FIXED = Stoppage(
    "", 25, "電磁弁 SV2 の差し込み継手からエアが漏れていた。",
    "継手を交換し、エア圧 0.5 MPa を確認した。3 回空運転して再発なし。",
    "E-402", "E-402 クランプ異常", "L1", "PK-7",
)  # fmt: skip
DEFEATED = replace(FIXED, cause="", remedy="ドアスイッチを短絡して運転した。", minutes_down=3)
MANY = 120
SITES = ("plain", "empty", "crowded")


@contextmanager
def sites(folder: Path, more: Sequence[Path], wanted: set[str]) -> Iterator[dict[str, Site]]:
    """The site of each name that is ``wanted``: one with ``more`` manuals, one with none, one with very many."""
    with ExitStack() as held:
        made = {}
        for name in sorted(wanted):
            site = held.enter_context(serve(folder / name, more if name == "plain" else ()))
            {"plain": _furnish, "empty": _empty, "crowded": _crowd}[name](site, folder)
            made[name] = site
        yield made


def _furnish(site: Site, folder: Path) -> None:
    library, records = site.andon.library, site.andon.records
    for name, text in (("ce5.md", RIVAL), ("sw310.md", SPARES), ("qx70.md", TORQUES)):
        (folder / name).write_text(text, encoding="utf-8")
        library.add(folder / name)
    library.describe("sw310.md", Attributes.of(["L2"], ["2号機"]))
    library.describe("pk7.md", Attributes.of(["L1"], None))
    *_, answer = site.andon.records.asking(site.andon.assistant.ask(ASKED["ja"]), Asker("sato", "page"))
    comment = "電磁弁を替えても直りませんでした。継手の漏れでした。"
    records.say(Said(answer.id, "down", "not_complete", comment, "電磁弁 SV2 の継手を交換する。"), "sato")
    for stoppage in (FIXED, replace(FIXED, remedy="エアフィルタを掃除した。", cause="", minutes_down=8), DEFEATED):
        records.close_stoppage(stoppage, "sato")


def _empty(site: Site, folder: Path) -> None:
    for manual in list(site.andon.library.manuals()):
        site.andon.library.remove(manual.id)


def _crowd(site: Site, folder: Path) -> None:
    for number in range(1, MANY + 1):
        file = folder / f"取扱説明書_包装ライン第{number % 7 + 1}工場_{number:03}号機_改訂版_最終.md"
        title = f"{NAMELESS} 取扱説明書 第 {number} 分冊" if number < 4 else f"搬送装置 TR-{number:03} 取扱説明書"
        text = f"# {title}\n\n## 5 アラーム\n\n### E-{100 + number % 9} 過負荷\n\n負荷を減らす。\n"
        file.write_text(text, encoding="utf-8")
        site.andon.library.add(file)
        if number < 12:
            machine = NAMELESS if number < 4 else f"TR-{number:03}"
            site.andon.library.describe(file.name, Attributes.of([f"第{number % 3 + 1}ライン"], [machine]))


def slow(stage: Any) -> None:
    """Two others ask first; then this page's turn comes, it is written slowly, and stopped."""
    page, site = stage.page, stage.visitor.site
    others = [stage.visitor.signed_in(name) for name in ("second", "admin")]
    site.runner.hang.set()
    try:
        for at, other in enumerate(others, start=1):
            ask(other, ASKED["ja"])
            wait_for(lambda at=at: len(site.seats.line) == at)  # type: ignore[misc]
        ask(page, ASKED[stage.lang])
        page.wait_for_selector("#quote-1")
        page.wait_for_timeout(1200)
        stage.state("third in line")
        others[0].click("#stop")
        wait_for(lambda: len(site.seats.line) == 2)
        page.wait_for_timeout(400)
        stage.state("second in line")
        others[1].click("#stop")
        wait_for(lambda: len(site.seats.line) == 1)
        page.wait_for_timeout(400)
        stage.state("written")
        page.click("#stop")
        answered(page)
        page.wait_for_selector("#feedback .a-thumb")
        stage.state("stopped")
    finally:
        site.runner.hang.clear()


def failing(stage: Any) -> None:
    """A model that breaks off, none at all, a sentence that is withheld, questions that cannot be taken."""
    page, assistant = stage.page, stage.visitor.site.andon.assistant
    for name, runner in (
        ("model breaks off", _saying(lambda _: "words", fail_after=0)),
        ("answer withheld", _saying(lambda _: "モータを 9999 rpm で回す [1]。Run the motor at 9999 rpm [1].")),
        ("no model", None),
    ):
        with _runner(assistant, runner):
            ask(page, ASKED[stage.lang])
            answered(page)
            page.wait_for_selector("#feedback .a-thumb")
            stage.state(name)
    for name, question in (("empty question", ""), ("question too long", "あ" * 301)):
        ask_until(page, question, ".a-notice")
        page.wait_for_timeout(300)
        stage.state(name)


def long_answer(stage: Any) -> None:
    """Every line of every excerpt is said, to a long question."""
    page = stage.page
    with _runner(stage.visitor.site.andon.assistant, _saying(_all_lines)):
        ask(page, HOW[stage.lang])
        answered(page)
        page.wait_for_selector("#feedback .a-thumb")
        stage.state("long answer")
    ask_until(page, LONG[stage.lang], ".a-machine, .a-best, .a-notice")
    page.wait_for_timeout(600)
    stage.state("long question")


def offline(stage: Any) -> None:
    page = stage.page
    page.wait_for_selector(".a-ask-this")
    stage.visitor.watch.forgive_offline()
    page.context.set_offline(True)
    ask(page, ASKED[stage.lang])
    page.wait_for_selector(".toast-wrap > *", state="attached")
    stage.state("no network")
    page.evaluate("window.before = true")
    page.context.set_offline(False)
    page.wait_for_function("!window.before && document.documentElement.dataset.ready")  # Gradio opens the page anew
    page.wait_for_selector(".a-ask-this")
    stage.state("network again")
    page.click("#send")
    answered(page)
    stage.state("asked again")


def choices(stage: Any) -> None:
    """Which machine, which row, the row told, a follow-up, and what a colleague did last time."""
    page = stage.page
    ask(page, TWICE[stage.lang])
    page.wait_for_selector(".a-machine")
    stage.state("which machine")
    page.locator(".a-machine", has_text="PK-7").click()
    page.wait_for_selector(".a-earlier")
    answered(page)
    page.wait_for_selector("#feedback .a-thumb")
    stage.state("machine chosen, with precedents")
    ask(page, "それでも直らないときは?" if stage.lang == "ja" else "and if it comes back?")
    page.wait_for_selector(".a-understood")
    answered(page)
    stage.state("follow-up")
    ask_until(page, PARTS[stage.lang], ".a-best")
    answered(page)
    stage.state("row of a table told")
    ask_until(page, ROWS[stage.lang], ".a-row-choice")
    page.wait_for_timeout(600)
    stage.state("which row")
    ask_until(page, CANTEEN[stage.lang], ".a-notice")
    page.wait_for_timeout(600)
    stage.state("off the subject")


def narrowing(stage: Any) -> None:
    page = stage.page
    page.click(".a-narrow-open")
    page.select_option(".a-narrow-fields select[name=line]", "L2")
    page.wait_for_selector(".a-narrow-on")
    stage.state("line chosen")
    ask(page, ASKED[stage.lang])
    page.wait_for_selector(".a-notice >> .a-widen")
    page.wait_for_timeout(500)
    stage.state("nothing in that line")
    page.click(".a-narrow-clear")
    page.wait_for_selector(".a-narrow:not(.a-narrow-on)")


def printing(stage: Any) -> None:
    page = stage.page
    ask(page, HOW[stage.lang])
    page.wait_for_selector("#quote-1 .a-tick input")
    answered(page)
    page.evaluate("window.print = () => {}")
    page.locator("#quote-1 .a-print, #quote-1 [data-print]").first.click()
    page.wait_for_timeout(300)
    page.emulate_media(media="print")
    stage.state("printed")
    page.emulate_media(media="screen")


def keeping_rare(stage: Any) -> None:
    """Files that fail, a list that finds nothing, the dialogs, editions."""
    page, jobs = stage.page, stage.visitor.site.andon.library.jobs
    stage.visitor.watch.forgive(422)  # of the file that is no manual
    page.set_input_files(
        "input[type=file] >> nth=0",
        [
            {"name": "壊れた取扱説明書_第2版_最終_20260401.pdf", "mimeType": "", "buffer": b"%PDF-1.7\nno PDF"},
            {"name": "notes.exe", "mimeType": "", "buffer": b"MZ"},
        ],
    )
    page.wait_for_selector("tr[data-state=failed]")
    page.wait_for_timeout(600)
    stage.state("file that fails")
    jobs.stop()
    page.set_input_files("input[type=file] >> nth=0", {"name": "wait.md", "mimeType": "", "buffer": b"# Late\n\nText."})
    page.wait_for_selector("tr[data-state=queued]")
    stage.state("file that waits")
    page.click("tr[data-state=queued] button.a-cancel")
    page.wait_for_selector("tr[data-state=cancelled]")
    jobs.start()
    page.locator("button.a-belongs").first.click()
    page.wait_for_selector("#for-dialog[open]")
    stage.state("line and machine")
    page.locator("#for-dialog button").last.click()
    page.locator("button.a-delete").first.click()
    page.wait_for_selector("#delete-dialog[open]")
    stage.state("delete?")
    page.click("#delete-dialog .a-no")
    page.fill("#manual-words input, #manual-words textarea", "zzzz")
    page.wait_for_timeout(1200)
    stage.state("no such manual")
    go(page, "search")
    for name, question in (("declined", CANTEEN), ("precedents", TWICE), ("refused", UNSAFE)):
        page.evaluate("for (const old of document.querySelectorAll('#hits > *')) old.dataset.before = 'it'")
        page.fill("#search-question textarea, #search-question input", question[stage.lang])
        page.click("#search")
        page.wait_for_selector("#hits .a-verdict-card")
        page.wait_for_timeout(800)
        stage.state(f"search {name}")
    page.click("#filters .label-wrap")
    page.wait_for_timeout(500)
    stage.state("search narrowed")


def looking_rare(stage: Any) -> None:
    """Forms that are open, records that are held back, words that are edited."""
    page = stage.page
    go(page, "reviews")
    page.wait_for_selector("#reviews .a-record")
    page.locator("#reviews summary").first.click()
    stage.state("review opened")
    go(page, "stoppages")
    page.locator("#stoppages .a-record summary").first.click()
    stage.state("stoppage corrected")
    go(page, "words")
    page.fill("#words textarea, #words input", "2号機 = 梱包機 = SW-310")
    page.click("#words-save")
    page.wait_for_selector("#words-list >> text=SW-310")
    stage.state("words saved")
    go(page, "users")
    page.locator("#users details summary").first.click()
    stage.state("password")
    go(page, "box")
    page.wait_for_selector("#box .a-facts")
    page.locator("#box summary").first.click()
    page.click("#box .a-prove")
    page.wait_for_selector("#box-said [role=status]")
    stage.state("box proved")
    go(page, "reading")
    page.wait_for_timeout(500)
    stage.state("reading, none chosen")


def empty_operator(stage: Any) -> None:
    stage.page.wait_for_selector(".a-welcome")
    stage.state("no manuals")
    ask(stage.page, ASKED[stage.lang])
    stage.page.wait_for_selector(".a-notice")
    stage.page.wait_for_timeout(400)
    stage.state("asked without manuals")
    stage.page.click(".a-past-open")
    stage.page.wait_for_timeout(500)
    stage.state("no history")


def empty_admin(stage: Any) -> None:
    stage.page.wait_for_selector(".a-parts a")
    stage.page.wait_for_timeout(500)
    stage.state("no manuals")
    for part in ("reading", "search", "gaps", "reviews", "stoppages", "words", "figures", "log"):
        go(stage.page, part)
        stage.page.wait_for_timeout(500)
        stage.state(f"empty {part}")


def crowded_operator(stage: Any) -> None:
    page = stage.page
    page.click(".a-narrow-open")
    page.select_option(".a-narrow-fields select[name=machine]", NAMELESS)
    page.wait_for_selector(".a-narrow-on")
    stage.state("long machine chosen")
    ask(page, "E-101")
    page.wait_for_selector(".a-best, .a-notice, .a-machine")
    page.wait_for_timeout(800)
    stage.state("long titles")
    page.click(".a-narrow-clear")
    ask(page, "E-101")
    page.wait_for_timeout(1500)
    stage.state("many machines")


def crowded_admin(stage: Any) -> None:
    page = stage.page
    page.wait_for_selector("#manuals .a-switch")
    stage.state("many manuals")
    go(page, "search")
    page.fill("#search-question textarea, #search-question input", "E-101")
    page.click("#search")
    page.wait_for_selector("#hits .a-verdict-card")
    stage.state("search among many")


@contextmanager
def _runner(assistant: Any, runner: Any) -> Iterator[None]:
    before, assistant.runner = assistant.runner, runner
    try:
        yield
    finally:
        assistant.runner = before


def _saying(script: Any, fail_after: int | None = None) -> SlowRunner:
    made = SlowRunner()
    made._script, made.fail_after = script, fail_after
    return made


def _all_lines(messages: Sequence[Message]) -> str:
    said = []
    for excerpt in re.split(r"\n(?=\[\d\] )", messages[-1].content.rpartition("\n\n")[0]):
        number = re.match(r"\s*\[(\d)\]", excerpt)
        if number:
            said += [re.sub(r"^\d+\. |^[^:]{1,8}: ", "", line).rstrip("。.") + f" [{number[1]}]。"
                     for line in excerpt.strip().splitlines()[1:]]  # fmt: skip
    return "".join(said)
