"""Training items: every answer is a copy out of the excerpt it cites, and nothing else answers."""

from __future__ import annotations

import json
import random
import re
from pathlib import Path

import pytest

from assistant.prompt import NOT_FOUND, build_messages
from training.bundled.items import Item, make_items, trunk_and_branches
from training.bundled.scores import judge
from training.cards.card import Card, render_answer
from training.cards.factory import factory_cards, near_code, random_code
from training.cards.faq import read_faq
from training.cards.manual_cards import document_cards
from training.corpus import Document

PAGE_JA = """# 充填機の保守
## 日常点検
充填ノズルは毎日清掃してください。圧力が 0.4 MPa を下回る場合は、調整弁を回します。詳細は第5章を参照してください。
センサとは、容器を検出する部品です。

## ベルトを交換する
1. 主電源を切り、札を掛けます。
2. ボルトを 12 N・m で締め付けます。

## 警報表
| 番号 | 内容 |
| A12 | ポンプの過負荷を検出しました |
| B07 | 扉が開いたまま運転されました |
"""
PAGE_EN = """# Case packer
## Daily work
Clean the suction cups every day with a dry cloth. If the door is open, close it and press the reset button.
The tension roller is a part that keeps the film tight. To start the machine, turn the key to position 2.

## Replace the belt
1. Switch off the main power and lock it.
2. Tighten the bolts to 12 Nm.
"""


def page(lang: str) -> Document:
    text = PAGE_JA if lang == "ja" else PAGE_EN
    return Document("made/up", "MIT", lang, "Packer", text, "p", "original")


def cards(lang: str, seed: int) -> list[Card]:
    rng = random.Random(seed)
    made = [*factory_cards(lang, rng), *document_cards(page(lang), rng)]
    rng.shuffle(made)
    return made


def items(lang: str, seed: int, excerpts: int = 3) -> list[Item]:
    return make_items(cards(lang, seed), random.Random(seed), excerpts)


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_answers_are_verbatim_in_the_cited_excerpt(lang: str) -> None:
    seen = 0
    for seed in range(60):
        for item in items(lang, seed):
            judged = judge(item, item.answer)
            if item.number:
                seen += 1
                assert judged.verbatim, item
                assert judged.right_source
                assert judged.exact
            else:
                assert item.answer == NOT_FOUND[item.lang]
    assert seen > 200


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_some_questions_have_no_answer_and_most_have(lang: str) -> None:
    every = [item for seed in range(80) for item in items(lang, seed)]
    share = sum(item.number == 0 for item in every) / len(every)
    assert 0.01 < share < 0.1


def test_one_answer_only() -> None:
    """What a question hinges on stands in one excerpt where it has an answer, and in none where it has not."""
    for seed in range(40):
        made = cards("en", seed)
        for item in make_items(made, random.Random(seed), 3):
            keys = {ask.key for card in made for ask in card.asks if ask.question == item.question}
            holders = [{e.number for e in item.excerpts if key in f"{e.place}\n{e.text}"} for key in keys]
            wanted = {item.number} if item.number else set()
            assert any(found == wanted for found in holders), item


def test_english_sentences_end_with_space_and_number_japanese_without() -> None:
    assert (
        render_answer("A: Close the door. Wait 5 s.", ((3, 18), (19, 28)), 2, "en")
        == " Close the door. [2] Wait 5 s. [2]"
    )
    assert render_answer("扉を閉じる。待つ。", ((0, 6), (6, 9)), 1, "ja") == "扉を閉じる。[1]待つ。[1]"
    assert render_answer("| A1 | 過負荷 |", ((7, 10),), 3, "ja") == " 過負荷。[3]"
    assert render_answer("1. Stop.\n2. Wait.", ((3, 8), (12, 17)), 1, "en", stepwise=True) == " Stop. [1]\nWait. [1]"


def test_pages_give_questions_on_sentences_steps_and_rows() -> None:
    asks = [a for seed in range(30) for c in document_cards(page("ja"), random.Random(seed)) for a in c.asks]
    questions = " ".join(a.question for a in asks)
    assert "A12" in questions
    assert "ベルトを交換" in questions
    assert "圧力が 0.4 MPa を下回る場合" in questions
    assert any(a.stepwise and len(a.spans) == 2 for a in asks)


def test_near_code_differs_in_one_digit() -> None:
    rng = random.Random(4)
    for _ in range(200):
        code = random_code(rng)
        near = near_code(code, rng)
        if not code.startswith("0x"):
            assert sum(a != b for a, b in zip(code, near, strict=True)) == 1


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_trunk_and_branch_together_are_the_served_prompt(lang: str) -> None:
    for item in items(lang, 3):
        common, ends = trunk_and_branches([item])
        served = build_messages(item.question, item.excerpts, item.lang)
        assert common[0][1] == served[0].content
        assert common[1][1] + ends[0] == served[1].content
        assert ends[0].startswith("\n")


def test_no_excerpt_ends_inside_the_question() -> None:
    for item in items("en", 5):
        assert re.search(re.escape(item.question.strip()) + "$", trunk_and_branches([item])[1][0])


def test_faq_answers_are_grounded_on_themselves(tmp_path: Path) -> None:
    file = tmp_path / "faq.jsonl"
    rows = [
        {
            "lang": "en",
            "question": "How long must I wait?",
            "answer": "Wait 10 minutes. Then measure.",
            "manual": "cf40",
            "page_label": "1-2",
        },
        {"lang": "ja", "question": "何分待つ?", "answer": "10分待つ。", "manual": "lc5", "page_label": "3"},
    ]
    file.write_text("".join(json.dumps(r) + "\n" for r in rows), "utf-8")
    faq = read_faq(file)
    assert [len(faq[lang]) for lang in ("ja", "en")] == [1, 1]
    card = faq["en"][0]
    assert [card.text[a:b] for a, b in card.asks[0].spans] == ["Wait 10 minutes.", "Then measure."]
    assert read_faq(None) == read_faq(tmp_path / "none.jsonl") == {"ja": [], "en": []}
