"""What keeping predictions up to date costs against a loop that just predicts and writes.

The bare loop is what a person would write for one run: read the digits' features and labels from
the store in batches, ``predict_batch`` each batch, and create the same documents, of the same
fields, in the same store, in the same batches. It knows nothing of what is out of date, so the
model's version and the features' fingerprint are given to it; ours hashes the model and the
features of every instance, and has the summary ready for the page. Both predict all 1,797 digits
into a new collection; which goes first changes from pair to pair.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from imlkit.components.data.dataset import Dataset
from imlkit.components.evaluation.batch_prediction import BatchPrediction
from imlkit.components.evaluation.prediction_run import BATCH
from imlkit.components.models.knn_classifier import KNNClassifier
from imlkit.components.models.mlp_classifier import MLPClassifier
from imlkit.location import data_store
from imlkit.model import Model
from imlkit.session import Session
from imlkit.store import Store

RUNS = 15


def rows() -> list[tuple[str, str, float, bool]]:
    """Return (what, bar, measured, met)."""
    measured = []
    with tempfile.TemporaryDirectory() as folder, Session().entered() as session:
        store = data_store(Path(folder) / "data")
        digits = stored_digits(store)
        for model in (MLPClassifier(layers=(64, 32), epochs=20), KNNClassifier(k=3)):
            model.train(digits)
            assert model.wait().state == "success"
            kind = type(model).__name__
            loop, alone, first = ratios(store, digits, model)
            measured += [
                (f"batch prediction of 1,797 digits, {kind} / bare loop", "at most 1.3", loop, loop <= 1.3),
                (f"the same with opening the page counted, {kind} / bare loop", "no bar", first, True),
                (f"the same, {kind} / predict_batch alone, nothing read or written", "no bar", alone, True),
            ]
        session.dispose()
        store.close()
    return measured


def stored_digits(store: Store) -> Dataset:
    """Return all the digits as a dataset: 64 features of each."""
    from sklearn.datasets import load_digits

    digits = load_digits()
    dataset = Dataset("digits", store)
    x = (digits.data / 16).astype(np.float32)
    dataset.create([{"x": row, "y": str(label)} for row, label in zip(x, digits.target, strict=True)])
    return dataset


def ratios(store: Store, digits: Dataset, model: Model) -> tuple[float, float, float]:
    """Return the medians of our time by the loop's, by prediction alone, and with opening by the loop's."""
    xs = np.stack([each["x"] for each in digits.iterate(None, ["x"])])
    by_loop, by_prediction, opened = [], [], []
    for run in range(RUNS + 1):
        name = f"{type(model).__name__} {run}"
        batch, opening = opened_page(f"ours {name}", store, model, digits)

        def ours(batch: BatchPrediction = batch) -> None:
            batch.run()
            assert batch.wait().state == "success", batch.status.value

        def theirs(name: str = name) -> None:
            bare_loop(store, f"bare {name}", digits, model)

        if run % 2:
            own, bare = timed(ours), timed(theirs)
        else:
            bare, own = timed(theirs), timed(ours)
        alone = timed(lambda: [model.predict_batch(xs[n : n + BATCH]) for n in range(0, len(xs), BATCH)])
        # The same predictions, or the comparison would mean nothing.
        kept = {each["id"]: each["predicted"] for each in store.collection(f"bare {name}").find()}
        assert kept == {each["id"]: each["predicted"] for each in batch.collection.find()}
        assert len(kept) == len(xs) == len(batch.refresh())
        batch.dispose()
        if run:
            by_loop.append(own / bare)
            by_prediction.append(own / alone)
            opened.append((own + opening) / bare)
    return statistics.median(by_loop), statistics.median(by_prediction), statistics.median(opened)


def opened_page(name: str, store: Store, model: Model, digits: Dataset) -> tuple[BatchPrediction, float]:
    """Return a batch prediction that knows what is there, and how long that took."""
    start = time.perf_counter()
    batch = BatchPrediction(name, store, model, digits)
    batch.refresh()
    return batch, time.perf_counter() - start


def bare_loop(store: Store, name: str, digits: Dataset, model: Model) -> None:
    """Predict every instance and write a document of each, batch by batch."""
    collection = store.collection(name)
    for instances in digits.batches(BATCH, select=["x", "y"]):
        predictions = model.predict_batch([each["x"] for each in instances])
        collection.create(
            [
                {
                    "id": each["id"],
                    "predicted": prediction.label,
                    "confidence": prediction.confidences[prediction.label],
                    "confidences": dict(prediction.confidences),
                    "truth": each["y"],
                    "model": "0" * 32,
                    "features": "0" * 32,
                }
                for each, prediction in zip(instances, predictions, strict=True)
            ]
        )


def timed(work: Callable[[], object]) -> float:
    """Return the seconds that a call takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start
