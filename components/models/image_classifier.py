"""Names what a photograph shows, without any training."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from imlkit.model import Prediction

from .checked_image import checked_image
from .mobilenet_model import MobileNetModel, Weights
from .parameters import whole

__all__ = ["ImageClassifier"]

CATEGORIES = 1000


class ImageClassifier(MobileNetModel):
    """Tells which of the 1,000 things of ImageNet a photograph shows, by MobileNetV3-small.

    It is right about two photographs in three of ImageNet's kind, and its first five hold the
    right one in seven of eight; of what is not among the 1,000 it knows nothing. It shares the
    network with MobileNetFeatures. See
    :class:`~imlkit.components.models.mobilenet_model.MobileNetModel` for ``status``, ``fetch``,
    ``cancel`` and ``wait``.

    Source: A. Howard and others, Searching for MobileNetV3, 2019; weights and accuracy
    (67.7 % and 87.4 %) by torchvision.

    Args:
        weights: a file of the network's weights; left out, those that torchvision publishes.
        top: how many of the likeliest classes a prediction holds.
        title: what the person reads above the view.

    Raises:
        DataError: ``weights`` is no path, or ``top`` no number from 1 to 1,000.
    """

    about = (
        "Each photograph is compared with 1,000 kinds of things, such as animals, tools and dishes, by the "
        "network MobileNetV3-small, trained on 1.28 million photographs."
    )

    def __init__(self, weights: Weights = None, top: int = 5, title: str = "Image classifier") -> None:
        self.top = whole("top", top, 1, CATEGORIES)
        super().__init__(weights, title)

    def predict(self, image: NDArray[np.uint8]) -> Prediction:
        """Return the likeliest classes of an image, the likeliest first.

        Args:
            image: ``uint8`` of shape (H, W, 3), RGB.

        Returns:
            The confidences of the :attr:`top` classes. They are shares of all 1,000, so that they
            add up to 1 or less.

        Raises:
            ImageError: not such an array.
            DataError: every pixel of the image is the same.
            WeightsError: the weights cannot be had; the message says what to do.
            ModelFileError: the weights file holds something else.
        """
        return self.predict_batch([image])[0]

    def predict_batch(self, images: Sequence[Any]) -> list[Prediction]:
        """Predict many images, in their order. Raises as predict does."""
        checked = [checked_image(image) for image in images]
        network = self.network()
        return [self._prediction(row, network.categories) for row in network.confidences(checked)]

    def process(self, image: NDArray[np.uint8]) -> Prediction:
        """Do what :meth:`predict` does, for pipelines of processing steps."""
        return self.predict(image)

    def _prediction(self, confidences: NDArray[np.float64], categories: Sequence[str]) -> Prediction:
        likeliest = np.argsort(-confidences, kind="stable")[: self.top]
        named = {categories[position]: float(confidences[position]) for position in likeliest}
        return Prediction(next(iter(named)), named)
