"""Which training of a model is the present one."""

from __future__ import annotations

import hashlib
import threading

from imlkit.errors import NotTrainedError
from imlkit.model import Model

__all__ = ["ModelVersion"]


class ModelVersion:
    """The hash of a model's file, the same in every process that holds the same trained model.

    Args:
        model: the model.
    """

    def __init__(self, model: Model) -> None:
        self._model = model
        self._lock = threading.Lock()
        self._trainings = 0
        self._made: tuple[int, str] | None = None

    def forget(self) -> None:
        """The model may have become another."""
        self._trainings += 1

    def current(self) -> str | None:
        """Return the present version, or None of an untrained model."""
        with self._lock:
            trainings = self._trainings
            if self._made is None or self._made[0] != trainings:
                try:
                    content = self._model.download()
                except NotTrainedError:
                    return None
                self._made = trainings, hashlib.sha256(content).hexdigest()[:32]
            return self._made[1]

    def demanded(self) -> str:
        """Return the present version. Raises NotTrainedError."""
        version = self.current()
        if version is None:
            title = self._model.title or type(self._model).__name__
            raise NotTrainedError(f"“{title}” has not been trained yet: train it, then predict.")
        return version
