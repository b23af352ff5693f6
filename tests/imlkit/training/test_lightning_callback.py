"""A training with Lightning."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from lightning.pytorch import Callback, LightningModule, Trainer

from imlkit.location import data_store
from imlkit.store import Store
from imlkit.training import LightningCallback, Runs
from imlkit.training.checkpoint import load_checkpoint


class Small(LightningModule):
    """A line that learns noise."""

    def __init__(self, rate: float = 0.1) -> None:
        super().__init__()
        self.save_hyperparameters()
        self.line = torch.nn.Linear(4, 1)

    def training_step(self, batch: Any, batch_idx: int) -> Any:
        return self.line(batch[0]).square().mean()

    def validation_step(self, batch: Any, batch_idx: int) -> None:
        self.log("validation_loss", self.line(batch[0]).square().mean())

    def configure_optimizers(self) -> Any:
        return torch.optim.SGD(self.parameters(), lr=0.1)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = data_store(tmp_path / "runs")
    yield store
    store.close()


def fit(folder: Path, *callbacks: Any, epochs: int = 3) -> None:
    torch.manual_seed(0)
    batches = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(torch.randn(32, 4)), batch_size=8)
    trainer = Trainer(
        default_root_dir=folder,
        max_epochs=epochs,
        accelerator="cpu",
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
        callbacks=list(callbacks),
    )
    trainer.fit(Small(), batches, batches)


@pytest.mark.filterwarnings("ignore")
def test_metrics_and_the_best_weights_are_kept(store: Store, tmp_path: Path) -> None:
    fit(tmp_path, LightningCallback(store, "lightning", keep=1, by="validation_loss", tags=["t"]))
    runs = Runs(store)
    (record,) = runs.read()
    assert (record.state, record.epoch, record.epochs, record.tags) == ("finished", 3, 3, ("t",))
    assert record.params["rate"] == 0.1
    curves = runs.curves(record.id)
    assert curves["batch loss"].step.tolist() == list(range(1, 13))
    assert curves["validation_loss"].epoch.tolist() == [1, 2, 3]
    (checkpoint,) = runs.checkpoints(record.id)
    load_checkpoint(store, checkpoint.id, Small())


class Broken(Callback):
    """Ends the training with an error."""

    def on_train_epoch_end(self, trainer: Any, pl_module: Any) -> None:
        raise ValueError("broken")


@pytest.mark.filterwarnings("ignore")
def test_an_error_ends_the_run_as_failed(store: Store, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="broken"):
        fit(tmp_path, LightningCallback(store, "lightning"), Broken())
    assert Runs(store).read()[0].state == "failed"


class Page(Callback):
    """Asks to stop, as a page does, and waits until the run has heard it."""

    def __init__(self, store: Store, callback: LightningCallback) -> None:
        self.store = store
        self.callback = callback

    def on_train_epoch_start(self, trainer: Any, pl_module: Any) -> None:
        run = self.callback.run
        if trainer.current_epoch == 1 and run is not None:
            Runs(self.store).ask(run.id, "stop")
            assert run._obeying is not None
            assert run._obeying._steering.heard.wait(10)


@pytest.mark.filterwarnings("ignore")
def test_a_page_stops_it_after_an_epoch(store: Store, tmp_path: Path) -> None:
    callback = LightningCallback(store, "lightning")
    fit(tmp_path, callback, Page(store, callback), epochs=100)
    (record,) = Runs(store).read()
    assert (record.state, record.epoch) == ("stopped", 2)
