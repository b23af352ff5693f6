"""How checkpoints are called where people choose among them."""

from __future__ import annotations

import math

from imlkit.training import CheckpointRecord

from .plot_metrics import is_validation

__all__ = ["best_known", "checkpoint_words", "place_words"]

LOSSES = ("validation_loss", "val_loss")


def best_known(checkpoint: CheckpointRecord) -> list[tuple[str, float]]:
    """Return the metrics of a checkpoint, most telling first: of its validation before others."""

    def rank(metric: tuple[str, float]) -> int:
        name = metric[0]
        return 0 if name in LOSSES else 1 if is_validation(name) else 2 if name == "loss" else 3

    return sorted(checkpoint.metrics.items(), key=rank)


def place_words(checkpoint: CheckpointRecord) -> str:
    """Return from when in its training it is: its epoch, else its step."""
    return f"step {checkpoint.step}" if checkpoint.epoch is None else f"epoch {checkpoint.epoch:g}"


def checkpoint_words(checkpoint: CheckpointRecord) -> str:
    """Return a checkpoint on one line: ``"run name · epoch 7 · validation_loss 0.31"``."""
    parts = [checkpoint.run_name or "without a name", checkpoint.name]
    if checkpoint.name != (place := place_words(checkpoint)):
        parts.append(place)
    parts += [f"{name} {_number(value)}" for name, value in best_known(checkpoint)[:1]]
    return " · ".join(" ".join(part.split()) for part in parts)


def _number(value: float) -> str:
    if math.isfinite(value):
        return f"{value:.4g}"
    return "NaN" if math.isnan(value) else "∞" if value > 0 else "−∞"
