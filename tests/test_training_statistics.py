"""Statistics against figures that are known from elsewhere, and against chance itself."""

from __future__ import annotations

import random

import pytest

from training.two_choice.statistics import compare_paired, holm, mcnemar, mcnemar_power, smallest_gap, wilson


@pytest.mark.parametrize(
    ("right", "count", "low", "high"),
    # Newcombe, Statistics in Medicine 17 (1998), table I, method 3
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_as_published(right: int, count: int, low: float, high: float) -> None:
    assert wilson(right, count) == pytest.approx((low, high), abs=1e-4)


def test_wilson_without_items_knows_nothing() -> None:
    assert wilson(0, 0) == (0.0, 1.0)


def test_mcnemar_is_exact() -> None:
    assert mcnemar(0, 0) == 1.0
    assert mcnemar(10, 0) == pytest.approx(2 / 1024)
    assert mcnemar(5, 5) == 1.0


def test_power_by_drawing_many_times() -> None:
    rng = random.Random(1)
    items, gap, discordant = 200, 0.1, 0.25
    found = 0
    for _ in range(2000):
        draws = rng.choices(
            ("gain", "loss", "same"), ((discordant + gap) / 2, (discordant - gap) / 2, 1 - discordant), k=items
        )
        found += mcnemar(draws.count("gain"), draws.count("loss")) <= 0.05
    assert mcnemar_power(items, gap, discordant) == pytest.approx(found / 2000, abs=0.03)


def test_the_smallest_gap_shrinks_with_the_test() -> None:
    gaps = [smallest_gap(items) for items in (5, 100, 400, 800)]
    assert gaps[0] == 1.0, "five items show nothing"
    assert gaps == sorted(gaps, reverse=True)
    assert mcnemar_power(400, gaps[2], 0.2) >= 0.8 > mcnemar_power(400, gaps[2] - 0.001, 0.2)


def test_chance_is_rarely_called_a_difference() -> None:
    """400 items in clusters of 4 that share their luck: clusters keep the error at its 5 %, single items would not."""
    rng = random.Random(2)
    false = 0
    for _ in range(60):
        old, new, clusters = [], [], []
        for cluster in range(100):
            lucky = rng.random() < 0.5, rng.random() < 0.5
            for _ in range(4):
                old.append(lucky[0])
                new.append(lucky[1])
                clusters.append(cluster)
        compared = compare_paired(old, new, clusters)
        false += compared.permuted <= 0.05
        assert compared.low <= compared.difference <= compared.high
    assert false / 60 <= 0.12


def test_a_real_difference_is_found() -> None:
    compared = compare_paired([True] * 60 + [False] * 40, [True] * 85 + [False] * 15, list(range(100)))
    assert (compared.gained, compared.lost, compared.difference) == (25, 0, 0.25)
    assert compared.low > 0 and compared.mcnemar < 1e-6 and compared.permuted < 0.001


def test_holm_as_by_hand() -> None:
    assert holm({"a": 0.01, "b": 0.04, "c": 0.03}) == pytest.approx({"a": 0.03, "b": 0.06, "c": 0.06})


def test_what_cannot_be_paired_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot be paired"):
        compare_paired([True], [True, False], [0])
