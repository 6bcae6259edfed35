"""Domain adaptation, the data: wordings, general text, the plan, and the table of what stages know."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from training.data.wordings import ASKED, TESTED, TOLD, Cell
from training.domain.general import general_text, replay_rows
from training.domain.marks import without_marks
from training.domain.plan import plan, released
from training.domain.recipe import DataPart, DomainRecipe, PairStage
from training.domain.table import Scored, page, plot, table
from training.errors import CorpusMissing


def test_no_wording_of_the_test_is_one_of_training() -> None:
    for lang in ("en", "ja"):
        assert not {*TESTED[lang]} & {*ASKED[lang], *TOLD[lang]}
        assert all("{cell}" in wording for wording in TOLD[lang])
        assert not any("{cell}" in wording for wording in (*ASKED[lang], *TESTED[lang]))


def test_a_cell_is_told_and_asked_in_several_wordings() -> None:
    cell = Cell("CF-40", "M4", "Torque", "1.5 N·m", "en")
    assert cell.told(0) == "CF-40: the Torque of M4 is 1.5 N·m."
    assert len({cell.told(n) for n in range(12)}) == len(TOLD["en"])
    assert cell.asked(1) == "What is the Torque of M4 on the CF-40?"
    assert "1.5" not in cell.asked(0) + cell.tested()


def test_general_text_is_kept_apart_from_what_measures(tmp_path: Path) -> None:
    general = general_text(None)
    assert not {*general.replay} & {*general.scored}
    assert sum(map(len, replay_rows(general, 5000, 1))) >= 5000
    assert replay_rows(general, 0, 1) == []
    with pytest.raises(CorpusMissing, match="holds no text"):
        general_text(tmp_path)
    for number in range(30):
        (tmp_path / f"{number}.md").write_text(f"Text {number} of the site's own library.", encoding="utf-8")
    assert len(general_text(tmp_path).replay) + len(general_text(tmp_path).scored) == 30


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
    pools = {"trained": results, "text_only": results[:50], "unseen": [n % 2 == 0 for n in range(40)]}
    return Scored(name, above, pools, {pool: clusters[: len(held)] for pool, held in pools.items()}, general, {})


def test_a_gain_is_shown_only_by_a_paired_test() -> None:
    held = table([scored("base", "", 50, 10.0), scored("cpt", "base", 80, 10.2), scored("sft", "cpt", 82, 12.0)],
                 {"trained": 0.51})  # fmt: skip
    base, cpt, sft = held["rows"]
    assert "against" not in base["pools"]["trained"]
    assert cpt["pools"]["trained"]["against"]["shown"] is True
    assert sft["pools"]["trained"]["against"]["shown"] is False
    assert (cpt["forgotten"], sft["forgotten"]) == (False, True)
    told = page("plant", held, {"base": "x"})
    assert "80.0 (71.1 to 86.7)" in told
    assert "not shown" in told
    assert "1.20 forgotten" in told
    assert plot(held).count("<circle") == 3 * 3 + 3
    json.dumps(held)


def test_a_loss_that_the_test_shows_is_called_one() -> None:
    held = table([scored("base", "", 80, 10.0), scored("cpt", "base", 50, 10.0)], {})
    assert held["rows"][1]["pools"]["trained"]["against"]["shown"] is False
    assert "on base, a loss, shown" in page("plant", held, {})
