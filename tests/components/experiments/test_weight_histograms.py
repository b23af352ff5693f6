"""What a view of weights and gradients promises."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from imlkit.components.experiments.weight_histograms import WeightHistograms
from imlkit.components.experiments.weight_histograms_reader import (
    MOST_STEPS,
    FoundWeights,
    WeightReader,
    coarse_first,
    thinned_steps,
)
from imlkit.components.experiments.weight_histograms_view import WeightCharts
from imlkit.errors import DataError
from imlkit.location import data_store
from imlkit.store import Store
from imlkit.stores.sqlite import SQLiteStore
from imlkit.training import Run
from imlkit.training.run_record import MEDIA
from tests.awaiting import awaited
from tests.stores.serving import served


@pytest.fixture(params=["memory", "sqlite", "tinydb", "server"])
def store(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    folder = str(tmp_path / "runs")
    places = {"memory": "memory:", "sqlite": folder, "tinydb": f"tinydb:{folder}"}
    if request.param in places:
        yield data_store(places[request.param])
        return
    monkeypatch.setenv("IMLKIT_QUEUE", str(tmp_path / "queue"))
    with (
        served(SQLiteStore(folder), tmp_path / "uploads") as address,
        contextlib.closing(data_store(address)) as store,
    ):
        yield store


def histograms(names: Sequence[Any] = ("weight",), step: int = 0) -> dict[str, Any]:
    """Return what a document keeps of parameters: four bins from -1 to 1."""
    counts = np.zeros((len(names), 5), np.int64)
    counts[:, :4] = np.arange(4) + step
    return {"names": list(names), "counts": counts, "ranges": np.array([[-1.0, 1.0]] * len(names))}


def log(store: Store, run: str, steps: Sequence[Any], names: Sequence[str] = ("weight",)) -> None:
    """Keep what a run would log at some steps."""
    store.collection(MEDIA).create(
        [
            {
                "run": run,
                "kind": "histograms",
                "name": "weights",
                "step": step,
                "epoch": None,
                "weights": histograms(names, step if isinstance(step, int) else 0),
            }
            for step in steps
        ]
    )


def begun(store: Store, name: str = "one") -> str:
    with Run(store, name) as run:
        pass
    return run.id


def found(
    weights: WeightHistograms, holds: Callable[[FoundWeights], Any] = lambda found: not found.missing
) -> FoundWeights:
    drawn = awaited(weights.drawn, lambda drawn: drawn.found is not None and holds(drawn.found))
    weights_found: FoundWeights = drawn.found
    return weights_found


class Page:
    """Takes what a view sends, as a page does."""

    def __init__(self, weights: WeightHistograms, monkeypatch: pytest.MonkeyPatch) -> None:
        self.view = weights.view()
        self.states: list[dict[str, Any]] = []
        monkeypatch.setattr(self.view, "_send_msg", lambda message: self.states.append(message["state"]))
        self.say({"hello": True})

    def say(self, message: dict[str, Any]) -> None:
        assert isinstance(self.view, WeightCharts)
        self.view._handle_msg(message)

    def new(self) -> list[Any]:
        """Return the steps of what was sent last, of the first run."""
        return [told["step"] for told in self.states[-1]["charts"][0]["new"]]


def test_weights_and_gradients_of_a_model_are_shown(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    first = torch.nn.Linear(3, 2)
    model = torch.nn.Sequential(first, torch.nn.Linear(2, 1))
    with Run(store, "one") as run:
        run.log(epoch=1, loss=1.0)
        run.log_histograms(model)
        model(torch.ones(1, 3)).sum().backward()
        with torch.no_grad():
            first.weight[0, 0] = math.nan
        run.log(epoch=2, loss=1.0)
        run.log_histograms(model)
    weights = WeightHistograms(store, run.id)
    steps = found(weights).steps[run.id]
    assert [(step.step, step.epoch, step.damaged) for step in steps] == [(1, 1, ""), (2, 2, "")]
    assert list(steps[0].weight) == ["0.weight", "0.bias", "1.weight", "1.bias"]
    assert (len(steps[0].gradient), len(steps[1].gradient)) == (0, 4)
    assert (steps[1].weight["0.weight"].others, steps[1].weight["0.weight"].counts.sum()) == (1, 5)
    page = Page(weights, monkeypatch)
    assert page.states[-1]["names"] == ["0.weight", "0.bias", "1.weight", "1.bias"]
    assert page.new() == [1, 2]
    page.say({"of": "gradient"})
    assert page.new() == [2]
    page.say({"of": "nonsense"})
    assert page.states[-1]["of"] == "gradient"


def test_a_page_is_sent_only_the_chosen_parameter_and_what_is_new(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = begun(store)
    log(store, run, [1, 2], ["weight", "bias"])
    weights = WeightHistograms(store, run)
    found(weights, lambda found: len(found.steps[run]) == 2)
    page = Page(weights, monkeypatch)
    assert page.new() == [1, 2]
    told = page.states[-1]["charts"][0]["new"][0]
    assert np.frombuffer(told["counts"], "<f8").tolist() == [1, 2, 3, 4]
    assert (told["low"], told["high"], told["epoch"]) == (-1, 1, None)
    log(store, run, [3], ["weight", "bias"])
    found(weights, lambda found: len(found.steps[run]) == 3)
    assert page.new() == [3]
    assert page.states[-1]["names"] is None
    page.say({"parameter": "bias"})
    assert page.new() == [1, 2, 3]
    page.say({"parameter": "gone"})
    assert page.states[-1]["charts"][0]["ids"] == []


def test_steps_are_thinned_evenly_and_stay_the_same_while_some_are_added() -> None:
    ids = [str(n) for n in range(1_000)]
    assert thinned_steps([]) == []
    assert thinned_steps(ids[:50]) == ids[:50]
    for count in (99, 100, 101, 200, 777, 1_000):
        chosen = thinned_steps(ids[:count])
        assert MOST_STEPS / 2 <= len(chosen) <= MOST_STEPS
        assert (chosen[0], chosen[-1]) == ("0", str(count - 1))
    assert set(thinned_steps(ids[:900])[:-1]) < set(thinned_steps(ids))


def test_the_ends_and_the_middle_are_read_first() -> None:
    ids = list("abcdefgh")
    order = coarse_first(ids)
    assert order[:3] == ["h", "a", "e"]
    assert sorted(order) == ids
    assert coarse_first([]) == []
    assert coarse_first(["a"]) == ["a"]


def test_a_long_run_is_shown_while_it_is_read() -> None:
    store = data_store("memory:")
    run = begun(store)
    log(store, run, range(1_000), [f"layer {n}" for n in range(20)])
    weights = WeightHistograms(store, run)
    whole = found(weights)
    assert whole.counts[run] == 1_000
    steps = [step.step for step in whole.steps[run]]
    assert (len(steps), steps[0], steps[-1]) == (64, 0, 999)


def test_what_was_read_for_other_parameters_is_let_go_of(monkeypatch: pytest.MonkeyPatch) -> None:
    store = data_store("memory:")
    module = "imlkit.components.experiments.weight_histograms_reader"
    monkeypatch.setattr(f"{module}.MOST_BYTES", 3_000)
    one, two = begun(store), begun(store)
    log(store, one, range(10))
    log(store, two, range(10))
    reader = WeightReader(store)
    assert len(reader.read([one]).steps[one]) == 10
    assert len(reader.read([two]).steps[two]) == 10
    assert len(reader._steps) == 10
    assert len(reader.read([one, two]).steps[one]) == 10


def test_of_large_models_fewer_steps_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    store = data_store("memory:")
    module = "imlkit.components.experiments.weight_histograms_reader"
    monkeypatch.setattr(f"{module}.MOST_BYTES", 3_000)
    run = begun(store)
    log(store, run, range(90))
    weights = WeightHistograms(store, run)
    assert len(found(weights).steps[run]) == 90
    weights.look()
    fewer = found(weights, lambda found: len(found.steps[run]) < 90)
    assert (len(fewer.steps[run]), fewer.counts[run]) == (24, 90)
    weights.dispose()


def test_damaged_documents_say_so(tmp_path: Path) -> None:
    import sqlite3

    store = data_store(tmp_path / "runs")
    run = begun(store)
    log(store, run, [1, 2, "x"])
    media = store.collection(MEDIA)
    counts = histograms()["counts"]
    wrong: list[dict[str, Any]] = [
        {},
        {"weights": None},
        {"weights": [3]},
        {"weights": {"names": ["weight"]}},
        {"weights": {**histograms(), "counts": counts[0]}},
        {"weights": {**histograms(), "counts": counts.astype(np.float64)}},
        {"weights": {**histograms(), "counts": np.zeros((2, 5), np.int64)}},
        {"weights": {**histograms(), "counts": -1 - counts}},
        {"weights": {**histograms(), "ranges": np.array([[-1.0, math.nan]])}},
        {"weights": {**histograms(), "ranges": np.array([[1.0, -1.0]])}},
        {"weights": {**histograms(), "ranges": np.array([-1.0, 1.0])}},
        {"weights": histograms([7])},
        # As an entry for each parameter.
        {"histograms": [{"name": "weight", "weight": {"counts": counts[0], "low": 0.0, "high": 1.0}}]},
        {"weights": histograms(), "gradients": 3},
    ]
    for n, parts in enumerate(wrong):
        media.create({"run": run, "kind": "histograms", "step": 10 + n, **parts})
    store.close()
    (file,) = (tmp_path / "runs").glob("*.sqlite*")
    with sqlite3.connect(file) as connection:
        of_media = "SELECT min(sequence) FROM documents WHERE collection = ?"
        connection.execute(f"DELETE FROM attachments WHERE document = ({of_media})", [MEDIA])
    connection.close()
    steps = WeightReader(data_store(tmp_path / "runs")).read([run]).steps[run]
    assert [step.step for step in steps if not step.damaged] == [2]
    assert [step.step for step in steps][:2] == [1, 2]
    assert math.isnan(steps[-1].step)
    assert [list(step.weight) for step in steps if step.step >= 10] == [[]] * 13 + [["weight"]]


def test_of_what_is_damaged_in_part_the_rest_is_shown() -> None:
    store = data_store("memory:")
    run = begun(store)
    told = histograms(["a", "b", "c", 4])
    told["counts"][0, 2] = -1
    told["counts"][1] = [2**40, 0, 1, 0, 3]
    told["ranges"][2, 0] = math.inf
    store.collection(MEDIA).create({"run": run, "kind": "histograms", "step": 1, "weights": told})
    (step,) = WeightReader(store).read([run]).steps[run]
    assert step.damaged
    assert list(step.weight) == ["b"]
    assert (step.weight["b"].counts.tolist(), step.weight["b"].others) == ([2**40, 0, 1, 0], 3)


def test_what_is_neither_weight_nor_gradient_is_refused() -> None:
    weights = WeightHistograms("memory:")
    with pytest.raises(DataError, match="weight"):
        weights.of.set("bias")  # type: ignore[arg-type]
    weights.dispose()
