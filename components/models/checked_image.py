"""An image that features can be computed of, or a clear error."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from imlkit.errors import DataError, ImageError

__all__ = ["checked_image"]

GLANCE = 16


def checked_image(image: Any) -> NDArray[np.uint8]:
    """Return the image as it is.

    Args:
        image: ``uint8`` of shape (H, W, 3), RGB.

    Raises:
        ImageError: not such an array.
        DataError: every pixel of the image is the same.
    """
    expected = "give an image as a uint8 array of shape (height, width, 3)"
    if not isinstance(image, np.ndarray):
        raise ImageError(f"{type(image).__name__} is not an image: {expected}")
    if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] != 3 or 0 in image.shape:
        raise ImageError(
            f"an array of type {image.dtype} and shape {image.shape} is not an image: {expected}"
        )
    # Nearly every image shows at a glance that it is not blank; only then is each pixel compared.
    if all((some == image[0, 0]).all() for some in (image[::GLANCE, ::GLANCE], image)):
        raise DataError(
            "The image is empty: every pixel has the same colour. "
            "Draw something, uncover the camera, or choose another image."
        )
    return image
