"""A model's weights as they were at some moment of a run, kept as safetensors."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from ..errors import DuplicateIdError, ModelFileError, NotFoundError
from ..store import Store
from .run_record import CHECKPOINTS
from .words import words

if TYPE_CHECKING:
    import torch
    from torch import nn

__all__ = [
    "Checkpoint",
    "Saving",
    "checkpoint_weights",
    "copied",
    "load_checkpoint",
    "remove_checkpoint",
]

MEDIA_TYPE: Final = "application/vnd.safetensors"


@dataclass(frozen=True)
class Checkpoint:
    """What is told of weights that were kept.

    Attributes:
        id: by which they are asked for.
        run: the run's id.
        name: what they are called.
        metrics: numbers that tell how good they are.
        place: at which ``step`` and ``epoch``.
    """

    id: str
    run: str
    name: str
    metrics: Mapping[str, float]
    place: Mapping[str, Any]

    def saving(self, state: Mapping[str, torch.Tensor]) -> Saving:
        """Return what brings the weights to a store; done again it changes nothing."""
        return Saving(self, state)

    def removing(self) -> Callable[[Store], object]:
        """Return what removes the weights from a store."""

        def remove(store: Store) -> None:
            remove_checkpoint(store, self.id)

        return remove


class Saving:
    """Brings the weights of a checkpoint to a store.

    Args:
        checkpoint: whose weights they are.
        state: tensors by name, which nothing else changes.
    """

    def __init__(self, checkpoint: Checkpoint, state: Mapping[str, torch.Tensor]) -> None:
        self.checkpoint = checkpoint
        self._state = dict(state)

    def __call__(self, store: Store) -> None:
        asset = store.assets.put(self._written(), MEDIA_TYPE)
        of = self.checkpoint
        # What was written although the answer got lost is there already.
        with contextlib.suppress(DuplicateIdError):
            store.collection(CHECKPOINTS).create(
                {
                    "id": of.id,
                    "run": of.run,
                    "name": of.name,
                    "at": datetime.now(UTC),
                    "metrics": [[words(name), float(value)] for name, value in of.metrics.items()],
                    "asset": asset.id,
                    "size": asset.size,
                    **of.place,
                }
            )

    def write(self, folder: Path) -> Path:
        """Write the weights into a folder of this machine instead; return the file."""
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / f"{self.checkpoint.id}.safetensors"
        file.write_bytes(self._written())
        return file

    def _written(self) -> bytes:
        from safetensors.torch import save

        return bytes(save(self._state, {"format": "pt"}))


def remove_checkpoint(store: Store, id: str) -> None:
    """Remove a checkpoint; weights that another one has too stay."""
    checkpoints = store.collection(CHECKPOINTS)
    try:
        asset = checkpoints.get(id, ["asset"]).get("asset")
    except NotFoundError:
        return
    checkpoints.remove(id)
    if isinstance(asset, str) and not checkpoints.count({"asset": asset}):
        with contextlib.suppress(NotFoundError):
            store.assets.remove(asset)


def copied(model: nn.Module | Mapping[str, Any]) -> dict[str, torch.Tensor]:
    """Return a copy of a model's state, on the processor, that later training does not change."""
    import torch

    state = model.state_dict() if isinstance(model, torch.nn.Module) else model
    return {
        str(name): tensor.detach().to("cpu", copy=True).contiguous()
        for name, tensor in state.items()
        if isinstance(tensor, torch.Tensor)
    }


def checkpoint_weights(store: Store, id: str) -> dict[str, torch.Tensor]:
    """Return the weights of a checkpoint, tensors by name.

    Raises:
        NotFoundError: there is no such checkpoint, or its weights are gone.
        ModelFileError: they are damaged.
    """
    from safetensors import SafetensorError
    from safetensors.torch import load

    document = store.collection(CHECKPOINTS).get(id)
    asset = document.get("asset")
    if not isinstance(asset, str):
        raise ModelFileError(f"The checkpoint {id!r} names no weights: it is damaged; take another one.")
    with store.assets.open(asset) as file:
        content = file.read()
    try:
        return dict(load(content))
    except (SafetensorError, ValueError, KeyError, TypeError) as error:
        raise ModelFileError(
            f"The weights of the checkpoint {id!r} are damaged ({error}): take another checkpoint."
        ) from error


def load_checkpoint(store: Store, id: str, model: nn.Module) -> None:
    """Give a model the weights of a checkpoint. A model that they do not fit stays as it was.

    Raises:
        NotFoundError: there is no such checkpoint, or its weights are gone.
        ModelFileError: they are damaged, or belong to another architecture; the message says where.
    """
    from .fitting import give_weights

    give_weights(model, checkpoint_weights(store, id), f"The checkpoint {id!r}")
