"""Matching: the places that are looked up are those that comparing every atom with every other one finds."""

from __future__ import annotations

import random
import unicodedata

from assistant_sources import demo_passages, sentences_of

from assistant.verification import spelling
from assistant.verification.atoms import Atom, atoms_of, lines_of, word_key
from assistant.verification.copying import copy_of
from assistant.verification.endings import same_end
from assistant.verification.matching import MOST_KNOWN, Matching, clause_ends

SAME_PARTICLE = [{"は", "が"}, {"に", "には"}, {"で", "では"}, {"と", "や", "および"}]
WORDS = "two three four five six seven eight nine ten".split(" ")  # noqa: SIM905
WORDS_OF_NUMBERS = {word_key(word): str(number) for number, word in enumerate(WORDS, start=2)}
WORDS_OF_NUMBERS |= {sign: str(number) for number, sign in enumerate("一二三四五六七八九十", start=1)}


def may_stand(mine: Atom, theirs: Atom, *, ends: bool) -> bool:
    """Whether a sentence may hold ``mine`` for a source's ``theirs``, asked pair by pair."""
    if (mine.key, mine.kind) == (theirs.key, theirs.kind):
        return True
    if mine.key == theirs.key:
        return False
    if "number" in (mine.kind, theirs.kind):
        return WORDS_OF_NUMBERS.get(mine.key, mine.key) == WORDS_OF_NUMBERS.get(theirs.key, theirs.key)
    if mine.key in map(word_key, ("is", "are", "be")) and theirs.key in map(word_key, ("lies", "stays", "remains")):
        return True
    if (mine.kind, theirs.kind) != ("kana", "kana"):
        return False
    topic = mine.key == "は" and theirs.key == "を"
    particle = any({mine.key, theirs.key} <= same for same in SAME_PARTICLE)
    return topic or particle or (ends and same_end(mine.key, theirs.key))


def test_places_are_those_of_every_pair() -> None:
    passages = random.Random(7).sample(demo_passages(), 24)
    made = ("The valve lies at 2 bar. It stays there. 弁は 2 台ある。三台を止める。軸が回り、端には触れない。",)
    texts = [*made, *(passage.text for passage in passages)]
    asked = [sentence for passage in passages for sentence in sentences_of(passage)[:2]]
    asked += [
        "Two valves are closed, three is open.",
        "弁が二台あり、軸は回る。三台は止めてください。",
        "端に触れません。",
    ]
    compared = 0
    for text in texts:
        source = atoms_of(text).atoms
        matching = Matching(source)
        for sentence in asked:
            said = atoms_of(sentence).atoms
            for place, atom in enumerate(said):
                ends = clause_ends(said, place)
                pairs = [
                    there
                    for there, other in enumerate(source)
                    if may_stand(atom, other, ends=ends or clause_ends(source, there))
                ]
                assert matching.places(atom, ends=ends) == pairs, (sentence, atom, text)
                compared += bool(pairs)
    assert compared > 1000


def test_what_is_told_once_of_a_source_is_what_is_told_place_by_place() -> None:
    for passage in random.Random(3).sample(demo_passages(), 60):
        source = atoms_of(passage.text)
        assert lines_of(passage.text) == source.lines
        ends = [clause_ends(source.atoms, place) for place in range(len(source.atoms))]
        assert Matching(source.atoms).ends == ends


def test_a_copy_that_goes_straight_on_keeps_to_the_borders() -> None:
    text = "弁を閉じる。ポンプを止める。蓋を外す（左）。\nA: 1\nB: 2"
    source = copy_of(text)
    for said, borders, holds in (
        ("弁を閉じる。ポンプを止める。", 2, True),
        ("弁を閉じる。ポンプを止める。", 0, False),  # over the end of a sentence
        ("蓋を外す", 2, False),  # what is left out behind it weighs
        ("弁を閉じる。", 0, True),
    ):
        assert bool(source.places(atoms_of(said).atoms, borders=borders)) == holds, said


def test_what_is_known_of_a_source_has_an_end() -> None:
    matching = Matching(atoms_of("弁を 2 回開ける。").atoms)
    for number in range(MOST_KNOWN + 10):
        assert matching.places(Atom(str(number), "number"), ends=False) == ([2] if number == 2 else [])
    assert len(matching._known) <= MOST_KNOWN


def test_a_source_compared_before_says_the_same_again() -> None:
    text = "1. 弁を閉じる。\n2. ポンプを止める。\n3. 圧力が 0.2 MPa 以下になったら、蓋を外す。"
    said = atoms_of("ポンプを止めてください。").atoms
    first = copy_of(text)
    before = first.places(said, "2")
    assert before and not first.places(said, "1")
    copy_of.cache_clear()
    assert copy_of(text).places(said, "2") == before == first.places(said, "2")


def test_no_spelling_is_left_out_for_the_words_that_it_needs() -> None:
    """Every pattern is tried on lines that hold what the others need, with and without looking first."""
    chance = random.Random(11)
    rules = (*spelling._JA, *spelling._EN)
    bits = [word for needs, _, _ in rules for word in needs]
    bits += [
        "3 ",
        "10",
        "は、",
        "に",
        "する",
        "まま",
        "、",
        "。",
        "the ",
        ". ",
        "(赤)",
        "kPa",
        "s",
        "that ",
        "on",
        "off",
        "押すことができ",
        "月",
        "ご",
        "3 longer than ",
        "SEC",
        "ı",
    ]
    lines = ["".join(chance.choices(bits, k=chance.randint(1, 6))) for _ in range(3000)]
    lines += [sentence for passage in demo_passages()[::4] for sentence in sentences_of(passage)]
    for line in (unicodedata.normalize("NFKC", line) for line in lines):
        for needs, pattern, new in rules:
            if not any(word in spelling._small(line) for word in needs):
                assert pattern.sub(new, line) == line, (line, pattern.pattern)
