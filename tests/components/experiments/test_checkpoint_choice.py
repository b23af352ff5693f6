"""A choice among checkpoints, without a page."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import torch

from imlkit import data_store
from imlkit.components.experiments.checkpoint_choice import CheckpointChoice
from imlkit.components.experiments.checkpoint_words import checkpoint_words
from imlkit.errors import DataError, StoreUnavailableError
from imlkit.store import Store
from imlkit.streams import Stream
from imlkit.training import CheckpointRecord, Run, Runs
from imlkit.training.run_record import CHECKPOINTS, RUNS
from tests.e2e.served import until


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = data_store(tmp_path / "runs")
    yield store
    store.close()


Choose = Callable[..., CheckpointChoice]


@pytest.fixture
def choose(store: Store) -> Iterator[Choose]:
    made: list[CheckpointChoice] = []

    def make(*arguments: Any) -> CheckpointChoice:
        made.append(CheckpointChoice(store, *arguments))
        until(lambda: made[-1].options.value.read)
        return made[-1]

    yield make
    for choice in made:
        choice.dispose()


def saved(store: Store, name: str, epochs: int = 2) -> str:
    """Log a run with a checkpoint in each epoch; return its id."""
    with Run(store, name) as run:
        for epoch in range(1, epochs + 1):
            run.log(epoch=epoch, loss=1.0, validation_loss=1 / epoch)
            run.checkpoint(torch.nn.Linear(1, 1))
    return run.id


def words(choice: CheckpointChoice, sought: str = "") -> list[str]:
    return [checkpoint_words(record) for record in choice.options.value.found(sought)]


@pytest.mark.parametrize(
    ("record", "said"),
    [
        (
            CheckpointRecord("", "", "small", "epoch 7", 7, 90, {"loss": 1, "validation_loss": 0.3123456}),
            "small · epoch 7 · validation_loss 0.3123",
        ),
        (
            CheckpointRecord("", "", "small", "best", 7, 90, {"f1": 0.5, "val_f1": math.nan}),
            "small · best · epoch 7 · val_f1 NaN",
        ),
        (CheckpointRecord("", "", "", "step 9", None, 9), "without a name · step 9"),
        (CheckpointRecord("", "", "a\n b", "x", None, 0, {"loss": -math.inf}), "a b · x · step 0 · loss −∞"),
    ],
)
def test_a_checkpoint_is_called_by_its_run_its_epoch_and_its_validation(
    record: CheckpointRecord, said: str
) -> None:
    assert checkpoint_words(record) == said


def test_checkpoints_of_all_runs_are_options_the_latest_first_and_found_by_words(
    store: Store, choose: Choose
) -> None:
    saved(store, "one")
    choice = choose()
    assert choice.title == "Checkpoint"
    assert words(choice) == ["one · epoch 2 · validation_loss 0.5", "one · epoch 1 · validation_loss 1"]
    two = saved(store, "Two", 1)
    until(lambda: words(choice)[:1] == ["Two · epoch 1 · validation_loss 1"])
    assert words(choice, "EPOCH 1 tw") == ["Two · epoch 1 · validation_loss 1"]
    assert words(choice, "nothing of this kind") == []
    Runs(store).rename(two, "2")
    until(lambda: words(choice)[0].startswith("2 · "))


def test_a_chosen_checkpoint_is_the_value_and_leaves_when_it_is_removed(store: Store, choose: Choose) -> None:
    saved(store, "one")
    choice = choose()
    assert choice.value.value is None
    later, earlier = choice.options.value.records
    choice.choose(later.id)
    assert choice.value.value == later
    Runs(store).remove_checkpoint(earlier.id)
    until(lambda: len(words(choice)) == 1)
    assert choice.value.value == later
    Runs(store).remove_checkpoint(later.id)
    until(lambda: choice.value.value is None)
    assert "“one · epoch 2 · validation_loss 0.5”\u2069 is no longer there" in choice.note
    choice.choose(later.id)
    assert choice.value.value is None
    assert "no longer there" in choice.note


def test_the_runs_may_be_what_another_component_has_selected(store: Store, choose: Choose) -> None:
    one, two = saved(store, "one", 1), saved(store, "two", 1)
    selected: Stream[tuple[str, ...]] = Stream(())
    choice = choose(selected)
    assert "No run is chosen" in choice.options.value.empty
    selected.set((one,))
    until(lambda: [text[:3] for text in words(choice)] == ["one"])
    choice.choose(choice.options.value.records[0].id)
    selected.set((two, one))
    until(lambda: [text[:3] for text in words(choice)] == ["two", "one"])
    assert choice.value.value.run == one
    selected.set((two,))
    until(lambda: choice.value.value is None)
    assert "of a run that is not chosen now" in choice.note
    # What others save does not come among them.
    saved(store, "one", 1)
    Runs(store).remove([two])
    until(lambda: words(choice) == [])
    assert "This run has no checkpoints yet" in choice.options.value.empty


def test_what_is_no_checkpoint_and_what_names_no_runs_is_refused(store: Store, choose: Choose) -> None:
    choice = choose()
    with pytest.raises(DataError, match="is no checkpoint"):
        choice.value.set("epoch 7")  # type: ignore[arg-type]
    with pytest.raises(DataError, match="which runs"):
        CheckpointChoice(store, 7)  # type: ignore[arg-type]


def test_a_store_that_fails_is_told_of_and_tried_again(
    store: Store, choose: Choose, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved(store, "one")
    choice = choose()
    choice.choose(choice.options.value.records[0].id)

    def fail(*_: Any) -> Any:
        raise StoreUnavailableError("The store does not answer: start it.")

    with monkeypatch.context() as broken:
        broken.setattr(Runs, "checkpoints", fail)
        choice.runs.set(("other",))
        until(lambda: "does not answer" in choice.options.value.problem)
    assert choice.value.value is not None, "nothing is known of it"
    choice.runs.set(None)
    until(lambda: not choice.options.value.problem)
    assert len(words(choice)) == 2
    assert choice.value.value is not None


def test_one_more_among_thousands_is_there_soon(store: Store, choose: Choose) -> None:
    store.collection(RUNS).create({"id": "r", "name": "long", "state": "finished"})
    now = datetime.now(UTC)
    store.collection(CHECKPOINTS).create(
        [
            {
                "id": f"c{n}",
                "run": "r",
                "name": f"epoch {n}",
                "epoch": n,
                "at": now,
                "metrics": [["loss", 1.0]],
            }
            for n in range(5_000)
        ]
    )
    choice = choose()
    assert len(choice.options.value.records) == 5_000
    asked: list[int] = []
    choice.options.subscribe(lambda options: asked.append(len(options.records)))
    began = time.monotonic()
    store.collection(CHECKPOINTS).create({"id": "new", "run": "r", "name": "last", "at": now})
    until(lambda: words(choice, "last") == ["long · last · step 0"])
    assert time.monotonic() - began < 2
    assert asked[-1] == 5_001
