"""Facts with the questions of operators: their file form, and batches in which no passage is its own rival."""

from pathlib import Path

import numpy as np
import pytest

from training.embedder.asked import FOLDER, LANGS, read_asked_facts, read_asked_file, read_unanswered
from training.embedder.distil import Asked, Batches, Examples, Phase
from training.errors import CorpusMissing

MADE = """# form
@ Pump | ポンプ
= Trouble | 故障
- Seal leaks
- シールから漏れる
? water on the floor | drips at the shaft
？ 床がぬれる | 軸から垂れる
- Oil: VG 68
- 油: VG 68
? which oil
？ 何の油
"""


def test_facts_are_read_with_their_place(tmp_path: Path) -> None:
    (tmp_path / "made.txt").write_text(MADE, "utf-8")
    first, second = read_asked_facts(tmp_path)
    assert first.place == {"en": "Pump Trouble", "ja": "ポンプ 故障"}
    assert first.questions["en"] == ("water on the floor", "drips at the shaft")
    assert second.text == {"en": "Oil: VG 68", "ja": "油: VG 68"}


@pytest.mark.parametrize("wrong", ["no sign here", "@ only one side"])
def test_a_line_that_is_no_fact_is_named(tmp_path: Path, wrong: str) -> None:
    (tmp_path / "made.txt").write_text(f"{MADE}{wrong}\n", "utf-8")
    with pytest.raises(CorpusMissing, match="line 12"):
        read_asked_facts(tmp_path)


def test_no_facts_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(CorpusMissing, match="no facts"):
        read_asked_facts(tmp_path)


def test_bundled_facts_are_whole() -> None:
    facts = read_asked_facts(FOLDER)
    assert len(facts) >= 2000
    for fact in facts:
        assert all(fact.text[lang] and all(fact.questions[lang]) for lang in LANGS), fact
        assert not any(fact.text[lang] in question for lang in LANGS for question in fact.questions[lang]), fact
    texts = [fact.text["en"] for fact in facts]
    assert len(set(texts)) == len(texts)


def test_questions_that_a_section_does_not_answer_are_kept_apart(tmp_path: Path) -> None:
    (tmp_path / "made.txt").write_text(f"{MADE}! where is the pump | who made it\n！ 値段は\n", "utf-8")
    assert len(read_asked_facts(tmp_path)) == 2
    english, japanese = read_unanswered(tmp_path)
    assert english.questions == ("where is the pump", "who made it")
    assert (japanese.lang, japanese.place["ja"]) == ("ja", "ポンプ 故障")


def test_the_bundled_facts_say_what_their_sections_do_not_answer() -> None:
    facts, unanswered = read_asked_facts(FOLDER), read_unanswered(FOLDER)
    assert len(unanswered) >= 400
    sections = {fact.place["en"] for fact in facts}
    assert {near.place["en"] for near in unanswered} <= sections
    asked = {question for fact in facts for lang in LANGS for question in fact.questions[lang]}
    assert sum(question in asked for near in unanswered for question in near.questions) < 20


def test_the_scored_facts_are_not_among_those_that_train() -> None:
    scored = read_asked_file(Path(__file__).parent / "data/asked_facts.txt")
    assert len(scored) >= 150
    trained = {fact.text[lang] for fact in read_asked_facts(FOLDER) for lang in LANGS}
    asked = {q for fact in read_asked_facts(FOLDER) for lang in LANGS for q in fact.questions[lang]}
    assert not any(fact.text[lang] in trained for fact in scored for lang in LANGS)
    common = [q for fact in scored for lang in LANGS for q in fact.questions[lang] if q in asked]
    assert len(common) <= 5, common


def rows(*numbers: int) -> list[np.ndarray[tuple[int], np.dtype[np.int32]]]:
    return [np.array([number], np.int32) for number in numbers]


def test_a_batch_holds_whole_sections_with_several_questions_a_passage() -> None:
    """Passages 0 to 39 in sections of four; each has three questions a language, told by its number."""
    asked = [
        Asked(
            n // 4,
            {"en": rows(n)[0], "ja": rows(1000 + n)[0]},
            {"en": rows(*[2000 + 10 * n + i for i in range(3)]), "ja": rows(*[3000 + 10 * n + i for i in range(3)])},
        )
        for n in range(40)
    ]
    unanswered = {section: rows(*range(9000 + 10 * section, 9005 + 10 * section)) for section in range(9)}
    examples = Examples([], [], {}, np.zeros(0, np.int32), asked, unanswered)
    batches = Batches(examples, Phase(1, 0.0, 0.0, batch=10, shares={"asked-ja": 0.5, "asked-en": 0.5}), seed=3)
    kinds = set()
    for _ in range(20):
        drawn = batches.next()
        kinds.add(drawn.kind)
        base = 1000 if drawn.kind == "asked-ja" else 0
        passages = [int(row[0]) - base for row in drawn.right]
        assert len(set(passages)) == len(passages) == 12, "three whole sections"
        assert [n // 4 for n in passages] == list(drawn.sections[:12])
        assert len(drawn.left) == 36
        for place, question in enumerate(drawn.left):
            assert int(question[0]) % 1000 // 10 == passages[place % 12], "each turn has the passages' order"
        assert len({int(question[0]) for question in drawn.left}) == 36, "no question twice"
        for section, question in zip(drawn.sections[12:], drawn.unanswered, strict=True):
            assert section in drawn.sections[:12]
            assert (int(question[0]) - 9000) // 10 == section
    assert kinds == {"asked-ja", "asked-en"}
