"""Weights of runs: kept, ranked, given back to models they fit."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from imlkit.errors import DataError, ModelFileError, NotFoundError
from imlkit.location import data_store
from imlkit.store import Store
from imlkit.training import Run, Runs
from imlkit.training.checkpoint import checkpoint_weights, load_checkpoint
from imlkit.training.run_record import CHECKPOINTS


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = data_store(tmp_path / "runs")
    yield store
    store.close()


def network(inputs: int = 3) -> torch.nn.Module:
    return torch.nn.Sequential(torch.nn.Linear(inputs, 4), torch.nn.BatchNorm1d(4), torch.nn.Linear(4, 2))


def names(store: Store, run: Run) -> list[str]:
    return [checkpoint.name for checkpoint in Runs(store).checkpoints(run.id)]


def test_weights_come_back_as_they_were_when_they_were_kept(store: Store) -> None:
    model = network()
    with Run(store, "one") as run:
        run.log(epoch=2, loss=0.5)
        id = run.checkpoint(model)
        kept = {name: tensor.clone() for name, tensor in model.state_dict().items()}
        with torch.no_grad():
            for weight in model.parameters():
                weight.add_(1)
    assert id is not None
    other = network()
    load_checkpoint(store, id, other)
    for name, tensor in other.state_dict().items():
        assert torch.equal(tensor, kept[name])
    (found,) = Runs(store).checkpoints(run.id)
    assert (found.id, found.run, found.run_name) == (id, run.id, "one")
    assert (found.name, found.epoch, found.step, dict(found.metrics)) == ("epoch 2", 2.0, 1, {"loss": 0.5})
    assert found.made is not None
    assert found.size is not None
    assert found.size > 100
    assert Runs(store).read([run.id])[0].checkpoints == 1


def test_the_best_are_kept_and_what_is_no_number_is_worst(store: Store) -> None:
    with Run(store, "one") as run:
        for epoch, loss in enumerate([math.nan, 0.5, 0.2, 0.9, 0.3, math.inf], 1):
            run.log(epoch=epoch, loss=loss)
            run.checkpoint(network(), keep=2, by="loss")
    assert names(store, run) == ["epoch 3", "epoch 5"]
    assert Runs(store).read([run.id])[0].checkpoints == 2
    assert len(list(store.assets)) == 2


def test_the_greatest_or_the_latest_are_kept_where_that_is_asked(store: Store) -> None:
    with Run(store, "most") as most, Run(store, "latest") as latest:
        for epoch, accuracy in enumerate([0.5, 0.9, 0.7], 1):
            for run, asked in ((most, {"by": "accuracy", "most": True}), (latest, {})):
                run.log(epoch=epoch, accuracy=accuracy)
                run.checkpoint(network(), keep=1, **asked)  # type: ignore[arg-type]
    assert names(store, most) == ["epoch 2"]
    assert names(store, latest) == ["epoch 3"]


def test_a_metric_that_was_not_logged_ranks_nothing(store: Store) -> None:
    with Run(store, "one") as run, pytest.raises(DataError, match="no such metric"):
        run.checkpoint(network(), keep=1, by="accuracy")


def test_weights_that_two_checkpoints_share_stay_until_both_are_gone(store: Store) -> None:
    model = network()
    with Run(store, "one") as one, Run(store, "other") as other:
        one.checkpoint(model)
        kept = other.checkpoint(model)
    Runs(store).remove([one.id])
    assert kept is not None
    assert checkpoint_weights(store, kept).keys() == model.state_dict().keys()
    Runs(store).remove([other.id])
    assert list(store.assets) == []


def test_a_model_of_another_architecture_stays_as_it_was(store: Store) -> None:
    with Run(store, "one") as run:
        id = run.checkpoint(network())
    assert id is not None
    model = network(5)
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    with pytest.raises(
        ModelFileError, match=r"another architecture: 0\.weight is \(4, 3\) instead of \(4, 5\)"
    ):
        load_checkpoint(store, id, model)
    assert all(torch.equal(tensor, before[name]) for name, tensor in model.state_dict().items())
    with pytest.raises(ModelFileError, match=r"3\.weight is missing; .*and \d+ more"):
        load_checkpoint(store, id, torch.nn.ModuleDict({str(n): torch.nn.Linear(2, 2) for n in range(4)}))


def test_damaged_or_missing_weights_are_told_of(store: Store) -> None:
    with pytest.raises(NotFoundError):
        load_checkpoint(store, "none", network())
    damaged = store.assets.put(b"no tensors", "application/octet-stream")
    checkpoints = store.collection(CHECKPOINTS)
    checkpoints.create({"id": "damaged", "asset": damaged.id})
    with pytest.raises(ModelFileError, match="damaged"):
        load_checkpoint(store, "damaged", network())
    checkpoints.create({"id": "nameless", "asset": 7})
    with pytest.raises(ModelFileError, match="names no weights"):
        load_checkpoint(store, "nameless", network())
