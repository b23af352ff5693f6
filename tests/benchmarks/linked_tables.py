"""Charts of a large table that filter one another: a brush move, its preparation, a count, the memory."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from imlkit.tables import All, InRange, Table
from imlkit.tables.counting.bars import Bars
from imlkit.tables.counting.counting import Counting

__all__ = ["brushing", "main", "memory", "predicate", "rows"]

ROWS = 10_000_000
COLUMNS = [f"c{n}" for n in range(6)]
BARS = 20
POSITIONS = 1_000
ROUNDS = 5
MOVES = 2_000
TREE = InRange("c0", -1.5, 1.25) & (InRange("c1", None, 0.5) | ~InRange("c2", 0.25, 2.5))
BARE = "c0 >= -1.5 AND c0 < 1.25 AND (c1 < 0.5 OR NOT (c2 >= 0.25 AND c2 < 2.5))"


def large() -> pa.Table:
    """Return a table of normally distributed numbers, one instance a row."""
    random = np.random.default_rng(0)
    return pa.table({name: random.normal(size=ROWS) for name in COLUMNS})


def seconds(act: Callable[[], object]) -> float:
    """Return how long something takes."""
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


def brushing(table: Table) -> dict[str, float]:
    """Return the seconds that charts take to be ready, a brush to be prepared, to move, and in SQL."""
    counting = Counting.of(table)
    charts: list[Bars] = []
    ready = seconds(lambda: charts.extend(counting.bars(name, BARS) for name in COLUMNS))
    ready += seconds(lambda: counting.counts(charts, All()))
    active, *others = charts
    first = seconds(lambda: counting.cube(active, POSITIONS, others, All()))
    built = median(seconds(lambda: counting.cube(active, POSITIONS, others, All())) for _ in range(ROUNDS))
    cube = counting.cube(active, POSITIONS, others, All())
    moved, asked = [], []
    for low, high in ((100 + 10 * n, 600 + 20 * n) for n in range(ROUNDS)):
        start = time.perf_counter()
        for _ in range(MOVES):
            counts = cube.counts(low, high)
        moved.append((time.perf_counter() - start) / MOVES)
        start = time.perf_counter()
        found = _in_sql(table, others, cube.edges[low], cube.edges[high])
        asked.append(time.perf_counter() - start)
        assert all((mine == theirs).all() for mine, theirs in zip(counts, found, strict=True))
    return {"ready": ready, "first": first, "built": built, "moved": median(moved), "sql": median(asked)}


def _in_sql(table: Table, charts: list[Bars], low: float, high: float) -> list[npt.NDArray[np.int64]]:
    """Return the counts that a brush leaves as DuckDB makes them of the columns."""
    connection = table.expression.get_backend().con
    found = []
    for chart in charts:
        assert chart.bins is not None
        edges = chart.bins.edges
        counts = np.zeros(BARS, np.int64)
        said = connection.execute(
            f"SELECT least(floor(({chart.column} - $low) / $step), $last)::INTEGER AS bar, count(*) "
            f"FROM {table.expression.get_name()} WHERE {COLUMNS[0]} >= $from AND {COLUMNS[0]} < $to "
            "GROUP BY bar",
            {
                "low": edges[0],
                "step": (edges[-1] - edges[0]) / BARS,
                "last": BARS - 1,
                "from": low,
                "to": high,
            },
        ).fetchall()
        for bar, count in said:
            counts[bar] = count
        found.append(counts)
    return found


def predicate(table: Table) -> float:
    """Return how many times the very same SQL by hand a count of a tree over three columns costs."""
    connection = table.expression.get_backend().con
    query = f"SELECT count(*) FROM {table.expression.get_name()} WHERE {BARE}"
    assert table.count(TREE) == connection.execute(query).fetchone()[0]
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(3 * ROUNDS):
        times[0].append(seconds(lambda: table.count(TREE)))
        times[1].append(seconds(lambda: connection.execute(query).fetchone()))
    return median(times[0]) / median(times[1])


def memory() -> float:
    """Return how many times its Arrow size a table takes with charts of all its columns, by itself."""
    script = "from tests.benchmarks.linked_tables import taken; print(taken())"
    root = Path(__file__).parents[2]
    said = subprocess.run(
        [sys.executable, "-c", script], cwd=root, check=True, capture_output=True, text=True
    ).stdout
    # DuckDB tells there how far it is, where it takes long.
    return float(said.split()[-1])


def taken() -> float:
    """Return the most memory that a new table and its charts add to this process, over its Arrow size.

    Every chart is brushed, with conditions on three columns and without.
    """
    before = _resident("VmRSS")
    arrow = large()
    table = Table(arrow)
    counting = Counting.of(table)
    charts = [counting.bars(name, BARS) for name in COLUMNS]
    filters = All(tuple(InRange(name, -1, 1) for name in COLUMNS[:3]))
    for conditions in (All(), filters):
        counting.counts(charts, conditions)
        for active in charts:
            others = [chart for chart in charts if chart is not active]
            counting.cube(active, POSITIONS, others, conditions)
    size: int = arrow.nbytes
    return (_resident("VmHWM") - before) / size


def _resident(name: str) -> int:
    """Return the memory that this process has in bytes, now (VmRSS) or at most so far (VmHWM)."""
    status = Path("/proc/self/status").read_text()
    return int(status.split(f"{name}:")[1].split()[0]) * 1024


def rows() -> list[tuple[str, str, float, bool]]:
    """Return what was measured: what, its bar, the value, and whether the bar is met."""
    table = Table(large())
    found = brushing(table)
    tree = predicate(table)
    del table
    size = memory()
    faster = found["sql"] / found["moved"]
    what = f"{ROWS:,} rows"
    return [
        (
            f"brush move to five other histograms, {what}, in ms",
            "below 1",
            1000 * found["moved"],
            found["moved"] < 0.001,
        ),
        (
            f"its count cube of {POSITIONS:,} positions, in s",
            "below 0.6",
            found["built"],
            found["built"] < 0.6,
        ),
        ("the same five counts in DuckDB SQL / the brush move", "at least 50", faster, faster >= 50),
        ("a tree over three columns, counted / by hand in DuckDB", "at most 1.2", tree, tree <= 1.2),
        ("memory of the table with six linked histograms / its Arrow size", "at most 2.5", size, size <= 2.5),
        ("six charts of the table, from nothing, in s", "told, no bar", found["ready"], True),
        ("the first cube, positions of the rows read, in s", "told, no bar", found["first"], True),
    ]


def main() -> None:
    """Print the table."""
    print("| what | must show | measured | |\n|---|---|---|---|")
    for what, bar, value, met in rows():
        print(f"| {what} | {bar} | {value:.3g} | {'met' if met else 'MISSED'} |")


if __name__ == "__main__":
    main()
