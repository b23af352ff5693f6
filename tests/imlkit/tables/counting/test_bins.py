from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from imlkit.errors import DataError
from imlkit.tables.counting.bin_choice import fitting, of_whole_numbers
from imlkit.tables.counting.bins import Bins

finite = st.floats(-1e12, 1e12)


@given(finite, finite, st.integers(1, 300), st.lists(st.floats() | finite, max_size=20))
def test_each_value_is_in_the_bin_whose_edges_hold_it(
    one: float, other: float, count: int, more: list[float]
) -> None:
    try:
        bins = Bins(min(one, other), max(one, other), count)
    except DataError:
        return
    edges = bins.edges
    values = np.concatenate([edges, np.nextafter(edges, -math.inf), np.nextafter(edges, math.inf), more])
    expected = np.searchsorted(edges, values, side="right") - 1
    expected[values == edges[-1]] = count - 1
    expected[~((values >= edges[0]) & (values <= edges[-1]))] = -1
    assert bins.indices(values).tolist() == expected.tolist()


def test_edges_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="read-only"):
        Bins(0, 1, 3).edges[0] = 5


@pytest.mark.parametrize(
    ("low", "high", "most", "edges"),
    [
        (0, 4, 24, [-0.5, 0.5, 1.5, 2.5, 3.5, 4.5]),
        (7, 7, 24, [6.5, 7.5]),
        (0, 89, 20, [-0.5 + 5 * n for n in range(19)]),
        (-3, 6, 4, [-3.5, -0.5, 2.5, 5.5, 8.5]),
    ],
)
def test_bins_of_whole_numbers_hold_equally_many_of_them(
    low: int, high: int, most: int, edges: list[float]
) -> None:
    assert of_whole_numbers(low, high, most).edges.tolist() == edges


def test_whole_numbers_without_halves_between_them_are_binned_as_others() -> None:
    assert of_whole_numbers(0, 2**60, 4) == fitting(0, 2**60, 4)
