"""Training a network of one's own, epoch by epoch. Loaded at first use: torch takes a second to import."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn.functional import cross_entropy, mse_loss

from imlkit.errors import TrainingDataError
from imlkit.model import TrainingStatus
from imlkit.trainings import Task

from .torch_network import Prepare, prepared

__all__ = ["Loss", "Side", "TorchPlan", "train"]

Loss = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]


@dataclass(frozen=True, slots=True)
class Side:
    """The instances that one side of the split uses.

    Attributes:
        x: all instances, (n, …).
        y: the number of each one's class, (n,), or the targets, (n, targets).
        rows: which of them are meant.
    """

    x: NDArray[Any]
    y: torch.Tensor
    rows: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class TorchPlan:
    """How to train.

    Attributes:
        loss: of outputs and targets; None for the cross entropy, or the mean squared error.
        class_weights: of each class in the cross entropy.
        patience: after how many epochs without a smaller validation loss to stop; None for never.
    """

    epochs: int
    batch_size: int
    regression: bool
    device: torch.device
    prepare: Prepare | None
    loss: Loss | None
    class_weights: torch.Tensor | None
    patience: int | None


class _Training:
    def __init__(self, network: nn.Module, plan: TorchPlan, run: Task) -> None:
        self.network = network
        self.plan = plan
        self.run = run
        weights = plan.class_weights
        self.weights = None if weights is None else weights.to(plan.device)

    def outputs(self, side: Side, rows: NDArray[np.int64]) -> tuple[torch.Tensor, torch.Tensor]:
        """Return what the network gives for some rows, and what it should."""
        x = prepared(side.x[rows], self.plan.prepare).to(self.plan.device)
        y = side.y[torch.from_numpy(rows)].to(self.plan.device)
        outputs = self.network(x)
        if self.plan.regression:
            outputs = outputs.reshape(len(x), -1)
        return outputs, y

    def loss(self, outputs: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        if self.plan.loss is not None:
            loss = self.plan.loss(outputs, y)
            return loss if loss.ndim == 0 else loss.mean()
        return (
            mse_loss(outputs, y) if self.plan.regression else cross_entropy(outputs, y, weight=self.weights)
        )

    def score(self, outputs: torch.Tensor, y: torch.Tensor) -> float:
        """Return how many are named rightly, or by how much the numbers are wrong in all."""
        if self.plan.regression:
            return float((outputs - y).abs().mean(1).sum())
        return float((outputs.argmax(1) == y).sum())

    def checked(self, side: Side) -> dict[str, float]:
        self.network.eval()
        loss, score, count = 0.0, 0.0, len(side.rows)
        with torch.inference_mode():
            for start in range(0, count, self.plan.batch_size):
                self.run.check()
                rows = side.rows[start : start + self.plan.batch_size]
                outputs, y = self.outputs(side, rows)
                loss += float(self.loss(outputs, y)) * len(rows)
                score += self.score(outputs, y)
        return {"validation_loss": loss / count, f"validation_{self.measure}": score / count}

    @property
    def measure(self) -> str:
        return "mean_absolute_error" if self.plan.regression else "accuracy"


def train(
    network: nn.Module,
    optimizer: torch.optim.Optimizer,
    training: Side,
    validation: Side | None,
    plan: TorchPlan,
    random: np.random.Generator,
    run: Task,
    watch: Callable[..., Any] | None = None,
) -> dict[str, tuple[float, ...]]:
    """Train a network, and return each metric after every epoch.

    ``loss`` and ``accuracy`` (of a regression: ``mean_absolute_error``) are taken over the epoch's batches,
    each as it stood before its step; those of the validation at the end of the epoch. With patience the
    network has in the end the weights of the epoch with the least validation loss.

    Args:
        watch: called with the name of each step of a callback and what it tells.

    Raises:
        TrainingDataError: the loss is no longer a number.
    """
    work = _Training(network, plan, run)
    batches = math.ceil(len(training.rows) / plan.batch_size)
    status = replace(run.status, state="epoch", message="")
    best, waited, kept = math.inf, 0, None
    for epoch in range(1, plan.epochs + 1):
        if watch is not None:
            watch("on_epoch_begin", epoch=epoch)
        loss_sum, score = 0.0, 0.0
        order = random.permutation(training.rows)
        network.train()
        for batch in range(batches):
            run.check()
            rows = order[batch * plan.batch_size : (batch + 1) * plan.batch_size]
            if watch is not None:
                watch("on_batch_begin", rows=rows)
            outputs, y = work.outputs(training, rows)
            loss = work.loss(outputs, y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            loss_sum += (value := loss.item()) * len(rows)
            score += work.score(outputs.detach(), y)
            if watch is not None:
                watch("on_batch_end", rows=rows, loss=value)
            run.tell_batch(batch + 1, batches)
        metrics = {"loss": loss_sum / len(order), work.measure: score / len(order)}
        if validation is not None:
            metrics |= work.checked(validation)
        if not all(map(math.isfinite, metrics.values())):
            raise TrainingDataError(
                f"The training went astray in epoch {epoch}: its loss is no longer a number. "
                "Use a smaller learning rate, then train again."
            )
        history = {name: (*status.metrics.get(name, ()), value) for name, value in metrics.items()}
        status = TrainingStatus("epoch", epoch, plan.epochs, history)
        run.tell(status)
        if watch is not None:
            watch("on_epoch_end", epoch=epoch, metrics=metrics)
        if plan.patience is not None:
            if metrics["validation_loss"] < best:
                best, waited, kept = metrics["validation_loss"], 0, copy.deepcopy(network.state_dict())
            elif (waited := waited + 1) >= plan.patience:
                break
    if kept is not None:
        network.load_state_dict(kept)
    return dict(status.metrics)
