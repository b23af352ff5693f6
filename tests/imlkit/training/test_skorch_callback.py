"""A training with skorch."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from sklearn.base import clone
from skorch import NeuralNetClassifier
from skorch.callbacks import Callback

from imlkit.location import data_store
from imlkit.store import Store
from imlkit.training import Runs, SkorchCallback
from imlkit.training.checkpoint import load_checkpoint

RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=(60, 4)).astype(np.float32)
Y = (X[:, 0] > 0).astype(np.int64)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = data_store(tmp_path / "runs")
    yield store
    store.close()


def net(*callbacks: Any, epochs: int = 3) -> Any:
    torch.manual_seed(0)
    return NeuralNetClassifier(
        torch.nn.Linear(4, 2),
        criterion=torch.nn.CrossEntropyLoss,
        max_epochs=epochs,
        lr=0.1,
        verbose=0,
        callbacks=list(callbacks),
    )


def test_the_history_and_the_best_weights_are_kept(store: Store) -> None:
    trained = net(SkorchCallback(store, "skorch", keep=1, by="valid_loss", tags=["t"])).fit(X, Y)
    runs = Runs(store)
    (record,) = runs.read()
    assert (record.state, record.epoch, record.epochs, record.tags) == ("finished", 3, 3, ("t",))
    assert record.params["lr"] == 0.1
    curves = runs.curves(record.id)
    assert curves["valid_loss"].value.tolist() == pytest.approx(trained.history[:, "valid_loss"])
    assert len(curves["batch loss"]) == 3
    (checkpoint,) = runs.checkpoints(record.id)
    load_checkpoint(store, checkpoint.id, torch.nn.Linear(4, 2))


def test_each_training_is_a_run_and_the_callback_can_be_copied(store: Store) -> None:
    model = clone(net(SkorchCallback(store, "skorch", every=0), epochs=1))
    model.fit(X, Y)
    model.partial_fit(X, Y)
    assert [record.state for record in Runs(store).read()] == ["finished", "finished"]


class Page(Callback):  # type: ignore[misc]
    """Asks to stop, as a page does, and waits until the run has heard it."""

    def __init__(self, store: Store, callback: SkorchCallback) -> None:
        self.store = store
        self.callback = callback

    def on_epoch_begin(self, net: Any, **more: Any) -> None:
        run = self.callback.run_
        if len(net.history) == 2 and run is not None:
            Runs(self.store).ask(run.id, "stop")
            assert run._obeying is not None
            assert run._obeying._steering.heard.wait(10)


def test_a_page_stops_it_after_an_epoch(store: Store) -> None:
    callback = SkorchCallback(store, "skorch")
    model = net(callback, epochs=100)
    model.set_params(callbacks=[callback, Page(store, callback)])
    model.fit(X, Y)
    (record,) = Runs(store).read()
    assert (record.state, record.epoch) == ("stopped", 2)
