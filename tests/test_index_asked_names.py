"""Asked names: names and numbered things that stand in none of the first hits."""

from __future__ import annotations

from dataclasses import replace

import pytest
from assistant_sources import quote

from index.passage import Hit
from index.search.asked_names import AskedNames
from index.search.glossary import Glossary, bundled
from index.search.question import understand
from index.search.synonyms import Group, Synonyms

SHUTTLE = "The ShuttlePRO2 has 15 momentary buttons. Read stg.0.counts and vel_gain; USB or HDMI, pin CN5."
PARAMETERS = "Parameter: 1 / Description: size\nParameter: 2 / Description: pages\nパラメーター: 3 / 説明: 状態"


def hit(text: str, title: str = "Jog wheels") -> Hit:
    plain = quote(text).hit
    passage = replace(plain.passage, text=text, section=("Description",), lang="en")
    return replace(plain, passage=passage, manual=replace(plain.manual, title=title, name="shuttle.md", lang="en"))


def asked(question: str, *texts: str, known: tuple[str, ...] = (), glossary: Glossary | None = None) -> AskedNames:
    hits = [hit(text) for text in texts or (SHUTTLE,)]
    words = glossary or bundled()
    return AskedNames.of(understand(question, [one.manual for one in hits], words), hits, known)


@pytest.mark.parametrize(
    ("question", "unknown"),
    [
        ("How many buttons does the ShuttlePRO5 have?", ("ShuttlePRO5",)),
        ("How many buttons does the shuttlepro2 have?", ()),
        ("How many buttons has the Shuttle-PRO2?", ()),
        ("ＳｈｕｔｔｌｅＰＲＯ２ のボタンは何個?", ()),
        ("din7 の入力値はどこに出る?", ("din7",)),
        ("default of vel_gain and pos_gain", ("pos_gain",)),
        ("What is stg.0.counts, and stg.9.index?", ("stg.9.index",)),
        ("THERMALボタンは何を表示する?", ("THERMAL",)),
        ("Is there an LED or a USB port?", ()),
        ("WHY DOES THE CONVEYOR STOP", ()),
        ("Is 24VDC or 3x25 mm all right at 50Hz?", ()),
        ("The 2nd button of CN5", ()),
        ("Servo-To-Run card", ("Servo-To-Run",)),
        ("pre-stretch roller", ()),
    ],
)
def test_names_that_stand_nowhere(question: str, unknown: tuple[str, ...]) -> None:
    assert asked(question).unknown == unknown


def test_what_looks_like_a_code_is_left_to_the_codes_where_one_is_known() -> None:
    assert asked("F13 came up").unknown == ("F13",)
    assert asked("F13 came up", known=("F013",)).unknown == ()
    assert asked("F13 on the ShuttlePRO5", known=("F013",)).unknown == ("ShuttlePRO5",)


def test_a_word_of_the_sites_own_list_is_no_unknown_name() -> None:
    site = bundled().with_site(Synonyms([Group(1, ("WR1", "jog wheel"))]))
    assert asked("buttons of WR1").unknown == ("WR1",)
    assert asked("buttons of WR1", glossary=site).unknown == ()


def test_a_machine_named_by_an_admin_is_known() -> None:
    one = hit(SHUTTLE)
    named = replace(one, manual=replace(one.manual, machines=("MX-77",), lines=("LineB2",)))
    question = understand("buttons of MX77 on LineB2", [named.manual], bundled())
    assert AskedNames.of(question, [named], ()).unknown == ()


@pytest.mark.parametrize(
    ("question", "beyond"),
    [
        ("What is parameter 7 of it?", ("parameter 7",)),
        ("What is parameter 2 of it?", ()),
        ("パラメーター 6 は何ですか", ("パラメータ 6",)),
        ("パラメーター 1 は?", ()),
        ("parameter 3, what is it?", ()),
        ("Which mode 7 is that?", ()),
        ("more than 7 mm, parameter 50 mm", ()),
        ("パラメーター5個", ()),
    ],
)
def test_a_number_beyond_those_that_there_are(question: str, beyond: tuple[str, ...]) -> None:
    assert asked(question, PARAMETERS).beyond == beyond
