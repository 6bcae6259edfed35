"""What a tried search tells: whether it would be answered, how likely, and what of the question found nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest
from ui_made import make_found

from assistant.answer import Precedent, RowChoice
from index.library import Library
from index.options import IndexOptions
from index.search.searcher import Results
from ui.admin.hit_list import hits_html
from ui.wording import LANGS, Lang

MANUAL = "# Packer SW-310\n\n## 5 Alarms\n\n### E-401 Film broken\n\nReplace the film roll and press reset.\n"


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    folder = tmp_path_factory.mktemp("hits")
    (folder / "sw310.md").write_text(MANUAL, encoding="utf-8")
    library = Library(IndexOptions(folder / "index"), write=True)
    library.add(folder / "sw310.md")
    return library


def test_a_known_code_would_be_answered_and_an_unknown_one_declined(library: Library) -> None:
    html = hits_html(library.search("E-401"), "en")
    assert "This question would be answered." in html
    assert "a-answers" in html and "a-hit" in html
    html = hits_html(library.search("E-987"), "en")
    assert "This question would be declined" in html
    assert "a-declines" in html


@pytest.mark.parametrize("lang", LANGS)
def test_words_that_stand_nowhere_are_told_as_a_share(library: Library, lang: Lang) -> None:
    results = library.search("film roll of the zeppelin hangar")
    assert 0 < results.missing < 1
    assert f"{100 * results.missing:.0f} %" in plain(hits_html(results, lang))
    unmatched = Results(results.hits, unmatched=0.4)
    assert "40 %" in plain(hits_html(unmatched, lang))


def test_what_an_operator_would_be_shown_is_told_as_well(library: Library) -> None:
    results, found = library.search("E-401"), make_found()
    fixed = Precedent(1, "2026-11-30", 25, "E-401", "L1", "SW-310", "A <b>leak</b>.", "Joint replaced.", "en")
    html = hits_html(results, "en", replace(found, precedents=(fixed,)))
    assert html.index("This question would be answered.") < html.index("What fixed it last time") < html.index("a-hit")
    assert "A &lt;b&gt;leak&lt;/b&gt;." in html and "Joint replaced." in html
    assert "What fixed it last time" not in hits_html(results, "en", found)
    refused = hits_html(results, "en", replace(found, declined="unsafe_request"))
    assert "This question would be declined: Andon does not help to get round a safety device" in refused
    lacking = Results(results.hits, unmatched=0.4)
    assert "40 %" in plain(hits_html(lacking, "en", found))
    refused = hits_html(lacking, "en", replace(found, declined="unsafe_request"))
    assert "40 %" not in plain(refused), "no site word is to make a refused request found"
    assert "asked which row" in hits_html(results, "en", replace(found, rows=(RowChoice(1, 0, "M1: 5 A", "M1"),)))


def plain(html: str) -> str:
    return html.replace("\u00a0", " ")
