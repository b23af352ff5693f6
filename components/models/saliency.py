"""Which parts of an image an answer rests on."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from panel.viewable import Viewable

from imlkit.component import Component
from imlkit.errors import DataError, NotTrainedError
from imlkit.images import RGBImage, as_rgb, resized
from imlkit.plain_text import PlainText

from .parameters import whole
from .torch_model import TorchModel

__all__ = ["Saliency"]

ABOUT = (
    "Orange marks the pixels that change the answer most. It shows where the model looks, not whether it is "
    "right: a map that points beside the thing is a reason to doubt the answer."
)

HOT = np.array([230, 97, 1], np.float64)
COLD = np.array([255, 255, 255], np.float64)


class Saliency(Component):
    """Shows in an image which pixels change a model's answer the most.

    The gradient of the output for the named class, averaged over copies of the image with a little
    noise (SmoothGrad). It shows where the model looks, not whether it is right to: a map that points
    beside the thing is a reason to doubt the answer.

    Source: D. Smilkov and others, SmoothGrad: removing noise by adding noise, 2017, as in Captum.

    Args:
        model: a classification.
        samples: how many copies; more are smoother and take longer.
        title: what the person reads above the view.

    Raises:
        DataError: the model is no classification, or ``samples`` no number from 1 to 1,000.
    """

    def __init__(self, model: TorchModel, samples: int = 16, title: str = "What the answer rests on") -> None:
        super().__init__(title)
        if model.kind != "classification":
            raise DataError("This model is no classification: saliency is of a class.")
        self._model = model
        self._samples = whole("samples", samples, 1, 1000)

    def view(self) -> Viewable:
        """Return what a map says, and what it does not."""
        return PlainText(ABOUT, margin=0)

    def weights(self, image: NDArray[Any], label: str | None = None) -> NDArray[np.float32]:
        """Return how much each pixel matters, of shape (H, W) of what the network is given, from 0 to 1.

        Args:
            image: as the model's ``predict`` takes it.
            label: the class asked about; left out, the one that the model names.

        Raises:
            NotTrainedError: the model knows nothing yet.
            DataError: it does not take such an image, or knows no such class.
        """
        prediction = self._model.predict(image)
        named = prediction.label if label is None else label
        labels = list(prediction.confidences)
        if named not in labels:
            raise DataError(f"The model knows no class “{named:.60}”: it knows {', '.join(labels):.200}.")
        network = self._model.network
        if network is None:
            raise NotTrainedError("The model was forgotten meanwhile: train it again.")
        from .smooth_gradient import smooth_gradient

        return smooth_gradient(network, self._model.prepared([image]), labels.index(named), self._samples)

    def process(self, image: NDArray[np.uint8]) -> RGBImage:
        """Return the image in grey, with what the answer rests on in orange.

        Args:
            image: uint8 (H, W, 3), RGB.

        Raises:
            NotTrainedError: the model knows nothing yet.
            DataError: it does not take such an image.
        """
        pixels = as_rgb(image)
        height, width = pixels.shape[:2]
        share = self.weights(image)
        heat = resized(share, (width, height), "crop")[:, :, :1].astype(np.float64) / 255
        grey = pixels.astype(np.float64).mean(axis=2, keepdims=True)
        # Light, so that the colour is seen on dark skin as on light.
        pale = 0.5 * np.broadcast_to(grey, pixels.shape) + 0.5 * COLD
        return np.asarray((1 - heat) * pale + heat * HOT, np.uint8)
