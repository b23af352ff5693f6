"""Any network of PyTorch as a model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
import pytest
import torch
from torch import nn

from imlkit import TorchModel
from imlkit.errors import DataError, ModelFileError, NotTrainedError
from imlkit.model import Estimate
from imlkit.stores.memory import MemoryStore
from imlkit.training import Run
from tests.contracts.model_contract import SECONDS, Make, ModelContract, Stored, blobs, queries


def layers(classes: int) -> nn.Module:
    return nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, classes))


class Small(nn.Module):
    """For images, with what makes a state awkward: buffers without dimension, infinite, of half precision."""

    mask: torch.Tensor

    def __init__(self, classes: int = 2) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten()
        )
        self.head = nn.Linear(4, classes)
        self.register_buffer("mask", torch.tensor([float("-inf"), 0.0]))
        self.register_buffer("short", torch.ones(2, dtype=torch.bfloat16))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        found: torch.Tensor = self.head(self.layers(x))
        return found


def images(each: int = 12, size: int = 8) -> list[dict[str, Any]]:
    """Return reddish and bluish images."""
    random = np.random.default_rng(0)
    return [
        {"x": (random.integers(0, 120, (size, size, 3)) + shift).astype(np.uint8), "y": label}
        for _ in range(each)
        for label, shift in (("red", [120, 0, 0]), ("blue", [0, 0, 120]))
    ]


def fitted(model: TorchModel, instances: list[dict[str, Any]]) -> TorchModel:
    model.train(Stored(instances))
    status = model.wait(SECONDS)
    assert status.state == "success", status.message
    return model


class TestTorchModel(ModelContract):
    words: ClassVar[Mapping[str, str]] = {
        "no features": "no numbers as x",
        "other length": "others are of shape (6,)",
        "an image": "at least one other class",
        "text": "no numbers as x",
        "other checks": "“checks” has instances of shape (7,)",
        "other arrays": "damaged|another architecture",
    }

    @pytest.fixture
    def make(self) -> Make:
        return lambda **parameters: TorchModel(layers, **{"learning_rate": 0.02, **parameters})  # type: ignore[return-value]


def test_images_are_told_apart_and_the_file_holds_every_kind_of_buffer() -> None:
    model = fitted(TorchModel(Small, epochs=15, learning_rate=0.02), images())
    assert [model.predict(image["x"]).label for image in images(2)] == ["red", "blue"] * 2
    again = TorchModel(Small)
    again.upload(model.download())
    xs = [image["x"] for image in images(3)]
    assert again.predict_batch(xs) == model.predict_batch(xs)
    card = again.card.value
    assert card is not None
    assert card.shape == (8, 8, 3)
    assert card.labels == ("blue", "red")


def test_layers_may_take_their_size_from_the_data() -> None:
    def network(classes: int) -> nn.Module:
        return nn.Sequential(nn.LazyLinear(8), nn.ReLU(), nn.LazyLinear(classes))

    model, same = (fitted(TorchModel(network, epochs=3), blobs(features=9)) for _ in range(2))
    xs = [instance["x"] for instance in blobs(each=2, features=9)]
    assert model.predict_batch(xs) == same.predict_batch(xs)
    again = TorchModel(network)
    again.upload(model.download())
    assert again.predict_batch(xs) == model.predict_batch(xs)


def test_a_regression_estimates_numbers() -> None:
    random = np.random.default_rng(0)
    xs = random.normal(size=(80, 3)).astype(np.float32)
    instances = [{"x": x, "y": float(2 * x[0] - x[1])} for x in xs]
    model = fitted(TorchModel(nn.Linear(3, 1), "regression", epochs=200, learning_rate=0.05), instances)
    found = model.predict([1.0, -1.0, 5.0])
    assert isinstance(found, Estimate)
    assert found.value == pytest.approx(3.0, abs=0.1)
    assert model.training.value.metrics["validation_mean_absolute_error"][-1] < 0.1
    again = TorchModel(nn.Linear(3, 1), "regression")
    again.upload(model.download())
    assert again.predict_batch(xs[:5]) == model.predict_batch(xs[:5])
    with pytest.raises(ModelFileError, match="this model is a classification"):
        TorchModel(nn.Linear(3, 1)).upload(model.download())


def test_several_targets_are_estimated_together() -> None:
    instances = [{"x": [float(n), 1.0], "y": [n / 10, -n / 10]} for n in range(20)]
    model = fitted(TorchModel(lambda targets: nn.Linear(2, targets), "regression", epochs=3), instances)
    assert len(model.predict([1.0, 1.0]).values) == 2
    again = TorchModel(lambda targets: nn.Linear(2, targets), "regression")
    again.upload(model.download())
    assert again.predict([1.0, 1.0]) == model.predict([1.0, 1.0])


def test_it_stops_early_with_the_best_weights() -> None:
    random = np.random.default_rng(1)
    noise = [{"x": random.normal(size=6), "y": "ab"[n % 2]} for n in range(60)]
    model = fitted(TorchModel(layers, epochs=500, learning_rate=0.05, patience=5), noise)
    losses = model.training.value.metrics["validation_loss"]
    assert len(losses) < 500
    assert losses.index(min(losses)) == len(losses) - 6
    status = model.training.value
    assert (status.epoch, status.progress) == (len(losses), 1.0)
    model.validation_split = 0.0
    model.train(Stored(noise))
    assert "validation_split" in model.wait(SECONDS).message


def test_balanced_weights_help_the_rare_class() -> None:
    random = np.random.default_rng(2)
    rare = [{"x": random.normal(0.6, 1, 6), "y": "rare"} for _ in range(20)]
    common = [{"x": random.normal(0, 1, 6), "y": "common"} for _ in range(380)]

    def named_rare(weights: Any) -> int:
        model = TorchModel(
            nn.Linear(6, 2), epochs=30, learning_rate=0.02, class_weights=weights, validation_split=0.0
        )
        found = fitted(model, rare + common).predict_batch([instance["x"] for instance in rare])
        return sum(prediction.label == "rare" for prediction in found)

    assert named_rare(None) < named_rare("balanced")
    assert named_rare({"rare": 19.0}) > named_rare({"rare": 1.0})


@pytest.mark.parametrize(
    ("parameters", "instances", "says"),
    [
        ({}, [*images(), {"x": np.zeros((9, 9, 3), np.uint8), "y": "red"}], "of shape"),
        ({}, [*images(), {"x": "text", "y": "red"}], "no numbers as x"),
        ({}, [*images(), {"x": np.full((8, 8, 3), np.nan), "y": "red"}], "NaN or infinity"),
        ({"labels": ["red", "green"]}, images(), "does not know"),
        ({"class_weights": {"green": 2.0}}, images(), "which there is not"),
        ({"network": nn.Linear(3, 2)}, images(), "does not take instances of shape"),
        ({"network": lambda: Small(5)}, images(), "5 outputs, and there are 2 classes"),
        ({"network": lambda: 7}, images(), "give an nn.Module"),
        ({"learning_rate": 1e30}, images(), "went astray"),
        ({"device": "cuda:99"}, images(), "cannot be used"),
        ({"prepare": lambda x: "text"}, images(), "cannot be given to the network"),
        ({"kind": "regression", "network": Small}, images(), "no finite number"),
    ],
)
def test_what_cannot_be_trained_says_why(
    parameters: dict[str, Any], instances: list[dict[str, Any]], says: str
) -> None:
    model = TorchModel(**{"network": Small, "epochs": 3, **parameters})
    model.train(Stored(instances))
    status = model.wait(SECONDS)
    assert status.state == "error"
    assert says in status.message
    assert not model.trained


@pytest.mark.parametrize(
    "wrong",
    [
        {"network": "resnet"},
        {"kind": "clustering"},
        {"labels": ["a", "a"]},
        {"patience": 0},
        {"class_weights": "heavy"},
        {"class_weights": {"a": -1.0}},
        {"batch_size": 0},
    ],
)
def test_parameters_that_make_no_sense_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(DataError):
        TorchModel(**{"network": layers, **wrong})


def test_an_instance_of_another_shape_is_refused_when_predicting() -> None:
    model = fitted(TorchModel(layers, epochs=2), blobs())
    with pytest.raises(DataError, match="6 numbers"):
        model.predict(np.zeros(7))
    pictured = fitted(TorchModel(Small, epochs=2), images())
    with pytest.raises(DataError, match="such as it was trained on"):
        pictured.predict(np.zeros((2, 2, 3), np.uint8))
    with pytest.raises(DataError, match="numbers"):
        model.predict("text")


class TestCheckpoints:
    """The weights of a run's checkpoint become a model."""

    def logged(self, store: MemoryStore, **params: Any) -> tuple[nn.Module, str]:
        torch.manual_seed(3)
        network = Small()
        with Run(store, "by hand", params=params) as run:
            run.log(epoch=2, validation_loss=0.25, wild=float("nan"))
            id = run.checkpoint(network, "best")
        assert id is not None
        return network.eval(), id

    def test_it_predicts_as_the_network_did(self) -> None:
        store = MemoryStore()
        network, id = self.logged(store, rate=0.1)
        model = TorchModel(Small, labels=["benign", "malignant"])
        with pytest.raises(NotTrainedError):
            model.predict(images()[0]["x"])
        model.load_checkpoint(store, id)
        image = images()[0]["x"]
        given = torch.from_numpy(image).movedim(-1, 0).float()[None] / 255
        expected = network(given).softmax(1)[0]
        found = model.predict(image)
        assert list(found.confidences) == ["benign", "malignant"]
        assert list(found.confidences.values()) == pytest.approx(expected.tolist(), abs=1e-6)
        card = model.card.value
        assert card is not None
        assert card.metrics == {"validation_loss": (0.25,)}
        assert "by hand" in model.training.value.message
        assert model.save(store, "published", "chosen by hand") == 1
        follower = TorchModel(Small).sync(store, "published")
        assert follower.predict(image) == found
        assert follower.predict(image).version == 1
        (version,) = store.collection("model_versions").find()
        assert (version["origin"]["checkpoint"], version["origin"]["run_name"]) == (id, "by hand")

    def test_the_labels_may_be_the_runs(self) -> None:
        store = MemoryStore()
        _, id = self.logged(store, labels=["benign", "malignant"])
        model = TorchModel(Small)
        model.load_checkpoint(store, id)
        assert model.predict(images()[0]["x"]).label in ("benign", "malignant")

    def test_without_labels_it_is_refused(self) -> None:
        store = MemoryStore()
        _, id = self.logged(store)
        with pytest.raises(DataError, match="labels="):
            TorchModel(Small).load_checkpoint(store, id)

    def test_another_architecture_is_refused_and_the_model_stays(self) -> None:
        store = MemoryStore()
        _, id = self.logged(store)
        model = fitted(TorchModel(layers, labels=["a", "b"]), blobs())
        before = model.predict(queries()[0])
        with pytest.raises(ModelFileError, match="another architecture"):
            model.load_checkpoint(store, id)
        assert model.predict(queries()[0]) == before


def test_dropout_is_drawn_from_the_seed_and_from_nobody_elses_numbers() -> None:
    def network(classes: int) -> nn.Module:
        return nn.Sequential(nn.Linear(6, 32), nn.Dropout(), nn.Linear(32, classes))

    torch.manual_seed(7)
    expected = torch.rand(1)
    torch.manual_seed(7)
    one, other = (fitted(TorchModel(network, epochs=3, seed=4), blobs()) for _ in range(2))
    assert torch.equal(torch.rand(1), expected)
    assert one.download()[-200:] == other.download()[-200:]
