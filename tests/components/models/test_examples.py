from __future__ import annotations

import tracemalloc
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from imlkit.components.models.examples import read_examples
from imlkit.store import Document, Query
from tests.contracts.model_contract import Stored, blobs


class Large:
    """More instances than fit comfortably, made as they are read."""

    name = "large"

    def count(self, query: Query | None = None) -> int:
        return 20_000

    def iterate(
        self, query: Query | None = None, select: Sequence[str] | None = None, batch: int = 100
    ) -> Iterator[Document]:
        for n in range(self.count()):
            yield {"id": str(n), "x": np.full(500, n, np.float64), "y": "ab"[n % 2]}


def test_reading_holds_the_features_once() -> None:
    matrix = 20_000 * 500 * 4
    tracemalloc.start()
    examples = read_examples(Large())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert examples.x.nbytes == matrix
    assert peak < 1.15 * matrix


def test_rows_labels_and_ids_belong_together() -> None:
    data = Stored(blobs(["a", "b"], each=4))
    examples = read_examples(data)
    for row, document in enumerate(data.collection.find()):
        assert examples.x[row].tolist() == document["x"].tolist()
        assert (examples.labels[row], examples.ids[row]) == (document["y"], document["id"])


def test_progress_is_told_instance_by_instance() -> None:
    told: list[Any] = []
    read_examples(Stored(blobs(each=2)), lambda done, total: told.append((done, total)))
    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_lists_of_numbers_are_features_too() -> None:
    examples = read_examples(Stored([{"x": [1, 2.5], "y": "a"}, {"x": (3, 4), "y": "b"}]))
    assert examples.x.tolist() == [[1.0, 2.5], [3.0, 4.0]]
