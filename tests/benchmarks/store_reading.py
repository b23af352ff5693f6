"""Documents of a store, read by PyTorch's loader."""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.utils.data import DataLoader, Dataset

from imlkit.location import data_store
from imlkit.training import store_dataset

__all__ = ["rows"]

COUNT, SIDE, BATCH = 4_000, 32, 64
PAIRS = 5
BAR = 1.5


class Files(Dataset[Any]):
    """The same tensors, a file each."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __len__(self) -> int:
        return COUNT

    def __getitem__(self, number: int) -> Any:
        return torch.load(self._folder / f"{number}.pt", weights_only=True), number % 10


def rows() -> list[tuple[str, str, float, bool]]:
    """Return what was measured: what, its bar, the value and whether it holds."""
    random = np.random.default_rng(0)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        store = data_store(folder / "store")
        cases = store.collection("cases")
        for start in range(0, COUNT, 500):
            numbers = range(start, start + 500)
            arrays = [random.normal(size=(3, SIDE, SIDE)).astype(np.float32) for _ in numbers]
            cases.create([{"x": x, "y": n % 10} for n, x in zip(numbers, arrays, strict=True)])
            for n, x in zip(numbers, arrays, strict=True):
                torch.save(torch.from_numpy(x), folder / f"{n}.pt")
        stored, files = store_dataset(store, "cases", ("x", "y")), Files(folder)
        found = []
        for workers in (0, 2):
            seconds(stored, workers)
            seconds(files, workers)
            ratios = [seconds(stored, workers) / seconds(files, workers) for _ in range(PAIRS)]
            found.append((workers, statistics.median(ratios)))
        store.close()
    return [
        (
            f"{COUNT:,} shuffled tensors of a store / of a file each, DataLoader with {workers} workers",
            f"at most {BAR}",
            ratio,
            ratio <= BAR,
        )
        for workers, ratio in found
    ]


def seconds(dataset: Any, workers: int) -> float:
    """Return how long a loader takes for all of a dataset, shuffled."""
    begun = time.perf_counter()
    total = 0
    for x, _ in DataLoader(dataset, batch_size=BATCH, shuffle=True, num_workers=workers):
        total += len(x)
    assert total == COUNT
    return time.perf_counter() - begun
