"""FAQ tables: what is read, what is left out and why, and what is refused before hours are spent."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from pathlib import Path

import openpyxl
import pytest
from typer.testing import CliRunner

from index.errors import IndexFailed
from training.data.cleaning import read_faq_table
from training.data.faq_table import read_rows
from training.errors import FaqUnusable
from ui.cli import app

PAIRS = [(f"How tight is bolt {n} of the press?", f"Tighten bolt {n} to {20 + n} N·m.") for n in range(24)]


def table(path: Path, rows: Sequence[Sequence[object]], header: Sequence[str] = ("question", "answer")) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return path


def refused(path: Path, **options: bool) -> FaqUnusable:
    with pytest.raises(FaqUnusable) as failure:
        read_faq_table(path, **options)
    assert failure.value.remedy, "an error says what helps"
    return failure.value


def test_csv_xlsx_and_jsonl_give_the_same_entries(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in [("質問", "回答", "機種", "文書"), *((q, a, "P-1", "press.pdf") for q, a in PAIRS)]:
        sheet.append(row)
    book.save(tmp_path / "faq.xlsx")
    table(
        tmp_path / "faq.csv", [(q, a, "P-1", "press.pdf") for q, a in PAIRS], ("Question", "Answer", "Model", "Manual")
    )
    rows = [{"question": q, "answer": a, "machine": "P-1", "manual": "press.pdf"} for q, a in PAIRS]
    (tmp_path / "faq.jsonl").write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    read = [read_faq_table(tmp_path / name).entries for name in ("faq.xlsx", "faq.csv", "faq.jsonl")]
    assert [(e.question, e.answer, e.product, e.document, e.lang) for e in read[0]] == [
        (q, a, "P-1", "press.pdf", "en") for q, a in PAIRS
    ]
    for other in read[1:]:
        assert [(e.question, e.answer, e.product, e.document) for e in other] == [
            (e.question, e.answer, e.product, e.document) for e in read[0]
        ]


def test_a_semicolon_or_a_tab_parts_cells_too(tmp_path: Path) -> None:
    for sign, name in ((";", "a.csv"), ("\t", "b.tsv"), ("\t", "c.csv")):
        lines = ["質問" + sign + "回答", *(f"{q}{sign}{a}" for q, a in PAIRS)]
        (tmp_path / name).write_text("\n".join(lines), encoding="utf-8")
        assert len(read_faq_table(tmp_path / name).entries) == len(PAIRS), name


def test_shift_jis_as_excel_saves_it_is_read(tmp_path: Path) -> None:
    rows = [(f"軸{n}のボルトは何 N・m で締めますか。", f"軸{n}は {20 + n} N・m で締め付けます。") for n in range(24)]
    path = tmp_path / "faq.csv"
    path.write_bytes("\r\n".join(["質問,回答", *(",".join(row) for row in rows)]).encode("cp932"))
    entries = read_faq_table(path).entries
    assert [(e.question, e.answer) for e in entries] == rows
    assert {e.lang for e in entries} == {"ja"}


def test_few_empty_answers_are_left_out_and_told(tmp_path: Path) -> None:
    cleaned = read_faq_table(table(tmp_path / "faq.csv", [*PAIRS, ("And bolt 99?", "")]))
    assert len(cleaned.entries) == len(PAIRS)
    assert cleaned.left_out == {"no_answer": (26,)}
    assert cleaned.told() == ["1 row: no answer (line 26)"]


def test_many_empty_answers_stop_before_training(tmp_path: Path) -> None:
    path = table(tmp_path / "faq.csv", [*PAIRS, *((f"And part {n}?", " ") for n in range(10))])
    failure = refused(path)
    assert "10 of 34 rows cannot be used: 10 rows: no answer (line 26, 27," in failure.message
    assert "--leave-out-bad" in failure.remedy
    assert len(read_faq_table(path, leave_out_bad=True).entries) == len(PAIRS)


def test_a_repeated_row_is_dropped_and_a_contradicted_one_is_told(tmp_path: Path) -> None:
    rows = [*PAIRS, PAIRS[0], (PAIRS[1][0].upper(), "Tighten it to 400 N·m.")]
    cleaned = read_faq_table(table(tmp_path / "faq.csv", rows))
    assert cleaned.left_out == {"repeated": (26,), "contradicted": (27,)}
    assert len(cleaned.entries) == len(PAIRS)


def test_the_same_question_of_another_product_is_another_entry(tmp_path: Path) -> None:
    rows = [*((q, a, "P-1") for q, a in PAIRS), (PAIRS[0][0], "Tighten it to 400 N·m.", "P-2")]
    cleaned = read_faq_table(table(tmp_path / "faq.csv", rows, ("question", "answer", "product")))
    assert not cleaned.left_out
    assert len(cleaned.entries) == len(PAIRS) + 1


@pytest.mark.parametrize(
    ("name", "content", "said", "helps"),
    [
        ("a.csv", "question\nHow tight?\n", "one column only", "question"),
        ("a.csv", "Frage,Antwort\nWie fest?,20 N·m\n", "names no column for the question and the answer", "質問"),
        ("a.csv", "question,answer\nHow tight?,20 N·m\n", "1 usable entry in 1 row;", "Add entries"),
        ("a.csv", "question,answer\n", "no rows below", "right file"),
        ("a.jsonl", '{"question": "How tight?"}\n', "no line has both", "answer"),
        ("a.jsonl", "How tight?\n", "line 1 is no JSON", "Mend"),
        ("a.docx", "", "no table that FAQs are read from", ".csv"),
    ],
)
def test_what_is_no_faq_table_says_so(tmp_path: Path, name: str, content: str, said: str, helps: str) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")
    failure = refused(tmp_path / name)
    assert said in failure.message
    assert helps in failure.remedy


def test_text_saved_in_a_wrong_encoding_is_not_trained_on(tmp_path: Path) -> None:
    rows = [(f"軸{n}のボルトは？", f"軸{n}は {20 + n} N・m で締めます。") for n in range(24)]
    garbled = "\n".join(["question,answer", *(",".join(row) for row in rows)]).encode().decode("cp932", "replace")
    (tmp_path / "a.csv").write_text(garbled, encoding="utf-8")
    failure = refused(tmp_path / "a.csv")
    assert "garbled characters (first on line 2)" in failure.message
    assert "CSV UTF-8" in failure.remedy
    western = "\n".join(["question,answer", *(",".join(row) for row in rows)]).encode().decode("latin-1")
    (tmp_path / "b.csv").write_text(western, encoding="utf-8")
    assert "garbled" in refused(tmp_path / "b.csv").message


def test_bytes_of_no_encoding_name_what_helps(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"question,answer\n" + bytes(range(256)) * 40)
    with pytest.raises((FaqUnusable, IndexFailed)) as failure:
        read_rows(tmp_path / "a.csv")
    assert getattr(failure.value, "remedy", "")


def test_the_commands_prepare_and_mine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    rows = [(f"How tight is bolt {n} of press {n % 4}?", f"Tighten bolt {n} of press {n % 4} to {20 + n} N·m.",
             f"press {n % 4}") for n in range(60)]  # fmt: skip
    path = table(tmp_path / "faq.csv", [*rows, ("Empty?", "", "press 1")], ("question", "answer", "machine"))
    arguments = ["--out", str(tmp_path / "out"), "--data", str(tmp_path / "data")]
    done = CliRunner().invoke(app, ["train", "faq", str(path), *arguments])
    assert done.exit_code == 0, done.output
    assert "Left out, no answer: 1 (line 62)" in done.output
    card = json.loads((tmp_path / "out/card.json").read_text("utf-8"))
    assert card["funnel"][:2] == [["rows of the tables", 61], ["usable", 60]]
    assert sum(card["files"][f"{part}.jsonl"] for part in ("train", "text", "dev", "unseen")) == 60
    assert all(len(digest) == 64 for digest in card["sha256"].values())
    done = CliRunner().invoke(app, ["train", "mine", str(tmp_path / "out"), "--data", str(tmp_path / "data")])
    assert done.exit_code == 0, done.output
    assert "Vectors: andon-embed-ja-en@" in done.output
    written = [json.loads(line) for line in (tmp_path / "out/pairs-ours.jsonl").read_text("utf-8").splitlines()]
    trained = {json.loads(line)["id"] for line in (tmp_path / "out/train.jsonl").read_text("utf-8").splitlines()}
    assert written and {row["id"] for row in written} <= trained
    for row in written:
        assert row["prompt"][-1]["role"] == "user" and row["chosen"][0]["content"] != row["rejected"][0]["content"]
    done = CliRunner().invoke(
        app, ["train", "faq", str(table(tmp_path / "one.csv", rows[:1], ("question", "answer", "machine"))), *arguments]
    )
    assert isinstance(done.exception, FaqUnusable) and "1 usable entry" in done.exception.message
