"""Questions: what they name, ask for and could be called in the other language; codes, makers, quantities, ranking."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations_with_replacement

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.library import Library
from index.options import IndexOptions
from index.passage import Lang, Manual
from index.search.glossary import FILE, Glossary, bundled
from index.search.makers import makers_in
from index.search.question import Concept, Variant, machine_names, understand
from index.search.rank import Fields, Relevance, Weighed

GLOSSARY = Glossary(
    [
        "# comment",
        "vacuum cup | suction cup\t真空パッド | 吸着パッド",
        "palletiser\tパレタイザ",
        "replace | change\t交換 | 取り替え",
    ]
)
SW310 = Manual("m1", "sw310.pdf", "ストレッチ包装機 SW-310 取扱説明書 (HPS-SW310-OM-J)", 1, "", 1, 1, "ja", "")
RP180 = Manual("m2", "rp180.pdf", "Robot Palletiser RP-180 Manual (HPS-RP180-OM-E)", 1, "", 1, 1, "en", "")
HEAD = "# {title}\n\n## 9.1 {word}\n\n"
MANUAL = HEAD.format(title="包装機 SW-310", word="アラーム") + (
    "| アラーム番号 | 名称 | 原因 | 処置 |\n|---|---|---|---|\n"
    "| E-401 | フィルム切れ | ロールが空 | ロールを交換する |\n| E-402 | クランプ異常 | くず | 取り除く |\n"
    "| E-403 | カット異常 | 刃の摩耗 | 刃を交換する |\n| E-404 | 過負荷 | 巻き付き | 取り除く |\n\n"
    "## 7.2 給脂\n\n旋回軸受に 3 か月ごとにグリースを 15 g 入れる。カッタ刃を交換する。\n\n"
    "## 6.1 設定\n\nS-01 は速度である。S-02 は回数である。S-03 は張力である。S-04 は時間である。\n"
)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder = tmp_path_factory.mktemp("question")
    (folder / "sw310.md").write_text(MANUAL, encoding="utf-8")
    with Library(IndexOptions(folder / "index", embedder="none"), write=True) as made:
        made.add(folder / "sw310.md")
        yield made


def test_machine_names_are_product_names_not_document_numbers() -> None:
    assert machine_names(SW310) == {"SW310"}
    assert machine_names(RP180) == {"RP180"}


@pytest.mark.parametrize("written", ["SW-310", "SW310", "sw310", "ＳＷ－３１０", "SW 310"])
def test_a_machine_is_named_however_it_is_written(written: str) -> None:
    asked = understand(f"{written} の E-401 は?", [SW310, RP180], GLOSSARY)
    assert asked.named == {"m1"}
    assert [code.canonical for code in asked.codes] == ["E401"], "the machine's name is no code"


def test_a_part_number_that_begins_like_a_machine_does_not_name_it() -> None:
    asked = understand("SW-310-BRK の在庫は?", [SW310], GLOSSARY)
    assert asked.named == frozenset()


def test_a_machine_named_in_words_of_either_language_is_meant() -> None:
    assert understand("パレタイザが止まった", [SW310, RP180], GLOSSARY).meant == {"m2"}
    assert understand("the palletiser stopped", [SW310, RP180], GLOSSARY).meant == {"m2"}
    assert understand("the printer stopped", [SW310, RP180], GLOSSARY).meant == frozenset()


def test_titles_that_change_are_read_again_and_a_word_of_most_titles_means_none_of_them() -> None:
    both = [SW310, RP180]
    assert understand("the palletiser stopped", both, GLOSSARY).meant == {"m2"}
    renamed = [replace(SW310, title="Palletiser PL-1"), RP180]
    assert understand("the palletiser stopped", renamed, GLOSSARY).meant == frozenset()
    assert understand("the palletiser stopped", [SW310, replace(RP180, id="m3")], GLOSSARY).meant == {"m3"}
    for number in range(9):
        assert understand("the palletiser stopped", [SW310, replace(RP180, id=f"n{number}")], GLOSSARY).meant
    assert understand("the palletiser stopped", both, GLOSSARY).meant == {"m2"}


@pytest.mark.parametrize(
    ("question", "lang", "other"),
    [("真空パッドを交換したい", "en", ("vacuum", "cup")), ("How do I change the suction cup?", "ja", ("真空", "空パ"))],
)
def test_a_question_is_said_in_the_other_language(question: str, lang: Lang, other: tuple[str, ...]) -> None:
    asked = understand(question, [], GLOSSARY)
    assert set(other) <= set(asked.terms(lang))
    assert 0.5 < asked.reach[lang] <= 1.0
    assert asked.reach[asked.lang] == 1.0


def test_synonyms_stand_beside_the_questions_own_words() -> None:
    assert "suction" in understand("replace the vacuum cup", [], GLOSSARY).terms("en")


def test_the_bundled_glossary_is_well_formed() -> None:
    lines = [line for line in FILE.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    for line in lines:
        english, japanese = line.split("\t")
        for side in (english, japanese):
            assert all(variant.strip() for variant in side.split("|")), line
    assert len(lines) > 900
    assert len(lines) == len(set(lines))
    assert any("torque" in v for known in bundled().look_up("締付トルク", "ja") for v in known.translations)


def test_codes_known_unknown_and_foreign(library: Library) -> None:
    assert library.search("E-401 が出た").codes == ("E401",)
    assert library.search("E401").hits[0].passage.text.startswith("アラーム番号: E-401")
    assert library.search("E-499 が出た").unknown_codes == ("E499",)
    assert library.search("設定 S-38 は何ですか").unknown_codes == ("S38",), "S-01 to S-04 make S-38 a code"
    assert library.search("NJ501 の電池").foreign == ("NJ501",), "a product of nobody here"
    assert library.search("オムロンの電池").foreign == ("オムロン",)


def test_makers_are_words_not_parts_of_words() -> None:
    assert makers_in("FANUC の R-30iB") == ("fanuc",)
    assert makers_in("キーエンスのセンサ") == ("キーエンス",)
    assert makers_in("the wagon and a labbed sick siemensx") == ()


Told = tuple[Sequence[str], Sequence[str], Sequence[str]]


def fields(*told: Told) -> Fields:
    """Of passages told as (body, headings, title)."""
    every = list(dict.fromkeys(term for passage in told for place in passage for term in place))
    body, section, title = (np.array([[p[at].count(term) for p in told] for term in every]) for at in range(3))
    shape = (len(every), len(told))
    return Fields(
        tuple(map(str, range(len(told)))),
        {term: row for row, term in enumerate(every)},
        body.reshape(shape).astype(np.float64),
        np.array([len(body) for body, _, _ in told], dtype=np.float64),
        section.reshape(shape) > 0,
        np.zeros(shape, dtype=bool),
        title.reshape(shape) > 0,
    )


def relevance(
    concepts: Sequence[Concept], rarity: Mapping[str, float], body: Sequence[str], section: Sequence[str] = ()
) -> Relevance:
    return Weighed.of(concepts, rarity).relevances(fields((body, section, ())))[0]


def test_relevance_grows_with_what_is_held() -> None:
    concepts = (
        Concept((Variant(("belt",)),), 1.0),
        Concept((Variant(("tension",)), Variant(("pull",), 0.7, True)), 1.0),
    )
    rarity = {"belt": 2.0, "tension": 2.0, "pull": 2.0}

    def held(*body: str) -> float:
        return relevance(concepts, rarity, body).score

    assert held() == 0.0
    assert 0 < held("belt") < held("belt", "pull") < held("belt", "tension") < 1
    in_heading = relevance(concepts, rarity, ("belt",), ("tension",))
    assert in_heading.score > held("belt", "tension")
    assert in_heading.support == 1.0


CONCEPTS = (
    Concept((Variant(("belt", "drive")), Variant(("strap",), 0.7, True)), 1.5),
    Concept((Variant(("tension",)), Variant(("pull", "force"), 0.8, True)), 1.0),
    Concept((Variant(()),), 1.0),
    Concept((Variant(("pull",)), Variant(("strap", "drive", "belt"), 0.7, True)), 0.5),
)
RARITY = {"belt": 2.0, "drive": 0.5, "strap": 1.0, "tension": 3.0, "pull": 2.0, "force": 1.0}


def one_by_one(weighed: Weighed, body: Sequence[str], section: Sequence[str], title: Sequence[str]) -> Relevance:
    """The measure written down as it is explained: no arrays."""
    often = {term: body.count(term) / (0.7 + 0.3 * len(body) / 120) for term in RARITY}
    for term in RARITY:
        often[term] += 1.5 * (term in section) + 0.5 * (term in title)
    score = support = 0.0
    for part in weighed.parts:
        best = best_there = 0.0
        for way in part.ways:
            there = sum(rare for term, rare in way.terms if often[term]) / way.mass
            if there >= 0.6 or not way.whole:
                reached = sum(rare * often[term] / (often[term] + 0.6) for term, rare in way.terms)
                best, best_there = max(best, way.sureness * reached / way.mass), max(best_there, there)
        score += part.weight * best
        support += part.weight * best_there
    return Relevance(score / weighed.total, support / weighed.total)


WORDS = st.lists(st.sampled_from([*RARITY, "other"]), max_size=6)


@given(st.lists(st.tuples(WORDS, WORDS, WORDS), max_size=7))
def test_passages_are_weighed_together_as_one_by_one(told: list[Told]) -> None:
    weighed = Weighed.of(CONCEPTS, RARITY)
    found = weighed.relevances(fields(*told))
    assert len(found) == len(told)
    for one, passage in zip(found, told, strict=True):
        alone = one_by_one(weighed, *passage)
        assert (one.score, one.support) == pytest.approx((alone.score, alone.support), abs=1e-12)
    held = fields(*told)
    most = weighed.most_held(held.rows, held.body > 0)
    bodies = [Weighed.of([CONCEPTS[at]], RARITY) for at in (0, 1, 3)]
    for at, alone_part in zip((0, 1, 3), bodies, strict=True):
        assert most[at] == pytest.approx(max((alone_part.support(body) for body, _, _ in told), default=0.0))
    assert held.said(["belt"]) == {str(at) for at, (body, _, _) in enumerate(told) if "belt" in body}


def test_support_of_places_is_that_of_fields() -> None:
    weighed = Weighed.of(CONCEPTS, RARITY)
    for body in combinations_with_replacement([*RARITY, "other"], 3):
        held = weighed.relevances(fields((body, ("strap",), ())))[0]
        assert weighed.support(body, ("strap",)) == pytest.approx(held.support)
    assert Weighed.of((), {}).support(("belt",)) == 0.0
    assert Weighed.of((), {}).relevances(fields((("belt",), (), ()))) == [Relevance(0.0, 0.0)]
    assert weighed.support(RARITY) == 1.0


def test_a_concept_counts_as_its_best_variant_however_often() -> None:
    """By hand: BM25F of one term twice in a body of 40 terms and once in the heading."""
    body = ("belt", "belt", *["other"] * 38)
    held = relevance((Concept((Variant(("belt",)),), 1.0),), {"belt": 2.0}, body, ("belt",))
    often = 2 / (0.7 + 0.3 * 40 / 120) + 1.5
    assert held.score == pytest.approx(often / (often + 0.6))
    assert held.support == 1.0


def test_lines_of_translations_make_no_synonyms() -> None:
    glossary = Glossary(["=volt | supply voltage\tボルト | 電圧"])
    (known,) = glossary.look_up("ボルト", "ja")
    assert (known.synonyms, known.translations) == ((), ("volt", "supply voltage"))
    (known,) = glossary.look_up("volt", "en")
    assert (known.synonyms, known.translations) == ((), ("ボルト", "電圧"))
