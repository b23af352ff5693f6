"""What logging costs a training."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import torch

from imlkit.location import data_store
from imlkit.store import Store
from imlkit.training import Run, TorchCallback

__all__ = ["rows"]

WARM, PAIRS = 2, 31
BATCHES, BATCH = 40, 64
STEPS = 20_000


def log_microseconds(store: Store) -> float:
    """Return what ``run.log`` of two numbers takes of the training's thread, the median of many."""
    with Run(store, "logged") as run:
        taken = []
        for n in range(STEPS):
            begun = time.perf_counter()
            run.log(loss=1 / (n + 1), accuracy=0.5)
            taken.append(time.perf_counter() - begun)
    return statistics.median(taken) * 1e6


class Training:
    """A small network of convolutions that learns, epoch by epoch.

    Args:
        callback: told of every batch and epoch, if there is one.
    """

    def __init__(self, callback: Callable[..., TorchCallback] | None) -> None:
        torch.manual_seed(0)
        self.model = torch.nn.Sequential(
            torch.nn.Conv2d(3, 16, 3, padding=1),
            torch.nn.ReLU(),
            torch.nn.MaxPool2d(2),
            torch.nn.Conv2d(16, 32, 3, padding=1),
            torch.nn.ReLU(),
            torch.nn.Flatten(),
            torch.nn.Linear(32 * 16 * 16, 10),
        )
        self.optimizer = torch.optim.SGD(self.model.parameters(), lr=0.01, momentum=0.9)
        self.x = torch.randn(BATCHES * BATCH, 3, 32, 32)
        self.y = torch.randint(0, 10, (BATCHES * BATCH,))
        self.callback = callback(self.model, self.optimizer) if callback is not None else None
        self.epochs = 0

    def epoch(self) -> float:
        """Train one epoch more; return the seconds."""
        begun = time.perf_counter()
        self.epochs += 1
        for n in range(BATCHES):
            part = slice(n * BATCH, (n + 1) * BATCH)
            loss = torch.nn.functional.cross_entropy(self.model(self.x[part]), self.y[part])
            self.optimizer.zero_grad()
            loss.backward()
            self.optimizer.step()
            if self.callback is not None:
                self.callback.on_batch_end(loss=loss)
        if self.callback is not None:
            self.callback.on_epoch_end(self.epochs)
        return time.perf_counter() - begun


def training_ratio(store: Store) -> tuple[float, bool]:
    """Return how much longer epochs take with a callback, and whether the weights are the same after all."""
    bare = Training(None)
    told = Training(lambda *parts: TorchCallback(store, "trained", *parts, keep=1))
    assert told.callback is not None
    ratios = []
    with told.callback:
        for n in range(WARM + PAIRS):
            # Whoever comes second finds the machine warm: they take turns.
            pair = (bare, told) if n % 2 else (told, bare)
            seconds = {id(each): each.epoch() for each in pair}
            if n >= WARM:
                ratios.append(seconds[id(told)] / seconds[id(bare)])
    weights = told.model.state_dict()
    alike = all(torch.equal(weights[name], tensor) for name, tensor in bare.model.state_dict().items())
    return statistics.median(ratios), alike


def rows() -> list[tuple[str, str, float, bool]]:
    """Return what was measured: what, its bar, the value and whether it holds."""
    with tempfile.TemporaryDirectory() as folder:
        store = data_store(Path(folder) / "runs")
        logged = log_microseconds(store)
        ratio, alike = training_ratio(store)
        store.close()
    return [
        ("run.log of two numbers, on the training's thread, median, µs", "under 50", logged, logged < 50),
        ("an epoch with TorchCallback / without, median of pairs", "at most 1.02", ratio, ratio <= 1.02),
        ("final weights the same to the last bit (1: yes)", "exactly 1", float(alike), alike),
    ]
