"""A run for a training loop that calls back."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..store import Store
from .run import Run

if TYPE_CHECKING:
    from torch import nn
    from torch.optim import Optimizer

__all__ = ["TorchCallback"]


class TorchCallback:
    """Logs a training whose loop tells it where it is.

    ::

        callback = TorchCallback("skin-study", "resnet", model, optimizer, epochs=20)
        callback.on_train_begin()
        for epoch in range(1, 21):
            for batch in loader:
                ...
                callback.on_batch_end(loss=loss)
            callback.on_epoch_end(epoch, validation_loss=…)
            if callback.stopping:
                break
        callback.on_train_end()

    As a context manager it begins and ends by itself, and tells of an error that ends the training.

    Args:
        store: the store, or its location.
        name: what the run is called.
        model: whose weights are saved.
        optimizer: whose learning rate pages may change; it is told of with every epoch.
        epochs: how many there are to be.
        every: save a checkpoint every so many epochs; 0 saves none.
        keep: how many checkpoints to keep; all if left out.
        by: keep the best by this metric rather than the latest.
        most: whether a larger value of it is better.
        more: further arguments of :class:`Run`, such as ``params`` and ``tags``.

    Attributes:
        run: the run.
    """

    def __init__(
        self,
        store: Store | str | Path,
        name: str,
        model: nn.Module | None = None,
        optimizer: Optimizer | None = None,
        *,
        epochs: int | None = None,
        every: int = 1,
        keep: int | None = None,
        by: str | None = None,
        most: bool = False,
        **more: Any,
    ) -> None:
        self.run = Run(store, name, epochs=epochs, **more)
        self._model = model
        self._optimizer = optimizer
        self._every = every
        self._keep = keep
        self._by = by
        self._most = most

    @property
    def stopping(self) -> bool:
        """Whether a page asked to stop after this epoch."""
        return self.run.stopping

    def on_train_begin(self) -> None:
        """Begin the run."""
        self.run.__enter__()

    def on_batch_end(self, metrics: Mapping[str, Any] | None = None, /, **more: Any) -> None:
        """Log what a batch gave, and do what pages ask for."""
        self.run.log(metrics, **more)
        self.run.obey(self._optimizer)

    def on_epoch_end(self, epoch: int, metrics: Mapping[str, Any] | None = None, /, **more: Any) -> None:
        """Log what an epoch gave, save a checkpoint where one is due, and do what pages ask for.

        Args:
            epoch: its number, from 1 on.
            metrics: numbers by name.
            more: numbers by name.
        """
        rate = {} if self._optimizer is None else {"learning rate": self._optimizer.param_groups[0]["lr"]}
        self.run.log({**rate, **(metrics or {}), **more}, epoch=epoch)
        if self._model is not None and self._every and epoch % self._every == 0:
            self.run.checkpoint(self._model, keep=self._keep, by=self._by, most=self._most)
        self.run.end_epoch(self._optimizer)

    def on_train_end(self) -> None:
        """End the run."""
        self.run.__exit__(None, None, None)

    def __enter__(self) -> TorchCallback:
        self.on_train_begin()
        return self

    def __exit__(self, *error: Any) -> None:
        self.run.__exit__(*error)
