"""What any dataset over any store must do.

A test module subclasses the contract and gives it a ``store`` fixture::

    class TestDatasetInMemory(DatasetContract):
        @pytest.fixture
        def store(self):
            return MemoryStore()
"""

from __future__ import annotations

import io
import queue
import threading
from typing import Any

import numpy as np
import pytest

from imlkit.components.data.dataset import Dataset, datasets
from imlkit.errors import DataError, DuplicateIdError, NotFoundError
from imlkit.session import Session
from imlkit.store import Change, Store

LABELS = [
    "cat",
    "Cat",
    "../../etc/passwd",
    "<script>alert(1)</script>",
    "quotes \" and ' and `",
    "a" * 10_000,
    "con",
    "..",
    "/",
    "日本語 🙂",
    "line\nbreak",
    "nul\x00inside",
    "fields",
    "imlkit.json",
    " leading and trailing ",
    "%s %2e",
    "$y",
]


def image(seed: int, side: int = 8) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """Return an image of random pixels."""
    return np.random.default_rng(seed).integers(0, 256, (side, side, 3), dtype=np.uint8)


def same(one: Any, other: Any) -> bool:
    """Whether two instances are equal to the last bit, types included."""
    if isinstance(one, np.ndarray) or isinstance(other, np.ndarray):
        return (
            isinstance(one, np.ndarray)
            and isinstance(other, np.ndarray)
            and (one.dtype, one.shape) == (other.dtype, other.shape)
            and one.tobytes() == other.tobytes()
        )
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return type(one) is type(other) and bool(one == other or one != one)


class DatasetContract:
    """Tests of a dataset over the store of the fixture ``store``."""

    @pytest.fixture
    def store(self) -> Store:
        raise NotImplementedError

    @pytest.fixture
    def dataset(self, store: Store) -> Dataset:
        return Dataset("drawings", store)

    def test_what_is_created_is_found_again_to_the_last_bit(self, dataset: Dataset) -> None:
        given = {"x": np.linspace(0, 1, 7, dtype=np.float32), "y": "cat", "thumbnail": image(1), "note": "n"}
        kept = dataset.create(given)
        assert same(dataset.get(kept["id"]), {"id": kept["id"], **given})

    def test_many_are_created_in_order_and_all_or_none(self, dataset: Dataset) -> None:
        dataset.create([{"y": str(n)} for n in range(5)])
        assert [instance["y"] for instance in dataset.find()] == ["0", "1", "2", "3", "4"]
        with pytest.raises(DataError):
            dataset.create([{"y": "fine"}, {"y": "  "}])
        assert dataset.count() == 5

    @pytest.mark.parametrize("label", ["", " ", "\t\n"])
    def test_a_blank_label_is_refused_with_the_remedy(self, dataset: Dataset, label: str) -> None:
        kept = dataset.create({"y": "cat"})
        for attempt in (
            lambda: dataset.create({"y": label}),
            lambda: dataset.patch(kept["id"], {"y": label}),
            lambda: dataset.patch_many([kept["id"]], {"y": label}),
            lambda: dataset.update(kept["id"], {"y": label}),
        ):
            with pytest.raises(DataError, match="Give the instance a label first"):
                attempt()
        assert dataset.find() == [kept]

    def test_an_instance_may_have_no_label(self, dataset: Dataset) -> None:
        dataset.create({"x": [1.0]})
        assert dataset.distinct("y") == {}
        assert dataset.count() == 1

    def test_labels_that_are_numbers_stay_numbers(self, dataset: Dataset) -> None:
        dataset.create([{"y": 3}, {"y": np.int64(3)}, {"y": 2.5}])
        assert dataset.distinct("y") == {3: 2, 2.5: 1}

    @pytest.mark.parametrize("label", LABELS, ids=range(len(LABELS)))
    def test_any_label_is_kept_counted_and_found_by(self, dataset: Dataset, label: str) -> None:
        dataset.create([{"y": "other"}, {"y": label}])
        assert dataset.distinct("y") == {"other": 1, label: 1}
        assert [instance["y"] for instance in dataset.find({"y": label})] == [label]

    def test_two_datasets_of_one_name_are_the_same_data(self, store: Store, dataset: Dataset) -> None:
        kept = dataset.create({"y": "cat"})
        twin = Dataset("drawings", store)
        assert twin.get(kept["id"]) == kept
        twin.patch(kept["id"], {"y": "dog"})
        assert dataset.labels() == ["dog"]
        assert Dataset("others", store).count() == 0

    def test_a_store_lists_its_datasets_and_only_these(self, store: Store, dataset: Dataset) -> None:
        store.collection("model/one").create({"a": 1})
        dataset.create([{"y": "cat"}, {"y": "dog"}])
        Dataset("a/b", store).create({"y": "cat"})
        assert datasets(store) == {"a/b": 1, "drawings": 2}

    def test_relabelling_many_changes_those_and_no_other_field(self, dataset: Dataset) -> None:
        kept = dataset.create([{"y": "a", "x": [n]} for n in range(4)])
        ids = [instance["id"] for instance in kept]
        assert dataset.patch_many([ids[0], ids[2], "gone"], {"y": "b"}) == [ids[0], ids[2]]
        assert [instance["y"] for instance in dataset.find()] == ["b", "a", "b", "a"]
        assert [instance["x"] for instance in dataset.find()] == [[0], [1], [2], [3]]

    def test_update_replaces_and_remove_removes(self, dataset: Dataset) -> None:
        one, two, three = dataset.create([{"y": "a", "extra": 1}, {"y": "b"}, {"y": "c"}])
        assert dataset.update(one["id"], {"y": "z"}) == {"id": one["id"], "y": "z"}
        assert dataset.remove(two["id"]) == [two["id"]]
        with pytest.raises(NotFoundError):
            dataset.get(two["id"])
        assert dataset.remove({"y": "c"}) == [three["id"]]
        assert dataset.clear() == [one["id"]]
        assert dataset.count() == 0

    def test_batches_and_iteration_reach_every_instance_once(self, dataset: Dataset) -> None:
        dataset.create([{"y": "a" if n % 2 else "b", "n": n, "x": [n]} for n in range(25)])
        batches = list(dataset.batches(4, {"y": "a"}, ["n"]))
        assert [len(batch) for batch in batches] == [4, 4, 4]
        assert [instance["n"] for batch in batches for instance in batch] == list(range(1, 25, 2))
        assert all("x" not in instance for batch in batches for instance in batch)
        assert [instance["n"] for instance in dataset.iterate(batch=3)] == list(range(25))
        assert [instance["n"] for instance in dataset.where({"y": "b"}).iterate(batch=3)] == list(
            range(0, 25, 2)
        )

    def test_creating_the_same_again_changes_nothing(self, dataset: Dataset) -> None:
        kept = dataset.create({"y": "cat", "thumbnail": image(1)})
        dataset.create(kept)
        assert dataset.count() == 1
        with pytest.raises(DuplicateIdError):
            dataset.create({**kept, "y": "dog"})

    def test_a_view_holds_what_matches_now(self, dataset: Dataset) -> None:
        cats = dataset.where({"y": "cat"})
        assert cats.count() == 0
        kept = dataset.create([{"y": "cat", "n": 1}, {"y": "dog", "n": 2}, {"y": "cat", "n": 3}])
        assert [instance["n"] for instance in cats.find()] == [1, 3]
        assert cats.where({"n": {"$gt": 1}}).count() == 1
        assert cats.distinct("n") == {1: 1, 3: 1}
        dataset.patch(kept[1]["id"], {"y": "cat"})
        assert cats.count() == 3

    def test_a_view_changes_only_what_it_holds(self, dataset: Dataset) -> None:
        cat, dog = dataset.create([{"y": "cat"}, {"y": "dog"}])
        cats = dataset.where({"y": "cat"})
        with pytest.raises(NotFoundError, match="drawings"):
            cats.get(dog["id"])
        with pytest.raises(NotFoundError):
            cats.remove(dog["id"])
        assert cats.patch_many([cat["id"], dog["id"]], {"note": 1}) == [cat["id"]]
        assert cats.clear() == [cat["id"]]
        assert dataset.find() == [dog]

    def test_changes_tell_of_every_session_s_writes(self, store: Store, dataset: Dataset) -> None:
        heard: queue.Queue[Change] = queue.Queue()
        dataset.changes.subscribe(heard.put)
        elsewhere = Session()
        with elsewhere.entered():
            other = Dataset("drawings", store)
            kept = other.create({"y": "cat"})
        other.patch(kept["id"], {"y": "dog"})
        other.remove(kept["id"])
        told = [heard.get(timeout=5) for _ in range(3)]
        assert [(change.kind, change.ids) for change in told] == [
            ("created", (kept["id"],)),
            ("updated", (kept["id"],)),
            ("removed", (kept["id"],)),
        ]
        elsewhere.dispose()

    def test_a_new_dataset_is_not_told_of_older_changes(self, store: Store, dataset: Dataset) -> None:
        dataset.create({"y": "cat"})
        heard: list[Change] = []
        Dataset("drawings", store).changes.subscribe(heard.append)
        assert heard == []

    def test_the_changes_end_with_the_session(self, store: Store) -> None:
        other = Session()
        with other.entered():
            dataset = Dataset("drawings", store)
            heard: list[Change] = []
            dataset.changes.subscribe(heard.append)
        dataset.create({"y": "cat"})
        assert len(heard) == 1
        other.dispose()
        dataset.create({"y": "cat"})
        assert len(heard) == 1
        assert not dataset._collection.changes.observed

    def test_counts_follow_what_is_written(self, dataset: Dataset) -> None:
        seen: queue.Queue[dict[Any, int]] = queue.Queue()
        dataset.where({"y": {"$ne": "hidden"}}).counts.subscribe(seen.put)
        assert seen.get(timeout=5) == {}
        dataset.create([{"y": "cat"}, {"y": "cat"}, {"y": "hidden"}, {"x": 1}])
        latest: dict[Any, int] = {}
        while latest != {"cat": 2, None: 1}:
            latest = seen.get(timeout=5)

    def test_many_threads_may_write_at_once(self, dataset: Dataset) -> None:
        def write(label: str) -> None:
            for _ in range(10):
                dataset.create({"y": label, "thumbnail": image(1)})

        threads = [threading.Thread(target=write, args=(str(n),)) for n in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert dataset.distinct("y") == {str(n): 10 for n in range(4)} or dataset.count() == 40

    def test_a_download_uploads_to_identical_instances(self, store: Store, dataset: Dataset) -> None:
        rng = np.random.default_rng(0)
        dataset.create(
            [
                {
                    "x": rng.normal(size=(3, 5)).astype(kind),
                    "y": label,
                    "thumbnail": image(n),
                    "more": {"deep": [image(n + 100), b"\x00\xff", None, float("nan")], "$odd": 1.0},
                    "score": n / 3,
                }
                for n, (label, kind) in enumerate(
                    zip(LABELS, ["f4", "f8", "i2", ">i4"] * len(LABELS), strict=False)
                )
            ]
        )
        dataset.create([{"x": image(7, 300)}, {"y": 3}, {"y": 3.0}, {"y": [[1, 2, 3, 4]]}, {}])
        file = io.BytesIO()
        dataset.download(file)
        copy = Dataset("copy", store)
        report = copy.upload(file)
        assert report.created == dataset.count() == len(LABELS) + 5
        originals, copies = dataset.find(), copy.find()
        assert all(map(same, originals, copies)), [
            (one, other) for one, other in zip(originals, copies, strict=True) if not same(one, other)
        ]

    def test_uploading_twice_makes_no_duplicates_and_keeps_corrections(self, dataset: Dataset) -> None:
        kept = dataset.create([{"y": "cat", "thumbnail": image(n)} for n in range(3)])
        file = io.BytesIO()
        dataset.download(file)
        dataset.patch(kept[0]["id"], {"y": "dog"})
        dataset.remove(kept[1]["id"])
        report = dataset.upload(file)
        assert (report.created, report.present, report.changed) == (1, 1, 1)
        assert dataset.count() == 3
        assert dataset.get(kept[0]["id"])["y"] == "dog"

    def test_a_download_holds_more_than_one_page(self, dataset: Dataset, store: Store) -> None:
        dataset.create([{"y": str(n % 3), "x": [float(n)]} for n in range(333)])
        file = io.BytesIO()
        dataset.download(file)
        copy = Dataset("copy", store)
        assert copy.upload(file).created == 333
        assert [instance["x"] for instance in copy.find()] == [[float(n)] for n in range(333)]
