"""Questions about codes, made by rule from open code lists and the demo manuals: five wordings each, fixed seed."""

from __future__ import annotations

import hashlib
import json
import random
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from assistant.settings import ROOT
from index.codes.find import find_codes
from index.manuals.markdown import MarkdownReader
from index.passage import Hit
from index.passages.rows import is_alarm_row

SEED = 20
WORDINGS = ("en-1", "en-2", "ja-1", "ja-2", "odd")

_EN = (
    "What does {c} mean?", "{c} - how do I fix it?", "The display shows {c}. What should I check?",
    "What are the cause and the remedy of {c}?", "machine stopped with {c}", "{c}",
    "I keep getting {c}, what can I do about it?",
)  # fmt: skip
_JA = (
    "{c}の原因は？", "{c}が出ました。対処方法を教えてください", "{c}とは何ですか", "{c} 意味",
    "表示が{c}で止まった。どうすればいい？", "{c}って出てるんだけど何を見ればいい", "{c}の原因と処置を教えてください",
)  # fmt: skip
_EN_SETTING = ("What does {c} do?", "What is {c}?", "Explain {c}", "which value is set by {c}", "{c}")
_JA_SETTING = ("{c}は何の設定ですか", "{c}の意味を教えてください", "{c}とは", "{c} 説明", "{c}を変えるとどうなりますか")


@dataclass(frozen=True)
class CodeEntry:
    """A code with the passage that is right for it: ``forms`` are its wordings by language ("en", "ja", "odd"),
    ``machine`` a name that every wording adds, ``is_right`` tells the entry's passage, ``key`` is the code in its one
    form, by which another set may have it too."""

    id: str
    kind: str
    forms: dict[str, Sequence[str]]
    is_right: Callable[[Hit, str], bool]
    setting: bool = False
    machine: str = ""
    key: str = ""

    @property
    def held_back(self) -> bool:
        return hashlib.sha256(self.id.encode()).digest()[0] % 2 == 1


@dataclass(frozen=True)
class CodeSet:
    """Files to index with the entries asked of them."""

    name: str
    files: list[Path]
    entries: list[CodeEntry] = field(default_factory=list)


def questions(entry: CodeEntry) -> list[tuple[str, str]]:
    """(wording, question) of a code, the same at every run."""
    rng = random.Random(f"{SEED}:{entry.id}")
    frames = {"en": _EN_SETTING, "ja": _JA_SETTING} if entry.setting else {"en": _EN, "ja": _JA}
    asked = []
    for lang in ("en", "ja"):
        forms = rng.sample(list(entry.forms[lang]), 2)
        for number, (form, frame) in enumerate(zip(forms, rng.sample(frames[lang], 2), strict=True), start=1):
            asked.append((f"{lang}-{number}", frame.format(c=f"{entry.machine} {form}".strip())))
    frame = rng.choice([*frames["en"], *frames["ja"]])
    asked.append(("odd", frame.format(c=f"{entry.machine} {rng.choice(list(entry.forms['odd']))}".strip())))
    return asked


def wide(text: str) -> str:
    """``text`` in full-width forms, as a Japanese keyboard writes it."""
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else "\u3000" if c == " " else c for c in text)


def _plain(text: str) -> str:
    text = re.sub(r"\[([^\]]+)\]\([^)]*\)", r"\1", text)  # a link is read as its text
    return re.sub(r"\W+", " ", unicodedata.normalize("NFKC", text)).strip()


def grbl(shared: Path) -> CodeSet:
    """Three CSV tables whose numbers collide."""
    folder = shared / "grbl-codes-en"
    rows = [json.loads(line) for line in (folder / "codes.jsonl").read_text(encoding="utf-8").splitlines()]
    entries = [_grbl_entry(row, rows) for row in rows]
    return CodeSet("grbl", sorted(folder.glob("*.csv")), entries)


def _grbl_entry(row: dict[str, str], rows: list[dict[str, str]]) -> CodeEntry:
    n, kind = row["code"].removeprefix("$"), row["kind"]
    own = _plain(row["text"])
    others = [_plain(r["text"]) for r in rows if r["doc"] == row["doc"] and _plain(r["text"]) not in own]

    def is_right(hit: Hit, lang: str) -> bool:
        text = _plain(hit.passage.text)
        stands = re.search(rf"\b{n} {re.escape(_plain(row['title']))}|: {n}\b", hit.passage.text.replace("\n", " "))
        numbered = stands is not None or re.search(rf"(?<!\d){n}(?!\d)", text.split(_plain(row["title"]))[0])
        alone = not any(other in text for other in others)
        return hit.manual.name == row["doc"] and own in text and bool(numbered) and alone

    forms: dict[str, Sequence[str]] = {
        "alarm": {
            "en": (f"alarm {n}", f"ALARM:{n}", f"alarm code {n}", f"alarm number {n}"),
            "ja": (f"アラーム{n}", f"アラーム {n} 番", f"アラームコード{n}", f"{n}番のアラーム"),
            "odd": (wide(f"ALARM:{n}"), wide(f"alarm {n}"), f"ALM{n}", f"アラーム{wide(n)}", f"Alarm-{n}"),
        },
        "error": {
            "en": (f"error {n}", f"error:{n}", f"error code {n}", f"err {n}"),
            "ja": (f"エラー{n}", f"エラー{n}番", f"エラーコード{n}", f"{n}番のエラー"),
            "odd": (wide(f"ERROR:{n}"), f"エラー\u3000{wide(n)}", f"err{n}", wide(f"Err.{n}"), f"Error-{n}"),
        },
        "setting": {
            "en": (f"${n}", f"setting {n}", f"setting ${n}", f"parameter {n}"),
            "ja": (f"${n}", f"設定{n}", f"パラメータ{n}", f"設定${n}", f"{n}番の設定"),
            "odd": (wide(f"${n}"), f"$ {n}", f"設定{wide(n)}番", f"パラメーター {n}"),
        },
    }[kind]  # type: ignore[assignment]
    family = {"alarm": "AL", "error": "ERR", "setting": "SETTING"}[kind]
    return CodeEntry(f"grbl:{row['id']}", kind, forms, is_right, kind == "setting", key=f"{family}{n}")


def odrive(shared: Path, work: Path, layout: str) -> CodeSet:
    """Named flags, laid out as headings of a Markdown manual or as a table."""
    folder = shared / "odrive-en"
    rows = [json.loads(line) for line in (folder / "codes.jsonl").read_text(encoding="utf-8").splitlines()]
    rows = [row for row in rows if (row["title"] or row["text"]) and "error" in row["id"]]
    name = f"odrive_{layout}.{'md' if layout == 'headings' else 'csv'}"
    (work / name).write_text(_flag_headings(rows) if layout == "headings" else _flag_table(rows), encoding="utf-8")
    files = [work / name, *sorted((folder / "docs").glob("*.md"))]
    return CodeSet(f"odrive {layout}", files, [_flag_entry(row, name) for row in rows])


def _flag_headings(rows: list[dict[str, str]]) -> str:
    out = ["# Motor drive: error flags"]
    for component in dict.fromkeys(row["component"] for row in rows):
        out.append(f"## {component} errors")
        for row in rows:
            if row["component"] == component:
                out += [f"### {row['code']}", row["title"], row["text"]]
    return "\n\n".join(part for part in out if part) + "\n"


def _flag_table(rows: list[dict[str, str]]) -> str:
    def cell(text: str) -> str:
        return '"' + text.replace('"', '""') + '"'

    lines = ["Component,Flag,Meaning,Cause and remedy"]
    lines += [",".join(cell(row[key]) for key in ("component", "code", "title", "text")) for row in rows]
    return "\n".join(lines) + "\n"


def _flag_entry(row: dict[str, str], name: str) -> CodeEntry:
    flag = row["code"]
    own = _plain(row["text"] or row["title"])[:60]

    def is_right(hit: Hit, lang: str) -> bool:
        at = (*hit.passage.section[-1:], hit.passage.text[:120])
        return hit.manual.name == name and own in _plain(hit.passage.text) and any(flag in text for text in at)

    words = flag.replace("_", " ")
    forms: dict[str, Sequence[str]] = {
        "en": (flag, words.lower(), flag.lower(), words),
        "ja": (flag, words.lower(), flag.lower(), f"{flag}エラー"),
        "odd": (wide(flag), words.title(), words.title().replace(" ", ""), words.lower().replace(" ", "-"),
                wide(words.lower()), f"ERROR_{flag}"),
    }  # fmt: skip
    return CodeEntry(f"odrive:{row['id']}", "flag", forms, is_right, key=flag)


def bugcheck(shared: Path) -> CodeSet:
    """Stop codes in hexadecimal, one page a code in each language."""
    folder = shared / "windows-bugcheck-en-ja"
    rows = [json.loads(line) for line in (folder / "codes.jsonl").read_text(encoding="utf-8").splitlines()]
    pages: dict[str, dict[str, str]] = {}
    for row in rows:
        pages.setdefault(row["code"], {})[row["lang"]] = row["doc"]
    files = sorted((folder / "docs").rglob("*.md"))
    return CodeSet("bugcheck", files, [_stop_entry(code, docs) for code, docs in pages.items()])


def _stop_entry(code: str, docs: dict[str, str]) -> CodeEntry:
    value = code[2:].lower()

    def is_right(hit: Hit, lang: str) -> bool:
        own = docs.get(lang)
        named = hit.manual.name in (own.replace("/", "__"),) if own else False
        leaf = hit.passage.section[-1] if len(hit.passage.section) > 1 else ""
        tells = not re.search(r"see also|parameter|参照|関連|パラメーター?$", leaf, re.IGNORECASE)
        return named and tells and hit.passage.kind != "table"

    up, padded = value.upper(), value.upper().rjust(8, "0")
    forms: dict[str, Sequence[str]] = {
        "en": (f"bug check 0x{up}", f"stop code {value}", f"0x{padded}", f"STOP 0x{padded}", f"bugcheck {up}",
               f"stop code 0x{value}"),
        "ja": (f"停止コード 0x{up}", f"ストップコード{up}", f"バグチェック 0x{up}", f"停止コード{value}",
               f"エラー 0x{padded}"),
        "odd": (wide(f"0x{padded}"), f"0X{value}", f"0x {up}", wide(f"stop code {value}"), f"stop code {padded}",
                f"バグ チェック {up}"),
    }  # fmt: skip
    return CodeEntry(f"bugcheck:{code}", "stop", forms, is_right, key=f"0x{up}")


def demo() -> CodeSet:
    """Alarms of the demo manuals (PDF), two of which use the same numbers."""
    entries: list[CodeEntry] = []
    found: list[tuple[str, str, str, str]] = []
    for source in sorted((ROOT / "demo/sources").glob("*/manual.md")):
        for page in MarkdownReader().open(source).pages:
            for block in page.blocks:
                if is_alarm_row(block):
                    cells = [cell for _, cell in block.cells]
                    found.append((source.parent.name, find_codes(cells[0])[0].canonical, cells[0], cells[-1]))
    for slug, code, printed, last in found:
        shared_code = len({other for other, same, _, _ in found if same == code}) > 1
        entries.append(_demo_entry(slug, printed, last, shared_code))
    return CodeSet("demo", sorted((ROOT / "demo/manuals").glob("*.pdf")), entries)


def _demo_entry(slug: str, printed: str, last: str, shared_code: bool) -> CodeEntry:
    code = re.match(r"[A-Za-z0-9.\-]+", printed)
    assert code is not None, printed
    plain = code[0]
    wanted = re.sub(r"\W", "", last)[:40]

    def is_right(hit: Hit, lang: str) -> bool:
        head = hit.passage.text.split("\n")[0]
        entry = plain in head or any(heading.find(plain) >= 0 for heading in hit.passage.section[-1:])
        whole = wanted in re.sub(r"\W", "", hit.passage.text) or hit.passage.kind in ("steps", "alarm")
        return hit.manual.name == f"{slug}.pdf" and entry and whole

    bare = re.sub(r"[.\-]", "", plain)
    forms: dict[str, Sequence[str]] = {
        "en": (plain, f"alarm {plain}", f"error {plain}", bare),
        "ja": (plain, f"アラーム{plain}", f"エラー {plain}", f"{bare}のアラーム"),
        "odd": (wide(plain), plain.lower(), plain.replace("-", "ー"), plain.replace("-", " ").replace(".", " "),
                wide(bare)),
    }  # fmt: skip
    machine = re.sub(r"([a-z]+)(\d+)", r"\1-\2", slug).upper() if shared_code else ""
    key = find_codes(plain)[0].canonical
    return CodeEntry(f"demo:{slug}:{plain}", "alarm", forms, is_right, machine=machine, key=key)
