"""Facts with the questions of operators: their file form, and batches in which no passage is its own rival."""

from pathlib import Path

import numpy as np
import pytest

from training.embedder.asked import FOLDER, LANGS, read_asked_facts
from training.embedder.distil import Batches, Examples, Phase
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
    assert len(facts) >= 150
    for fact in facts:
        assert all(fact.text[lang] and all(fact.questions[lang]) for lang in LANGS), fact
        assert not any(question in fact.text[lang] for lang in LANGS for question in fact.questions[lang]), fact
    texts = [fact.text["en"] for fact in facts]
    assert len(set(texts)) == len(texts)


def test_a_batch_holds_each_passage_once() -> None:
    """Three questions a passage: drawn at random, a batch of ten would hold one passage twice."""
    right = [np.array([number // 3], np.int32) for number in range(60)]
    left = [np.array([100 + number], np.int32) for number in range(60)]
    examples = Examples(left, right, {"asked-ja-ja": np.arange(60)}, np.zeros(60, np.int32))
    batches = Batches(examples, Phase(1, 0.0, 0.0, batch=10, shares={"asked-ja-ja": 1.0}), seed=3)
    for _ in range(20):
        kind, numbers = batches.next()
        assert kind == "asked-ja-ja"
        assert len({int(right[n][0]) for n in numbers}) == len(numbers) == 10
