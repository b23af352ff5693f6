"""Classifiers with the real dataset, over the real stores."""

from __future__ import annotations

from pathlib import Path

import pytest

from imlkit.components.data.dataset import Dataset
from imlkit.components.models.knn_classifier import KNNClassifier
from imlkit.components.models.mlp_classifier import MLPClassifier
from imlkit.location import data_store
from tests.contracts.model_contract import SECONDS, Make, blobs, queries, until


@pytest.mark.parametrize("make", [MLPClassifier, KNNClassifier])
@pytest.mark.parametrize("kind", ["memory:", "sqlite", "tinydb"])
def test_a_model_trained_from_a_dataset_comes_back_from_its_store(
    kind: str, make: Make, tmp_path: Path
) -> None:
    location = {
        "memory:": "memory:",
        "sqlite": f"sqlite:///{tmp_path / 'kept.sqlite'}",
        "tinydb": f"tinydb:{tmp_path / 'kept'}",
    }[kind]
    store = data_store(location)
    try:
        dataset = Dataset("drawings", store)
        dataset.create(blobs(["cat", "<b>dog</b>"], each=30))
        model = make().sync(store, "my model")
        model.train(dataset)
        assert model.wait(SECONDS).state == "success"
        again = make().sync(store, "my model")
        assert again.predict_batch(queries()) == model.predict_batch(queries())
        dataset.create(blobs(["bird"], each=10, seed=4))
        model.train(dataset)
        model.wait(SECONDS)
        until(lambda: again.card.value == model.card.value)
        assert set(again.predict(queries()[0]).confidences) == {"bird", "cat", "<b>dog</b>"}
        assert len(list(store.assets)) == 2, "both versions are kept"
        model.clear()
        until(lambda: not again.trained)
    finally:
        store.close()
