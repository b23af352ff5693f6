"""Runs as pages read and steer them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import torch

from imlkit.errors import NotFoundError
from imlkit.location import data_store
from imlkit.store import Store
from imlkit.training import CheckpointRecord, Run, Runs
from imlkit.training import runs as module
from imlkit.training.run_record import CHECKPOINTS, COMMANDS, MEDIA, POINTS, RUNS
from tests.e2e.served import until


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = data_store(tmp_path / "runs")
    yield store
    store.close()


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.seconds = 1_000.0

    def monotonic(self) -> float:
        return self.seconds


def running(store: Store, seen: datetime, beat: int = 1) -> None:
    store.collection(RUNS).create({"id": "r", "name": "a", "state": "running", "seen": seen, "beat": beat})


def test_a_run_without_signs_of_life_is_interrupted_and_back_with_the_next(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock()
    monkeypatch.setattr(module, "time", clock)
    running(store, datetime.now(UTC))
    runs = Runs(store)
    assert runs.read()[0].state == "running"
    clock.seconds += 13
    assert runs.read()[0].state == "interrupted"
    store.collection(RUNS).patch("r", {"beat": 2})
    assert runs.read()[0].state == "running"


@pytest.mark.parametrize("wrong", [timedelta(hours=-5), timedelta(hours=5)])
def test_another_machines_wrong_clock_is_found_out(
    store: Store, monkeypatch: pytest.MonkeyPatch, wrong: timedelta
) -> None:
    clock = Clock()
    monkeypatch.setattr(module, "time", clock)
    running(store, datetime.now(UTC) + wrong)
    runs = Runs(store)
    runs.read()
    clock.seconds += 2
    store.collection(RUNS).patch("r", {"beat": 2, "seen": datetime.now(UTC) + wrong})
    assert runs.read()[0].state == "running"
    clock.seconds += 13
    assert runs.read()[0].state == "interrupted"


def test_changes_of_runs_are_told(store: Store) -> None:
    runs = Runs(store)
    told: list[tuple[str, ...]] = []
    runs.changed.subscribe(told.append)
    with Run(store, "one") as run:
        pass
    until(lambda: (run.id,) in told)
    runs.dispose()


def test_runs_are_renamed_tagged_and_removed_with_all_they_kept(store: Store) -> None:
    with Run(store, "one") as run, Run(store, "other", system=False) as other:
        for each in (run, other):
            each.log(loss=1.0)
            each.log_text("note", "words")
            each.checkpoint(torch.nn.Linear(1, 1))
    runs = Runs(store)
    runs.ask(run.id, "pause")
    runs.rename(run.id, "  new <b>name</b> ")
    runs.tag(run.id, ["a", " a ", "", "b"])
    record = runs.read([run.id])[0]
    assert (record.name, record.tags) == ("new <b>name</b>", ("a", "b"))
    runs.remove([run.id, "gone"])
    assert [record.name for record in runs.read()] == ["other"]
    for name in (POINTS, MEDIA, CHECKPOINTS, COMMANDS):
        assert store.collection(name).count({"run": run.id}) == 0
    assert store.collection(POINTS).count({"run": other.id}) == 1
    with pytest.raises(NotFoundError):
        runs.rename(run.id, "x")


def test_checkpoints_are_read_of_one_run_of_several_and_of_all(store: Store) -> None:
    ids = []
    for name in ("one", "two", "three"):
        with Run(store, name) as run:
            for epoch in (1, 2):
                run.log(epoch=epoch, loss=1 / epoch)
                run.checkpoint(torch.nn.Linear(1, 1), "best" if name == "two" else "")
        ids.append(run.id)
    runs = Runs(store)

    def names(*asked: Any) -> list[tuple[str, str]]:
        return [(found.run_name, found.name) for found in runs.checkpoints(*asked)]

    assert names(ids[0]) == [("one", "epoch 1"), ("one", "epoch 2")]
    assert names(ids[1:]) == [("two", "best")] * 2 + [("three", "epoch 1"), ("three", "epoch 2")]
    assert len(names()) == 6
    assert names(ids[0], 1) == [("one", "epoch 2")]
    assert names((), 1) == []
    kept = runs.checkpoints(ids[0])[1]
    assert runs.checkpoint(kept.id) == kept
    runs.remove_checkpoint(kept.id)
    runs.remove_checkpoint(kept.id)
    assert names(ids[0]) == [("one", "epoch 1")]
    assert runs.read([ids[0]])[0].checkpoints == 1
    with pytest.raises(NotFoundError):
        runs.checkpoint(kept.id)


def test_what_lies_among_the_checkpoints_is_read_as_far_as_it_is_one(store: Store) -> None:
    store.collection(CHECKPOINTS).create(
        {"id": "odd", "run": 7, "name": None, "epoch": "x", "metrics": [["a", 1], 2], "size": "big", "at": 3}
    )
    assert Runs(store).checkpoints() == [
        CheckpointRecord("odd", "", "", "without a name", metrics={"a": 1.0})
    ]


class Training:
    """A training of a test, on a thread of its own, as slow as the test lets it be."""

    def __init__(self, store: Store, optimizer: Any = None, epochs: int = 1_000) -> None:
        self.optimizer = optimizer
        self.epochs = epochs
        self.run = Run(store, "steered")
        self.epoch = 0
        self.thread = threading.Thread(target=self.train)
        self.thread.start()
        until(lambda: self.epoch > 0)

    def train(self) -> None:
        tick = threading.Event()
        with self.run as run:
            for epoch in run.epochs(self.epochs, self.optimizer):
                self.epoch = epoch
                run.log(loss=1.0)
                tick.wait(0.005)


def answer(store: Store, id: str) -> tuple[str, str]:
    until(lambda: store.collection(COMMANDS).get(id)["state"] != "asked")
    said = store.collection(COMMANDS).get(id)
    return said["state"], said["said"]


def test_a_training_pauses_goes_on_takes_a_rate_and_stops_and_answers_each(store: Store) -> None:
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.1)
    training = Training(store, optimizer)
    runs, id = Runs(store), training.run.id
    assert answer(store, runs.ask(id, "pause")) == ("done", "Paused.")
    until(lambda: runs.read([id])[0].state == "paused")
    stood = training.epoch
    assert answer(store, runs.ask(id, "rate", 0.01)) == ("done", "The learning rate is 0.01.")
    assert optimizer.param_groups[0]["lr"] == 0.01
    assert training.epoch == stood
    assert answer(store, runs.ask(id, "rate", -1.0))[0] == "refused"
    assert answer(store, runs.ask(id, "resume")) == ("done", "Goes on.")
    until(lambda: training.epoch > stood)
    assert answer(store, runs.ask(id, "stop")) == ("done", "Stops after this epoch.")
    training.thread.join(10)
    assert not training.thread.is_alive()
    assert runs.read([id])[0].state == "stopped"
    assert training.epoch < training.epochs


def test_a_paused_training_can_be_stopped(store: Store) -> None:
    training = Training(store)
    runs, id = Runs(store), training.run.id
    answer(store, runs.ask(id, "pause"))
    state, words = answer(store, runs.ask(id, "rate", 0.1))
    assert (state, "give run.epochs(…) its optimizer" in words) == ("refused", True)
    answer(store, runs.ask(id, "stop"))
    training.thread.join(10)
    assert runs.read([id])[0].state == "stopped"


def test_what_no_run_knows_is_not_done(store: Store) -> None:
    training = Training(store)
    runs, id = Runs(store), training.run.id
    commands = store.collection(COMMANDS)
    for wrong in (
        {"kind": "explode"},
        {"kind": None},
        {"kind": ["pause"]},
        {"kind": "pause", "state": "done"},
    ):
        commands.create({"run": id, "state": "asked", **wrong})
    assert answer(store, runs.ask(id, "rate", "fast"))[0] == "refused"  # type: ignore[arg-type]
    assert runs.read([id])[0].state == "running"
    answer(store, runs.ask(id, "stop"))
    training.thread.join(10)


def test_what_was_asked_too_late_is_answered(store: Store) -> None:
    with Run(store, "one") as run:
        id = Runs(store).ask(run.id, "pause")
    assert answer(store, id) == ("refused", "The run has ended.")
