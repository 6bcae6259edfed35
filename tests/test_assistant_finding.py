"""Finding: follow-ups, steps and choices over real manuals, through the whole of ask()."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from fake_runner import FakeRunner

from assistant.answer import Answer, Found, Piece
from assistant.ask import Assistant
from assistant.conversation import Exchange, exchange_of
from index.library import Library, Scope
from index.options import IndexOptions

ONE = """# コンベヤ SC-9 取扱説明書

## 5.1 E-402 クランプ異常

クランプが閉じない。

1. 主電源 QS1 を OFF にする。
2. シリンダスイッチの位置を直す。
3. 主電源 QS1 を ON にする。

## 5.2 E-405 過熱

モータが熱い。30 分冷ます。それでも直らないときはファンを交換する。

## 7.2 ベルトの張り

搬送ベルトの張力は 120 N に調整する。
"""
OTHER = """# ラップ機 SW-3 取扱説明書

## 6.1 E-402 フィルム切れ

フィルムがなくなった。新しいロールを入れる。

## 7.1 ベルトの張り

ベルトの張力は 80 N に調整する。
"""


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder = tmp_path_factory.mktemp("library")
    made = Library(IndexOptions(folder / "index", embedder="none"), write=True)
    for name, text in (("sc9.md", ONE), ("sw3.md", OTHER)):
        (Path(folder) / name).write_text(text, encoding="utf-8")
        made.add(folder / name)
    yield made
    made.close()


@pytest.fixture
def assistant(library: Library) -> Assistant:
    return Assistant(library, FakeRunner(lambda messages: "わからない。"))


def asked(
    assistant: Assistant, question: str, history: Sequence[Exchange] = (), scope: Scope | None = None
) -> tuple[Found, list[Piece], Answer]:
    found, *pieces, answer = list(assistant.ask(question, scope, history=history))
    assert isinstance(found, Found)
    assert isinstance(answer, Answer)
    return found, [piece for piece in pieces if isinstance(piece, Piece)], answer


def titles(found: Found) -> list[str]:
    return [quote.hit.manual.name for quote in found.quotes]


def test_the_same_code_on_two_machines_asks_back_and_no_model(assistant: Assistant) -> None:
    found, pieces, answer = asked(assistant, "E-402 が出て止まった")
    assert {choice.title for choice in found.choices} == {"コンベヤ SC-9 取扱説明書", "ラップ機 SW-3 取扱説明書"}
    assert answer.verdict == "choose"
    assert answer.choices == found.choices
    assert pieces == []
    assert assistant.runner is not None and assistant.runner.asked == []  # type: ignore[attr-defined]
    for choice in found.choices:
        chosen, _, last = asked(assistant, "E-402 が出て止まった", scope=Scope.of(manuals=[choice.manual_id]))
        assert chosen.choices == ()
        assert last.verdict != "choose"
        assert chosen.quotes[0].hit.passage.id == choice.passage_id


def test_a_named_machine_is_no_question(assistant: Assistant) -> None:
    found, _, answer = asked(assistant, "SW-3 の E-402 の処置は?")
    assert found.choices == ()
    assert found.quotes[0].hit.manual.name == "sw3.md"
    assert answer.verdict != "choose"


def test_a_step_is_answered_verbatim_without_a_model(assistant: Assistant) -> None:
    first = exchange_of(asked(assistant, "SC-9 の E-402 の処置は?")[2])
    found, pieces, answer = asked(assistant, "2番目の手順は?", [first])
    assert [piece.text for piece in pieces] == ["2. シリンダスイッチの位置を直す。"]
    assert found.quotes[0].hit.passage.id == first.passage
    assert "1. 主電源 QS1 を OFF にする。" in found.quotes[0].text  # the whole procedure with it
    assert answer.verdict == "supported"
    assert answer.step is not None and answer.step.count == 3
    missing, none, last = asked(assistant, "手順9は?", [first])
    assert missing.step is not None and missing.step.lines == ()
    assert (none, last.verdict) == ([], "quote_only")
    assert len(assistant.runner.asked) == 1  # type: ignore[union-attr]


def test_a_step_without_a_known_passage_is_searched_for(assistant: Assistant) -> None:
    found, pieces, _ = asked(assistant, "手順3は?", [Exchange("SC-9 の E-402 の処置は?")])
    assert found.quotes[0].hit.manual.name == "sc9.md"
    assert [piece.text for piece in pieces] == ["3. 主電源 QS1 を ON にする。"]


def test_the_machine_of_the_last_turn_stays(assistant: Assistant) -> None:
    for manual, value in (("sc9.md", "120 N"), ("sw3.md", "80 N")):
        machine = "SC-9" if manual == "sc9.md" else "SW-3"
        first = exchange_of(asked(assistant, f"{machine} のベルトの張りは?")[2])
        found, _, _ = asked(assistant, "その張力は?", [first])
        assert found.understood.startswith(f"{machine} ベルトの張り")
        assert set(titles(found)) == {manual}
        assert value in found.quotes[0].text
        code, _, _ = asked(assistant, "E-402 の場合は?", [first])
        assert code.quotes[0].hit.manual.name == manual
        assert code.choices == ()


def test_a_code_of_another_machine_is_found_there(assistant: Assistant) -> None:
    first = exchange_of(asked(assistant, "SW-3 の E-402 の処置は?")[2])
    found, _, _ = asked(assistant, "E-405 の場合は?", [first])
    assert found.declined is None
    assert found.quotes[0].hit.manual.name == "sc9.md"


def test_another_machine_is_asked_the_same(assistant: Assistant) -> None:
    first = exchange_of(asked(assistant, "SC-9 のベルトの張りは?")[2])
    found, _, _ = asked(assistant, "SW-3 では?", [first])
    assert found.understood == "SW-3 のベルトの張りは?"
    assert "80 N" in found.quotes[0].text


def test_what_stands_alone_is_found_as_without_history(assistant: Assistant) -> None:
    first = exchange_of(asked(assistant, "SW-3 の E-402 の処置は?")[2])
    for question in ("E-405 が出た", "E-402 が出て止まった", "搬送ベルトの張力を調整したい", "今日の献立は?"):
        alone, _, _ = asked(assistant, question)
        after, _, _ = asked(assistant, question, [first])
        assert (after.quotes, after.choices, after.declined) == (alone.quotes, alone.choices, alone.declined)
        assert after.understood == ""


def test_a_deleted_or_foreign_passage_in_the_history_is_harmless(assistant: Assistant) -> None:
    for made_up in (Exchange("E-405", manual="x", passage="y"), Exchange("E-405", manual="sc9.md", passage="z")):
        found, _, answer = asked(assistant, "2番目の手順は?", [made_up])
        assert found.quotes or found.declined
        assert answer.verdict in ("quote_only", "declined")


CUT = f"""# Link box LB-7

## 4.1 Ports

{" ".join(f"The {name} socket on the side of the box takes data from the unit." for name in "abcdefghijklmnopqrst")}

Data and commands cannot be used at once.

## 4.2 Cover

The cover of the ports is grey.
"""


def test_a_passage_is_quoted_with_what_its_section_says_right_behind_it(tmp_path: Path) -> None:
    (tmp_path / "lb7.md").write_text(CUT, encoding="utf-8")
    with Library(IndexOptions(tmp_path / "index", embedder="none"), write=True) as library:
        library.add(tmp_path / "lb7.md")
        passages = library.passages("lb7.md")
        ports = [passage for passage in passages if passage.section[-1] == "4.1 Ports"]
        assert len(ports) == 2
        assert library.beside(ports[0]) == ports, "and nothing of another section"
        assert library.beside(replace(ports[0], revision=9)) == []
        found = next(iter(Assistant(library, None).ask("socket on the side of the box, data from the unit?")))
        assert isinstance(found, Found)
        assert found.quotes[0].text == "\n".join(passage.text for passage in ports)
