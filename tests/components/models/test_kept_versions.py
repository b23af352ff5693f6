"""Versions of a model: each save is one, they are kept, gone back to, and followed."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from imlkit import KNNClassifier, data_store
from imlkit.components.models.kept_versions import KEPT
from imlkit.components.models.stored_model import StoredModel
from imlkit.errors import NotFoundError
from imlkit.store import Store
from tests.contracts.model_contract import SECONDS, Stored, blobs, queries, until


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = data_store(str(tmp_path / "store"))
    yield store
    store.close()


def taught(*labels: str, k: int = 3) -> KNNClassifier:
    model = KNNClassifier(k=k)
    model.train(Stored(blobs(labels)))
    assert model.wait(SECONDS).state == "success"
    return model


def test_each_prediction_names_its_version(store: Store) -> None:
    model = taught("a", "b")
    assert model.predict(queries()[0]).version is None
    model.save(store, "mine")
    assert model.predict(queries()[0]).version == 1
    follower = KNNClassifier().sync(store, "mine")
    assert follower.predict(queries()[0]).version == 1
    follower.train(Stored(blobs(["c", "d"])))
    follower.wait(SECONDS)
    assert {prediction.version for prediction in follower.predict_batch(queries())} == {2}


def test_a_published_version_is_followed_and_gone_back_from(store: Store) -> None:
    follower = KNNClassifier().sync(store, "mine")
    versions = StoredModel(store, "mine")
    taught("a", "b").save(store, "mine", "the first")
    until(lambda: follower.trained)
    taught("c", "d").save(store, "mine")
    until(lambda: follower.predict(queries()[0]).label == "c")
    assert "version 2" in follower.training.value.message
    versions.use(1)
    until(lambda: follower.predict(queries()[0]).label == "a")
    assert follower.predict(queries()[0]).version == 1
    first, second = sorted(versions.versions.read(), key=lambda one: one.number)
    assert (first.number, first.note, first.labels) == (1, "the first", ("a", "b"))
    assert second.metrics["accuracy"] == 1.0
    # What is saved next is no version that was there already.
    assert taught("e", "f").save(store, "mine") == 3
    with pytest.raises(NotFoundError):
        versions.use(9)


def test_plain_versions_make_room_and_those_with_a_note_stay(store: Store) -> None:
    taught("a", "b").save(store, "mine", "keep this")
    model = taught("c", "d")
    for n in range(KEPT + 5):
        model.k = n + 1
        model.train(Stored(blobs(["c", "d"])))
        model.wait(SECONDS)
        model.save(store, "mine")
    kept = [one.number for one in StoredModel(store, "mine").versions.read()]
    assert kept == [*range(KEPT + 6, 6, -1), 1]
    assert len(list(store.assets)) == KEPT + 1, "the files of the others are gone too"


def test_going_back_to_an_old_version_keeps_it(store: Store) -> None:
    place = StoredModel(store, "mine")
    for k in (1, 2):
        taught("a", "b", k=k).save(store, "mine")
    place.use(1)
    model = KNNClassifier().sync(store, "mine")
    place.versions.remove(2)
    assert [one.number for one in place.versions.read()] == [1]
    assert KNNClassifier().sync(store, "mine").predict(queries()[0]) == model.predict(queries()[0])


def test_a_model_of_before_there_were_versions_is_its_first(store: Store) -> None:
    taught("a", "b").save(store, "mine")
    place = StoredModel(store, "mine")
    document: dict[str, Any] = store.collection("models").get(place.id)
    del document["number"]
    store.collection("models").put(document)
    store.collection("model_versions").remove([f"{place.id}-1"])
    assert KNNClassifier().sync(store, "mine").predict(queries()[0]).version is None
    assert taught("c", "d").save(store, "mine") == 2
    place.use(1)
    assert KNNClassifier().sync(store, "mine").predict(queries()[0]).label == "a"


def test_who_publishes_at_once_gets_numbers_of_their_own(store: Store) -> None:
    models = [taught("a", "b", k=k) for k in range(1, 5)]
    numbers: list[int] = []
    together = threading.Barrier(len(models))

    def publish(model: KNNClassifier) -> None:
        together.wait(SECONDS)
        numbers.append(model.save(store, "mine"))

    threads = [threading.Thread(target=publish, args=(model,)) for model in models]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(SECONDS)
    assert sorted(numbers) == [1, 2, 3, 4]
    assert len(StoredModel(store, "mine").versions.read()) == 4


def test_forgetting_keeps_what_has_a_note_and_gives_no_number_again(store: Store) -> None:
    taught("a", "b").save(store, "mine", "worth it")
    taught("c", "d").save(store, "mine")
    follower = KNNClassifier().sync(store, "mine")
    assert follower.shared
    follower.clear()
    assert not follower.trained
    place = StoredModel(store, "mine")
    assert [(one.number, one.note) for one in place.versions.read()] == [(1, "worth it")]
    assert len(list(store.assets)) == 1
    place.use(1)
    until(lambda: follower.trained)
    assert follower.predict(queries()[0]).version == 1
    assert taught("e", "f").save(store, "mine") == 3
    place.versions.say(1, "")
    follower.clear()
    assert place.versions.read() == []
    assert taught("e", "f").save(store, "mine") == 4


def test_any_version_may_be_loaded(store: Store) -> None:
    taught("a", "b").save(store, "mine")
    taught("c", "d").save(store, "mine")
    model = KNNClassifier()
    model.load(store, "mine", version=1)
    assert (model.predict(queries()[0]).label, model.predict(queries()[0]).version) == ("a", 1)
    with pytest.raises(NotFoundError, match="no version 7"):
        model.load(store, "mine", version=7)
    assert model.predict(queries()[0]).label == "a"


def test_a_document_that_says_nonsense_is_read_as_far_as_it_goes(store: Store) -> None:
    taught("a", "b").save(store, "mine")
    place = StoredModel(store, "mine")
    store.collection("model_versions").patch(
        f"{place.id}-1",
        {"note": 7, "labels": "x", "metrics": {"a": "b", "c": True, "d": 0.5}, "made": "then"},
    )
    (record,) = place.versions.read()
    assert (record.note, record.labels, record.made) == ("", (), None)
    assert record.metrics == {"d": 0.5}
