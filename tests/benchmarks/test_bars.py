"""Every bar holds."""

from __future__ import annotations

import importlib

import pytest

from tests.benchmarks.__main__ import NAMES

AGAIN = 2
"""How often what missed its bar is measured once more: a machine with others on it is not always as fast."""

Row = tuple[str, str, float, bool]


@pytest.mark.benchmark
@pytest.mark.parametrize("name", NAMES)
def test_the_bars_hold(name: str) -> None:
    measure = importlib.import_module(f"tests.benchmarks.{name}").rows
    rows: list[Row] = list(measure())
    tell(rows)
    assert rows
    if not all(holds for *_, holds in rows):
        print("A bar is missed: measured twice more, the one in the middle counts.")
        runs = [rows]
        for _ in range(AGAIN):
            runs.append(list(measure()))
            tell(runs[-1])
        rows = [middle([run[n] for run in runs]) for n in range(len(rows))]
    assert all(holds for *_, holds in rows), [row for row in rows if not row[3]]


def middle(rows: list[Row]) -> Row:
    """Return the row whose value is the median."""
    return sorted(rows, key=lambda row: row[2])[len(rows) // 2]


def tell(rows: list[Row]) -> None:
    """Print what was measured."""
    for what, bar, value, _ in rows:
        print(f"{what}: {value:.3g} ({bar})")


def test_the_one_in_the_middle_counts() -> None:
    rows = [("a", "at most 2", value, value <= 2) for value in (3.0, 1.5, 1.9)]
    assert middle(rows) == ("a", "at most 2", 1.9, True)
