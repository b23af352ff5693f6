"""What every trained model can do: answer, and be taken along as a file or in a store."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from imlkit.errors import ModelFileError, NotTrainedError
from imlkit.model import Model
from imlkit.store import Store

from .fitted import Fitted
from .model_card import ModelCard
from .model_file import Arrays, read_model_file, replace_file, write_model_file
from .stored_model import StoredModel

__all__ = ["Predictor"]

ROWS_AT_ONCE = 1024


class Predictor(Model):
    """A model that answers by what it was fitted to.

    Args:
        title: what the person reads above the view.
    """

    begin = "Capture instances of at least two classes, then train it."
    """What the person is told to do where nothing was learned yet."""

    def __init__(self, title: str) -> None:
        super().__init__(title)
        self._fitted: Fitted | None = None

    @abstractmethod
    def restored(self, card: ModelCard, arrays: Arrays) -> Fitted:
        """Return what a file holds. Raises ModelFileError where something does not fit."""

    @abstractmethod
    def answers(self, fitted: Fitted, xs: Any) -> list[Any]:
        """Return what something fitted says of each of some instances. Raises as :meth:`predict` does."""

    @property
    def trained(self) -> bool:
        """Whether the model can predict."""
        return self._fitted is not None

    def predict(self, x: Any) -> Any:
        """Predict for one instance. May be called from any thread, also during a training.

        Raises:
            NotTrainedError: nothing was learned yet.
            DataError: it is not such an instance as in training.
        """
        return self.answers(self._known(), [x])[0]

    def predict_batch(self, xs: NDArray[np.float32] | Sequence[Any]) -> list[Any]:
        """Predict many instances at once, in their order. Raises as :meth:`predict` does."""
        fitted = self._known()
        return [
            prediction
            for start in range(0, len(xs), ROWS_AT_ONCE)
            for prediction in self.answers(fitted, xs[start : start + ROWS_AT_ONCE])
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
            ModelFileError: it is damaged, of another kind, or of a newer imlkit. The model
                predicts as before.
        """
        content = bytes(source) if isinstance(source, bytes | bytearray) else Path(source).read_bytes()
        self._adopt(self._read(content), "Uploaded")

    def save(self, store: Store, name: str, note: str = "") -> int:
        """Keep the trained model in a store under a name, as its newest version; return its number.

        Args:
            store: where to.
            name: the model's.
            note: what is to be said of this version; one with a note is kept for good.

        Raises:
            NotTrainedError: nothing was learned yet.
            ModelFileError: another kind of model has that name, or one of a newer imlkit.
        """
        content = self.download()
        fitted = self._known()
        version = StoredModel(store, name).write(content, fitted.card, note).version or 1
        if fitted.version is None:
            fitted.version = version
        return version

    def load(self, store: Store, name: str, version: int | None = None) -> None:
        """Take the model of that name from a store.

        Args:
            store: where it is kept.
            name: the model's.
            version: which one; left out, the one in use.

        Raises:
            NotFoundError: there is none of that name, or no such version.
            ModelFileError: it is damaged, of another kind, or of a newer imlkit. The model
                predicts as before.
        """
        kept, content = StoredModel(store, name).read(version)
        fitted = self._read(content)
        fitted.version = kept.version
        self._adopt(fitted, "Loaded")

    @abstractmethod
    def _adopt(self, fitted: Fitted, how: str) -> None:
        """Be what came from elsewhere, and tell how it came."""

    def _known(self) -> Fitted:
        fitted = self._fitted
        if fitted is None:
            raise NotTrainedError(
                f"“{self.title or type(self).__name__}” has not been trained yet. {self.begin}"
            )
        return fitted

    def _read(self, content: bytes) -> Fitted:
        card, arrays = read_model_file(content)
        if card.kind != type(self).__name__:
            raise ModelFileError(
                f"The file holds a {card.kind:.60}, not a {type(self).__name__}: choose another file."
            )
        return self.restored(card, arrays)
