from __future__ import annotations

import numpy as np
import pytest

from imlkit.errors import DataError
from imlkit.tables.counting.count_cube import CHUNK, Binned, CountCube, joint_counts


def binned(random: np.random.Generator, rows: int, count: int, share: float | None = None) -> Binned:
    kept = None if share is None else random.random(rows) < share
    return Binned(random.integers(0, count + 1, rows).astype(np.uint16), count, kept)


@pytest.mark.parametrize("rows", [0, 1, 1000, CHUNK + 17])
@pytest.mark.parametrize("share", [None, 0.3])
def test_every_brush_counts_what_it_covers(rows: int, share: float | None) -> None:
    random = np.random.default_rng(rows)
    active = binned(random, rows, 50, share)
    passive = [binned(random, rows, 1), binned(random, rows, 7, 0.5), binned(random, rows, 300, share)]
    edges = np.linspace(0, 1, 51)
    cube = CountCube(edges, [joint_counts(active, chart) for chart in passive])
    assert cube.edges is edges
    for low, high in ((0, 50), (0, 0), (3, 4), (10, 40), (49, 50)):
        for counts, chart in zip(cube.counts(low, high), passive, strict=True):
            brushed = (active.bins >= low) & (active.bins < high) & (chart.bins < chart.count)
            for kept in (active.rows, chart.rows):
                brushed &= True if kept is None else kept
            assert counts.tolist() == np.bincount(chart.bins[brushed], minlength=chart.count).tolist()


def test_charts_of_different_tables_are_refused() -> None:
    random = np.random.default_rng(0)
    with pytest.raises(DataError, match="give those of one table"):
        joint_counts(binned(random, 10, 3), binned(random, 11, 3))
