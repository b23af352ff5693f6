from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from torchvision.models import MobileNet_V3_Small_Weights, mobilenet_v3_small

from imlkit import Prediction
from imlkit.components.models.image_classifier import ImageClassifier
from imlkit.errors import DataError, ImageError
from imlkit.streams import Stream
from tests.components.models.test_mobilenet_features import photograph


def test_it_predicts_what_the_plain_torchvision_network_does(weights_path: Path) -> None:
    image = photograph()
    prediction = ImageClassifier(weights_path, top=3).predict(image)
    network = mobilenet_v3_small(weights=None).eval()
    network.load_state_dict(torch.load(weights_path, weights_only=True))
    published = MobileNet_V3_Small_Weights.DEFAULT
    with torch.inference_mode():
        shares = network(published.transforms()(Image.fromarray(image))[None])[0].softmax(0)
    values, places = shares.topk(3)
    assert list(prediction.confidences) == [published.meta["categories"][place] for place in places]
    assert list(prediction.confidences.values()) == pytest.approx(values.tolist(), abs=1e-5)
    assert prediction.label == next(iter(prediction.confidences))


def test_the_confidences_of_the_top_classes_add_up_to_1_at_most(weights_path: Path) -> None:
    for top in (1, 5, 1000):
        confidences = ImageClassifier(weights_path, top=top).predict(photograph(seed=2)).confidences
        assert len(confidences) == top
        assert list(confidences.values()) == sorted(confidences.values(), reverse=True)
        assert 0 < sum(confidences.values()) <= 1 + 1e-9
    assert sum(confidences.values()) == pytest.approx(1)


def test_a_batch_predicts_what_each_image_does_alone(weights_path: Path) -> None:
    classifier = ImageClassifier(weights_path)
    images = [photograph(seed=seed) for seed in range(3)]
    for together, image in zip(classifier.predict_batch(images), images, strict=True):
        alone = classifier.predict(image)
        assert list(together.confidences) == list(alone.confidences)
        assert list(together.confidences.values()) == pytest.approx(
            list(alone.confidences.values()), abs=1e-5
        )
    assert classifier.predict_batch([]) == []


@pytest.mark.parametrize("top", [0, 1001, 2.5, True])
def test_a_number_of_classes_that_makes_no_sense_is_refused(top: Any) -> None:
    with pytest.raises(DataError, match=r"top is .*from 1 to 1,000"):
        ImageClassifier(top=top)


def test_bad_images_are_refused_in_a_batch_too(weights_path: Path) -> None:
    classifier = ImageClassifier(weights_path)
    with pytest.raises(ImageError, match="float64"):
        classifier.predict_batch([photograph(), np.zeros((4, 4, 3))])
    with pytest.raises(DataError, match="The image is empty"):
        classifier.predict(np.zeros((4, 4, 3), np.uint8))


def test_it_works_in_a_pipeline(weights_path: Path) -> None:
    images: Stream[Any] = Stream()
    seen: list[Prediction] = []
    images.map(ImageClassifier(weights_path).process).subscribe(seen.append)
    images.set(photograph())
    assert [len(prediction.confidences) for prediction in seen] == [5]
