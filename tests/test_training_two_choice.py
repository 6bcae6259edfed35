"""The two-choice test: items that only the question decides, pools that do not mix, scorers that agree."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest
from fake_embedder import FakeEmbedder
from fake_runner import FakeRunner
from typer.testing import CliRunner

from edge.runner import Message
from index.library import Library
from index.options import IndexOptions
from training.data.split import Shares
from training.errors import ItemsMissing
from training.two_choice.evaluate import compare_results
from training.two_choice.facts import table_facts
from training.two_choice.gguf_scorer import GgufScorer
from training.two_choice.items import Item, build_items, guessed, hint, read_items, some
from training.two_choice.run import Built, build, write_built
from training.two_choice.scoring import LogProb, as_rows, says_right, score_items, summary
from ui.cli import app

ROOT = Path(__file__).resolve().parents[1]
SLM = ROOT / "models/andon-slm-ja-en.q8_0.gguf"


def manual(name: str, first: int) -> str:
    step = first % 7 + 1
    cells = [(f"{name}-{first + n}", f"{name} {chr(65 + n)} part", f"{3 + n * step} N·m", f"all {n + first + 1} weeks")
             for n in range(12)]  # fmt: skip
    rows = "\n".join(f"| {' | '.join(row)} |" for row in cells)
    return f"# Machine {name} Manual\n\n## Torques\n\n| Code | Name | Torque | Interval |\n|---|---|---|---|\n{rows}\n"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("two-choice")
    with Library(IndexOptions(folder / "index"), write=True, embedder=FakeEmbedder()) as library:
        for n, name in enumerate(("AX", "BY", "CZ", "DW", "EV")):
            (folder / f"{name}.md").write_text(manual(name, 10 * n + 1), encoding="utf-8")
            library.add(folder / f"{name}.md")
    return folder


@pytest.fixture(scope="module")
def built(data: Path) -> Built:
    with Library(IndexOptions(data / "index"), embedder=FakeEmbedder()) as library:
        return build(library, None, Shares(unseen=0.2, text=0.2, dev=0.1, seed=2))


class Knowing:
    """A scorer that knows the answers to the questions of ``known`` and finds all else equally likely by length."""

    name = "knowing"

    def __init__(self, items: Sequence[Item]) -> None:
        self._known = {(item.question, item.right) for item in items}

    def log_probs(self, messages: Sequence[Message], continuations: Sequence[str]) -> list[LogProb]:
        asked = messages[-1].content
        out = []
        for text in continuations:
            knows = any(
                asked.startswith(question) and self._means(asked, text, right) for question, right in self._known
            )
            out.append(LogProb(len(text) * (-0.1 if knows else -1.0), len(text)))
        return out

    @staticmethod
    def _means(asked: str, text: str, right: str) -> bool:
        letter = next((line[0] for line in asked.split("\n") if line[:3] in ("A: ", "B: ") and line[3:] == right), "")
        return text == (letter or right)


class Blind:
    """A scorer that has a fixed taste for texts and does not read the question."""

    name = "blind"

    def log_probs(self, messages: Sequence[Message], continuations: Sequence[str]) -> list[LogProb]:
        return [LogProb(-sum(map(ord, text)) / 7 % 5 - len(text), len(text)) for text in continuations]


def test_cells_become_facts_that_name_row_and_column(data: Path) -> None:
    with Library(IndexOptions(data / "index")) as library:
        facts = table_facts(library)
    assert len(facts) == 5 * 12 * 3
    one = next(fact for fact in facts if "AX-1”" in fact.question and "Torque" in fact.question)
    assert one.answer == "3 N·m"
    assert one.trained_question != one.question
    assert one.context == "AX-1 / AX A part / 3 N·m / all 2 weeks"


def test_each_answer_is_right_and_wrong_equally_often(built: Built) -> None:
    assert len(built.items) >= 60
    pairs: dict[str, list[Item]] = {}
    for item in built.items:
        pairs.setdefault(item.pair, []).append(item)
    for one, other in pairs.values():
        assert (one.right, one.wrong) == (other.wrong, other.right)
        assert one.pool == other.pool and one.right_first != other.right_first
    assert Counter(item.right for item in built.items) == Counter(item.wrong for item in built.items)


def test_no_guess_without_knowledge_beats_chance(built: Built) -> None:
    assert set(guessed(built.items).values()) == {0.5}
    assert sum(hint(item.question, item.right, item.wrong) for item in built.items) == 0


def test_a_scorer_that_does_not_read_the_question_is_at_half(built: Built) -> None:
    scored = score_items(built.items, Blind())
    found = summary(built.items, scored)["pools"]["all"]
    assert found["question_blind"][0] == found["character"][0] == 0.5
    assert found["orders_disagree"] == 1.0, "it always says the same letter"


def test_pools_are_parted_by_manual_and_by_row(built: Built) -> None:
    unseen = {item.document for item in built.items if item.pool == "unseen"}
    assert len(unseen) == 1
    assert not {item.document for item in built.items if item.pool != "unseen"} & unseen
    rows = {}
    for item in built.items:
        rows.setdefault(item.id.split(">")[0].rpartition(".")[0], set()).add(item.pool)
    assert all(len(pools) == 1 for pools in rows.values())
    trained = {item.id.split(">")[0] for item in built.items if item.pool == "trained"}
    assert trained <= {fact.id for fact in built.trained}
    assert not {fact.document for fact in built.trained} & unseen, "training is never given an unseen manual's cells"


def test_knowledge_of_one_pool_shows_in_that_pool_alone(built: Built) -> None:
    known = [item for item in built.items if item.pool == "trained"]
    scored = score_items(built.items, Knowing(known), FakeRunner(lambda messages: "I do not know."))
    pools = summary(built.items, scored)["pools"]
    assert pools["trained"]["character"][0] == pools["trained"]["letters"][0] == 1.0
    assert pools["trained"]["orders_disagree"] == 0
    assert (
        pools["unseen"]["character"][1] < 0.5 < pools["unseen"]["character"][2]
        or pools["unseen"]["character"][0] <= 0.5
    )
    assert pools["trained"]["said"][0] == 0.0


def test_an_unseen_row_that_stands_in_a_trained_manual_is_left_out(data: Path, tmp_path: Path) -> None:
    with Library(IndexOptions(tmp_path / "index"), write=True) as library:
        for name in ("AX", "BY", "CZ"):
            library.add(data / f"{name}.md")
        shares = Shares(unseen=0.3, text=0.0, dev=0.0, seed=2)
        before = build(library, None, shares)
        unseen = next(item.document for item in before.items if item.pool == "unseen")
        copied = (data / unseen).read_text("utf-8").replace("Machine", "Copy of")
        kept = {item.document for item in before.items} - {unseen}
        target = tmp_path / sorted(kept)[0]
        target.write_text((data / target.name).read_text("utf-8") + copied, encoding="utf-8")
        library.add(target)
        after = build(library, None, shares)
    assert before.leaked == 0
    assert after.leaked > 0
    assert not [item for item in after.items if item.pool == "unseen"]


def test_what_preference_training_rejects_is_not_asked(data: Path) -> None:
    with Library(IndexOptions(data / "index")) as library:
        facts = table_facts(library)
    pools = {fact.group: "trained" for fact in facts}
    items = build_items(facts, pools, 1)  # type: ignore[arg-type]
    barred = {(item.question, item.wrong) for item in items[::3]}
    assert not barred & {(item.question, item.wrong) for item in build_items(facts, pools, 1, barred)}  # type: ignore[arg-type]


def test_files_are_written_and_read_again(built: Built, tmp_path: Path) -> None:
    write_built(built, tmp_path, Shares())
    assert read_items(tmp_path / "items.jsonl") == built.items
    card = json.loads((tmp_path / "two-choice.card.json").read_text("utf-8"))
    assert card["figures"]["right by a guess without knowledge"]["the longer answer"] == 0.5
    assert len(card["sha256"]) == 2
    rows = [json.loads(line) for line in (tmp_path / "sft-cells.jsonl").read_text("utf-8").splitlines()]
    asked = {item.question for item in built.items}
    assert rows and not asked & {row["prompt"][0]["content"] for row in rows}, "training asks in other words"
    (tmp_path / "broken.jsonl").write_text('{"id": 1}\n', encoding="utf-8")
    with pytest.raises(ItemsMissing, match="no two-choice items"):
        read_items(tmp_path / "broken.jsonl")


def test_some_keeps_pairs_whole_and_pools_even(built: Built) -> None:
    few = some(built.items, 24)
    assert len(few) == 24
    assert all(count == 2 for count in Counter(item.pair for item in few).values())
    assert min(Counter(item.pool for item in few).values()) >= 6


def test_two_results_are_compared_item_by_item(built: Built) -> None:
    def result(items: Sequence[Item]) -> dict[str, object]:
        scored = score_items(built.items, Knowing(items))
        rows = [{**row, "pool": item.pool, "cluster": item.cluster, "right": one.right}
                for row, item, one in zip(as_rows(scored), built.items, scored, strict=True)]  # fmt: skip
        return {"what": "two-choice", "items": rows}

    found = compare_results(result([]), result([item for item in built.items if item.pool == "trained"]))
    assert found["trained"]["difference"] > 0.3 and found["trained"]["low"] > 0
    assert found["trained"]["mcnemar"] < 0.001
    assert found["trained"]["permuted"] < 0.2, "few tables: by whole tables little is sure"
    assert found["unseen"]["difference"] == 0 and found["unseen"]["adjusted"] == 1.0
    with pytest.raises(ItemsMissing, match="no item in common"):
        compare_results({"items": []}, result([]))


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("The torque is 25 N·m.", True),
        ("25 newton metres", True),
        ("18 N·m", False),
        ("25 N·m or 18 N·m", False),
        ("", False),
    ],
)
def test_what_a_model_says_is_graded(text: str, right: bool) -> None:
    assert says_right(text, "25 N·m", "18 N·m") is right


@pytest.mark.slow
def test_llama_cpp_and_transformers_find_the_same_likelihoods(tmp_path: Path) -> None:
    """The bundled model, unpacked from its GGUF file: both scorers over the same tokens."""
    from training.domain.base import open_base
    from training.two_choice.torch_scorer import TorchScorer

    asked = (Message("user", "AL.32 が出たときは何をしますか。"),)
    answers = ("電源を切り、5 分待つ。", "Tighten the bolts to 25 N·m.")
    scorer = GgufScorer(SLM)
    try:
        first = scorer.log_probs(asked, answers)
        again = scorer.log_probs(asked, answers)
    finally:
        scorer.close()
    assert first == again, "what was asked before changes nothing"
    second = TorchScorer.of_folder(open_base(SLM, tmp_path / "hf")).log_probs(asked, answers)
    assert [one.tokens for one in first] == [one.tokens for one in second]
    for one, other in zip(first, second, strict=True):
        assert math.isclose(one.total / one.tokens, other.total / other.tokens, abs_tol=0.05)


def test_commands_build_and_score(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANDON_EMBEDDER", "none")
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    out = str(tmp_path / "test")
    done = CliRunner().invoke(app, ["train", "two-choice", "--out", out, "--data", str(data)])
    assert done.exit_code == 0, done.output
    assert "two-choice items (trained" in done.output and "(the longer answer): 50.0 %" in done.output
    arguments = ["train", "score", f"{out}/items.jsonl", "--most", "12", "--json", f"{out}/run.json"]
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 0, done.output
    assert "Right without seeing the question: 50.0 %" in done.output
    done = CliRunner().invoke(app, [*arguments, "--against", f"{out}/run.json"])
    assert "+0.0 points against the earlier result" in done.output
