"""A collection as a dataset of PyTorch's."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch.utils.data import DataLoader

from imlkit.errors import DataError, NotFoundError
from imlkit.location import data_store
from imlkit.store import Store
from imlkit.training import store_dataset

COUNT = 103


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = data_store(tmp_path / "data")
    store.collection("cases").create(
        [
            {"x": np.full(3, n, np.float32), "y": n, "kind": "even" if n % 2 == 0 else "odd"}
            for n in range(COUNT)
        ]
    )
    yield store
    store.close()


def labels(dataset: Any, **more: Any) -> list[int]:
    return [int(y) for _, ys in DataLoader(dataset, batch_size=10, **more) for y in ys]


@pytest.mark.parametrize("workers", [0, 2])
@pytest.mark.parametrize("stream", [False, True])
def test_every_document_comes_once(store: Store, stream: bool, workers: int) -> None:
    dataset = store_dataset(store, "cases", ("x", "y"), stream=stream)
    assert sorted(labels(dataset, num_workers=workers)) == list(range(COUNT))


def test_workers_that_begin_anew_read_it_too(store: Store) -> None:
    dataset = store_dataset(store.location, "cases", ("x", "y"))
    assert labels(dataset, num_workers=1, multiprocessing_context="spawn") == list(range(COUNT))


def test_a_batch_holds_what_the_documents_hold(store: Store) -> None:
    dataset = store_dataset(
        store, "cases", ("x", "y"), {"kind": "odd"}, lambda item: (torch.tensor(item[0]) * 2, item[1])
    )
    x, y = next(iter(DataLoader(dataset, batch_size=4)))
    assert y.tolist() == [1, 3, 5, 7]
    assert x.tolist() == [[2 * n] * 3 for n in (1, 3, 5, 7)]
    assert x.dtype == torch.float32


def test_whole_documents_come_where_no_fields_are_named(store: Store) -> None:
    dataset = store_dataset(store, "cases")
    assert (dataset[3]["y"], dataset[3]["kind"]) == (3, "odd")


def test_a_shuffled_stream_is_whole_and_another_each_time_and_alike_by_its_seed(store: Store) -> None:
    one, other = (
        store_dataset(store, "cases", ("x", "y"), stream=True, shuffle=True, seed=4) for _ in range(2)
    )
    first, second = labels(one), labels(one)
    assert sorted(first) == sorted(second) == list(range(COUNT))
    assert first != second
    assert labels(other, num_workers=0) == first


def test_what_is_made_later_counts_only_where_that_is_asked(store: Store) -> None:
    kinds = {
        (live, stream): store_dataset(store, "cases", ("x", "y"), live=live, stream=stream)
        for live in (False, True)
        for stream in (False, True)
    }
    store.collection("cases").create({"x": np.zeros(3, np.float32), "y": 500})
    for (live, _), dataset in kinds.items():
        assert len(labels(dataset)) == COUNT + live


def test_a_document_that_is_gone_is_told_of(store: Store) -> None:
    dataset = store_dataset(store, "cases", ("x", "y"))
    store.collection("cases").remove({"y": 7})
    with pytest.raises(NotFoundError, match="were removed since the dataset was made"):
        labels(dataset)


def test_a_field_that_is_missing_is_told_of(store: Store) -> None:
    with pytest.raises(
        DataError, match=r"has no 'z': name other fields, or give query=\{'z': \{'\$exists': True\}\}"
    ):
        labels(store_dataset(store, "cases", ("x", "z")))


def test_by_number_the_loader_shuffles(store: Store) -> None:
    with pytest.raises(DataError, match="give shuffle=True to it"):
        store_dataset(store, "cases", shuffle=True)
    dataset = store_dataset(store, "cases", ("x", "y"))
    assert sorted(labels(dataset, shuffle=True)) == list(range(COUNT))
