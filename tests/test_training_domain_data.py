"""Domain adaptation, the data: wordings, general text, the plan, and the table of what stages know."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from training.data.wordings import ASKED, TESTED, TOLD, Cell
from training.domain.general import general_text
from training.domain.marks import without_marks
from training.domain.plan import plan, released
from training.domain.recipe import AnswerStage, DataPart, DomainRecipe, PairStage, read_domain_recipe
from training.domain.replay import GO_ON, pieces, replay_answers, replay_texts, share_of_rows
from training.domain.run import _bound
from training.domain.table import Scored, page, plot, table
from training.errors import CorpusMissing, FaqUnusable, RecipeInvalid
from training.run_record import RunRecord


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
    assert sum(map(len, replay_texts(general, 5000, 1))) >= 5000
    assert replay_texts(general, 0, 1) == []
    with pytest.raises(CorpusMissing, match="holds no text"):
        general_text(tmp_path)
    for number in range(30):
        (tmp_path / f"{number}.md").write_text(f"Text {number} of the site's own library.", encoding="utf-8")
    assert len(general_text(tmp_path).replay) + len(general_text(tmp_path).scored) == 30


def test_general_texts_are_gone_on_with_in_instruction_tuning() -> None:
    general = general_text(None)
    rows = replay_answers(general, 20_000, 256, 1)
    assert rows == replay_answers(general, 20_000, 256, 1) != replay_answers(general, 20_000, 256, 2)
    asked = [row["prompt"][0]["content"] for row in rows]
    told = [row["completion"][0]["content"] for row in rows]
    assert 20_000 <= sum(map(len, asked + told)) < 20_256
    assert all(len(a) + len(t) <= 256 and t for a, t in zip(asked, told, strict=True))
    assert {text.partition("\n")[0] for text in asked} == set(GO_ON.values()), "both languages"
    learnt, measured = "\n".join(general.replay), "\n".join(general.scored)
    assert all(line in learnt for text in told for line in text.splitlines())
    assert not any(len(line) > 40 and line in measured for text in told for line in text.splitlines())
    assert replay_answers(general, 0, 256, 1) == []
    with pytest.raises(CorpusMissing, match="at most 30 characters"):
        replay_answers(general, 100, 30, 1)


def test_general_questions_come_before_general_texts(tmp_path: Path) -> None:
    for number in range(30):
        (tmp_path / f"{number}.md").write_text(f"Text {number} of the library. It goes on.", encoding="utf-8")
    (tmp_path / "general.csv").write_text(
        "質問,回答\n首都は?,東京です。\n空は何色?,青です。\n,空欄\n", encoding="utf-8"
    )
    general = general_text(tmp_path)
    rows = replay_answers(general, 60, 256, 1)
    assert {row["completion"][0]["content"] for row in rows} == {"東京です。", "青です。"}
    assert len(rows) > 4, "drawn again when all were taken"
    assert len(general.replay) + len(general.scored) == 30, "a table is no text"
    (tmp_path / "general.csv").write_text("a\nb\n", encoding="utf-8")
    with pytest.raises(FaqUnusable, match=r"general\.csv"):
        general_text(tmp_path)


def test_pieces_end_with_sentences_and_lose_only_what_is_too_long() -> None:
    text = "First sentence here. Second one follows it. " + "x" * 300 + ". Third sentence comes. Fourth one ends it."
    assert pieces(text, 120) == [
        "First sentence here. Second one follows it. ",
        "Third sentence comes. Fourth one ends it.",
    ]
    assert pieces("Too short.", 120) == []


def test_the_share_counts_the_general_rows_among_all() -> None:
    own = [
        {"prompt": [{"role": "user", "content": "a" * 60}], "completion": [{"role": "assistant", "content": "b" * 30}]}
    ]
    assert share_of_rows(own, 0.25) == 30
    assert share_of_rows(own, 0.0) == 0
    assert recipe().sft.replay_share == AnswerStage().replay_share == 0.0, "off unless a recipe says so"


def test_the_recipe_of_the_page_is_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = (Path(__file__).resolve().parents[1] / "docs/training.md").read_text("utf-8")
    (tmp_path / "site.toml").write_text(page.split("```toml\n")[1].split("```")[0], encoding="utf-8")
    (tmp_path / "manuals").mkdir()
    (tmp_path / "faq.csv").write_text("question,answer\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    found = read_domain_recipe(Path("site.toml"))
    assert (found.out, found.base, found.sft.askings, found.hardware.side_by_side) == (Path("runs/site"), None, 10, 2)


def test_a_run_is_not_taken_up_with_another_recipe(tmp_path: Path) -> None:
    file = tmp_path / "recipe.toml"
    file.write_text("", encoding="utf-8")
    RunRecord.start(tmp_path, recipe(base=Path("mistyped")), file, bound=_bound)
    record = RunRecord.start(tmp_path, recipe(), file, bound=_bound)  # nothing was done: all may change
    record.step("base", {})
    record.step("data", {})
    RunRecord.start(tmp_path, recipe(note="as it was", seeds=(1, 2)), file, bound=_bound)
    with pytest.raises(RecipeInvalid, match=r"dpo\.beta was 0\.1 and is 0\.3"):
        RunRecord.start(tmp_path, recipe(dpo=PairStage(beta=0.3)), file, bound=_bound)
    held = json.loads((tmp_path / "run.json").read_text("utf-8"))
    assert held["recipe"]["seeds"] == [1, 2] and held["recipe"]["dpo"]["beta"] == 0.1
    del held["recipe"]["sft"]["replay_share"]  # as a program that did not know it wrote it
    (tmp_path / "run.json").write_text(json.dumps(held), encoding="utf-8")
    assert RunRecord.start(tmp_path, recipe(), file, bound=_bound).held["status"] == "running"


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
