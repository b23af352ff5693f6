"""What the progress of a training promises."""

from __future__ import annotations

from typing import Any

import pytest

from imlkit import Stream, TrainingProgress, TrainingStatus
from imlkit.components.charts.training_progress import duration


class Learner:
    """Something that trains until it is cancelled."""

    def __init__(self) -> None:
        self.training: Stream[TrainingStatus] = Stream(TrainingStatus())

    def cancel(self) -> None:
        self.training.set(TrainingStatus("cancelled", 3, 20))


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def learner() -> Learner:
    return Learner()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def progress(learner: Learner, clock: Clock) -> TrainingProgress:
    return TrainingProgress(learner, clock=clock)


def test_before_a_training_it_says_so_and_cannot_be_cancelled(progress: TrainingProgress) -> None:
    view: Any = progress.view()
    assert "Not trained yet" in view.bar.object
    assert view.button.disabled


def test_it_says_epoch_time_and_share(progress: TrainingProgress, learner: Learner, clock: Clock) -> None:
    view: Any = progress.view()
    learner.training.set(TrainingStatus("start", 0, 20))
    clock.now += 65
    learner.training.set(TrainingStatus("epoch", 5, 20))

    assert "Epoch 5 of 20 · 1 min 5 s" in view.bar.object
    assert 'aria-valuenow="25"' in view.bar.object
    assert 'aria-label="Training progress"' in view.bar.object
    assert not view.button.disabled


def test_the_time_stands_still_after_the_end(
    progress: TrainingProgress, learner: Learner, clock: Clock
) -> None:
    learner.training.set(TrainingStatus("start", 0, 20))
    clock.now += 4
    learner.training.set(TrainingStatus("success", 20, 20))
    clock.now += 50
    view: Any = progress.view()
    assert "Trained in 20 epochs · 4.0 s" in view.bar.object
    assert view.button.disabled


def test_a_second_training_counts_its_own_time(
    progress: TrainingProgress, learner: Learner, clock: Clock
) -> None:
    learner.training.set(TrainingStatus("start", 0, 20))
    clock.now += 4
    learner.training.set(TrainingStatus("success", 20, 20))
    clock.now += 50
    learner.training.set(TrainingStatus("start", 0, 20))
    assert progress.seconds.value == 0


def test_cancel_stops_a_running_training(progress: TrainingProgress, learner: Learner) -> None:
    view: Any = progress.view()
    learner.training.set(TrainingStatus("epoch", 3, 20))

    view.button.clicks += 1

    assert learner.training.value.state == "cancelled"
    assert "Training cancelled after 3 epochs of 20" in view.bar.object
    assert view.button.disabled


def test_cancel_does_nothing_where_nothing_runs(progress: TrainingProgress, learner: Learner) -> None:
    progress.cancels.set(True)
    assert learner.training.value.state == "idle"


def test_an_error_stands_in_place_as_text(progress: TrainingProgress, learner: Learner) -> None:
    view: Any = progress.view()
    learner.training.set(TrainingStatus("error", message='Class "<i>" is alone.'))
    assert "Training failed: Class &quot;&lt;i&gt;&quot; is alone." in view.bar.object


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.04, "0.0 s"), (9.9, "9.9 s"), (59.6, "1 min 0 s"), (61, "1 min 1 s"), (7260, "2 h 1 min")],
)
def test_a_time_in_words(seconds: float, words: str) -> None:
    assert duration(seconds) == words
