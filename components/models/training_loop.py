"""Teaching a network, epoch by epoch. Loaded at first use: torch takes a second to import."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch.nn.functional import cross_entropy

from imlkit.errors import TrainingDataError
from imlkit.model import TrainingStatus
from imlkit.trainings import Task

__all__ = ["Part", "Plan", "train_network"]

ROWS_AT_ONCE = 1024


@dataclass(frozen=True, slots=True)
class Part:
    """The rows of a matrix that one side of the split uses.

    Attributes:
        x: standardised features, (n, features).
        y: the number of each row's class, (n,).
        rows: which rows are meant.
    """

    x: torch.Tensor
    y: torch.Tensor
    rows: torch.Tensor


@dataclass(frozen=True, slots=True)
class Plan:
    """How to train."""

    epochs: int
    batch_size: int
    learning_rate: float
    label_smoothing: float


def train_network(
    network: torch.nn.Module,
    training: Part,
    validation: Part | None,
    plan: Plan,
    generator: torch.Generator,
    run: Task,
    watch: Callable[..., Any] | None = None,
) -> dict[str, tuple[float, ...]]:
    """Train a network with Adam on the cross entropy, and return each metric after every epoch.

    ``loss`` and ``accuracy`` are taken over the epoch's batches, each as it stood before its step;
    ``validation_loss`` and ``validation_accuracy`` at the end of the epoch.

    Args:
        watch: called with the name of each step of a callback and what it tells.
    """
    optimizer = torch.optim.Adam(network.parameters(), lr=plan.learning_rate, fused=True)
    batches = math.ceil(len(training.rows) / plan.batch_size)
    status = replace(run.status, state="epoch", message="")
    for epoch in range(1, plan.epochs + 1):
        if watch is not None:
            watch("on_epoch_begin", epoch=epoch)
        loss_sum, correct = 0.0, 0
        order = training.rows[torch.randperm(len(training.rows), generator=generator)]
        for batch, rows in enumerate(order.split(plan.batch_size), start=1):
            run.check()
            if watch is not None:
                watch("on_batch_begin", rows=rows)
            x, y = training.x[rows], training.y[rows]
            logits = network(x)
            loss = cross_entropy(logits, y, label_smoothing=plan.label_smoothing)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            loss_sum += (value := loss.item()) * len(rows)
            correct += int((logits.argmax(1) == y).sum())
            if watch is not None:
                watch("on_batch_end", rows=rows, loss=value)
            run.tell_batch(batch, batches)
        metrics = {"loss": loss_sum / len(order), "accuracy": correct / len(order)}
        if validation is not None:
            metrics |= _checked(network, validation, plan.label_smoothing, run)
        if not all(map(math.isfinite, metrics.values())):
            raise TrainingDataError(
                f"The training went astray in epoch {epoch}: its loss is no longer a number. "
                f"Use a learning rate below {plan.learning_rate:g}, then train again."
            )
        history = {name: (*status.metrics.get(name, ()), value) for name, value in metrics.items()}
        status = TrainingStatus("epoch", epoch, plan.epochs, history)
        run.tell(status)
        if watch is not None:
            watch("on_epoch_end", epoch=epoch, metrics=metrics)
    return dict(status.metrics)


def _checked(network: torch.nn.Module, part: Part, label_smoothing: float, run: Task) -> dict[str, float]:
    loss_sum, correct = 0.0, 0
    with torch.inference_mode():
        for rows in part.rows.split(ROWS_AT_ONCE):
            run.check()
            logits, y = network(part.x[rows]), part.y[rows]
            loss_sum += cross_entropy(logits, y, label_smoothing=label_smoothing, reduction="sum").item()
            correct += int((logits.argmax(1) == y).sum())
    return {
        "validation_loss": loss_sum / len(part.rows),
        "validation_accuracy": correct / len(part.rows),
    }
