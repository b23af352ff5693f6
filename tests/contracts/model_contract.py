"""What any classifier must do.

A test module subclasses the contract and gives it a ``make`` fixture::

    class TestKNNClassifier(ModelContract):
        @pytest.fixture
        def make(self):
            return lambda **parameters: KNNClassifier(**parameters)
"""

from __future__ import annotations

import io
import json
import pickle
import subprocess
import sys
import threading
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from html import unescape
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
from numpy.typing import NDArray
from safetensors.numpy import load, save

from imlkit.components.models.classifier import Classifier
from imlkit.components.models.stored_model import StoredModel
from imlkit.errors import (
    DataError,
    ModelFileError,
    NotFoundError,
    NotTrainedError,
    TrainingBusyError,
    TrainingDataError,
)
from imlkit.model import TrainingStatus
from imlkit.question import Question
from imlkit.session import Session
from imlkit.store import Document, Query, Store
from imlkit.stores.memory import MemoryStore
from imlkit.streams import ErrorReport

__all__ = ["Make", "ModelContract", "Stored", "blobs"]

Make = Callable[..., Classifier]

SECONDS = 20.0
LABELS = ["cat", "<script>alert(1)</script>", "日本語 🙂", "quotes \" and '", "line\nbreak", "x" * 10_000]


class Stored:
    """Instances in a collection of a memory store, and a record of how they were read."""

    def __init__(self, instances: Sequence[Mapping[str, Any]], name: str = "drawings") -> None:
        self.name = name
        self.collection = MemoryStore().collection(name)
        self.collection.create(instances)
        self.selected: set[str] | None = None
        self.thread: threading.Thread | None = None
        self.reading = threading.Event()
        self.go_on = threading.Event()
        self.go_on.set()

    def count(self, query: Query | None = None) -> int:
        return self.collection.count(query)

    def iterate(
        self, query: Query | None = None, select: Sequence[str] | None = None, batch: int = 100
    ) -> Iterator[Document]:
        self.selected = None if select is None else set(select)
        self.thread = threading.current_thread()
        for document in self.collection.iterate(query, select, batch):
            yield document
            self.reading.set()
            assert self.go_on.wait(SECONDS)


def blobs(
    labels: Sequence[Any] = ("a", "b"), each: int = 10, features: int = 6, seed: int = 0
) -> list[dict[str, Any]]:
    """Return instances whose classes lie well apart."""
    random = np.random.default_rng(seed)
    centres = np.random.default_rng(1).normal(0, 4, (len(labels), features))
    return [
        {"x": (centres[c] + random.normal(0, 0.3, features)).astype(np.float32), "y": label}
        for _ in range(each)
        for c, label in enumerate(labels)
    ]


def trained(
    make: Make, instances: Sequence[Mapping[str, Any]] | None = None, **parameters: Any
) -> Classifier:
    """Return a classifier after a training."""
    model = make(**parameters)
    model.train(Stored(blobs() if instances is None else instances))
    assert model.wait(SECONDS).state == "success"
    return model


def statuses(model: Classifier) -> list[TrainingStatus]:
    """Return the list that fills with the statuses of a classifier's trainings."""
    seen: list[TrainingStatus] = []
    model.training.subscribe(seen.append)
    return seen


def queries(seed: int = 9) -> NDArray[np.float32]:
    """Return features of ten instances."""
    return np.stack([instance["x"] for instance in blobs(each=5, seed=seed)])


def until(holds: Callable[[], bool]) -> None:
    """Wait for something that another thread brings about."""
    changed = threading.Event()
    for _ in range(int(SECONDS / 0.01)):
        if holds():
            return
        changed.wait(0.01)
    raise AssertionError("waited in vain")


WRONG = {
    "no data": ([], "no instances"),
    "one class": (blobs(["cat"]), "at least one other class"),
    "no label": ([*blobs(), {"x": [0.0] * 6}], "without a label"),
    "blank label": ([*blobs(), {"x": [0.0] * 6, "y": " "}], "without a label"),
    "a list as label": ([*blobs(), {"x": [0.0] * 6, "y": ["a"]}], "text or a number"),
    "no features": ([*blobs(), {"y": "a"}], "without features"),
    "other length": ([*blobs(), {"x": [0.0] * 5, "y": "a"}], "different lengths: 6 numbers"),
    "NaN": ([*blobs(), {"x": np.full(6, np.nan, np.float32), "y": "a"}], "NaN or infinity"),
    "an image": ([{"x": np.zeros((4, 4, 3), np.uint8), "y": "a"}], "HogFeatures"),
    "text": ([{"x": "pixels", "y": "a"}], "list of numbers"),
}


class ModelContract:
    """Subclass it with a ``make`` fixture: a factory that takes the class's parameters.

    A model that takes other instances than lists of numbers says in other ``words`` what is wrong with
    them, by the cases of ``WRONG`` and a few more.
    """

    words: ClassVar[Mapping[str, str]] = {}

    # predicting

    def test_before_training_it_says_what_to_do(self, make: Make) -> None:
        with pytest.raises(NotTrainedError, match=r"has not been trained yet\. Capture instances"):
            make().predict([0.0])
        assert not make().trained

    def test_it_learns_classes_that_lie_apart_whatever_their_names(self, make: Make) -> None:
        model = trained(make, blobs(LABELS, each=20))
        for instance in blobs(LABELS, each=3, seed=5):
            prediction = model.predict(instance["x"])
            assert prediction.label == instance["y"]
            assert list(prediction.confidences) == sorted(LABELS)
            assert sum(prediction.confidences.values()) == pytest.approx(1.0, abs=1e-9)
            assert prediction.confidences[prediction.label] == max(prediction.confidences.values())

    def test_numbers_as_labels_are_classes_by_what_a_person_reads(self, make: Make) -> None:
        model = trained(make, blobs([1, 2.5, True]) + blobs(["1", 2.5, True]) + blobs([1.0, 2.5, True]))
        assert list(model.predict([0.0] * 6).confidences) == ["1", "2.5", "True"]

    def test_a_batch_is_answered_in_its_order(self, make: Make) -> None:
        model = trained(make)
        x = queries()
        many = model.predict_batch(x)
        assert [p.label for p in many] == [model.predict(row).label for row in x] == ["a", "b"] * 5
        for one, row in zip(many, x, strict=True):
            assert one.confidences == pytest.approx(dict(model.predict(row).confidences), abs=1e-6)
        assert model.predict_batch([]) == []
        assert len(model.predict_batch(np.repeat(x, 300, axis=0))) == 3000

    def test_features_of_another_length_are_named(self, make: Make) -> None:
        model = trained(make)
        with pytest.raises(DataError, match="6 numbers, and was given 5 numbers"):
            model.predict([0.0] * 5)
        with pytest.raises(DataError, match=r"array of shape \(2, 3\)"):
            model.predict(np.zeros((2, 3), np.float32))
        with pytest.raises(DataError, match="6 numbers"):
            model.predict_batch([[0.0] * 6, [0.0] * 5])
        with pytest.raises(DataError, match="6 numbers"):
            model.predict(["one"] * 6)  # type: ignore[list-item]

    def test_features_that_are_not_numbers_are_refused(self, make: Make) -> None:
        with pytest.raises(DataError, match="NaN"):
            trained(make).predict([float("nan")] * 6)

    # training

    def test_a_training_is_told_from_its_start_to_its_success(self, make: Make) -> None:
        model = make()
        seen = statuses(model)
        model.train(Stored(blobs()))
        last = model.wait(SECONDS)
        assert [seen[0].state, seen[1].state, seen[-1].state] == ["idle", "start", "success"]
        epochs = [status.epoch for status in seen if status.state == "epoch"]
        assert epochs == list(range(1, last.epochs + 1))
        assert last == seen[-1] == model.training.value
        assert last.progress == 1.0
        assert all(len(values) == last.epochs for values in last.metrics.values())
        assert "Trained on" in last.message
        assert model.trained

    def test_only_features_and_labels_are_read_and_on_another_thread(self, make: Make) -> None:
        data = Stored(blobs())
        model = make()
        model.train(data)
        model.wait(SECONDS)
        assert data.selected == {"x", "y"}
        assert data.thread is not threading.current_thread()
        assert data.thread is not None
        assert data.thread.daemon

    @pytest.mark.parametrize("case", WRONG)
    def test_data_that_cannot_train_is_refused_in_words(
        self, make: Make, session: Session, case: str
    ) -> None:
        instances, words = WRONG[case]
        words = self.words.get(case, words)
        model = trained(make)
        before = model.predict_batch(queries())
        reports: list[ErrorReport] = []
        session.errors.subscribe(reports.append)
        model.train(Stored(instances, name="sketches"))
        last = model.wait(SECONDS)
        assert last.state == "error"
        assert words in last.message
        assert isinstance(reports[-1].error, TrainingDataError)
        assert reports[-1].component is model
        assert str(reports[-1].error) == last.message
        assert model.predict_batch(queries()) == before

    def test_an_unforeseen_failure_is_told_and_harms_nothing(self, make: Make, session: Session) -> None:
        class Broken(Stored):
            def count(self, query: Query | None = None) -> int:
                raise OSError("the disk is gone")

        model = trained(make)
        model.train(Broken(blobs()))
        last = model.wait(SECONDS)
        assert (last.state, "the disk is gone" in last.message) == ("error", True)
        assert isinstance(session.errors.value.error, OSError)
        assert model.predict(queries()[0]).label == "a"

    def test_validation_data_is_used_where_it_is_given(self, make: Make) -> None:
        model = make()
        swapped = [{**i, "y": {"a": "b", "b": "a"}[i["y"]]} for i in blobs(seed=3)]
        model.train(Stored(blobs()), validation=Stored(swapped))
        metrics = model.wait(SECONDS).metrics
        assert metrics["accuracy"][-1] > 0.9
        assert metrics["validation_accuracy"][-1] == 0.0

    def test_validation_data_that_does_not_fit_is_refused(self, make: Make) -> None:
        model = make()
        model.train(Stored(blobs()), validation=Stored(blobs(["a", "unknown"]), name="checks"))
        assert "“unknown”, which “drawings” lacks" in model.wait(SECONDS).message
        model.train(Stored(blobs()), validation=Stored(blobs(features=7), name="checks"))
        words = self.words.get("other checks", "“checks” has features of 7 numbers")
        assert words in model.wait(SECONDS).message

    def test_cancelling_while_data_is_read_leaves_the_model_as_it_was(self, make: Make) -> None:
        model = trained(make)
        before = model.predict_batch(queries())
        data = Stored(blobs(["c", "d"]))
        data.go_on.clear()
        model.train(data)
        assert data.reading.wait(SECONDS)
        model.cancel()
        data.go_on.set()
        assert model.wait(SECONDS).state == "cancelled"
        assert model.predict_batch(queries()) == before

    def test_a_second_training_is_refused_where_nobody_can_be_asked(self, make: Make) -> None:
        model, data = make(), Stored(blobs())
        data.go_on.clear()
        model.train(data)
        with pytest.raises(TrainingBusyError, match=r"wait\(\) for the end or cancel\(\)"):
            model.train(data)
        assert model.wait(0.01).running
        data.go_on.set()
        assert model.wait(SECONDS).state == "success"

    def test_the_person_is_asked_and_may_keep_the_training(self, make: Make, session: Session) -> None:
        asked: list[Question] = []
        session.questions.subscribe(asked.append)
        model, data = make(), Stored(blobs())
        data.go_on.clear()
        model.train(data)
        model.train(Stored(blobs(["c", "d"])))
        assert list(asked[0].answers) == ["Keep training", "Stop it and start again"]
        asked[0].answers["Keep training"]()
        data.go_on.set()
        assert model.wait(SECONDS).state == "success"
        assert model.predict(queries()[0]).label == "a"

    def test_the_person_may_stop_the_training_and_start_again(self, make: Make, session: Session) -> None:
        asked: list[Question] = []
        session.questions.subscribe(asked.append)
        model, data = make(), Stored(blobs())
        seen = statuses(model)
        data.go_on.clear()
        model.train(data)
        model.train(Stored(blobs(["c", "d"])))
        asked[0].answers["Stop it and start again"]()
        data.go_on.set()
        assert model.wait(SECONDS).state == "success"
        assert model.predict(queries()[0]).label == "c"
        states = [
            s.state
            for s in seen
            if s.state in ("start", "cancelled", "success") and not s.message.startswith("Reading")
        ]
        assert states == ["start", "cancelled", "start", "success"]

    def test_who_hears_of_the_end_may_train_again(self, make: Make) -> None:
        model = make()
        again: list[bool] = []

        def once_more(status: TrainingStatus) -> None:
            if status.state == "success" and not again:
                again.append(True)
                model.train(Stored(blobs(["c", "d"])))

        model.training.subscribe(once_more)
        model.train(Stored(blobs()))
        assert model.wait(SECONDS).state == "success"
        assert model.predict(queries()[0]).label == "c"

    def test_instances_that_come_while_reading_do_no_harm(self, make: Make) -> None:
        data = Stored(blobs())

        class Growing(Stored):
            def count(self, query: Query | None = None) -> int:
                return 3

        model = trained(make)
        growing = Growing(blobs(each=80))
        model.train(growing)
        assert model.wait(SECONDS).state == "success"
        data.go_on.clear()
        model.train(data)
        assert data.reading.wait(SECONDS)
        data.collection.remove({})
        data.go_on.set()
        assert "labelled “a”" in model.wait(SECONDS).message

    def test_disposing_it_ends_the_training(self, make: Make) -> None:
        model, data = make(), Stored(blobs())
        data.go_on.clear()
        model.train(data)
        assert data.reading.wait(SECONDS)
        model.dispose()
        data.go_on.set()
        assert data.thread is not None
        data.thread.join(SECONDS)
        assert not data.thread.is_alive()
        assert not model.trained

    def test_training_twice_gives_the_same_model_bit_for_bit(self, make: Make) -> None:
        one, other = (load(trained(make).download()) for _ in range(2))
        assert one.keys() == other.keys()
        assert all(one[name].tobytes() == other[name].tobytes() for name in one)

    # files

    def test_a_downloaded_model_predicts_bit_for_bit_as_before(self, make: Make, tmp_path: Path) -> None:
        model = trained(make, blobs(LABELS))
        content = model.download(tmp_path / "model.safetensors")
        assert (tmp_path / "model.safetensors").read_bytes() == content == model.download()
        assert [path.name for path in tmp_path.iterdir()] == ["model.safetensors"]
        from_bytes, from_file = make(), make()
        from_bytes.upload(content)
        from_file.upload(str(tmp_path / "model.safetensors"))
        expected = model.predict_batch(queries())
        assert from_bytes.predict_batch(queries()) == from_file.predict_batch(queries()) == expected
        assert from_bytes.predict(queries()[0]) == model.predict(queries()[0])
        assert from_bytes.card.value == model.card.value
        assert from_bytes.download() == content

    def test_an_uploaded_model_brings_its_training_along(self, make: Make) -> None:
        model = trained(make)
        other = make()
        other.upload(model.download())
        status = other.training.value
        assert status.state == "success"
        assert status.metrics == model.training.value.metrics
        assert "Uploaded a model trained on" in status.message

    def test_an_untrained_model_cannot_be_downloaded(self, make: Make) -> None:
        with pytest.raises(NotTrainedError):
            make().download()

    def test_a_truncated_file_is_refused(self, make: Make) -> None:
        model = trained(make)
        content = model.download()
        for length in [*range(0, len(content), max(1, len(content) // 60)), len(content) - 1]:
            with pytest.raises(ModelFileError):
                model.upload(content[:length])
        assert model.download() == content

    def test_a_file_with_flipped_bytes_is_refused_or_sound(self, make: Make) -> None:
        model = trained(make)
        content = model.download()
        random = np.random.default_rng(0)
        header = 8 + int.from_bytes(content[:8], "little")
        for _ in range(300):
            flipped = bytearray(content)
            flipped[random.integers(header)] = random.integers(256)
            other = make()
            try:
                other.upload(bytes(flipped))
            except ModelFileError:
                assert not other.trained
            else:
                features = other.card.value.features
                assert len(other.predict_batch(np.zeros((1, features), np.float32))) == 1

    @pytest.mark.parametrize("foreign", ["pickle", "zip", "text", "safetensors", "deep", "huge"])
    def test_files_of_other_kinds_are_refused_in_words(self, make: Make, foreign: str) -> None:
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w") as file:
            file.writestr("model.json", "{}")
        deep = b"[" * 100_000
        content = {
            "pickle": pickle.dumps({"weights": [1, 2, 3]}),
            "zip": archive.getvalue(),
            "text": b"not a model, only a few words of text",
            "safetensors": save({"weight": np.zeros(3, np.float32)}),
            "deep": (len(deep) + 5).to_bytes(8, "little") + b'{"a":' + deep,
            "huge": (2**63).to_bytes(8, "little") + b"{}" * 10,
        }[foreign]
        model = trained(make)
        before = model.download()
        with pytest.raises(ModelFileError, match=r"choose|damaged"):
            model.upload(content)
        assert model.download() == before

    @pytest.mark.parametrize(
        ("change", "words"),
        [
            ({"version": 99}, "newer imlkit"),
            ({"version": "1"}, "damaged"),
            ({"kind": "OtherClassifier"}, "holds a OtherClassifier"),
            ({"format": "other"}, "no model of imlkit"),
            ({"labels": ["a", "a"]}, "labels"),
            ({"labels": "ab"}, "labels"),
            ({"features": 7}, "damaged"),
            ({"features": 10**30}, "features"),
            ({"parameters": None}, "parameters"),
            ({"parameters": {}}, "damaged"),
            ({"metrics": {"loss": ["low"]}}, "metrics"),
            ({"trained": "yesterday"}, "trained"),
        ],
    )
    def test_a_card_that_does_not_fit_is_refused(
        self, make: Make, change: dict[str, Any], words: str
    ) -> None:
        model = trained(make)
        before = model.download()
        with pytest.raises(ModelFileError, match=words):
            model.upload(with_card(before, change))
        assert model.download() == before

    def test_arrays_of_another_shape_type_or_without_end_are_refused(self, make: Make) -> None:
        content = trained(make).download()
        arrays = load(content)
        for name, array in arrays.items():
            wrong: list[NDArray[Any]] = [array[:0], array.astype(np.float16), array[None]]
            if array.dtype.kind == "f":
                wrong.append(np.full_like(array, np.nan))
            for other in wrong:
                with pytest.raises(ModelFileError, match=self.words.get("other arrays", "damaged")):
                    make().upload(with_card(content, {}, {**arrays, name: other}))
            rest = {other: value for other, value in arrays.items() if other != name}
            with pytest.raises(ModelFileError, match=f"{name} is missing"):
                make().upload(with_card(content, {}, rest))

    # stores

    def test_a_saved_model_is_loaded_bit_for_bit(self, make: Make, store: Store) -> None:
        model = trained(make)
        model.save(store, "mine")
        other = make()
        other.load(store, "mine")
        assert other.predict_batch(queries()) == model.predict_batch(queries())
        assert "Loaded a model" in other.training.value.message

    def test_saving_again_is_another_version_of_one_model(self, make: Make, store: Store) -> None:
        assert trained(make).save(store, "mine") == 1
        model = trained(make, blobs(["c", "d"]))
        assert model.save(store, "mine") == 2
        assert store.collection("models").count() == 1
        assert store.collection("model_versions").count() == len(list(store.assets)) == 2
        other = make()
        other.load(store, "mine")
        assert other.predict(queries()[0]).label == "c"

    def test_one_file_under_two_names_is_kept_until_both_have_gone(self, make: Make, store: Store) -> None:
        model = trained(make)
        model.save(store, "one")
        model.save(store, "two")
        assert len(list(store.assets)) == 1
        trained(make, blobs(["c", "d"])).save(store, "one")
        other = make()
        other.load(store, "two")
        assert other.predict(queries()[0]).label == "a"

    def test_a_name_that_is_not_there_is_named(self, make: Make, store: Store) -> None:
        with pytest.raises(NotFoundError, match="no model “mine”"):
            make().load(store, "mine")

    def test_a_model_without_its_file_is_refused(self, make: Make, store: Store) -> None:
        model = trained(make)
        model.save(store, "mine")
        for asset in list(store.assets):
            store.assets.remove(asset.id)
        with pytest.raises(ModelFileError, match="missing"):
            model.load(store, "mine")
        assert model.trained

    def test_a_model_of_a_newer_imlkit_is_neither_loaded_nor_replaced(
        self, make: Make, store: Store, session: Session
    ) -> None:
        trained(make).save(store, "mine")
        models = store.collection("models")
        id = models.find()[0]["id"]
        models.patch(id, {"version": 99})
        kept = models.get(id)
        with pytest.raises(ModelFileError, match="newer imlkit"):
            make().load(store, "mine")
        model = make().sync(store, "mine")
        assert "newer imlkit" in session.errors.value.message
        model.train(Stored(blobs()))
        assert model.wait(SECONDS).state == "success"
        assert "could not be kept" in session.errors.value.message
        assert models.get(id) == kept

    def test_another_kind_of_model_is_neither_loaded_nor_replaced(self, make: Make, store: Store) -> None:
        model = trained(make)
        model.save(store, "mine")
        models = store.collection("models")
        models.patch(models.find()[0]["id"], {"kind": "OtherClassifier"})
        with pytest.raises(ModelFileError, match="choose another name"):
            model.save(store, "mine")

    def test_a_damaged_file_is_told_and_replaced_by_the_next_training(
        self, make: Make, store: Store, session: Session
    ) -> None:
        trained(make).save(store, "mine")
        models = store.collection("models")
        rubbish = store.assets.put(b"rubbish, and no model at all")
        models.patch(models.find()[0]["id"], {"asset": rubbish.id})
        model = make().sync(store, "mine")
        assert isinstance(session.errors.value.error, ModelFileError)
        model.train(Stored(blobs()))
        model.wait(SECONDS)
        again = make().sync(store, "mine")
        assert again.predict_batch(queries()) == model.predict_batch(queries())

    def test_a_synchronised_model_is_there_when_its_page_comes_back(self, make: Make, store: Store) -> None:
        model = make().sync(store, "mine")
        assert not model.trained
        kept: list[int] = []
        model.training.filter(lambda s: s.state == "success").subscribe(
            lambda _: kept.append(store.collection("models").count())
        )
        model.train(Stored(blobs()))
        model.wait(SECONDS)
        assert kept == [1], "it is kept before its success is told"
        again = make().sync(store, "mine")
        assert again.predict_batch(queries()) == model.predict_batch(queries())
        assert again.training.value.metrics == model.training.value.metrics

    def test_synchronised_models_follow_each_other(self, make: Make, store: Store) -> None:
        one, other = make().sync(store, "mine"), make().sync(store, "mine")
        heard = threading.Event()
        other.training.filter(lambda s: s.state == "success").subscribe(lambda _: heard.set())
        one.train(Stored(blobs()))
        one.wait(SECONDS)
        assert heard.wait(SECONDS)
        assert other.predict_batch(queries()) == one.predict_batch(queries())
        other.upload(trained(make, blobs(["c", "d"])).download())
        until(lambda: one.predict(queries()[0]).label == "c")

    def test_a_training_is_told_on_every_page_and_outlives_the_one_that_began_it(
        self, make: Make, store: Store
    ) -> None:
        with Session().entered() as closing:
            first = make().sync(store, "mine")
        other = make().sync(store, "mine")
        told = statuses(other)
        instances = Stored(blobs())
        instances.go_on.clear()
        first.train(instances)
        assert instances.reading.wait(SECONDS)
        until(lambda: told[-1].running)
        closing.dispose()
        late = make().sync(store, "mine")
        assert late.training.value.running
        told_late = statuses(late)
        instances.go_on.set()
        for page, heard in ((other, told), (late, told_late)):
            assert page.wait(SECONDS).state == "success"
            assert page.predict_batch(queries())[0].label in ("a", "b")
            until(lambda heard=heard: heard[-1].state == "success")  # type: ignore[misc]
        assert other.predict_batch(queries()) == late.predict_batch(queries())
        assert other.training.value.metrics == late.training.value.metrics

    def test_the_model_is_there_when_another_pages_success_is_told(self, make: Make, store: Store) -> None:
        one, other = make().sync(store, "mine"), make().sync(store, "mine")
        known: list[bool] = []
        other.training.filter(lambda s: s.state == "success").subscribe(lambda _: known.append(other.trained))
        one.train(Stored(blobs()))
        one.wait(SECONDS)
        until(lambda: bool(known))
        assert all(known)

    def test_any_page_may_cancel_a_training_and_is_asked_before_another(
        self, make: Make, store: Store
    ) -> None:
        with Session().entered() as elsewhere:
            first = make().sync(store, "mine")
        asked: list[Question] = []
        with Session().entered() as here:
            here.questions.subscribe(asked.append)
            second = make().sync(store, "mine")
        instances = Stored(blobs())
        instances.go_on.clear()
        first.train(instances)
        assert instances.reading.wait(SECONDS)
        second.train(Stored(blobs()))
        assert [question.title for question in asked] == ["A training is running"]
        assert not here.withdrawn.has_value
        second.cancel()
        instances.go_on.set()
        assert first.wait(SECONDS).state == "cancelled"
        assert here.withdrawn.value is asked[0]
        assert second.training.value.state == "cancelled"
        elsewhere.dispose()
        here.dispose()

    def test_a_training_that_the_programs_end_cut_short_is_told_of(self, make: Make, store: Store) -> None:
        program = subprocess.Popen([sys.executable, "-c", "pass"])
        program.wait()
        place = StoredModel(store, "mine")
        place.mark.put()
        assert not place.mark.cut_short, "this program lives"
        note = store.collection("trainings").get(place.id)
        store.collection("trainings").update(place.id, {**note, "process": "before", "pid": program.pid})
        model = make().sync(store, "mine")
        assert model.training.value.state == "cancelled"
        assert "cut short" in model.training.value.message
        model.train(Stored(blobs()))
        assert model.wait(SECONDS).state == "success"
        assert make().sync(store, "mine").training.value.state == "success"

    def test_a_training_under_way_is_noted_in_the_store(self, make: Make, store: Store) -> None:
        notes = store.collection("trainings")
        model = make().sync(store, "mine")
        instances = Stored(blobs())
        instances.go_on.clear()
        model.train(instances)
        assert instances.reading.wait(SECONDS)
        assert notes.count() == 1
        instances.go_on.set()
        model.wait(SECONDS)
        assert notes.count() == 0

    def test_clearing_forgets_everywhere(self, make: Make, store: Store) -> None:
        one, other = make().sync(store, "mine"), make().sync(store, "mine")
        one.train(Stored(blobs()))
        one.wait(SECONDS)
        until(lambda: other.trained)
        one.clear()
        assert not one.trained
        assert one.training.value.state == "idle"
        assert not list(store.assets)
        until(lambda: not other.trained)
        assert not make().sync(store, "mine").trained

    def test_a_model_that_cannot_be_kept_still_predicts_and_says_so(
        self, make: Make, session: Session
    ) -> None:
        store = MemoryStore()
        model = make().sync(store, "mine")
        store.close()
        model.train(Stored(blobs()))
        assert model.wait(SECONDS).state == "success"
        assert model.trained
        assert "could not be kept" in session.errors.value.message

    # views

    def test_its_view_tells_what_it_knows_as_text(self, make: Make) -> None:
        model = make()
        one, other = model.view(), model.view()
        assert "Not trained yet" in one[0].object  # type: ignore[index]
        model.train(Stored(blobs(["<b>bold</b>", "b"])))
        model.wait(SECONDS)
        for view in (one, other):
            told = view[0].object  # type: ignore[index]
            assert "2 classes" in told
            assert "<b>" not in unescape(view[0]._transform_object(told)["object"])  # type: ignore[index]
        assert "Not trained yet" not in model.view()[0].object  # type: ignore[index]

    @pytest.fixture
    def store(self) -> Iterator[Store]:
        store = MemoryStore()
        yield store
        store.close()


def with_card(
    content: bytes, change: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]] | None = None
) -> bytes:
    """Return a model file with some of its card, or its arrays, replaced."""
    length = int.from_bytes(content[:8], "little")
    header = json.loads(content[8 : 8 + length])
    card = json.loads(header["__metadata__"]["imlkit"]) | change
    tensors = dict(load(content) if arrays is None else arrays)
    rewritten: bytes = save(tensors, {"imlkit": json.dumps(card)})
    return rewritten
