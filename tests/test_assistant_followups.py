"""Follow-ups: what leans on the last turn and what stands alone, in Japanese and English."""

from __future__ import annotations

import pytest

from assistant.followups import HELD, lean

SUBJECT = [
    "それでも直らないときは?", "そのトルクは?", "なぜ?", "原因は?", "再発したら?", "ほかには?", "どのくらいかかる?",
    "何分待つ?", "その部品の品番は?", "他に原因は?", "and if it comes back?", "how long does that take?", "why?",
    "What is the torque?", "How do I clean it?", "it does not start", "and the cups?", "What if that doesn't help?",
    "still not working",
]  # fmt: skip
ALONE = [
    "", "?", "非常停止", "ジャム", "つまった", "とまった", "うごかない", "ベルトが切れた。その交換方法は?",
    "もしベルトが切れたら?", "それぞれのボルトの締付トルクは?", "カバーを開けたまま運転できますか?", "film break",
    "belt slips", "calibration", "is it safe to open the guard?", "The gripper drops the box when it moves",
    "how do I restart after an emergency stop?", "How do I replace the belt?", "step two of the belt replacement",
    "ベルト交換の手順2は?", "2番目のローラの交換方法は?",
    f"{HELD} が出て止まった", f"{HELD}", f"{HELD}は?", f"{HELD}?", f"その{HELD}の処置は?", f"What does {HELD} mean?",
    f"And how do I reset {HELD} after a power cut?", f"{HELD} と {HELD} の違いは?", f"and {HELD} after {HELD}?",
]  # fmt: skip


@pytest.mark.parametrize("question", SUBJECT)
def test_it_leans_on_the_subject(question: str) -> None:
    leaning = lean(question)
    assert leaning is not None
    assert leaning.way == "subject"
    assert leaning.rest


@pytest.mark.parametrize("question", ALONE)
def test_it_stands_alone(question: str) -> None:
    assert lean(question) is None


@pytest.mark.parametrize(
    "question",
    [
        f"{HELD} の場合は?", f"{HELD}の場合は？", f"{HELD} では?", f"{HELD} だと?", f"{HELD}が出たときは?",
        f"では{HELD}は?", f"and on the {HELD}?", f"what about {HELD}?", f"and {HELD}?", f"How about the {HELD}",
        f"the same on the {HELD}?",
    ],
)  # fmt: skip
def test_a_frame_around_a_name_asks_the_same_of_another(question: str) -> None:
    leaning = lean(question)
    assert leaning is not None
    assert leaning.way == "swap"


@pytest.mark.parametrize(
    ("question", "number"),
    [
        ("2番目の手順は?", 2), ("手順3は?", 3), ("三番目は?", 3), ("ステップ 4 をもう一度", 4), ("最後の手順は?", -1),
        ("what about step 3?", 3), ("step two?", 2), ("and the third step?", 3), ("repeat step 12", 12),
        ("what is the last step?", -1), ("最初の手順は?", 1),
    ],
)  # fmt: skip
def test_a_step_is_asked_for_by_its_number(question: str, number: int) -> None:
    leaning = lean(question)
    assert leaning is not None
    assert (leaning.way, leaning.number) == ("step", number)


@pytest.mark.parametrize("question", ["この機械の非常停止の復帰方法は?", "How do I grease the chain of this machine?"])
def test_this_machine_leans_on_the_machine_alone(question: str) -> None:
    leaning = lean(question)
    assert leaning is not None
    assert leaning.way == "machine"
    assert HELD in leaning.rest
