"""Every format end to end, in both languages: added to a library, and a question finds the right row, step or value."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from office_files import ALARMS_EN, ALARMS_JA, slides_file, word_file, workbook_file

from assistant.ask import place
from index.library import Library
from index.options import IndexOptions
from ui.cards import place_html

ROWS = {True: (("コード", "原因", "処置"), *ALARMS_JA), False: (("Code", "Cause", "Remedy"), *ALARMS_EN)}


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library(IndexOptions(tmp_path / "index", embedder="none"), write=True) as library:
        yield library


def text_file(path: Path, ja: bool) -> Path:
    """AsciiDoc, plain text or CSV with one alarm table, a procedure and a value."""
    header, *rows = ROWS[ja]
    steps = ("電源を切る。", "ベルトを外す。") if ja else ("Switch off.", "Remove the belt.")
    value = "ベルトの張力は 24 N·m とする。" if ja else "Tighten the belt to 24 N·m."
    titles = ("ベルトの交換", "張力", "アラーム") if ja else ("Replacing the belt", "Tension", "Alarms")
    if path.suffix == ".csv":
        text = "\n".join(",".join(row) for row in (header, rows[0], *rows[2:]))
        path.write_bytes(text.encode("cp932"))
    elif path.suffix == ".adoc":
        table = "\n".join(f"| {' | '.join(row)}" for row in (header, *rows))
        steps_text = "\n".join(f". {step}" for step in steps)
        path.write_text(f"= SC-200\n\n== {titles[0]}\n\n{steps_text}\n\n== {titles[1]}\n\n{value}\n\n== {titles[2]}\n\n"
                        f"[%header]\n|===\n{table}\n|===\n", encoding="utf-8")  # fmt: skip
    else:
        numbered = "\n".join(f"{n}. {step}" for n, step in enumerate(steps, 1))
        alarms = "\n\n".join(f"3.{n} {code}\n\n{cause} {remedy}" for n, (code, cause, remedy) in enumerate(
            (row for row in rows if row[0]), 1))  # fmt: skip
        text = f"SC-200\n======\n\n1. {titles[0]}\n----\n\n{numbered}\n\n2. {titles[1]}\n----\n\n{value}\n\n{alarms}\n"
        path.write_bytes(text.replace("·", "・").encode("euc_jp") if ja else text.encode("utf-16"))
    return path


MAKERS = {".docx": word_file, ".pptx": slides_file, ".xlsx": workbook_file, ".csv": text_file, ".adoc": text_file,
          ".txt": text_file}  # fmt: skip


@pytest.mark.parametrize("ja", [True, False], ids=["ja", "en"])
@pytest.mark.parametrize("suffix", MAKERS)
def test_the_right_passage_is_found(suffix: str, ja: bool, library: Library, tmp_path: Path) -> None:
    manual = library.add(MAKERS[suffix](tmp_path / f"sc200{suffix}", ja)).manual
    assert manual.lang == ("ja" if ja else "en")
    code = "AL.45" if suffix == ".xlsx" else "E-102"
    hit = library.search(f"{code} の処置は?" if ja else f"What to do about {code}?").hits[0]
    assert ("ファンを掃除する" if ja else "Clean the fan") in hit.passage.text
    if suffix == ".xlsx":
        hit = library.search("ベルトのトルク" if ja else "torque of the belt").hits[0]
        assert "24.0" in hit.passage.text
    elif suffix != ".csv":
        hit = library.search("ベルトの張力は?" if ja else "What is the tension of the belt?").hits[0]
        assert "24 N" in hit.passage.text
        hit = library.search("ベルトの交換手順" if ja else "how to replace the belt").hits[0]
        assert hit.passage.kind == "steps"


@pytest.mark.parametrize(("suffix", "page"), [(".docx", ""), (".pptx", "p. 2"), (".xlsx", ""), (".adoc", "")])
def test_a_place_without_pages_names_none(suffix: str, page: str, library: Library, tmp_path: Path) -> None:
    library.add(MAKERS[suffix](tmp_path / f"sc200{suffix}", False))
    hit = library.search("E-102 AL.45").hits[0]
    assert place(hit).endswith(page or hit.passage.section[-1])
    html = place_html(hit, "ja")
    assert ("ページ" in html) == bool(page)
    assert ("#page=" in html) == bool(page)
