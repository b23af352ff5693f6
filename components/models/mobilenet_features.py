"""What a network that has seen a million photographs makes of an image, as numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .checked_image import checked_image
from .mobilenet_model import MobileNetModel, Weights

__all__ = ["MobileNetFeatures"]


class MobileNetFeatures(MobileNetModel):
    """Turns images into the features that MobileNetV3-small has before it names a class.

    They describe photographs, of things from a camera above all, far better than shapes alone do:
    a few examples a class are often enough to train on. They stand wherever HogFeatures stands.

    The first image waits until the weights are downloaded, checked and loaded; all sessions share
    one network. See :class:`~imlkit.components.models.mobilenet_model.MobileNetModel` for
    ``status``, ``fetch``, ``cancel`` and ``wait``.

    Source: A. Howard and others, Searching for MobileNetV3, 2019; weights by torchvision, trained
    on the 1.28 million images of ImageNet-1K.

    Args:
        weights: a file of the network's weights; left out, those that torchvision publishes.
        title: what the person reads above the view.

    Raises:
        DataError: ``weights`` is no path.
    """

    about = (
        "Each image is described by 576 numbers, which the network MobileNetV3-small, trained on 1.28 "
        "million photographs, computes from the middle of the image."
    )

    def __init__(self, weights: Weights = None, title: str = "Photograph features") -> None:
        super().__init__(weights, title)

    @property
    def length(self) -> int:
        """How many features an image has."""
        return 576

    def process(self, image: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return the features of an image.

        Args:
            image: ``uint8`` of shape (H, W, 3), RGB.

        Returns:
            576 numbers, ``float32``.

        Raises:
            ImageError: not such an array.
            DataError: every pixel of the image is the same.
            WeightsError: the weights cannot be had; the message says what to do.
            ModelFileError: the weights file holds something else.
        """
        image = checked_image(image)
        features: NDArray[np.float32] = self.network().features([image])[0]
        return features

    def process_batch(self, images: Sequence[Any]) -> NDArray[np.float32]:
        """Return the features of many images, in their order, of shape (n, 576). Raises as process does."""
        checked = [checked_image(image) for image in images]
        return self.network().features(checked)
