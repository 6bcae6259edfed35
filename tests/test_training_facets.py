"""Facets: consistency, diversity, refusals and calibration by hand-counted cases, and the command over real files."""

from __future__ import annotations

import json
import math
import random
from dataclasses import replace
from pathlib import Path

import pytest
from fake_runner import FakeRunner
from typer.testing import CliRunner

from training.errors import AnswersWrong
from training.facets.consistency import consistency, same_verdicts
from training.facets.diversity import diversity, self_bleu
from training.facets.margin_trust import margin_trust
from training.facets.refusals import refusals
from training.facets.results import Verdict, read_results
from training.judge.given import Given
from training.judge.replies import Judge, Replies
from training.judge.run import judge_answers
from ui.cli import app
from ui.wording import LANGS

YES = "REASON: x\nSCORE: 5\nVERDICT: RIGHT"


def verdicts(*groups: str) -> list[Verdict]:
    """One group a text: "110" is a fact that is right in two of three wordings."""
    return [Verdict(f"{g}.{n}", sign == "1", f"g{g}", f"g{g}")
            for g, signs in enumerate(groups) for n, sign in enumerate(signs)]  # fmt: skip


def test_consistency_counts_facts_not_wordings() -> None:
    found = consistency([*verdicts("11", "10", "000", "1"), Verdict("alone", True, "", "x")])
    assert found is not None
    assert (found["groups"], found["wordings"]) == (3, 7)
    assert found["same"][0] == pytest.approx(2 / 3, abs=1e-4)
    assert found["all_right"] == pytest.approx(1 / 3, abs=1e-4)
    p = 3 / 7
    assert found["by_chance"] == pytest.approx((2 * (p**2 + (1 - p) ** 2) + p**3 + (1 - p) ** 3) / 3, abs=1e-4)
    assert consistency(verdicts("1", "0")) is None


def test_coins_are_as_consistent_as_chance_says() -> None:
    random_ = random.Random(1)
    coins = verdicts(*("".join(random_.choice("01") for _ in range(3)) for _ in range(2000)))
    found = consistency(coins)
    assert found is not None
    assert found["same"][0] == pytest.approx(found["by_chance"], abs=0.03)


def test_two_runs_agree_item_by_item() -> None:
    first = verdicts("11", "10", "00")
    second = [replace(verdict, right=not verdict.right) if verdict.id == "1.1" else verdict for verdict in first]
    found = same_verdicts(first, [*second, Verdict("new", True, "", "x")])
    assert found is not None
    assert (found["items"], found["gained"], found["lost"]) == (6, 1, 0)
    assert found["same"][0] == pytest.approx(5 / 6, abs=1e-4)
    assert same_verdicts(first, [Verdict("new", True, "", "x")]) is None


def test_self_bleu_by_hand() -> None:
    assert self_bleu(["電源を切る", "電源を切る", "電源を切る"]) == pytest.approx(1.0)
    assert self_bleu(["abcd", "efgh"]) == 0.0
    # "abcde" in "abcdx": 4/5, 3/4, 2/3, 1/2 of its n-grams, and the same back; equal lengths
    assert self_bleu(["abcde", "abcdx"]) == pytest.approx((4 / 5 * 3 / 4 * 2 / 3 * 1 / 2) ** 0.25)
    # "aa" is clipped: "a" stands once in "ab", "aa" never
    assert self_bleu(["aa", "ab"]) == 0.0
    # a text shorter than four characters goes by its own length, and pays for being short
    assert self_bleu(["ab", "abc"]) == pytest.approx(math.exp(1 - 3 / 2) / 2)


def test_a_model_with_one_sentence_is_not_diverse() -> None:
    references = [
        (f"Answer {n}", f"Check the {('belt', 'fuse', 'lamp', 'pump', 'gear')[n % 5]} {n}.") for n in range(20)
    ]
    parrot = diversity([("Call the maintenance team.", reference) for _, reference in references])
    fine = diversity([(reference, reference) for _, reference in references])
    assert parrot is not None
    assert fine is not None
    assert (parrot["distinct"], parrot["self_bleu"]) == (0.05, 1.0)
    assert fine["distinct"] == 1.0
    assert fine["self_bleu"] == fine["references_self_bleu"] < 1
    assert diversity([("alone", "x")]) is None


def test_refusals_by_hand() -> None:
    asked = [(False, True)] * 6 + [(False, False)] * 4 + [(True, True)] * 2 + [(True, False)] * 18
    found = refusals(asked)
    assert found is not None
    assert (found["recall"][0], found["precision"][0], found["over"][0]) == (0.6, 0.75, 0.1)
    assert found["f1"][0] == pytest.approx(2 * 0.6 * 0.75 / 1.35, abs=1e-4)
    assert found["f1"][1] < found["f1"][0] < found["f1"][2]
    never = refusals([(False, False), (True, False)])
    assert never is not None
    assert (never["f1"][0], never["precision"]) == (0.0, None)
    assert refusals([(True, False)]) is None


def test_a_calibrated_model_shows_only_chance_and_a_boaster_more() -> None:
    random_ = random.Random(4)
    sizes = [random_.uniform(0.1, 3) for _ in range(2000)]
    honest = [m if random_.random() < 1 / (1 + math.exp(-m)) else -m for m in sizes]
    found = margin_trust(honest, "sum")
    boaster = margin_trust([4 * m for m in honest], "sum")
    assert found is not None
    assert boaster is not None
    assert found["ece"] <= found["by_chance"][1] < boaster["ece"]
    assert sum(part["items"] for part in found["bins"]) == 2000
    # two items in one bin: confidence 0.7311 each, one of them right
    pair = margin_trust([1.0, -1.0], "sum")
    assert pair is not None
    assert pair["ece"] == pytest.approx(1 / (1 + math.exp(-1)) - 0.5, abs=1e-4)
    assert margin_trust([], "sum") is None


def test_the_command_reads_all_three_kinds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    row = Given("a", "How hot?", "It is 45 °C.", "It is 45 °C.", "en", group="g")
    rows = [row, replace(row, id="b", question="What heat?", answer="54 °C"),
            replace(row, id="d", question="Is it warm?", answer="Rather warm."),
            replace(row, id="c", answerable=False, reference="", answer="I do not know.", group="")]  # fmt: skip
    files = {
        "judged": judge_answers(rows, "answers.jsonl", Replies(Judge(FakeRunner(lambda _: YES), "judge", "bb"), None)),
        "rules": judge_answers(rows, "answers.jsonl", None),
        "scored": {"what": "two-choice", "items": [
            {"id": f"i{n}", "right": n > 1, "cluster": "t", "margins": {"sum": n - 1.5, "character": 0.1}}
            for n in range(4)
        ]},
        "base": {"weights_sha256": "x", "margins": {"i1": -0.2, "i2": 0.4, "i3": -0.1}},
    }  # fmt: skip
    for name, held in files.items():
        (tmp_path / f"{name}.json").write_text(json.dumps(held), "utf-8")
    paths = [str(tmp_path / f"{name}.json") for name in ("judged", "scored", "rules")]
    out, page = tmp_path / "out/facets.json", tmp_path / "facets.md"
    for lang, locale in zip(LANGS, ("ja_JP.UTF-8", "C"), strict=True):
        monkeypatch.setenv("LC_ALL", locale)
        command = ["train", "facets", *paths, "--against", str(tmp_path / "base.json"), "--out", str(out),
                   "--page", str(page)]  # fmt: skip
        done = CliRunner().invoke(app, command)
        assert done.exit_code == 0, (done.output, done.exception)
        assert ("ECE", "確信度")[lang == "ja"] in page.read_text("utf-8")
    judged, scored, rules = json.loads(out.read_text())["rows"]
    assert judged["consistency"]["same"][0] == 0.0
    assert judged["right"][0] == 0.75
    assert (rules["right"], rules["consistency"], rules["undecided"]) == (None, None, 4), "the rules alone are no share"
    assert rules["refusals"] == judged["refusals"]
    assert judged["refusals"]["f1"][0] == 1.0
    assert judged["same_verdicts"] is None
    assert scored["margin_trust"]["measure"] == "sum"
    assert scored["same_verdicts"]["items"] == 3
    assert scored["same_verdicts"]["gained"] == 1
    with pytest.raises(AnswersWrong):
        read_results(tmp_path / "nothing.json")
    (tmp_path / "odd.json").write_text('{"what": "judged", "rows": [{}]}')
    with pytest.raises(AnswersWrong, match="KeyError"):
        read_results(tmp_path / "odd.json")
