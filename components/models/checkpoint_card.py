"""What is known of a model whose weights are a checkpoint of a run."""

from __future__ import annotations

import math

from imlkit.store import Store
from imlkit.training import CheckpointRecord, RunRecord
from imlkit.training.run_record import CHECKPOINTS, RUNS

from .model_card import ModelCard

__all__ = ["checkpoint_card"]


def checkpoint_card(store: Store, id: str) -> ModelCard:
    """Return what a checkpoint and its run tell of the model.

    Args:
        store: where the run was logged.
        id: the checkpoint's.

    Returns:
        A card, with the run's parameter ``labels`` where it has one, and none otherwise.

    Raises:
        NotFoundError: there is no such checkpoint.
    """
    document = store.collection(CHECKPOINTS).get(id)
    runs = store.collection(RUNS).find({"id": str(document.get("run"))})
    run = RunRecord.read(runs[0]) if runs else None
    checkpoint = CheckpointRecord.read(document, "" if run is None else run.name)
    params = {} if run is None else dict(run.params)
    labels = params.get("labels")
    return ModelCard(
        kind="",
        labels=tuple(map(str, labels)) if isinstance(labels, list) and len(labels) > 1 else (),
        features=0,
        instances=0,
        parameters=params,
        epochs=max(0, int(checkpoint.epoch or 0)),
        metrics={name: (value,) for name, value in checkpoint.metrics.items() if math.isfinite(value)},
        origin={
            "checkpoint": id,
            "name": checkpoint.name,
            "run": checkpoint.run,
            "run_name": checkpoint.run_name,
        },
    )
