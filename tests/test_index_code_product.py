"""Code product: onnxruntime multiplies as numpy does, and a rounded row is off by no more than it says."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from index.vectors.code_product import Rounded


@pytest.mark.parametrize("most", [0, 63])
@pytest.mark.parametrize(("dim", "columns"), [(1, 1), (7, 3), (26, 1000), (640, 333)])
def test_products_are_those_of_whole_numbers(dim: int, columns: int, most: int) -> None:
    """Also at the extremes, where 16 bits would run over."""
    chance = np.random.default_rng(dim)
    codes = chance.integers(-127, 128, (dim, columns), dtype=np.int8)
    codes[:, 0] = 127
    for row in (chance.normal(size=dim).astype(np.float32), np.ones(dim, np.float32), np.zeros(dim, np.float32)):
        rounded = Rounded.of(row, most)
        used = (rounded.levels[0].astype(np.float64) - rounded.zero) * rounded.step
        sums = codes.sum(axis=0, dtype=np.int32)
        assert np.allclose(rounded.times(codes, sums), used @ codes.astype(np.float64), rtol=1e-5, atol=1e-4)
        assert rounded.off == pytest.approx(np.linalg.norm(used - row), abs=1e-6)
        assert np.abs(used - row).max() <= rounded.step * 0.5001


def test_columns_that_are_mapped_are_read_by_many_threads() -> None:
    codes = np.frombuffer(np.full((64, 500), 3, np.int8).tobytes(), np.int8).reshape(64, 500)  # read-only
    row = Rounded.of(np.ones(64, np.float32))
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda _: row.times(codes, np.full(500, 192, np.int32)), range(50)))
    assert all(np.allclose(one, 192.0, rtol=1e-5) for one in found)
