"""What a tried search tells: whether it would be answered, how likely, and what of the question found nothing."""

from __future__ import annotations

import pytest

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
    assert f"{100 * results.missing:.0f} %" in hits_html(results, lang)
    unmatched = Results(results.hits, unmatched=0.4)
    assert "40 %" in hits_html(unmatched, lang)
