"""The andon command's help: all of it in Japanese too, made from the English that stands there now."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from typer.main import get_command

from assistant.settings import Settings
from ui.cli import app, main
from ui.help import help_table, in_japanese, japanese_page, setting_table
from ui.wrapping import NO_END, NO_START, columns, wrapped

JAPANESE = re.compile("[ぁ-んァ-ヶ一-龠]")


def texts(command: Any) -> Iterator[str]:
    yield command.help or ""
    for parameter in command.params:
        yield getattr(parameter, "help", None) or ""
    for child in getattr(command, "commands", {}).values():
        yield from texts(child)


def test_every_help_has_its_japanese_and_no_other_is_kept() -> None:
    said = {text for text in texts(get_command(app)) if text}
    assert said - set(help_table()) == set(), "add these to ui/wording/help.ja.toml"
    assert set(help_table()) - said == set(), "no command says these any more"


def test_every_setting_has_its_japanese_made_from_what_it_says_now() -> None:
    now = {name: field.description for name, field in Settings.model_fields.items()}
    assert {name: held["en"] for name, held in setting_table().items()} == now


def test_what_is_called_japanese_is_and_keeps_names_and_options() -> None:
    pairs = [*help_table().items(), *((held["en"], held["ja"]) for held in setting_table().values())]
    assert [said for _, said in pairs if not JAPANESE.search(said)] == []
    kept = re.compile(r"--[a-z-]+|[A-Z_]{2,}_[A-Z_]+|[a-z_-]+\.(?:jsonl|json|toml|md|sh)\b|\bw?[0-9]{3,}\b")
    lost = {english: set(kept.findall(english)) - set(kept.findall(said)) for english, said in pairs}
    assert {english: names for english, names in lost.items() if names} == {}


def test_paragraphs_stay_apart() -> None:
    assert [said for english, said in help_table().items() if english.count("\n\n") != said.count("\n\n")] == []


@pytest.mark.parametrize(
    ("locale", "wanted"), [("ja_JP.UTF-8", "マニュアルを登録します。"), ("en_US.UTF-8", "Index manuals.")]
)
def test_help_is_in_the_language_of_the_terminal(
    locale: str, wanted: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LC_ALL", locale)
    monkeypatch.setattr(sys, "argv", ["andon", "index", "add", "--help"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 0
    assert wanted in capsys.readouterr().out


def test_a_text_without_japanese_stays() -> None:
    command = get_command(app)
    command.help = "Something new."
    assert in_japanese(command).help == "Something new."


def test_pages_fit_the_terminal_and_lose_no_word() -> None:
    top = in_japanese(get_command(app))
    for name in ("bundle", "bench", "ask"):
        command = top.commands[name]
        page = list(japanese_page(command, command.make_context(name, [], resilient_parsing=True), 60))
        assert max(map(columns, page)) <= 60
        shown = "".join("".join(page).split())
        assert all("".join(text.split()) in shown for text in texts(command))
        assert all(option in "\n".join(page) for one in command.params for option in one.opts if option[0] == "-")


def test_defaults_and_what_must_be_given_are_told() -> None:
    command = in_japanese(get_command(app)).commands["train"].commands["judge"]
    page = "\n".join(japanese_page(command, command.make_context("judge", [], resilient_parsing=True), 100))
    assert "使い方: judge [オプション] ANSWERS" in page
    assert re.search(r"--out .*\[必須\]", page)
    assert re.search(r"--sheet-rows .*\[既定: 120; x>=1\]", page)


def test_lines_end_between_words_and_beside_no_sign_that_must_not_stand_there() -> None:
    text = "モータ(サーボ)の温度は、andon doctor で調べます。「AL.32」が出たら、止めてください。ファイルを見ます。"
    for width in range(12, 40):
        lines = wrapped(text, width)
        assert "".join("".join(lines).split()) == "".join(text.split())
        assert all(line[0] not in NO_START and line[-1] not in NO_END for line in lines)
        assert all(columns(line) <= width for line in lines if width >= 16)
        assert sum("doctor" in line for line in lines) == 1


def test_a_line_break_in_a_paragraph_is_none_in_japanese_and_a_space_in_english() -> None:
    assert wrapped("止めて\nから\n\nuse the\nlock", 40) == ["止めてから", "", "use the lock"]


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["user", "add"], 2, "引数 name を指定してください。"),
        (["idex"], 2, "idex というコマンドはありません。もしかして: 'index'"),
        (["search", "x", "-k", "y"], 2, "-k の値が正しくありません: "),
        (["index", "list", "--jsn"], 2, "--jsn というオプションはありません。もしかして: --json"),
        (["user", "add", "a", "b"], 2, "余分な引数があります: b"),
        (["train", "judge", "a.jsonl"], 2, "オプション --out を指定してください。"),
        (["train", "run", "no-such.toml"], 1, "レシピのファイルがないか、読めません。"),
    ],
)
def test_wrong_usage_is_told_in_japanese(
    words: list[str], code: int, told: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LC_ALL", "ja_JP.UTF-8")
    monkeypatch.setattr(sys, "argv", ["andon", *words])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == code
    shown = capsys.readouterr().err
    assert told in shown
    assert code == 1 or " --help で確かめられます。" in shown


def test_without_a_command_the_help_is_shown(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LC_ALL", "ja_JP.UTF-8")
    monkeypatch.setattr(sys, "argv", ["andon"])
    with pytest.raises(SystemExit):
        main()
    assert "使い方: andon [オプション] コマンド" in capsys.readouterr().out
