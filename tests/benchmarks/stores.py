"""What one insert into the default store costs, beside bare SQLite and as the store grows."""

from __future__ import annotations

import itertools
import json
import sqlite3
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from imlkit.store import Collection
from imlkit.stores.sqlite import SQLiteStore

__all__ = ["grown", "main", "paging", "rows", "to_bare_sqlite"]

_LABELS = ("cat", "dog", "fox", "owl")
_INSERTS = 300
_ROUNDS = 7


def _document(n: int) -> dict[str, object]:
    return {"y": _LABELS[n % 4], "n": n, "score": n / 7, "note": "drawn with a pen"}


def _ratio(one: Callable[[int], object], other: Callable[[int], object]) -> float:
    """Return the ratio of two actions' medians, done in turns so that a busy machine harms both."""
    times: tuple[list[float], list[float]] = ([], [])
    for n in range(_INSERTS):
        for action, taken in zip((one, other), times, strict=True):
            start = time.perf_counter()
            action(n)
            taken.append(time.perf_counter() - start)
    return median(times[0]) / median(times[1])


def _filled(folder: Path, count: int) -> Collection:
    collection = SQLiteStore(folder).collection("things")
    for start in range(0, count, 10_000):
        collection.create([_document(n) for n in range(start, min(start + 10_000, count))])
    return collection


def to_bare_sqlite() -> float:
    """Return how many times the same row's insert in bare sqlite3 (write-ahead log) one insert costs.

    The row is the id and the document's JSON, both ready, in a table whose key is the id.
    """
    with tempfile.TemporaryDirectory() as folder:
        bare = sqlite3.connect(Path(folder) / "bare.sqlite", isolation_level=None)
        bare.execute("PRAGMA journal_mode=WAL")
        bare.execute("PRAGMA synchronous=NORMAL")
        bare.execute("CREATE TABLE things (id TEXT PRIMARY KEY, document TEXT)")
        written = [json.dumps(_document(n)) for n in range(_INSERTS)]
        numbers = itertools.count()
        store = SQLiteStore(Path(folder) / "store")
        things = store.collection("things")

        def insert_bare(n: int) -> None:
            bare.execute("INSERT INTO things VALUES (?, ?)", (f"{next(numbers):032x}", written[n]))

        ratios = [_ratio(lambda n: things.create(_document(n)), insert_bare) for _ in range(_ROUNDS)]
        bare.close()
        store.close()
    return median(ratios)


def grown() -> float:
    """Return how many times its cost at 1,000 documents an insert costs at 100,000."""
    with tempfile.TemporaryDirectory() as folder:
        small = _filled(Path(folder) / "small", 1_000)
        large = _filled(Path(folder) / "large", 100_000)
        ratios = []
        for _ in range(_ROUNDS):
            ratios.append(_ratio(lambda n: large.create(_document(n)), lambda n: small.create(_document(n))))
            # What was inserted goes again, so that the small store stays small.
            small.remove([found["id"] for found in small.find(skip=1_000, select=[])])
    return median(ratios)


def rows() -> list[tuple[str, str, float, bool]]:
    """Return what was measured: what, its bar, the ratio, and whether the bar is met."""
    bare, larger = to_bare_sqlite(), grown()
    return [
        ("one insert into the default store against bare sqlite3 (WAL)", "at most 4 times", bare, bare <= 4),
        ("one insert at 100,000 documents against 1,000", "at most 1.5 times", larger, larger <= 1.5),
    ]


def paging() -> list[tuple[str, float]]:
    """Return the milliseconds that questions take at 100,000 documents."""
    with tempfile.TemporaryDirectory() as folder:
        things = _filled(Path(folder) / "large", 100_000)
        questions: dict[str, Callable[[], object]] = {
            "first page of 50": lambda: things.find(limit=50),
            "last page of 50": lambda: things.find(skip=99_950, limit=50),
            "page of 50 of one label": lambda: things.find({"y": "cat"}, skip=10_000, limit=50),
            "page of 50, sorted by a number": lambda: things.find(sort={"n": -1}, limit=50),
            "count of one label": lambda: things.count({"y": "cat"}),
            "count of all": things.count,
            "counts of every label": lambda: things.distinct("y"),
            "filter by another field": lambda: things.count({"score": {"$gt": 10_000}}),
        }
        measured = []
        for name, ask in questions.items():
            times = []
            for _ in range(5):
                start = time.perf_counter()
                ask()
                times.append((time.perf_counter() - start) * 1000)
            measured.append((name, median(times)))
        return measured


def main() -> None:
    """Print the tables."""
    print("| what | must show | measured | |\n|---|---|---|---|")
    for what, bar, value, met in rows():
        print(f"| {what} | {bar} | {value:.2f} | {'met' if met else 'MISSED'} |")
    print("\n| at 100,000 documents | ms |\n|---|---|")
    for name, milliseconds in paging():
        print(f"| {name} | {milliseconds:.2f} |")


if __name__ == "__main__":
    main()
