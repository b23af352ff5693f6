"""One's own training in PyTorch, kept in a store as it goes, seen and steered from a page.

::

    from imlkit.training import Run

    with Run("skin-study", "resnet, small", params={"rate": 1e-3}) as run:
        for epoch in run.epochs(20):
            loss = train(model, epoch)
            run.log(epoch=epoch, loss=loss)
            run.checkpoint(model)
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .checkpoint_record import CheckpointRecord as CheckpointRecord
    from .dataset_hash import dataset_version as dataset_version
    from .document_dataset import store_dataset as store_dataset
    from .lightning_callback import LightningCallback as LightningCallback
    from .run import Run as Run
    from .run_curves import Curve as Curve
    from .run_record import RunRecord as RunRecord
    from .runs import Runs as Runs
    from .skorch_callback import SkorchCallback as SkorchCallback
    from .torch_callback import TorchCallback as TorchCallback

_PUBLIC = {
    "CheckpointRecord": ".checkpoint_record",
    "Curve": ".run_curves",
    "LightningCallback": ".lightning_callback",
    "Run": ".run",
    "RunRecord": ".run_record",
    "Runs": ".runs",
    "SkorchCallback": ".skorch_callback",
    "TorchCallback": ".torch_callback",
    "dataset_version": ".dataset_hash",
    "store_dataset": ".document_dataset",
}

__all__ = [
    "CheckpointRecord",
    "Curve",
    "LightningCallback",
    "Run",
    "RunRecord",
    "Runs",
    "SkorchCallback",
    "TorchCallback",
    "dataset_version",
    "store_dataset",
]


def __getattr__(name: str) -> Any:
    if name not in _PUBLIC:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_PUBLIC[name], __name__), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_PUBLIC])
