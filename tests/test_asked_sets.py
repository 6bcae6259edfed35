"""Asked sets: halves that share no machine, and every question asked of the fact that answers it."""

from __future__ import annotations

import pytest
from asked_sets import DIRECTIONS, asked_set, unanswered


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_halves_share_no_machine_and_no_question(direction: tuple[str, str]) -> None:
    development, held_back = (asked_set(half, *direction) for half in ("development", "held_back"))  # type: ignore[arg-type]
    for one in (development, held_back):
        assert len(one.targets) >= 80
        assert len(one.questions) == 3 * len(one.targets)
        assert {asked.target for asked in one.questions} == set(range(len(one.targets)))
        assert len({(target.manual, target.place) for target in one.targets}) == len(one.targets)
    assert not {target.manual for target in development.targets} & {target.manual for target in held_back.targets}
    assert not {asked.text for asked in development.questions} & {asked.text for asked in held_back.questions}


def test_unanswered_questions_are_none_that_a_fact_answers() -> None:
    for half in ("development", "held_back"):
        for lang in ("en", "ja"):
            asked = {one.text for one in asked_set(half, lang, lang).questions}  # type: ignore[arg-type]
            near = unanswered(half, lang)  # type: ignore[arg-type]
            assert len(near) >= 60
            assert not asked & set(near)
