from __future__ import annotations

import queue
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from imlkit.components.data.dataset import Dataset
from imlkit.components.data.next_examples import NextExamples
from imlkit.components.data.pool_ranking import PoolRanking, features_of
from imlkit.components.data.suggestion_listing import SuggestionListing
from imlkit.components.models.mlp_classifier import MLPClassifier
from imlkit.errors import DataError
from imlkit.session import Session
from imlkit.stores.memory import MemoryStore
from tests.awaiting import awaited


@pytest.fixture(autouse=True)
def session() -> Iterator[Session]:
    session = Session()
    with session.entered():
        yield session
    session.dispose()


@pytest.fixture
def dataset() -> Dataset:
    return Dataset("points", MemoryStore())


def points(*places: float, y: str | None = None) -> list[dict[str, Any]]:
    """Instances on a line, called after their places."""
    label = {} if y is None else {"y": y}
    return [{"id": f"{y or 'p'}{place:g}", "x": [place, 1.0], **label} for place in places]


def trained(dataset: Dataset) -> MLPClassifier:
    """A classifier that is sure far from 0 and unsure near it."""
    dataset.create(points(-3, -2.5, -2, -3.5, y="left") + points(3, 2.5, 2, 3.5, y="right"))
    model = MLPClassifier(layers=(), epochs=60, learning_rate=0.05, validation_split=0, label_smoothing=0)
    model.train(dataset.where({"y": {"$exists": True}}))
    assert model.wait(60).state == "success"
    return model


def unlabelled(dataset: Dataset) -> Any:
    return dataset.where({"y": {"$exists": False}})


def ids(listing: SuggestionListing) -> list[str]:
    return [instance["id"] for instance in listing.instances]


def test_a_trained_model_is_asked_what_it_is_least_sure_of(dataset: Dataset) -> None:
    model = trained(dataset)
    dataset.create(points(-6, -1, 0.1, 1.5, 6))
    examples = NextExamples(model, unlabelled(dataset), count=2)
    listing = awaited(examples.listing, lambda listing: listing.trained)
    assert ids(listing)[0] == "p0.1"
    assert ids(listing)[1] in {"p-1", "p1.5"}
    assert examples.suggestions.value == listing.instances
    assert set(listing.predictions["p0.1"].confidences) == {"left", "right"}
    assert listing.labels == ("left", "right")
    assert (listing.unlabelled, listing.labelled, listing.looked) == (5, 8, 5)
    assert listing.summary() == "Of 5 unlabelled, the model is least sure of these 2."


def test_before_training_those_are_suggested_that_differ_from_each_other_and_what_is_labelled(
    dataset: Dataset,
) -> None:
    dataset.create(points(0, y="left"))
    dataset.create(points(0.1, 1, 9, 10, -10))
    examples = NextExamples(MLPClassifier(), unlabelled(dataset), count=2)
    listing = awaited(examples.listing, lambda listing: listing.instances)
    assert ids(listing) == ["p10", "p-10"]
    assert not listing.trained
    assert "has not been trained yet" in listing.summary()
    assert "These 2 of 5 unlabelled differ most" in listing.summary()


def test_a_label_takes_the_instance_out_of_the_pool_and_the_next_takes_its_place(dataset: Dataset) -> None:
    model = trained(dataset)
    dataset.create(points(0.1, 0.2, 0.3, 5))
    examples = NextExamples(model, unlabelled(dataset), count=2)
    first = ids(awaited(examples.listing, lambda listing: len(listing.instances) == 2))
    assert examples.label(first[0], " left ")
    assert dataset.get(first[0])["y"] == "left"
    after = awaited(examples.listing, lambda listing: listing.unlabelled == 3)
    # What was suggested before stays where it was.
    assert ids(after)[0] == first[1]
    assert len(set(ids(after)) | set(first)) == 3


def test_a_label_given_elsewhere_meanwhile_is_not_overwritten(dataset: Dataset) -> None:
    dataset.create(points(1, 2))
    examples = NextExamples(MLPClassifier(), unlabelled(dataset))
    awaited(examples.listing, lambda listing: len(listing.instances) == 2)
    dataset.patch("p1", {"y": "theirs"})
    assert not examples.label("p1", "mine")
    assert dataset.get("p1")["y"] == "theirs"
    assert ids(awaited(examples.listing, lambda listing: listing.unlabelled == 1)) == ["p2"]


def test_a_blank_label_is_refused_and_the_instance_stays(dataset: Dataset) -> None:
    dataset.create(points(1))
    examples = NextExamples(MLPClassifier(), unlabelled(dataset))
    awaited(examples.listing, lambda listing: listing.instances)
    with pytest.raises(DataError, match="label"):
        examples.label("p1", "  ")
    told: queue.Queue[tuple[str, bool]] = queue.Queue()
    examples.labelling.set(("p1", "  ", lambda id, done: told.put((id, done))))
    assert told.get(timeout=20) == ("p1", False)
    assert awaited(examples.notice, lambda notice: notice.text).kind == "error"
    assert dataset.count({"y": None}) == 1


def test_a_number_typed_where_classes_are_numbers_is_that_number(dataset: Dataset) -> None:
    dataset.create([{"x": [0.0], "y": 7}, {"id": "new", "x": [1.0]}])
    examples = NextExamples(MLPClassifier(), unlabelled(dataset))
    awaited(examples.listing, lambda listing: listing.labels == (7,))
    assert examples.label("new", "7")
    assert dataset.distinct("y") == {7: 2}


def test_instances_of_a_pool_of_their_own_are_moved_to_the_dataset(dataset: Dataset) -> None:
    pool = Dataset("found", dataset.store)
    pool.create([{"id": "one", "x": [1.0], "note": "kept"}, {"id": "two", "x": [2.0]}])
    examples = NextExamples(MLPClassifier(), pool, dataset)
    awaited(examples.listing, lambda listing: len(listing.instances) == 2)
    assert examples.label("one", "cat")
    assert dataset.get("one") == {"id": "one", "x": [1.0], "note": "kept", "y": "cat"}
    assert [instance["id"] for instance in pool.find()] == ["two"]
    assert ids(awaited(examples.listing, lambda listing: listing.labels == ("cat",)))[0] == "two"


def test_training_anew_chooses_anew(dataset: Dataset) -> None:
    dataset.create(points(-5, 0.1, 5))
    model = MLPClassifier(layers=(), epochs=60, learning_rate=0.05, validation_split=0)
    examples = NextExamples(model, unlabelled(dataset), count=1)
    assert ids(awaited(examples.listing, lambda listing: listing.instances)) == ["p-5"]
    dataset.create(points(-3, -2, y="left") + points(3, 2, y="right"))
    model.train(dataset.where({"y": {"$exists": True}}))
    assert ids(awaited(examples.listing, lambda listing: listing.trained)) == ["p0.1"]
    model.clear()
    assert ids(awaited(examples.listing, lambda listing: not listing.trained))
    assert not examples.listing.value.predictions


def test_what_was_skipped_is_not_suggested_until_asked_for_again(dataset: Dataset) -> None:
    dataset.create(points(1, 2))
    examples = NextExamples(MLPClassifier(), unlabelled(dataset), count=1)
    (first,) = ids(awaited(examples.listing, lambda listing: listing.instances))
    examples.skip(first)
    (second,) = ids(awaited(examples.listing, lambda listing: listing.skipped == 1))
    assert second != first
    examples.skip(second)
    nothing = awaited(examples.listing, lambda listing: listing.skipped == 2)
    assert nothing.instances == ()
    assert nothing.empty() == "You have skipped the last 2 instances without a label."
    examples.show_skipped()
    assert len(awaited(examples.listing, lambda listing: not listing.skipped).instances) == 1


def test_new_instances_in_the_pool_are_judged_as_they_come(dataset: Dataset) -> None:
    model = trained(dataset)
    dataset.create(points(-6, 6))
    examples = NextExamples(model, unlabelled(dataset), count=3)
    assert len(ids(awaited(examples.listing, lambda listing: listing.trained))) == 2
    dataset.create(points(0.1))
    assert "p0.1" in ids(awaited(examples.listing, lambda listing: listing.unlabelled == 3))
    dataset.remove("p0.1")
    assert sorted(ids(awaited(examples.listing, lambda listing: listing.unlabelled == 2))) == ["p-6", "p6"]


def test_an_empty_pool_says_how_to_begin_and_a_labelled_one_that_it_is_done(dataset: Dataset) -> None:
    examples = NextExamples(MLPClassifier(), unlabelled(dataset))
    assert awaited(examples.listing, lambda listing: listing).empty().startswith("No instances to label yet.")
    dataset.create(points(1, y="cat"))
    done = awaited(examples.listing, lambda listing: listing.labelled)
    assert done.empty().startswith("Every instance has a label")
    assert done.summary() == ""


def test_instances_whose_features_the_model_does_not_take_are_left_out_and_counted(dataset: Dataset) -> None:
    model = trained(dataset)
    dataset.create([*points(0.1), {"x": [1.0, 2.0, 3.0]}, {"x": "no features"}, {"note": "none"}])
    examples = NextExamples(model, unlabelled(dataset))
    listing = awaited(examples.listing, lambda listing: listing.trained)
    assert ids(listing) == ["p0.1"]
    assert listing.left_out == 3
    assert "3 are left out: their features x are missing or other than the model's." in listing.summary()
    examples.label("p0.1", "left")
    nothing = awaited(examples.listing, lambda listing: not listing.instances)
    assert "was trained on features of 2 numbers" in nothing.empty()


@pytest.mark.parametrize(
    "x", [None, "text", [], [[1.0, 2.0]], [1.0, float("nan")], np.zeros((4, 4, 3), np.uint8), {"a": 1}]
)
def test_what_is_no_list_of_finite_numbers_is_no_features(x: Any) -> None:
    assert features_of({"x": x}) is None


def test_a_large_pool_is_walked_in_batches_with_progress_and_can_be_stopped(dataset: Dataset) -> None:
    model = trained(dataset)
    random = np.random.default_rng(0)
    dataset.create(
        [{"id": f"n{n}", "x": [place, 1.0]} for n, place in enumerate(random.normal(size=2000) * 5)]
    )
    ranking = PoolRanking(model, "margin", 6)
    steps: list[int] = []

    def told(done: int) -> bool:
        steps.append(done)
        return True

    ranking.add(unlabelled(dataset).iterate(select=["x"]), told)
    assert steps[-1] == ranking.looked == 2000
    assert len(steps) > 4
    assert len(ranking) == 200
    assert ranking.dropped == 1800
    every = model.predict_batch([one["x"] for one in unlabelled(dataset).iterate()])
    margins = sorted(abs(one.confidences["left"] - one.confidences["right"]) for one in every)
    chosen = [one.prediction for one in ranking.choose(6, (), dataset)]
    assert [abs(one.confidences["left"] - one.confidences["right"]) for one in chosen if one] == margins[:6]
    stopped = PoolRanking(model, "margin", 6)
    stopped.add(unlabelled(dataset).iterate(select=["x"]), lambda done: False)
    assert 0 < stopped.looked < 2000
    assert stopped.dropped


def test_the_candidates_held_run_out_and_the_pool_is_walked_again(dataset: Dataset) -> None:
    dataset.create(points(*range(230)))
    examples = NextExamples(MLPClassifier(), unlabelled(dataset), count=100)
    awaited(examples.listing, lambda listing: len(listing.instances) == 100)
    dataset.remove([f"p{n}" for n in range(130)])
    listing = awaited(examples.listing, lambda listing: listing.unlabelled == 100)
    assert sorted(ids(listing)) == sorted(f"p{n}" for n in range(130, 230))


def test_busy_is_told_while_the_pool_is_looked_through(dataset: Dataset) -> None:
    dataset.create(points(1))
    examples = NextExamples(MLPClassifier(), unlabelled(dataset))
    awaited(examples.listing, lambda listing: listing.instances)
    awaited(examples.busy, lambda busy: not busy)
    told: queue.Queue[bool] = queue.Queue()
    examples.busy.subscribe(told.put)
    assert told.get(timeout=20) is False
    dataset.create(points(2))
    assert told.get(timeout=20) is True
    assert told.get(timeout=20) is False


def test_strategies_and_counts_that_are_none_are_refused(dataset: Dataset) -> None:
    with pytest.raises(DataError, match="'luck' is unknown: use one of 'margin'"):
        NextExamples(MLPClassifier(), dataset, strategy="luck")  # type: ignore[arg-type]
    with pytest.raises(DataError, match="1 to 100"):
        NextExamples(MLPClassifier(), dataset, count=0)


def test_several_views_show_the_same(dataset: Dataset) -> None:
    dataset.create(
        [{"id": "a", "x": [1.0], "thumbnail": np.zeros((8, 8, 3), np.uint8)}, {"id": "b", "x": [2.0]}]
    )
    examples = NextExamples(MLPClassifier(), unlabelled(dataset))
    one: Any = examples.view()
    other: Any = examples.view()
    awaited(examples.listing, lambda listing: len(listing.instances) == 2)
    assert one.listing == other.listing
    shown = {item["id"]: item for item in one.listing["items"]}
    assert shown["a"]["picture"].startswith("data:image/png;base64,")
    assert shown["b"]["text"] == "2"
