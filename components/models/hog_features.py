"""Histograms of oriented gradients: what shapes an image holds, as numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from panel.viewable import Viewable
from PIL import Image

from imlkit.component import Component
from imlkit.errors import DataError
from imlkit.plain_text import PlainText

from .checked_image import checked_image

__all__ = ["HogFeatures"]


class HogFeatures(Component):
    """Turns images into histograms of oriented gradients, which describe shapes well.

    The image is made grey and resized to a square, so every image gives the same number of
    features, whatever its size. The defaults give 1,764.

    Source: N. Dalal and B. Triggs, Histograms of Oriented Gradients for Human Detection, 2005,
    as in scikit-image's ``skimage.feature.hog``.

    Args:
        size: side of the square to which images are resized, in pixels.
        orientations: directions told apart.
        cell: side of the cells in which directions are counted, in pixels.
        block: side of the blocks in which counts are normalised, in cells.
        title: what the person reads above the view.

    Raises:
        DataError: a parameter is no whole number above 0, or a block does not fit into the square.
    """

    def __init__(
        self,
        size: int = 64,
        orientations: int = 9,
        cell: int = 8,
        block: int = 2,
        title: str = "Shape features",
    ) -> None:
        for name, value in (("size", size), ("orientations", orientations), ("cell", cell), ("block", block)):
            if not isinstance(value, int) or isinstance(value, bool) or value < 1:
                raise DataError(f"{name} is {value!r}: give a whole number of at least 1")
        if cell * block > size:
            raise DataError(
                f"a block of {block} × {block} cells of {cell} pixels does not fit into {size} × {size} "
                "pixels: make size larger, or cell or block smaller"
            )
        super().__init__(title)
        self.size = size
        self.orientations = orientations
        self.cell = cell
        self.block = block

    @property
    def length(self) -> int:
        """How many features an image has."""
        blocks = self.size // self.cell - self.block + 1
        return blocks**2 * self.block**2 * self.orientations

    def process(self, image: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return the features of an image.

        Args:
            image: ``uint8`` of shape (H, W, 3), RGB.

        Returns:
            :attr:`length` numbers, ``float32``.

        Raises:
            ImageError: not such an array.
            DataError: every pixel of the image is the same.
        """
        from skimage.feature import hog

        grey = self._grey(image)
        features: NDArray[np.float32] = hog(
            grey,
            orientations=self.orientations,
            pixels_per_cell=(self.cell, self.cell),
            cells_per_block=(self.block, self.block),
        ).astype(np.float32)
        return features

    def warm_up(self) -> None:
        """Load scikit-image ahead of the first image."""
        image = np.zeros((self.size, self.size, 3), np.uint8)
        image[0, 0] = 255
        self.process(image)

    def view(self) -> Viewable:
        """Return a line that says what is computed."""
        side = f"{self.size} × {self.size}"
        return PlainText(
            f"Each image is made grey, resized to {side} pixels and described by {self.length:,} numbers: "
            f"how strongly edges run in each of {self.orientations} directions, in cells of "
            f"{self.cell} × {self.cell} pixels.",
            margin=0,
        )

    def _grey(self, image: Any) -> NDArray[np.uint8]:
        # Pillow smooths while it makes an image smaller; reading a plain array avoids copies.
        grey = Image.fromarray(np.ascontiguousarray(checked_image(image))).convert("L")
        resized = grey.resize((self.size, self.size), Image.Resampling.BILINEAR, reducing_gap=3.0)
        return np.asarray(resized)
