"""Following a training from code, batch by batch."""

from __future__ import annotations

from typing import Any

__all__ = ["Callback"]


class Callback:
    """What is called at the steps of a training, on the training's thread.

    A subclass overrides what it needs. What a callback raises ends the training with an error.
    The names are skorch's.
    """

    def on_train_begin(self, model: Any, **kwargs: Any) -> None:
        """Begin a training: ``instances`` and ``validation_instances``, the ids on each side."""

    def on_epoch_begin(self, model: Any, **kwargs: Any) -> None:
        """Begin an epoch: ``epoch``, from 1."""

    def on_batch_begin(self, model: Any, **kwargs: Any) -> None:
        """Begin a batch: ``instances``, the ids about to be trained on."""

    def on_batch_end(self, model: Any, **kwargs: Any) -> None:
        """End a batch: ``instances``, and the batch's ``loss``."""

    def on_epoch_end(self, model: Any, **kwargs: Any) -> None:
        """End an epoch: ``epoch``, and ``metrics``, each metric's value in this epoch."""

    def on_train_end(self, model: Any, **kwargs: Any) -> None:
        """End a training that was neither cancelled nor failed: ``metrics``, after every epoch."""
