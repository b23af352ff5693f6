"""The history of runs, without a page."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import torch

from imlkit import data_store
from imlkit.components.experiments.checkpoint_download import file_name
from imlkit.components.experiments.history_columns import columns_of, first_columns, parameters
from imlkit.components.experiments.history_lines import HistoryLines
from imlkit.components.experiments.history_state import History, Wish
from imlkit.components.experiments.training_history import TrainingHistory
from imlkit.store import Store
from imlkit.training import CheckpointRecord, Run, RunRecord, Runs
from imlkit.training.checkpoint import checkpoint_weights, load_checkpoint
from tests.e2e.served import until


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = data_store(tmp_path / "runs")
    yield store
    store.close()


@pytest.fixture
def history(store: Store) -> Iterator[TrainingHistory]:
    history = TrainingHistory(store)
    until(lambda: history.records.has_value)
    yield history
    history.dispose()


def record(id: str, params: dict[str, Any] | None = None, **values: float) -> RunRecord:
    return RunRecord(id, id, "finished", params or {}, values=values)


def names(history: TrainingHistory) -> list[str]:
    return [each.name for each in history.records.value]


def test_runs_come_change_and_go(history: TrainingHistory, store: Store) -> None:
    assert names(history) == []
    with Run(store, "one") as run:
        until(lambda: names(history) == ["one"])
        run.log(loss=2)
    until(lambda: history.records.value[0].state == "finished")
    assert dict(history.records.value[0].values) == {"loss": 2.0}
    history.rename(run.id, "another")
    history.tag(run.id, ["paper", "paper"])
    until(lambda: names(history) == ["another"] and history.records.value[0].tags == ("paper",))
    history.rename(run.id, "  ")
    history.remove([run.id])
    until(lambda: names(history) == [])


def test_what_is_removed_is_selected_no_longer(history: TrainingHistory, store: Store) -> None:
    with Run(store, "one") as one, Run(store, "two") as two:
        pass
    until(lambda: len(history.records.value) == 2)
    history.selected.set((two.id, one.id, "not here yet"))
    history.remove([two.id])
    until(lambda: history.selected.value == (one.id, "not here yet"))


def test_what_was_asked_is_known_until_the_run_answers(history: TrainingHistory, store: Store) -> None:
    with Run(store, "one") as run:
        until(lambda: names(history) == ["one"])
        history.ask(run.id, "rate", 0.1)
        until(lambda: wish(history, run.id) == ("rate", "asked", ""))
        until(lambda: obeyed(run) and wish(history, run.id)[1] == "refused")
        assert "whose learning rate" in wish(history, run.id)[2]
    until(lambda: not history._history.value.wishes)


def obeyed(run: Run) -> bool:
    run.obey()
    return True


def test_it_looks_at_most_twice_a_second(history: TrainingHistory, store: Store) -> None:
    with Run(store, "one") as run:
        until(lambda: names(history) == ["one"])
        told: list[float] = []
        history.records.subscribe(lambda _: told.append(time.monotonic()))
        for n in range(40):
            store.collection("runs").patch(run.id, {"step": n})
            time.sleep(0.025)
        until(lambda: history.records.value[0].step == 39)
    # The first one is what it knew before.
    assert all(later - before > 0.4 for before, later in pairwise(told[1:]))


def wish(history: TrainingHistory, run: str) -> tuple[str, str, str]:
    found = history._history.value.wishes.get(run)
    return ("", "", "") if found is None else (found.kind, found.state, found.said)


def test_a_store_that_cannot_be_opened_is_told_of_and_tried_again(tmp_path: Path) -> None:
    place = tmp_path / "runs"
    place.write_text("in the way")
    history = TrainingHistory(str(place))
    until(lambda: bool(history._history.value.problem))
    assert not history.records.has_value
    place.unlink()
    history.look()
    until(lambda: history.records.has_value)
    assert history._history.value.problem == ""
    history.dispose()


def test_what_tells_of_runs_is_left_open_by_whom_it_was_not_made(store: Store) -> None:
    runs = Runs(store)
    history = TrainingHistory(runs)
    until(lambda: history.records.has_value)
    history.dispose()
    with Run(store, "later") as run:
        pass
    until(lambda: run.id in (runs.changed.value or ()))
    assert names(history) == []
    runs.dispose()


def with_checkpoints(store: Store, epochs: int = 3) -> tuple[str, list[CheckpointRecord]]:
    """Log a run with a checkpoint in each epoch; return its id and those."""
    with Run(store, "one") as run:
        for epoch in range(1, epochs + 1):
            run.log(epoch=epoch, loss=math.nan if epoch == 2 else 1 / epoch)
            run.checkpoint(torch.nn.Linear(1, 1))
    return run.id, Runs(store).checkpoints(run.id)


def said(history: TrainingHistory) -> tuple[str, bool]:
    return history._said.value if history._said.has_value else ("", False)


def test_a_checkpoint_is_handed_over_as_a_record(history: TrainingHistory, store: Store) -> None:
    _, (*_, last) = with_checkpoints(store)
    history.restore(last.id)
    until(lambda: "Nothing here takes checkpoints" in said(history)[0])
    model = torch.nn.Linear(1, 1)
    history.restored.subscribe(lambda checkpoint: load_checkpoint(store, checkpoint.id, model))
    history.restore(last.id)
    until(lambda: said(history) == ("Checkpoint \u2068“epoch 3”\u2069 handed over.", False))
    assert history.restored.value == last
    assert last.run_name == "one"
    assert torch.equal(model.weight, checkpoint_weights(store, last.id)["weight"])


def test_a_checkpoint_that_does_not_fit_or_is_gone_is_told_of(history: TrainingHistory, store: Store) -> None:
    _, (first, *_) = with_checkpoints(store)
    other = torch.nn.Linear(7, 7)
    history.restored.subscribe(lambda checkpoint: load_checkpoint(store, checkpoint.id, other))
    history.restore(first.id)
    until(lambda: "another architecture" in said(history)[0])
    assert said(history)[1]
    assert history.message.value == "", "it is told beside the checkpoints"
    history.remove_checkpoint(first.id)
    history.restore(first.id)
    until(lambda: "somebody has removed it" in said(history)[0])


def test_the_list_of_checkpoints_is_of_the_latest_and_follows_what_happens(
    history: TrainingHistory, store: Store
) -> None:
    run, records = with_checkpoints(store)
    until(lambda: names(history) == ["one"])
    history._asked({"type": "checkpoints", "run": run, "most": 2})
    until(lambda: history._listed.has_value)
    told = json.loads(history._listed.value.told())
    assert [line[1] for line in told["lines"]] == ["epoch 3", "epoch 2"]
    assert told["lines"][1][4] == [["loss", {"number": "nan"}]]
    assert (told["count"], told["run"], told["problem"]) == (3, run, "")
    history._asked({"type": "remove checkpoint", "id": records[2].id})
    until(lambda: history._listed.value.count == 2)
    assert [record.name for record in history._listed.value.records] == ["epoch 2", "epoch 1"]
    until(lambda: history.records.value[0].checkpoints == 2)
    history._asked({"type": "checkpoints closed"})
    Runs(store).remove_checkpoint(records[1].id)
    until(lambda: history.records.value[0].checkpoints == 1)
    assert history._listed.value.count == 2


def test_a_file_of_weights_is_called_by_its_run_and_itself() -> None:
    record = CheckpointRecord("", "", "../<b> été", "epoch 7/8")
    assert file_name(record) == "b-été-epoch-7-8.safetensors"
    assert file_name(CheckpointRecord("", "", "/", "..")) == "checkpoint.safetensors"


def test_columns_are_parameters_that_differ_and_then_metrics_that_most_runs_have() -> None:
    records = [
        record("a", {"seed": 0, "rate": 0.1}, loss=1, rare=1),
        record("b", {"seed": 0, "rate": 0.2}, loss=1, accuracy=1),
        record("c", {"seed": 0}, accuracy=1, loss=math.nan),
    ]
    columns = columns_of(records)
    assert [column.name for column in columns] == ["rate", "seed", "loss", "accuracy", "rare"]
    assert first_columns(columns) == columns
    assert [column.name for column in first_columns(columns, 3)] == ["loss", "accuracy", "rare"]
    assert [column.name for column in first_columns(columns, 4)] == ["rate", "loss", "accuracy", "rare"]


def test_at_most_twelve_columns_are_shown_at_first_and_some_are_metrics() -> None:
    records = [
        record(str(n), {f"setting {i}": n for i in range(40)}, **{f"metric_{i}": 1.0 for i in range(40)})
        for n in range(2)
    ]
    shown = first_columns(columns_of(records))
    assert [column.kind for column in shown] == ["parameter"] * 8 + ["metric"] * 4


def test_parameters_in_dictionaries_have_columns_of_their_own() -> None:
    given = {"optimizer": {"name": "adam", "betas": [0.9, 0.99]}, "": None, "__proto__": {}, "big": 2**70}
    assert parameters(given) == {
        "optimizer.name": "adam",
        "optimizer.betas": "[0.9, 0.99]",
        "": None,
        "__proto__": "{}",
        "big": 2**70,
    }


def test_a_page_is_told_of_each_run_once_and_again_when_it_has_changed() -> None:
    one, two = record("one", {"rate": 0.1}), record("two", loss=math.inf)
    lines = HistoryLines()
    told = json.loads(lines.begin(History({"one": one, "two": two}, known=True)))
    assert told["all"]
    assert [line[0] for line in told["lines"]] == ["one", "two"]
    assert told["lines"][1][-1] == [1, {"number": "inf"}]
    three = record("three", accuracy=1.0)
    wishes = {"one": Wish("1", "pause", "asked")}
    told = json.loads(lines.renew(History({"one": one, "three": three}, wishes, known=True)))
    assert [line[0] for line in told["lines"]] == ["one", "three"]
    assert told["gone"] == ["two"]
    assert told["columns"] == [["metric", "accuracy"]]
    assert told["order"] == [0, 2]
    assert json.loads(lines.renew(History({"one": one, "three": three}, wishes)))["lines"] == []


def test_the_page_may_ask_only_for_what_there_is(history: TrainingHistory, store: Store) -> None:
    with Run(store, "one") as run:
        for message in (
            {"type": "ask", "run": run.id, "kind": "explode"},
            {"type": "ask", "run": run.id, "kind": "rate", "value": "1"},
            {"type": "remove", "runs": "one"},
            {"type": "select", "ids": [1, run.id]},
        ):
            history._asked(message)
        assert store.collection("run_commands").count() == 0
        assert history.selected.value == (run.id,)
