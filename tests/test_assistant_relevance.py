"""Relevance: which questions are declined before a model is asked."""

from __future__ import annotations

from dataclasses import fields, replace

from assistant_sources import quote

from assistant.relevance import (
    LIMITS,
    USUAL_NEARNESS,
    USUAL_UNMATCHED,
    WEIGHTS,
    Signs,
    decline,
    likely,
    relevance,
    signs,
)
from index.passage import Hit, Why
from index.search.asked_names import AskedNames
from index.search.searcher import Results


def hits(*support: float) -> tuple[Hit, ...]:
    hit = quote("AL.32 が出たときはヒューズを交換する。").hit
    return tuple(replace(hit, support=value) for value in support)


def test_support_decides() -> None:
    assert decline(Results(())) == "nothing_relevant"
    assert decline(Results(hits(0.0, 0.02))) == "nothing_relevant"
    assert decline(Results(hits(1.0))) is None
    assert decline(Results(hits(0.02, 0.98))) is None, "the best of the first hits counts"
    assert decline(Results(hits(0.0, 0.0, 0.0, 1.0))) == "nothing_relevant", "a late hit is no answer"


def test_words_that_stand_nowhere_decide() -> None:
    assert decline(Results(hits(0.2), missing=0.7)) == "nothing_relevant"
    assert decline(Results(hits(0.6), missing=0.3)) is None
    assert decline(Results(hits(0.3), missing=0.29 + LIMITS.most_beyond)) is None


RULED = replace(LIMITS, least_likely=0.0)  # by the rules alone


def test_a_part_without_the_value_asked_for() -> None:
    assert decline(Results(hits(0.9), value_beside=0.2)) == "value_missing"
    assert decline(Results(hits(0.9), value_beside=LIMITS.least_beside), RULED) is None
    assert decline(Results(hits(0.9), codes=("AL32",), value_beside=0.2)) == "value_missing"


def test_what_only_its_like_has_and_values_of_another_kind() -> None:
    assert decline(Results(hits(0.9), twins=True)) == "value_missing"
    assert decline(Results(hits(0.9), valueless=True)) == "value_missing"
    assert decline(Results(hits(0.9), codes=("AL32",), twins=True, valueless=True), RULED) is None


def test_a_part_without_the_procedure_asked_for() -> None:
    assert decline(Results(hits(0.9), procedure_beside=0.2)) == "procedure_missing"
    assert decline(Results(hits(0.9), procedure_beside=LIMITS.least_beside), RULED) is None
    assert decline(Results(hits(0.9), value_beside=0.2, procedure_beside=0.2)) == "value_missing"
    assert decline(Results(hits(0.01), procedure_beside=0.2)) == "nothing_relevant", "what is wider is said first"


def test_codes() -> None:
    assert decline(Results(hits(1.0), unknown_codes=("AL99",))) == "unknown_code", "a near code is not the code"
    assert decline(Results(hits(0.4), codes=("AL32",))) is None
    assert decline(Results(hits(0.0), codes=("AL32",), missing=1.0)) is None, "a known code needs no other words"
    assert decline(Results(hits(0.9), codes=("AL32",), unknown_codes=("AL99",))) is None, "the known one is shown"
    assert decline(Results((), unknown_codes=("AL99",))) == "unknown_code", "said so even where nothing else fits"


def test_another_makers_machine_is_not_answered_from_a_similar_manual() -> None:
    assert decline(Results(hits(1.0), foreign=("fanuc",))) == "other_machine"
    assert decline(Results(hits(1.0), foreign=("XY99",), names_machine=True)) is None
    assert decline(Results(hits(1.0), codes=("AL32",), foreign=("XY99",))) is None


def test_a_name_that_stands_nowhere_and_a_number_beyond_those_there_are() -> None:
    unknown, beyond = AskedNames(unknown=("ShuttlePRO5",)), AskedNames(beyond=("parameter 7",))
    assert decline(Results(hits(1.0), names=unknown)) == "nothing_relevant"
    assert decline(Results(hits(1.0), codes=("AL32",), names=unknown)) is None, "the known code is shown"
    assert decline(Results(hits(1.0), names=beyond)) == "value_missing"
    assert decline(Results(hits(1.0), codes=("0x41",), names=beyond)) == "value_missing"


def test_what_is_near_needs_no_words() -> None:
    (far,) = hits(0.0)
    near = replace(far, why=(Why("vector", 1, str(LIMITS.near_enough)),))
    assert decline(Results((far,)), RULED) == "nothing_relevant"
    assert decline(Results((near,)), RULED) is None, "the words may have no translation here"


def test_more_support_never_declines_more() -> None:
    for missing in (0.0, 0.3, 0.6):
        declined = [decline(Results(hits(value / 20), missing=missing)) is not None for value in range(21)]
        assert declined == sorted(declined, reverse=True)


def test_what_the_signs_make_unlikely_is_declined_and_a_known_code_never() -> None:
    doubtful = Results(hits(0.3), missing=0.4, value_beside=0.7, unmatched=0.6)
    assert relevance(doubtful) < LIMITS.least_likely
    assert decline(doubtful, RULED) is None
    assert decline(doubtful) == "nothing_relevant"
    assert decline(replace(doubtful, codes=("AL32",))) is None
    sure = Results((replace(hits(0.9)[0], why=(Why("vector", 1, "0.75"),)),), missing=0.1, unmatched=0.05)
    assert decline(sure) is None


NONE = Signs(0, 0, 0, 1, 1, 0, 0, 0, 0, 0)


def test_each_sign_speaks_the_way_that_it_means() -> None:
    against = {"missing", "unknown_code", "foreign", "unmatched", "missed"}
    for name in (field.name for field in fields(Signs)):
        found = [likely(replace(NONE, **{name: value / 10})) for value in range(11)]
        assert found == sorted(found, reverse=name in against), name
        assert getattr(WEIGHTS, name) != 0
        assert all(0 < value < 1 for value in found)


def test_what_a_search_found_is_read_from_its_hits() -> None:
    (hit,) = hits(0.7)
    near = replace(hit, why=(Why("keyword", 1, "0.50"), Why("vector", 2, "0.61")))
    far = replace(hit, support=0.2, why=(Why("code", 1, "AL32"), Why("keyword", 2, "0.90")))
    seen = signs(
        Results((near, far), missing=0.1, value_beside=0.4, unknown_codes=("AL99",), unmatched=0.3, missed=0.2)
    )
    assert seen == Signs(0.7, 0.61, 0.1, 0.4, 1.0, 0.0, 1.0, 0.0, 0.3, 0.2)
    known = signs(Results((far,), codes=("AL32",), unknown_codes=("AL99",), foreign=("fanuc",)))
    assert (known.code, known.unknown_code, known.foreign) == (1, 0, 0)
    assert known.nearness == USUAL_NEARNESS, "without vectors it says neither"
    assert known.unmatched == USUAL_UNMATCHED
    assert signs(Results((), foreign=("fanuc",), names_machine=True)).foreign == 0


def test_the_measure_tells_plain_cases_apart() -> None:
    good = replace(hits(0.9)[0], why=(Why("keyword", 1, "0.80"), Why("vector", 1, "0.75")))
    assert relevance(Results((good,))) > 0.9
    assert relevance(Results((good,), codes=("AL32",))) > relevance(Results((good,)))
    for missing in (
        Results((good,), unknown_codes=("AL99",)), Results((good,), value_beside=0.0),
        Results((good,), procedure_beside=0.0), Results(()),
    ):  # fmt: skip
        assert relevance(missing) < 0.5
