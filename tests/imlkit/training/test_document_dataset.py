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
from imlkit.training import Run, Runs, dataset_version, store_dataset

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


@pytest.mark.parametrize("workers", [0, 2])
@pytest.mark.parametrize("stream", [False, True])
def test_what_a_run_learned_from_is_given_again_by_its_version(
    store: Store, stream: bool, workers: int
) -> None:
    with Run(store, "one", dataset=store.collection("cases")) as run:
        pass
    version = Runs(store).read([run.id])[0].surroundings["dataset"]["hash"]
    assert version == dataset_version(store, "cases") == dataset_version(store.location, "cases")
    dataset = store_dataset(store, "cases", ("x", "y"), stream=stream, version=version)
    store.collection("cases").create({"x": np.zeros(3, np.float32), "y": 500})
    assert sorted(labels(dataset, num_workers=workers)) == list(range(COUNT))


def change(store: Store, how: str) -> int:
    """Change one document; return how many there are then."""
    cases = store.collection("cases")
    first = cases.find({"y": 7})[0]
    if how == "created":
        cases.create({"y": 7})
    elif how == "removed":
        cases.remove(first["id"])
    elif how == "array":
        cases.patch(first["id"], {"x": first["x"] + 1})
    else:
        cases.patch(first["id"], {"kind": "even"})
    return cases.count()


@pytest.mark.parametrize("how", ["created", "removed", "changed", "array"])
def test_a_collection_that_has_changed_since_its_version_is_told_of(store: Store, how: str) -> None:
    version = dataset_version(store, "cases")
    count = change(store, how)
    now = dataset_version(store, "cases")
    with pytest.raises(DataError, match=f"it has changed since. Now {count} documents are there") as told:
        store_dataset(store, "cases", version=version)
    assert "leave version out" in str(told.value)
    assert now in str(told.value)
    assert len(store_dataset(store, "cases", version=now)) == count


def test_a_version_is_of_what_the_query_finds(store: Store) -> None:
    odd = {"kind": "odd"}
    version = dataset_version(store, "cases", odd)
    assert version != dataset_version(store, "cases")
    store.collection("cases").create({"x": np.zeros(3, np.float32), "y": 500, "kind": "even"})
    assert labels(store_dataset(store, "cases", ("x", "y"), odd, version=version)) == list(range(1, COUNT, 2))
    with pytest.raises(DataError, match="What the query finds in the collection 'cases' is not at"):
        store_dataset(store, "cases", ("x", "y"), {"kind": "even"}, version=version)


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("how", ["changed", "array"])
def test_a_document_that_changes_while_its_version_is_trained_on_is_told_of(
    store: Store, stream: bool, how: str
) -> None:
    version = dataset_version(store, "cases")
    dataset = store_dataset(store, "cases", ("y", "y"), stream=stream, version=version)
    change(store, how)
    with pytest.raises(
        DataError, match=r"Documents of 'cases' were changed since the dataset was made \(1, such"
    ):
        labels(dataset)


def test_a_version_is_the_same_in_every_store_and_order(tmp_path: Path) -> None:
    one: dict[str, Any] = {"x": np.arange(3), "parts": {"a": 1, "b": [1.5, {"c": None, "d": "é"}]}}
    other: dict[str, Any] = {"parts": {"b": [1.5, {"d": "é", "c": None}], "a": 1}, "x": np.arange(3)}
    found = set()
    documents: list[dict[str, Any]]
    for place, documents in (
        ("memory:", [one, {"y": 2}]),
        (str(tmp_path / "one"), [{"y": 2}, other]),
        (f"tinydb:{tmp_path / 'other'}", [other, {"y": 2}]),
    ):
        store = data_store(place)
        store.collection("cases").create(documents)
        found.add(dataset_version(store, "cases"))
        store.close()
    (version,) = found
    assert len(version) == 64


@pytest.mark.parametrize("wrong", ["", "abc", "x" * 64, 7, b"a" * 64, "A" * 64])
def test_what_is_no_version_is_refused(store: Store, wrong: Any) -> None:
    with pytest.raises(DataError, match="is no version of a dataset: give the 64 digits"):
        store_dataset(store, "cases", version=wrong)


def test_what_is_live_has_no_version(store: Store) -> None:
    with pytest.raises(DataError, match="leave out live=True, or version"):
        store_dataset(store, "cases", live=True, version=dataset_version(store, "cases"))


def test_an_empty_collection_has_a_version_too(store: Store) -> None:
    assert len(store_dataset(store, "none", version=dataset_version(store, "none"))) == 0
