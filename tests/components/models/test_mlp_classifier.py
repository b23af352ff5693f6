from __future__ import annotations

import subprocess
import sys
import threading
import time
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.numpy import load

from imlkit.callback import Callback
from imlkit.components.models.mlp_classifier import MLPClassifier
from imlkit.errors import DataError, ModelFileError, TrainingDataError
from imlkit.session import Session
from tests.contracts.model_contract import (
    SECONDS,
    Make,
    ModelContract,
    Stored,
    blobs,
    queries,
    statuses,
    trained,
    with_card,
)


class TestMLPClassifier(ModelContract):
    @pytest.fixture
    def make(self) -> Make:
        return MLPClassifier


class Recording(Callback):
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.train_begin: dict[str, Any] = {}
        self.batches: list[list[str]] = []
        self.losses: list[float] = []
        self.steps: list[str] = []

    def on_train_begin(self, model: Any, **kwargs: Any) -> None:
        self.steps.append("train begin")
        self.train_begin = kwargs

    def on_epoch_begin(self, model: Any, **kwargs: Any) -> None:
        self.steps.append(f"epoch {kwargs['epoch']} begin")

    def on_batch_begin(self, model: Any, **kwargs: Any) -> None:
        self.batches.append(kwargs["instances"])

    def on_batch_end(self, model: Any, **kwargs: Any) -> None:
        self.losses.append(kwargs["loss"])

    def on_epoch_end(self, model: Any, **kwargs: Any) -> None:
        self.steps.append(f"epoch {kwargs['epoch']} end")

    def on_train_end(self, model: Any, **kwargs: Any) -> None:
        self.steps.append("train end")


def test_no_validation_instance_is_ever_trained_on() -> None:
    recording = Recording()
    data = Stored(blobs(["a", "b", "c"], each=20) + blobs(["alone", "b"], each=1))
    model = MLPClassifier(callbacks=[recording], epochs=7)
    model.train(data)
    assert model.wait(SECONDS).state == "success"
    aside = set(recording.train_begin["validation_instances"])
    everything = {document["id"]: document["y"] for document in data.collection.find()}
    for epoch in range(7):
        batches = recording.batches[epoch * len(recording.batches) // 7 :][: len(recording.batches) // 7]
        seen = [id for batch in batches for id in batch]
        assert len(seen) == len(set(seen)) == len(everything) - len(aside)
        assert set(seen) == set(recording.train_begin["instances"]) == set(everything) - aside
    assert sorted(everything[id] for id in aside) == ["a"] * 4 + ["b"] * 4 + ["c"] * 4
    card = model.card.value
    assert (card.instances, card.validation_instances) == (50, 12)


def test_the_same_instances_are_set_aside_for_the_same_seed() -> None:
    data = Stored(blobs(each=30))

    def aside(seed: int) -> list[str]:
        recording = Recording()
        model = MLPClassifier(seed=seed, epochs=1, callbacks=[recording])
        model.train(data)
        model.wait(SECONDS)
        ids: list[str] = recording.train_begin["validation_instances"]
        return ids

    assert aside(1) == aside(1) != aside(2)


def test_given_validation_data_nothing_is_set_aside() -> None:
    recording = Recording()
    data, checks = Stored(blobs()), Stored(blobs(seed=1))
    model = MLPClassifier(callbacks=[recording])
    model.train(data, checks)
    model.wait(SECONDS)
    assert len(recording.train_begin["instances"]) == 20
    assert {i["id"] for i in checks.collection.find()} == set(recording.train_begin["validation_instances"])


def test_callbacks_are_called_step_by_step() -> None:
    recording = Recording()
    trained(lambda **_: MLPClassifier(epochs=2, callbacks=[recording]))
    assert recording.steps == [
        "train begin", "epoch 1 begin", "epoch 1 end", "epoch 2 begin", "epoch 2 end", "train end",
    ]  # fmt: skip
    assert len(recording.losses) == len(recording.batches) == 2 * 2
    assert recording.losses[-1] < recording.losses[0]


def test_a_callback_that_raises_ends_the_training_with_its_words(session: Session) -> None:
    class Broken(Callback):
        def on_epoch_end(self, model: Any, **kwargs: Any) -> None:
            raise ValueError("the log cannot be written")

    model = MLPClassifier(callbacks=[Broken()])
    model.train(Stored(blobs()))
    assert "the log cannot be written" in model.wait(SECONDS).message
    assert not model.trained


def test_a_training_is_cancelled_within_one_batch_and_the_model_answers_as_before() -> None:
    class Cancelling(Callback):
        batches = 0

        def on_batch_end(self, model: Any, **kwargs: Any) -> None:
            self.batches += 1
            if self.batches == 3:
                model.cancel()

    model = trained(MLPClassifier)
    before = model.predict_batch(queries())
    cancelling = Cancelling()
    model.callbacks = (cancelling,)
    model.train(Stored(blobs(["c", "d"], each=50)))
    last = model.wait(SECONDS)
    assert (last.state, cancelling.batches) == ("cancelled", 3)
    assert "answers as it did before" in last.message
    assert model.predict_batch(queries()) == before


def test_the_old_network_answers_while_a_new_one_is_trained() -> None:
    reached, go_on = threading.Event(), threading.Event()

    class Waiting(Callback):
        def on_epoch_end(self, model: Any, **kwargs: Any) -> None:
            reached.set()
            go_on.wait(SECONDS)

    model = trained(MLPClassifier)
    model.callbacks = (Waiting(),)
    model.train(Stored(blobs(["c", "d"])))
    assert reached.wait(SECONDS)
    assert model.predict(queries()[0]).label == "a"
    go_on.set()
    model.wait(SECONDS)
    assert model.predict(queries()[0]).label == "c"


def test_the_result_is_the_same_whatever_runs_beside_it_and_leaves_random_numbers_alone() -> None:
    alone = load(trained(MLPClassifier).download())
    stop = threading.Event()

    def disturb() -> None:
        while not stop.is_set():
            torch.randn(64, 64) @ torch.randn(64, 64)
            np.random.random(10)

    torch.manual_seed(5)
    state = torch.random.get_rng_state()
    assert trained(MLPClassifier).trained
    assert torch.equal(torch.random.get_rng_state(), state)
    beside = [threading.Thread(target=disturb) for _ in range(2)]
    for thread in beside:
        thread.start()
    try:
        models = [MLPClassifier() for _ in range(3)]
        for model in models:
            model.train(Stored(blobs()))
        for model in models:
            model.wait(SECONDS)
    finally:
        stop.set()
        for thread in beside:
            thread.join()
    for model in models:
        arrays = load(model.download())
        assert all(arrays[name].tobytes() == alone[name].tobytes() for name in alone)


def test_another_seed_gives_another_network() -> None:
    one, other = (load(trained(lambda **_: MLPClassifier(seed=seed)).download()) for seed in (0, 1))  # noqa: B023
    assert not np.array_equal(one["0.weight"], other["0.weight"])


def test_training_and_predicting_leave_the_threads_of_others_alone() -> None:
    before = torch.get_num_threads()
    trained(MLPClassifier).predict_batch(queries())
    counts: list[int] = []
    other = threading.Thread(target=lambda: counts.append(torch.get_num_threads()))
    other.start()
    other.join()
    assert [torch.get_num_threads(), *counts] == [before, before]


def test_a_small_training_has_one_thread_also_where_others_asked_for_more() -> None:
    counts: set[int] = set()

    class Counting(Callback):
        def on_batch_begin(self, model: Any, **kwargs: Any) -> None:
            counts.add(torch.get_num_threads())

    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        assert trained(lambda **_: MLPClassifier(callbacks=[Counting()])).trained
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)
    assert counts == {1}


def test_a_program_that_ends_while_training_ends_cleanly() -> None:
    code = (
        "import numpy, torch\n"
        "from imlkit import MLPClassifier\n"
        "class Data:\n"
        "    name = 'data'\n"
        "    def count(self, query=None): return 400\n"
        "    def iterate(self, query=None, select=None, batch=100):\n"
        "        for n in range(400): yield {'id': str(n), 'x': numpy.eye(400)[n], 'y': n % 2}\n"
        "model = MLPClassifier(epochs=10**6)\n"
        "model.train(Data())\n"
        "while model.training.value.epoch < 2: model.wait(0.01)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_the_standardisation_comes_from_what_is_trained_on_alone() -> None:
    recording = Recording()
    data = Stored(blobs(each=20))
    model = MLPClassifier(callbacks=[recording], epochs=1)
    model.train(data)
    model.wait(SECONDS)
    rows = {i["id"]: i["x"] for i in data.collection.find()}
    learned = np.stack([rows[id] for id in recording.train_begin["instances"]]).astype(float)
    arrays = load(model.download())
    assert arrays["mean"] == pytest.approx(learned.mean(0), abs=1e-6)
    assert arrays["scale"] == pytest.approx(np.full(6, np.sqrt(learned.var(0).mean())), rel=1e-6)


def test_features_in_different_units_are_scaled_each_where_asked() -> None:
    units = np.array([1e-6, 1, 1e6, 1, 1, 0], np.float32)
    data = [{**i, "x": i["x"] * units} for i in blobs(each=20)]
    arrays = load(trained(lambda **_: MLPClassifier(scaling="each"), data).download())
    assert arrays["scale"][0] < 1e-4
    assert arrays["scale"][2] > 1e4
    assert arrays["scale"][5] == 1


def test_without_anything_set_aside_no_validation_is_told() -> None:
    model = trained(lambda **_: MLPClassifier(validation_split=0))
    assert set(model.training.value.metrics) == {"loss", "accuracy"}
    model = trained(MLPClassifier)
    assert set(model.training.value.metrics) == {
        "loss", "accuracy", "validation_loss", "validation_accuracy",
    }  # fmt: skip


def test_one_instance_a_class_trains_without_validation() -> None:
    model = trained(MLPClassifier, blobs(["a", "b", "c"], each=1))
    assert model.card.value.validation_instances == 0
    assert set(model.training.value.metrics) == {"loss", "accuracy"}


def test_a_training_that_diverges_says_what_to_change(session: Session) -> None:
    model = MLPClassifier(learning_rate=1e38, epochs=50)
    model.train(Stored(blobs()))
    last = model.wait(SECONDS)
    assert last.state == "error"
    assert "Use a learning rate below 1e+38" in last.message
    assert isinstance(session.errors.value.error, TrainingDataError)


def test_batches_are_told_at_a_bounded_rate() -> None:
    model = MLPClassifier(batch_size=1, epochs=2, layers=(256, 256))
    seen = statuses(model)
    start = time.monotonic()
    model.train(Stored(blobs(each=400)))
    model.wait(SECONDS)
    told = [s for s in seen if s.state == "batch"]
    assert len(told) <= (time.monotonic() - start) / 0.1
    assert all(0 < s.batch <= s.batches == 640 for s in told)
    progress = [s.progress for s in seen]
    assert progress == sorted(progress)


def test_a_linear_model_needs_no_hidden_layer() -> None:
    model = trained(lambda **_: MLPClassifier(layers=()))
    assert set(load(model.download())) == {"mean", "scale", "0.weight", "0.bias"}
    assert model.predict(queries()[0]).label == "a"


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"layers": (0,)}, "a layer is 0"),
        ({"layers": ("64",)}, "a layer is '64'"),
        ({"epochs": 0}, "epochs is 0: give a whole number of at least 1"),
        ({"batch_size": 2.5}, "batch_size is 2.5"),
        ({"learning_rate": 0}, "learning_rate is 0: give a number above 0"),
        ({"learning_rate": float("nan")}, "learning_rate is nan"),
        ({"validation_split": 1}, "validation_split is 1: give a number of at least 0 and below 1"),
        ({"seed": -1}, "seed is -1"),
        ({"label_smoothing": -0.1}, "label_smoothing is -0.1"),
        ({"scaling": "none"}, "scaling is 'none': use 'common' or 'each'"),
    ],
)
def test_a_parameter_that_makes_no_sense_is_named(parameters: dict[str, Any], words: str) -> None:
    with pytest.raises(DataError, match=words):
        MLPClassifier(**parameters)


def test_a_file_with_more_classes_than_outputs_is_refused() -> None:
    content = trained(MLPClassifier).download()
    with pytest.raises(ModelFileError, match="damaged"):
        MLPClassifier().upload(with_card(content, {"labels": ["a", "b", "c"]}))


def test_a_prediction_takes_less_than_a_millisecond() -> None:
    model = trained(MLPClassifier, blobs(features=1764))
    x = blobs(features=1764)[0]["x"]
    times = []
    for _ in range(50):
        start = time.perf_counter()
        model.predict(x)
        times.append(time.perf_counter() - start)
    assert sorted(times)[10] < 0.001


def test_making_one_and_loading_its_file_does_not_load_torch(tmp_path: Any) -> None:
    trained(MLPClassifier).download(tmp_path / "model.safetensors")
    code = (
        "import sys; from imlkit import MLPClassifier, HogFeatures, KNNClassifier\n"
        "HogFeatures(); KNNClassifier(); model = MLPClassifier()\n"
        f"model.upload({str(tmp_path / 'model.safetensors')!r})\n"
        "loaded = {'torch', 'skimage', 'sklearn'} & set(sys.modules)\n"
        "assert not loaded, loaded\n"
        "model.warm_up(); assert 'torch' in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
