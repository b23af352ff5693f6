"""A small world to evaluate in: a store, instances of three classes, and a trained model."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from imlkit.components.data.dataset import Dataset
from imlkit.components.evaluation.batch_prediction import BatchPrediction
from imlkit.components.models.knn_classifier import KNNClassifier
from imlkit.location import data_store
from imlkit.store import Store


@dataclass
class World:
    """What a test begins with: 30 instances at three places, of which 12 are held out."""

    store: Store
    training: Dataset
    held_out: Dataset
    model: KNNClassifier

    def batch(self, name: str = "knn") -> BatchPrediction:
        return BatchPrediction(name, self.store, self.model, self.held_out)

    def train(self) -> None:
        self.model.train(self.training)
        status = self.model.wait(30)
        assert status.state == "success", status.message

    def predicted(self) -> BatchPrediction:
        """Return a batch prediction that has run."""
        self.train()
        batch = self.batch()
        batch.run()
        status = batch.wait(30)
        assert status.state == "success", status.message
        return batch


PLACES = {"a": (0.0, 0.0), "b": (9.0, 0.0), "c": (0.0, 9.0)}


def around(label: str, n: int) -> np.ndarray:
    return (np.asarray(PLACES[label]) + 0.1 * np.array([n % 3, n // 3])).astype(np.float32)


@pytest.fixture
def world(tmp_path: Path) -> World:
    store = data_store(tmp_path / "data")
    training, held_out = Dataset("training", store), Dataset("held out", store)
    training.create([{"x": around(label, n), "y": label} for label in PLACES for n in range(6)])
    held_out.create(
        [{"id": f"{label}{n}", "x": around(label, n + 1), "y": label} for label in PLACES for n in range(4)]
    )
    return World(store, training, held_out, KNNClassifier(k=3, title="Neighbours"))
