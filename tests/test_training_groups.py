"""Fact groups and the split: what is one fact stays together, documents kept from training stay out, nothing leaks."""

from __future__ import annotations

import random

import pytest

from training.data.faq_table import FaqEntry
from training.data.groups import fact_groups
from training.data.shingles import jaccard, near_copies, shingles
from training.data.split import Shares, leaks, split
from training.errors import FaqUnusable


def entry(number: int, question: str, answer: str, document: str = "a.pdf", same_as: str = "") -> FaqEntry:
    return FaqEntry(f"e{number}", question, answer, "en", document, "", same_as=same_as, line=number)


def test_one_fact_is_joined_by_each_rule() -> None:
    long = (
        "Loosen the four screws of the cover, lift the cover off, and clean the sensor behind it with a dry soft cloth"
    )
    entries = [
        entry(0, "How is the sensor cleaned?", f"{long}."),
        entry(1, "Sensor dirty?", f"{long}!"),
        entry(2, "What is the pressure?", "Set it to 0.5 MPa while the machine runs."),
        entry(3, "Which pressure do I set?", "Set it to 0.5 MPa while the machine runs."),
        entry(4, "When is the belt due?", "Each year.", same_as="belt"),
        entry(5, "Belt age?", "After twelve months.", same_as="belt"),
        entry(6, "Is it on?", "Yes."),
        entry(7, "Is it off?", "Yes."),
    ]
    found = fact_groups(entries, [(6, 4)])
    assert found.of == (0, 0, 1, 1, 2, 2, 2, 3), "a short answer alone joins nothing; a known pair does"
    assert found.joined == {"same_as": 1, "equal_answer": 1, "near_answer": 1, "equivalent": 1}


def test_nearly_equal_answers_of_other_values_stay_apart() -> None:
    text = (
        "Tighten the screws of the upper belt frame crosswise in two passes to {} N·m and mark them with white paint."
    )
    assert jaccard(shingles(text.format(25)), shingles(text.format(18))) > 0.85
    assert fact_groups([entry(0, "Upper?", text.format(25)), entry(1, "Lower?", text.format(18))]).count == 2


def test_near_copies_are_found_among_many() -> None:
    rng = random.Random(1)
    words = ["".join(rng.choices("abcdefghij", k=6)) for _ in range(400)]
    texts = [" ".join(rng.choices(words, k=20)) for _ in range(300)]
    copies = [text[:-1] + "x" for text in texts[:50]]
    found = set(near_copies([*texts, *copies], 0.85))
    assert found == {(n, 300 + n) for n in range(50)}


def many(documents: int = 6) -> list[FaqEntry]:
    return [
        entry(n, f"What about part {n}?", f"Part {n} of the machine is checked every {n + 3} days by the fitter.",
              f"manual {n % documents}.pdf")
        for n in range(240)
    ]  # fmt: skip


def test_groups_and_documents_are_on_one_side() -> None:
    entries = many()
    entries[3] = entry(3, entries[3].question, entries[9].answer, entries[3].document)
    groups = fact_groups(entries)
    found = split(entries, groups, Shares(unseen=0.2, text=0.2, dev=0.1, seed=3))
    for members in groups.members().values():
        assert len({found.part[place] for place in members}) == 1
    sides = {place: part == "unseen" for place, part in enumerate(found.part) if part is not None}
    for place, unseen in sides.items():
        assert unseen == (entries[place].document in found.unseen)
    counts = found.counts
    assert sum(counts.values()) == len(entries)
    assert counts["unseen"] >= 0.15 * len(entries)
    assert counts["train"] > counts["text"] > counts["dev"] > 0


def test_a_group_across_the_border_is_used_nowhere() -> None:
    entries = many()
    shares = Shares(unseen=0.15, seed=3)
    unseen = split(entries, fact_groups(entries), shares).unseen
    inside = next(n for n, e in enumerate(entries) if e.document in unseen)
    outside = next(n for n, e in enumerate(entries) if e.document not in unseen)
    entries[outside] = entry(outside, "Other words?", entries[inside].answer, entries[outside].document)
    found = split(entries, fact_groups(entries), shares)
    assert found.part[inside] is None
    assert found.part[outside] is None


def test_more_entries_move_no_other_group() -> None:
    entries = many()
    shares = Shares(unseen=0.0, seed=3)
    before = split(entries, fact_groups(entries), shares).part
    more = [*entries, entry(999, "New?", "This is new on the line since Monday.")]
    after = split(more, fact_groups(more), shares).part
    assert after[: len(before)] == before


def test_one_document_cannot_be_kept_from_training() -> None:
    entries = many(documents=1)
    with pytest.raises(FaqUnusable, match="one document") as failure:
        split(entries, fact_groups(entries), Shares())
    assert "unseen = 0" in failure.value.remedy


def test_a_copied_sentence_leaks_and_a_shared_name_does_not() -> None:
    trained = ["Set regulator R1 of the case former CF-40 to 0.50 MPa with the machine running at full speed."]
    tested = [
        "Set regulator R1 of the case former CF-40 to 0.50 MPa with the machine running.",
        "Before cleaning, lock the main switch of the case former CF-40 and hang the key on board 3 beside the door.",
    ]
    assert leaks(trained, tested) == [0]
