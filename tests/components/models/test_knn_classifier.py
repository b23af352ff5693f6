from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from imlkit.components.models.knn_classifier import KNNClassifier
from imlkit.errors import DataError
from tests.contracts.model_contract import Make, ModelContract, Stored, blobs, trained


class TestKNNClassifier(ModelContract):
    @pytest.fixture
    def make(self) -> Make:
        return KNNClassifier


def line(points: dict[float, str]) -> list[dict[str, Any]]:
    return [{"x": [place], "y": label} for place, label in points.items()]


def test_confidences_are_shares_of_the_votes() -> None:
    model = trained(KNNClassifier, line({0.0: "a", 1.0: "a", 2.5: "b", 9.0: "c"}))
    assert dict(model.predict([1.4]).confidences) == {"a": 2 / 3, "b": 1 / 3, "c": 0.0}


def test_among_equal_votes_the_nearest_is_named() -> None:
    model = trained(KNNClassifier, line({0.0: "a", 1.0: "b", 5.0: "c"}))
    prediction = model.predict([1.2])
    assert prediction.label == "b"
    assert set(prediction.confidences.values()) == {1 / 3}


def test_with_fewer_instances_than_k_all_vote() -> None:
    model = trained(lambda **_: KNNClassifier(k=9), line({0.0: "a", 1.0: "b", 2.0: "b"}))
    assert model.predict([0.0]).confidences["b"] == pytest.approx(2 / 3)


def test_its_accuracy_is_judged_by_the_others_only() -> None:
    model = KNNClassifier(k=1)
    model.train(Stored(line({0.0: "a", 0.1: "b", 5.0: "a", 5.1: "b"})))
    assert model.wait(20).metrics["accuracy"] == (0.0,)


def test_neighbours_are_right_where_features_are_large_and_near_each_other() -> None:
    random = np.random.default_rng(0)
    x = (10_000 + random.normal(0, 1, (300, 20))).astype(np.float32)
    model = trained(lambda **_: KNNClassifier(k=1), [{"x": row, "y": str(i % 7)} for i, row in enumerate(x)])
    query = (10_000 + random.normal(0, 1, (50, 20))).astype(np.float32)
    exact = np.square(query[:, None].astype(float) - x[None].astype(float)).sum(2).argmin(1)
    assert [p.label for p in model.predict_batch(query)] == [str(i % 7) for i in exact]


@pytest.mark.parametrize("k", [0, -1, 2.5, "3", True])
def test_a_k_that_makes_no_sense_is_refused(k: Any) -> None:
    with pytest.raises(DataError, match="k is"):
        KNNClassifier(k=k)


def test_a_parameter_changed_later_is_checked_before_training() -> None:
    model = KNNClassifier()
    model.k = 0
    with pytest.raises(DataError, match="k is 0"):
        model.train(Stored(blobs()))
