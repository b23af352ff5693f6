"""A run for a training with Lightning."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ..errors import MissingDependencyError
from ..store import Store
from .run import Run

try:
    from lightning.pytorch.callbacks import Callback
except ImportError as error:
    raise MissingDependencyError(
        "LightningCallback needs the package lightning: install it with pip install lightning."
    ) from error

__all__ = ["LightningCallback"]


class LightningCallback(Callback):
    """Logs what a Lightning module logs, and saves its weights.

    ::

        trainer = Trainer(max_epochs=20, callbacks=[LightningCallback("skin-study", "first try")])

    Args:
        store: the store, or its location.
        name: what the run is called.
        every: save a checkpoint every so many epochs; 0 saves none.
        keep: how many checkpoints to keep; all if left out.
        by: keep the best by this metric rather than the latest.
        most: whether a larger value of it is better.
        more: further arguments of :class:`imlkit.training.Run`, such as ``params`` and ``tags``.

    Attributes:
        run: the run; None before the training.
    """

    def __init__(
        self,
        store: Store | str | Path,
        name: str,
        *,
        every: int = 1,
        keep: int | None = None,
        by: str | None = None,
        most: bool = False,
        **more: Any,
    ) -> None:
        super().__init__()
        self._store = store
        self._name = name
        self._every = every
        self._keep = keep
        self._by = by
        self._most = most
        self._more = more
        self.run: Run | None = None

    def on_fit_start(self, trainer: Any, pl_module: Any) -> None:
        """Begin the run."""
        params = {**dict(pl_module.hparams), **self._more.get("params", {})}
        more = {**self._more, "params": params}
        # Lightning counts epochs without end as -1.
        epochs = trainer.max_epochs if (trainer.max_epochs or 0) > 0 else None
        self.run = Run(self._store, self._name, epochs=epochs, **more).__enter__()

    def on_train_batch_end(
        self, trainer: Any, pl_module: Any, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        """Log the loss of a batch, and do what pages ask for."""
        loss = outputs.get("loss") if isinstance(outputs, dict) else outputs
        if self.run is not None and loss is not None:
            self.run.log({"batch loss": loss.detach()}, step=trainer.global_step)
            self.run.obey(_optimizer(trainer))

    def on_train_epoch_end(self, trainer: Any, pl_module: Any) -> None:
        """Log the epoch's metrics, save a checkpoint where one is due, do what pages ask for."""
        if self.run is None:
            return
        epoch = trainer.current_epoch + 1
        self.run.log(dict(trainer.callback_metrics), step=trainer.global_step, epoch=epoch)
        if self._every and epoch % self._every == 0:
            self.run.checkpoint(pl_module, keep=self._keep, by=self._by, most=self._most)
        self.run.end_epoch(_optimizer(trainer))
        if self.run.stopping:
            trainer.should_stop = True

    def on_fit_end(self, trainer: Any, pl_module: Any) -> None:
        """End the run."""
        self._end(None)

    def on_exception(self, trainer: Any, pl_module: Any, exception: BaseException) -> None:
        """Tell of the error that ended the training."""
        self._end(exception)

    def _end(self, error: BaseException | None) -> None:
        run, self.run = self.run, None
        if run is not None:
            run.__exit__(type(error) if error is not None else None, error, None)


def _optimizer(trainer: Any) -> Any:
    return trainer.optimizers[0] if len(trainer.optimizers) == 1 else None
