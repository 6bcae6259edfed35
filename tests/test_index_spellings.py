"""Words in kana or kanji have one form for search; words that only look like them stay."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.library import Library
from index.options import IndexOptions
from index.spellings import one_form
from index.text import normalise, terms


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ねじを締める", "ネジを締める"), ("螺子の緩み", "ねじのゆるみ"), ("ばねが折れた", "バネが折れた"),
        ("グリスを塗る", "グリースを塗る"), ("カバーをはずす", "カバーを外す"), ("とりはずし", "取り外し"),
        ("取付けボルト", "取り付けボルト"), ("締めつけトルク", "締付けトルク"), ("挿し込む", "差し込む"),
        ("取換え", "取り替え"), ("油もれ", "油漏れ"), ("紙づまり", "紙詰まり"),
        ("フィルタがつまる", "フィルタが詰まる"),
        ("さびを取る", "錆を取る"), ("磨耗した歯", "摩耗した歯"), ("孔径", "穴径"), ("機械がとまる", "機械が止まる"),
        ("モータがまわらない", "モータが回らない"), ("ふたを開ける", "蓋を開ける"), ("指をはさむ", "指を挟む"),
        ("ボタンをおす", "ボタンを押す"), ("コンベヤ", "コンベアー"), ("ギヤ", "ギア"), ("フイルム", "フィルム"),
        ("ヴァルブ", "バルブ"), ("モーターカバー", "モータカバー"), ("ローラーコンベヤー", "ローラコンベア"),
        ("サーボ・アンプ", "サーボアンプ"), ("インバーターカバー", "インバータカバー"),
    ],
)  # fmt: skip
def test_two_spellings_are_one_word(one: str, other: str) -> None:
    assert normalise(one) == normalise(other)


@pytest.mark.parametrize(
    "text",
    [
        "さまざまな方法", "つまり電源を切る", "ねじれる", "ふたつ", "ふたたび", "をおしえて", "をおしらせ",
        "できるかぎり",
        "まわり", "あとまわし", "まとまる", "はずです", "サービス", "すべての軸", "インバータ", "アラームリセット",
        "スターデルタ", "データベース", "ファイル", "さびしい", "換気",
    ],
)  # fmt: skip
def test_words_that_only_look_like_them_stay(text: str) -> None:
    assert normalise(text) == text


@given(
    st.text(
        alphabet="ねじばがはをにとりはずしつけ取付外埃塵ほこりもれ漏つまるゆ緩弛たるみさびサビヤアイギフウヴー換え替グリスト"
    )
)
def test_doing_it_twice_changes_nothing(text: str) -> None:
    assert one_form(one_form(text)) == one_form(text)
    assert normalise(normalise(text)) == normalise(text)


def test_search_finds_the_other_spelling(tmp_path: Path) -> None:
    pages = {
        "ばね.md": "# 送り装置\n\n## 交換\n\n戻しばねの交換は2年ごとに行う。",
        "ねじ.md": "# 裁断機\n\n## 点検\n\n止め螺子のゆるみを毎週点検する。",
        "グリス.md": "# 搬送機\n\n## 給脂\n\nローラーコンベヤーの軸受にグリスを注入する。",
    }
    with Library(IndexOptions(tmp_path / "index", embedder="none"), write=True) as library:
        for name, text in pages.items():
            (tmp_path / name).write_text(text, encoding="utf-8")
            library.add(tmp_path / name)
        for question, name in (
            ("戻しバネはいつ替える？", "ばね.md"), ("止めネジの緩み", "ねじ.md"),
            ("ローラコンベアのグリース", "グリス.md"),
        ):  # fmt: skip
            assert library.search(question, 1).hits[0].manual.name == name, question


def test_spellings_of_one_word_have_the_same_terms() -> None:
    assert terms("ボールねじの弛み") == terms("ボール・ネジの弛み")
    assert set(terms("取付けネジ")) & {"取付", "ネジ"} == {"取付", "ネジ"}
