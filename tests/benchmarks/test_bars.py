"""Every bar holds."""

from __future__ import annotations

import importlib

import pytest

from tests.benchmarks.__main__ import NAMES


@pytest.mark.benchmark
@pytest.mark.parametrize("name", NAMES)
def test_the_bars_hold(name: str) -> None:
    rows = importlib.import_module(f"tests.benchmarks.{name}").rows()
    for what, bar, value, _ in rows:
        print(f"{what}: {value:.3g} ({bar})")
    assert rows
    assert all(holds for *_, holds in rows), [row for row in rows if not row[3]]
