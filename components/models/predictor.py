"""What every trained classifier can do: answer, and be taken along as a file or in a store."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from imlkit.errors import ModelFileError, NotTrainedError
from imlkit.model import Model, Prediction
from imlkit.store import Store

from .feature_rows import feature_rows
from .fitted import Fitted
from .model_card import ModelCard
from .model_file import Arrays, read_model_file, replace_file, write_model_file
from .stored_model import StoredModel

__all__ = ["Predictor"]

ROWS_AT_ONCE = 1024


class Predictor(Model):
    """A model that names the class of an instance by what it was fitted to.

    Args:
        title: what the person reads above the view.
    """

    def __init__(self, title: str) -> None:
        super().__init__(title)
        self._fitted: Fitted | None = None

    @abstractmethod
    def restored(self, card: ModelCard, arrays: Arrays) -> Fitted:
        """Return what a file holds. Raises ModelFileError where something does not fit."""

    @property
    def trained(self) -> bool:
        """Whether the classifier can predict."""
        return self._fitted is not None

    def predict(self, x: NDArray[np.float32] | Sequence[float]) -> Prediction:
        """Predict the class of one instance. May be called from any thread, also during a training.

        Args:
            x: its features, as many as in training.

        Raises:
            NotTrainedError: nothing was learned yet.
            DataError: not as many numbers as in training, or not finite.
        """
        return self._predict(self._known(), [x])[0]

    def predict_batch(self, xs: NDArray[np.float32] | Sequence[Any]) -> list[Prediction]:
        """Predict many instances at once, in their order. Raises as :meth:`predict` does."""
        fitted = self._known()
        return [
            prediction
            for start in range(0, len(xs), ROWS_AT_ONCE)
            for prediction in self._predict(fitted, xs[start : start + ROWS_AT_ONCE])
        ]

    def download(self, path: str | PathLike[str] | None = None) -> bytes:
        """Return the trained model as the content of one ``.safetensors`` file.

        Args:
            path: where to write it too. A file that is there is replaced, whole or not at all.

        Raises:
            NotTrainedError: nothing was learned yet.
        """
        fitted = self._known()
        content = write_model_file(fitted.card, fitted.arrays())
        if path is not None:
            replace_file(Path(path), content)
        return content

    def upload(self, source: bytes | str | PathLike[str]) -> None:
        """Take the model from a downloaded file: its path or its content.

        Raises:
            ModelFileError: it is damaged, of another kind, or of a newer imlkit. The classifier
                predicts as before.
        """
        content = bytes(source) if isinstance(source, bytes | bytearray) else Path(source).read_bytes()
        self._adopt(self._read(content), "Uploaded")

    def save(self, store: Store, name: str) -> None:
        """Keep the trained model in a store under a name, replacing what was there.

        Raises:
            NotTrainedError: nothing was learned yet.
            ModelFileError: another kind of model has that name, or one of a newer imlkit.
        """
        content = self.download()
        StoredModel(store, name).write(content, self._known().card)

    def load(self, store: Store, name: str) -> None:
        """Take the model of that name from a store.

        Raises:
            NotFoundError: there is none of that name.
            ModelFileError: it is damaged, of another kind, or of a newer imlkit. The classifier
                predicts as before.
        """
        self._adopt(self._read(StoredModel(store, name).read()[1]), "Loaded")

    @abstractmethod
    def _adopt(self, fitted: Fitted, how: str) -> None:
        """Be what came from elsewhere, and tell how it came."""

    def _known(self) -> Fitted:
        fitted = self._fitted
        if fitted is None:
            raise NotTrainedError(
                f"“{self.title or type(self).__name__}” has not been trained yet. "
                "Capture instances of at least two classes, then train it."
            )
        return fitted

    def _predict(self, fitted: Fitted, xs: NDArray[np.float32] | Sequence[Any]) -> list[Prediction]:
        x = feature_rows(xs, fitted.card.features)
        named, confidences = fitted.judge(x)
        labels = fitted.card.labels
        return [
            Prediction(labels[position], dict(zip(labels, row, strict=True)))
            for position, row in zip(named.tolist(), confidences.tolist(), strict=True)
        ]

    def _read(self, content: bytes) -> Fitted:
        card, arrays = read_model_file(content)
        if card.kind != type(self).__name__:
            raise ModelFileError(
                f"The file holds a {card.kind:.60}, not a {type(self).__name__}: choose another file."
            )
        return self.restored(card, arrays)
