"""How many labels a classifier needs where it is asked what to label next, against random choice."""

from __future__ import annotations

import multiprocessing
import os
import statistics
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import product

import numpy as np
from numpy.typing import NDArray

from imlkit.components.data.query_strategy import STRATEGIES
from imlkit.components.models.mlp_classifier import MLPClassifier
from imlkit.session import Session
from imlkit.store import Document, Query

SEEDS = range(10)
CHOICES = ("random", "margin", "entropy", "diversity")
HELD_OUT = 500
FIRST, MORE, MOST = 10, 10, 800
ENOUGH = 0.95


class Labelled:
    """The instances labelled so far."""

    name = "digits"

    def __init__(self, x: NDArray[np.float32], y: NDArray[np.int64]) -> None:
        self.rows = [
            {"id": str(n), "x": row, "y": str(label)} for n, (row, label) in enumerate(zip(x, y, strict=True))
        ]

    def count(self, query: Query | None = None) -> int:
        return len(self.rows)

    def iterate(
        self, query: Query | None = None, select: Sequence[str] | None = None, batch: int = 100
    ) -> Iterator[Document]:
        return iter(self.rows)


def labels_needed(choice: str, seed: int) -> int:
    """Return how many labels brought the first accuracy of 95 % on the digits held out."""
    from sklearn.datasets import load_digits
    from sklearn.model_selection import train_test_split

    digits = load_digits()
    x, test_x, y, test_y = train_test_split(
        (digits.data / 16).astype(np.float32),
        digits.target,
        test_size=HELD_OUT,
        stratify=digits.target,
        random_state=seed,
    )
    random = np.random.default_rng(seed)
    # The same first labels for every choice.
    labelled = random.permutation(len(x))[:FIRST]
    with Session().entered():
        model = MLPClassifier(
            layers=(64,), epochs=30, batch_size=16, learning_rate=0.005, validation_split=0, seed=seed
        )
        while len(labelled) <= MOST:
            model.train(Labelled(x[labelled], y[labelled]))
            status = model.wait()
            assert status.state == "success", status.message
            said = model.predict_batch(test_x)
            if statistics.mean(p.label == str(true) for p, true in zip(said, test_y, strict=True)) >= ENOUGH:
                return len(labelled)
            pool = np.setdiff1d(np.arange(len(x)), labelled)
            if choice == "random":
                chosen = random.permutation(len(pool))[:MORE]
            else:
                predictions = model.predict_batch(x[pool])
                confidences = np.array([list(p.confidences.values()) for p in predictions])
                chosen = STRATEGIES[choice](confidences, x[pool], MORE)  # type: ignore[index]
            labelled = np.concatenate([labelled, pool[chosen]])
    raise AssertionError(f"{MOST} labels by {choice} were not enough (seed {seed})")


def medians() -> dict[str, float]:
    """Return the median labels needed over the seeds, by each way of choosing."""
    jobs = list(product(CHOICES, SEEDS))
    # One training runs on one core: as many run side by side as there are cores.
    with ProcessPoolExecutor(min(4, os.cpu_count() or 1), multiprocessing.get_context("spawn")) as processes:
        needed = list(processes.map(labels_needed, *zip(*jobs, strict=True)))
    return {
        choice: statistics.median(n for (chosen, _), n in zip(jobs, needed, strict=True) if chosen == choice)
        for choice in CHOICES
    }


def rows() -> list[tuple[str, str, float, bool]]:
    """Return (what, bar, measured, met)."""
    needed = medians()
    ratio = needed["margin"] / needed["random"]
    what = "digits, MLP, labels for 95 %, median of 10 seeds"
    return [
        (f"{what}: margin / random", "below 1", ratio, ratio < 1),
        *((f"{what}: {choice}", "told, no bar", needed[choice], True) for choice in CHOICES),
    ]
