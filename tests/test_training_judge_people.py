"""People's labels: sheets written and read, the share corrected for a judge's mistakes, and the command over it all."""

from __future__ import annotations

import csv
import json
import random
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from fake_endpoint import FakeEndpoint, Manner
from typer.testing import CliRunner

from training.errors import AnswersWrong, LabelsTooFew, LabelsWrong
from training.judge.correction import FEWEST, agreement, correct, interval
from training.judge.given import Given, write_given
from training.judge.labels import HEADERS, read_labels, write_sheet
from ui.cli import app

ROW = Given("q", "How hot?", "It is warm.", "It gets hot.", "en", model="slm")


def rows(count: int) -> list[Given]:
    return [replace(ROW, id=f"q{n}", question=f"How hot is part {chr(97 + n % 26)}-{n // 26}?") for n in range(count)]


def fill(path: Path, said: dict[str, str], lang: str = "en") -> None:
    table = list(csv.reader(path.read_text("utf-8-sig").splitlines()))
    for row in table[1:]:
        row[4] = said.get(row[0], "")
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(table)


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_a_sheet_comes_back_with_what_people_said(tmp_path: Path, lang: str) -> None:
    given, path = rows(30), tmp_path / "sheet.csv"
    given[3] = replace(given[3], answer="=HYPERLINK(1)")
    assert write_sheet(path, given, 30, lang, seed=4) == 30  # type: ignore[arg-type]
    table = list(csv.reader(path.read_text("utf-8-sig").splitlines()))
    assert tuple(table[0]) == HEADERS[lang]  # type: ignore[index]
    assert [row[0] for row in table[1:]] != [one.key for one in given], "shuffled"
    assert next(row[3] for row in table if row[0] == given[3].key) == "'=HYPERLINK(1)"
    fill(path, {given[0].key: "はい", given[1].key: "No", given[2].key: "×"})
    labels = read_labels([path])
    assert dict(labels.said) == {given[0].key: True, given[1].key: False, given[2].key: False}
    with pytest.raises(LabelsWrong, match="there already"):
        write_sheet(path, given, 30, "en")


def test_people_who_disagree_teach_nothing(tmp_path: Path) -> None:
    given = rows(3)
    for name, said in (("a", ("yes", "yes", "no")), ("b", ("yes", "no", ""))):
        write_sheet(tmp_path / f"{name}.csv", given, 3, "en")
        fill(tmp_path / f"{name}.csv", {row.key: word for row, word in zip(given, said, strict=True)})
    labels = read_labels([tmp_path / "a.csv", tmp_path / "b.csv"])
    assert labels.disputed == 1
    assert dict(labels.said) == {given[0].key: True, given[2].key: False}
    assert sorted(labels.pairs) == [(True, False), (True, True)]


def test_a_sheet_that_is_none_says_so(tmp_path: Path) -> None:
    path = tmp_path / "s.csv"
    write_sheet(path, rows(2), 2, "ja")
    fill(path, {row.key: "maybe" for row in rows(2)})
    with pytest.raises(LabelsWrong, match="row 2: 'maybe'"):
        read_labels([path])
    path.write_text("a,b\n1,2\n")
    with pytest.raises(LabelsWrong, match="first row"):
        read_labels([path])


def test_the_correction_undoes_what_a_judge_does() -> None:
    """Half of 1,000 are right; the judge finds 90 % of the right and 70 % of the wrong ones, so it sees 60 %."""
    verdicts = [True] * 600 + [False] * 400
    labelled = [(True, True)] * 90 + [(False, True)] * 10 + [(False, False)] * 70 + [(True, False)] * 30
    found = correct(verdicts, labelled)
    assert found.share == pytest.approx(0.5)
    assert (found.raw, found.sensitivity, found.specificity) == (0.6, 0.9, 0.7)
    assert found.low < 0.5 < found.high
    wide = correct(verdicts, labelled[::2])
    assert wide.high - wide.low > found.high - found.low, "fewer labels, less is known"


@pytest.mark.parametrize(
    ("share", "q0", "q1", "n", "labels"), [(0.8, 0.9, 0.95, 300, 120), (0.4, 0.75, 0.85, 500, 200)]
)
def test_the_interval_holds_the_truth_as_often_as_it_says(
    share: float, q0: float, q1: float, n: int, labels: int
) -> None:
    random_ = np.random.default_rng(3)
    held = plain = 0
    runs = 1500
    for _ in range(runs):
        m1 = int(random_.binomial(labels, share))
        m0 = labels - m1
        seen = random_.binomial(n, share * q1 + (1 - share) * (1 - q0)) / n
        one, two = random_.binomial(m0, q0) / m0, random_.binomial(m1, q1) / m1
        low, high = interval(seen, one, two, n, m0, m1)
        held += low <= share <= high
        half = 1.96 * np.sqrt(seen * (1 - seen) / n)
        plain += seen - half <= share <= seen + half
    assert 0.93 <= held / runs <= 0.99
    assert plain / runs < 0.9, "the uncorrected interval promises too much"


def test_too_few_labels_or_a_blind_judge_correct_nothing() -> None:
    random_ = random.Random(2)
    good = [(right, right) for right in (random_.random() < 0.5 for _ in range(FEWEST))]
    assert correct([True, False], good).labels == FEWEST
    with pytest.raises(LabelsTooFew, match="99 labels"):
        correct([True, False], good[:-1])
    with pytest.raises(LabelsTooFew):
        correct([], good)
    with pytest.raises(LabelsTooFew, match="0 wrong"):
        correct([True], [(True, True)] * 200)
    with pytest.raises(LabelsTooFew, match="chance"):
        correct([True], [(random_.random() < 0.5, random_.random() < 0.5) for _ in range(400)])


def test_agreement_beyond_chance() -> None:
    assert agreement([(True, True)] * 40 + [(False, False)] * 40 + [(True, False)] * 20)["kappa"] == pytest.approx(
        0.6154
    )
    assert agreement([(True, True)] * 5)["kappa"] is None


def test_the_command_judges_labels_and_corrects(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """300 answers, two thirds right; the judge takes every fifth wrong one for right."""
    monkeypatch.setenv("LANG", "C")
    answers, out, sheet = tmp_path / "answers.jsonl", tmp_path / "judged.json", tmp_path / "sheet.csv"
    given = [replace(row, answer=f"Cool it. {'well' if n % 3 else 'badly' + '!' * (n % 5 == 0)}")
             for n, row in enumerate(rows(300))]  # fmt: skip
    write_given(answers, given)
    right = {row.key: "well" in row.answer for row in given}
    cli = CliRunner()
    done = cli.invoke(app, ["train", "judge", str(answers), "--out", str(out), "--sheet", str(sheet)])
    assert done.exit_code == 0, done.output
    assert "120 answers" in done.output
    fill(sheet, {key: "yes" if said else "no" for key, said in right.items()})

    def script(messages: list[dict[str, str]]) -> str:
        fine = "well" in messages[-1]["content"] or "!" in messages[-1]["content"]
        return f"REASON: x\nSCORE: {5 if fine else 1}\nVERDICT: {'RIGHT' if fine else 'WRONG'}"

    with FakeEndpoint(script, Manner(context=8192)) as endpoint:
        command = ["train", "judge", str(answers), "--out", str(out), "--judge", endpoint.url, "--labels", str(sheet),
                   "--data", str(tmp_path / "data")]  # fmt: skip
        done = cli.invoke(app, command)
        assert done.exit_code == 0, (done.output, done.exception)
        asked = len(endpoint.chats())
        assert asked == 300
        assert "Corrected by 120 labels" in done.output
        again = cli.invoke(app, command)
        assert len(endpoint.chats()) == asked, "all replies were kept"
        assert "300 replies were kept" in again.output
    report = json.loads(out.read_text())
    assert report["judge"]["name"] == "fake-3b"
    assert len(report["prompt_sha256"]) == 64
    fixed = report["people"]["corrected"]
    assert fixed["raw"] > report["people"]["corrected"]["share"]
    assert fixed["low"] <= 2 / 3 <= fixed["high"]
    assert str(tmp_path) not in out.read_text()


def test_the_command_compares_two_models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "ja_JP.UTF-8")
    ours, theirs, out = tmp_path / "ours.jsonl", tmp_path / "theirs.jsonl", tmp_path / "pairs.json"
    write_given(ours, [replace(row, answer="Cool it well.") for row in rows(20)])
    write_given(theirs, [replace(row, answer="Leave it.", model="other") for row in rows(20)])

    def script(messages: list[dict[str, str]]) -> str:
        text = messages[-1]["content"]
        return f"REASON: x\nBETTER: {'A' if text.index('Cool') < text.index('Leave') else 'B'}"

    command = ["train", "judge", str(ours), "--against", str(theirs), "--out", str(out), "--data", str(tmp_path)]
    alone = CliRunner().invoke(app, command)
    assert isinstance(alone.exception, AnswersWrong), "two models need a judge"
    with FakeEndpoint(script, Manner(context=8192)) as endpoint:
        done = CliRunner().invoke(app, [*command, "--judge", f"{endpoint.url}#fake-3b"])
    assert done.exit_code == 0, (done.output, done.exception)
    assert "1 つ目が良い 20" in done.output
    report = json.loads(out.read_text())
    assert (report["what"], report["figures"]["first"], report["figures"]["changed_with_order"]) == (
        "judged-pairs",
        20,
        0,
    )
    assert report["figures"]["p"] < 0.001
