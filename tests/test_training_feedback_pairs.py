"""Feedback pairs: what readers corrected becomes pairs that the preference stage can train on."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from ui_made import make_answer, make_found, make_hit

from assistant.prompt import NOT_FOUND, build_messages
from assistant.records.entry import Asker
from assistant.records.feedback import Said
from assistant.records.pairs import Pair, make_pairs, pair_lines
from assistant.records.records import Records
from training.bundled.feedback_pairs import pair_rows_of, read_pairs
from training.errors import TrainingFailed

STEPS = "1. 主電源を切る。\n2. フィルムを交換する。\n3. カバーを閉じる。"
FOUND = make_found(make_hit(STEPS, "steps"), make_hit("別の箇所。"))
SHOWN = replace(make_answer(FOUND, text="主電源を切る。 [1]"), question="フィルムの交換手順は?")
WHO = Asker("佐藤", "page")


@pytest.fixture
def records(tmp_path: Path) -> Records:
    return Records(tmp_path / "records.sqlite3")


def judge(records: Records, said: Said, state: str = "accepted", chosen: str = "", text: str = SHOWN.text) -> None:
    answer = records.answered(replace(SHOWN, text=text), WHO)
    number = records.say(replace(said, answer_id=answer.id), "佐藤")
    records.feedback.review(number, state, "admin", chosen)


def pairs_of(records: Records) -> tuple[list[Pair], dict[str, int]]:
    pairs, left = make_pairs(records.feedback.all(), excerpts=1)
    return pairs, dict(left)


def test_a_correction_is_chosen_and_what_was_shown_rejected(records: Records) -> None:
    judge(records, Said("", "down", "not_complete", "", "主電源を切る。フィルムを交換する。"))
    judge(records, Said("", "down", "unclear"), "corrected", "1. 主電源を切る。\n2. カバーを閉じる。")
    (second, first), left = pairs_of(records)
    assert left == {}
    assert (first.chosen, first.rejected) == ("主電源を切る。 [1]フィルムを交換する。 [1]", "主電源を切る。 [1]")
    assert second.chosen == "主電源を切る。 [1]カバーを閉じる。 [1]"
    assert [excerpt.text for excerpt in first.excerpts] == [STEPS], "the prompt holds what the model reads, no more"


def test_a_thumb_up_wins_over_the_answer_that_was_refused(records: Records) -> None:
    judge(records, Said("", "up"))
    assert pairs_of(records) == ([], {"nothing_chosen": 1})
    judge(records, Said("", "down", "wrong_answer"), text="カバーを閉じる。 [1]")
    pairs, left = pairs_of(records)
    assert [(pair.chosen, pair.rejected) for pair in pairs] == [("主電源を切る。 [1]", "カバーを閉じる。 [1]")]
    assert left == {"nothing_chosen": 1}


def test_not_in_the_manuals_teaches_to_say_so(records: Records) -> None:
    judge(records, Said("", "down", "not_in_manuals"))
    (pair,), _ = pairs_of(records)
    assert pair.chosen == NOT_FOUND["ja"]


def test_what_is_left_out_is_counted(records: Records) -> None:
    judge(records, Said("", "down", "unclear"), "dismissed")
    judge(records, Said("", "down", "unclear", "", "ヒューズを換える。"))
    judge(records, Said("", "down", "unclear", "", "主電源を切る"))
    judge(records, Said("", "down", "unclear", "", "主電源を切る。"), text="")
    judge(records, Said("", "down", "unclear"))
    assert pairs_of(records) == (
        [], {"not_reviewed": 1, "not_held": 1, "same": 1, "nothing_shown": 1, "nothing_chosen": 1},
    )  # fmt: skip


def written(records: Records, tmp_path: Path) -> Path:
    judge(records, Said("", "down", "not_complete", "", "主電源を切る。フィルムを交換する。"))
    judge(records, Said("", "down", "not_in_manuals"))
    file = tmp_path / "pairs.jsonl"
    file.write_text("".join(pair_lines(pairs_of(records)[0])), encoding="utf-8")
    return file


def test_training_reads_the_file_as_pairs_over_the_prompt_of_serving(records: Records, tmp_path: Path) -> None:
    file = written(records, tmp_path)
    (missing, _), (wanted, unwanted) = read_pairs(file)
    assert (wanted.question, wanted.lang, wanted.number) == ("フィルムの交換手順は?", "ja", 1)
    assert (missing.number, missing.answer) == (0, NOT_FOUND["ja"])
    assert (wanted.excerpts, wanted.question) == (unwanted.excerpts, unwanted.question)
    assert unwanted.answer == "主電源を切る。 [1]"
    line = json.loads(file.read_text(encoding="utf-8").splitlines()[1])
    built = build_messages(wanted.question, wanted.excerpts, "ja")
    assert line["prompt"] == [{"role": message.role, "content": message.content} for message in built]
    assert [line[name][0]["role"] for name in ("chosen", "rejected")] == ["assistant", "assistant"]


def test_the_rows_are_those_of_the_preference_stage(records: Records, tmp_path: Path) -> None:
    pytest.importorskip("sentencepiece")
    from training.bundled.preference import _pairs as pairs_in
    from training.bundled.tokenizer import ChatTokenizer, train_tokenizer
    from training.cards.factory import tokenizer_sample

    tokenizer = ChatTokenizer(train_tokenizer(tokenizer_sample(1)[:500], tmp_path / "tokenizer", 1100, threads=1))
    pairs = read_pairs(written(records, tmp_path))
    rows = pair_rows_of(pairs, tokenizer, 2000)
    assert [pairs_in(row) for row in rows] == [[1], [1]]
    assert pair_rows_of(pairs, tokenizer, 60) == []


def test_a_file_that_is_none_names_its_line(records: Records, tmp_path: Path) -> None:
    file = written(records, tmp_path)
    lines = file.read_text(encoding="utf-8").splitlines()
    changed = json.loads(lines[1])
    changed["prompt"][0]["content"] += "!"
    for bad in ("{}", "no json", json.dumps(changed), "[]"):
        file.write_text(f"{lines[0]}\n{bad}\n", encoding="utf-8")
        with pytest.raises(TrainingFailed, match="line 2"):
            read_pairs(file)
