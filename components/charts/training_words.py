"""The state of a training in a sentence."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from imlkit.model import TrainingStatus

from .percentage import percentage

__all__ = ["SHARES", "faults", "progress_words", "values_words"]

SHARES = ("accuracy", "balanced_accuracy", "precision", "recall", "f1")
"""Metrics from 0 to 1 that are read as percentages."""

VALIDATION = "validation_"


def progress_words(status: TrainingStatus) -> str:
    """Return where a training stands, such as ``"Epoch 12 of 20"``."""
    epochs = "1 epoch" if status.epoch == 1 else f"{status.epoch} epochs"
    if status.state == "idle":
        return status.message or "Not trained yet"
    if status.state == "start":
        return status.message or "Preparing the training"
    if status.running:
        # An epoch that has not ended is the next one.
        current = min(status.epoch + (status.state == "batch"), status.epochs) or 1
        return f"Epoch {current} of {status.epochs}"
    if status.state == "success":
        return status.message or f"Trained in {epochs}"
    if status.state == "cancelled":
        return status.message or f"Training cancelled after {epochs} of {status.epochs}"
    return f"Training failed: {status.message}" if status.message else f"Training failed after {epochs}"


def values_words(metrics: Mapping[str, Sequence[float]]) -> str:
    """Return the latest value of each metric, such as ``"loss 0.21, validation accuracy 93 %"``."""
    latest = {name: values[-1] for name, values in metrics.items() if values}
    return ", ".join(f"{spaced(name)} {number(name, value)}" for name, value in latest.items())


def faults(metrics: Mapping[str, Sequence[float]]) -> str:
    """Return what to say of values that are no numbers; "" where all are."""
    said = []
    for name, values in metrics.items():
        epoch = next((index for index, value in enumerate(values, 1) if not math.isfinite(value)), None)
        if epoch is not None:
            said.append(f"The {spaced(name)} is {number(name, values[epoch - 1])} from epoch {epoch} on.")
    if said:
        said.append("Lower the learning rate or look for extreme values in the data.")
    return " ".join(said)


def number(name: str, value: float) -> str:
    if math.isnan(value):
        return "not a number"
    if math.isinf(value):
        return "infinite"
    if name.removeprefix(VALIDATION) in SHARES:
        return percentage(value)
    return f"{value:.2f}" if 0.1 <= abs(value) < 1000 or value == 0 else f"{value:.2g}"


def spaced(name: str) -> str:
    return name.replace("_", " ")
