"""Predictions kept in a store, and which of them are out of date."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest

from imlkit.components.evaluation.batch_prediction import BatchPrediction
from imlkit.components.evaluation.outcomes import Outcomes, Stale
from imlkit.components.evaluation.prediction_run import put
from imlkit.components.models.knn_classifier import KNNClassifier
from imlkit.errors import DataError, NotTrainedError
from imlkit.location import data_store
from imlkit.session import Session
from tests import awaiting

from .conftest import World, around


def runs(batch: BatchPrediction) -> int:
    """Run, and return how many instances were predicted."""
    batch.run()
    status = batch.wait(30)
    assert status.state == "success", status.message
    return status.total


def awaited(batch: BatchPrediction, wanted: Stale) -> Outcomes:
    """Wait until the stream itself says that this much is stale."""
    outcomes: Outcomes = awaiting.awaited(batch.outcomes, lambda outcomes: outcomes.stale == wanted)
    return outcomes


def test_every_instance_is_predicted_and_kept_with_what_it_was_made_of(world: World) -> None:
    batch = world.predicted()
    outcomes = batch.refresh()
    assert len(outcomes) == 12
    assert outcomes.predicted == outcomes.truths
    assert outcomes.stale == Stale()
    kept = batch.collection.get("b2")
    assert kept["predicted"] == kept["truth"] == "b"
    assert kept["confidence"] == kept["confidences"]["b"] == 1.0
    assert set(kept["confidences"]) == {"a", "b", "c"}
    assert len(kept["model"]) == len(kept["features"]) == 32
    assert batch.standing.value == "12 predictions, up to date."


def test_a_second_run_predicts_nothing(world: World) -> None:
    batch = world.predicted()
    assert runs(batch) == 0
    assert batch.status.value.message == "Nothing was out of date."


def test_a_training_makes_every_prediction_stale(world: World) -> None:
    batch = world.predicted()
    world.training.create({"x": around("a", 8), "y": "a"})
    world.train()
    awaited(batch, Stale(retrained=12))
    assert "12 made before the model was last trained" in batch.standing.value
    assert runs(batch) == 12
    awaited(batch, Stale())


def test_predictions_of_the_model_as_another_page_loaded_it_are_not_stale(world: World) -> None:
    world.model.sync(world.store, "shared")
    batch = world.predicted()
    with Session().entered() as session:
        other = KNNClassifier(k=3).sync(world.store, "shared")
        again = BatchPrediction("knn", world.store, other, world.held_out)
        assert again.refresh().stale == Stale()
        session.dispose()
    assert batch.refresh().stale == Stale()


def test_only_instances_whose_features_changed_are_predicted_anew(world: World) -> None:
    batch = world.predicted()
    world.held_out.patch("a1", {"x": around("c", 2)})
    awaited(batch, Stale(changed=1))
    assert runs(batch) == 1
    assert batch.collection.get("a1")["predicted"] == "c"
    awaited(batch, Stale())


def test_features_that_are_written_again_unchanged_make_nothing_stale(world: World) -> None:
    batch = world.predicted()
    world.held_out.patch("a1", {"x": world.held_out.get("a1")["x"], "note": "seen"})
    world.held_out.patch("a2", {"y": "b"})
    until_relabelled = awaited_truth(batch, "a2", "b")
    assert until_relabelled.stale == Stale()


def awaited_truth(batch: BatchPrediction, id: str, label: str) -> Outcomes:
    def labelled(outcomes: Outcomes) -> bool:
        return dict(zip(outcomes.ids, outcomes.truths, strict=True)).get(id) == label

    outcomes: Outcomes = awaiting.awaited(batch.outcomes, labelled)
    return outcomes


def test_a_corrected_label_counts_at_once_and_needs_no_prediction(world: World) -> None:
    batch = world.predicted()
    made = batch.collection.get("a2")
    world.held_out.patch("a2", {"y": "b"})
    outcomes = awaited_truth(batch, "a2", "b")
    assert outcomes.stale == Stale()
    assert outcomes.of("b", "a") == ("a2",)
    assert runs(batch) == 0
    assert batch.collection.get("a2") == {**made, "truth": "b"}


def test_new_and_removed_instances_are_stale_until_the_next_run(world: World) -> None:
    batch = world.predicted()
    world.held_out.create([{"id": "new", "x": around("b", 2), "y": "b"}, {"id": "bare", "x": around("c", 1)}])
    world.held_out.remove(["a0", "c3"])
    outcomes = awaited(batch, Stale(added=2, removed=2))
    assert "a0" not in outcomes.ids
    assert runs(batch) == 2
    outcomes = awaited(batch, Stale())
    assert set(outcomes.ids) == {i["id"] for i in world.held_out.find()}
    assert outcomes.unlabelled == 1
    assert outcomes.confusion().total == 11


def test_predictions_and_what_is_stale_outlive_the_page_and_the_process(world: World, tmp_path: Path) -> None:
    world.model.sync(world.store, "knn")
    world.predicted()
    world.held_out.patch("a1", {"x": around("c", 2)})
    world.store.close()
    store = data_store(tmp_path / "data")
    with Session().entered() as session:
        from imlkit.components.data.dataset import Dataset

        model = KNNClassifier(k=3, title="Neighbours").sync(store, "knn")
        again = World(store, Dataset("training", store), Dataset("held out", store), model).batch()
        outcomes = again.refresh()
        assert len(outcomes) == 12
        assert outcomes.stale == Stale(changed=1)
        session.dispose()


def test_two_pages_agree(world: World) -> None:
    batch = world.predicted()
    with Session().entered() as session:
        other = world.batch()
        awaited(other, Stale())
        assert other.outcomes.value == batch.refresh()
        world.held_out.patch("a1", {"x": around("c", 2)})
        awaited(other, Stale(changed=1))
        runs(batch)
        awaited(other, Stale())
        assert other.refresh() == batch.refresh()
        session.dispose()


def test_pages_that_predict_the_same_at_the_same_moment_do_each_other_no_harm(world: World) -> None:
    world.train()
    with Session().entered() as session:
        batches = [world.batch() for _ in range(4)]
        for batch in batches:
            batch.run()
        assert [batch.wait(30).state for batch in batches] == ["success"] * 4
        assert all(len(batch.refresh()) == 12 for batch in batches)
        session.dispose()


def test_a_prediction_that_another_page_wrote_first_is_replaced(world: World) -> None:
    collection = world.store.collection("predictions/x")
    collection.create([{"id": "1", "predicted": "a"}, {"id": "2", "predicted": "a"}])
    put(collection, [{"id": "2", "predicted": "b"}, {"id": "3", "predicted": "b"}])
    assert [each["predicted"] for each in collection.find(sort={"id": 1})] == ["a", "b", "b"]


def test_an_untrained_model_is_said_and_told_where_the_run_stands(world: World, session: Session) -> None:
    batch = world.batch()
    batch.run()
    status = batch.wait(30)
    assert status.state == "error"
    assert "has not been trained yet" in status.message
    assert isinstance(session.errors.value.error, NotTrainedError)
    assert not batch.explains(session.errors.value)
    view = batch.view()
    assert batch.explains(session.errors.value)
    assert view is not None
    batch.refresh()
    assert "Train “Neighbours” first" in batch.standing.value


def test_a_cancelled_run_keeps_what_it_did_and_the_next_does_the_rest(world: World) -> None:
    world.held_out.create([{"x": around("a", n % 9), "y": "a"} for n in range(600)])
    world.train()
    batch = world.batch()
    predict = world.model.predict_batch

    def cancelling(xs):  # type: ignore[no-untyped-def]
        batch.cancels.set(None)
        return predict(xs)

    world.model.predict_batch = cancelling  # type: ignore[method-assign]
    batch.run()
    status = batch.wait(30)
    assert (status.state, status.done, status.total) == ("cancelled", 256, 612)
    assert batch.collection.count() == 256
    world.model.predict_batch = predict  # type: ignore[method-assign]
    assert runs(batch) == 356
    assert len(batch.refresh()) == 612


def test_what_cannot_be_predicted_is_left_out_and_said(world: World) -> None:
    world.held_out.create([{"id": "long", "x": np.ones(5, np.float32), "y": "a"}, {"id": "none", "y": "a"}])
    batch = world.predicted()
    message = batch.status.value.message
    assert message.startswith("Predicted 12 instances. 2 instances were left out; the first because: ")
    outcomes = batch.refresh()
    assert (len(outcomes), outcomes.stale) == (12, Stale())
    world.held_out.patch("none", {"x": around("a", 3)})
    assert runs(batch) == 1
    assert "none" in batch.refresh().ids


def test_a_run_while_another_goes_on_changes_nothing(world: World) -> None:
    world.train()
    batch = world.batch()
    predict, may_go_on = world.model.predict_batch, threading.Event()

    def slow(xs):  # type: ignore[no-untyped-def]
        may_go_on.wait(10)
        return predict(xs)

    world.model.predict_batch = slow  # type: ignore[method-assign]
    batch.run()
    assert batch.running
    batch.run()
    may_go_on.set()
    assert batch.wait(30).state == "success"
    assert batch.collection.count() == 12


def test_clearing_leaves_no_prediction(world: World) -> None:
    batch = world.predicted()
    assert len(batch.clear()) == 12
    assert len(batch.refresh()) == 0
    assert "Nothing is predicted yet: 12 instances wait" in batch.standing.value


def test_a_closed_page_stops_its_run(world: World) -> None:
    world.train()
    session = Session()
    with session.entered():
        batch = world.batch()
    session.dispose()
    batch.run()
    assert not batch.running


def test_a_batch_prediction_needs_a_name(world: World) -> None:
    with pytest.raises(DataError, match="give it a name"):
        world.batch(" ")


def test_a_view_of_a_dataset_is_predicted_like_a_dataset(world: World) -> None:
    world.train()
    view = world.held_out.where({"y": "a"})
    batch = BatchPrediction("part", world.store, world.model, view)
    assert runs(batch) == 4
    world.held_out.patch("a0", {"y": "b"})
    awaited(batch, Stale(removed=1))
