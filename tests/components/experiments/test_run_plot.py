"""What a plot of runs promises."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from imlkit import Stream
from imlkit.components.experiments.plot_line import MOST_DRAWN, GrowingLine
from imlkit.components.experiments.plot_metrics import chart_of, charts_of, first_charts, is_validation
from imlkit.components.experiments.plot_slots import Slots
from imlkit.components.experiments.plot_smoothing import Smoothing
from imlkit.components.experiments.plot_state import Drawn
from imlkit.components.experiments.plot_thinning import thinned
from imlkit.components.experiments.plot_view import RunCharts
from imlkit.components.experiments.run_plot import RunPlot
from imlkit.errors import DataError, StoreUnavailableError
from imlkit.location import data_store
from imlkit.store import Store
from imlkit.training import Run, Runs
from imlkit.training.run_curves import Curve
from tests.awaiting import awaited


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return data_store(tmp_path / "runs")


def logged(store: Store, name: str = "run", steps: int = 5, **metrics: Callable[[int], float]) -> str:
    """Log a run; return its id."""
    metrics = metrics or {"loss": lambda step: 1 / step}
    with Run(store, name, system=False) as run:
        for step in range(1, steps + 1):
            run.log({metric: value(step) for metric, value in metrics.items()}, epoch=step)
    return run.id


def drawn(plot: RunPlot, holds: Callable[[Drawn], Any] = lambda drawn: drawn.charts) -> Drawn:
    found: Drawn = awaited(plot.drawn, holds)
    return found


def has(run: str, count: int, drawn: Drawn) -> bool:
    """Whether the loss of a run has that many points."""
    line = drawn.lines.get(run, {}).get("loss")
    return line is not None and line.summary.count == count


def curve(values: Any) -> Curve:
    values = np.asarray(values, np.float64)
    steps = np.arange(len(values), dtype=np.float64)
    return Curve(steps, np.full(len(values), np.nan), steps / 10, values)


class Page:
    """Takes what a view sends, as a page does."""

    def __init__(self, plot: RunPlot, monkeypatch: pytest.MonkeyPatch) -> None:
        self.view = plot.view()
        self.messages: list[dict[str, Any]] = []
        self.offers: list[list[Any]] = []
        monkeypatch.setattr(self.view, "_send_msg", self.take)
        self.say({"hello": True})

    def take(self, message: dict[str, Any]) -> None:
        self.messages.append(message)
        if message["state"]["charts"] is not None:
            self.offers.append(message["state"]["charts"])

    def say(self, message: dict[str, Any]) -> None:
        assert isinstance(self.view, RunCharts)
        self.view._handle_msg(message)

    @property
    def state(self) -> dict[str, Any]:
        return {**self.messages[-1]["state"], "charts": self.offers[-1]}

    def lines(self) -> list[tuple[str, bool, np.ndarray]]:
        """Take the lines sent since the last time: metric, whether added to, and rows."""
        told = [line for message in self.messages for line in message["lines"]]
        self.messages[:-1] = []
        self.messages[-1] = {**self.messages[-1], "lines": []}
        return [
            (line["metric"], line["more"], np.frombuffer(line["points"], "<f8").reshape(5, -1))
            for line in told
        ]


def test_each_metric_of_a_run_is_a_line(store: Store) -> None:
    run = logged(store, "one", loss=lambda step: 1 / step, accuracy=lambda step: step / 10)
    found = drawn(RunPlot(store, run))
    assert [(run.name, run.look) for run in found.runs] == [("one", 0)]
    assert found.charts == ("loss", "accuracy")
    line = found.lines[run]["loss"]
    assert line.rows[0].tolist() == [1, 2, 3, 4, 5]
    assert line.rows[1].tolist() == [1, 2, 3, 4, 5]
    assert line.rows[3].tolist() == [1, 1 / 2, 1 / 3, 1 / 4, 1 / 5]
    assert (line.summary.first, line.summary.last, line.summary.least) == (1.0, 0.2, 0.2)


def test_a_metric_and_its_validation_share_a_chart() -> None:
    names = ["loss", "val_loss", "accuracy", "validation_accuracy", "val/f1", "value", "val_"]
    assert charts_of(names) == ("loss", "accuracy", "f1", "value", "val_")
    assert [name for name in names if is_validation(name)] == ["val_loss", "validation_accuracy", "val/f1"]
    assert chart_of("__proto__") == "__proto__"


def test_points_are_added_while_a_run_logs(store: Store) -> None:
    with Run(store, "live") as run:
        plot = RunPlot(store, run.id)
        drawn(plot, lambda drawn: drawn.runs)
        for count, value in enumerate((3.0, 2.0, 1.0), 1):
            run.log(loss=value)
            found = drawn(plot, partial(has, run.id, count))
    assert found.lines[run.id]["loss"].rows[3].tolist() == [3, 2, 1]


def test_a_page_is_sent_only_what_is_new(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    with Run(store, "live") as run:
        plot = RunPlot(store, run.id)
        page = Page(plot, monkeypatch)
        run.log(loss=3.0)
        drawn(plot)
        ((metric, more, rows),) = page.lines()
        assert (metric, more, rows[3].tolist()) == ("loss", False, [3])
        run.log(loss=2.0)
        drawn(plot, lambda drawn: drawn.lines[run.id]["loss"].summary.count == 2)
        ((metric, more, rows),) = page.lines()
        assert (metric, more, rows[3].tolist()) == ("loss", True, [2])
        plot.logarithmic.set(True)
        assert page.state["logarithmic"] is True
        assert page.lines() == []


def test_a_page_that_comes_again_is_sent_everything(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    plot = RunPlot(store, logged(store))
    drawn(plot)
    page = Page(plot, monkeypatch)
    page.lines()
    page.say({"hello": True})
    ((_, more, rows),) = page.lines()
    assert not more
    assert rows.shape == (5, 5)


def test_smoothing_is_tensorboards() -> None:
    random = np.random.default_rng(0)
    values = random.normal(size=5000) * 100
    values[[0, 7, 8]] = math.nan, math.inf, -math.inf
    for weight in (0.0, 0.3, 0.9, 0.99):
        last, count, expected = 0.0, 0, []
        for value in values:
            if not math.isfinite(value):
                expected.append(value if weight == 0 else math.nan)
                continue
            last = last * weight + (1 - weight) * value
            count += 1
            expected.append(last / (1 - weight**count))
        smoothing = Smoothing(weight)
        parts = [smoothing.of(part) for part in np.split(values, [0, 1, 2, 9, 10, 3000])]
        np.testing.assert_allclose(np.concatenate(parts), expected, rtol=1e-9, atol=1e-9)


def test_smoothing_a_constant_leaves_it() -> None:
    np.testing.assert_allclose(Smoothing(0.99).of(np.full(100, 0.25)), 0.25)


def test_another_smoothing_sends_the_smoothed_values_alone(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    plot = RunPlot(store, logged(store))
    drawn(plot)
    page = Page(plot, monkeypatch)
    page.lines()
    page.say({"smoothing": 0.5})
    (run,) = plot.shown.value
    drawn(plot, lambda drawn: drawn.lines[run]["loss"].weight == 0.5)
    (line,) = page.messages[-1]["lines"]
    assert line["more"]
    assert line["points"] == b""
    smoothed = np.frombuffer(line["smoothed"], "<f8")
    assert smoothed[0] == 1.0
    assert smoothed[1] == pytest.approx((0.25 * 1 + 0.5 * 0.5) / 0.75)


def test_thinning_keeps_every_peak_and_the_ends() -> None:
    random = np.random.default_rng(1)
    values = random.normal(size=100_003)
    values[[12_345, 77_777]] = 1e9, -1e9
    picked = thinned(values, 2000)
    assert len(picked) <= 2000
    assert np.all(np.diff(picked) > 0)
    assert {0, 12_345, 77_777, 100_002} <= set(picked.tolist())


@pytest.mark.parametrize("count", [9, 2000, 2001, 2002, 4001, 5999])
def test_thinning_holds_its_bound(count: int) -> None:
    values = np.arange(count, dtype=np.float64)
    for fault in (None, math.nan, math.inf):
        given = values.copy()
        if fault is not None:
            given[::3] = fault
        picked = thinned(given, 2000)
        assert len(picked) == min(count, len(picked)) <= 2000
        assert (picked[0], picked[-1]) == (0, count - 1)
    assert len(thinned(np.full(count, math.nan), 2000)) <= 2000


def test_a_gap_stays_when_a_line_is_thinned() -> None:
    values = np.ones(50_000)
    values[40_000] = math.nan
    assert 40_000 in thinned(values, 2000)


def test_a_line_that_grows_long_is_thinned_now_and_then() -> None:
    line = GrowingLine()
    turns = set()
    for start in range(0, 20_000, 100):
        line.add(curve(np.arange(start, start + 100)))
        now = line.line()
        turns.add(now.turn)
        assert len(now.drawn) <= MOST_DRAWN
        assert now.drawn[-1] == start + 99
    assert len(turns) < 60
    assert now.summary.count == 20_000


def test_a_line_that_was_given_out_does_not_change() -> None:
    line = GrowingLine()
    line.add(curve([1, 2, 3]))
    before = line.line()
    line.smooth(0.9)
    line.add(curve(np.zeros(1000)))
    assert before.rows[4].tolist() == [1, 2, 3]
    assert before.drawn.tolist() == [0, 1, 2]


def test_what_is_no_number_is_counted_and_named() -> None:
    line = GrowingLine()
    line.add(curve([1, math.nan, -2, 0, math.inf, 5]))
    now = line.line()
    assert now.faults.tolist() == [1, 4]
    assert (now.summary.faults, now.summary.low, now.summary.lost) == (2, 2, 6)
    assert (now.summary.first, now.summary.last, now.summary.least, now.summary.most) == (1, 5, -2, 5)


def test_a_run_keeps_its_look_while_others_come_and_go() -> None:
    slots = Slots()
    assert slots.of(["a", "b", "c"]) == {"a": 0, "b": 1, "c": 2}
    assert slots.of(["c"]) == {"c": 2}
    assert slots.of(["d", "c"]) == {"d": 0, "c": 2}
    assert slots.of(["b", "c", "d"]) == {"b": 1, "c": 2, "d": 0}
    assert slots.of(["a", "d"]) == {"d": 0, "a": 1}


def test_a_stream_says_which_runs_are_shown(store: Store) -> None:
    one, two = logged(store, "one"), logged(store, "two")
    chosen: Stream[Any] = Stream(())
    plot = RunPlot(Runs(store), chosen)
    drawn(plot, lambda drawn: drawn.read and not drawn.runs)
    chosen.set((two, one))
    assert [run.name for run in drawn(plot, lambda drawn: len(drawn.runs) == 2).runs] == ["two", "one"]
    chosen.set(one)
    assert [run.name for run in drawn(plot, lambda drawn: len(drawn.runs) == 1).runs] == ["one"]
    chosen.set(None)
    assert drawn(plot, lambda drawn: not drawn.runs).chosen == 0


def test_empty_views_say_how_to_begin(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    plot = RunPlot(store, [])
    page = Page(plot, monkeypatch)
    drawn(plot, lambda drawn: drawn.read)
    assert page.state["empty"].startswith("No run is chosen.")
    plot.shown.set("gone")
    drawn(plot, lambda drawn: drawn.chosen)
    assert page.state["empty"].startswith("The run is no longer there.")
    with Run(store, "new") as run:
        plot.shown.set([run.id, "gone"])
        drawn(plot, lambda drawn: drawn.runs)
        assert page.state["empty"].startswith("This run has no points yet.")
        assert page.state["note"] == "1 chosen run is no longer there."
        run.log(loss=1)
        drawn(plot)
        assert page.state["empty"] == ""


def test_a_removed_run_goes_and_a_renamed_one_is_called_so(store: Store) -> None:
    runs = Runs(store)
    one, two = logged(store, "one"), logged(store, "two")
    plot = RunPlot(runs, [one, two])
    drawn(plot, lambda drawn: len(drawn.runs) == 2)
    runs.rename(one, "best")
    drawn(plot, lambda drawn: drawn.runs[0].name == "best")
    runs.remove([one])
    assert [run.name for run in drawn(plot, lambda drawn: len(drawn.runs) == 1).runs] == ["two"]


def test_a_store_that_fails_is_told_of_and_tried_again(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    runs = Runs(store)
    plot = RunPlot(runs, logged(store))
    page = Page(plot, monkeypatch)
    drawn(plot)

    def fail(ids: Any = None) -> Any:
        raise StoreUnavailableError("The store does not answer: start it.")

    with monkeypatch.context() as broken:
        broken.setattr(runs, "read", fail)
        plot.look()
        found = drawn(plot, lambda drawn: drawn.problem)
    assert page.state["problem"] == "The store does not answer: start it."
    assert found.charts == ("loss",), "what was read stays"
    page.say({"again": True})
    drawn(plot, lambda drawn: not drawn.problem)
    assert page.state["problem"] == ""


def test_figures_of_the_machine_come_last_and_are_shown_by_choice() -> None:
    charts = charts_of(["system/machine memory, %", "loss", "system/process CPU, %", "val_loss"])
    assert charts == ("loss", "system/machine memory, %", "system/process CPU, %")
    assert first_charts(charts) == ("loss",)
    assert first_charts(charts[1:]) == charts[1:]


def test_a_hundred_thousand_metrics_are_offered_once_and_not_with_each_point(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Run(store, "many", system=False) as run:
        run.log({f"metric {n}": n for n in range(100_000)})
        plot = RunPlot(store, run.id)
        page = Page(plot, monkeypatch)
        drawn(plot, lambda drawn: len(drawn.charts) == 100_000)
        assert [on for _, on in page.state["charts"]] == [True] * 12 + [False] * 99_988
        offers = len(page.offers)
        assert len(page.lines()) == 12
        run.log({"metric 3": 7.0})
        drawn(plot, lambda drawn: drawn.lines[run.id]["metric 3"].summary.count == 2)
        assert [metric for metric, more, _ in page.lines() if more] == ["metric 3"]
        assert len(page.offers) == offers
    page.say({"metrics": ["metric 99999"]})
    assert [name for name, on in page.state["charts"] if on] == ["metric 99999"]


def test_figures_of_the_machine_are_counted_by_themselves(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Run(store, "many") as run:
        run.log({f"metric {n}": n for n in range(30)})
    plot = RunPlot(store, run.id)
    page = Page(plot, monkeypatch)
    drawn(plot)
    names = [name for name, _ in page.state["charts"]]
    ours = len(names) - page.state["machine"]
    assert names[:ours] == [f"metric {n}" for n in range(30)]
    assert names[ours:]
    assert all(name.startswith("system/") for name in names[ours:])
    assert [name for name, on in page.state["charts"] if on] == names[:12]


def test_of_many_metrics_twelve_are_shown_and_others_by_choice(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Run(store, "many", system=False) as logging:
        logging.log({f"metric {n}": n for n in range(30)})
    run = logging.id
    plot = RunPlot(store, run)
    page = Page(plot, monkeypatch)
    drawn(plot)
    assert [on for _, on in page.state["charts"]] == [True] * 12 + [False] * 18
    assert len(page.lines()) == 12
    page.say({"metrics": ["metric 29"]})
    assert [name for name, on in page.state["charts"] if on] == ["metric 29"]
    assert [metric for metric, _, _ in page.lines()] == ["metric 29"]


def test_of_more_runs_than_are_told_apart_the_first_are_drawn(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = logged(store)
    plot = RunPlot(store, [run, *(f"run {n}" for n in range(40))])
    page = Page(plot, monkeypatch)
    drawn(plot)
    assert page.state["note"] == "The first 24 of 41 chosen runs are drawn."


def test_what_a_page_says_wrongly_is_not_taken(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    plot = RunPlot(store, logged(store))
    page = Page(plot, monkeypatch)
    for wrong in ({"axis": "__proto__"}, {"smoothing": 2}, {"smoothing": math.nan}, {"axis": 1}, "x", None):
        page.say(wrong)  # type: ignore[arg-type]
    assert (plot.axis.value, plot.smoothing.value) == ("step", 0.0)


def test_wrong_choices_are_refused_in_words(store: Store) -> None:
    plot = RunPlot(store, [])
    with pytest.raises(DataError, match="“step”, “epoch” or “time”"):
        plot.axis.set("hour")  # type: ignore[arg-type]
    with pytest.raises(DataError, match=r"from 0 to 0\.99"):
        plot.smoothing.set(1.0)
    with pytest.raises(DataError, match="give a run's id"):
        RunPlot(store, [3])  # type: ignore[list-item]


def test_a_disposed_plot_follows_nothing(store: Store) -> None:
    plot = RunPlot(store, logged(store))
    found = drawn(plot)
    plot.dispose()
    logged(store, "other")
    assert plot.drawn.value is found
