"""What errors say, in Japanese: every remedy in the source has its translation, and the right one is found for it."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from written_errors import PLACE, written

from assistant.errors import AssistantFailed
from edge import gguf_file
from edge.errors import ModelMissing
from edge.forecast import Forecast, _remedy
from edge.free_memory import FreeMemory
from index.errors import ScopeUnknown
from ui.terminal import print_failure, reason_of
from ui.translation import Part, in_japanese, translations

JAPANESE = re.compile("[ぁ-んァ-ヶ一-龠]")
PARTS: tuple[Part, ...] = ("messages", "remedies")
# what stands in the place of a remedy without being one: another error's, or what a place alone holds
# messages without words of their own: what stands in their places says everything
WORDLESS = {"{} {}.", "{} is {}.", "{}: {}", "{}: {}{}.", "{}: {} {}."}
HELD = {"line", "machine", "manual", "kind", "lang"}  # words in such places
BENT = "{} has {} usable entr{} in {} row{}{}; {} is the least that can be divided into parts."  # English endings
PASSED_ON = {"missing.remedy", "error.remedy", "remedy", "self._last_death.remedy", "_remedy(found)"}


def test_every_remedy_has_its_japanese_and_no_other_is_kept() -> None:
    said = {one.text for one in written("remedy") if one.text is not None and one.text.strip(PLACE + " ")}
    assert len(said) > 400
    said |= {remedy for *_, remedy in gguf_file._OTHERS} | forecasts()
    assert said - set(translations("remedies")) == set(), "add these to ui/wording/remedies.ja.toml"
    assert set(translations("remedies")) - said == set(), "no error says these any more"


def test_every_message_has_its_japanese_and_no_other_is_kept() -> None:
    said = {one.text for one in written("message") if one.text is not None and one.text.strip(PLACE + " ")}
    assert len(said) > 400
    assert said - set(translations("messages")) == {*WORDLESS, BENT}, "add these to ui/wording/messages.ja.toml"
    assert set(translations("messages")) - said == HELD, "no error says these any more"


def forecasts() -> set[str]:
    """What helps where a model does not fit: put together from what would."""
    short = Forecast(Path("m.gguf"), 100, 100, 0, 0, 4096, "f16", FreeMemory(190, limited=False), 2048)
    shorter, never = replace(short, free=FreeMemory(10, limited=False)), {"fitting_context": 0}
    all_four = (short, shorter, replace(short, **never), replace(shorter, **never))
    return {_remedy(one).replace("2048", PLACE) for one in all_four}


def test_every_remedy_can_be_read_from_the_source() -> None:
    assert {one.source for one in written("remedy") if one.text is None} <= PASSED_ON


@pytest.mark.parametrize("part", PARTS)
def test_what_is_called_japanese_is_and_keeps_names_options_and_places(part: Part) -> None:
    table = translations(part)
    command = re.compile(r"^(?:pip install|andon|lora\.rank)\b")
    assert [said for said in table.values() if not JAPANESE.search(said) and not command.match(said)] == []
    assert [key for key, said in table.items() if key.count(PLACE) != said.count(PLACE)] == []
    kept = re.compile(r"--[a-z-]{2,}|[A-Z_]{2,}_[A-Z_]+|[a-z_-]+\.(?:jsonl|json|toml|md)\b|\b[0-9]{3,}\b|\bandon \w+")
    lost = {key: set(kept.findall(key)) - set(kept.findall(said)) for key, said in table.items()}
    assert {key: names for key, names in lost.items() if names} == {}


def test_places_are_filled_and_the_closest_sentence_is_taken() -> None:
    assert in_japanese("remedies", "Known: L1, L2.") == "登録されているもの: L1, L2"
    assert in_japanese("remedies", 'It has: a, b. Write model = "ADDRESS#NAME".') == (
        'あるもの: a, b。model = "ADDRESS#NAME" の形で書いてください。'
    )
    assert in_japanese("remedies", "Wait 12 seconds and try again.") == "12 秒待って、もう一度試してください。"
    two = in_japanese("remedies", "Mend this line. Then give the command again: replies that came are kept.")
    assert two.startswith("この行を直してください。 その後、"), "what a place holds is translated as well"
    assert in_japanese("remedies", "Something new.") == "Something new."


def test_a_failure_is_told_in_japanese_with_what_helps(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LC_ALL", "ja_JP.UTF-8")
    print_failure(ScopeUnknown("There is no line 'L9' to narrow the search to.", "Known: L1, L2."))
    shown = capsys.readouterr().err
    assert "andon: 絞り込みに指定した ライン 'L9' はありません。\n  対処: 登録されているもの: L1, L2\n" in shown
    assert "Known" not in shown and "narrow" not in shown
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")
    print_failure(ScopeUnknown("There is no line 'L9' to narrow the search to.", "Known: L1, L2."))
    assert "Known: L1, L2." in capsys.readouterr().err


def test_a_reason_in_one_sentence_is_japanese_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "ja_JP.UTF-8")
    assert JAPANESE.search(reason_of(ModelMissing("Anything.")))
    assert str(AssistantFailed("What.", "Help.")) == "What. Help."
