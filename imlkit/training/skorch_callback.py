"""A run for a training with skorch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ..errors import MissingDependencyError
from ..store import Store
from .run import Run

try:
    from skorch.callbacks import Callback
except ImportError as error:
    raise MissingDependencyError(
        "SkorchCallback needs the package skorch: install it with pip install skorch."
    ) from error

__all__ = ["SkorchCallback"]


class SkorchCallback(Callback):  # type: ignore[misc]
    """Logs what a skorch net writes into its history, and saves its module.

    ::

        net = NeuralNetClassifier(Module, callbacks=[SkorchCallback("skin-study", "first try")])

    Each training (``fit``, ``partial_fit``) is a run of its own. One that a page stops ends as with Ctrl-C:
    after the epoch, with what it has learned.

    Args:
        store: the store, or its location.
        name: what the runs are called.
        params: what is told of the training besides the net's own parameters.
        tags: words to find it by.
        every: save a checkpoint every so many epochs; 0 saves none.
        keep: how many checkpoints to keep; all if left out.
        by: keep the best by this column of the history rather than the latest.
        most: whether a larger value of it is better.
        system: whether to log what the process takes of the machine.

    Attributes:
        run_: the latest run; None before the first.
    """

    def __init__(
        self,
        store: Store | str | Path,
        name: str,
        params: Mapping[str, Any] | None = None,
        tags: Sequence[str] = (),
        every: int = 1,
        keep: int | None = None,
        by: str | None = None,
        most: bool = False,
        system: bool = True,
    ) -> None:
        # skorch copies callbacks by these attributes.
        self.store = store
        self.name = name
        self.params = params
        self.tags = tags
        self.every = every
        self.keep = keep
        self.by = by
        self.most = most
        self.system = system
        self.run_: Run | None = None

    def on_train_begin(self, net: Any, *data: Any, **more: Any) -> None:
        """Begin a run."""
        told = {name: value for name, value in net.get_params(deep=False).items() if _is_plain(value)}
        run = Run(
            self.store,
            self.name,
            {**told, **(self.params or {})},
            tags=self.tags,
            epochs=net.max_epochs,
            system=self.system,
        )
        self.run_ = run.__enter__()

    def on_batch_end(self, net: Any, batch: Any = None, training: bool = False, **more: Any) -> None:
        """Log the loss of a batch, and do what pages ask for."""
        if self.run_ is not None and training:
            self.run_.log({"batch loss": net.history[-1, "batches", -1, "train_loss"]})
            self.run_.obey(net.optimizer_)

    def on_epoch_end(self, net: Any, **more: Any) -> None:
        """Log the epoch's line of the history, save a checkpoint where one is due, do what pages ask for."""
        if self.run_ is None:
            return
        line = net.history[-1]
        values = {
            name: value
            for name, value in line.items()
            if isinstance(value, int | float) and not isinstance(value, bool) and name != "epoch"
        }
        self.run_.log(values, epoch=line["epoch"])
        if self.every and line["epoch"] % self.every == 0:
            self.run_.checkpoint(net.module_, keep=self.keep, by=self.by, most=self.most)
        self.run_.end_epoch(net.optimizer_)
        if self.run_.stopping:
            # What skorch's own early stopping does.
            raise KeyboardInterrupt

    def on_train_end(self, net: Any, **more: Any) -> None:
        """End the run."""
        if self.run_ is not None:
            self.run_.__exit__(None, None, None)


def _is_plain(value: Any) -> bool:
    return value is None or isinstance(value, bool | int | float | str | type)
