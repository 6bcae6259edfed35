"""Quoting: what is shown first for a question, how many sources, and what a cut passage is shown with."""

from __future__ import annotations

from dataclasses import replace

from assistant_sources import quote

from assistant.quoting import CRUMB, LESS, LONGEST, MORE, UNSURE, first_by_what_is_asked, quotes_of, whole
from index.passage import Box, Hit, Kind, Passage, Why


def hit(
    text: str, *, support: float = 0.8, kind: Kind = "prose", section: tuple[str, ...] = ("7.1",), at: int = 0
) -> Hit:
    plain = quote(text).hit
    passage = replace(
        plain.passage, id=f"p{at}", text=text, kind=kind, section=section, ordinal=at, lang="en", pages=(at + 1,),
        page_labels=(f"7-{at + 1}",), boxes=(Box(at + 1, 0, 0, 1, 1),), codes=(),
    )  # fmt: skip
    return replace(plain, passage=passage, support=support, score=2.0, row=None, untold="")


def alone(passage: Passage) -> list[Passage]:
    return [passage]


def test_an_entrys_own_section_comes_first_where_it_answers() -> None:
    entry = replace(hit("F-021 Vacuum too low.", support=0.3, section=("9.3 F-021",)), why=(Why("code", 1, "F021"),))
    remedy = hit("Replace the filter.", support=0.3 + LESS, section=("9.3 F-021", "Remedy"), at=1)
    other = hit("Replace the filter.", support=1.0, section=("9.4 F-022", "Remedy"), at=2)
    assert first_by_what_is_asked("F-021, remedy?", [entry, other, remedy]) == [remedy, entry, other]
    weak = replace(remedy, support=0.29 + LESS)
    assert first_by_what_is_asked("F-021, remedy?", [entry, other, weak]) == [entry, other, weak]
    plain = replace(entry, why=())
    assert first_by_what_is_asked("F-021, remedy?", [plain, other, remedy])[0] is plain, "no entry of a code"


def test_a_value_comes_first_where_a_value_is_asked_for() -> None:
    told = hit("Tighten the screws of the cover crosswise.")
    value = hit("Cover screws: 25 N·m", at=1)
    question = "How many N·m for the screws of the cover?"
    assert first_by_what_is_asked(question, [told, value]) == [value, told]
    assert first_by_what_is_asked("How do I fit the cover?", [told, value]) == [told, value]
    assert first_by_what_is_asked(question, [told, replace(value, support=0.7)])[0] is told, "it holds less of it"
    assert first_by_what_is_asked(question, [replace(told, why=(Why("code", 1, "F021"),)), value])[0].passage.id == "p0"


def test_more_sources_where_none_is_clearly_right() -> None:
    hits = [hit(f"Text number {at}.", support=UNSURE - 0.01, at=at) for at in range(8)]
    assert [q.number for q in quotes_of("what?", hits, 3, alone)] == list(range(1, 4 + MORE))
    assert len(quotes_of("what?", hits, 1, alone)) == 1, "who asks for one gets one"
    sure = [replace(hits[0], support=UNSURE), *hits[1:]]
    assert len(quotes_of("what?", sure, 3, alone)) == 3
    assert quotes_of("what?", (), 3, alone) == ()


def test_a_cut_passage_is_shown_with_what_belongs_to_it() -> None:
    listed, crumb = hit("- 0x01: data in\n" * 12, at=4), hit("The two cannot be used at once.", at=5)
    shown = whole(listed, lambda _: [listed.passage, crumb.passage])
    assert shown.passage.text == f"{listed.passage.text}\n{crumb.passage.text}"
    assert shown.passage.id == "p4" and shown.passage.pages == (5, 6) and shown.passage.page_labels == ("7-5", "7-6")
    assert len(shown.passage.boxes) == 2
    assert whole(crumb, lambda _: [listed.passage, crumb.passage]).passage.text == shown.passage.text
    assert whole(listed, lambda _: []) is listed, "it is gone meanwhile"


def test_what_is_long_or_of_another_kind_stays_apart() -> None:
    first = hit("a" * 500)
    long = hit("b" * (2 * CRUMB + 1), at=1)
    row = hit("Item: M8 / Torque: 25 N·m", kind="table", at=1)
    warning = hit("DANGER", kind="warning", at=1)
    for other in (long, row, warning):
        assert whole(first, lambda _, other=other: [first.passage, other.passage]) is first  # type: ignore[misc]
    assert whole(row, lambda _: [row.passage, hit("End.", at=2).passage]) is row
    full = hit("c" * (2 * LONGEST - 10))
    assert whole(full, lambda _: [full.passage, hit("d" * 20, at=1).passage]) is full
    told = replace(first, row=0)
    assert whole(told, lambda _: [first.passage, hit("End.", at=1).passage]) is told


def test_the_next_alarm_is_never_shown_with_an_alarm() -> None:
    entry = hit("Alarm: E-401\nRemedy: Replace the film.", kind="alarm", at=1)
    other = hit("Alarm: E-402\nRemedy: Lower the pressure.", kind="alarm", at=2)
    assert whole(entry, lambda _: [entry.passage, other.passage]) is entry


def test_a_model_reads_what_was_found_and_no_more() -> None:
    listed, crumb = hit("- 0x01: data in\n" * 12, at=4), hit("The two cannot be used at once.", at=5)
    (shown,) = quotes_of("what?", [listed], 1, lambda _: [listed.passage, crumb.passage])
    assert crumb.passage.text in shown.text
    assert shown.as_found.text == listed.passage.text and shown.as_found.number == 1
    (plain,) = quotes_of("what?", [listed], 1, alone)
    assert plain.found is None and plain.as_found is plain
