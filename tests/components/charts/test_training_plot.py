"""What a training plot promises."""

from __future__ import annotations

import math
import subprocess
import sys
from typing import Any

import pytest

from imlkit import Stream, TrainingPlot, TrainingStatus
from imlkit.errors import TrainingDataError
from imlkit.streams import ErrorReport


class Learner:
    """Anything with a training to watch."""

    def __init__(self) -> None:
        self.training: Stream[TrainingStatus] = Stream(TrainingStatus())

    def reach(self, epoch: int, state: Any = "epoch", epochs: int = 20, message: str = "") -> None:
        values = tuple(1 / n for n in range(1, epoch + 1))
        metrics = {
            "loss": values,
            "accuracy": tuple(1 - value / 2 for value in values),
            "validation_loss": tuple(value + 0.1 for value in values),
            "validation_accuracy": tuple(0.9 - value / 2 for value in values),
        }
        self.training.set(TrainingStatus(state, epoch, epochs, metrics, message))


@pytest.fixture
def learner() -> Learner:
    return Learner()


@pytest.fixture
def view(learner: Learner) -> Any:
    return TrainingPlot(learner).view()


def drawn(view: Any, metric: str) -> dict[str, list[float]]:
    return {name: list(column) for name, column in view.figures[metric].source.data.items()}


def test_it_begins_with_what_to_do(view: Any) -> None:
    assert "Train the model" in view.words.object
    assert view.figures == {}


def test_a_metric_and_its_validation_share_a_figure(learner: Learner, view: Any) -> None:
    learner.reach(2)
    assert list(view.figures) == ["loss", "accuracy"]
    assert drawn(view, "loss") == {"epoch": [1, 2], "training": [1.0, 0.5], "validation": [1.1, 0.6]}
    assert view.figures["loss"].figure.xaxis.axis_label == "epoch"


def test_epochs_are_streamed_in_not_rebuilt(learner: Learner, view: Any) -> None:
    learner.reach(1)
    source, figure = view.figures["loss"].source, view.figures["loss"].figure
    data = source.data

    for epoch in range(2, 6):
        learner.reach(epoch)

    assert view.figures["loss"].figure is figure
    assert drawn(view, "loss")["epoch"] == [1, 2, 3, 4, 5]
    assert source.data is data


def test_a_restart_clears_the_curves(learner: Learner, view: Any) -> None:
    learner.reach(5, "success")
    learner.training.set(TrainingStatus("start", 0, 20))
    assert drawn(view, "loss") == {"epoch": [], "training": [], "validation": []}
    assert "loss" not in view.words.object

    learner.reach(1)
    assert drawn(view, "loss")["epoch"] == [1]


def test_a_restart_that_was_not_seen_draws_the_new_training_alone(learner: Learner, view: Any) -> None:
    learner.reach(3)
    learner.training.set(TrainingStatus("epoch", 4, 20, {"loss": (9.0, 8.0, 7.0, 6.0)}))
    assert drawn(view, "loss")["training"] == [9.0, 8.0, 7.0, 6.0]
    assert list(view.figures) == ["loss"]


def test_validation_that_arrives_later_completes_its_rows(learner: Learner, view: Any) -> None:
    learner.training.set(TrainingStatus("batch", 1, 2, {"loss": (1.0,)}))
    learner.training.set(TrainingStatus("epoch", 1, 2, {"loss": (1.0,), "validation_loss": (2.0,)}))
    assert drawn(view, "loss") == {"epoch": [1], "training": [1.0], "validation": [2.0]}


def test_the_sentence_says_epoch_and_values(learner: Learner, view: Any) -> None:
    learner.reach(4)
    assert "Epoch 4 of 20: loss 0.25, accuracy 88 %, validation loss 0.35, validation accuracy 78 %" in (
        view.words.object
    )


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_a_loss_that_is_no_number_is_a_gap_and_said_in_words(learner: Learner, view: Any, bad: float) -> None:
    learner.training.set(TrainingStatus("epoch", 3, 20, {"loss": (1.0, bad, bad)}))
    assert math.isnan(drawn(view, "loss")["training"][1])
    assert "from epoch 2 on. Lower the learning rate" in view.words.object


def test_an_error_is_said_with_its_message_as_text(learner: Learner, view: Any) -> None:
    learner.training.set(TrainingStatus("error", message="Only one class, <b>: capture a second."))
    assert "Training failed: Only one class, &lt;b&gt;: capture a second." in view.words.object


def test_a_cancelled_training_says_so_and_keeps_its_curves(learner: Learner, view: Any) -> None:
    learner.reach(3)
    learner.reach(3, "cancelled")
    assert "Training cancelled after 3 epochs of 20" in view.words.object
    assert drawn(view, "loss")["epoch"] == [1, 2, 3]


def test_a_failure_that_a_view_tells_of_is_explained(learner: Learner) -> None:
    plot = TrainingPlot(learner)
    report = ErrorReport(TrainingDataError("Only one class."), component=learner)
    learner.training.set(TrainingStatus("error", message="Only one class."))
    assert not plot.explains(report)

    view = plot.view()
    assert plot.explains(report)
    assert not plot.explains(ErrorReport(TrainingDataError("Only one class."), component=object()))
    del view


def test_two_views_have_plots_of_their_own(learner: Learner) -> None:
    plot = TrainingPlot(learner)
    one: Any = plot.view()
    other: Any = plot.view()
    learner.reach(2)
    assert one.figures["loss"].figure is not other.figures["loss"].figure
    assert drawn(one, "loss") == drawn(other, "loss")


def test_plots_are_loaded_when_one_is_viewed() -> None:
    script = (
        "import sys; from imlkit import Stream, TrainingPlot, TrainingStatus; "
        "plot = TrainingPlot(type('M', (), {'training': Stream(TrainingStatus())})()); "
        "assert 'bokeh.plotting' not in sys.modules, 'loaded too early'; plot.view()"
    )
    subprocess.run([sys.executable, "-c", script], check=True, timeout=60)
