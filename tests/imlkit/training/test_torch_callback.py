"""A training loop that calls back."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from imlkit.location import data_store
from imlkit.store import Store
from imlkit.training import Runs, TorchCallback
from imlkit.training.checkpoint import load_checkpoint


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = data_store(tmp_path / "runs")
    yield store
    store.close()


def trained(store: Store | None) -> torch.nn.Module:
    """Train a small network, with a callback if there is a store for it."""
    torch.manual_seed(0)
    model = torch.nn.Sequential(torch.nn.Linear(4, 8), torch.nn.Dropout(0.5), torch.nn.Linear(8, 1))
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    x = torch.randn(64, 4)
    with contextlib.ExitStack() as stack:
        callback = None
        if store is not None:
            callback = stack.enter_context(
                TorchCallback(
                    store, "one", model, optimizer, epochs=3, keep=1, by="validation_loss", tags=["t"]
                )
            )
        for epoch in (1, 2, 3):
            for _ in range(5):
                loss = model(x).square().mean()
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                if callback is not None:
                    callback.on_batch_end(loss=loss)
            if callback is not None:
                callback.run.log_histograms(model)
                callback.on_epoch_end(epoch, validation_loss=abs(epoch - 2))
    return model


def test_batches_epochs_and_the_best_weights_are_kept(store: Store) -> None:
    trained(store)
    runs = Runs(store)
    (record,) = runs.read()
    assert (record.state, record.epoch, record.epochs, record.tags) == ("finished", 3, 3, ("t",))
    curves = runs.curves(record.id)
    assert len(curves["loss"]) == 15
    assert curves["validation_loss"].epoch.tolist() == [1, 2, 3]
    assert curves["learning rate"].value.tolist() == [0.01] * 3
    (checkpoint,) = runs.checkpoints(record.id)
    assert checkpoint.name == "epoch 2"
    model = torch.nn.Sequential(torch.nn.Linear(4, 8), torch.nn.Dropout(0.5), torch.nn.Linear(8, 1))
    load_checkpoint(store, checkpoint.id, model)


def test_the_weights_are_the_same_to_the_last_bit_as_without_it(store: Store) -> None:
    with_it, without = trained(store).state_dict(), trained(None).state_dict()
    assert all(torch.equal(with_it[name], without[name]) for name in without)


def test_an_error_ends_the_run_as_failed(store: Store) -> None:
    with pytest.raises(ValueError, match="broken"), TorchCallback(store, "one"):
        raise ValueError("broken")
    assert Runs(store).read()[0].state == "failed"


def test_it_begins_and_ends_by_calls_too(store: Store) -> None:
    callback = TorchCallback(store, "one")
    callback.on_train_begin()
    callback.on_batch_end({"loss": 1.0})
    callback.on_epoch_end(1, {"a b": 2.0})
    assert not callback.stopping
    callback.on_train_end()
    (record,) = Runs(store).read()
    assert (record.state, dict(record.values)) == ("finished", {"loss": 1.0, "a b": 2.0})
