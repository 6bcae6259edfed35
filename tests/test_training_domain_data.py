"""Domain adaptation, the data: facts of tables, wordings, items, general text, and the table of what stages know."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from index.passage import Manual, Passage
from training.domain.facts import ASKED, TESTED, TOLD, Fact, facts_of, machine_of, siblings
from training.domain.general import general_text, replay_rows
from training.domain.items import LENGTHS, items_of
from training.domain.plan import plan, released
from training.domain.recipe import DataPart, DomainRecipe, PairStage, TextStage
from training.domain.table import Scored, page, plot, table
from training.domain.text_rows import text_rows, without_marks
from training.errors import CorpusMissing

MANUAL = Manual("m1", "cf40.pdf", "CF-40 Case former, operating manual", 1, "", 9, 3, "en", "")


def passage(text: str, kind: str = "table", number: int = 1) -> Passage:
    return Passage(f"p{number}", "m1", 1, number, text, (number,), (str(number),), ("9 Faults",), kind, "en")  # type: ignore[arg-type]


ALARM = passage("Code: F-013\nName: Air pressure low\nCause: PS1 below 0.40 MPa\nAction: Open V1, set R1.", "alarm")
PARTS = passage(
    "Table 3-1 Screws\nScrew: M4 / Torque: 1.5 N·m / See: 7.3\nScrew: M6 / Torque: 8 N·m / See: 7.4", number=2
)


def test_each_cell_of_a_row_is_a_fact() -> None:
    facts = facts_of(MANUAL, [ALARM, PARTS, passage("Torque: none in running text / here: 5", "prose", 3)])
    assert [(f.subject, f.attribute, f.value) for f in facts] == [
        ("F-013", "Name", "Air pressure low"),
        ("F-013", "Cause", "PS1 below 0.40 MPa"),
        ("F-013", "Action", "Open V1, set R1."),
        ("M4", "Torque", "1.5 N·m"),
        ("M6", "Torque", "8 N·m"),
    ]  # what only points elsewhere ("See: 7.3") states nothing
    assert {fact.machine for fact in facts} == {"CF-40"}
    assert facts[3].asked(0) == "What is the Torque of M4 on the CF-40?"


def test_what_two_tables_say_differently_is_no_fact() -> None:
    other = passage("Screw: M4 / Torque: 2 N·m", number=4)
    assert [f.subject for f in facts_of(MANUAL, [PARTS, other])] == ["M6"]
    assert len(facts_of(MANUAL, [PARTS, replace(PARTS, id="p9")])) == 2  # the same again is the same


def test_no_wording_of_the_test_is_one_of_training() -> None:
    for lang in ("en", "ja"):
        assert not {*TESTED[lang]} & {*ASKED[lang], *TOLD[lang]}
        assert all("{value}" in wording for wording in TOLD[lang])
        assert not any("{value}" in wording for wording in (*ASKED[lang], *TESTED[lang]))


def test_a_machine_is_called_by_its_product_name() -> None:
    assert machine_of("SC-200 サーボコンベヤ 取扱説明書") == "SC-200"
    assert machine_of("Palletising guide") == "Palletising guide"


def many(count: int) -> list[Fact]:
    return [
        Fact(f"f{n}", "a.pdf" if n % 4 else "b.pdf", "X-1", "en", "", "Code", f"E-{n:03}", "Limit", f"{n + 10} bar")
        for n in range(count)
    ]


def test_both_choices_of_an_item_are_of_one_pool_and_about_as_long() -> None:
    facts = many(80)
    part = {
        f.id: ("unseen" if f.document == "b.pdf" else "text" if n % 5 == 0 else "train") for n, f in enumerate(facts)
    }
    items = items_of(facts, part, 1)  # type: ignore[arg-type]
    by_value = {fact.value: fact for fact in facts}
    assert {item.pool for item in items} == {"train", "text", "unseen"}
    for item in items:
        right, wrong = by_value[item.right], by_value[item.wrong]
        assert part[right.id] == part[wrong.id] == item.pool
        assert right.document == wrong.document
        assert max(len(item.right), len(item.wrong)) <= LENGTHS * min(len(item.right), len(item.wrong))
    asked = [item.wrong for item in items if item.pool == "train"]
    assert max(asked.count(value) for value in asked) <= 2  # choices alone say nothing
    assert items == items_of(facts, part, 1)  # type: ignore[arg-type]


def test_siblings_are_wrong_for_the_fact() -> None:
    facts = [*many(3), replace(many(1)[0], id="twin", subject="E-900", value="10 bar or 12 bar")]
    near = siblings([replace(fact, document="a.pdf") for fact in facts])
    assert "twin" not in [other.id for other in near["f0"]]  # it holds the right value


def test_text_holds_manuals_facts_and_a_share_of_other_text(tmp_path: Path) -> None:
    general = general_text(None)
    assert not {*general.replay} & {*general.scored}
    facts = facts_of(MANUAL, [ALARM, PARTS])
    stage = TextStage(restatements=3, replay_share=0.25)
    rows, characters = text_rows({"m1": [ALARM, PARTS]}, {"m1": MANUAL}, facts, ["asked\nanswered"], general, stage, 1)
    told = [row["text"] for row in rows if row["part"] == "restated"]
    assert len(told) == 3 * len(facts)
    assert all(any(fact.value in text for fact in facts) for text in told)
    share = characters["replay"] / sum(characters.values())
    assert 0.2 < share < 0.6  # whole texts, so a small site gets a little more
    assert replay_rows(general, 0, 1) == []
    with pytest.raises(CorpusMissing, match="holds no text"):
        general_text(tmp_path)


def test_marks_inside_a_text_are_kept_apart() -> None:
    assert without_marks("a <s> b <|im_end|>") == "a < s> b < |im_end|>"


def recipe(**more: object) -> DomainRecipe:
    return DomainRecipe("plant", Path("out"), data=DataPart(manuals=(Path("m"),)), **more)  # type: ignore[arg-type]


def test_the_plan_has_the_rows_of_the_papers_and_their_controls() -> None:
    rows = plan(recipe())
    assert [(row.name, row.start, row.above) for row in rows] == [
        ("cpt", "base", "base"),
        ("sft", "base", "base"),
        ("cpt+sft", "cpt", "sft"),
        ("cpt+sft longer", "cpt+sft", "cpt+sft"),
        ("+dpo random", "cpt+sft", "cpt+sft"),
        ("+dpo paper", "cpt+sft", "+dpo random"),
        ("+dpo ours", "cpt+sft", "+dpo paper"),
    ]
    assert len({row.folder for row in rows}) == len(rows)
    assert released(recipe()) == "+dpo ours"
    several = plan(recipe(seeds=(1, 2), compare=False, dpo=PairStage(rules=("ours",))))
    assert [row.name for row in several] == ["cpt", "cpt+sft", "+dpo ours seed 1", "+dpo ours seed 2"]


def scored(name: str, above: str, right: int, general: float) -> Scored:
    results = [n < right for n in range(100)]
    clusters = [str(n // 2) for n in range(100)]
    pools = {"train": results, "text": results[:50], "unseen": [n % 2 == 0 for n in range(40)]}
    return Scored(name, above, pools, {pool: clusters[: len(held)] for pool, held in pools.items()}, general, {})


def test_a_gain_is_shown_only_by_a_paired_test() -> None:
    held = table([scored("base", "", 50, 10.0), scored("cpt", "base", 80, 10.2), scored("sft", "cpt", 82, 12.0)],
                 {"train": 0.51})  # fmt: skip
    base, cpt, sft = held["rows"]
    assert "against" not in base["pools"]["train"]
    assert cpt["pools"]["train"]["against"]["shown"] is True
    assert sft["pools"]["train"]["against"]["shown"] is False
    assert (cpt["forgotten"], sft["forgotten"]) == (False, True)
    told = page("plant", held, {"base": "x"})
    assert "80.0 (71.1 to 86.7)" in told
    assert "not shown" in told
    assert "1.20 forgotten" in told
    assert plot(held).count("<circle") == 3 * 3 + 3
    json.dumps(held)
