"""The examples that something resembles most: found, kept up to date, and never stale."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from imlkit.components.data.dataset import Dataset
from imlkit.components.data.example_tiles import ExampleTiles
from imlkit.components.data.feature_index import FeatureIndex
from imlkit.components.data.similar_examples import SimilarExamples
from imlkit.components.data.similar_listing import how_alike
from imlkit.errors import DataError
from imlkit.location import data_store
from imlkit.session import Session
from imlkit.store import Store
from imlkit.streams import Stream
from tests.awaiting import awaited


@pytest.fixture(params=["memory:", "folder"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    return data_store(request.param if request.param == "memory:" else tmp_path / "kept")


@pytest.fixture
def dataset(store: Store) -> Dataset:
    return Dataset("points", store)


def point(*place: float) -> np.ndarray:
    return np.array(place, np.float32)


def points(label: Any, *places: tuple[float, ...]) -> list[dict[str, Any]]:
    return [{"id": f"{label}{n}", "x": point(*place), "y": label} for n, place in enumerate(places)]


def ids(similar: Any) -> list[str]:
    return [one.id for one in similar]


def test_the_nearest_come_first_with_label_and_similarity(dataset: Dataset) -> None:
    dataset.create(points("cat", (0, 0), (0, 1)) + points("dog", (9, 9), (8, 9)))
    features: Stream[Any] = Stream()
    examples = SimilarExamples(features, dataset, count=3)
    features.set(point(0, 0))
    similar = awaited(examples.similar, lambda found: found)
    assert ids(similar) == ["cat0", "cat1", "dog1"]
    assert similar[0] == ("cat0", "cat", 1.0)
    assert 0.95 < similar[1].similarity < 1
    assert similar[2].similarity == 0.0
    features.set(point(9, 8))
    assert awaited(examples.similar, lambda found: found[0].label == "dog")[0].id == "dog0"


def test_it_follows_what_is_created_relabelled_moved_and_removed(dataset: Dataset) -> None:
    dataset.create(points("cat", (0, 0), (5, 5)))
    features: Stream[Any] = Stream(point(0, 0.5))
    examples = SimilarExamples(features, dataset, count=1)
    awaited(examples.similar, lambda found: ids(found) == ["cat0"])
    dataset.create({"id": "new", "x": point(0, 0.5), "y": "dog"})
    awaited(examples.similar, lambda found: found[:1] == (("new", "dog", 1.0),))
    dataset.patch("new", {"y": "owl"})
    awaited(examples.similar, lambda found: found[0].label == "owl")
    dataset.patch("new", {"x": point(90, 90)})
    awaited(examples.similar, lambda found: ids(found) == ["cat0"])
    dataset.remove("cat0")
    awaited(examples.similar, lambda found: ids(found) == ["cat1"])


def test_only_what_changed_is_read_again(dataset: Dataset) -> None:
    dataset.create([{"id": f"i{n}", "x": point(n, 0), "y": "a"} for n in range(600)])
    features: Stream[Any] = Stream(point(0, 0))
    examples = SimilarExamples(features, dataset, count=1)
    awaited(examples.similar, lambda found: found)
    index = examples._index
    dataset.patch("i0", {"y": "b"})
    awaited(examples.similar, lambda found: found[0].label == "b")
    assert examples._index is index
    assert index is not None
    assert len(index) == 600


def test_writes_elsewhere_that_cannot_be_told_one_by_one_are_all_looked_at_anew(dataset: Dataset) -> None:
    from imlkit.store import Change

    dataset.create(points("cat", (0, 0), (5, 5)))
    features: Stream[Any] = Stream(point(0, 0))
    examples = SimilarExamples(features, dataset, count=1)
    awaited(examples.similar, lambda found: found)
    index = examples._index
    dataset.changes.set(Change("reset", "points"))
    awaited(examples.busy, lambda busy: not busy and examples._index is not index)
    assert ids(examples.similar.value) == ["cat0"]


def test_a_view_of_a_dataset_holds_only_what_matches_now(dataset: Dataset) -> None:
    dataset.create(points("cat", (0, 0)) + points("dog", (1, 1)))
    features: Stream[Any] = Stream(point(0, 0))
    examples = SimilarExamples(features, dataset.where({"y": "dog"}))
    assert ids(awaited(examples.similar, lambda found: found)) == ["dog0"]
    dataset.patch("cat0", {"y": "dog"})
    awaited(examples.similar, lambda found: ids(found) == ["cat0", "dog0"])
    dataset.patch("cat0", {"y": "cat"})
    awaited(examples.similar, lambda found: ids(found) == ["dog0"])


class HeldUp(Dataset):
    """A dataset that is slow to read while its gate is closed."""

    def __init__(self, name: str, store: Store) -> None:
        super().__init__(name, store)
        self.gate = threading.Event()
        self.gate.set()
        self.asked = threading.Event()

    def find(self, *about: Any, **more: Any) -> list[Any]:
        self.asked.set()
        assert self.gate.wait(20)
        return super().find(*about, **more)


def test_after_a_clear_nothing_from_before_is_shown(store: Store) -> None:
    dataset = HeldUp("points", store)
    dataset.create(points("cat", (0, 0)))
    features: Stream[Any] = Stream(point(0, 0))
    examples = SimilarExamples(features, dataset)
    awaited(examples.similar, lambda found: found)
    awaited(examples.busy, lambda busy: not busy)
    seen: list[Any] = []
    examples.similar.subscribe(seen.append)
    dataset.gate.clear()
    dataset.asked.clear()
    dataset.create(points("dog", (0, 1)))
    assert dataset.asked.wait(20)
    features.set(None)
    assert examples.similar.value == ()
    dataset.gate.set()
    awaited(examples.listing, lambda listing: listing.known == 2)
    assert ids(seen[0]) == ["cat0"]
    assert not any(seen[1:])
    assert "Nothing to compare yet" in examples.listing.value.empty()


def test_removed_instances_are_gone_at_once(dataset: Dataset) -> None:
    dataset.create(points("cat", (0, 0), (1, 1)))
    features: Stream[Any] = Stream(point(0, 0))
    examples = SimilarExamples(features, dataset)
    awaited(examples.similar, lambda found: len(found) == 2)
    dataset.clear()
    awaited(examples.similar, lambda found: not found)
    awaited(examples.listing, lambda listing: "No examples yet" in listing.empty())
    assert examples.similar.value == ()


def test_instances_without_such_features_are_left_out_and_said_so(dataset: Dataset) -> None:
    others: list[dict[str, Any]] = [{"id": "long", "x": np.zeros(5), "y": "cat"}, {"id": "none", "y": "cat"}]
    dataset.create([*others, {"id": "nan", "x": [1.0, float("nan")]}, *points("dog", (0, 0))])
    features: Stream[Any] = Stream(point(3, 3))
    examples = SimilarExamples(features, dataset)
    awaited(examples.similar, lambda found: ids(found) == ["dog0"])
    assert "3 are left out" in examples.listing.value.summary()
    features.set(np.ones(5, np.float32))
    awaited(examples.similar, lambda found: ids(found) == ["long"])


@pytest.mark.parametrize("wrong", [point(float("nan"), 0), np.zeros((2, 2)), "text", point()])
def test_what_is_no_vector_is_told_and_the_next_vector_is_answered(dataset: Dataset, wrong: Any) -> None:
    dataset.create(points("cat", (0, 0)))
    features: Stream[Any] = Stream(point(0, 0))
    examples = SimilarExamples(features, dataset)
    awaited(examples.similar, lambda found: found)
    features.set(wrong)
    assert "finite numbers" in awaited(examples.notice, lambda notice: notice.text).text
    assert examples.similar.value == ()
    features.set(point(0, 0))
    awaited(examples.similar, lambda found: found)
    assert examples.notice.value.text == ""


def test_the_view_shows_pictures_labels_and_how_alike_as_text(dataset: Dataset) -> None:
    picture = np.zeros((8, 8, 3), np.uint8)
    dataset.create({"id": "a", "x": point(1, 0), "y": "<b>cat</b>", "thumbnail": picture})
    dataset.create({"id": "b", "x": point(0, 1)})
    features: Stream[Any] = Stream()
    examples = SimilarExamples(features, dataset)
    view = examples.view()
    assert isinstance(view, ExampleTiles)
    awaited(examples.listing, lambda listing: listing.known == 2)
    assert "Nothing to compare yet" in view.listing["empty"]
    features.set(point(1, 0))
    awaited(examples.listing, lambda listing: listing.similar)
    first, second = view.listing["items"]
    assert (first["title"], first["text"], second["title"]) == ("<b>cat</b>", "the same", "no label")
    assert first["picture"].startswith("data:image/png;base64,")
    assert view.listing["empty"] == ""


def test_words_for_how_alike_follow_the_similarity() -> None:
    assert [how_alike(share) for share in (1.0, 0.99, 0.9, 0.6, 0.4, 0.1, 0.0)] == [
        "the same",
        "nearly the same",
        "very alike",
        "alike",
        "somewhat alike",
        "hardly alike",
        "unlike",
    ]


def test_it_refuses_a_count_that_cannot_be_shown(dataset: Dataset) -> None:
    for wrong in (0, 101):
        with pytest.raises(DataError, match="cannot be shown"):
            SimilarExamples(Stream(), dataset, count=wrong)


def test_it_ends_with_its_session(dataset: Dataset) -> None:
    page = Session()
    features: Stream[Any] = Stream()
    with page.entered():
        examples = SimilarExamples(features, dataset)
    awaited(examples.busy, lambda busy: not busy)
    page.dispose()
    assert not features.observed
    features.set(point(0, 0))
    assert examples.similar.value == ()


def test_an_index_that_changed_step_by_step_answers_as_one_made_at_once() -> None:
    random = np.random.default_rng(0)
    rows = {f"i{n}": (1000 + random.normal(size=6)).astype(np.float32) for n in range(300)}
    stepwise = FeatureIndex(6)
    stepwise.add({"id": id, "x": x, "y": id} for id, x in rows.items())
    for id in list(rows)[::3]:
        stepwise.drop([id])
        del rows[id]
    for n in range(0, 90, 2):
        rows[f"i{n}"] = (1000 + random.normal(size=6)).astype(np.float32)
        stepwise.add([{"id": f"i{n}", "x": rows[f"i{n}"], "y": f"i{n}"}])
    query = (1000 + random.normal(size=6)).astype(np.float32)
    matrix = np.stack(list(rows.values())).astype(np.float64)
    squares = ((matrix - query) ** 2).sum(axis=1)
    usual = 2 * matrix.var(axis=0, ddof=1).sum()
    nearest = sorted(zip(squares, rows, strict=True))[:10]
    found = stepwise.nearest(query, 10)
    assert len(stepwise) == len(rows)
    assert ids(found) == [id for _, id in nearest]
    expected = [max(0, 1 - square / usual) for square, _ in nearest]
    assert [one.similarity for one in found] == pytest.approx(expected, abs=1e-4)


def test_a_single_example_is_as_alike_as_it_is() -> None:
    index = FeatureIndex(2)
    index.add(points("cat", (1, 0)))
    assert index.nearest(point(1, 0), 3) == (("cat0", "cat", 1.0),)
    (half,) = index.nearest(point(0, 1), 3)
    assert half.similarity == 0.0
    (near,) = index.nearest(point(1, 0.1), 3)
    assert near.similarity > 0.99
